"""Municipalities over the API: what is published of each as a whole, and our own sums beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.answers import Answer, rand, text
from projects.api.exports import FILES, streamed
from projects.api.finances import Asked, FinancesShape, Narrowed, as_file, finances_of
from projects.api.objects import ObjectFiles
from projects.api.refusals import closed, require_open
from projects.api.sides import give_sides, publishers
from projects.api.tables import ListFiles
from projects.facts.finance import TREASURY
from projects.filters import MunicipalityFilterSet
from projects.models import Municipality, Province


class ListingShape(Answer):
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    name = s.CharField()
    projects = s.IntegerField(allow_null=True)
    value = rand()
    published = s.DictField(child=s.CharField())
    issues = s.ListField()
    is_listed = s.BooleanField(help_text="false: the figures are the last that the source published")
    unlisted_since = s.DateTimeField(
        allow_null=True, help_text="when a complete reading first was without the line"
    )
    first_seen_at = s.DateTimeField()
    last_changed_at = s.DateTimeField()
    url = text()
    demo = s.BooleanField(source="source.demo")

    recorded = ("issues",)


class OwnSumsShape(Answer):
    projects = s.IntegerField(source="count")
    budget = rand()
    budgets = s.IntegerField(help_text="how many of the projects publish one")
    expenditure = rand()
    expenditures = s.IntegerField(help_text="how many of the projects publish one")


class MunicipalitySideShape(Answer):
    source = s.CharField(source="source.pk")  # type: ignore[assignment]
    listing = ListingShape(allow_null=True, help_text="as this source publishes the municipality as a whole")
    own = OwnSumsShape(help_text="our own sums over this source's projects")


# Needs rows that have got their `sides`.
class MunicipalitySerializer(Answer):
    code = s.CharField()
    name = s.CharField()
    province = s.ChoiceField(Province.choices)
    category = s.ChoiceField(Municipality.Category.choices)
    district = text(source="district_id")
    population_2016 = s.IntegerField(allow_null=True)
    area_km2 = s.DecimalField(10, 2, allow_null=True)
    latitude = s.FloatField(allow_null=True)
    longitude = s.FloatField(allow_null=True)
    place_name = text(help_text="the town at the point; © GeoNames, CC BY 4.0")
    listing = ListingShape(
        source="sides.listing", allow_null=True, help_text="as DWS, the first source, publishes it as a whole"
    )
    own = OwnSumsShape(
        source="sides.own",
        help_text="our own sums over the projects that we read; one that two sources list counts for each",
    )
    sources = MunicipalitySideShape(source="sides.known", many=True, help_text="the same source by source")
    finances = s.CharField(source="*", help_text="address of what it reports to National Treasury on water")
    demo = s.BooleanField(source="sides.demo")

    def derive(self, row: Municipality) -> dict[str, Any]:
        return {"finances": f"/api/v1/municipalities/{row.pk}/finances/"}


class MunicipalityViewSet(ObjectFiles, ListFiles, ReadOnlyModelViewSet[Municipality]):
    """The 257 municipalities of the 2016 boundaries, by their Demarcation Board codes."""

    queryset = Municipality.objects.for_list_page()
    serializer_class = MunicipalitySerializer
    filterset_class = MunicipalityFilterSet
    exports: ClassVar = {**ObjectFiles.exports, "finances": FILES}
    file_name = "municipalities"
    shapes: ClassVar = {"finances": FinancesShape}
    of_record = True
    lookup_value_regex = r"[A-Za-z0-9]{1,10}"

    def get_object(self) -> Municipality:
        self.kwargs["pk"] = self.kwargs["pk"].upper()  # codes are written in any case
        municipality = super().get_object()
        give_sides([municipality], publishers())
        return municipality

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        if page:
            give_sides(page, publishers())
        return page

    def require_open(self, rows: Any) -> None:
        """Each has what the sources publish of it, and sums of ours over their projects."""
        for source in closed(publishers()):
            require_open(source.pk)

    def give(self, rows: list[Any]) -> None:
        give_sides(rows, publishers())

    @extend_schema(summary="Show what a municipality reports on water", filters=True)
    @action(detail=True, filterset_class=Asked)
    def finances(self, request: Request, pk: str) -> HttpResponseBase:
        """What the municipality reports to National Treasury on water, newest financial year first.

        Totals and flags are of the whole year, whatever the filters leave of its figures. As a file it is
        one figure a row.
        """
        municipality = get_object_or_404(Municipality, pk=pk.upper())
        found = finances_of(municipality, Narrowed.asked(request.query_params))
        format = request.accepted_renderer.format
        if format != "json":
            require_open(TREASURY)
            return streamed(request._request, as_file(found), format)
        return Response(FinancesShape(found).data)
