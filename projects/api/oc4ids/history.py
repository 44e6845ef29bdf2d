"""What the log has of the fields of which OC4IDS wants more than today's value: progress and spending as they
were published one after another, and the dates as they were planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projects.fields import Kind, of
from projects.models import Cause, DataChangeLog, ProjectStep
from projects.wording.figures import instant

Record = Mapping[str, Any]
DATES = of(Kind.DATE)
SERIES = of(Kind.MONEY, Kind.PERCENT)
_STATUS = "status"
# The dates of a project that has begun, which the standard does not want moved any more.
_BEGUN = frozenset({"tender", "construction", "completed"})
_COLUMNS = ("pk", "at", "cause", "entity_id", "field_changes", "overridden")


@dataclass(slots=True)
class Observation:
    """A value as it was published; `change`: of the log, 0 what stood there at first."""

    change: int
    at: str
    value: str


@dataclass(slots=True)
class Told:
    """`series`: {field: observations, oldest first}; `planned`: {date's field: ISO day}."""

    series: dict[str, list[Observation]] = field(default_factory=dict)
    planned: dict[str, str] = field(default_factory=dict)


def told(records: Sequence[Record]) -> dict[int, Told]:
    """{project: what the log has of it}; two queries."""
    changes = _changes([record["id"] for record in records])
    return {record["id"]: _told(record, changes[record["id"]]) for record in records}


def _changes(projects: Iterable[int]) -> dict[int, list[Any]]:
    keys = (*DATES, *SERIES, _STATUS)
    steps = ProjectStep.objects.filter(project_id__in=[*projects], key__in=keys)
    rows = DataChangeLog.objects.filter(pk__in=steps.values("change_id")).order_by("pk")
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.values_list(*_COLUMNS, named=True):
        found[row.entity_id].append(row)
    return found


def _told(record: Record, changes: Sequence[Any]) -> Told:
    steps = [(row, _moved(row)) for row in changes]
    series = {name: _series(record, name, steps) for name in SERIES}
    return Told({name: found for name, found in series.items() if found}, _planned(record, steps))


def _moved(row: Any) -> dict[str, list[Any]]:
    """What is shown otherwise since: under a correction the source may move as it likes."""
    return {name: pair for name, pair in row.field_changes.items() if name not in row.overridden}


def _at_first(record: Record, name: str, steps: Sequence[Any]) -> Any:
    return next((moved[name][0] for _, moved in steps if name in moved), record[name])


def _series(record: Record, name: str, steps: Sequence[Any]) -> list[Observation]:
    """What a source published one after another; what was put right afterwards is told as it is right."""
    first = _at_first(record, name, steps)
    found = [Observation(0, record["first_seen_at"], first)] if first is not None else []
    value = first
    for row, moved in steps:
        if name not in moved:
            continue
        value = moved[name][1]
        if row.cause != Cause.SOURCE and found:
            found.pop()
        if value is not None:
            found.append(Observation(row.pk, instant(row.at) or "", value))
    if value == record[name]:
        return found
    # The log does not lead to what the record says: then only that is told.
    now = record[name]
    return [] if now is None else [Observation(0, record["last_changed_at"], now)]


def _planned(record: Record, steps: Sequence[Any]) -> dict[str, str]:
    """The dates as they stood when the project was first known to have begun, or else as they stand now."""
    values = {name: _at_first(record, name, steps) for name in (*DATES, _STATUS)}
    plan = _dates(values) if values[_STATUS] in _BEGUN else None
    for row, moved in steps:
        values |= {name: moved[name][1] for name in values if name in moved}
        if plan is None and values[_STATUS] in _BEGUN:
            plan = _dates(values)
        elif plan is not None and row.cause != Cause.SOURCE:
            plan |= {name: values[name] for name in DATES if name in moved}
    known = _dates(record) if plan is None else plan
    return {name: day for name, day in known.items() if day}


def _dates(values: Record) -> dict[str, Any]:
    return {name: values[name] for name in DATES}


__all__ = ["Observation", "Told", "told"]
