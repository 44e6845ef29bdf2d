"""Municipalities beside each other as a table: which columns, with which heads, in which groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from projects.facts import finance
from projects.finances.comparison import COLUMNS, PARTS, Column, Entry, Part, Row, Years, notes
from projects.languages import gettext


@dataclass(frozen=True, slots=True)
class Head:
    """`note`: what most of the column's figures are of; one that is of something else (`mixed`) says so."""

    column: Column
    note: str
    mixed: bool

    @property
    def words(self) -> str:
        if not self.mixed:
            return self.note
        return gettext("{note}, unless it says otherwise").format(note=self.note or gettext("of all lines"))

    def beside(self, entry: Entry) -> str:
        """What has to stand beside a figure."""
        return entry.note if entry.value is not None and entry.note != self.note else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Columns of one part, all of one financial year."""

    title: str
    year: str
    heads: list[Head]


@dataclass(frozen=True, slots=True)
class Table:
    groups: list[Group]
    rows: Sequence[Row]

    @property
    def heads(self) -> list[Head]:
        return [head for group in self.groups for head in group.heads]


def table(rows: Sequence[Row], years: Years) -> Table:
    """Of the grants those that any of the municipalities has."""
    groups = []
    for part, columns in groupby(_shown(rows), key=lambda column: column.part):
        heads = [_head(column, rows) for column in columns]
        groups.append(Group(PARTS[part].title, _year_words(PARTS[part], years[part]), heads))
    return Table(groups, rows)


def head_of(column: Column, rows: Sequence[Row]) -> tuple[Head, str]:
    """A column that stands alone, and the words for its year."""
    year = rows[0].years[column.part] if rows else None
    return _head(column, rows, alone=True), _year_words(PARTS[column.part], year)


def _shown(rows: Iterable[Row]) -> Iterator[Column]:
    given = {family.lower() for row in rows for family in row.grants}
    for column in COLUMNS.values():
        if column.part != "grants" or column.name.removesuffix("_rate") in given:
            yield column


def _year_words(part: Part, financial_year: int | None) -> str:
    if financial_year:
        return finance.year_label(financial_year)
    return gettext("newest of each") if part.each else ""


def _head(column: Column, rows: Iterable[Row], alone: bool = False) -> Head:
    """Of what is ours only where what it is made of, which says the same, does not stand beside it."""
    found = list(notes(column, rows)) if alone or not column.ours else []
    return Head(column, found[0] if found else "", len(found) > 1)


def unlike(columns: Iterable[Column], rows: Sequence[Row]) -> list[str]:
    """A sentence on each column that a reader sorts by whose figures are not all of one kind."""
    sentences = []
    for column in columns:
        found = notes(column, rows)
        if len(found) > 1:
            kinds = "; ".join(f"{note or gettext('of all lines')}: {count}" for note, count in found.items())
            told = gettext("{column}: the figures are not all alike ({kinds}).")
            sentences.append(told.format(column=column.title, kinds=kinds))
    return sentences
