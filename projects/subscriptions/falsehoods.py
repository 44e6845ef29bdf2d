"""Which changes prove false, and by what.

* We had misread the page (`cause: parser`), the source took back what it had said (`correction`), or a
  steward says that it is otherwise: a row of the log that turns round what an earlier one said.
* A steward rejected the run that found them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Min, Q

from projects.models import Cause, DataChangeLog, OutboxMessage, RunState, SyncRun
from projects.subscriptions.searches import Window

REJECTED = "rejected"
_BY_STEWARD = Q(cause=Cause.STEWARD, kind__startswith="project:corrected:")
_TURNS_ROUND = Q(cause__in=(Cause.PARSER, Cause.CORRECTION)) | _BY_STEWARD
# {type of change: types of earlier ones that it takes back}
_OPPOSITE = {
    "missing": {"created", "returned"},
    "withdrawn": {"created", "returned"},
    "merged": {"created", "returned"},
    "returned": {"missing", "withdrawn"},
    "closed": {"opened"},
    "opened": {"closed"},
}
_BATCH = 200
_DECIDED_LATELY = timedelta(days=7)  # a decision is looked at again for so long: a worker may have been away
Reasons = dict[int, list[Any]]  # {change that is false: [why, id of the change or run that shows it]}


class Row(NamedTuple):
    """What is read of a row of the log."""

    pk: int
    entity: tuple[str, int]
    change_type: str
    field_changes: dict[str, Any]
    cause: str


def proved_by_log(window: Window) -> Reasons:
    """What rows of the window prove false: changes before them that somebody was or is to be told of."""
    first = OutboxMessage.objects.exclude(state=OutboxMessage.State.DROPPED).aggregate(first=Min("first"))
    since = min(first["first"] or window.end, window.start + 1)
    found: Reasons = {}
    turning = list(_rows(window.changes().filter(_TURNS_ROUND)))
    for at in range(0, len(turning), _BATCH):
        batch = turning[at : at + _BATCH]
        history = _history(batch, since)
        for row in batch:
            for pk in false_by(row, history[row.entity]):
                found[pk] = [row.cause, row.pk]
    return found


def proved_by_stewards(now: datetime) -> Reasons:
    """What runs found that a steward rejected after a part of them was loaded."""
    lately = SyncRun.objects.filter(
        state=RunState.REJECTED, change_count__gt=0, decided_at__gte=now - _DECIDED_LATELY
    )
    runs = list(lately.values_list("pk", flat=True))
    if not runs:
        return {}
    told = DataChangeLog.objects.filter(run__in=runs, cause=Cause.SOURCE).order_by()
    return {pk: [REJECTED, run] for pk, run in told.values_list("pk", "run_id")}


def false_by(row: Row, history: Iterable[Row]) -> Iterator[int]:
    """Ids of the earlier changes of the same thing that `row` takes back; `history` is oldest first."""
    earlier = [each for each in history if each.pk < row.pk][::-1]
    opposite = _OPPOSITE.get(row.change_type, set())
    for each in earlier:
        if each.change_type in _OPPOSITE or each.change_type == "created":
            if each.change_type in opposite:
                yield each.pk
            break
    for name, pair in row.field_changes.items():
        if row.change_type == "updated" and (pk := _said_before(name, pair, earlier)):
            yield pk


def _said_before(name: str, pair: list[Any], earlier: Iterable[Row]) -> int | None:
    """The change that said what is taken back here of one field. That something is new is never taken back
    by a field of it."""
    for each in earlier:
        if name not in each.field_changes:
            continue
        old, new = each.field_changes[name]
        if isinstance(pair[0], list) and isinstance(pair[1], list):
            if each.change_type == "updated" and _crossed(old, new, *pair):
                return each.pk
            continue  # another flag, another place: what one row said of it may stand further back
        return each.pk if each.change_type == "updated" and new == pair[0] else None
    return None


def _crossed(old: Any, new: Any, then: list[Any], now: list[Any]) -> bool:
    """Whether an element that came goes again, or one that went comes back."""
    before, after = set(old or ()), set(new or ())
    came, went = set(now) - set(then), set(then) - set(now)
    return bool((after - before) & went or (before - after) & came)


def _rows(changes: Any) -> Iterator[Row]:
    names = ("pk", "entity_type", "entity_id", "change_type", "field_changes", "cause")
    for pk, kind, entity, change_type, field_changes, cause in changes.order_by("pk").values_list(*names):
        yield Row(pk, (kind, entity), change_type, field_changes, cause)


def _history(batch: list[Row], since: int) -> dict[tuple[str, int], list[Row]]:
    """{thing: its changes between the two, oldest first}."""
    found: dict[tuple[str, int], list[Row]] = {row.entity: [] for row in batch}
    for kind in {row.entity[0] for row in batch}:
        ids = {row.entity[1] for row in batch if row.entity[0] == kind}
        its_own = DataChangeLog.objects.filter(entity_type=kind, entity_id__in=ids)
        for row in _rows(its_own.filter(pk__gte=since, pk__lt=max(each.pk for each in batch))):
            found[row.entity].append(row)
    return found


__all__ = ["REJECTED", "Reasons", "Row", "false_by", "proved_by_log", "proved_by_stewards"]
