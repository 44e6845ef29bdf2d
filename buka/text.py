"""The text of a request, before anything of ours or of Django's reads it, and of an answer, at its end."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import bad_request

from buka.middleware import after, before
from projects.charset import visible

_READ = ("text/html", "text/plain", "application/atom+xml")
_FORM_PATHS = ("/change/", "/add/")
_HEADERS = ("HTTP_", "CONTENT_")
# Cookies of ours, and what they look like.
_FORMS = {
    settings.SESSION_COOKIE_NAME: re.compile(r"[a-z0-9]{8,40}"),
    settings.CSRF_COOKIE_NAME: re.compile(r"(?:[a-zA-Z0-9]{32}){1,2}"),
}


@before
def readable_text(request: HttpRequest) -> HttpResponse | None:
    """What Django fails on, and fails again on when it makes the page that says so, goes no further."""
    if request.encoding:
        # Queries are UTF-8, whatever charset is claimed for the body: Python also knows some that are none
        # (`rot13`, `undefined`).
        request.encoding = None  # type: ignore[assignment]
    for name, form in _FORMS.items():
        if not form.fullmatch(request.COOKIES.get(name, "")):
            # Nothing that we gave: a reader is to get no new one in its place, and PostgreSQL fails to look
            # for `"\000"`.
            request.COOKIES.pop(name, None)
    if any("\0" in value for name, value in request.META.items() if name.startswith(_HEADERS)):
        return _refused(request, "A header holds a character that no header may hold.", "a NUL in a header")
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if request.META.get("QUERY_STRING", "").count("&") < most:
        return None
    return _refused(request, f"There are more than {most} parameters.", "too many parameters")


@after
def visible_text(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What a person reads holds no character that turns the text around it (`projects/charset.py`). A form of
    the admin does: what it shows is what it saves."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind not in _READ or response.streaming or request.path.endswith(_FORM_PATHS):
        return response
    text = response.content.decode(response.charset)
    if (shown := visible(text)) != text:
        response.content = shown
        if "Content-Length" in response.headers:
            response["Content-Length"] = str(len(response.content))
    return response


def _refused(request: HttpRequest, sentence: str, problem: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": sentence}, status=400)
    return bad_request(request, ValueError(problem))


__all__ = ["readable_text", "visible_text"]
