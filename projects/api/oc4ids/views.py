"""`GET /api/v1/oc4ids/`: the projects as OC4IDS packages, page by page, and each by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers as s
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from projects.api.asof import Present
from projects.api.marks import DemoMarked, Pages
from projects.api.oc4ids.history import told
from projects.api.oc4ids.mapping import STATUS, Site, as_project
from projects.api.projects import moved
from projects.api.refusals import require_all_open
from projects.filters import ProjectFilter
from projects.models import DataChangeLog, Municipality, Project, Province, Source, merged_into
from projects.wording.figures import instant

VERSION = "0.9"
PACKAGE = 20  # projects, each with all that was ever published of its progress and spending
NO_PACKAGE = "No project fits, and the standard knows no package of none."
_NUMBER = {"type": "integer", "minimum": 1}
_PAGE = OpenApiParameter("page", {"anyOf": [_NUMBER, {"type": "string", "enum": ["last"]}]})
_SIZE = OpenApiParameter("page_size", _NUMBER, description=f"projects, {PACKAGE} unless it is said")
Package = dict[str, Any]


class OC4IDSPublisher(s.Serializer[Any]):
    name = s.CharField()
    uri = s.CharField()


class OC4IDSProject(s.Serializer[Any]):
    id = s.CharField(help_text="`oc4ids-`, our prefix, our number of the project")
    updated = s.DateTimeField()
    language = s.CharField()
    title = s.CharField(required=False)
    description = s.CharField(required=False)
    status = s.CharField(required=False, help_text=", ".join(sorted({*STATUS.values()})))
    sector = s.ListField(child=s.CharField())
    identifiers = s.ListField(child=s.DictField(), required=False)
    additionalClassifications = s.ListField(child=s.DictField(), required=False)
    period = s.DictField(child=s.DateTimeField(), required=False, help_text="as planned")
    locations = s.ListField(child=s.DictField(), required=False)
    budget = s.DictField(required=False)
    parties = s.ListField(child=s.DictField(), required=False)
    metrics = s.ListField(child=s.DictField(), required=False)
    milestones = s.ListField(child=s.DictField(), required=False, help_text="completion as published now")
    documents = s.ListField(child=s.DictField())
    x_source = s.CharField()
    x_sourceStatus = s.CharField(required=False, help_text="as published")
    x_presence = s.CharField()
    x_changes = s.CharField(help_text="its history in our log")
    demo = s.BooleanField()


@extend_schema_serializer(many=False)
class OC4IDSPackage(s.Serializer[Any]):
    uri = s.CharField()
    version = s.CharField()
    publishedDate = s.DateTimeField()
    publisher = OC4IDSPublisher()
    publicationPolicy = s.CharField()
    x_draft = s.BooleanField(help_text="true while no registered prefix is set: ids will change then")
    count = s.IntegerField(help_text="of all projects, whatever the page")
    next = s.CharField(required=False)
    previous = s.CharField(required=False)
    projects = OC4IDSProject(many=True)


class Packages(Pages):
    page_size = PACKAGE


class OC4IDSViewSet(DemoMarked, GenericViewSet[Project]):
    """Project packages of the Open Contracting for Infrastructure Data Standard 0.9, from the record. What no
    source publishes is left out. The filters are those of the projects."""

    queryset = Project.objects.all()
    serializer_class = OC4IDSPackage
    filterset_class = ProjectFilter
    pagination_class = Packages
    is_licensed = True
    of_record = True
    in_part = False
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(
        summary="List projects as OC4IDS packages",
        responses=OC4IDSPackage,
        filters=True,
        parameters=[_PAGE, _SIZE],
        operation_id="oc4ids_list",
    )
    def list(self, request: Request) -> Response:
        filterset = ProjectFilter(request.query_params, queryset=self.get_queryset())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        projects = Present(filterset.qs)
        require_all_open(Project.objects.filter(pk__in=projects.ids()))
        ids = self.paginate_queryset(projects.ids())
        if not ids:
            raise NotFound(NO_PACKAGE)
        package = _package(request, projects.records(ids))
        pages: Any = self.paginator
        links = {"next": pages.get_next_link(), "previous": pages.get_previous_link()}
        found = {name: link for name, link in links.items() if link}
        return Response({"count": pages.page.paginator.count, **found, **package})

    @extend_schema(
        summary="Show a project as an OC4IDS package",
        responses=OC4IDSPackage,
        filters=False,
        parameters=[OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        operation_id="oc4ids_retrieve",
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        rows = Project.objects.filter(pk=pk)
        require_all_open(rows)
        records = Present(rows).records([int(pk)])
        if not records and (into := merged_into(int(pk))):
            return moved(request, into, "oc4ids")
        if not records:
            raise NotFound("No project has this id.")
        return Response({"count": 1, **_package(request, records)})


def _package(request: Request, records: Iterable[dict[str, Any]]) -> Package:
    root = request.build_absolute_uri("/").rstrip("/")
    of, found = site(root), [*records]
    histories = told(found)
    return {
        "uri": request.build_absolute_uri(),
        **head(root),
        "projects": [as_project(record, histories[record["id"]], of) for record in found],
    }


def head(root: str) -> Package:
    """What each package says of itself. It was published when the record last changed."""
    newest = DataChangeLog.objects.order_by("-pk").values_list("at", flat=True).first()
    return {
        "version": VERSION,
        "publishedDate": instant(newest),
        "publisher": {"name": settings.PUBLISHER_NAME, "uri": f"{root}/"},
        "publicationPolicy": f"{root}/data/",
        "x_draft": settings.OC4IDS_PREFIX == settings.OC4IDS_DRAFT,
    }


def site(root: str) -> Site:
    provinces = {code: str(name) for code, name in Province.choices}
    rows = Municipality.objects.values_list("pk", "name", "province")
    return Site(
        prefix=settings.OC4IDS_PREFIX,
        root=root,
        publisher=settings.PUBLISHER_NAME,
        places={code: (name, provinces[province]) for code, name, province in rows},
        provinces=provinces,
        sources=dict(Source.objects.values_list("pk", "title")),
    )


__all__ = ["OC4IDSViewSet", "head", "site"]
