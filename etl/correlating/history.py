"""What DWS was read to say of a project in the course of time: the log, taken back row by row. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from etl.correlating.facts import ProjectFact, Reading
from projects.wording.figures import HERE, number

# The columns of a project that a reading has.
HISTORICAL = tuple(field.name for field in fields(Reading) if field.name not in ("day", "snapshot"))
_SOURCE, _STEWARD = "source", "steward"  # causes


class LogRow(NamedTuple):
    """One row of the log about a project; `read`: when the page was read that it is from (aware UTC)."""

    read: datetime
    cause: str
    field_changes: Mapping[str, Sequence[Any]]
    overridden: Collection[str]
    snapshot_id: str | None


def history(project: ProjectFact, steps: Sequence[LogRow]) -> tuple[Reading, ...]:
    """Oldest first. `steps`: all rows of the log about it, newest first.

    What was not the source's doing (a steward's correction that stands, a column that is understood now) is
    taken as said since the step before it, when DWS last moved: what that field held earlier is of another
    measure, and not known here. Of a correction that was taken back only what DWS said under it counts.
    """
    now = Reading(date.min, project.expenditure, project.progress, project.budget)
    found: list[Reading] = []
    doubtful: set[str] = set()
    lost: set[str] = set()
    corrected = set(project.corrected)
    for step in steps:
        moved = step.field_changes.keys() & set(HISTORICAL) - lost
        if step.cause == _STEWARD:
            moved &= corrected
        if step.cause != _SOURCE:
            doubtful |= moved
            continue
        moved -= corrected & set(step.overridden) - doubtful
        if moved:
            found.append(replace(now, day=_day(step), snapshot=step.snapshot_id))
        lost |= moved & doubtful
        before: dict[str, Any] = {
            name: None if name in lost else number(step.field_changes[name][0]) for name in moved
        }
        now = replace(now, **before)
    if steps and not (found and found[-1].day == _day(steps[-1])):
        found.append(replace(now, day=_day(steps[-1]), snapshot=steps[-1].snapshot_id))
    # a page that is older than what is known can be read after it
    found.reverse()
    return tuple(sorted(found, key=lambda reading: reading.day))


def _day(step: LogRow) -> date:
    return step.read.astimezone(HERE).date()
