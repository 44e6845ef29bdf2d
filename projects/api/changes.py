"""Changes as JSON: the same dict for the API, the socket's frames and the partial of the pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from projects.api.answers import Answer, pairs, text, texts
from projects.api.exports import FILES, Content, in_parts, streamed
from projects.api.marks import DemoMarked, LogPages
from projects.api.objects import ObjectFiles
from projects.api.refusals import require_all_open
from projects.api.tables import content_of
from projects.change_filters import ChangeFilter
from projects.log import events
from projects.log.events import Event
from projects.models import Cause, ChangeType, DataChangeLog, EntityType, Province, Severity
from projects.wording import causes
from projects.wording.topics import CHEAPER, DEARER, SLIPPED, SOONER, topics

_FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx", "jsonl"])


# Rules and sentence are said anew by today's rules; the severity is the one that the log is filtered by.
class ChangeSerializer(Answer):
    id = s.IntegerField()
    at = s.DateTimeField()
    entity_type = s.ChoiceField(EntityType.choices)
    entity_id = s.IntegerField()
    external_id = s.CharField()
    name = s.CharField()
    municipality = text()
    municipalities = texts()
    province = s.ChoiceField(Province.choices, allow_null=True)
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    change_type = s.ChoiceField(ChangeType.choices)
    kind = s.CharField(help_text="the same for all changes of one mass edit; a filter of this list")
    cause = s.ChoiceField(Cause.choices)
    severity = s.ChoiceField(Severity.choices)
    rules = texts(source="*")
    field_changes = pairs("{field: [old, new]}")
    evidence = pairs("{label: [old, new]}, the published strings")
    overridden = texts(help_text="fields that changed under a steward's correction: what is shown stays")
    sentence = s.CharField(source="*")
    run = s.IntegerField(source="run_id", allow_null=True)
    snapshot = text(source="snapshot_id")
    digest = s.CharField()
    url = s.CharField(source="*")
    demo = s.BooleanField()

    def derive(self, row: DataChangeLog) -> dict[str, Any]:
        assessment = causes.assess(row, stored=row.rules)
        return {"rules": assessment.rules, "sentence": assessment.sentence, "url": row.get_absolute_url()}


def change_json(row: DataChangeLog) -> dict[str, Any]:
    """The contract's change. No query: it reads the row alone."""
    return _CHANGE.to_representation(row)


_CHANGE = ChangeSerializer()


class EventShape(Answer):
    run = s.IntegerField(source="row.run_id", allow_null=True, help_text="null: flags are told without one")
    kind = s.CharField(source="row.kind")
    at = s.DateTimeField(source="row.at")
    source = s.CharField(source="row.source_id")  # type: ignore[assignment]
    entity_type = s.ChoiceField(EntityType.choices, source="row.entity_type")
    change_type = s.ChoiceField(ChangeType.choices, source="row.change_type")
    cause = s.ChoiceField(Cause.choices, source="row.cause")
    fields = texts(source="telling", help_text="the fields that changed on each")
    count = s.IntegerField()
    first = s.IntegerField(help_text="the lowest id; not all ids between first and last belong to it")
    last = s.IntegerField()
    majors = s.IntegerField(help_text="how many of its changes are major")
    severity = s.ChoiceField(Severity.choices, source="*")
    rules = texts(source="*")
    sentence = s.CharField(source="*")
    changes = s.CharField(source="*", help_text="its changes, one by one")
    url = s.CharField(source="*")
    demo = s.BooleanField(source="row.demo")

    def derive(self, event: events.Event) -> dict[str, Any]:
        assessment = event.assessment
        return {
            "severity": assessment.severity,
            "rules": assessment.rules,
            "sentence": assessment.sentence,
            "changes": f"/api/v1/changes/?{event.query}",
            "url": f"/changes/?{event.query}",
        }


# Of what a spreadsheet can be asked for: what moved by how much, before what only a program reads.
COLUMNS = (
    *"id at source entity_type external_id name municipality province change_type topics".split(),
    *"days_later rand_more sentence severity cause rules field_changes run snapshot url demo".split(),
)
NUMBERS = frozenset({"id", "days_later", "rand_more", "run"})


def change_record(row: DataChangeLog) -> dict[str, Any]:
    """A change as a row of a table; days and rand have a minus where it was sooner or cheaper."""
    about = topics(row.entity_type, row.change_type, row.field_changes, row.rules)
    days = about.get(SLIPPED) or -(about.get(SOONER) or 0) or None
    rand = about.get(DEARER) or -(about.get(CHEAPER) or 0) or None
    more = {"topics": [*about], "days_later": days, "rand_more": rand}
    return change_json(row) | more | {"field_changes": json.dumps(row.field_changes, ensure_ascii=False)}


class _Downloaded:
    """The changes of a queryset, in its order, as `write` has them."""

    def __init__(self, rows: Any, write: Callable[[DataChangeLog], dict[str, Any]]) -> None:
        self.rows, self.write = rows, write

    def ids(self) -> Any:
        return self.rows.values_list("pk", flat=True)

    def records(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        wanted = [*ids]
        found = DataChangeLog.objects.in_bulk(wanted)
        return [self.write(found[pk]) for pk in wanted]


class _Events:
    """Mass edits as objects: as they were counted when they were logged, or anew."""

    def __init__(self, found: Iterable[Any]) -> None:
        self.found = found

    def ids(self) -> Iterable[Any]:
        return self.found

    def records(self, ids: Iterable[Any]) -> list[dict[str, Any]]:
        return [EventShape().to_representation(event) for event in _told([*ids])]


def _told(counted: Iterable[Any]) -> list[Event]:
    """Each with its newest change."""
    found = [(one["last"] if isinstance(one, dict) else one.last, one) for one in counted]
    rows = DataChangeLog.objects.in_bulk([last for last, _ in found])
    return [
        events.of_group(rows[last], one) if isinstance(one, dict) else events.of_row(rows[last], one)
        for last, one in found
    ]


class ChangeViewSet(ObjectFiles, DemoMarked, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """The log of changes, newest first; with `after`, what is newer than that id, oldest first."""

    queryset = DataChangeLog.objects.order_by("-pk")
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    shapes: ClassVar = {"events": EventShape}
    of_record = True
    pagination_class = LogPages
    exports: ClassVar = {**ObjectFiles.exports, "events": FILES}
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(filters=False)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(summary="List mass edits as one event each", responses=EventShape(many=True))
    @action(detail=False)
    def events(self, request: Request) -> HttpResponseBase:
        """Mass edits: ten or more changes of one kind in one reading as one event, newest first; three or
        more where columns are but worded otherwise. With filters of single changes (place, field, rule, time)
        the events of the newest 2,000 that fit; `until` goes further back."""
        filterset = ChangeFilter(request.query_params, queryset=self.get_queryset())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        of_all = filterset.of_events()
        found: Any = events.newest_groups(filterset.qs) if of_all is None else events.listed(**of_all)
        format = request.accepted_renderer.format
        if format == "json":
            page = self.paginate_queryset(found) or []
            return self.get_paginated_response(EventShape(_told(page), many=True).data)
        require_all_open(filterset.qs)
        content = content_of("events", EventShape, in_parts(_Events(found)), format)
        return streamed(request._request, content, format)

    # The last one: behind it `list` means this.
    @extend_schema(parameters=[_FORMAT])
    def list(  # type: ignore[override]
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        format = request.accepted_renderer.format
        if format == "json":
            return super().list(request, *args, **kwargs)
        rows = self.filter_queryset(self.get_queryset())
        require_all_open(rows)
        write = change_json if format == "jsonl" else change_record
        content = Content("changes", COLUMNS, NUMBERS, in_parts(_Downloaded(rows, write)))
        return streamed(request._request, content, format)
