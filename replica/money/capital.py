"""Capital: what municipalities build, by function (whose vote) and item (what asset)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from replica.money.drawing import around, line, people
from replica.money.plan import LAST_AUDITED, LAST_YEAR, Plan
from replica.money.reference import Municipality

Row = list[Any]
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
_V1_FUNCTIONS = ("1001", "1002", "1003", "1201", "1202", "1204")


def rows(plan: Plan) -> Iterator[Row]:
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


def rows_v1(plan: Plan) -> Iterator[Row]:
    """Facts of capital (up to 2019): five measures in a row, totals beside the items."""
    for place, years in plan.of("capital"):
        rng = plan.rng("capital v1", place.code)
        for year in years:
            for function in _V1_FUNCTIONS:
                yield from _v1_function(rng, place.code, year, function)


def _v1_function(rng: random.Random, code: str, year: int, function: str) -> Iterator[Row]:
    item = "0700" if function < "1100" else "0400"
    for amount_type in ("ORGB", "ADJB", "AUDA"):
        new, renewal = (around(rng, 9e7) if rng.random() < 0.9 else 0 for _ in range(2))
        for which in (item, "4100", "4700"):
            measures = (new, renewal, new + renewal, around(rng, 1e7), None)
            yield [code, function, which, year, "year", year, amount_type, *measures]
