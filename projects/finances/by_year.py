"""What is budgeted and spent on water capital, by financial year: of one municipality, or of many together.

Of each municipality and year the figures are those of which its rate is made (`sums.budget`, `sums.spent`).
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.finances import sums

TYPES = ("ORGB", "ADJB", "AUDA", "ACT")
# The functions that are summed: water and sanitation, without storm water.
CODES = tuple(code for code in finance.FUNCTIONS if sums.group_of("capital", code) in sums.GROUPS)


@dataclass(frozen=True, slots=True)
class Given:
    """A published amount, as `sums` wants it."""

    amount: Decimal
    amount_type: str
    presence: str = "present"
    through_month: int | None = None


@dataclass(slots=True)
class Year:
    """`budget` and `spent` in rand over so many municipalities, None where none publishes one; of `audited`
    of them the spending is audited."""

    year: int
    budget: Decimal | None = None
    budgets: int = 0
    spent: Decimal | None = None
    spendings: int = 0
    audited: int = 0

    @property
    def label(self) -> str:
        return finance.year_label(self.year)

    def add(self, lines: list[sums.Line]) -> None:
        """The lines of one municipality."""
        if (planned := sums.budget(lines)) is not None:
            self.budget, self.budgets = (self.budget or Decimal(0)) + planned[1].amount, self.budgets + 1
        if (done := sums.spent(lines)) is not None:
            self.spent, self.spendings = (self.spent or Decimal(0)) + done[1].amount, self.spendings + 1
            self.audited += done[0] == "audited"


def of_figures(figures: Iterable[Any]) -> list[Year]:
    """Of one municipality's figures, oldest year first."""
    years: dict[int, list[Any]] = {}
    for figure in figures:
        if figure.measure == "capital" and figure.code in CODES:
            years.setdefault(figure.financial_year, []).append(figure)
    return _summed({(year, ""): list(sums.by_line(of).values()) for year, of in years.items()})


def of_rows(rows: Iterable[tuple[str, int, str, Mapping[str, Decimal | None]]]) -> list[Year]:
    """Of (municipality, year, code, {amount type: amount}), oldest year first."""
    places: dict[tuple[int, str], list[sums.Line]] = {}
    for place, year, _, amounts in rows:
        line = {kind: Given(amount, kind) for kind, amount in amounts.items() if amount is not None}
        places.setdefault((year, place), []).append(line)
    return _summed(places)


def _summed(places: Mapping[tuple[int, str], list[sums.Line]]) -> list[Year]:
    found: dict[int, Year] = {}
    for (year, _), lines in sorted(places.items()):
        found.setdefault(year, Year(year)).add(lines)
    return [each for each in found.values() if each.budgets or each.spendings]


__all__ = ["CODES", "TYPES", "Year", "of_figures", "of_rows"]
