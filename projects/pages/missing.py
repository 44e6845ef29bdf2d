"""The page for an address that there is not."""

from __future__ import annotations

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own 404, which asks the database whether the data are demo data.

    Under ASGI Django makes it in a thread of its own (`convert_exception_to_response`), whose connection
    nobody closes when the request ends: each such thread would keep one of the pool's for good.
    """
    answer = page_not_found(request, exception)
    if isinstance(request, ASGIRequest):
        connections.close_all()
    return answer


__all__ = ["not_found"]
