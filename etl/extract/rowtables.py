"""Grids that draw each row as a table of its own, below headings that stand apart: one table again. Pure.

What is told is the shape alone: siblings, or what is alone in siblings, that are tables of one row with as
many cells each.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from etl.extract.document import Document
from etl.extract.html import Element

_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 3
_FEWEST_MENTIONS = 3  # of "<table" in the markup
_MOST_UPWARDS = 4

Heads = Callable[[Element, int], bool]


def join_row_tables(document: Document, heads: Heads) -> None:
    """Join tables of one row. `heads`: whether an element is that many headings."""
    if document.source.count("<table") < _FEWEST_MENTIONS:
        return
    places: dict[Element, list[tuple[Element, Element]]] = {}
    for table in document.all("table"):
        if (row := _only_row(table)) is not None and (parent := _place(table)) is not None:
            places.setdefault(parent, []).append((table, row))
    for parent, found in places.items():
        width = len(found[-1][1])
        if len(found) >= _FEWEST_ROWS and all(len(row) == width for _, row in found):
            _join(parent, found, width, heads)
            document.changed()


def _only_row(table: Element) -> Element | None:
    """The row of a table that has one, of several cells and with no table within."""
    rows = list(islice(table.iter("tr"), 2))
    if (
        len(rows) != 1
        or len(rows[0]) < _FEWEST_COLUMNS
        or next(table.iterdescendants("table"), None) is not None
    ):
        return None
    is_row = all(cell.tag == "td" for cell in rows[0]) and not (table.tail or "").strip()
    return rows[0] if is_row else None


def _place(table: Element) -> Element | None:
    """What holds the tables: the parent, or its parent where the table is alone in its own."""
    parent = table.getparent()
    return parent.getparent() if parent is not None and len(parent) == 1 else parent


def _is_head_row(row: Element, width: int) -> bool:
    return row.tag == "tr" and len(row) == width and all(cell.tag == "th" for cell in row)


def _join(parent: Element, found: list[tuple[Element, Element]], width: int, heads: Heads) -> None:
    body, head = found[0][1].getparent(), _head_before(parent, found[0][0], width, heads)
    if body is None or head is None:
        return
    found[0][0].attrib.pop("role", None)
    row = body.makeelement("tr")
    body.insert(0, row)
    row.extend(list(head))
    for cell in row:
        cell.tag = "th"
    for table, row in found[1:]:
        body.append(row)
        if (around := table.getparent()) is not None:
            around.remove(table)


def _head_before(parent: Element, first: Element, width: int, heads: Heads) -> Element | None:
    """The element with the headings: it stands before the rows, or before what they stand in. Without one the
    tables are left as they are: they may be cards."""
    row = first if first.getparent() is parent else first.getparent()
    starts = [parent, *islice(parent.iterancestors(), _MOST_UPWARDS)]
    for around in [*([] if row is None else [row]), *starts]:
        for before in islice(around.itersiblings(preceding=True), 2):
            while isinstance(before.tag, str) and len(before) == 1:
                before = before[0]
            if isinstance(before.tag, str) and (_is_head_row(before, width) or heads(before, width)):
                return before
    return None
