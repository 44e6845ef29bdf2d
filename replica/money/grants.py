"""Conditional grants: allocated (SCHD) and transferred (TRFR) by year, spent (ACT) by month.

What is spent fits the dashboard's projects, but for a known share of municipalities where it does not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from replica.money.cells import Row
from replica.money.drawing import monthly, people
from replica.money.plan import GRANTS_OF_PROJECTS, LAST_YEAR, MONTHS_SO_FAR, Need, Plan
from replica.money.reference import Municipality, provides_water

SHORT_SHARE, SILENT_SHARE = 1 / 8, 1 / 10
IN_KIND = {"RBIG": "RB7G", "WSIG": "WS6G", "MIG": "MIG6"}


@dataclass(frozen=True)
class Story:
    """How one grant of one municipality goes. `total`: rand spent over all years. `quirk`: "" where the books
    fit the dashboard; "short" where they say less; "silent" where they say nothing of it."""

    grant: str
    total: int
    quirk: str = ""
    in_kind: bool = False  # the allocation stands under the code of the in-kind grant
    free: bool = True  # no project of the dashboard hangs on it


def rows(plan: Plan) -> Iterator[Row]:
    """Facts of grants_v2."""
    for place, years in plan.of("grants_v2", water_only=False):
        for story in stories(plan, place, years):
            yield from _grant(plan, place, years, story)


def stories(plan: Plan, place: Municipality, years: tuple[int, ...]) -> list[Story]:
    """The grants of a municipality over its years."""
    rng = plan.rng("grants", place.code)
    needs = {grant: plan.needs.get((place.code, grant), Need()) for grant in GRANTS_OF_PROJECTS}
    held = {*_usual(rng, place), *(grant for grant, need in needs.items() if need.at_most)}
    odd, quirk = _odd(rng, needs)
    return [
        _story(rng, place, grant, needs.get(grant, Need()), len(years), quirk if grant == odd else "")
        for grant in sorted(held)
    ]


def _usual(rng: random.Random, place: Municipality) -> list[str]:
    """The grants that a municipality of its kind has; by chance, few of them for each."""
    if place.category == "A":
        return ["USDG", "RBIG"] if rng.random() < 0.4 else ["USDG"]
    general = "IUDG" if place.miif == "B1" and rng.random() < 0.6 else "MIG"
    if not provides_water(place):
        return [general] if place.category == "B" and rng.random() < 0.3 else []
    return [general, "WSIG", *(["RBIG"] if rng.random() < 0.4 else [])]


def _odd(rng: random.Random, needs: dict[str, Need]) -> tuple[str, str]:
    """Which grant's books do not fit the dashboard, and how: ("", "") for most municipalities."""
    short, silent = rng.random() < SHORT_SHARE, rng.random() < SILENT_SHARE
    built = [grant for grant, need in needs.items() if need.built and need.spent]
    if silent and built:
        return built[0], "silent"
    largest = max(needs, key=lambda grant: needs[grant].spent)
    return (largest, "short") if short and needs[largest].spent else ("", "")


def _story(rng: random.Random, place: Municipality, grant: str, need: Need, years: int, quirk: str) -> Story:
    usual = people(place) * rng.uniform(80, 300) * years
    enough = need.at_most * rng.uniform(1.3, 2.2) + usual
    total = need.spent * rng.uniform(0.2, 0.7) if quirk == "short" else enough
    in_kind = grant == "RBIG" and (rng.random() < 0.3 or place.code == "DC12")
    return Story(grant, int(total), quirk, in_kind, free=not need.at_most)


def _grant(plan: Plan, place: Municipality, years: tuple[int, ...], story: Story) -> Iterator[Row]:
    """The total is spread over the years so that what the months show comes to it, as far as they go."""
    rng = plan.rng("grant", place.code, story.grant)
    shares = [rng.uniform(0.5, 1.5) for _ in years]
    gone = [MONTHS_SO_FAR / 12 if year == LAST_YEAR else 1 for year in years]
    unit = story.total / sum(share * part for share, part in zip(shares, gone, strict=True))
    for year, share in zip(years, shares, strict=True):
        yield from _allocated(rng, place.code, year, int(unit * share), story)
        if story.quirk != "silent":
            yield from _spent(rng, place.code, year, int(unit * share), story)


def _allocated(rng: random.Random, code: str, year: int, rand: int, story: Story) -> Iterator[Row]:
    """Mostly a little more than was spent, sometimes far less (over-spent), rarely null or not supplied."""
    dice = rng.random()
    factor = rng.uniform(0.2, 0.6) if dice < 0.1 else rng.uniform(1.02, 1.5)
    amount = max(1, round(rand * factor / 1000)) * 1000
    if rng.random() < 0.12 and story.grant in IN_KIND:
        in_kind = max(1, amount // 5000) * 1000
        yield [code, IN_KIND[story.grant], year, "year", year, "SCHD", in_kind]
    if story.in_kind:
        yield [code, IN_KIND[story.grant], year, "year", year, "SCHD", amount]
        return
    if dice > 0.97:
        return
    yield [code, story.grant, year, "year", year, "SCHD", None if dice > 0.94 else amount]
    transferred = amount if rng.random() < 0.7 else int(amount * rng.uniform(0.2, 0.9))
    yield [code, story.grant, year, "year", year, "TRFR", transferred]


def _spent(rng: random.Random, code: str, year: int, rand: int, story: Story) -> Iterator[Row]:
    """By month. A grant that no project of the dashboard hangs on can have a year below nothing."""
    if story.free and rng.random() < 0.05:
        rand = -rand // 5
    for amount in monthly(rng, year, rand):
        yield [code, story.grant, *amount]
