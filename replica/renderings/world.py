"""A world: what there is to be published, and what happens to it from one look to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from replica.renderings.places import PLACES, Place

STATUSES = (
    "identification", "planning", "design", "tender", "construction", "completed", "on_hold", "cancelled",
)  # fmt: skip
PROGRAMMES = ("RBIG", "WSIG", "MIG", "ACIP", "MWIG")
TYPES = (
    "bulk_water_supply", "water_treatment_works", "wastewater_treatment_works", "water_reticulation",
    "reservoir", "pump_station", "borehole", "sanitation",
)  # fmt: skip
# What makes a row of a list look like something else
AWKWARD = (
    "Total Control Valve Replacement", "Average Daily Demand Study, Zone 3", "Summary Dam Weir Repairs",
    "Grand Valley Water Supply", "Notes River Abstraction", "2nd Raw Water Pump & Rising Main",
    "R101 Pipeline Relocation", "St. Mark's Reservoir (5 Ml)", "O'Kiep Boreholes, 12 No.", "400mm Bulk Main",
    "Sub-total Farm Reticulation", "Project Name Board Bridge Crossing", "N/A Kraal Reservoir",
)  # fmt: skip
_TOWNS = (
    "Nkowankowa", "Makhado", "Seymour", "Tweefontein", "Mqanduli", "Vaalharts", "Middelplaas", "Ga-Ramokgopa",
    "Kwa-Dlangezwa", "Dikgale", "Thaba 'Nchu", "Olifantspoort", "Loskop", "Hluhluwe", "Brandvlei",
    "Groot-Marico", "Sekhukhune", "Ermelo", "Loeriesfontein", "Mt Frere", "Kamiesberg", "Bela-Bela",
)  # fmt: skip
_WORKS = (
    "Bulk Water Supply", "WWTW Upgrade", "Reservoir", "Water Reticulation", "Boreholes", "Pump Station",
    "Raw Water Pipeline", "Sanitation", "Water Treatment Works", "Outfall Sewer", "Bulk Scheme Refurbishment",
)  # fmt: skip
_SUFFIXES = ("", "", "", "", " Phase 1", " Phase 2", " Phase 2A", " (Stage 3)", ", Ward 7", " - Contract 4")
_FIRMS = (
    "Khato Civils", "Ndou & Sons CC", "WBHO", "Söhnge, Botha and Partners", "Mabopane 12 Trading (Pty) Ltd",
    "Esor Construction", "Sizwe Plant Hire", "Lepelle JV", "Aqua-Tech", "Group Five", "Zamani Projects",
)  # fmt: skip
_AGENTS = (
    "Lepelle Northern Water", "Umgeni-uThukela Water", "Amatola Water", "Magalies Water", "Municipality",
    "DBSA", "Rand Water", "MISA", "Own account",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """One project. `key` is what we know it by, and is never published."""

    key: int
    external_id: str
    name: str
    description: str | None
    place: Place
    programme: str | None
    project_type: str | None
    status: str | None
    progress_percentage: Decimal | None
    budget: Decimal | None
    expenditure: Decimal | None
    start_date: date | None
    completion_date: date | None
    contractor: str | None
    implementing_agent: str | None
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class World:
    """`look`: how many times it has changed; clocks on its pages go by it."""

    projects: tuple[Project, ...]
    places: tuple[Place, ...]
    scheme: str
    look: int = 0
    made: int = 0  # projects there have ever been: numbers are not given twice


@dataclass(frozen=True, slots=True)
class Event:
    """`kind`: created, gone, changed. `field`, `old`, `new`: of a change."""

    kind: str
    key: int
    field: str = ""
    old: Any = None
    new: Any = None


_SCHEMES: dict[str, Callable[[int, Random], str]] = {
    "plain": lambda number, rng: str(1001 + number * 7),
    "dashed": lambda number, rng: f"RB-{1 + number % 9}-{100 + number}",
    "slashed": lambda number, rng: f"MIG/LP{1000 + number * 3}/W/{10 + number % 9}/12",
    "padded": lambda number, rng: f"{number + 1:05d}",
    "letters": lambda number, rng: f"PMD{number + 210}",
    "dotted": lambda number, rng: f"{1 + number % 4}.{number + 10}.{rng.randint(1, 9)}",
}


def draw_world(rng: Random, most: int = 60) -> World:
    """A world of 6 to `most` projects in one to six municipalities."""
    places = tuple(rng.sample(PLACES, rng.randint(1, 6)))
    world = World((), places, rng.choice(sorted(_SCHEMES)))
    count = min(most, rng.choice((6, 8, 9, 12, 14, 18, 25, 40, 60)))
    for _ in range(count):
        world = _with_one_more(world, rng)
    return world


def _with_one_more(world: World, rng: Random) -> World:
    project = draw_project(world, rng)
    return replace(world, projects=(*world.projects, project), made=world.made + 1)


def _name(world: World, rng: Random) -> str:
    taken = {project.name.casefold() for project in world.projects}
    while True:
        if rng.random() < 0.12:
            name = rng.choice(AWKWARD)
        else:
            name = f"{rng.choice(_TOWNS)} {rng.choice(_WORKS)}{rng.choice(_SUFFIXES)}"
        if name.casefold() not in taken:
            return name


def _money(rng: Random) -> Decimal:
    """An amount of 0.2 to 1 200 million rand, more or less round."""
    size = rng.choice((10**5, 10**6, 10**7, 10**8))
    amount = rng.randint(2 * size, 12 * size)
    step = rng.choice((1, 1, 1000, 10_000))
    return Decimal(amount // step * step) + Decimal(rng.choice(("0", "0", "0.5", "0.37")))


def draw_project(world: World, rng: Random) -> Project:
    """One project more for a world, awkward now and then, with some of its fields not known."""
    place = rng.choice(world.places)
    status = rng.choice(STATUSES)
    budget = _money(rng)
    progress = {"completed": 100, "identification": 0, "planning": 0}.get(status, rng.randint(1, 99))
    start = date(2014, 1, 1) + timedelta(days=rng.randint(0, 4000))
    works = rng.choice(_WORKS).lower()

    def known(value: Any, share: float = 0.88) -> Any:
        return value if rng.random() < share else None

    spent = (budget * rng.randint(0, 115) / 100).quantize(Decimal("0.01"))
    point = (
        round(place.latitude + rng.uniform(-0.2, 0.2), 5),
        round(place.longitude + rng.uniform(-0.2, 0.2), 5),
    )
    return Project(
        key=world.made,
        external_id=_SCHEMES[world.scheme](world.made, rng),
        name=_name(world, rng),
        description=known(f"Construction of {works}, {rng.randint(2, 60)} km and {rng.randint(1, 9)} sites"),
        place=place,
        programme=known(rng.choice(PROGRAMMES)),
        project_type=known(rng.choice(TYPES)),
        status=known(status, 0.95),
        progress_percentage=known(Decimal(progress)),
        budget=known(budget, 0.95),
        expenditure=known(-spent if rng.random() < 0.01 else spent),
        start_date=known(start),
        completion_date=known(start + timedelta(days=rng.randint(200, 2500))),
        contractor=known(rng.choice(_FIRMS), 0.8),
        implementing_agent=known(rng.choice(_AGENTS)),
        point=known(point, 0.8),
    )


def _changed(project: Project, field: str, world: World, rng: Random) -> Project:
    """The project with another value of a field: now and then none, where it had one."""
    drawn = draw_project(world, rng)
    if field == "name":
        return replace(project, name=drawn.name)
    if field == "place":
        others = [place for place in PLACES if place != project.place]
        return replace(project, place=rng.choice([p for p in world.places if p != project.place] or others))
    if field == "progress_percentage" and project.progress_percentage is not None:
        step = min(Decimal(100), project.progress_percentage + rng.randint(1, 20))
        return replace(project, progress_percentage=step)
    return replace(project, **{field: getattr(drawn, field)})


_FIELDS = (
    "progress_percentage", "progress_percentage", "expenditure", "expenditure", "budget", "status",
    "completion_date", "completion_date", "start_date", "contractor", "implementing_agent", "description",
    "programme", "project_type", "point", "name", "place",
)  # fmt: skip


def mutate(world: World, rng: Random, count: int) -> tuple[World, list[Event]]:
    """What has become of a world, and the events in order. Nobody is both renamed or moved and otherwise
    changed between two looks, and at most one in six is gone."""
    world, events = replace(world, look=world.look + 1), []
    touched: dict[int, set[str]] = {}
    goings = 0
    for _ in range(count):
        act = rng.random()
        if act < 0.1 and (goings + 1) * 6 <= len(world.projects):
            gone = rng.choice([p for p in world.projects if p.key not in touched] or [None])
            if gone:
                world = replace(world, projects=tuple(p for p in world.projects if p is not gone))
                events.append(Event("gone", gone.key))
                goings += 1
        elif act < 0.2:
            world = _with_one_more(world, rng)
            events.append(Event("created", world.projects[-1].key))
            touched[world.projects[-1].key] = {"created"}
        elif event := _change(world, touched, rng):
            project, changed = event
            world = replace(world, projects=tuple(changed if p is project else p for p in world.projects))
            field = _differing(project, changed)
            events.append(
                Event("changed", project.key, field, getattr(project, field), getattr(changed, field))
            )
    return world, events


def _differing(old: Project, new: Project) -> str:
    return next(field for field in dict.fromkeys(_FIELDS) if getattr(old, field) != getattr(new, field))


def _change(world: World, touched: dict[int, set[str]], rng: Random) -> tuple[Project, Project] | None:
    project, field = rng.choice(world.projects), rng.choice(_FIELDS)
    before = touched.get(project.key, set())
    alone = {"name", "place", "created"}
    if field in before or before & alone or (field in alone and before):
        return None
    changed = _changed(project, field, world, rng)
    if changed == project:
        return None
    touched[project.key] = before | {field}
    return project, changed
