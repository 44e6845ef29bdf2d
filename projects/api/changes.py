"""Changes as JSON: the same dict for the API, the socket's frames and the partial of the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from projects.api.marks import DemoMarked
from projects.api.shapes import ChangeShape, EventShape
from projects.filters import ChangeFilter
from projects.log import events
from projects.models import DataChangeLog
from projects.wording import causes
from projects.wording.figures import instant


def change_json(row: DataChangeLog) -> dict[str, Any]:
    """The contract's change. No query: it reads the row alone.

    Rules and sentence are said anew by today's rules; the severity is the one that the log is filtered by.
    """
    assessment = causes.assess(row, stored=row.rules)
    return {
        "id": row.pk,
        "at": instant(row.at),
        "entity_type": row.entity_type,
        "entity_id": row.entity_id,
        "external_id": row.external_id,
        "name": row.name,
        "municipality": row.municipality,
        "municipalities": row.municipalities,
        "province": row.province,
        "source": row.source_id,
        "change_type": row.change_type,
        "kind": row.kind,
        "cause": row.cause,
        "severity": row.severity,
        "rules": assessment.rules,
        "field_changes": row.field_changes,
        "evidence": row.evidence,
        "overridden": row.overridden,
        "sentence": assessment.sentence,
        "run": row.run_id,
        "snapshot": row.snapshot_id,
        "digest": row.digest,
        "url": row.get_absolute_url(),
        "demo": row.demo,
    }


class ChangeSerializer(ChangeShape):
    def to_representation(self, instance: DataChangeLog) -> dict[str, Any]:
        return change_json(instance)


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
        found = [events.event_json(events.of_group(rows[group["last"]], group)) for group in groups]
        return self.get_paginated_response(found)
