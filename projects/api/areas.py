"""What was read of each area, and what the site says of it: the claims that prove a reading, or do not."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from projects.api.answers import Answer, text
from projects.api.marks import DemoMarked
from projects.filters import Choices, SourceFilter
from projects.models import AreaReading, AreaState, Municipality


class ClaimsShape(Answer):
    checked = s.IntegerField()
    met = s.IntegerField()


# Needs rows of `readings()`.
class AreaSerializer(Answer):
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    area = s.CharField(help_text="the municipality's code")
    name = text()
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
    area = s.CharField(help_text="the municipality's code")
    what = s.CharField()
    claimed = s.CharField(help_text="as published")
    found = s.CharField(help_text="what was read; amounts in rand; blank where nothing could be compared")
    met = s.BooleanField(allow_null=True, help_text="null: it could not be checked")


def readings() -> QuerySet[AreaReading]:
    """The newest reading of each area, with its name and when it was last read whole and loaded."""
    names = Municipality.objects.filter(pk=OuterRef("area")).values("name")[:1]
    return AreaReading.objects.newest().annotate(
        name=Coalesce(Subquery(names), "area"),
        last_read_whole=_last(is_whole=True),
        last_loaded=_last(is_loaded=True),
    )


def _last(**what: bool) -> Subquery:
    same = AreaReading.objects.filter(source=OuterRef("source"), area=OuterRef("area"), **what)
    seen = same.annotate(by=Coalesce("last_run__read_at", "last_run__finished_at"))
    return Subquery(seen.order_by("-pk").values("by")[:1])


class AreaFilter(django_filters.FilterSet):
    source = SourceFilter()
    state = Choices(choices=AreaState.choices)

    class Meta:
        model = AreaReading
        fields: list[str] = []


class AreaViewSet(DemoMarked, ListModelMixin, GenericViewSet[AreaReading]):
    """Areas by their code: when each was last read whole and loaded, and how many of its claims are met."""

    queryset = readings()
    serializer_class = AreaSerializer
    filterset_class = AreaFilter


class ClaimViewSet(DemoMarked, GenericViewSet[AreaReading]):
    """The site's own counts and sums beside what was read."""

    queryset = AreaReading.objects.newest()
    serializer_class = ClaimShape
    filterset_class = AreaFilter

    @extend_schema(responses=ClaimShape(many=True))
    def list(self, request: Request) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        claims = [
            {"source": row.source_id, "area": row.area, **claim} for row in rows for claim in row.claims
        ]
        return self.get_paginated_response(self.paginate_queryset(claims))
