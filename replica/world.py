"""The facts that the replica publishes: its projects, drawn from a seed, and the tallies per place."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from replica.fields import FIELDS, canonical
from replica.places import ALWAYS_EMPTY, BY_CODE, PLACES, Place
from replica.vocabulary import AGENTS, AWKWARD, PROGRAMMES, PROJECT_TYPES, REMARKS, RISKS, STATUSES, WORKS

_TYPES = tuple(PROJECT_TYPES)
_STATUSES = tuple(STATUSES)


@dataclass(slots=True, eq=False)
class Project:
    """One project as published; None is a blank cell. Money in cents, progress in hundredths of a percent."""

    number: int
    external_id: str
    name: str
    description: str | None
    municipalities: tuple[str, ...]
    programme: str
    project_type: str | None
    status: str | None
    progress: int | None
    budget: int | None
    expenditure: int | None
    start_date: date | None
    completion_date: date | None
    contractor: str | None
    implementing_agent: str | None
    latitude: float | None
    longitude: float | None
    remarks: str | None
    risk_rating: str | None
    households: str | None

    @property
    def province(self) -> str:
        return BY_CODE[self.municipalities[0]].province

    def facts(self) -> dict[str, Any]:
        """All published facts under the contract's names, as canonical strings (see `fields.canonical`)."""
        facts: dict[str, Any] = {}
        for field in FIELDS:
            facts |= canonical(field, getattr(self, field.attribute))
        return facts


@dataclass(slots=True)
class Tally:
    """What a municipality line says: projects listed there, and the sum of their budgets in cents."""

    projects: int = 0
    value: int = 0


class World:
    """All projects in their published order, and where each is listed. Not thread-safe: the site locks."""

    def __init__(self, projects: int, seed: int, provinces: Sequence[str] = ()) -> None:
        self._rng = random.Random(f"{seed}:world")
        self.places = tuple(p for p in PLACES if not provinces or p.province in provinces)
        self._used = tuple(place for place in self.places if place.code != ALWAYS_EMPTY)
        self.order: list[Project] = []
        self.by_id: dict[str, Project] = {}
        self.listed: dict[str, list[Project]] = {place.code: [] for place in self.places}
        self.tallies: dict[str, Tally] = {place.code: Tally() for place in self.places}
        self._next = 1
        weights = [self._rng.uniform(0.2, 3.0) for _ in self._used]
        for place in self._rng.choices(self._used, weights, k=projects):
            self.add(self._draw(place))

    def __iter__(self) -> Iterator[Project]:
        return iter(self.order)

    def __len__(self) -> int:
        return len(self.order)

    def create(self, rng: random.Random) -> Project:
        """Draw a new project at a random place with the caller's random numbers, and add it."""
        self._rng = rng
        return self.add(self._draw(rng.choice(self._used)))

    def add(self, project: Project) -> Project:
        self.order.append(project)
        self.by_id[project.external_id] = project
        for code in project.municipalities:
            self.listed[code].append(project)
            self.tallies[code].projects += 1
            self.tallies[code].value += project.budget or 0
        return project

    def remove(self, project: Project) -> None:
        self.order.remove(project)
        del self.by_id[project.external_id]
        for code in project.municipalities:
            self.listed[code].remove(project)
            self.tallies[code].projects -= 1
            self.tallies[code].value -= project.budget or 0

    def change(self, project: Project, attribute: str, value: Any) -> None:
        """Set one column, keeping the tallies right."""
        if attribute == "budget":
            for code in project.municipalities:
                self.tallies[code].value += (value or 0) - (project.budget or 0)
        setattr(project, attribute, value)

    def of_province(self, province: str) -> list[Project]:
        """Distinct projects of a province; a scheme never crosses a province's border here."""
        places = (place for place in self.places if place.province == province)
        own = (project for place in places for project in self.listed[place.code])
        return list({project.external_id: project for project in own}.values())

    def _draw(self, place: Place) -> Project:
        rng, number = self._rng, self._next
        self._next += 1
        status = rng.choice(_STATUSES)
        progress = _progress(rng, status)
        budget = draw_money(rng)
        start = date(rng.randint(2012, 2024), rng.randint(1, 12), rng.randint(1, 28))
        return Project(
            number=number,
            external_id=f"WP{10000 + number}",
            name=f"Replica scheme {number:05d}: {rng.choice(WORKS)}, phase {rng.randint(1, 4)}",
            description=_sometimes(rng, _description(rng, number), 0.9),
            municipalities=self._shared(place),
            programme=rng.choice(PROGRAMMES),
            project_type=_sometimes(rng, rng.choice(_TYPES), 0.95),
            status=status,
            progress=_sometimes(rng, progress, 0.95),
            budget=_sometimes(rng, budget, 0.95),
            expenditure=_sometimes(rng, budget * progress // 10000, 0.9),
            start_date=_sometimes(rng, start, 0.92),
            completion_date=_sometimes(rng, start.replace(year=start.year + rng.randint(1, 7)), 0.92),
            contractor=_sometimes(rng, f"Replica Contractor {rng.randint(1, 99)}", 0.85),
            implementing_agent=_sometimes(rng, rng.choice(AGENTS), 0.95),
            latitude=_near(rng, place.latitude),
            longitude=_near(rng, place.longitude),
            remarks=_sometimes(rng, rng.choice(REMARKS), 0.6),
            risk_rating=_sometimes(rng, rng.choice(RISKS), 0.8),
            households=_sometimes(rng, str(rng.randint(40, 46000)), 0.7),
        )

    def _shared(self, place: Place) -> tuple[str, ...]:
        """The municipalities of a scheme: nearly always one, sometimes two or three of one province."""
        if self._rng.random() > 0.04:
            return (place.code,)
        near = [p.code for p in self._used if p.province == place.province and p.code != place.code]
        return (place.code, *self._rng.sample(near, min(len(near), self._rng.randint(1, 2))))


def draw_money(rng: random.Random) -> int:
    """An amount in cents between about R100,000 and R10 billion; two in three are whole rand."""
    rand = int(10 ** rng.uniform(5, 9.7))
    return rand * 100 + (0 if rng.random() < 0.67 else rng.randint(1, 99))


def _progress(rng: random.Random, status: str) -> int:
    if STATUSES[status] in ("identification", "planning"):
        return 0
    if STATUSES[status] == "completed":
        return 10000
    return rng.randint(1, 98) * 100 + rng.choice((0, 0, 0, 50, 25))


def _description(rng: random.Random, number: int) -> str:
    if rng.random() < 0.1:
        return f"Made-up text {number}: {rng.choice(AWKWARD)}"
    return f"Made-up description of scheme {number} for {rng.randint(1, 60)} villages."


def _sometimes(rng: random.Random, value: Any, share: float) -> Any:
    return value if rng.random() < share else None


def _near(rng: random.Random, degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees + rng.uniform(-0.2, 0.2), 4)
