"""The index of the API, its OpenAPI document, and its 404: JSON at every address below `/api/v1/`, whatever
DEBUG is.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import resolve
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.marks import DemoMarked

_NOTHING = "Nothing in the API has this address; /api/v1/ lists what there is."
INDEX = (
    "projects", "municipalities", "finances", "changes", "digest", "compare", "discrepancies", "oc4ids",
    "search", "sources", "areas", "claims", "runs", "schema", "docs",
)  # fmt: skip


@extend_schema(exclude=True)
class Index(DemoMarked, APIView):
    """What there is."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response({name: request.build_absolute_uri(f"{name}/") for name in INDEX})


class Schema(DemoMarked, SpectacularAPIView):
    """In one language and one version: `lang` and `version` of a query would go into names of files."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._get_schema_response(request)

    def _get_version_parameter(self, request: Request) -> None:
        return None


@extend_schema(exclude=True)
class Nothing(DemoMarked, APIView):
    """The last route: no other one has this address."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, rest: str) -> HttpResponseBase:
        if request.method in ("GET", "HEAD") and _wants_a_slash(request.path_info):
            return HttpResponsePermanentRedirect(request._request.get_full_path(force_append_slash=True))
        raise NotFound(_NOTHING)

    post = put = patch = delete = get

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise NotFound(_NOTHING)


def _wants_a_slash(path: str) -> bool:
    """This route matches every address, so Django's own redirect to the one with a slash never comes."""
    if not settings.APPEND_SLASH or path.endswith("/"):
        return False
    found: Any = resolve(f"{path}/").func
    return getattr(found, "view_class", None) is not Nothing


__all__ = ["Index", "Nothing", "Schema"]
