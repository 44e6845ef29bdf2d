"""What municipalities owe for bulk water, and their customers owe them: balances at the end of a month."""

from __future__ import annotations

import random
from collections.abc import Iterator

from replica.money.cells import BULK_WATER, OWED_COLUMNS, TIME, Row
from replica.money.drawing import MISSING_SHARE, NULL_SHARE, people
from replica.money.plan import LAST_AUDITED, LAST_YEAR, MONTHS_SO_FAR, Plan
from replica.money.reference import Municipality

# As the cubes have their columns; the total stands last.
AGES = ("g1", "l1", "l120", "l150", "l180", "l30", "l60", "l90")
_ELECTRICITY = "0100"
# Of a debt that nobody pays; and of one that is paid in time.
_ROTTEN = (0.55, 0.15, 0.05, 0.04, 0.04, 0.07, 0.05, 0.05)
_FRESH = (0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.08, 0.02)
_GROUPS = {"2227": 0.05, "2251": 0.04, "2301": 0.16, "2401": 0.7}
_REST = "2501"
_YEARS_BY_CUSTOMER = 2


def bulk(plan: Plan) -> Iterator[Row]:
    """Facts of aged_creditor_v2. Some pay in time; one in fifteen spells its audited debts with a minus."""
    for place, years in plan.of("aged_creditor_v2"):
        rng = plan.rng("bulk", place.code)
        shares = _ROTTEN if rng.random() < 0.6 else _FRESH
        sign = -1 if rng.random() < 1 / 15 else 1
        rand = people(place) * rng.uniform(20, 300)
        for balance in _balances(rng, years, rand, shares, sign):
            yield [place.code, BULK_WATER, *balance]
            if balance[1] == "year":
                yield [place.code, _ELECTRICITY, *balance]


def customers(plan: Plan) -> Iterator[Row]:
    """Facts of aged_debtor_v2, of the newest years: the whole item (no group), and the same by customer."""
    for place, years in plan.of("aged_debtor_v2"):
        for item, each in (("1200", 900), ("1500", 400)):
            rng = plan.rng("customers", place.code, item)
            newest = years[-_YEARS_BY_CUSTOMER:]
            rows = (
                split
                for balance in _balances(rng, newest, people(place) * each, _ROTTEN)
                for split in _split(place, balance)
            )
            yield from ([place.code, group, item, *row[:4], 0, 0, *row[4:]] for group, row in rows)


def _split(place: Municipality, balance: Row) -> Iterator[tuple[str, Row]]:
    """The whole item, and for the most of them its customer groups, which come to it."""
    yield "", balance
    if place.code[-1] in "13579" or balance[-1] is None:
        return
    rest = balance[4:-1]
    for group, share in _GROUPS.items():
        amounts = [int(amount * share) for amount in balance[4:-1]]
        rest = [left - amount for left, amount in zip(rest, amounts, strict=True)]
        yield group, [*balance[:4], *amounts, sum(amounts)]
    yield _REST, [*balance[:4], *rest, sum(rest)]


def _balances(
    rng: random.Random, years: tuple[int, ...], rand: float, shares: tuple[float, ...], sign: int = 1
) -> Iterator[Row]:
    """Of each month, and audited of each year: [year, length, period, amount type, ages …, total]."""
    owed = rand
    for year in years:
        for month in range(1, (MONTHS_SO_FAR if year == LAST_YEAR else 12) + 1):
            owed *= rng.uniform(0.97, 1.06)
            dice = rng.random()
            if dice < MISSING_SHARE:
                continue
            null = dice < MISSING_SHARE + NULL_SHARE
            amounts = [None] * (len(AGES) + 1) if null else _aged(rng, owed, shares)
            yield [year, "month", month, "ACT", *amounts]
        if year <= LAST_AUDITED:
            yield [year, "year", year, "AUDA", *(sign * amount for amount in _aged(rng, owed, shares))]


def _aged(rng: random.Random, rand: float, shares: tuple[float, ...]) -> list[int]:
    """By age, and in total."""
    ages = [int(rand * share * rng.uniform(0.85, 1.15)) for share in shares]
    return [*ages, sum(ages)]


def write(row: Row, ages: dict[str, int | None]) -> None:
    """Give a fact these amounts by age, and the total that they come to, or the one that is given."""
    amounts = dict(zip(AGES, row[-OWED_COLUMNS:-1], strict=True)) | ages
    total = amounts.pop("total", None)
    known = [amount for amount in amounts.values() if amount is not None]
    row[-OWED_COLUMNS:-1] = amounts.values()
    row[-1] = total if "total" in ages else sum(known) if known else None


def grow(rng: random.Random, row: Row) -> None:
    """Let what is over a year old grow, and the total with it."""
    more = int(abs(row[-1]) * rng.choice((0.08, 0.2, 0.35))) + rng.randint(1, 999)
    row[-OWED_COLUMNS] += more
    row[-1] += more


def next_month(rng: random.Random, cube: str, row: Row) -> Row:
    """The balance of the month after that of a row."""
    amounts = [int(amount * rng.uniform(0.98, 1.12)) for amount in row[-OWED_COLUMNS:-1]]
    after = [*row[:-OWED_COLUMNS], *amounts, sum(amounts)]
    after[TIME[cube] + 2] += 1
    return after
