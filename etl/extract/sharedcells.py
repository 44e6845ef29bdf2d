"""Cells that reach over several rows: lines of one project, or a figure that several projects share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from etl.extract.cellkinds import is_year, read_figure
from etl.extract.gridlines import Line


def continues(above: Line, line: Line) -> bool:
    """Whether a row is one more line of the row above: most of its cells come down from there."""
    if not line.hangs:
        return False
    pairs = [(one, other) for one, other in zip(above.cells, line.cells, strict=True) if other and other.text]
    return sum(one is other for one, other in pairs) * 2 > len(pairs)


def shared_figures(lines: Sequence[Line], columns: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(row, place among the columns, number of rows) of each figure that stands once beside several projects:
    it is what they come to together, and no one's own. The row's own number in the first column is none."""
    if not any(line.hangs for line in lines):
        return
    for place, at in enumerate(columns):
        numbered = enumerate(line.cells[at] for line in lines)
        for _, some in groupby(numbered, key=lambda item: id(item[1])):
            rows = [row for row, _ in some]
            text = lines[rows[0]].texts[at]
            if len(rows) < 2 or at == 0 or is_year(text) or read_figure(text) is None:
                continue
            if not all(continues(lines[row - 1], lines[row]) for row in rows[1:]):
                yield from ((row, place, len(rows)) for row in rows)
