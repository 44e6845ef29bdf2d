"""Municipalities over the API: what is published of each as a whole, and our own sums beside it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.finances import PARAMETERS, Narrowed, finances_json
from projects.api.marks import DemoMarked
from projects.api.records import municipality_json
from projects.api.shapes import MunicipalityShape
from projects.api.shapes_finance import FinancesShape
from projects.api.sides import Side, publishers, sides
from projects.filters import MunicipalityFilterSet
from projects.models import Municipality


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
