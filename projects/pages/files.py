"""The files of tables that the pages make themselves: `….csv`, `….xlsx`, `….json`, one view for all three.

What is a list of the record has its files with the API (`projects/api/exports.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.urls import register_converter
from django_filters import FilterSet

from projects.api.exports import BOM, Content, mark_problem, streamed
from projects.models import Source
from projects.stewards.values import canonical

Record = dict[str, Any]


class Kind:
    """How an address ends, by which a file's kind is asked for: `<kind:kind>`."""

    regex = "csv|xlsx|json"
    to_python = to_url = staticmethod(str)


register_converter(Kind, "kind")


def file_of(
    request: HttpRequest,
    kind: str,
    name: str,
    columns: Sequence[str],
    numbers: Collection[str],
    rows: Iterable[Record],
) -> HttpResponseBase:
    """A file of rows that are made; amounts with two decimals, whatever the database sums them to."""
    written = [{column: canonical(value) for column, value in row.items()} for row in rows]
    return file_in_parts(request, kind, name, columns, numbers, iter([written]))


def file_in_parts(
    request: HttpRequest,
    kind: str,
    name: str,
    columns: Sequence[str],
    numbers: Collection[str],
    parts: Iterator[list[Record]],
) -> HttpResponseBase:
    """The same of many rows, some at a time."""
    if kind == "csv" and (problem := mark_problem(request)):
        text = f"{BOM}: {problem}"
        return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")
    return streamed(request, Content(name, columns, frozenset(numbers), parts), kind)


def refused(filterset: FilterSet) -> HttpResponse:
    """400 in plain text, each parameter that cannot be understood on a line of its own."""
    wrong = (f"{name}: {text}\n" for name, texts in filterset.errors.items() for text in texts)
    return plain("".join(wrong), 400)


def closed_to(source: Source | str) -> HttpResponse:
    """403: data of this may be read here, and not be downloaded."""
    of = source if isinstance(source, str) else f"Data of “{source.title}”"
    return plain(f"{of} may not be downloaded as a list: no licence is known that allows it.", 403)


def plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


__all__ = ["closed_to", "file_in_parts", "file_of", "plain", "refused"]
