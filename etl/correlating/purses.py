"""All that a municipality spent on water works, from whatever purse: shown beside one grant. Pure.

A project can be paid from several purses. What is known of the whole is a lower bound: a figure that is
missing or null adds nothing, and the years without any are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from etl.correlating.facts import Books, FigureFact
from projects.facts import finance

FUNCTIONS = tuple(code for code, (_, group) in finance.FUNCTIONS.items() if group != finance.STORM_WATER)
# Two cuts of the same money, which are never added: by whose vote it is, and by what was built.
_CUTS = (("capital", FUNCTIONS), ("asset", tuple(finance.ASSETS)))
_TWELVE = (1, 12)

# Which months of a municipal year are meant: (year by its end, first month, last month), July being 1.
Span = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Purses:
    """`amount`: rand, None where nothing is known; `unknown`: the years without a figure."""

    figures: tuple[FigureFact, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def amount(self) -> Decimal | None:
        known = [figure.amount for figure in self.figures if figure.amount is not None]
        return sum(known, Decimal(0)) if known else None


NOT_KNOWN = Purses()


def spent(books: Books, spans: Iterable[Span]) -> Purses:
    """The audited capital of a whole year, else the monthly one; of a part of a year its months."""
    return _larger(books, list(spans), ("AUDA", "ACT"))


def budgeted(books: Books, year: int) -> Purses:
    """The adjusted capital budget of a year, else the original one."""
    return _larger(books, [(year, *_TWELVE)], ("ADJB", "ORGB"))


def year_spans(years: Sequence[int], last_month: int) -> list[Span]:
    """Whole years, but for the last, which goes up to a month."""
    return [(year, 1, last_month if year == years[-1] else 12) for year in years]


def _larger(books: Books, spans: list[Span], kinds: Sequence[str]) -> Purses:
    """Of the two cuts the one that holds more."""
    cuts = [_of_cut(books, spans, kinds, *cut) for cut in _CUTS]
    return max(cuts, key=lambda purses: purses.amount or Decimal(0))


def _of_cut(
    books: Books, spans: list[Span], kinds: Sequence[str], measure: str, codes: Sequence[str]
) -> Purses:
    found: list[FigureFact] = []
    unknown: list[int] = []
    for year, first, last in spans:
        of_year = [f for code in codes if (f := _figure(books, measure, code, kinds, (year, first, last)))]
        found += of_year
        if not of_year:
            unknown.append(year)
    return Purses(tuple(found), tuple(unknown))


def _figure(books: Books, measure: str, code: str, kinds: Sequence[str], span: Span) -> FigureFact | None:
    """The first kind that has an amount."""
    year, first, last = span
    for kind in kinds:
        figure = books.of(measure, code, kind, year)
        if figure and (first, last) != _TWELVE:
            figure = figure.of_months(first, last, at_least=True)
        if figure and figure.amount is not None:
            return figure
    return None
