"""What every answer of the API carries: the mark of demo data, and errors in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from projects.models import Source


class DemoMarked:
    """`X-Demo-Data: 1` on every answer while the data come from the replica."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if Source.objects.filter(demo=True).exists():
            response["X-Demo-Data"] = "1"
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """An error is JSON, also where the data were asked for as CSV."""
        response = super().handle_exception(exc)  # type: ignore[misc]
        self.request.accepted_renderer = JSONRenderer()  # type: ignore[attr-defined]
        self.request.accepted_media_type = JSONRenderer.media_type  # type: ignore[attr-defined]
        return response
