"""What was read of each area, and what the site says of it: the claims that prove a reading, or do not."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from projects.api.answers import Answer, text
from projects.api.exports import FILES, streamed
from projects.api.marks import DemoMarked
from projects.api.refusals import require_all_open
from projects.api.tables import ListFiles, content_of
from projects.filters import Choices, SourceFilter
from projects.models import AreaReading, AreaState, Municipality, SyncRun


class ClaimsShape(Answer):
    checked = s.IntegerField()
    met = s.IntegerField()


# Needs rows of `readings()`.
class AreaSerializer(Answer):
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    area = s.CharField(help_text="the municipality's code; of a list of none, one that lasts as its address")
    name = text(help_text="the municipality's, or the list's address")
    state = s.ChoiceField(AreaState.choices)
    last_read_whole = s.DateTimeField(
        allow_null=True, help_text="all of it, as far as the site says how much"
    )
    last_loaded = s.DateTimeField(allow_null=True)
    run = s.IntegerField(source="last_run_id", help_text="the last that read it")
    since_run = s.IntegerField(source="run_id", help_text="since this run it is read so")
    claims = ClaimsShape(source="*")


class ClaimShape(s.Serializer[Any]):
    source = s.CharField()  # type: ignore[assignment]
    area = s.CharField(help_text="as in `areas/`; blank: of the whole site")
    what = s.CharField()
    claimed = s.CharField(help_text="as published")
    found = s.CharField(help_text="what was read; amounts in rand; blank where nothing could be compared")
    met = s.BooleanField(allow_null=True, help_text="null: it could not be checked")


def readings() -> QuerySet[AreaReading]:
    """The newest reading of each area, with its name and when it was last read whole and loaded."""
    names = Municipality.objects.filter(pk=OuterRef("area")).values("name")[:1]
    return AreaReading.objects.newest().annotate(
        name=Coalesce(Subquery(names), NullIf("address", Value("")), "area"),
        last_read_whole=_last(is_whole=True),
        last_loaded=_last(is_loaded=True),
    )


def _last(**what: bool) -> Subquery:
    same = AreaReading.objects.filter(source=OuterRef("source"), area=OuterRef("area"), **what)
    seen = same.annotate(by=Coalesce("last_run__read_at", "last_run__finished_at"))
    return Subquery(seen.order_by("-pk").values("by")[:1])


def of_sites(source: str | None = None) -> list[dict[str, Any]]:
    """What sites say of themselves as a whole, as their newest readings have it; `source`: of one alone."""
    last = (
        SyncRun.objects.exclude(proof={}).order_by().values("source").annotate(last=Max("pk")).values("last")
    )
    runs = SyncRun.objects.filter(pk__in=last, **({"source": source} if source else {})).order_by("source")
    return [
        {"source": run.source_id, "area": "", **claim} for run in runs for claim in run.proof.get("site", [])
    ]


class AreaFilter(django_filters.FilterSet):
    source = SourceFilter()
    state = Choices(choices=AreaState.choices)

    class Meta:
        model = AreaReading
        fields: list[str] = []


class AreaViewSet(ListFiles, ListModelMixin, GenericViewSet[AreaReading]):
    """Areas by their code: when each was last read whole and loaded, and how many of its claims are met."""

    queryset = readings()
    serializer_class = AreaSerializer
    file_name = "areas"
    filterset_class = AreaFilter


class ClaimViewSet(DemoMarked, GenericViewSet[AreaReading]):
    """The site's own counts and sums beside what was read."""

    queryset = AreaReading.objects.newest()
    serializer_class = ClaimShape
    exports: ClassVar = {"list": FILES}
    filterset_class = AreaFilter

    @extend_schema(responses=ClaimShape(many=True))
    def list(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.get_queryset())
        claims = [
            {"source": row.source_id, "area": row.area, **claim} for row in rows for claim in row.claims
        ]
        if "state" not in request.query_params:  # of an area
            claims = of_sites(request.query_params.get("source")) + claims
        format = request.accepted_renderer.format
        if format == "json":
            return self.get_paginated_response(self.paginate_queryset(claims))
        require_all_open(rows)
        return streamed(request._request, content_of("claims", ClaimShape, iter([claims]), format), format)
