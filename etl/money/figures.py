"""Rows of answers → figures: the months of a year folded into one, doubtful ones told apart. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from etl.exceptions import InvalidRecord
from etl.money.cells import FigureCell, Key, cell_of, key_of
from etl.money.places import DISESTABLISHED
from etl.money.queries import MUNICIPALITY, Query
from etl.normalise.records import canonical, digest_of
from projects.facts.finance import BALANCES, WHOLE_YEAR, figure_key

_MOST_PROBLEMS = 100  # sentences of one question; the rest is counted
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """One figure of one municipality and financial year (by its end year); see `MunicipalFigure`.

    `amount`: rand; None where the source says null. Monthly figures: `months` is {"1": "12.00", "2": None},
    from July, `through_month` the last month that has an amount, `amount` the sum of those that have one, or
    of a balance the last; `ages`: {"1": what the month's is made of}, "year" of a yearly balance.
    """

    municipality: str
    financial_year: int
    measure: str
    code: str
    amount_type: str
    amount: Decimal | None = None
    through_month: int | None = None
    months: dict[str, str | None] = field(default_factory=dict)
    opinion: str = ""
    report_url: str = ""
    ages: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return (self.municipality, self.financial_year, self.measure, self.code, self.amount_type)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that is published of the figure."""
        said = {name: getattr(self, name) for name in self.__slots__}
        if not self.ages:  # as it was before there were any: what a steward rejected then stays rejected
            del said["ages"]
        return digest_of(said)


@dataclass(frozen=True, slots=True)
class FoldedRows:
    """What the rows of one question gave.

    `refused`: figures that are published but cannot be used (a problem says why): they are not missing.
    """

    figures: list[FigureRecord]
    problems: list[str]
    refused: frozenset[Key]


def fold(query: Query, rows: Iterable[Mapping[str, Any]], current: Container[str]) -> FoldedRows:
    """The figures of all pages of one question. `current`: codes of the municipalities of today."""
    folding = _Folding(query)
    strangers: Counter[str] = Counter()
    for row in rows:
        code = row.get(MUNICIPALITY)
        if not code or code in current:
            folding.add(row)
        elif code not in DISESTABLISHED:
            strangers[code] += 1
    figures = folding.figures()
    problems = [*_strange(query, strangers), *folding.problems]
    return FoldedRows(figures, _first(problems), frozenset(folding.refused))


def _strange(query: Query, strangers: Counter[str]) -> list[str]:
    if not strangers:
        return []
    named = ", ".join(sorted(strangers)[:_MOST_NAMED]) + (", …" if len(strangers) > _MOST_NAMED else "")
    return [f"{query.key}: {strangers.total()} rows are of municipalities that we do not know: {named}."]


def _first(problems: list[str]) -> list[str]:
    more = len(problems) - _MOST_PROBLEMS
    return problems if more <= 0 else [*problems[:_MOST_PROBLEMS], f"And {more} problems more of this kind."]


class _Folding:
    """The rows by figure: a cell for the year (None) and one for each month."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.cells: dict[Key, dict[int | None, FigureCell]] = {}
        self.refused: set[Key] = set()
        self.problems: list[str] = []

    def add(self, row: Mapping[str, Any]) -> None:
        try:
            key = key_of(self.query, row)
        except InvalidRecord as error:
            self.problems.append(str(error))
            return
        try:
            self._put(key, cell_of(row, key))
        except InvalidRecord as error:
            self._refuse(key, str(error))

    def _put(self, key: Key, cell: FigureCell) -> None:
        cells = self.cells.setdefault(key, {})
        if cell.month in cells:
            when = f"month {cell.month}" if cell.month else "the year"
            raise InvalidRecord(f"{figure_key(*key)}: {when} is listed more than once; neither is used.")
        cells[cell.month] = cell

    def _refuse(self, key: Key, sentence: str) -> None:
        if key not in self.refused:  # one sentence per figure
            self.problems.append(sentence)
        self.refused.add(key)

    def figures(self) -> list[FigureRecord]:
        usable = ((key, cells) for key, cells in self.cells.items() if key not in self.refused)
        return [self._figure(key, cells) for key, cells in usable]

    def _figure(self, key: Key, cells: dict[int | None, FigureCell]) -> FigureRecord:
        yearly = cells.get(None)
        if yearly is None:
            return _of_months(key, {month: cell for month, cell in cells.items() if month})
        if len(cells) > 1:
            self.problems.append(
                f"{figure_key(*key)} comes by the year and by the month; the yearly figure is kept."
            )
        return FigureRecord(
            *key,
            amount=yearly.amount,
            opinion=yearly.opinion,
            report_url=yearly.report_url,
            ages={WHOLE_YEAR: yearly.ages} if yearly.ages else {},
        )


def _of_months(key: Key, cells: Mapping[int, FigureCell]) -> FigureRecord:
    given = {month: cell.amount for month, cell in sorted(cells.items()) if cell.amount is not None}
    amounts = list(given.values())
    if key[2] in BALANCES:
        amounts = amounts[-1:]  # what is owed in June is not what was owed in May and June
    return FigureRecord(
        *key,
        amount=sum(amounts, Decimal(0)) if amounts else None,
        through_month=max(given, default=None),  # a month that is null says nothing of how far it goes
        months={str(month): canonical(cell.amount) for month, cell in sorted(cells.items())},
        ages={str(month): cell.ages for month, cell in sorted(cells.items()) if cell.ages},
    )
