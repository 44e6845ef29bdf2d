"""What a municipality owes for bulk water, and what its customers owe it, at the end of a month.

They are balances: the newest counts, and none is added to that of another month. A figure is anything with
the columns of `MunicipalFigure`. One that the source gives as null, or no longer has, is no balance. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.finances.sums import usable

_AUDITED = "AUDA"


@dataclass(frozen=True, slots=True)
class Owed:
    """`amount`: rand, with its sign as published, at the end of the day `at`; `snapshot`: SHA-256 of the
    answer that says so, None where it is not kept; `figure`: the id of its row."""

    amount: Decimal
    at: date
    snapshot: str | None
    figure: int
    audited: bool


def newest_of(figures: Iterable[Any]) -> dict[str, Owed]:
    """Municipality's code → what it owes for bulk water: its newest published balance, of one day the audited
    one; without one it is not there. `figures`: of whichever municipalities and measures."""
    newest: dict[str, Owed] = {}
    for figure in figures:
        found = _owed(figure)
        known = newest.get(figure.municipality_id)
        if found and (known is None or _rank(found) > _rank(known)):
            newest[figure.municipality_id] = found
    return newest


def _owed(figure: Any) -> Owed | None:
    is_bulk_water = (figure.measure, figure.code) == (finance.BULK_DEBT, finance.BULK_WATER)
    at = as_of(figure) if is_bulk_water and usable(figure) else None
    if at is None:
        return None
    audited = figure.amount_type == _AUDITED
    return Owed(figure.amount, at, figure.snapshot_id, figure.pk, audited)


def _rank(owed: Owed) -> tuple[date, bool]:
    return owed.at, owed.audited


def as_of(figure: Any) -> date | None:
    """The day whose balance a figure's amount is: the end of its last month, of an audited year 30 June; None
    of a year that is not audited, which can be still going on."""
    if figure.through_month:
        return finance.month_end(figure.financial_year, figure.through_month)
    return finance.year_span(figure.financial_year)[1] if figure.amount_type == _AUDITED else None


__all__ = ["Owed", "as_of", "newest_of"]
