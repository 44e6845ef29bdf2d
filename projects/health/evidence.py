"""Are the kept pages what was received: the archive is gone through by and by, a part of it at each look.

What is found is kept on the snapshot's row, so that an alert lasts as long as the damage does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from projects.archive import Archive, Away
from projects.evidence import Damaged
from projects.models import Snapshot

_BYTES = 200_000_000  # of one look, roughly
_NAMED = 3  # in the sentence of an alert; `verify_log --archive` names all


@dataclass(frozen=True, slots=True)
class Audit:
    """`checked` of `kept` files were read just now. `damaged`: rows of all that are known to be damaged and
    that no steward has accepted as lost; `accepted`: how many are. `gone`: why the archive itself cannot be
    asked, or blank.
    """

    kept: int
    checked: int
    damaged: list[Snapshot]
    accepted: int
    gone: str = ""

    @property
    def problem(self) -> str:
        if self.gone:
            return self.gone
        if not self.damaged:
            return ""
        named = ", ".join(f"{row.pk[:12]} of {row.source_id}" for row in self.damaged[:_NAMED])
        named += ", …" if len(self.damaged) > _NAMED else ""
        pages = "1 kept page" if len(self.damaged) == 1 else f"{len(self.damaged)} kept pages"
        return f"has lost what the source said on {pages} ({named}): the kept bytes {self.damaged[0].damage}"


def audit(now: float | None = None) -> Audit:
    """Check the files whose turn it is, and again those that were found damaged; say so on their rows.

    All files have their turn in so many looks as the archive is large: each look takes the next part of the
    digests, by the clock (`now`, seconds), so that nobody has to remember where the last one was.
    """
    total = Snapshot.objects.aggregate(number=Count("pk"), size=Sum("size"))
    archive = Archive()
    if total["number"] and (gone := archive.gone()):  # a disk that is not mounted loses no page
        return Audit(total["number"], 0, [], 0, gone)
    parts = max(ceil(total["number"] / archive.pages_a_look), ceil((total["size"] or 0) / _BYTES), 1)
    turn = int((time.time() if now is None else now) // (60 * settings.HEALTH_INTERVAL_MINUTES)) % parts
    first, behind = (f"{2**64 * part // parts:016x}" for part in (turn, turn + 1))
    rows = Snapshot.objects.filter(pk__gte=first)
    if turn + 1 < parts:
        rows = rows.filter(pk__lt=behind)
    try:
        checked = _check(rows) + _check(Snapshot.objects.damaged())
    except Away as away:
        return Audit(total["number"], 0, [], 0, str(away).removeprefix("The archive, "))
    known = list(Snapshot.objects.damaged().order_by("source_id", "pk"))
    open_ = [row for row in known if not row.damage_accepted]
    return Audit(total["number"], checked, open_, len(known) - len(open_))


def _check(rows: QuerySet[Snapshot]) -> int:
    """How many files were read. One whose row went meanwhile was pruned: it is no loss."""
    number, damaged, sound = 0, {}, []
    for row in rows.defer("headers", "url").order_by("pk").iterator():
        number += 1
        if damage := row.find_damage():
            damaged[row.pk] = str(damage)
        elif row.damage:
            sound.append(row.pk)
    for sha256, what in damaged.items():
        Snapshot.objects.say_damaged(sha256, what, timezone.now())
    if sound:
        Snapshot.objects.say_sound(sound)
    return number


def every_page() -> Iterator[tuple[Snapshot, Damaged | None]]:
    """Every kept page, and what is wrong with its file; in the order of their digests."""
    for row in Snapshot.objects.defer("headers").order_by("pk").iterator(chunk_size=500):
        yield row, row.find_damage()


__all__ = ["Audit", "audit", "every_page"]
