"""The language of a request, at the door: `/af/projects/` is the page of `/projects/`, said in Afrikaans.

Inside, each page has one address; what goes out is dressed again: links of the HTML, where a redirect leads.
Which language it is, the address alone says (`?lang=` in the API): an answer can be kept by anybody under its
address, and nobody is sent to another page for what the browser claims.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.utils.decorators import sync_and_async_middleware

from projects.languages import ENGLISH, LANGUAGES, Language, is_page, override, prefixed, split, spoken

PARAMETER = "lang"
_API, _DOCUMENT = "/api/", ("/api/v1/schema/", "/api/v1/docs/")
_SAFE = ("GET", "HEAD")


@sync_and_async_middleware
def by_address(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Answers in the language that the address names, else in English."""

    async def answer_async(request: HttpRequest) -> Any:
        language, answer = _asked(request)
        if answer:
            return answer
        with override(language.code):
            return _dressed(request, await get_response(request), language)

    def answer(request: HttpRequest) -> Any:
        language, answer = _asked(request)
        if answer:
            return answer
        with override(language.code):
            return _dressed(request, get_response(request), language)

    return answer_async if iscoroutinefunction(get_response) else answer


def _asked(request: HttpRequest) -> tuple[Language, HttpResponse | None]:
    """The language, and the answer where the request goes no further. Takes the language off the address."""
    if request.path_info.startswith(_API):
        return _of_api(request)
    language, path = split(request.path_info)
    if language is None:
        return ENGLISH, None
    if is_page(path) and (language is ENGLISH or not path):
        query = request.META.get("QUERY_STRING", "")
        home = prefixed(path or "/", language)
        return language, HttpResponsePermanentRedirect(home + (f"?{query}" if query else ""))
    if is_page(path):
        _move(request, path)
    return language, None


def _move(request: HttpRequest, path: str) -> None:
    root = request.path.removesuffix(request.path_info)
    request.path_info, request.path = path, root + path


def _of_api(request: HttpRequest) -> tuple[Language, HttpResponse | None]:
    code = _parameter(request.META.get("QUERY_STRING", ""))
    if not code or request.method not in _SAFE or request.path_info.startswith(_DOCUMENT):
        return ENGLISH, None
    if code in LANGUAGES:
        return LANGUAGES[code], None
    sentence = f"“{code[:20]}” is none of the languages: {', '.join(LANGUAGES)}."
    return ENGLISH, JsonResponse({PARAMETER: [sentence]}, status=400)


def _parameter(query: str) -> str:
    """What `lang` is in a query that nobody has looked through yet; one that is too long is refused later."""
    if f"{PARAMETER}=" not in query:
        return ""
    try:
        asked = parse_qs(query, errors="replace", max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    except ValueError:
        return ""
    return asked.get(PARAMETER, [""])[-1]


def _dressed(request: HttpRequest, response: Any, language: Language) -> Any:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/html" and not request.path_info.startswith("/admin/"):
        response.headers.setdefault("Content-Language", language.tag)
    if language is ENGLISH:
        return response
    if response.streaming:
        response.streaming_content = _said(response.streaming_content, language)
        return response
    if request.path_info.startswith(_API):
        return response
    if location := response.headers.get("Location", ""):
        response["Location"] = prefixed(location, language) if location.startswith("/") else location
    if kind == "text/html":
        _keep_language(response, language)
    return response


def _keep_language(response: Any, language: Language) -> None:
    text = response.content.decode(response.charset)
    if (dressed := spoken(text, language)) != text:
        response.content = dressed
        if "Content-Length" in response.headers:
            response["Content-Length"] = str(len(response.content))


def _said(parts: Any, language: Language) -> Any:
    """What is made part by part is made after this middleware has gone: each part in the language."""

    def each() -> Iterator[Any]:
        rest = iter(parts)
        while True:
            with override(language.code):
                part = next(rest, None)
            if part is None:
                return
            yield part

    async def each_async() -> AsyncIterator[Any]:
        rest = aiter(parts)
        while True:
            with override(language.code):
                part = await anext(rest, None)
            if part is None:
                return
            yield part

    return each_async() if hasattr(parts, "__aiter__") else each()


__all__ = ["PARAMETER", "by_address"]
