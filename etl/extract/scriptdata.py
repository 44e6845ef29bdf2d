"""Lists of records in scripts: `var x = [{…}]`, `{"total": 40, "rows": [{…}]}`, `JSON.parse('…')`. Pure.

A record is an object of plain values, or a list of such whose columns have names. JSON is read as such,
numbers as they are written; what is a script's literal and no JSON (single quotes, bare keys, commas at the
end) by the reader of literals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from etl.extract.arrays import LATITUDE, LONGITUDE, TITLE, columns_of, headings_beside
from etl.extract.jsliteral import NotALiteral, read_literal
from projects.charset import storable

_RECORDS = re.compile(r"\[\s*(?:\{|\[\s*(?:\"[^\"]{0,200}\"|'[^']{0,200}'|-?[\d.]{1,20})\s*,)")
_START = re.compile(
    r"(?:(?P<name>(?<![\w$.])[\w$.]{1,100}|\[['\"][\w$. -]{1,100}['\"]\])\s*=|[=(,:?|&]|\breturn\b)"
    r"\s*(?=[\[{])"
    r"|\bJSON\.parse\s*\(\s*(?=['\"])|\bparseJSON\s*\(\s*(?=['\"])"
)
_COLUMNS = re.compile(r"\b(?:ao)?columns['\"]?\s*[:=]\s*(?=\[)", re.IGNORECASE)
_LINE_COMMENT = re.compile(r"(?:^|[\s;{}(),])//")
_TOTALS = frozenset(
    {"total", "totalcount", "count", "totalrecords", "recordstotal", "totalitems", "itemcount", "totalrows",
     "rowcount", "recordcount", "itemstotal", "records"}
)  # fmt: skip
_WRAPPERS = ("properties", "attributes", "fields")  # GeoJSON and ArcGIS keep a record's values in these
_LONGEST = 30_000_000  # characters of one script
# What starts that are no literal may cost, in characters of script: keeps the time linear
_MOST_TRIED = 20_000_000
_MOST_TRIED_SLOWLY = 8_000_000
_DEEPEST = 12
_MOST_RECORDS = 200_000
_MOST_LISTS = 50
_MOST_COLUMNS = 5  # lists of columns that are looked at


@dataclass(slots=True)
class RecordList:
    """One list. `name`: the variable that holds it, "" where none; `total`: the count beside it; `is_placed`:
    its rows had no headings, but each has a name and a place."""

    name: str
    rows: list[dict[str, str]]
    total: int | None = None
    is_placed: bool = False


def read_records(script: str, is_data: bool = False) -> list[RecordList]:
    """All lists of records in a script. `is_data`: the whole script is one literal (a JSON block)."""
    if len(script) > _LONGEST or not _RECORDS.search(script):
        return []
    found: list[RecordList] = []
    elsewhere = {} if is_data else {"columns": _only_columns(script)}
    for name, value in _data_block(script) if is_data else _literals(script):
        found.extend(_lists(name.rpartition(".")[2].strip("[]'\""), value, elsewhere, 0))
        if len(found) >= _MOST_LISTS:
            break
    return found[:_MOST_LISTS]


def _only_columns(script: str) -> list[Any]:
    """The columns that a script names somewhere, where it does so once: of the rows that it has elsewhere."""
    found: list[list[Any]] = []
    for match in islice(_COLUMNS.finditer(script), _MOST_COLUMNS):
        try:
            value, _ = literal(script, match.end())
        except NotALiteral:
            continue
        if isinstance(value, list) and value not in found:
            found.append(value)
    return found[0] if len(found) == 1 else []


def _data_block(script: str) -> Iterator[tuple[str, Any]]:
    try:
        yield "", literal(script, len(script) - len(script.lstrip()))[0]
    except NotALiteral:
        return


def _literals(script: str) -> Iterator[tuple[str, Any]]:
    """(name, value) of each object or array that a script assigns, returns or hands to a function."""
    at = tried = 0
    while tried <= _MOST_TRIED and (match := _START.search(script, at)):
        if behind := _behind_comment(script, at, match.start()):
            at = behind
            continue
        try:
            value, at = literal(script, match.end(), tried)
            if isinstance(value, str):
                value = literal(value.strip(), 0, tried)[0]
        except NotALiteral as problem:
            read = (problem.at if problem.at is not None else len(script)) - match.end()
            tried, at = tried + max(read, 0) + len(script) // 20 + 100, match.end()
            continue
        yield match["name"] or "", value


def _behind_comment(script: str, start: int, end: int) -> int:
    """Where the comment ends that is open at `end`, seen from `start`; 0 where none is."""
    between = script[start:end]
    if between.rfind("/*") > between.rfind("*/"):
        closed = script.find("*/", end)
        return closed + 2 if closed >= 0 else len(script)
    if _LINE_COMMENT.search(between, between.rfind("\n") + 1):
        line_end = script.find("\n", end)
        return line_end + 1 if line_end >= 0 else len(script)
    return 0


class _Number(str):
    """A number as the script writes it."""


_JSON = json.JSONDecoder(parse_int=_Number, parse_float=_Number)


def literal(text: str, start: int = 0, tried: int = 0) -> tuple[Any, int]:
    """The value at this place and the position behind it. Raises NotALiteral."""
    try:
        return _JSON.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        if tried > _MOST_TRIED_SLOWLY or len(text) > _MOST_TRIED_SLOWLY:
            raise NotALiteral("no JSON, and too long to be read slowly") from error
    return read_literal(text, start)


def _lists(name: str, value: Any, beside: dict[str, Any], depth: int) -> Iterator[RecordList]:
    """The lists of records in a value, at any depth."""
    rows = _rows(value) if isinstance(value, list) else []
    if rows:
        yield RecordList(name, rows, _total(beside))
        return
    if isinstance(value, list) and (arrays := _arrays(value)):
        headings, above = columns_of(arrays, headings_beside(beside))
        if headings:
            named = [dict(zip(_each_once(headings), row, strict=True)) for row in arrays[above:]]
            yield RecordList(name, named, _total(beside), TITLE in headings and LATITUDE in headings)
        return
    around = value if isinstance(value, dict) else {}
    inner = value.values() if isinstance(value, dict) else value[:1000] if isinstance(value, list) else ()
    for part in inner if depth < _DEEPEST else ():
        if isinstance(part, (dict, list)):
            yield from _lists(name, part, around, depth + 1)


def _rows(values: list[Any]) -> list[dict[str, str]]:
    """The records, or none where the list holds anything else."""
    objects = [value for value in values if value is not None]
    if not objects or len(objects) > _MOST_RECORDS or not all(isinstance(v, dict) and v for v in objects):
        return []
    return [_record(value) for value in objects]


def _arrays(values: list[Any]) -> list[list[str]]:
    """The rows of a list of lists of plain values, two at least and of one length; none of another list."""
    rows = [value for value in values if value is not None]
    if len(rows) < 2 or len(rows) > _MOST_RECORDS or not all(isinstance(row, list) for row in rows):
        return []
    if len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return []
    if any(isinstance(cell, (dict, list)) for row in rows for cell in row):
        return []
    return [[text_of_value(cell) for cell in row] for row in rows]


def _each_once(headings: list[str]) -> list[str]:
    """The headings, those that come again numbered."""
    found: list[str] = []
    for heading in headings:
        times = sum(heading == other or other.startswith(f"{heading} (") for other in found)
        found.append(f"{heading} ({times + 1})" if times else heading)
    return found


def _record(value: dict[str, Any]) -> dict[str, str]:
    record: dict[str, str] = {}
    value = _feature(value)
    for written, inner in value.items():
        key = storable(written)
        if isinstance(inner, dict):
            start = "" if key in _WRAPPERS else f"{key}."
            parts = {start + storable(part): _leaf(leaf) for part, leaf in inner.items()}
            record |= {n: text for n, text in parts.items() if text is not None and n not in record}
        elif (text := _leaf(inner)) is not None:
            record[key] = text
    return record


def _feature(value: dict[str, Any]) -> dict[str, Any]:
    """A point of GeoJSON (https://www.rfc-editor.org/rfc/rfc7946) with its place in two names."""
    names = {storable(key): key for key in value}
    geometry = value.get(names.get("geometry", ""))
    if text_of_value(value.get(names.get("type", ""))) != "Feature" or not isinstance(geometry, dict):
        return value
    shape = {storable(key): inner for key, inner in geometry.items()}
    place = shape.get("coordinates")
    if text_of_value(shape.get("type")) != "Point" or not isinstance(place, list) or len(place) < 2:
        return value
    if any(isinstance(part, (dict, list)) for part in place):
        return value
    kept = {key: inner for key, inner in value.items() if key not in (names["type"], names["geometry"])}
    return kept | {LATITUDE: place[1], LONGITUDE: place[0]}


def _leaf(value: Any) -> str | None:
    """A plain value, or a list of such, as text; None for what is nested deeper."""
    if not isinstance(value, (dict, list)):
        return text_of_value(value)
    if isinstance(value, dict) or any(isinstance(part, (dict, list)) for part in value):
        return None
    return "; ".join(filter(None, map(text_of_value, value)))


def text_of_value(value: Any) -> str:
    """A plain value as text: null is blank, a number has no exponent, true is Yes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return _plain(repr(value))
    if isinstance(value, _Number) and "e" in value.lower():
        return _plain(value)
    return " ".join(storable(str(value)).split())


def _plain(number: str) -> str:
    """A number without its exponent; as it is where it is none."""
    try:
        read = Decimal(number)
    except InvalidOperation:
        return str(number)
    if not read.is_finite() or abs(read.adjusted()) > 30:
        return str(number)
    return format(read, "f").removesuffix(".0")


def _total(beside: dict[str, Any]) -> int | None:
    """The number that an object says its list has."""
    for key, value in beside.items():
        if str(key).lower().replace("_", "") in _TOTALS and not isinstance(value, (bool, dict, list)):
            text = text_of_value(value)
            if text.isascii() and text.isdigit() and len(text) < 10:
                return int(text)
    return None
