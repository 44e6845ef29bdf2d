"""A plain table as the grid that a person sees: spans filled, blank columns and blank rows gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from etl.extract.cellkinds import is_year, read_figure
from etl.extract.plainrows import OwnRows, TableRow
from etl.extract.spans import Cell, rectangle, row_width


@dataclass(slots=True)
class Line:
    """One row of the grid. `starts`: (column, cell) of the cells with text that begin in this very row."""

    row: TableRow
    cells: list[Cell | None]
    texts: list[str]
    starts: list[tuple[int, Cell]]
    hangs: bool  # whether a cell with text comes down from the row above

    def is_lone(self) -> bool:
        """Whether one cell stands for the whole row: a title, a group, a note."""
        if len(self.cells) < 2 or self.hangs or len(self.starts) != 1:
            return False
        return len(self.row.cells) == 1 or self.starts[0][1].colspan >= len(self.cells)

    def says_one_thing(self) -> bool:
        """Whether one cell alone has text, whatever blank cells stand beside it."""
        return len(self.cells) > 1 and not self.hangs and len(self.starts) == 1


@dataclass(slots=True)
class Grid:
    """The grid of one table; `width` counts its columns."""

    lines: list[Line] = field(default_factory=list)
    width: int = 0
    is_clipped: bool = False  # its spans ask for more cells than are filled out


def grid_of(own: OwnRows) -> Grid:
    """The table's rows with all cells in their columns. A cell ends with the section that it stands in."""
    width = max((row_width(row.cells) for row in own.rows), default=0)
    filled: list[list[Cell | None]] = []
    rows: list[TableRow] = []
    is_clipped = False
    for _, section in groupby(own.rows, key=lambda row: row.group):
        part = list(section)
        cells = rectangle([row.cells for row in part], width)
        is_clipped |= len(cells) < len(part)
        filled += cells
        rows += part[: len(cells)]
    width = max(map(len, filled), default=0)
    for row in filled:
        row.extend([None] * (width - len(row)))
    shown = _shown_columns(filled, width)
    lines = []
    above: list[Cell | None] = [None] * len(shown)
    for table_row, row in zip(rows, filled, strict=True):
        line = _line(table_row, [row[at] for at in shown], above)
        above = line.cells
        if any(line.texts):
            lines.append(line)
    return Grid(lines, len(shown), is_clipped)


def _shown_columns(filled: list[list[Cell | None]], width: int) -> list[int]:
    """The columns in which a cell with text begins: one that only wider cells cover says nothing itself."""
    said = set()
    for row in filled:
        before: Cell | None = None
        for at, cell in enumerate(row):
            if cell is not None and cell is not before and cell.text:
                said.add(at)
            before = cell
    return [at for at in range(width) if at in said]


def _line(row: TableRow, cells: list[Cell | None], above: list[Cell | None]) -> Line:
    texts: list[str] = []
    starts: list[tuple[int, Cell]] = []
    hangs = False
    before: Cell | None = None
    for at, cell in enumerate(cells):
        text = cell.text if cell is not None else ""
        texts.append(text)
        if text and cell is not None and cell is not before:
            if cell is above[at]:
                hangs = True
            else:
                starts.append((at, cell))
        before = cell
    return Line(row, cells, texts, starts, hangs)


def continues(above: Line, line: Line, identity: Sequence[int] = ()) -> bool:
    """Whether a row is one more line of the row above: most of its cells come down from there, or those that
    tell what it is do. `identity`: the columns of the number and the name, where the table has both."""
    if not line.hangs:
        return False
    if identity and all(line.texts[at] and line.cells[at] is above.cells[at] for at in identity):
        return True
    pairs = [(one, other) for one, other in zip(above.cells, line.cells, strict=True) if other and other.text]
    return sum(one is other for one, other in pairs) * 2 > len(pairs)


def shared_figures(
    lines: Sequence[Line], columns: Sequence[int], identity: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
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
            if not all(continues(lines[row - 1], lines[row], identity) for row in rows[1:]):
                yield from ((row, place, len(rows)) for row in rows)
