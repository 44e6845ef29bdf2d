"""What municipalities build, by function (whose vote) and item (what asset); what they earn and spend."""

from __future__ import annotations

import random
from collections.abc import Iterator

from replica.money.cells import CASH_AT_YEAR_END, Row
from replica.money.drawing import around, line, people
from replica.money.plan import LAST_AUDITED, LAST_YEAR, Plan
from replica.money.reference import Municipality

# Each function with the asset classes that it mostly builds.
ITEMS = {
    "4201": ("0350", "0310"),
    "4202": ("0370", "0360", "0340"),
    "4203": ("0330",),
    "4301": ("0460",),
    "4302": ("0430", "0420", "0450"),
    "4304": ("0440",),
}
STORM_WATER, HOUSING, ROADS, BULK_MAINS = "4303", "2401", "0120", "0360"
TYPES = ("NEW", "NEW", "RENEWAL", "UPGRADING")
_FORECASTS = ("TABB", "IBY1", "IBY2")
# Function: items, with rand a head.
_OPERATING = {
    "4202": (("0400", 900), ("2000", 250), ("2500", 500)),
    "4302": (("0500", 400), ("2000", 200), ("2900", 120)),
}


def capital(plan: Plan) -> Iterator[Row]:
    """Facts of capital_v2."""
    for place, years in plan.of("capital_v2"):
        lines = _lines(plan.rng("capital lines", place.code), place)
        for year in years:
            yield from _year(plan.rng("capital", place.code, year), place, year, lines)


def _lines(rng: random.Random, place: Municipality) -> list[tuple[str, str, str]]:
    """(function, item, capital type) of a municipality, the same each year.

    Some book a water asset under Housing, some a road under a water function: both as in real returns.
    """
    functions = list(ITEMS) if place.code == "CPT" else sorted(rng.sample(list(ITEMS), rng.randint(2, 4)))
    lines = [(function, rng.choice(ITEMS[function]), rng.choice(TYPES)) for function in functions]
    if rng.random() < 0.2 or place.code == "CPT":
        lines.append((STORM_WATER, "0180", "NEW"))
    if rng.random() < 0.2 or place.code == "BUF":
        lines.append((HOUSING, BULK_MAINS, "NEW"))
    if rng.random() < 0.2 or place.code == "CPT":
        lines.append((functions[0], ROADS, "RENEWAL"))
    return lines


def _year(
    rng: random.Random, place: Municipality, year: int, lines: list[tuple[str, str, str]]
) -> Iterator[Row]:
    rand = people(place) * 60
    for function, item, kind in lines:
        for amount in line(rng, year, rand):
            yield [place.code, function, item, kind, *amount]
    function, item, _ = lines[0]
    for kind in ("REPAIR_MNT", "DEPRECIATION"):
        for amount_type in ("ORGB", "AUDA") if year <= LAST_AUDITED else ("ORGB",):
            period = [year, "year", year, amount_type, around(rng, rand / 4)]
            yield [place.code, function, item, kind, *period]
    if year == LAST_YEAR:
        for amount_type in _FORECASTS:
            yield [place.code, function, item, "NEW", year, "year", year, amount_type, around(rng, rand)]


def income_and_expenditure(plan: Plan) -> Iterator[Row]:
    """Facts of incexp_v2."""
    for place, years in plan.of("incexp_v2"):
        both = plan.rng("operating", place.code).random() < 0.7
        lines = [(name, *each) for name in _OPERATING if both or name == "4202" for each in _OPERATING[name]]
        for year in years:
            rng = plan.rng("operating", place.code, year)
            for function, item, each in lines:
                amounts = line(rng, year, people(place) * each)
                yield from ([place.code, function, item, *amount] for amount in amounts)


def cash_flow(plan: Plan) -> Iterator[Row]:
    """Facts of cflow_v2: cash at the end of the year, budgeted and audited; of the months nothing."""
    for place, years in plan.of("cflow_v2"):
        rng = plan.rng("cflow_v2", place.code)
        for year in years:
            amounts = (amount for amount in line(rng, year, people(place) * 300) if amount.length == "year")
            yield from ([place.code, CASH_AT_YEAR_END, *amount] for amount in amounts)
