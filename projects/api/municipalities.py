"""Municipalities over the API: what is published of each as a whole, and our own sums beside it."""

from __future__ import annotations

from typing import Any

from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.marks import DemoMarked
from projects.api.records import municipality_json
from projects.api.shapes import MunicipalityShape
from projects.filters import MunicipalityFilterSet
from projects.models import Municipality


class MunicipalitySerializer(MunicipalityShape):
    def to_representation(self, instance: Municipality) -> dict[str, Any]:
        return municipality_json(instance)


class MunicipalityViewSet(DemoMarked, ReadOnlyModelViewSet[Municipality]):
    """The 257 municipalities of the 2016 boundaries, by their Demarcation Board codes."""

    queryset = Municipality.objects.for_list_page().order_by("name", "pk")
    serializer_class = MunicipalitySerializer
    filterset_class = MunicipalityFilterSet
    lookup_value_regex = r"[A-Za-z0-9]{1,10}"

    def get_object(self) -> Municipality:
        self.kwargs["pk"] = self.kwargs["pk"].upper()  # codes are written in any case
        return super().get_object()
