"""Points on the map as pages write them: decimal degrees, degrees-minutes-seconds, pairs in one cell. Pure.

South Africa lies south of the equator and east of Greenwich. A latitude without its minus, or two swapped
numbers, fall outside the country's box and are recorded as such: nothing is turned round on a guess.
"""

from __future__ import annotations

import re
from typing import Literal

from etl.values.text import LONGEST_FIGURE, Parsed, is_blank, one_line

NOT_COORDINATE = "cannot be read as a coordinate"
NOT_POINT = "cannot be read as one point"
OUTSIDE_COUNTRY = "outside South Africa"

Axis = Literal["latitude", "longitude"]
_BOX: dict[Axis, tuple[float, float]] = {"latitude": (-35.0, -22.0), "longitude": (16.0, 33.5)}
_LETTERS: dict[Axis, str] = {"latitude": "NS", "longitude": "EW"}
_MARKS = str.maketrans({"º": "°", "˚": "°", "″": '"', "“": '"', "”": '"'})
_NUMBER = r"[0-9]{1,3}(?:[.,][0-9]{1,15})?"
_DEGREES = re.compile(
    rf"(?P<before>[NSEW])?\s*(?P<sign>-)?\s*(?P<degrees>{_NUMBER})"
    rf"(?:\s*[°:d ]\s*(?P<minutes>{_NUMBER})(?:\s*[':m ]\s*(?P<seconds>{_NUMBER}))?)?"
    r"\s*(?:''|[\"'°])?\s*(?P<after>[NSEW])?",
    re.IGNORECASE,
)
_NO_POINT = re.compile(r"[A-CF-LO-RT-VX-Za-cf-lo-rt-vx-z]")
_POINT = re.compile(r"[NSEWDM0-9.,;|/ °:'\"-]*", re.IGNORECASE)  # all that the two of a point are made of


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def _degrees(text: str, axis: Axis) -> float | None:
    """Signed degrees, or None where the text has another shape or the other axis's letter."""
    match = _DEGREES.fullmatch(one_line(text.translate(_MARKS)))
    if match is None:
        return None
    minutes, seconds = _number(match["minutes"]), _number(match["seconds"])
    letter = (match["before"] or match["after"] or "").upper()
    if minutes >= 60 or seconds >= 60 or (letter and letter not in _LETTERS[axis]):
        return None
    size = _number(match["degrees"]) + minutes / 60 + seconds / 3600
    return round(-size if match["sign"] or letter in ("S", "W") else size, 6)


def _inside(degrees: float, axis: Axis) -> bool:
    low, high = _BOX[axis]
    return low <= degrees <= high


def parse_coordinate(text: str, axis: Axis) -> Parsed[float]:
    """Degrees (six decimals) of one axis; 0 is the sources' way to leave it out, and gives None."""
    if is_blank(text):
        return Parsed(None)
    degrees = _degrees(text, axis) if len(text) <= LONGEST_FIGURE else None
    if degrees is None:
        return Parsed(None, NOT_COORDINATE)
    if degrees == 0:
        return Parsed(None)
    return Parsed(degrees) if _inside(degrees, axis) else Parsed(None, OUTSIDE_COUNTRY)


def _readings(text: str) -> set[tuple[float, float]]:
    """Each (latitude, longitude) that a separator somewhere in the text gives."""
    points: set[tuple[float, float]] = set()
    if not _POINT.fullmatch(text):
        return points
    for cut in (at for at, mark in enumerate(text) if mark in ",;|/ "):
        latitude, longitude = _degrees(text[:cut], "latitude"), _degrees(text[cut + 1 :], "longitude")
        if latitude is not None and longitude is not None:
            points.add((latitude, longitude))
    return points


def parse_point(text: str) -> Parsed[tuple[float, float]]:
    """(latitude, longitude) from one cell such as "-23.305826,30.726936".

    Where the mark between them is also a decimal comma, that cut counts which gives a point in the country,
    if there is one only. "0.0,0.0" is a blank.
    """
    if is_blank(text):
        return Parsed(None)
    if _NO_POINT.search(text):
        return Parsed(None, NOT_POINT)
    plain = one_line(text.translate(_MARKS)).strip("()[] ")
    readings = _readings(plain) if len(plain) <= LONGEST_FIGURE else set()
    inside = [p for p in readings if _inside(p[0], "latitude") and _inside(p[1], "longitude")]
    if len(inside) == 1:
        return Parsed(inside[0])
    if readings == {(0.0, 0.0)}:
        return Parsed(None)
    return Parsed(None, OUTSIDE_COUNTRY if readings and not inside else NOT_POINT)
