"""Headings that cells repeat for narrow screens, `<td><b>Budget</b>R5</td>`: no part of the value. Pure."""

from __future__ import annotations

from itertools import islice

from etl.extract.document import Document
from etl.extract.html import BLOCKS, Element, holds_table, squash, text_of

_MARKED = "label"  # in a class of what stands before a value
_NO_LABELS = frozenset({"a", "table", "select", "input"})
_MOST_ROWS = 20_000
_FEWEST_COLUMNS = 2


def drop_own_headings(document: Document) -> None:
    """Take out of each cell the element that says its column's heading, where most cells have one."""
    for table in document.all("table"):
        if holds_table(table):
            continue
        second = next(islice(table.iter("tr"), 1, None), None)
        if second is not None and _may_repeat(list(second.iterchildren("td", "th"))):
            rows = [list(row.iterchildren("td", "th")) for row in islice(table.iter("tr"), _MOST_ROWS)]
            list(map(_drop, _repeated(rows)))


def _repeated(rows: list[list[Element]]) -> list[Element]:
    """The elements of a table's cells that say their column's heading; none where that is no habit of it."""
    heads = [text_of(cell).rstrip(" :") for cell in rows[0]]
    body = [row for row in rows[1:] if len(row) == len(heads)]
    repeated = [[_own(cell, head) for cell, head in zip(row, heads, strict=True)] for row in body]
    columns = [[found for found in column if found is not None] for column in zip(*repeated, strict=True)]
    often = [column for column in columns if len(column) * 10 >= len(body) * 8]
    is_habit = len(often) >= _FEWEST_COLUMNS and len(often) * 2 >= sum(map(bool, heads))
    return [element for column in columns for element in column] if is_habit else []


def _may_repeat(cells: list[Element]) -> bool:
    """A quick look: whether the second row's cells begin with elements."""
    return sum(len(cell) > 0 and not squash(cell.text) for cell in cells) >= _FEWEST_COLUMNS


def _own(cell: Element, head: str) -> Element | None:
    """The cell's first element where it says the heading, and more follows it or it is called a label."""
    first = next((part for part in cell if isinstance(part.tag, str)), None)
    if not head or first is None or squash(cell.text) or first.tag in _NO_LABELS:
        return None
    if text_of(first).rstrip(" :") != head:
        return None
    is_followed = bool(squash(first.tail)) or first.getnext() is not None or text_of(first).endswith(":")
    return first if is_followed or _MARKED in (first.get("class") or "").lower() else None


def _drop(element: Element) -> None:
    parent = element.getparent()
    mark = " " if element.tag in BLOCKS else ""
    parent.text = mark + (element.tail or "").lstrip().removeprefix(":")
    parent.remove(element)
