"""Rows that show several records side by side, under headings that return: each part is a row of its own. And
records of two lines, under two lines of headings: each is one row."""

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


def unfolded(grid: Grid, start: int, end: int, field_of: Callable[[str], str | None]) -> Grid | None:
    """The grid with each record, and its headings, in one line; None where records have a line each.

    `start`, `end`: the lines of the headings. Both of them head columns of their own: known labels stand over
    known labels, and no cell spans others.
    """
    head, body = grid.lines[start:end], grid.lines[end:]
    if len(head) != 2 or len(body) < 4 or len(body) % 2 or any(map(_spans, (*head, *body))):
        return None
    fields = [
        (field_of(one), field_of(other)) for one, other in zip(head[0].texts, head[1].texts, strict=True)
    ]
    if sum(one is not None and other is not None and one != other for one, other in fields) < _FEWEST_COLUMNS:
        return None
    pairs = zip(grid.lines[start::2], grid.lines[start + 1 :: 2], strict=True)
    return Grid([*grid.lines[:start], *(_behind(*pair) for pair in pairs)], 2 * grid.width, grid.is_clipped)


def _spans(line: Line) -> bool:
    return line.hangs or any(cell.colspan > 1 or cell.rowspan > 1 for _, cell in line.starts)


def _behind(line: Line, more: Line) -> Line:
    starts = [*line.starts, *((at + len(line.cells), cell) for at, cell in more.starts)]
    return replace(line, cells=line.cells + more.cells, texts=line.texts + more.texts, starts=starts)
