"""Lists of lists in a script: rows without names of their own. What their columns are called is published
beside them or above them, or seen in their values; or it is not known, and they are no records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_HEADING_LISTS = ("columns", "headers", "headings", "header", "cols", "fields", "titles", "columnnames")
_HEADING_KEYS = ("title", "caption", "headertext", "header", "label", "text", "name", "field", "data")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{1,20}$")
_LONGEST_HEADING = 80
# South Africa with its neighbours' borders, in degrees: https://en.wikipedia.org/wiki/Extreme_points_of_South_Africa
_LATITUDES = (-36.0, -21.0)
_LONGITUDES = (15.0, 34.0)
LATITUDE, LONGITUDE, TITLE = "Latitude", "Longitude", "Title"


def headings_beside(beside: dict[str, Any]) -> list[str]:
    """The headings that an object lists beside its rows: strings, or objects with a title."""
    for key, value in beside.items():
        if str(key).lower().replace("_", "") in _HEADING_LISTS and isinstance(value, list):
            names = [_heading(part) for part in value]
            if names and all(names):
                return names
    return []


def _heading(part: Any) -> str:
    if isinstance(part, dict):
        named = {str(key).lower(): value for key, value in part.items()}
        part = next((named[key] for key in _HEADING_KEYS if isinstance(named.get(key), str)), "")
    return " ".join(part.split()) if isinstance(part, str) else ""


def columns_of(rows: Sequence[Sequence[str]], beside: list[str]) -> tuple[list[str], int]:
    """The columns' names, and how many rows at the top are headings; no names where nothing tells them.

    `rows`: of one length, at least two.
    """
    width = len(rows[0])
    if len(beside) == width:
        return beside, 0
    if len(rows) > 2 and _is_heading(rows[0], rows[1:]):
        return list(rows[0]), 1
    return _seen(rows, width), 0


def _is_heading(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is words, each another, above a column of figures or numbers of things."""
    if len(set(first)) < len(first) or not all(map(_is_word, first)):
        return False
    columns = ([row[at] for row in body if row[at]] for at in range(len(first)))
    return any(column and all(any(map(str.isdigit, text)) for text in column) for column in columns)


def _is_word(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_HEADING and not any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    )


def _seen(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Names of columns without headings where two of them are a place and one tells the rows apart."""
    columns = [[row[at] for row in rows] for at in range(width)]
    for at in range(width - 1):
        pair = (columns[at], columns[at + 1])
        names = (LATITUDE, LONGITUDE)
        if _are_degrees(pair[1], _LATITUDES) and _are_degrees(pair[0], _LONGITUDES):
            names = (LONGITUDE, LATITUDE)
        elif not (_are_degrees(pair[0], _LATITUDES) and _are_degrees(pair[1], _LONGITUDES)):
            continue
        found = [f"Column {number}" for number in range(1, width + 1)]
        found[at : at + 2] = names
        title = next(
            (n for n, column in enumerate(columns) if n not in (at, at + 1) and _are_names(column)), None
        )
        if title is None:
            return []
        found[title] = TITLE
        return found
    return []


def _are_degrees(column: Sequence[str], bounds: tuple[float, float]) -> bool:
    return all(_DEGREES.match(text) and bounds[0] <= float(text) <= bounds[1] for text in column)


def _are_names(column: Sequence[str]) -> bool:
    """Whether each row has a name of its own."""
    words = all(sum(map(str.isalpha, text)) > 2 for text in column)
    return words and len(set(column)) * 10 >= len(column) * 9
