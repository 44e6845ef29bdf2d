"""The whole list as CSV or GeoJSON, streamed: memory does not grow with the number of projects."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Any, Protocol

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from rest_framework.renderers import BaseRenderer

from projects.fields import FIELDS, Kind, of

_CHUNK = 500  # projects a reading
COLUMNS = [
    *"id source external_id".split(),
    *(field.name for field in FIELDS if field.exported),
    *"presence first_seen_at last_seen_at last_changed_at url overridden demo".split(),
]
# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBERS = frozenset({"id", *of(Kind.MONEY, Kind.PERCENT, Kind.COUNT, Kind.DEGREES)})


class Records(Protocol):
    def ids(self) -> Any: ...

    def records(self, ids: Iterable[int]) -> list[dict[str, Any]]: ...


class Csv(BaseRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"


class GeoJson(BaseRenderer):
    media_type = "application/geo+json"
    format = "geojson"


def streamed(request: HttpRequest, projects: Records, format: str) -> StreamingHttpResponse:
    write, content_type = _FORMATS[format]
    chunks = write(_all(projects))
    # Under ASGI a plain iterator would be read to its end before the first byte goes out.
    content = _in_turn(chunks) if hasattr(request, "scope") else chunks
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="projects.{format}"'
    return response


async def _in_turn(chunks: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str | None:
        return next(chunks, None)

    while (chunk := await sync_to_async(following)()) is not None:
        yield chunk


def _all(projects: Records) -> Iterator[list[dict[str, Any]]]:
    ids = iter(list(projects.ids()))
    while part := list(islice(ids, _CHUNK)):
        yield projects.records(part)


class _Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(parts: Iterator[list[dict[str, Any]]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for part in parts:
        yield "".join(writer.writerow([cell(name, record[name]) for name in COLUMNS]) for record in part)


def cell(name: str, value: Any) -> Any:
    """A value as it goes into a spreadsheet: unknown is blank, and no text is ever a formula."""
    if value is None or name in _NUMBERS:
        return "" if value is None else value
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(value) if isinstance(value, list) else str(value)
    # Leading blanks too: some spreadsheets skip them and then see the formula.
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _geojson(parts: Iterator[list[dict[str, Any]]]) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    comma = ""
    for part in parts:
        yield comma + ",\n".join(json.dumps(feature(record), ensure_ascii=False) for record in part)
        comma = ",\n"
    yield "]}"


def feature(record: dict[str, Any]) -> dict[str, Any]:
    """A project as a GeoJSON feature: [longitude, latitude], null where no point is published."""
    longitude, latitude = record["longitude"], record["latitude"]
    known = longitude is not None and latitude is not None
    point = {"type": "Point", "coordinates": [longitude, latitude]} if known else None
    return {"type": "Feature", "id": record["id"], "geometry": point, "properties": record}


_FORMATS = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "geojson": (_geojson, "application/geo+json"),
}
