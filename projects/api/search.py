"""The search over the API: places, contractors and projects by what a reader types."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.answers import Answer, text
from projects.api.marks import DemoMarked
from projects.search.finding import NotAQuery, find
from projects.search.words import LONGEST

# As `readable` takes it: without what no person sees and no XML holds.
_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]*$"
_Q = OpenApiParameter(
    "q",
    {"type": "string", "maxLength": LONGEST, "pattern": _TEXT},
    description=f"what to look for, {LONGEST} characters at most",
)


class FoundMunicipalityShape(Answer):
    code = s.CharField(source="fact.code")
    name = s.CharField(source="fact.name")
    province = s.CharField(source="fact.province")
    matched = s.CharField(help_text="the name it was found by: its own, a former one, a town's; or its code")


class NearShape(Answer):
    code = s.CharField(source="municipality.code")
    name = s.CharField(source="municipality.name")
    km = s.FloatField(help_text="in a straight line to its seat")


class FoundTownShape(Answer):
    name = s.CharField(source="town.name")
    matched = s.CharField(help_text="the one of its names that it was found by")
    province = s.CharField(source="town.province")
    municipality = text(source="code", help_text="code; null where no source says in which one it lies")
    nearest = NearShape(many=True, help_text="where that is not known: the three nearest by their seats")
    latitude = s.FloatField(source="town.latitude", help_text="© GeoNames, CC BY 4.0")
    longitude = s.FloatField(source="town.longitude")


class FoundProjectShape(Answer):
    id = s.IntegerField(source="pk")
    name = text()
    external_id = s.CharField()
    municipality = text(source="municipality_id", help_text="code")
    demo = s.BooleanField(source="source.demo")


class FoundShape(Answer):
    q = s.CharField()
    suggestion = text(help_text="what may have been meant, where nothing fits as it was typed")
    municipalities = FoundMunicipalityShape(many=True)
    towns = FoundTownShape(many=True)
    projects = FoundProjectShape(many=True)
    contractors = s.ListField(
        child=s.CharField(), help_text="as published; `projects/?q=` has their projects"
    )


class Search(DemoMarked, APIView):
    """Ten of each kind at most, the best first. Accents and capitals count for nothing, a beginning is
    enough, and one letter in five may be wrong.
    """

    @extend_schema(
        summary="Find places, contractors and projects by their names", parameters=[_Q], responses=FoundShape
    )
    def get(self, request: Request) -> Response:
        try:
            found = find(request.query_params.get("q", ""))
        except NotAQuery as problem:
            raise ValidationError({"q": [str(problem)]}) from None
        return Response(FoundShape(found).data)


__all__ = ["Search"]
