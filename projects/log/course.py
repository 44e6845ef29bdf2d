"""What a project's figures were, step by step, since it was first seen: for its charts and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from projects.fields import FIELDS as ALL
from projects.models import DataChangeLog, Project, ProjectStep
from projects.wording import figures
from projects.wording.phrases import DATES
from projects.wording.unknown import BEFORE, UNREAD, UNREADABLE, why

FIELDS = tuple(field.name for field in ALL if field.chart)
MOST = 500  # changes of one project that are drawn; older ones are in its history
_NOT_READ = (UNREAD, UNREADABLE)
Value = Decimal | date | None


@dataclass(frozen=True, slots=True)
class Moment:
    """`values` of all FIELDS from `at` on; `change`: the id of what made them so, None of the beginning;
    `moved`: the fields that it altered; `unread`: those of which no value is known because none was read."""

    at: datetime
    change: int | None
    values: dict[str, Value]
    moved: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


def course(project: Project) -> list[Moment]:
    """Oldest first, taken back from the record as it stands now; one query.

    The first is what was known when the project was first seen, or of a long history before its oldest drawn
    change.
    """
    rows = _rows(project.pk)
    values: dict[str, Value] = {name: getattr(project, name) for name in FIELDS}
    unread = {issue["field"] for issue in project.issues if isinstance(issue, dict) and "field" in issue}
    found: list[Moment] = []
    for pk, at, changes, overridden, cause, evidence in rows[:MOST]:
        moved = frozenset(name for name in FIELDS if name in changes and name not in overridden)
        found.append(Moment(at, pk, dict(values), moved, frozenset(unread)))
        values |= {name: _value(name, changes[name][0]) for name in moved}
        unread -= moved
        unread |= {name for name in moved if why(name, BEFORE, cause, changes, evidence) in _NOT_READ}
    first = found[-1].at if found else project.first_seen_at
    begin = first if len(rows) > MOST else min(first, project.first_seen_at)
    return [Moment(begin, None, values, unread=frozenset(unread)), *reversed(found)]


def _rows(pk: int) -> Sequence[tuple[int, datetime, dict[str, Any], list[str], str, dict[str, Any]]]:
    steps = ProjectStep.objects.filter(project_id=pk, key__in=FIELDS)
    rows = DataChangeLog.objects.filter(pk__in=steps.values("change_id")).order_by("-pk")
    return list(rows.values_list("pk", "at", "field_changes", "overridden", "cause", "evidence")[: MOST + 1])


def _value(name: str, logged: Any) -> Value:
    return figures.day(logged) if name in DATES else figures.number(logged)


__all__ = ["FIELDS", "MOST", "Moment", "Value", "course"]
