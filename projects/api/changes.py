"""Changes as JSON: the same dict for the API, the socket's frames and the partial of the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from projects.api.answers import Answer, pairs, text, texts
from projects.api.marks import DemoMarked
from projects.filters import ChangeFilter
from projects.log import events
from projects.models import Cause, ChangeType, DataChangeLog, EntityType, Province, Severity
from projects.wording import causes


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
    run = s.IntegerField(source="row.run_id")
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


class ChangeViewSet(DemoMarked, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """The log of changes, newest first; with `after`, what is newer than that id, oldest first."""

    queryset = DataChangeLog.objects.order_by("-pk")
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(filters=False)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    def _found(self) -> Any:
        return self.filter_queryset(self.get_queryset())

    @extend_schema(responses=EventShape(many=True))
    @action(detail=False)
    def events(self, request: Request) -> Response:
        """Mass edits: ten or more changes of one kind in one reading as one event, newest first."""
        groups = self.paginate_queryset(events.groups(self._found())) or []
        rows = DataChangeLog.objects.in_bulk([group["last"] for group in groups])
        found = [events.of_group(rows[group["last"]], group) for group in groups]
        return self.get_paginated_response(EventShape(found, many=True).data)
