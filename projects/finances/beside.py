"""What DWS lists for a municipality beside the municipality's own water capital, spending and grants. Pure.

Nothing is compared here that is not of one kind: DWS's sums stand beside the years of the books, each with
its own years named, and no figure is made of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.finances import sums
from projects.finances.families import codes_of
from projects.finances.sums import Line, Rate, Sum

YEARS_DIFFER = (
    "DWS’s figures are of whole projects, from their start on; its financial years run from 1 April to"
    " 31 March. The municipality’s are of one year each, from 1 July to 30 June. Others may implement and"
    " pay for DWS’s projects, and one that several municipalities share counts whole with each of them."
)
_CAPITAL = ("ORGB", "ADJB", "AUDA", "ACT")


@dataclass(frozen=True, slots=True)
class DwsSide:
    """Sums in rand over the listed projects; None where no project publishes one. `budgets` and
    `expenditures`: how many publish one."""

    projects: int
    budget: Decimal | None
    budgets: int
    expenditure: Decimal | None
    expenditures: int


@dataclass(frozen=True, slots=True)
class Grant:
    """One family in one year. `in_kind`: allocated, and spent by others: not in the books."""

    family: str
    allocated: Sum | None
    transferred: Sum | None
    spent: Sum | None
    in_kind: Sum | None
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class BooksYear:
    """One municipal financial year. `capital`: {amount type: sum} over water and sanitation by function,
    without storm water, which is in `storm_water`. `budget`, `spent`, each with the words for what it is:
    what `rate` is of, of this one year."""

    financial_year: int
    capital: dict[str, Sum]
    storm_water: dict[str, Sum]
    budget: tuple[str, Sum] | None
    spent: tuple[str, Sum] | None
    rate: Rate | None
    grants: tuple[Grant, ...]

    @property
    def label(self) -> str:
        return finance.year_label(self.financial_year)


@dataclass(frozen=True, slots=True)
class Beside:
    """`years`: newest first, none where no figure is known."""

    dws: DwsSide
    years: tuple[BooksYear, ...]
    note: str = YEARS_DIFFER


def beside(projects: Iterable[Any], figures: Iterable[Any]) -> Beside:
    """`projects`: anything with `presence budget expenditure` (withdrawn ones are left out); `figures`:
    anything with the columns of `MunicipalFigure`, of one municipality."""
    by_year: dict[int, list[Any]] = {}
    for figure in figures:
        if sums.usable(figure):
            by_year.setdefault(figure.financial_year, []).append(figure)
    years = (_year(year, by_year[year]) for year in sorted(by_year, reverse=True))
    return Beside(_dws(projects), tuple(year for year in years if year.capital or year.grants))


def _dws(projects: Iterable[Any]) -> DwsSide:
    listed = [project for project in projects if project.presence != "withdrawn"]
    budgets = [project.budget for project in listed if project.budget is not None]
    spent = [project.expenditure for project in listed if project.expenditure is not None]
    return DwsSide(
        projects=len(listed),
        budget=sum(budgets, Decimal(0)) if budgets else None,
        budgets=len(budgets),
        expenditure=sum(spent, Decimal(0)) if spent else None,
        expenditures=len(spent),
    )


def _year(year: int, figures: Sequence[Any]) -> BooksYear:
    capital = sums.by_line(f for f in figures if f.measure == "capital" and f.code in finance.FUNCTIONS)
    water = {code: line for code, line in capital.items() if not _is_storm_water(code)}
    storm = {code: line for code, line in capital.items() if _is_storm_water(code)}
    grants = sums.by_family(sums.by_line(f for f in figures if f.measure == "grant"))
    return BooksYear(
        financial_year=year,
        capital=_sums(list(water.values())),
        storm_water=_sums(list(storm.values())),
        budget=sums.budget(list(water.values())),
        spent=sums.spent(list(water.values())),
        rate=sums.rate(list(water.values())),
        grants=tuple(_grant(family, lines) for family, lines in grants.items()),
    )


def _is_storm_water(code: str) -> bool:
    return finance.FUNCTIONS[code][1] == finance.STORM_WATER


def _sums(lines: Sequence[Line]) -> dict[str, Sum]:
    found = {kind: sums.total(lines, kind) for kind in _CAPITAL}
    return {kind: total for kind, total in found.items() if total is not None}


def _grant(family: str, lines: dict[str, Line]) -> Grant:
    """In-kind money stands apart: it is not in the books, whatever was allocated."""
    apart = codes_of(family, in_kind=True)
    direct = [line for code, line in lines.items() if code not in apart]
    in_kind = [line for code, line in lines.items() if code in apart]
    return Grant(
        family=family,
        allocated=sums.total(direct, sums.ALLOCATED),
        transferred=sums.total(direct, sums.TRANSFERRED),
        spent=sums.total(direct, sums.GRANT_SPENT),
        in_kind=sums.total(in_kind, sums.ALLOCATED),
        rate=sums.grant_rate(direct),
    )


__all__ = ["Beside", "BooksYear", "DwsSide", "Grant", "Sum", "beside"]
