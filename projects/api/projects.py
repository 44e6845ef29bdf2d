"""Projects over the API: now or as of a past day, page by page or whole."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from projects.api.asof import Past, Present
from projects.api.changes import ChangeSerializer
from projects.api.exports import Csv, GeoJson, streamed
from projects.api.marks import DemoMarked
from projects.api.records import ProjectDetailShape, ProjectShape
from projects.filters import ProjectFilter, year_problem
from projects.models import DataChangeLog, Project
from projects.wording.figures import HERE

_AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATE, description="as known at the end of that day, South African time"
)
_FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "geojson"])


def as_of(request: Request) -> datetime | None:
    """The end of the day asked for (Africa/Johannesburg), None for now. Raises ValidationError (400)."""
    text = request.query_params.get("as_of", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({"as_of": [f"“{text}” is not a day such as 2026-05-01."]})
    if problem := year_problem(text, day):
        raise ValidationError({"as_of": [problem]})
    if day > timezone.now().astimezone(HERE).date():
        raise ValidationError({"as_of": ["That day is still to come."]})
    return datetime.combine(day, time.max, tzinfo=HERE)


class ProjectViewSet(DemoMarked, GenericViewSet[Project]):
    """Water projects as their sources publish them; unknown is null."""

    queryset = Project.objects.all()
    serializer_class = ProjectShape
    filterset_class = ProjectFilter
    exports = (Csv, GeoJson)
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(parameters=[_AS_OF, _FORMAT])
    def list(self, request: Request) -> HttpResponseBase:
        projects = self._projects(request)
        format = request.accepted_renderer.format
        if format != "json":
            return streamed(request._request, projects, format)
        ids = self.paginate_queryset(projects.ids())
        return self.get_paginated_response(projects.records(ids or []))

    @extend_schema(parameters=[_AS_OF], filters=False, responses=ProjectDetailShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        moment = as_of(request)
        project = Project.objects.filter(pk=pk)
        found = Past(_no_filters(), moment, project) if moment else Present(project)
        if isinstance(found, Past) and found.unborn.exists():
            raise NotFound("This project was first seen after that day.")
        if records := found.records([int(pk)]):
            more = {"overrides": found.corrections(int(pk)), "other_texts": found.other_texts(int(pk))}
            return Response({**records[0], **more})
        raise NotFound("No project has this id.")

    @extend_schema(responses=ChangeSerializer(many=True), filters=False)
    @action(detail=True)
    def history(self, request: Request, pk: str) -> Response:
        """Every change of the project since it was first seen, newest first."""
        get_object_or_404(Project.objects.only("pk"), pk=pk)
        page = self.paginate_queryset(DataChangeLog.objects.of_project(int(pk)).order_by("-pk"))
        return self.get_paginated_response(ChangeSerializer(page, many=True).data)

    def _projects(self, request: Request) -> Past | Present:
        filterset = ProjectFilter(request.query_params, queryset=Project.objects.all())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        moment = as_of(request)
        if moment and filterset.form.cleaned_data["silent"]:
            raise ValidationError({"silent": ["This is known for today only, not as of a past day."]})
        return Past(filterset, moment) if moment else Present(filterset.qs)


def _no_filters() -> ProjectFilter:
    filterset = ProjectFilter({}, queryset=Project.objects.all())
    filterset.is_valid()
    return filterset


__all__ = ["ProjectViewSet", "as_of"]
