"""Any two days side by side: the projects whose records differ, with what differs.

Which they are the log tells; what stood on either day, and in which order they come, the records as of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Max, Min, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpResponseBase
from django.utils import timezone
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from projects.api.answers import Answer, pairs, text
from projects.api.asof import Past, Present
from projects.api.exports import FILES, Content, in_parts, streamed
from projects.api.marks import DemoMarked
from projects.api.past_values import differing, steps_between
from projects.api.projects import as_of, end_of_day
from projects.api.refusals import require_all_open
from projects.fields import NAMES
from projects.filters import ProjectFilter
from projects.flags.facts import here
from projects.models import DataChangeLog, EntityType, Project, ProjectStep
from projects.models.querysets import ChangeQuerySet
from projects.wording import phrases, unknown
from projects.wording.rules import assess_project

_DAY = OpenApiTypes.DATE
DAYS = 30  # back, where no first day is asked for
_FROM = OpenApiParameter(
    "from", _DAY, description=f"as known at the end of that day; without it {DAYS} days before the second"
)
_TO = OpenApiParameter("to", _DAY, description="likewise; without it as known now")
_FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx", "jsonl"])
_PRESENCE = {"missing": ("present", "missing"), "withdrawn": ("missing", "withdrawn")}
_COMPARED = ("presence", *NAMES)
# What moves most: of most projects one of these tells that they differ, however many changes there were.
_RESTLESS = ("progress_percentage", "expenditure", "completion_date", "budget", "status", "presence")
_MOST_READ = 5_000  # changes between the days


class ComparedShape(Answer):
    project = s.IntegerField()
    external_id = s.CharField()
    name = text()
    municipality = text()
    province = text()
    source = s.CharField()  # type: ignore[assignment]
    is_new = s.BooleanField(help_text="first seen between the two days")
    fields = pairs("{field: [on the first day, on the second]}")
    sentence = s.CharField()
    url = s.CharField()
    demo = s.BooleanField()


COLUMNS = (
    *"project external_id name municipality province source is_new".split(),
    *"field label before after url demo".split(),
)


class TwoDays:
    """The projects that differ between the ends of two days; `last` None: now. `filterset` is a valid one,
    and asks of the later day.
    """

    def __init__(self, filterset: ProjectFilter, first: datetime, last: datetime | None) -> None:
        self.filterset, self.first, self.last = filterset, first, last

    def ids(self) -> list[int]:
        """In the order of the filterset."""
        return [pk for pk in self._after.ids() if pk in self.differing]

    def records(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """What `ComparedShape` has, one each."""
        wanted = list(ids)
        rows = Project.everything.filter(pk__in=wanted)
        past = Past(self.filterset, self.first, rows)
        before = {record["id"]: record for record in past.facts(pk for pk in wanted if pk not in past.unborn)}
        after = {record["id"]: record for record in self._after.facts(wanted)}
        names = self._names(wanted)
        return [
            self._compared(before.get(pk), after[pk], names.get(pk, set())) for pk in wanted if pk in after
        ]

    @cached_property
    def _after(self) -> Past | Present:
        return Past(self.filterset, self.last) if self.last else Present(self.filterset.qs)

    @cached_property
    def differing(self) -> set[int]:
        """The projects of whose records a part does not stand as it stood, or that were first seen since."""
        if not self._is_long:
            return {*self._read}
        others = every = {*Project.everything.values_list("pk", flat=True)}
        for name in _RESTLESS:
            is_most = len(others) > len(every) / 2  # to name them all would cost more than to look
            rows = Project.everything.all() if is_most else Project.everything.filter(pk__in=others)
            others = others - differing(rows, name, self.first, self.last)
        return (every - others) | _moved(self._log_of(others)).keys()

    @cached_property
    def _read(self) -> dict[int, set[str]]:
        return _moved(self._log)

    def _names(self, ids: Sequence[int]) -> dict[int, set[str]]:
        """{project: the parts of its record that moved}, of some."""
        if not self._is_long:
            return self._read
        # Of hundreds of changes each only those are read that have what is no column.
        log = self._log_of(ids).annotate(said=Cast("field_changes", TextField()))
        found = _moved(log.filter(said__contains=f'"{phrases.PUBLISHED}'))
        for pk, name in steps_between(ids, _COMPARED, *self._ends):
            found.setdefault(pk, set()).add(name)
        return found

    @property
    def _log(self) -> QuerySet[DataChangeLog]:
        log = DataChangeLog.objects.since(self.first)
        return (
            _of_projects(log.until(self.last) if self.last else log).filter(at__gt=self.first).order_by("pk")
        )

    def _log_of(self, ids: Iterable[int]) -> QuerySet[DataChangeLog]:
        """That of some projects, found by them: a range of ids beside them would be read from end to end."""
        first, last = self._ends
        log = DataChangeLog.objects.filter(entity_id__in=ids, at__gt=first, at__lte=last)
        return _of_projects(log).order_by("entity_id", "pk")

    @property
    def _ends(self) -> tuple[datetime, datetime]:
        return self.first, self.last or timezone.now()

    @cached_property
    def _is_long(self) -> bool:
        """Whether more was logged between the days than is read in the time of a page."""
        first, last = (DataChangeLog.objects.last_id_at(moment) for moment in self._ends)
        return last - first > _MOST_READ

    def _compared(
        self, before: Mapping[str, Any] | None, after: Mapping[str, Any], moved: set[str]
    ) -> dict[str, Any]:
        fields = _fields(before or {"published": {}}, after, moved)
        change_type = "updated" if before else "created"
        said = assess_project("project", change_type, {name: [*pair] for name, pair in fields.items()})
        named = {name: after[name] for name in ("external_id", "name", "municipality", "province", "source")}
        return {
            "project": after["id"],
            **named,
            "is_new": before is None,
            "fields": fields,
            "sentence": said.sentence,
            "url": f"/projects/{after['id']}/",
            "demo": after["demo"],
        }


def _of_projects(log: ChangeQuerySet) -> QuerySet[DataChangeLog]:
    return log.filter(entity_type=EntityType.PROJECT).of_records()


def _moved(log: QuerySet[DataChangeLog]) -> dict[int, set[str]]:
    """{project: the parts of its record that do not stand as they stood}, by all of its changes, of each in
    their order; of one that was first seen among them also that."""
    columns = ("entity_id", "change_type", "field_changes", "overridden")
    moved: dict[int, dict[str, list[Any]]] = {}
    for pk, change_type, changes, kept in log.values_list(*columns):
        _follow(moved.setdefault(pk, {}), change_type, changes, kept)
    differing = {pk: {name for name, (old, now) in each.items() if old != now} for pk, each in moved.items()}
    return {pk: names for pk, names in differing.items() if names}


def _follow(known: dict[str, list[Any]], change_type: str, changes: Any, kept: Sequence[str]) -> None:
    """Take one change in: what stood before the first of a field, and behind the last. What a steward's
    correction covers did not move."""
    if change_type in _PRESENCE or change_type == "returned":
        old, new = _PRESENCE.get(change_type, ("missing", "present"))
        known.setdefault("presence", [old, None])[1] = new
    if change_type == "created":
        known[ProjectStep.CREATED] = [False, True]
    for name, (old, new) in changes.items():
        if name not in kept and name != "presence":
            known.setdefault(name, [old, None])[1] = new


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], moved: set[str]) -> dict[str, list[Any]]:
    """{field: [before, after]}: what is typed, then the columns that have no field."""
    found = {
        name: [before.get(name), after[name]] for name in _COMPARED if name in moved or not before.get("id")
    }
    for name in sorted(moved):
        if name.startswith(phrases.PUBLISHED):
            label = name.removeprefix(phrases.PUBLISHED)
            found[name] = [before["published"].get(label), after["published"].get(label)]
    return {name: pair for name, pair in found.items() if pair[0] != pair[1] and pair[1] not in ([], "")}


def why_unknown(
    rows: Iterable[Mapping[str, Any]], first: datetime, last: datetime | None
) -> dict[tuple[int, str, int], str]:
    """{(project, field, side): why no value is known on that day} of records that were compared, as the first
    change after the first day and the last before the second say it. No query where all are known."""
    asked = {
        (row["project"], name, side)
        for row in rows
        for name, pair in row["fields"].items()
        for side in (unknown.BEFORE, unknown.AFTER)
        if pair[side] is None and not row["is_new"]
    }
    if not asked:
        return {}
    projects, names = {pk for pk, _, _ in asked}, {name for _, name, _ in asked}
    steps = ProjectStep.objects.filter(project_id__in=projects, key__in=names, at__gt=first)
    steps = steps.filter(at__lte=last) if last else steps
    ends = steps.order_by().values("project_id", "key").annotate(Min("change_id"), Max("change_id"))
    change = {(end["project_id"], end["key"]): (end["change_id__min"], end["change_id__max"]) for end in ends}
    log = DataChangeLog.objects.in_bulk({pk for pair in change.values() for pk in pair})
    found = {}
    for pk, name, side in asked & {
        (*key, side) for key in change for side in (unknown.BEFORE, unknown.AFTER)
    }:
        row = log[change[pk, name][side]]
        found[pk, name, side] = unknown.why(name, side, row.cause, row.field_changes, row.evidence)
    return found


class CompareViewSet(DemoMarked, GenericViewSet[Project]):
    """Projects whose records differ between the ends of two days; the filters are those of the projects, and
    hold on the later day."""

    queryset = Project.objects.all()
    serializer_class = ComparedShape
    filterset_class = ProjectFilter
    exports: ClassVar = {"list": FILES}

    @extend_schema(summary="List the projects that differ between two days", parameters=[_FROM, _TO, _FORMAT])
    def list(self, request: Request) -> HttpResponseBase:
        days = self._asked(request)
        format = request.accepted_renderer.format
        if format != "json":
            require_all_open(Project.everything.filter(pk__in=days.ids()))
            content = Content("compare", COLUMNS, frozenset({"project"}), in_parts(_Cells(days)))
            return streamed(request._request, content, format)
        page = self.paginate_queryset(days.ids())
        return self.get_paginated_response(days.records(page or []))

    def _asked(self, request: Request) -> TwoDays:
        first, last = (as_of(request, name) for name in ("from", "to"))
        first = first or end_of_day(here(last or timezone.now()) - timedelta(days=DAYS))
        filterset = ProjectFilter(request.query_params, queryset=Project.objects.all())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        return two_days(filterset, first, last)


def two_days(filterset: ProjectFilter, first: datetime, last: datetime | None) -> TwoDays:
    """Today's end is now. Raises ValidationError (400) for days that are asked for the wrong way round."""
    now = timezone.now()
    if last is not None and here(last) == here(now):
        last = None
    if here(first) >= here(last or now):
        raise ValidationError({"from": ["The first day has to be before the second."]})
    if last and filterset.form.cleaned_data["flag"]:
        raise ValidationError({"flag": ["Known as a filter for today only, not as of a past day."]})
    return TwoDays(filterset, first, last)


class _Cells:
    """One row a field that differs."""

    def __init__(self, days: TwoDays) -> None:
        self.days = days

    def ids(self) -> Any:
        return self.days.ids()

    def records(self, ids: Iterable[int]) -> Any:
        return [
            row | {"field": name, "label": phrases.label(name), "before": old, "after": new}
            for row in self.days.records(ids)
            for name, (old, new) in row["fields"].items()
        ]
