"""Texts that a report writer put at their places, `<div style="top:80px;left:20px">`: lines that share their
columns are a table. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from etl.extract.html import Element, text_of

_PLACE = re.compile(r"(?:^|;|\s)(top|left)\s*:\s*(-?\d+(?:\.\d+)?)(?:px|pt|mm|in|em)?", re.IGNORECASE)
_NEAR = 2.5  # within which places are the same
_FEWEST_COLUMNS, _FEWEST_ROWS = 3, 3
_MOST_TEXTS = 20_000
_FEWEST_TEXTS = _FEWEST_COLUMNS * _FEWEST_ROWS
_WRAPPED = 0.8  # of the usual distance of lines: a line that is nearer goes on the line above it


@dataclass(slots=True)
class _Line:
    top: float
    texts: list[tuple[float, Element]] = field(default_factory=list)


def name_positioned(root: Element, source: str) -> None:
    """Put texts that stand in lines and columns into a table. `source`: the page's text in small letters."""
    if "absolute" not in source or "left" not in source:
        return
    for parent in list(root.iter("div", "body", "form", "td")):
        if len(parent) < _FEWEST_TEXTS:
            continue
        placed = [found for child in parent if (found := _placed(child))]
        if _FEWEST_TEXTS <= len(placed) <= _MOST_TEXTS:
            _table(parent, _lines(placed))


def _placed(child: Element) -> tuple[float, float, Element] | None:
    style = (child.get("style") or "") if isinstance(child.tag, str) else ""
    if "absolute" not in style.lower() or child.find(".//div") is not None or not text_of(child):
        return None
    places = {name.lower(): float(number) for name, number in _PLACE.findall(style)}
    return (places["top"], places["left"], child) if len(places) == 2 else None


def _lines(placed: list[tuple[float, float, Element]]) -> list[_Line]:
    lines: list[_Line] = []
    for top, left, element in sorted(placed, key=lambda text: text[:2]):
        if not lines or top - lines[-1].top > _NEAR:
            lines.append(_Line(top))
        lines[-1].texts.append((left, element))
    return lines


def _table(parent: Element, lines: list[_Line]) -> None:
    full = [line for line in lines if len(line.texts) >= _FEWEST_COLUMNS]
    columns = _columns(full)
    rows = [line for line in full if all(_at(left, columns) is not None for left, _ in line.texts)]
    if len(columns) < _FEWEST_COLUMNS or len(rows) < _FEWEST_ROWS:
        return
    first, last = rows[0].top, rows[-1].top
    inside = [line for line in lines if first <= line.top <= last]
    if any(_at(left, columns) is None for line in inside for left, _ in line.texts):
        return  # something between the lines stands in none of the columns
    pitch = _pitch(rows, inside)
    inside += _wrapped_below(lines, columns, last, _WRAPPED * pitch)
    table = parent.makeelement("table")
    rows[0].texts[0][1].addprevious(table)
    cells: list[Element] = []
    above = first
    for line in inside:
        if not cells or len(line.texts) >= _FEWEST_COLUMNS or line.top - above >= _WRAPPED * pitch:
            row = parent.makeelement("tr")
            table.append(row)
            cells = [row.makeelement("td") for _ in columns]
            row.extend(cells)
        for left, element in line.texts:
            element.tail = " "
            cells[_at(left, columns) or 0].append(element)
        above = line.top


def _pitch(rows: list[_Line], inside: list[_Line]) -> float:
    """The usual distance of two rows. Those with a line between them tell it only where all have one: what is
    brought forward below the heading of a page of two rows would else be nearer than usual."""
    beside = [after.top - line.top for line, after in pairwise(inside) if line in rows and after in rows]
    return median(beside or [after.top - line.top for line, after in pairwise(rows)])


def _wrapped_below(lines: list[_Line], columns: list[float], last: float, near: float) -> list[_Line]:
    """The lines below the last row that go on with it: as near as no row is, and none in the first column."""
    found: list[_Line] = []
    for line in lines:
        if line.top <= last:
            continue
        is_within = all(_at(left, columns) for left, _ in line.texts)
        if line.top - last >= near or not is_within:
            break
        found.append(line)
        last = line.top
    return found


def _columns(lines: list[_Line]) -> list[float]:
    """The places from the left at which most of the lines have a text."""
    counts: Counter[float] = Counter()
    for line in lines:
        for left, _ in line.texts:
            counts[next((known for known in counts if abs(known - left) <= _NEAR), left)] += 1
    return sorted(left for left, count in counts.items() if count * 2 > len(lines))


def _at(left: float, columns: list[float]) -> int | None:
    return next((at for at, column in enumerate(columns) if abs(column - left) <= _NEAR), None)
