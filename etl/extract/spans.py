"""Rows of cells to a rectangle: every cell repeated over the columns and rows that it spans."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain

from etl.extract.html import Element, text_of

_MAX_COLSPAN = 1000  # the HTML standard's own bound
_MAX_ROWSPAN = 65_534  # likewise
_MAX_COLUMNS = 2000
_MAX_SPANNED = 300_000  # cells of one table that only spans fill: a page cannot ask for more than this
_MAX_CELLS = 2_000_000  # places of one table, blank ones included
_USUAL_COLSPAN = 50  # a wider one says "across all columns", however many there are


@dataclass(slots=True)
class Cell:
    """One cell as it stands in the rectangle; a spanning cell is the same object in every place."""

    element: Element
    text: str
    colspan: int = 1
    rowspan: int = 1


@dataclass(slots=True)
class Filling:
    """Rows that come one after another: each row's cells with those that come down from the rows above."""

    hanging: dict[int, tuple[Cell, int]] = field(default_factory=dict)
    spanned: int = 0

    def row(self, elements: list[Element]) -> list[Element | None]:
        """The elements of the row's cells, each as often as it spans columns; None for a gap."""
        if not self.hanging and not any(_spans(element) for element in elements):
            return elements
        if self.spanned > _MAX_SPANNED:
            return elements
        filled = _filled_row(elements, self.hanging, _MAX_ROWSPAN, row_width(elements))
        self.spanned += len(filled) - len(elements)
        return [cell.element if cell is not None else None for cell in filled]


def _spans(element: Element) -> bool:
    return element.get("rowspan") is not None or element.get("colspan") is not None


def span(element: Element, name: str, limit: int) -> int:
    """A colspan or rowspan as browsers read it (1 where it is missing or nonsense)."""
    value = element.get(name)
    if value is None:
        return 1
    value = value.strip()
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 1
    if number == 0:
        return limit if name == "rowspan" else 1
    return min(number, limit)


def cell_of(element: Element, rows_left: int = 1) -> Cell:
    """The cell that stands in the element."""
    return Cell(
        element, text_of(element), span(element, "colspan", _MAX_COLSPAN), span(element, "rowspan", rows_left)
    )


def rectangle(rows: list[list[Element]], width: int = 0) -> list[list[Cell | None]]:
    """Rows of td/th elements, spans filled out; None where a row is shorter than the widest.

    `width`: columns that the whole table has, where the rows are a part of it. A colspan beyond the table's
    own columns ends with them. Fewer rows than were given come back where filling out takes too many cells.
    """
    if not any(map(_spans, chain.from_iterable(rows))):  # as most tables are
        plain: list[list[Cell | None]] = [
            [Cell(element, text_of(element)) for element in elements[:_MAX_COLUMNS]] for elements in rows
        ]
        return _squared(plain)
    filled: list[list[Cell | None]] = []
    hanging: dict[int, tuple[Cell, int]] = {}  # column → cell from above, rows that it still covers
    budget = _MAX_SPANNED
    width = max([width, *map(row_width, rows)])
    for number, elements in enumerate(rows):
        is_whole = not hanging and len(elements) > 1
        row = _filled_row(elements, hanging, len(rows) - number, width)
        if is_whole and len(hanging) == len(row):
            _let_go(hanging)
        budget -= len(row) - len(elements)
        if budget < 0:
            break
        filled.append(row)
    return _squared(filled)


def _squared(filled: list[list[Cell | None]]) -> list[list[Cell | None]]:
    """The rows made equally long; none where they take too many places."""
    width = max(map(len, filled), default=0)
    if width * len(filled) > _MAX_CELLS:
        return []
    for row in filled:
        row.extend([None] * (width - len(row)))
    return filled


def row_width(cells: list[Element]) -> int:
    """The columns that a row takes without the cells that stretch across all."""
    return sum(map(_columns, cells))


def _columns(element: Element) -> int:
    found = span(element, "colspan", _MAX_COLSPAN)
    return found if found <= _USUAL_COLSPAN else 1


def _filled_row(
    elements: list[Element], hanging: dict[int, tuple[Cell, int]], rows_left: int, width: int
) -> list[Cell | None]:
    row: list[Cell | None] = []
    for number, element in enumerate(elements, start=1):
        _hang(row, hanging)
        cell = cell_of(element, rows_left)
        if cell.colspan > _USUAL_COLSPAN:
            cell.colspan = max(1, min(cell.colspan, width - len(row) - (len(elements) - number)))
        for _ in range(cell.colspan):
            hanging.pop(len(row), None)  # cells that overlap: the later one is seen
            if cell.rowspan > 1:
                hanging[len(row)] = (cell, cell.rowspan - 1)
            row.append(cell)
        if len(row) > _MAX_COLUMNS:
            break
    last = max(hanging, default=-1)
    while len(row) <= last:
        if len(row) not in hanging:
            row.append(None)
        _hang(row, hanging)
    return row[:_MAX_COLUMNS]


def _let_go(hanging: dict[int, tuple[Cell, int]]) -> None:
    """Where every cell of a row reaches down, none does as far as all do: nothing could stand below."""
    least = min(left for _, left in hanging.values())
    for at, (cell, left) in list(hanging.items()):
        del hanging[at]
        if left > least:
            hanging[at] = (cell, left - least)


def _hang(row: list[Cell | None], hanging: dict[int, tuple[Cell, int]]) -> None:
    """Put the cells that come down from the rows above at the row's end."""
    while len(row) in hanging:
        cell, left = hanging.pop(len(row))
        if left > 1:
            hanging[len(row)] = (cell, left - 1)
        row.append(cell)
