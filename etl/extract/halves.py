"""Rows that show several records side by side, under headings that return: each part is a row of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from etl.extract.document import IDENTIFYING
from etl.extract.gridlines import Grid, Line

_MOST_PARTS = 6
_FEWEST_COLUMNS = 2


def width_of_halves(headers: Sequence[str], field_of: Callable[[str], str | None]) -> int:
    """How many columns return as a block (three, or one of them identifying); 0 where none do."""
    for parts in range(2, _MOST_PARTS + 1):
        width, rest = divmod(len(headers), parts)
        block = list(headers[:width])
        if rest or width < _FEWEST_COLUMNS or block * parts != list(headers):
            continue
        is_record = width > _FEWEST_COLUMNS or any(field_of(header) in IDENTIFYING for header in block)
        return width if all(block) and len(set(block)) == width and is_record else 0
    return 0


def halved(grid: Grid, end: int, width: int) -> Grid:
    """The grid with the parts of each row one below the other; the lines up to `end` only once."""
    lines = [cut(line, 0, width) for line in grid.lines[:end]]
    for line in grid.lines[end:]:
        if line.is_lone() or any(_reaches_across(line, at) for at in range(width, grid.width, width)):
            lines.append(cut(line, 0, width))
            continue
        parts = [cut(line, at, at + width) for at in range(0, grid.width, width)]
        lines += [part for part in parts if any(part.texts)]
    return Grid(lines, width, grid.is_clipped)


def _reaches_across(line: Line, at: int) -> bool:
    """Whether one cell stands on both sides of the place where two records meet."""
    return line.cells[at] is not None and line.cells[at] is line.cells[at - 1]


def cut(line: Line, start: int, end: int) -> Line:
    """The part of a line between two columns."""
    starts = [(at - start, cell) for at, cell in line.starts if start <= at < end]
    return replace(line, cells=line.cells[start:end], texts=line.texts[start:end], starts=starts)
