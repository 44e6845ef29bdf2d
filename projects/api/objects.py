"""One object as a file: a row with its columns; each list in it is a table of its own.

A workbook has the tables as further sheets, `?table=arithmetic` gives one of them alone, in any format. They
are told by what the object holds: a list of objects, and what stands by name (texts as published, a field's
value before and after).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.exports import FILES, Content, streamed
from projects.api.marks import in_json
from projects.api.refusals import require_all_open
from projects.api.tables import ListFiles, Record, content_of

TABLE = "table"  # the parameter that asks for one of them
_AMOUNT = re.compile(r"-?(?:0|[1-9]\d*)\.\d{2}")
_SHOWN = 40  # characters of what was asked for


class ObjectFiles:
    """A view whose single objects can be had as a file."""

    exports: ClassVar[Any] = {**ListFiles.exports, "retrieve": FILES}

    def require_open(self, rows: Any) -> None:
        """Raises PermissionDenied (403), as for a list with this one row."""
        require_all_open(rows)

    # No docstring: the document has that of the view.
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return self.as_asked(request, super().retrieve(request, *args, **kwargs))  # type: ignore[misc]

    def as_asked(self, request: Request, answer: Response) -> HttpResponseBase:
        """The answer, or the file of what it has. Raises NotFound for a table that it has not."""
        view: Any = self
        format, asked = request.accepted_renderer.format, request.query_params.get(TABLE, "").strip()
        if format == "json" or answer.status_code != 200:
            in_json(request)
            return answer
        pk = view.kwargs["pk"]
        self.require_open(view.get_queryset().filter(pk=pk))
        name = f"{view.basename}-{pk}"
        tables = dict(tables_of(answer.data))
        if asked:
            return streamed(request._request, _asked_for(asked, tables, name), format)
        content = content_of(name, view.get_serializer_class(), iter([[answer.data]]), format)
        sheets = [_table(path, rows) for path, rows in tables.items()] if format == "xlsx" else []
        return streamed(request._request, replace(content, sheets=sheets), format)


def tables_of(record: Record, before: str = "") -> Iterator[tuple[str, list[Record]]]:
    """(name, rows) of each table in an object; the name is where it stands, such as `evidence_projects`."""
    for name, value in record.items():
        path = f"{before}{name}"
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            yield path, value
        elif isinstance(value, dict) and value:
            yield from _by_name(path, value)


def _by_name(path: str, value: Record) -> Iterator[tuple[str, list[Record]]]:
    """By what it is called: two projects beside two figures look like what was before and after."""
    if path == _PAIRS:
        yield path, [{"name": name, "before": old, "after": new} for name, (old, new) in value.items()]
    elif path in _TEXTS:
        yield path, [{"name": name, "text": text} for name, text in value.items()]
    else:
        yield from tables_of(value, f"{path}_")


# Of a change; and what a source calls its columns, each with its text.
_PAIRS, _TEXTS = "field_changes", ("published", "other_texts", "listing_published")


def _asked_for(asked: str, tables: dict[str, list[Record]], name: str) -> Content:
    if asked not in tables:
        known = f"its tables are: {', '.join(tables)}" if tables else "it has none"
        raise NotFound(f"“{asked[:_SHOWN]}” is no table of this; {known}.")
    return _table(f"{name}-{asked}", tables[asked])


def _table(name: str, rows: list[Record]) -> Content:
    """Columns in the order in which the rows have them; what no cell holds is JSON."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    numbers = frozenset(name for name in columns if all(_is_number(row.get(name)) for row in rows))
    written = [{name: _cell(row.get(name)) for name in columns} for row in rows]
    return Content(name, columns, numbers, iter([written]))


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return _AMOUNT.fullmatch(value) is not None
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: Any) -> Any:
    is_words = isinstance(value, list) and all(isinstance(word, str | int) for word in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) and not is_words else value


__all__ = ["TABLE", "ObjectFiles", "tables_of"]
