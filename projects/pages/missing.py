"""The page for an address that there is not, and where that of a merged project leads."""

from __future__ import annotations

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.defaults import page_not_found

from projects.models import merged_into


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own 404, which asks the database whether the data are demo data.

    Under ASGI Django makes it in a thread of its own (`convert_exception_to_response`), whose connection
    nobody closes when the request ends: each such thread would keep one of the pool's for good.
    """
    if request.path_info.startswith(settings.STATIC_URL):
        # These have no place of their own (`buka/lanes.py`), and ask for nothing that is scarce.
        return HttpResponse("There is no such file.\n", status=404, content_type="text/plain; charset=utf-8")
    answer = page_not_found(request, exception)
    if isinstance(request, ASGIRequest):
        connections.close_all()
    return answer


def elsewhere(pk: int, page: str = "") -> HttpResponse:
    """To the page of the project that this one was merged into. Raises Http404 where it was not."""
    if into := merged_into(pk):
        answer = redirect(f"/projects/{into}/{page}", permanent=True)
        answer["Cache-Control"] = "no-cache"  # a browser would follow it for ever, also when it was undone
        return answer
    raise Http404


__all__ = ["elsewhere", "not_found"]
