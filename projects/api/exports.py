"""A whole list as CSV, as a workbook, as JSON Lines or as GeoJSON, streamed: of all records no more than the
ids are held in memory. Between two readings the connection is another's: whoever takes the list slowly holds
none.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any, Protocol

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, StreamingHttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from xlsxwriter import Workbook

from projects.api.naming import with_names
from projects.spreadsheets import defused

logger = logging.getLogger(__name__)

_CHUNK = 500  # records a reading
_BYTES = 65_536  # of a finished workbook at a time
BROKEN_OFF = "\n# This list is not complete: the database stopped answering. Please ask again.\n"
_MOST_CHARACTERS = 32_767  # that a cell of a workbook holds
_MOST_ROWS = 1_048_575  # that a sheet holds, beside the head
BOM = "bom"  # the parameter that asks for the mark by which Excel knows a CSV's letters
_MARK = "\ufeff"
# A text stays a text, whatever it looks like; each row goes to the disk when the next one begins.
_WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class Records(Protocol):
    def ids(self) -> Any: ...

    def records(self, ids: Iterable[Any]) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is made of. `parts`: records, some hundred at a time; `numbers`: the columns that hold
    numbers, as such or as text; `about`: sentences, for a sheet of their own where a format has sheets, as
    `sheets`: further tables.
    """

    name: str
    columns: Sequence[str]
    numbers: frozenset[str]
    parts: Iterator[list[dict[str, Any]]]
    about: Sequence[str] = ()
    sheets: Sequence[Content] = ()


class Csv(BaseRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"


class Xlsx(BaseRenderer):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


class JsonLines(BaseRenderer):
    """Each object as in the JSON, one a line."""

    media_type = "application/jsonl"
    format = "jsonl"
    charset = "utf-8"


class GeoJson(BaseRenderer):
    media_type = "application/geo+json"
    format = "geojson"


# What any list can be had as, beside JSON.
FILES = (Csv, Xlsx, JsonLines)


def mark_problem(request: HttpRequest) -> str:
    """What is wrong with how a byte order mark is asked for; blank where nothing is."""
    asked = _asked_mark(request)
    known = asked in ("", "0", "1")
    return "" if known else f"“{asked[:40]}” is neither 1, with a byte order mark, nor 0."


def require_known_mark(request: HttpRequest) -> None:
    """Raises ValidationError (400)."""
    if problem := mark_problem(request):
        raise ValidationError({BOM: [problem]})


def _asked_mark(request: HttpRequest) -> str:
    return request.GET.get(BOM, "").strip()


def in_parts(records: Records, size: int | None = None) -> Iterator[list[dict[str, Any]]]:
    """The records, so many at a time."""
    ids, size = list(records.ids()), size or _CHUNK
    # At least once: a list without records has a beginning too.
    for start in range(0, max(len(ids), 1), size):
        yield records.records(ids[start : start + size])


def streamed(request: HttpRequest, content: Content, format: str) -> StreamingHttpResponse:
    """Raises ValidationError (400), and DatabaseError while there is nothing to begin with."""
    write, content_type = _FORMATS[format]
    if format == "csv":
        require_known_mark(request)
    if format == "csv" and _asked_mark(request) == "1":
        write = partial(write, mark=_MARK)
    chunks = _told(write(content))
    # The first one before the answer begins: a database that is away is still an error of its own.
    # A list without records may have no chunk at all.
    chunks = _without_connection(chain(list(islice(chunks, 1)), chunks))
    # Under ASGI a plain iterator would be read to its end before the first byte goes out.
    body = in_turn(chunks) if hasattr(request, "scope") else chunks
    response = StreamingHttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{content.name}.{format}"'
    return response


async def in_turn(chunks: Iterator[str | bytes]) -> AsyncIterator[str | bytes]:
    """One by one, each made when the one before has gone out."""

    def following() -> str | bytes | None:
        return next(chunks, None)

    while (chunk := await sync_to_async(following)()) is not None:
        yield chunk


def _without_connection(chunks: Iterator[str | bytes]) -> Iterator[str | bytes]:
    """While a chunk goes out the connection is back in the pool; what is in a transaction keeps its own."""
    for chunk in chunks:
        for used in connections.all(initialized_only=True):
            if not used.in_atomic_block:
                used.close()
        yield chunk


def _told(chunks: Iterator[str | bytes]) -> Iterator[str | bytes]:
    """A list that breaks off says so: who has begun an answer cannot say 503 any more."""
    yield from islice(chunks, 1)
    try:
        yield from chunks
    except (OperationalError, InterfaceError) as error:
        logger.error("A list broke off, the database did not answer: %s", " ".join(str(error).split()))
        yield BROKEN_OFF


class _Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(content: Content, mark: str = "") -> Iterator[str]:
    writer = csv.writer(_Line())
    columns, parts = with_names(content.columns, content.parts)
    head = mark + writer.writerow(columns)
    for part in parts:
        yield head + "".join(writer.writerow(cells(columns, content.numbers, record)) for record in part)
        head = ""
    if head:
        yield head


def cells(columns: Sequence[str], numbers: frozenset[str], record: dict[str, Any]) -> list[Any]:
    """A row of a file."""
    return [cell(record[name], name in numbers) for name in columns]


def cell(value: Any, is_number: bool = False) -> Any:
    """A value as it goes into a spreadsheet: unknown is blank, and no text is ever a formula."""
    if value is None or is_number:
        return "" if value is None else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return defused(_listed(value) if isinstance(value, list) else str(value))


def _listed(values: list[Any]) -> str:
    """Words as such; what has blanks of its own is set apart otherwise."""
    texts = [str(value) for value in values]
    return ("; " if any(" " in text for text in texts) else " ").join(texts)


def _xlsx(content: Content) -> Iterator[bytes]:
    """The rows are streamed to the disk; the file can be sent once the last one is there."""
    with TemporaryFile() as file:
        with Workbook(file, _WORKBOOK) as book:
            for table in (content, *content.sheets):
                _fill(book, table)
            if content.about:
                book.add_worksheet("About").write_column(0, 0, content.about)
        file.seek(0)
        while chunk := file.read(_BYTES):
            yield chunk


def _fill(book: Any, content: Content) -> None:
    """More rows than a sheet holds go on in a second one."""
    columns, parts = with_names(content.columns, content.parts)
    rows = (cells(columns, content.numbers, record) for part in parts for record in part)
    sheet = _sheet(book, content.name[:31], columns)
    for count, row in enumerate(rows):
        number, place = divmod(count, _MOST_ROWS)
        if number and not place:
            sheet = _sheet(book, f"{content.name[:25]} {number + 1}", columns)
        for column, value in enumerate(row):
            if value == "":
                continue
            if columns[column] in content.numbers:
                sheet.write_number(place + 1, column, float(value))
            else:
                sheet.write_string(place + 1, column, str(value)[:_MOST_CHARACTERS])


def _sheet(book: Any, name: str, columns: Sequence[str]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    return sheet


def _jsonl(content: Content) -> Iterator[str]:
    for part in content.parts:
        yield "".join(json_line(record) for record in part)


def json_line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def _json(content: Content) -> Iterator[str]:
    """An array, an object a line."""
    before = "["
    for part in content.parts:
        if part:
            yield before + ",\n".join(json_line(record).rstrip("\n") for record in part)
            before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def _geojson(content: Content) -> Iterator[str]:
    before = '{"type": "FeatureCollection", "features": ['
    for part in content.parts:
        yield before + ",\n".join(json.dumps(feature(record), ensure_ascii=False) for record in part)
        before = ",\n"
    yield "]}"


def feature(record: dict[str, Any]) -> dict[str, Any]:
    """A project as a GeoJSON feature: [longitude, latitude], null where no point is published."""
    longitude, latitude = record["longitude"], record["latitude"]
    known = longitude is not None and latitude is not None
    point = {"type": "Point", "coordinates": [longitude, latitude]} if known else None
    return {"type": "Feature", "id": record["id"], "geometry": point, "properties": record}


_FORMATS: dict[str, Any] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "xlsx": (_xlsx, Xlsx.media_type),
    "json": (_json, "application/json"),  # of tables that the API has none of
    "jsonl": (_jsonl, "application/jsonl; charset=utf-8"),
    "geojson": (_geojson, "application/geo+json"),
}
