"""What every answer of the API has: the mark of demo data, a format that it can be made in, and pages."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from projects.models import Source


class DemoMarked:
    """`X-Demo-Data: 1` on every answer while the data come from the replica.

    A format is offered by the action that can make it and by no other: `exports` are those of the list beside
    JSON. What is not the data (an error, what OPTIONS tells) is JSON, whatever was asked for.
    """

    exports: ClassVar[tuple[type[BaseRenderer], ...]] = ()

    def get_renderers(self) -> list[BaseRenderer]:
        more = self.exports if getattr(self, "action", None) == "list" else ()
        return [*super().get_renderers(), *(renderer() for renderer in more)]  # type: ignore[misc]

    def filter_queryset(self, queryset: Any) -> Any:
        """A single is what its address names, whatever filters of the list a query has."""
        return queryset if self.detail else super().filter_queryset(queryset)  # type: ignore[misc, attr-defined]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if request.method == "OPTIONS":
            _in_json(request)
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if Source.objects.filter(demo=True).exists():
            response["X-Demo-Data"] = "1"
        return response

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)  # type: ignore[misc]
        _in_json(self.request)  # type: ignore[attr-defined]
        return response


def _in_json(request: Request) -> None:
    request.accepted_renderer = JSONRenderer()
    request.accepted_media_type = JSONRenderer.media_type


class Pages(PageNumberPagination):
    """Lists come as {"count", "next", "previous", "results"}."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_page_message = "{message}. Pages count from 1; “last” is the last one."

    def get_page_size(self, request: Request) -> int:
        """More than the most is the most. Raises ValidationError (400) for what is no number of rows."""
        text = request.query_params.get(self.page_size_query_param, "").strip()
        if not text:
            return self.page_size
        digits = text.lstrip("0")
        if not (text.isascii() and text.isdigit() and digits):
            problem = f"“{text[:40]}” is no number of rows; it can be 1 to {self.max_page_size}."
            raise ValidationError({self.page_size_query_param: [problem]})
        # no longer ones: Python refuses to read a number of thousands of digits
        return min(int(digits[:9]), self.max_page_size)
