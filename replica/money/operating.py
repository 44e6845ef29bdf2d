"""Operating income and expenditure of the water and waste water functions; cash; the balance sheet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from replica.money.drawing import line, people
from replica.money.plan import Plan

Row = list[Any]
_ITEMS = {
    "4202": (("0400", 900), ("2000", 250), ("2500", 500)),
    "4302": (("0500", 400), ("2000", 200), ("2900", 120)),
}
_CASH = (("0430", 300),)
_POSITION = (("0120", 250), ("0240", 9000))


def income_and_expenditure(plan: Plan) -> Iterator[Row]:
    """Facts of incexp_v2."""
    for place, years in plan.of("incexp_v2"):
        both = plan.rng("operating", place.code).random() < 0.7
        lines = [(name, *each) for name in _ITEMS if both or name == "4202" for each in _ITEMS[name]]
        for year in years:
            rng = plan.rng("operating", place.code, year)
            for function, item, each in lines:
                amounts = line(rng, year, people(place) * each)
                yield from ([place.code, function, item, *amount] for amount in amounts)


def cash_flow(plan: Plan) -> Iterator[Row]:
    """Facts of cflow_v2: cash at the end of the year, budgeted and audited; of the months nothing."""
    return _yearly(plan, "cflow_v2", _CASH)


def position(plan: Plan) -> Iterator[Row]:
    """Facts of financial_position_v2."""
    return _yearly(plan, "financial_position_v2", _POSITION)


def _yearly(plan: Plan, cube: str, items: tuple[tuple[str, int], ...]) -> Iterator[Row]:
    for place, years in plan.of(cube):
        rng = plan.rng(cube, place.code)
        for year, (item, each) in itertools.product(years, items):
            amounts = line(rng, year, people(place) * each)
            yield from ([place.code, item, *amount] for amount in amounts if amount.length == "year")
