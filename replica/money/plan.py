"""Which municipalities have figures of which years, and what DWS's projects make of their grants."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from replica.money.reference import Municipality, municipalities, provides_water
from replica.world import World

# The day on which the figures were published: always the same, so that tests are; a demo has its own.
TODAY = date.fromisoformat(os.environ.get("REPLICA_TODAY") or "2026-11-02")
FIRST_YEAR = 2020
LAST_YEAR = max(2027, TODAY.year + (TODAY.month >= 7))  # by its end, as all: the current financial year
LAST_AUDITED = LAST_YEAR - 2
MONTHS_SO_FAR = max(1, (TODAY.month - 7) % 12)  # of the current year: the months that are over
MOST_YEARS = LAST_YEAR - FIRST_YEAR + 1
GRANTS_OF_PROJECTS = ("WSIG", "RBIG", "MIG", "USDG", "IUDG")
OWN_AGENTS = ("Local municipality (replica)", "District as water services authority (replica)")
SINCE = date(2019, 7, 1)

# Years outside the window, so that each recorded request finds rows.
_RECORDED: dict[str, dict[str, tuple[int, ...]]] = {
    "capital_v2": {"CPT": (2018, 2019, 2021)},
    "grants_v2": dict.fromkeys(("DC12", "EC109", "GT481"), (2020, 2021)),
    "audit_opinions": dict.fromkeys(("CPT", "JHB", "NMA"), (2018,)),
    "uifwexp": dict.fromkeys(("CPT", "JHB", "NMA"), (2018,)),
}


@dataclass(slots=True)
class Need:
    """What DWS says was spent, in rand, on a programme's projects that a municipality itself builds: on those
    that surely began in the years of the books, and on those without a date as well. `built`: one is done."""

    spent: int = 0
    at_most: int = 0
    built: bool = False


@dataclass
class Plan:
    """What to draw. `needs` is taken from the world as it was when the site opened."""

    seed: int
    years: tuple[int, ...]
    places: tuple[str, ...]
    needs: dict[tuple[str, str], Need] = field(default_factory=dict)

    def rng(self, *about: object) -> random.Random:
        """The random numbers of one part: the same whatever else is drawn before it."""
        return random.Random(f"{self.seed}:money:{':'.join(map(str, about))}")

    def of(self, cube: str, *, water_only: bool = True) -> Iterable[tuple[Municipality, tuple[int, ...]]]:
        """Each municipality that has figures in a cube, with its years."""
        extra = _RECORDED.get(cube, {})
        everyone = municipalities()
        for code in sorted({*self.places, *extra}):
            own = self.years if self._has_figures(code, water_only) else ()
            years = tuple(sorted({*own, *extra.get(code, ())}))
            if years:
                yield everyone[code], years

    def _has_figures(self, code: str, water_only: bool) -> bool:
        return code in self.places and (not water_only or provides_water(municipalities()[code]))


def plan(world: World, seed: int, finance_years: int) -> Plan:
    """The plan of a site: its last `finance_years` years, and the municipalities that the dashboard lists.

    Raises ValueError for years before the first of the cubes.
    """
    if not 0 <= finance_years <= MOST_YEARS:
        raise ValueError(f"finance_years is a number from 0 to {MOST_YEARS}, not {finance_years}.")
    years = tuple(range(LAST_YEAR - finance_years + 1, LAST_YEAR + 1))
    known = municipalities()
    return Plan(seed, years, tuple(p.code for p in world.places if p.code in known), _needs(world))


def _needs(world: World) -> dict[tuple[str, str], Need]:
    needs: dict[tuple[str, str], Need] = {}
    for project in world:
        if project.programme not in GRANTS_OF_PROJECTS or project.implementing_agent not in OWN_AGENTS:
            continue
        rand = -(-(project.expenditure or 0) // 100)
        recent = project.start_date is not None and project.start_date >= SINCE
        for code in project.municipalities:
            need = needs.setdefault((code, project.programme), Need())
            need.spent += rand if recent else 0
            need.at_most += rand if recent or project.start_date is None else 0
            need.built |= recent and project.progress == 10000
    return needs
