"""A column whose cells name a second field, "Pipeline Project No: WP1": it is two columns. Pure."""

from __future__ import annotations

from collections.abc import Callable

from etl.extract.types import Table

FieldOf = Callable[[str], str | None]
_MOST_WORDS = 5  # of a label
_FEWEST_ROWS = 2


def part_columns(table: Table, field_of: FieldOf) -> None:
    """Give each known label that all cells of a column name, behind words of their own, a column of its own."""
    at = 0
    while at < len(table.headers):
        label = _label(table, at, field_of)
        if label and label not in table.headers:
            _part(table, at, label)
        else:
            at += 1


def _label(table: Table, at: int, field_of: FieldOf) -> str:
    """The last label in the cells of the column, where it is the same in all that say something."""
    texts = [row[at] for row in table.rows if row[at]]
    if len(texts) < _FEWEST_ROWS or not all(": " in text for text in texts):
        return ""
    words = texts[0].rpartition(": ")[0].rstrip(" :").split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        label = " ".join(words[-count:])
        if field_of(label) and all(f" {label}: " in text for text in texts):
            return label
    return ""


def _part(table: Table, at: int, label: str) -> None:
    table.headers.insert(at + 1, label)
    for row in table.rows:
        before, _, after = row[at].rpartition(f" {label}: ")
        row[at : at + 1] = [before.strip(), after.strip()]
    for left_out in table.left_out:
        if left_out.kind == "total" and len(left_out.row) == len(table.headers) - 1:
            left_out.row.insert(at + 1, "")
    if table.field_names:
        table.field_names.insert(at + 1, "")
    if table.column_notes:
        table.column_notes.insert(at + 1, "")
    table.linked = {place + (place > at) for place in table.linked}
