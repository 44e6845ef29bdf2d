"""What an answer costs on a slow line: a tag, so that what has not changed is not sent again, and gzip.

A proxy that compresses, too, leaves alone what is compressed already. BREACH: the length of a compressed
answer tells of a secret in it, so nothing that holds one is compressed: the admin, and any page with a form's
token or a cookie. What is compressed has, besides, a random length (Django's).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.decorators import sync_and_async_middleware

_TEXT = re.compile(r"text/|image/svg\+xml|application/(?:json|javascript|geo\+json|atom\+xml|xml|vnd\.oai)")
_PAGES = ("text/html", "text/plain", "application/atom+xml", "application/xml")
# Compressing so much takes a few milliseconds, in which the loop of a web process would serve nobody.
_LONG = 50_000


# Asked for their second half alone: this middleware takes no thread of its own (`buka/middleware.py`).
_gzip = GZipMiddleware(lambda request: HttpResponse())
_conditional = ConditionalGetMiddleware(lambda request: HttpResponse())


@sync_and_async_middleware
def short_transfers(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Has the last word on the bytes of an answer."""

    async def answer_async(request: HttpRequest) -> Any:
        response = await get_response(request)
        if response.streaming or len(response.content) < _LONG:
            return shortened(request, response)
        return await sync_to_async(shortened, thread_sensitive=False)(request, response)

    def answer(request: HttpRequest) -> Any:
        return shortened(request, get_response(request))

    return answer_async if iscoroutinefunction(get_response) else answer


def shortened(request: HttpRequest, response: Any) -> Any:
    """The same answer, 304 where the asker has it, or packed."""
    if request.path.startswith("/admin/") or _holds_a_secret(request, response):
        return response
    kind = response.headers.get("Content-Type", "")
    if response.status_code == 200 and not response.streaming and kind.startswith(_PAGES):
        response.headers.setdefault("Cache-Control", "no-cache")  # may be kept, and is asked for again
        response = _conditional.process_response(request, response)
    return _gzip.process_response(request, response) if _TEXT.match(kind) else response


def _holds_a_secret(request: HttpRequest, response: Any) -> bool:
    return bool(response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))


__all__ = ["short_transfers"]
