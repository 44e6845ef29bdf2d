"""A steward's decision on a held run: to load all of it, or some municipalities of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from etl.exceptions import CannotDecide, RunInProgress
from etl.load import areas
from etl.runs import lease
from projects.models import AreaReading, AreaState, Municipality, RunState, SyncRun


def held_run(run_id: int) -> SyncRun:
    """The run, if a steward can decide on it. Raises CannotDecide."""
    run = SyncRun.objects.filter(pk=run_id).first()
    if run is None:
        raise CannotDecide(f"There is no run {run_id}.")
    if run.state != RunState.QUARANTINED:
        raise CannotDecide(f"Run {run_id} is {run.state}, not held: there is nothing to decide.")
    newer = SyncRun.objects.filter(source=run.source, state=RunState.QUARANTINED, pk__gt=run.pk).last()
    if newer:
        raise CannotDecide(f"Run {run_id} is not the newest held one: that is run {newer.pk}.")
    return run


def take_up(run: SyncRun, by: str, reason: str, places: Sequence[str] | None = None) -> SyncRun:
    """The held run, to be loaded now, or the projects and lines of some municipalities (codes) of it, or the
    projects of lists of none (by their areas).

    Raises CannotDecide, RunInProgress.
    """
    if places is not None:
        lists = AreaReading.objects.of_run(run).values_list("area", flat=True)
        unknown = set(places) - set(Municipality.objects.values_list("code", flat=True)) - set(lists)
        if unknown or not places:
            raise CannotDecide(
                f"No municipality has the code {', '.join(sorted(unknown)) or '(none named)'}."
            )
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision": reason}
    try:
        with transaction.atomic():
            claimed = lease.reclaim(run, released_places=places and sorted(places), **decision)
    except IntegrityError:
        other = SyncRun.objects.active().get(source=run.source)
        raise RunInProgress(
            f"Run {other.pk} is going on; decide again when it has ended.", other.pk
        ) from None
    if not claimed:
        raise CannotDecide(f"Run {run.pk} was decided on by somebody else in this moment.")
    return run


def decide_areas(run_id: int, codes: Sequence[str], by: str, reason: str, *, accept: bool) -> list[str]:
    """Accept or reject the held readings of some areas of a run whose other areas were loaded; their codes.

    What is accepted is loaded by the next reading that says the same. A list that shows nothing any more,
    which no number of the site tells to be empty, can be accepted as empty: the next reading concludes what
    is gone. Raises CannotDecide where one of them is neither now.
    """
    run = SyncRun.objects.filter(pk=run_id).first()
    if run is None:
        raise CannotDecide(f"There is no run {run_id}.")
    newest = AreaReading.objects.filter(source=run.source).newest()
    rows = newest.filter(run__lte=run_id, last_run__gte=run_id, area__in=codes)
    wanted = [row for row in rows if row.state == AreaState.HELD or (accept and row.can_be_decided)]
    if missing := sorted(set(codes) - {row.area for row in wanted}):
        raise CannotDecide(f"Not held (any more) since run {run_id}: {', '.join(missing)}.")
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision": reason}
    if not accept:
        decision["state"] = AreaState.REJECTED
    AreaReading.objects.filter(pk__in=[row.pk for row in wanted]).update(accepted=accept, **decision)
    return [row.area for row in wanted]


def reject(run_id: int, by: str, reason: str) -> SyncRun:
    """Do not load a held run, nor the same reading again until the source changes. Raises CannotDecide."""
    run = held_run(run_id)
    decided = SyncRun.objects.filter(pk=run.pk, state=RunState.QUARANTINED).update(
        state=RunState.REJECTED, decided_by=by, decided_at=timezone.now(), decision=reason
    )
    if not decided:
        raise CannotDecide(f"Run {run_id} was decided on by somebody else in this moment.")
    run.refresh_from_db()
    areas.reject(run)
    return run
