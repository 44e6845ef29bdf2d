"""A table whose first columns stand still while the others scroll is drawn as two: one again here. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from etl.extract.document import Document
from etl.extract.html import Element, holds_table, text_of

Row = tuple[Element, list[Element]]
_MOST_TABLES = 400
_FEWEST_ROWS = 2


def join_halves(document: Document) -> None:
    """Join two heads that are followed by two bodies of as many rows and columns as they."""
    tables = [table for table in document.all("table")[:_MOST_TABLES] if not holds_table(table)]
    if len(tables) < 4:
        return
    rows = {table: [list(row.iterchildren("td", "th")) for row in table.iter("tr")] for table in tables}
    at = 0
    while at + 4 <= len(tables):
        left, right, below, beside = (rows[table] for table in tables[at : at + 4])
        if _are_halves(left, right, below, beside):
            for cells, more in zip([*left, *below], [*right, *beside], strict=True):
                cells[0].getparent().extend(more)
            for table in (tables[at + 1], tables[at + 3]):
                table.getparent().remove(table)
            document.changed()
            at += 4
        else:
            at += 1


def _are_halves(*parts: list[list[Element]]) -> bool:
    left, right, below, beside = parts
    if len(below) < _FEWEST_ROWS or len(below) != len(beside) or len(left) != len(right) or not left:
        return False
    if not all(all(rows) for rows in parts):
        return False
    if any(cell.tag != "th" for rows in (left, right) for cells in rows for cell in cells):
        return False
    if any(cell.tag != "td" for rows in (below, beside) for cells in rows for cell in cells):
        return False
    return len(left[0]) == len(below[0]) and len(right[0]) == len(beside[0]) and any(map(text_of, right[0]))


def join_rows(rows: list[Row]) -> list[Row]:
    """Rows by their roles that say that they are parts of one row: the same number, and other columns."""
    for name in ("aria-rowindex", "row-index"):
        numbers = [(row.get(name), _is_head(cells)) for row, cells in rows]
        if all(number for number, _ in numbers) and len(set(numbers)) < len(numbers):
            return _together(rows, numbers)
    return rows


def _is_head(cells: list[Element]) -> bool:
    return all(cell.get("role") == "columnheader" for cell in cells)


def _together(rows: list[Row], keys: Sequence[object]) -> list[Row]:
    joined: dict[object, Row] = {}
    for (row, cells), key in zip(rows, keys, strict=True):
        if (known := joined.get(key)) is None:
            joined[key] = (row, cells)
        elif _columns(known[1]).isdisjoint(_columns(cells)):
            known[1].extend(cells)
            known[1].sort(key=_column)
        else:
            return rows  # the same row twice: a copy, as for printing
    return list(joined.values())


def _column(cell: Element) -> int:
    text = cell.get("aria-colindex") or ""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _columns(cells: list[Element]) -> set[int]:
    return {_column(cell) for cell in cells}
