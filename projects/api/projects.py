"""Projects over the API: now or as of a past day, page by page or whole."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar

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
from projects.api.changes import ChangeSerializer, change_json
from projects.api.exports import FILES, Content, GeoJson, in_parts, streamed
from projects.api.marks import DemoMarked
from projects.api.objects import ObjectFiles
from projects.api.records import FlagCountShape, ProjectDetailShape, ProjectShape
from projects.api.refusals import require_all_open
from projects.api.replies import replies_of_project
from projects.api.tables import Rows, content_of
from projects.fields import FIELDS, Kind, of
from projects.filters import ProjectFilter, year_problem
from projects.models import DataChangeLog, Flag, Project, merged_into
from projects.wording.figures import HERE

_AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATE, description="as known at the end of that day, South African time"
)
_COLUMNS = [
    *"id source external_id".split(),
    *(field.name for field in FIELDS if field.exported),
    *"presence first_seen_at last_seen_at last_changed_at url overridden flags demo".split(),
]
_NUMBERS = frozenset({"id", *of(Kind.MONEY, Kind.PERCENT, Kind.COUNT, Kind.DEGREES)})


def as_of(request: Request, name: str = "as_of") -> datetime | None:
    """The end of the day asked for (Africa/Johannesburg), None for now. Raises ValidationError (400)."""
    return end_of(request.query_params.get(name, ""), name)


def end_of(text: str, name: str) -> datetime | None:
    """The end of a South African day that is not to come; `name`: of the parameter that has it."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({name: [f"“{text[:40]}” is not a day such as 2026-05-01."]})
    if problem := year_problem(text, day):
        raise ValidationError({name: [problem]})
    if day > timezone.now().astimezone(HERE).date():
        raise ValidationError({name: ["That day is still to come."]})
    return end_of_day(day)


def end_of_day(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=HERE)


class ProjectViewSet(ObjectFiles, DemoMarked, GenericViewSet[Project]):
    """Water projects as their sources publish them; unknown is null."""

    queryset = Project.objects.all()
    serializer_class = ProjectShape
    filterset_class = ProjectFilter
    exports: ClassVar = {"list": (*FILES, GeoJson), "retrieve": FILES, "history": FILES, "flags": FILES}
    shapes: ClassVar = {
        "retrieve": ProjectDetailShape, "history": ChangeSerializer, "flags": FlagCountShape,
    }  # fmt: skip
    of_record = True
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(parameters=[_AS_OF])
    def list(self, request: Request) -> HttpResponseBase:
        projects = self._projects(request)
        format = request.accepted_renderer.format
        if format != "json":
            # Of a past day those that were merged since are in it, too.
            require_all_open(Project.everything.filter(pk__in=projects.ids()))
            content = Content("projects", _COLUMNS, _NUMBERS, in_parts(projects))
            return streamed(request._request, content, format)
        ids = self.paginate_queryset(projects.ids())
        return self.get_paginated_response(projects.records(ids or []))

    def require_open(self, rows: Any) -> None:
        """Of a past day one that was merged since is there, too."""
        require_all_open(Project.everything.filter(pk=self.kwargs["pk"]))

    @extend_schema(parameters=[_AS_OF], filters=False)
    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        moment = as_of(request)
        known = Project.everything.known_at(moment) if moment else Project.objects
        project = known.filter(pk=pk)
        found = Past(_no_filters(), moment, project) if moment else Present(project)
        if isinstance(found, Past) and int(pk) in found.unborn:
            raise NotFound("This project was first seen after that day.")
        if records := found.records([int(pk)]):
            more = {"overrides": found.corrections(int(pk)), "other_texts": found.other_texts(int(pk))}
            more["replies"] = replies_of_project(int(pk), moment)
            more["flag_details"] = found.flag_details(int(pk))
            return self.as_asked(request, Response({**records[0], **more}))
        if into := merged_into(int(pk)):
            return self.as_asked(request, moved(request, into))
        raise NotFound("No project has this id.")

    @extend_schema(summary="Count the projects with each flag", responses=FlagCountShape(many=True))
    @action(detail=False, pagination_class=None)
    def flags(self, request: Request) -> HttpResponseBase:
        """How many projects have each flag; takes the filters of the list."""
        counts = Flag.objects.counts(self.filter_queryset(self.get_queryset()))
        rows = [{"flag": flag, "count": number} for flag, number in counts.items()]
        told = [FlagCountShape().to_representation(row) for row in rows]
        format = request.accepted_renderer.format
        if format == "json":
            return Response(told)
        return streamed(request._request, content_of("flags", FlagCountShape, iter([told]), format), format)

    @extend_schema(
        summary="List the changes of a project", responses=ChangeSerializer(many=True), filters=False
    )
    @action(detail=True)
    def history(self, request: Request, pk: str) -> HttpResponseBase:
        """Every change of the project since it was first seen, newest first."""
        get_object_or_404(Project.everything.only("pk"), pk=pk)
        changes = DataChangeLog.objects.of_project(int(pk)).order_by("-pk")
        format = request.accepted_renderer.format
        if format == "json":
            page = self.paginate_queryset(changes)
            return self.get_paginated_response(ChangeSerializer(page, many=True).data)
        require_all_open(changes)
        parts = in_parts(Rows(changes, change_json))
        content = content_of(f"changes-of-project-{pk}", ChangeSerializer, parts, format)
        return streamed(request._request, content, format)

    def _projects(self, request: Request) -> Past | Present:
        filterset = ProjectFilter(request.query_params, queryset=Project.objects.all())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        moment = as_of(request)
        if moment and filterset.form.cleaned_data["flag"]:
            raise ValidationError({"flag": ["Known as a filter for today only, not as of a past day."]})
        return Past(filterset, moment) if moment else Present(filterset.qs)


def moved(request: Request, into: int, resource: str = "projects") -> Response:
    """The answer of a project that was merged into another: where that is."""
    address = f"/api/v1/{resource}/{into}/"
    query = request.META.get("QUERY_STRING", "")
    headers = {"Location": f"{address}?{query}" if query else address, "Cache-Control": "no-cache"}
    told = {"detail": f"This project was merged into project {into}.", "merged_into": into}
    return Response(told, status=301, headers=headers)


def _no_filters() -> ProjectFilter:
    filterset = ProjectFilter({}, queryset=Project.objects.all())
    filterset.is_valid()
    return filterset


__all__ = ["ProjectViewSet", "as_of", "end_of", "end_of_day", "moved"]
