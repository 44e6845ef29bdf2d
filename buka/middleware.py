"""Middleware of one step, made of a function: it works in either world, and takes no thread of its own.

Django's MiddlewareMixin would send each step of each request through a thread under ASGI.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware


def before(answered: Callable[[HttpRequest], HttpResponse | None]) -> Any:
    """Middleware that looks at the request first. `answered`: the answer, where it goes no further."""

    def middleware(get_response: Any) -> Any:
        async def answer_async(request: HttpRequest) -> Any:
            return answered(request) or await get_response(request)

        def answer(request: HttpRequest) -> Any:
            return answered(request) or get_response(request)

        return answer_async if iscoroutinefunction(get_response) else answer

    return sync_and_async_middleware(middleware)


def after(completed: Callable[[HttpRequest, HttpResponse], HttpResponse]) -> Any:
    """Middleware that has the last word on the answer, `completed`."""

    def middleware(get_response: Any) -> Any:
        async def answer_async(request: HttpRequest) -> Any:
            return completed(request, await get_response(request))

        def answer(request: HttpRequest) -> Any:
            return completed(request, get_response(request))

        return answer_async if iscoroutinefunction(get_response) else answer

    return sync_and_async_middleware(middleware)


__all__ = ["after", "before"]
