"""The text of a request, before anything of ours or of Django's reads it."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import sync_and_async_middleware
from django.views.defaults import bad_request


@sync_and_async_middleware
def readable_text(get_response: Any) -> Any:
    """What Django fails on, and fails again on when it makes the page that says so, goes no further."""

    async def answer_async(request: HttpRequest) -> Any:
        return _made_readable(request) or await get_response(request)

    def answer(request: HttpRequest) -> Any:
        return _made_readable(request) or get_response(request)

    return answer_async if iscoroutinefunction(get_response) else answer


def _made_readable(request: HttpRequest) -> HttpResponse | None:
    """An answer where the request cannot be read at all."""
    if request.encoding:
        # Queries are UTF-8, whatever charset is claimed for the body: Python also knows some that are none
        # (`rot13`, `undefined`).
        request.encoding = None  # type: ignore[assignment]
    for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
        # `"\000"` is no session of ours, and PostgreSQL fails to look for it.
        del request.COOKIES[name]
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if request.META.get("QUERY_STRING", "").count("&") < most:
        return None
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": f"There are more than {most} parameters."}, status=400)
    return bad_request(request, ValueError("too many parameters"))


__all__ = ["readable_text"]
