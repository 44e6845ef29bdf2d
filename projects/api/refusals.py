"""How the API says no to a request that it cannot read: in a sentence, and never as a fault of our own."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db.models import QuerySet
from rest_framework.exceptions import APIException, NotAcceptable, NotFound, ParseError, PermissionDenied
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from projects.declared import declaration
from projects.models import Source

_SHOWN = 40  # characters of what was asked for


class TooBig(APIException):
    status_code = 413
    default_detail = "The body is larger than anything that can be asked for here."
    default_code = "too_big"


class Negotiation(DefaultContentNegotiation):
    """The formats that an address has; who asks for another one is told them."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            kinds = _known(renderer.media_type for renderer in renderers)
            raise NotAcceptable(
                f"No type that the Accept header names can be made here, only: {kinds}."
            ) from None

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        offered = list(renderers)
        found = [renderer for renderer in offered if renderer.format == format]
        if not found:
            known = _known(renderer.format for renderer in offered)
            raise NotFound(f"“{format[:_SHOWN]}” is no format of this address; known are: {known}.")
        return found


def _known(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


class Json(JSONParser):
    """JSON of a size and a depth that can be read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooBig
        try:
            return super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply to be read.") from None


def is_open(source: str) -> bool:
    """Whether data of a source may be downloaded in bulk; those of the replica always may."""
    named = settings.OPEN_DATA_SOURCES
    allowed = declaration(source).open_data if named is None else source in named
    return allowed or Source.objects.filter(pk=source, demo=True).exists()


def require_open(source: str) -> None:
    """Raises PermissionDenied (403) where the source's licence is not known to allow it."""
    if not is_open(source):
        title = Source.objects.get(pk=source).title
        raise PermissionDenied(
            f"Data of “{title}” can be read here page by page, and not be downloaded as a list: no licence is"
            " known that allows to publish them again."
        )


def closed(sources: Iterable[Source]) -> list[Source]:
    """Those of the sources whose data may not be downloaded in bulk. No query."""
    named = settings.OPEN_DATA_SOURCES
    return [
        source
        for source in sources
        if not source.demo and not (source.declared.open_data if named is None else source.pk in named)
    ]


def closed_among(rows: QuerySet[Any], sources: Iterable[Source]) -> list[Source]:
    """Those of the sources of which there is a row, and which may not be downloaded in bulk."""
    return [source for source in closed(sources) if rows.filter(source=source).exists()]


def require_all_open(rows: QuerySet[Any]) -> None:
    """Raises PermissionDenied (403) where a row is of a source whose data may not be downloaded in bulk."""
    for source in closed_among(rows, Source.objects.all()):
        require_open(source.pk)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Also for what Django itself finds odd while it reads a request."""
    from rest_framework import views  # which imports this module: whoever needs it first may begin here

    if isinstance(exc, RequestDataTooBig):
        exc = TooBig()
    elif isinstance(exc, TooManyFieldsSent):
        exc = ParseError(f"There are more than {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields.")
    elif isinstance(exc, SuspiciousOperation):
        exc = ParseError("The request cannot be read.")
    return views.exception_handler(exc, context)


__all__ = [
    "Json",
    "Negotiation",
    "closed",
    "closed_among",
    "exception_handler",
    "is_open",
    "require_all_open",
    "require_open",
]
