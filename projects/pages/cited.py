"""The row of a kept page that a change was read from, in the table as it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from projects.declared import KeptTable
from projects.folding import folded
from projects.models import DataChangeLog, Snapshot

_AROUND = 2  # rows shown before and after the one that is cited
_TALL = 9  # a table with more columns is shown as one row, one heading a line
# What a row is worth that has the project's number, its name, and each text of the change.
_NUMBER, _NAME, _TEXT = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Cell:
    """`is_cited`: the change says that this text is new."""

    text: str
    is_cited: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row, a cell for each heading."""

    cells: list[Cell]
    is_cited: bool


@dataclass(frozen=True, slots=True)
class CitedTable:
    """The row that is cited, row `number` of `of`, and those around it."""

    headings: list[str]
    rows: list[Row]
    number: int
    of: int

    @property
    def is_tall(self) -> bool:
        return len(self.headings) > _TALL or self.of == 1

    @property
    def pairs(self) -> list[tuple[str, Cell]]:
        """Heading and cell of the row that is cited."""
        row = next(row for row in self.rows if row.is_cited)
        return list(zip(self.headings, row.cells, strict=True))


def cited(snapshot: Snapshot, change: DataChangeLog) -> CitedTable | None:
    """Where the page says what the change says; None where no row is found. Raises Damaged."""
    tables = snapshot.source.declared.tables_of(snapshot.url, snapshot.body(), snapshot.headers)
    return find(tables, change)


def find(tables: Iterable[KeptTable], change: DataChangeLog) -> CitedTable | None:
    """The row that has most of the change: its number or name, and its texts under their headings."""
    said = {label: after for label, (_, after) in change.evidence.items() if after}
    wanted = (folded(change.external_id), folded(change.name))
    best: tuple[int, KeptTable, int] | None = None
    for table in tables:
        for number, row in enumerate(table.rows):
            worth = _worth(table.headings, row, said, *wanted)
            if worth and (best is None or worth > best[0]):
                best = (worth, table, number)
    return _table(best[1], best[2], said) if best else None


def _worth(headings: list[str], row: list[str], said: dict[str, str], number: str, name: str) -> int:
    """0 for a row that is another's: without number and name it has to have all texts, and more than one."""
    cells = {folded(text) for text in row}
    texts = sum(said.get(heading) == text for heading, text in zip(headings, row, strict=False))
    known = _NUMBER * (bool(number) and number in cells) + _NAME * (bool(name) and name in cells)
    if not known and not (texts > 1 and texts == len(said)):
        return 0
    return known + _TEXT * texts


def _table(table: KeptTable, number: int, said: dict[str, str]) -> CitedTable:
    first, last = max(0, number - _AROUND), min(len(table.rows), number + _AROUND + 1)
    rows = [_row(table.headings, table.rows[at], said if at == number else None) for at in range(first, last)]
    return CitedTable(table.headings, rows, number + 1, len(table.rows))


def _row(headings: list[str], row: list[str], said: dict[str, str] | None) -> Row:
    pairs = zip(headings, row, strict=False)
    cells = [Cell(text, said is not None and said.get(heading) == text) for heading, text in pairs]
    return Row(cells, said is not None)


__all__ = ["Cell", "CitedTable", "Row", "cited", "find"]
