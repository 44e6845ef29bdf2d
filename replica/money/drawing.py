"""Amounts in whole rand: how large, in which months, and the holes that real returns have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from replica.money.plan import LAST_AUDITED, LAST_YEAR, MONTHS_SO_FAR
from replica.money.reference import Municipality

NULL_SHARE, MISSING_SHARE, NEGATIVE_MONTHS = 0.03, 0.04, 0.02


class Amount(NamedTuple):
    """One amount of a line: the columns from the year on."""

    year: int
    length: str
    period: int
    amount_type: str
    amount: int | None


def people(place: Municipality) -> int:
    return place.population or 90_000


def around(rng: random.Random, rand: float) -> int:
    """An amount near another, in whole thousands as budgets are."""
    return max(1, round(rand * rng.uniform(0.6, 1.5) / 1000)) * 1000


def line(rng: random.Random, year: int, rand: float) -> Iterator[Amount]:
    """One line of one year, about so large: budgets and the audited actual of the year, actuals by month."""
    original = around(rng, rand)
    adjusted = round(original * rng.uniform(0.7, 1.3) / 1000) * 1000
    spent = int(adjusted * rng.uniform(0.5, 1.05))
    yield from _yearly(rng, year, "ORGB", original)
    if year < LAST_YEAR:
        yield from _yearly(rng, year, "ADJB", adjusted)
    if year <= LAST_AUDITED:
        yield from _yearly(rng, year, "AUDA", spent)
    yield from monthly(rng, year, int(spent * rng.uniform(0.9, 1.03)))


def _yearly(rng: random.Random, year: int, amount_type: str, rand: int) -> Iterator[Amount]:
    dice = rng.random()
    if dice >= MISSING_SHARE:
        null = dice < MISSING_SHARE + NULL_SHARE
        yield Amount(year, "year", year, amount_type, None if null else rand)


def monthly(rng: random.Random, year: int, rand: int) -> Iterator[Amount]:
    """Actuals by month that come to a sum, as far as the year has gone; some months are absent or null.

    Now and then a correction makes a month negative.
    """
    last = MONTHS_SO_FAR if year == LAST_YEAR else 12
    shares = [rng.uniform(0.2, 1.8) for _ in range(last)]
    if last == 12 and rng.random() < NEGATIVE_MONTHS * 4:
        shares[rng.randrange(last)] = -0.6
    unit = rand * last / 12 / sum(shares)
    for month, share in enumerate(shares, 1):
        dice = rng.random()
        if month < last and dice < 0.02:
            continue
        yield Amount(year, "month", month, "ACT", None if dice > 0.985 else int(unit * share))
