"""The search over the API: places, contractors and projects by what a reader types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.answers import Answer, text
from projects.api.exports import FILES, streamed
from projects.api.marks import DemoMarked
from projects.api.refusals import closed, require_open
from projects.api.sides import publishers
from projects.api.tables import Record, content_of
from projects.models import Source
from projects.search.finding import Found, NotAQuery, find
from projects.search.words import LONGEST

# As `readable` takes it: without what no person sees and no XML holds.
_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]*$"
_Q = OpenApiParameter(
    "q",
    {"type": "string", "maxLength": LONGEST, "pattern": _TEXT},
    description=f"what to look for, {LONGEST} characters at most",
)

_FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx", "jsonl"])


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


# A line of the file of a search. What is of another kind is blank.
class FoundLine(Answer):
    kind = s.CharField(help_text="municipality, town, contractor or project")
    name = text()
    matched = text(help_text="the name it was found by, where it has several")
    id = s.IntegerField(allow_null=True, help_text="of a project")
    external_id = text()
    municipality = text(help_text="code; of a municipality its own")
    province = text()
    latitude = s.FloatField(allow_null=True)
    longitude = s.FloatField(allow_null=True)
    demo = s.BooleanField(allow_null=True)


_BLANK = dict.fromkeys(FoundLine().fields)


def lines(found: Found) -> Iterator[Record]:
    """What was found as rows of one table, in the order of the page."""
    told = FoundShape(found).data
    for place in told["municipalities"]:
        given = {name: place[name] for name in ("name", "matched", "province")}
        yield _BLANK | {"kind": "municipality", "municipality": place["code"]} | given
    for town in told["towns"]:
        given = {name: value for name, value in town.items() if name in _BLANK}
        yield _BLANK | {"kind": "town"} | given
    for name in told["contractors"]:
        yield _BLANK | {"kind": "contractor", "name": name}
    for project in told["projects"]:
        yield _BLANK | {"kind": "project"} | project


class Search(DemoMarked, APIView):
    """Ten of each kind at most, the best first. Accents and capitals count for nothing, a beginning is
    enough, and one letter in five may be wrong. As a file it is one table, with a column for the kind.
    """

    action = "get"
    exports: ClassVar = {"get": FILES}

    @extend_schema(
        summary="Find places, contractors and projects by their names",
        parameters=[_Q, _FORMAT],
        responses=FoundShape,
    )
    def get(self, request: Request) -> HttpResponseBase:
        try:
            found = find(request.query_params.get("q", ""))
        except NotAQuery as problem:
            raise ValidationError({"q": [str(problem)]}) from None
        format = request.accepted_renderer.format
        if format == "json":
            return Response(FoundShape(found).data)
        for source in closed_to_files(found):
            require_open(source.pk)
        content = content_of("search", FoundLine, iter([list(lines(found))]), format)
        return streamed(request._request, content, format)


def closed_to_files(found: Found) -> list[Source]:
    """Those of the sources of what was found whose data may not be downloaded. Contractors are names that any
    source of projects may publish."""
    if found.contractors:
        return closed(publishers())
    return closed({row.source_id: row.source for row in found.projects}.values())


__all__ = ["Search", "closed_to_files", "lines"]
