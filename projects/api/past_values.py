"""What stood in some parts of the projects' records at a past moment, without taking whole records back.

A step says which change altered which part of which project, and what stood there until then: the first one
after a moment has what stood there at that moment. So a past day costs the projects that there are and the
parts that are asked for, not the changes since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from projects.api.answers import writer
from projects.api.records import ProjectShape
from projects.fields import FIELDS
from projects.models import DataChangeLog, Project, ProjectStep
from projects.wording.figures import instant

Values = dict[str, Any]
BEFORE = {"missing": "present", "withdrawn": "missing", "returned": "missing"}
_PLACES, _CHANGED = "municipalities", "last_changed_at"
_CONSTANT = frozenset({"id", "source", "first_seen_at"})
# {name in the API: column}
_COLUMNS = {field.name: field.column for field in FIELDS if field.is_column} | {
    "source": "source_id",
    **{name: name for name in ("id", "external_id", "presence", "first_seen_at", _CHANGED)},
}
_CHUNK = 5000  # ids a statement
_LONG = object()  # stands for what has to be read in the change


def can_tell(names: Iterable[str]) -> bool:
    """Whether `moved` knows these parts of a record."""
    return {*names} <= {*_COLUMNS, _PLACES}


def moved(projects: QuerySet[Project], names: Sequence[str], moment: datetime) -> dict[int, Values]:
    """{id: {name: value as the API had it then}} of those projects that moved in one of the names since."""
    columns = [name for name in names if name != _PLACES]
    steps: dict[str, Any] = {
        f"step_{place}": _was(name, moment)
        for place, name in enumerate(names)
        if name not in _CONSTANT | {_CHANGED}
    }
    keys = {alias: names[int(alias.removeprefix("step_"))] for alias in steps}
    if _CHANGED in names:
        steps["was_changed"] = Coalesce(changed_at(Q(at__lte=moment)), "first_seen_at")
        steps["newest"] = changed_at()
    if not steps:
        return {}
    found = projects.order_by().annotate(**steps)
    rows = found.values_list("pk", *(_COLUMNS[name] for name in columns), *steps)
    writers, first = _writers(columns), len(columns) + 1
    values: dict[int, Values] = {}
    for row in rows:
        then = dict(zip(steps, row[first:], strict=True))
        # Sorted out here: to filter by it, a database looks for each step again.
        if past := _past(then, keys, moment):
            values[row[0]] = _written(columns, writers, row) | past
    _add_long_ones(values, moment)
    if _PLACES in names:
        _add_places(values)
    return values


def _past(then: dict[str, Any], keys: dict[str, str], moment: datetime) -> Values:
    """What of it was otherwise; empty where nothing of what is asked for moved since."""
    past: Values = {}
    for alias, name in keys.items():
        if (was := then[alias]) is not None:
            past[name] = json.loads(was) if was else _LONG
    if "newest" in then and then["newest"] is not None and then["newest"] > moment:
        past[_CHANGED] = instant(then["was_changed"])
    return past


def changed_at(limits: Q = Q()) -> Subquery:  # noqa: B008 an empty one is a value
    """When the last change of a project was logged, of those within the limits."""
    rows = DataChangeLog.objects.filter(limits, entity_type="project", entity_id=OuterRef("pk"))
    return Subquery(rows.of_records().order_by("-pk").values("at")[:1])


def steps_back(ids: Sequence[int], moment: datetime) -> dict[int, list[Any]]:
    """{project: the changes that have what stood in any part of its record at the moment}, newest first, as
    `change_type field_changes evidence overridden`.

    Those between are left out: what they say was overwritten by an earlier one of these.
    """
    later = ProjectStep.objects.filter(project_id__in=ids, at__gt=moment)
    first = later.values("project_id", "key").annotate(change=Min("change_id"))
    wanted = first.order_by().values("change")
    rows = DataChangeLog.objects.filter(pk__in=wanted).order_by("-pk")
    steps: dict[int, list[Any]] = {}
    columns = ("entity_id", "change_type", "field_changes", "evidence", "overridden")
    for row in rows.values_list(*columns, named=True):
        steps.setdefault(row.entity_id, []).append(row)
    return steps


def differing(projects: QuerySet[Project], name: str, first: datetime, last: datetime | None) -> set[int]:
    """Those of the projects of which one column of the record stood otherwise at the second moment; `last`
    None: stands otherwise now."""
    ends = {"before": _was(name, first)} | ({"after": _was(name, last)} if last else {})
    rows = projects.order_by().annotate(**ends).values_list("pk", *ends, _COLUMNS[name])
    (write,) = _writers([name])
    found = set()
    for pk, before, *later, now in rows:
        if before is None:
            continue  # as it was, ever since
        if later and later[0] is not None:
            after = json.loads(later[0])
        else:
            after = write(now) if write else now
        if json.loads(before) != after:
            found.add(pk)
    return found


def steps_between(
    ids: Iterable[int], names: Iterable[str], first: datetime, last: datetime
) -> Iterator[tuple[int, str]]:
    """(project, part of its record that a change between the moments altered), of these parts."""
    keys = {ProjectStep.PRESENCE if name == "presence" else name: name for name in names}
    steps = ProjectStep.objects.filter(project_id__in=ids, key__in=keys, at__gt=first, at__lte=last)
    for project, key in steps.order_by().values_list("project_id", "key").distinct():
        yield project, keys[key]


def _was(name: str, moment: datetime) -> Subquery:
    """What stood there at the moment, as JSON; blank where that is long, NULL where it is as it was."""
    key = ProjectStep.PRESENCE if name == "presence" else name
    # That it is not null says nothing here: it has the database use the index that has it.
    its_own = ProjectStep.objects.filter(project_id=OuterRef("pk"), key=key, at__gt=moment, was__isnull=False)
    return Subquery(its_own.order_by("at", "change_id").values("was")[:1])


def _writers(names: Iterable[str]) -> list[Callable[[Any], Any] | None]:
    fields: dict[str, Any] = dict(ProjectShape().fields.items())
    return [writer(fields[name]) for name in names]


def _written(names: Sequence[str], writers: Sequence[Any], row: Sequence[Any]) -> Values:
    values = zip(names, writers, row[1:], strict=False)
    return {name: write(value) if write else value for name, write, value in values}


def _add_long_ones(values: dict[int, Values], moment: datetime) -> None:
    """What is too long to stand in a step, of the changes that have it."""
    asked = {(pk, name) for pk, past in values.items() for name, value in past.items() if value is _LONG}
    if not asked:
        return
    later = ProjectStep.objects.filter(at__gt=moment, key__in={name for _, name in asked})
    of_them = later.filter(project_id__in={pk for pk, _ in asked}).order_by()
    first = of_them.values_list("project_id", "key").annotate(change=Min("change_id"))
    changes = {(pk, name): change for pk, name, change in first if (pk, name) in asked}
    rows = DataChangeLog.objects.only("field_changes").in_bulk({*changes.values()})
    for (pk, name), change in changes.items():
        values[pk][name] = rows[change].field_changes[name][0]


def _add_places(values: dict[int, Values]) -> None:
    """Those of today, where they were no others then."""
    today: dict[int, list[str]] = {pk: [] for pk, past in values.items() if _PLACES not in past}
    for some in _in_chunks(today):
        links = Project.municipalities.through.objects.filter(project__in=some).order_by("municipality")
        for pk, code in links.values_list("project", "municipality"):
            today[pk].append(code)
    for pk, past in values.items():
        past[_PLACES] = today[pk] if pk in today else past[_PLACES] or []


def _in_chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while some := list(islice(remaining, _CHUNK)):
        yield some
