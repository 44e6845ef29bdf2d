"""The head of the change log at the end of each day, in text files that can be published elsewhere.

`HEADS_DIR/2026.txt` has one line a day on which the log grew: `2026-05-01 1852 <sha256>`, that is the day
(Africa/Johannesburg), the last change of that day, its digest. Lines are only ever appended.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils import timezone

from projects.models import DataChangeLog
from projects.wording.figures import HERE

logger = logging.getLogger(__name__)

# A line that a crash cut short is none: the digest has 64 digits or is not there.
_LINE = re.compile(r"(\d{4}-\d\d-\d\d) (\d{1,18}) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    day: str  # ISO
    last_id: int
    digest: str

    def __str__(self) -> str:
        return f"{self.day} {self.last_id} {self.digest}"


def published() -> list[Head]:
    """All heads that were published, oldest first. Raises OSError where a file cannot be read."""
    files = sorted(Path(settings.HEADS_DIR).glob("[0-9][0-9][0-9][0-9].txt"))
    return [head for file in files for head in _heads(file)]


def _heads(file: Path) -> Iterator[Head]:
    yield from heads_in(file.read_text(encoding="ascii", errors="replace"))


def heads_in(text: str) -> Iterator[Head]:
    """Those of its lines that are heads."""
    for line in text.splitlines():
        if found := _LINE.fullmatch(line):
            yield Head(found[1], int(found[2]), found[3])


def publish() -> list[Head]:
    """Append the heads of the days before today that have none yet; returns them. Twice is once.

    Raises OSError or DatabaseError.
    """
    with _alone():
        known = published()
        due = _due(known[-1] if known else None)
        for year in sorted({head.day[:4] for head in due}):
            _append(Path(settings.HEADS_DIR) / f"{year}.txt", [h for h in due if h.day[:4] == year])
        return due


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time; the system lets go of the lock of one that dies."""
    folder = Path(settings.HEADS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _due(last: Head | None) -> list[Head]:
    midnight = datetime.combine(timezone.now().astimezone(HERE).date(), time.min, tzinfo=HERE)
    rows = DataChangeLog.objects.filter(at__lt=midnight, pk__gt=last.last_id if last else 0)
    days = rows.annotate(day=TruncDate("at", tzinfo=HERE)).values("day").annotate(newest=Max("pk"))
    ends: dict[int, str] = {}
    newest = 0
    for day in days.order_by("day"):
        # A clock that was set back must not make a day, or an id, come twice.
        if (last is None or day["day"].isoformat() > last.day) and day["newest"] > newest:
            newest = day["newest"]
            ends[newest] = day["day"].isoformat()
    digests = DataChangeLog.objects.filter(pk__in=ends).values_list("pk", "digest").order_by("pk")
    return [Head(ends[pk], pk, digest) for pk, digest in digests]


def _append(file: Path, heads: list[Head]) -> None:
    torn = file.exists() and file.read_bytes()[-1:] not in (b"", b"\n")
    with file.open("a", encoding="ascii") as out:
        out.write("\n" * torn + "".join(f"{head}\n" for head in heads))
        out.flush()
        os.fsync(out.fileno())


class DailyPublisher:
    """Hears that the log has grown; the first time on each day it publishes what is due."""

    def __init__(self) -> None:
        self.done: date | None = None

    def on_log_grew(self, sender: object, last_id: int, **_: object) -> None:
        today = timezone.now().astimezone(HERE).date()
        if self.done == today:
            return
        try:
            publish()
        except (OSError, DatabaseError) as error:
            # The load is committed and right: the head is published with the next change, or by verify_log.
            logger.warning("The head of the log could not be published: %s", error)
        else:
            self.done = today


daily_publisher = DailyPublisher()
