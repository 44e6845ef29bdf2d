"""A recorded visit that a steward hands in: checked, kept in the archive, read by a run like the site."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from etl.exceptions import BadCapture, RunInProgress
from etl.fetch.capture import Capture
from etl.runs import lease, queue
from projects.archive import Archive, Away
from projects.evidence import Damaged
from projects.models import HandedIn, RunState, SyncRun

# A page asks for it: a small file may be packed of very much.
MOST_UNPACKED = 1_000_000_000  # bytes


def span(name: str, body: bytes) -> tuple[int, datetime, datetime]:
    """How many answers a file holds, from when to when. Raises BadCapture, where it is no recorded visit."""
    with _on_disk(name, body) as path:
        found = Capture.open(path, settings.FETCH_MAX_BYTES, MOST_UNPACKED)
        return len(found.answers), found.since, found.until


def hand_in(source: str, name: str, body: bytes, by: Any, reason: str, force: bool) -> SyncRun:
    """Keep the file and queue the run that reads it. `by`: the user. Raises RunInProgress, OSError."""
    sha256 = Archive().keep(body)
    with transaction.atomic():
        run, is_new = lease.queue(source, SyncRun.Trigger.ADMIN, force, by.get_username())
        if not is_new:
            said = f"Run {run.pk} of {source} is {run.state}: hand it in when that has ended."
            raise RunInProgress(said, run.pk)
        HandedIn.objects.create(run=run, sha256=sha256, name=name, size=len(body), reason=reason, by=by)
        queue.enqueue(run)
    return run


@contextmanager
def visit(run: SyncRun) -> Iterator[dict[str, Any]]:
    """How a claimed run reads: from the visit that was handed in for it, which lies on the disk meanwhile;
    `{}`: from its source. The run fails, and BadCapture is raised, where the kept file came to harm."""
    handed = HandedIn.objects.filter(run=run).first()
    if handed is None:
        yield {}
        return
    try:
        body = handed.body()
    except (Damaged, Away) as problem:
        said = f"{handed.name} cannot be had from the archive: {problem}"
        ended = {"state": RunState.FAILED, "error": said, "finished_at": timezone.now(), "lease_until": None}
        SyncRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(**ended)
        raise BadCapture(said) from problem
    with _on_disk(handed.name, body) as path:
        yield {"capture": Capture.open(path, settings.FETCH_MAX_BYTES)}


@contextmanager
def _on_disk(name: str, body: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(name).name)
        path.write_bytes(body)
        yield path


__all__ = ["MOST_UNPACKED", "hand_in", "span", "visit"]
