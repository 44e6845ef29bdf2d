"""The country on paper: where a place stands, its outline, and whether a place is in it at all.

`projects/facts/outline.csv` has the shape, simplified from Natural Earth; `SOURCES.md` beside it says how. It
is a picture, no demarcation: nothing is decided by it but what is drawn.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, floor, radians
from pathlib import Path

_TABLE = Path(__file__).parents[1] / "facts" / "outline.csv"
# The corner of the paper, and how many of its units are a degree of latitude: a unit is about 1.9 km.
WEST, NORTH, UNITS = 16.3, -22.0, 60
WIDTH, HEIGHT = 884, 780
_NARROWER = cos(radians(29))  # a degree of longitude in the country's middle, in degrees of latitude
_CELL = 0.1  # degrees, about 10 km
Line = list[tuple[float, float]]  # degrees east, degrees north


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the paper, in its units."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        """As an SVG's viewBox."""
        return f"{self.x} {self.y} {self.width} {self.height}"


WHOLE = Box(0, 0, WIDTH, HEIGHT)


def place(latitude: float, longitude: float) -> tuple[int, int]:
    """(right, down) in the paper's units: every degree as long as in the country's middle."""
    return round((longitude - WEST) * _NARROWER * UNITS), round((NORTH - latitude) * UNITS)


def around(points: Iterable[tuple[int, int]], least: int = 90, margin: float = 0.12) -> Box:
    """What holds all the points, as wide to its height as the whole, with a margin of that share."""
    xs, ys = zip(*points, strict=True)
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    height = max(high, wide * HEIGHT / WIDTH, least) * (1 + 2 * margin)
    width = height * WIDTH / HEIGHT
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return Box(round(middle_x - width / 2), round(middle_y - height / 2), round(width), round(height))


@cache
def outline() -> str:
    """The coast and the borders with other countries, as the `d` of a path."""
    return "".join(_path(line) + "z" for line in _lines("country"))


@cache
def borders() -> str:
    """Between the provinces, as the `d` of a path."""
    return "".join(map(_path, _lines("border")))


def is_in(latitude: float, longitude: float) -> bool:
    """Whether a place is in the country or within some 10 km of it: the outline is no finer than that."""
    return _cell(longitude, latitude) in _cells()


@cache
def _shapes() -> list[tuple[str, Line]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return [(row["kind"], _points(row["points"])) for row in csv.DictReader(table)]


def _points(text: str) -> Line:
    pairs = (point.split(" ") for point in text.split(";"))
    return [(float(east), float(north)) for east, north in pairs]


def _lines(kind: str) -> list[Line]:
    return [line for each, line in _shapes() if each == kind]


def _path(line: Line) -> str:
    """Steps from point to point: shorter than the points."""
    points = [place(north, east) for east, north in line]
    steps = [(x - was_x, y - was_y) for (was_x, was_y), (x, y) in pairwise(points)]
    begin = points[0]
    return f"M{begin[0]} {begin[1]}l" + " ".join(f"{x} {y}" for x, y in steps if (x, y) != (0, 0))


def _cell(east: float, north: float) -> tuple[int, int]:
    return floor(east / _CELL), floor(north / _CELL)


@cache
def _cells() -> frozenset[tuple[int, int]]:
    """The cells of a grid that lie in the country or on its outline, and those beside them."""
    rings = _lines("country")
    found = {cell for ring in rings for cell in _touched(ring)}
    norths = [north for ring in rings for _, north in ring]
    for row in range(floor(min(norths) / _CELL), floor(max(norths) / _CELL) + 1):
        for east, end in _spans(rings, (row + 0.5) * _CELL):
            found.update((column, row) for column in range(floor(east / _CELL), floor(end / _CELL) + 1))
    beside = (-1, 0, 1)
    return frozenset((x + right, y + up) for x, y in found for right in beside for up in beside)


def _spans(rings: Sequence[Line], north: float) -> Iterator[tuple[float, float]]:
    """From where to where a line of latitude is in the country."""
    crossed = sorted(
        x1 + (x2 - x1) * (north - y1) / (y2 - y1)
        for ring in rings
        for (x1, y1), (x2, y2) in pairwise(ring)
        if (y1 > north) != (y2 > north)
    )
    return zip(crossed[::2], crossed[1::2], strict=False)


def _touched(ring: Line) -> Iterator[tuple[int, int]]:
    for (x1, y1), (x2, y2) in pairwise(ring):
        steps = 1 + int(4 * max(abs(x2 - x1), abs(y2 - y1)) / _CELL)
        for step in range(steps):
            yield _cell(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps)


__all__ = ["HEIGHT", "WHOLE", "WIDTH", "Box", "around", "borders", "is_in", "outline", "place"]
