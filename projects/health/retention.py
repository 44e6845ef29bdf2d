"""What is kept of years of polling, and what may go: docs/retention.md gives the numbers.

A snapshot is needed by a change that points at it, by the last believed look at a page, by a look of the
last days, by a reading that waits for a steward, and by one that was loaded (`replay` reads its pages again;
one that found nothing new it does not need). Looks of older days are thinned to the first and the last of
each page and day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from projects.archive import Archive
from projects.models import (
    CUT_OFF,
    DataChangeLog,
    Discrepancy,
    MunicipalFigure,
    RunState,
    Sighting,
    Snapshot,
    SyncRun,
)
from projects.wording.figures import HERE

_BATCH = 500
# Readings whose pages are read again, all of them: by `replay`, or by a steward's release.
_READ_AGAIN = Q(run__state__in=(RunState.SUCCEEDED, RunState.QUARANTINED)) | Q(
    run__state__in=CUT_OFF,
    loaded=True,  # by a first reading, before it was cut off
)


@dataclass(slots=True)
class Pruned:
    """Numbers of rows and files that went (or, at a rehearsal, would go), and the bytes of the pages."""

    sightings: int = 0
    snapshots: int = 0
    bytes: int = 0
    files: int = 0


def prune(before: datetime, rehearse: bool = False) -> Pruned:
    """Thin the looks, then drop the snapshots that nothing needs. Rows go before their files: a crash
    leaves files without a row, which the next call removes.
    """
    done = Pruned()
    done.sightings = _thin(before, rehearse)
    unneeded = _unneeded(before)
    done.snapshots = unneeded.count()
    done.bytes = unneeded.aggregate(sum=Sum("size"))["sum"] or 0
    if rehearse:
        done.files = done.snapshots
        return done
    for sha256s in _batches(unneeded.values_list("pk", flat=True)):
        _forget(sha256s)
        done.files += _unlink(sha256s)
    done.files += _sweep(before)
    return done


def _unneeded(before: datetime) -> QuerySet[Snapshot]:
    """Snapshots that no change, figure or question points at, and no recent look, no last believed look and
    no reading to come needs."""
    newer = Sighting.objects.filter(
        source=OuterRef("source"), key=OuterRef("key"), pk__gt=OuterRef("pk"), loaded=True
    )
    looks = Sighting.objects.filter(snapshot=OuterRef("pk"))
    needing = looks.filter(Q(at__gte=before) | _READ_AGAIN | Q(loaded=True) & ~Exists(newer) | Q(shared=True))
    old = Snapshot.objects.filter(fetched_at__lt=before).order_by("pk")
    for model in (DataChangeLog, MunicipalFigure):
        old = old.exclude(Exists(model.objects.filter(snapshot=OuterRef("pk"))))
    for side in ("dws_snapshot", "treasury_snapshot"):
        old = old.exclude(Exists(Discrepancy.objects.filter(**{side: OuterRef("pk")})))
    return old.exclude(Exists(needing))


def _batches(ids: QuerySet[Snapshot, str]) -> Iterator[list[str]]:
    """Until none is left: what was taken is gone from the next question."""
    while batch := list(ids[:_BATCH]):
        yield batch


def _forget(sha256s: list[str]) -> None:
    """The looks keep their hashes. A change that came to point here in the meantime stops the deletion."""
    with transaction.atomic():
        Sighting.objects.filter(snapshot__in=sha256s).update(snapshot=None)
        Snapshot.objects.filter(pk__in=sha256s).delete()


def _unlink(sha256s: list[str]) -> int:
    archive = Archive()
    there = archive.touched(sha256s)
    for sha256 in there:
        archive.discard(sha256)
    return len(there)


def _sweep(before: datetime) -> int:
    """Remove files that no snapshot row names and that are older than `before`: what a crash left."""
    removed, archive = 0, Archive()
    for prefix, entries in groupby(archive.entries(), key=lambda entry: entry.folder):
        files = {entry.stem: entry for entry in entries}
        known = set(Snapshot.objects.filter(pk__startswith=prefix).values_list("pk", flat=True))
        for stem in files.keys() - known:
            if files[stem].written_at < before:
                archive.remove(files[stem])
                removed += 1
    return removed


def _thin(before: datetime, rehearse: bool) -> int:
    """Days are those of a run's beginning; only days that were over at `before`."""
    thinned = 0
    for runs in _days(before):
        surplus = _surplus(runs)
        thinned += len(surplus)
        for start in range(0, 0 if rehearse else len(surplus), _BATCH):
            Sighting.objects.filter(pk__in=surplus[start : start + _BATCH]).delete()
    return thinned


def _days(before: datetime) -> Iterator[list[int]]:
    """The runs of each day, oldest day first."""
    begun = Coalesce("started_at", "requested_at")
    runs = SyncRun.objects.annotate(begun=begun).filter(begun__lt=before).order_by("begun", "pk")
    rows = runs.values_list("begun", "pk").iterator()
    last_day = before.astimezone(HERE).date()
    for day, some in groupby(rows, key=_day):
        if day < last_day:
            yield [pk for _, pk in some]


def _day(row: tuple[datetime, int]) -> date:
    return row[0].astimezone(HERE).date()


def _surplus(runs: list[int]) -> list[int]:
    """Ids of looks of one day between the first and the last of their page, that nobody will read again."""
    looks = Sighting.objects.filter(run__in=runs, shared=False).order_by()
    ends = looks.values("source", "key").annotate(first=Min("pk"), last=Max("pk"))
    newer = Sighting.objects.filter(
        source=OuterRef("source"), key=OuterRef("key"), pk__gt=OuterRef("pk"), loaded=True
    )
    kept = {pk for row in ends for pk in (row["first"], row["last"])}
    between = looks.exclude(_READ_AGAIN).exclude(Q(loaded=True) & ~Exists(newer))
    return [pk for pk in between.values_list("pk", flat=True) if pk not in kept]


__all__ = ["Pruned", "prune"]
