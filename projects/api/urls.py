"""The read API, under /api/v1/."""

from __future__ import annotations

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from projects.api.areas import AreaViewSet, ClaimViewSet
from projects.api.changes import ChangeViewSet
from projects.api.compare import CompareViewSet
from projects.api.comparison import FinanceViewSet
from projects.api.digest import DigestView
from projects.api.discrepancies import DiscrepancyViewSet
from projects.api.guide import Docs
from projects.api.municipalities import MunicipalityViewSet
from projects.api.oc4ids.views import OC4IDSViewSet
from projects.api.projects import ProjectViewSet
from projects.api.root import Index, Nothing, Schema
from projects.api.runs import RunViewSet
from projects.api.search import Search
from projects.api.sources import SourceViewSet

app_name = "api"

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("municipalities", MunicipalityViewSet, basename="municipality")
router.register("finances", FinanceViewSet, basename="finance")
router.register("oc4ids", OC4IDSViewSet, basename="oc4ids")
router.register("changes", ChangeViewSet, basename="change")
router.register("compare", CompareViewSet, basename="compare")
router.register("discrepancies", DiscrepancyViewSet, basename="discrepancy")
router.register("sources", SourceViewSet, basename="source")
router.register("areas", AreaViewSet, basename="area")
router.register("claims", ClaimViewSet, basename="claim")
router.register("runs", RunViewSet, basename="run")

urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("search/", Search.as_view(), name="search"),
    path("digest/", DigestView.as_view(), name="digest"),
    *router.urls,
    path("", Index.as_view(), name="index"),
    re_path(r"^(?P<rest>[\s\S]*)$", Nothing.as_view()),  # last: it takes whatever is left
]
