"""Which areas a run read, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from etl.compare.breaker import HeldArea, Reason
from etl.compare.claims import Area
from projects.models import GOOD, AreaReading, AreaState, RunState, SyncRun
from projects.models.area import EMPTIED

_BATCH = 2000
_EMPTIED = Reason(
    EMPTIED,
    "Its list had projects and shows none, and no number of the site says so: it may be an error.",
)


def record(run: SyncRun, areas: Sequence[Area], held: Mapping[str, HeldArea]) -> None:
    """A row for each area that was read otherwise than by the runs before; the others' rows go on.

    `held`: code → why it was not loaded, where the others were.
    """
    # a row stands for every run from its first to its last: an area that was not seen in between begins anew
    before = SyncRun.objects.filter(source=run.source, pk__lt=run.pk).exclude(proof={}).order_by("-pk")
    rows = AreaReading.objects.filter(source=run.source).newest().filter(last_run=before.values("pk")[:1])
    known = {row.area: row for row in rows}
    new, same = [], []
    for area in [*areas, *_beside(run, areas, held, rows)]:
        row = _row(run, area, held.get(area.code))
        earlier = known.get(area.code)
        if area.is_settled and earlier:  # it is so until it shows something, or what was there is gone
            row.accepted, row.decision = True, earlier.decision
            row.decided_by, row.decided_at = earlier.decided_by, earlier.decided_at
        if earlier and _said(earlier) == _said(row):
            same.append(earlier.pk)
        else:
            new.append(row)
    AreaReading.objects.bulk_create(new, batch_size=_BATCH)
    for start in range(0, len(same), _BATCH):
        AreaReading.objects.filter(pk__in=same[start : start + _BATCH]).update(last_run=run)


def _beside(
    run: SyncRun, areas: Sequence[Area], held: Mapping[str, HeldArea], before: Iterable[AreaReading]
) -> list[Area]:
    """What is held of no list or line of its own: municipalities that only a column names; and what was."""
    codes = held.keys() | {row.area for row in before if not row.is_loaded}
    known = {area.code for area in areas}
    return [Area(code, True, bool(run.complete), ()) for code in sorted(codes - known)]


def fill(run: SyncRun, areas: Sequence[Area]) -> None:
    """Rows of areas that were loaded while the run reads."""
    rows = [_row(run, area, None) for area in areas]
    for row in rows:
        row.is_loaded = True
    AreaReading.objects.bulk_create(rows, batch_size=_BATCH)


def forget(run: SyncRun) -> None:
    """The same rows go when the run ends: it then says of all areas what it read."""
    AreaReading.objects.filter(run=run).delete()


def release(run: SyncRun) -> None:
    """What was held of the run is loaded: all of it, or the places that were released."""
    held = AreaReading.objects.filter(last_run=run, state=AreaState.HELD)
    if run.released_places is not None:
        held = held.filter(area__in=run.released_places)
    held.filter(is_whole=True).update(state=AreaState.LOADED, is_loaded=True)
    held.filter(is_whole=False).update(state=AreaState.INCOMPLETE, is_loaded=True)


def reject(run: SyncRun) -> None:
    """What was held of the run is rejected."""
    AreaReading.objects.filter(last_run=run, state=AreaState.HELD).update(state=AreaState.REJECTED)


def _row(run: SyncRun, area: Area, held: HeldArea | None) -> AreaReading:
    return AreaReading(
        source_id=run.source_id,
        area=area.code,
        address=area.name[:300],
        run=run,
        last_run=run,
        state=_state(run, area, held),
        is_whole=area.complete,
        is_loaded=run.state in GOOD and area.is_read and held is None,
        concludes=area.concludes,
        claims=[claim.as_json() for claim in area.claims],
        reasons=[reason.as_json() for reason in _reasons(area, held)],
        digest=held.digest if held else "",
    )


def _reasons(area: Area, held: HeldArea | None) -> list[Reason]:
    return [*(held.reasons if held else ()), *([_EMPTIED] if area.is_emptied else ())]


def _state(run: SyncRun, area: Area, held: HeldArea | None) -> AreaState:
    if held:
        return AreaState.REJECTED if held.is_rejected else AreaState.HELD
    if not area.is_read:
        return AreaState.INCOMPLETE
    if run.state == RunState.QUARANTINED:
        return AreaState.HELD
    if run.state == RunState.REJECTED:
        return AreaState.REJECTED
    return AreaState.LOADED if area.complete else AreaState.INCOMPLETE


def _said(row: AreaReading) -> tuple[object, ...]:
    said = row.state, row.is_whole, row.is_loaded, row.concludes, row.claims, row.digest
    return (*said, row.is_emptied)
