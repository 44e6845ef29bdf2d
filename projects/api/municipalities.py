"""Municipalities over the API: what is published of each as a whole, and our own sums beside it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.answers import rand, text
from projects.api.finances import PARAMETERS, Narrowed, finances_json
from projects.api.marks import DemoMarked
from projects.api.records import municipality_json
from projects.api.shapes_finance import FinancesShape
from projects.api.sides import Side, publishers, sides
from projects.filters import MunicipalityFilterSet
from projects.models import Municipality, Province


class ListingShape(s.Serializer[Any]):
    source = s.CharField()  # type: ignore[assignment]
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
    demo = s.BooleanField()


class OwnSumsShape(s.Serializer[Any]):
    projects = s.IntegerField()
    budget = rand()
    budgets = s.IntegerField(help_text="how many of the projects publish one")
    expenditure = rand()
    expenditures = s.IntegerField(help_text="how many of the projects publish one")


class MunicipalitySideShape(s.Serializer[Any]):
    source = s.CharField()  # type: ignore[assignment]
    listing = ListingShape(allow_null=True, help_text="as this source publishes the municipality as a whole")
    own = OwnSumsShape(help_text="our own sums over this source's projects")


class MunicipalityShape(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    province = s.ChoiceField(Province.choices)
    category = s.ChoiceField(Municipality.Category.choices)
    district = text()
    population_2016 = s.IntegerField(allow_null=True)
    area_km2 = s.DecimalField(10, 2, allow_null=True)
    latitude = s.FloatField(allow_null=True)
    longitude = s.FloatField(allow_null=True)
    place_name = s.CharField(allow_null=True, help_text="the town at the point; © GeoNames, CC BY 4.0")
    listing = ListingShape(allow_null=True, help_text="as DWS, the first source, publishes it as a whole")
    own = OwnSumsShape(
        help_text="our own sums over the projects that we read; one that two sources list counts for each"
    )
    sources = MunicipalitySideShape(many=True, help_text="the same source by source")
    finances = s.CharField(help_text="address of what it reports to National Treasury on water")
    demo = s.BooleanField()


class MunicipalitySerializer(MunicipalityShape):
    def to_representation(self, instance: Municipality) -> dict[str, Any]:
        return municipality_json(instance, self.sides[instance.pk])

    @cached_property
    def sides(self) -> dict[str, list[Side]]:
        """Asked once for all municipalities of an answer: a list uses one serializer for its rows."""
        shown: Any = self.parent.instance if self.parent else [self.instance]
        return sides([municipality.pk for municipality in shown], publishers())


class MunicipalityViewSet(DemoMarked, ReadOnlyModelViewSet[Municipality]):
    """The 257 municipalities of the 2016 boundaries, by their Demarcation Board codes."""

    queryset = Municipality.objects.for_list_page()
    serializer_class = MunicipalitySerializer
    filterset_class = MunicipalityFilterSet
    lookup_value_regex = r"[A-Za-z0-9]{1,10}"

    def get_object(self) -> Municipality:
        self.kwargs["pk"] = self.kwargs["pk"].upper()  # codes are written in any case
        return super().get_object()

    @extend_schema(parameters=PARAMETERS, responses=FinancesShape, filters=False)
    @action(detail=True, filterset_class=None)
    def finances(self, request: Request, pk: str) -> Response:
        """What the municipality reports to National Treasury on water, newest financial year first.

        Totals and flags are of the whole year, whatever the filters leave of its figures.
        """
        municipality = get_object_or_404(Municipality, pk=pk.upper())
        return Response(finances_json(municipality, Narrowed.asked(request.query_params)))
