"""Two columns in one, "Budget" over "Expenditure" in its heading as in its cells: a column each. Pure."""

from __future__ import annotations

from etl.extract.document import Document
from etl.extract.html import Element, holds_table
from etl.extract.stackedrows import Line, has_lines, lines_of, made_of, rows_with_lines, said

_MOST_LINES = 4
_MOST_COLUMNS = 200


def part_stacked_columns(document: Document) -> None:
    """Give each label of a heading of several lines a column of its own, where every line is a label of
    another field and the cells below have as many lines, or none."""
    for head in rows_with_lines(document):
        table = next(head.iterancestors("table"), None)
        if table is None or next(table.iter("tr")) is not head or holds_table(table):
            continue
        rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
        width = len(rows[0])
        if width > _MOST_COLUMNS or any(len(row) != width or any(map(_spans, row)) for row in rows):
            continue
        for at, cell in enumerate(rows[0]):
            labels = lines_of(cell) if has_lines(cell) else []
            fields = {document.field_of(said(line).rstrip(": ")) for line in labels}
            if 1 < len(labels) == len(fields) <= _MOST_LINES and None not in fields:
                _part([row[at] for row in rows], len(labels))
                document.changed()


def _spans(cell: Element) -> bool:
    return cell.get("colspan") is not None or cell.get("rowspan") is not None


def _part(column: list[Element], count: int) -> None:
    """Part all cells of a column in so many, unless one of them has another number of lines."""
    lines: list[list[Line]] = [lines_of(cell) for cell in column]
    if not any(lines[1:]) or any(len(own) not in (0, count) for own in lines):
        return
    for cell, own in zip(column, lines, strict=True):
        for line in reversed(own or [[""]] * count):
            cell.addnext(made_of(cell, line))
        cell.getparent().remove(cell)
