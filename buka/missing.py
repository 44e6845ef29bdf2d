"""With DEBUG Django shows its own technical page where there is nothing: a reader of `make demo` gets ours.

Errors keep their tracebacks, and so does whatever is missing of the stewards' desk.
"""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.exception import get_exception_response
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver, resolve
from django.utils.decorators import sync_and_async_middleware

_STEWARDS = "/admin/"


@sync_and_async_middleware
def own_page(get_response: Any) -> Any:
    """Innermost: after whatever sends a request elsewhere, such as to its address with a slash."""

    async def answer_async(request: HttpRequest) -> Any:
        problem = _unresolved(request)
        if problem is None:
            return await get_response(request)
        return await sync_to_async(_answer, thread_sensitive=False)(request, problem)

    def answer(request: HttpRequest) -> Any:
        problem = _unresolved(request)
        return get_response(request) if problem is None else _answer(request, problem)

    middleware: Any = answer_async if iscoroutinefunction(get_response) else answer
    middleware.process_exception = _of_view
    return middleware


def _unresolved(request: HttpRequest) -> Http404 | None:
    """Why the address leads nowhere; None where it leads somewhere, or is not ours to answer."""
    if not settings.DEBUG or request.path_info.startswith(_STEWARDS):
        return None
    try:
        resolve(request.path_info)
    except Http404 as problem:
        return problem
    return None


def _of_view(request: HttpRequest, problem: Exception) -> HttpResponse | None:
    if not settings.DEBUG or not isinstance(problem, Http404) or request.path_info.startswith(_STEWARDS):
        return None
    return _answer(request, problem)


def _answer(request: HttpRequest, problem: Http404) -> Any:
    """As without DEBUG, also where the page itself cannot be made."""
    return get_exception_response(request, get_resolver(), 404, problem)


__all__ = ["own_page"]
