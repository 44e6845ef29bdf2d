"""Change the world as a department would, and write down what was changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from replica.fields import BY_ATTRIBUTE, canonical, decimal_text
from replica.ledger import Entry, Ledger
from replica.vocabulary import AGENTS, AWKWARD, REMARKS, RISKS, STATUSES, WORKS
from replica.world import Project, World, draw_money

Draw = Callable[[random.Random, Project], Any]


def _progress(rng: random.Random, project: Project) -> int:
    step = rng.choice((100, 150, 300, 525, 1200, -400))
    return min(10000, max(0, (project.progress or 0) + step))


def _money(attribute: str) -> Draw:
    def draw(rng: random.Random, project: Project) -> int:
        before = getattr(project, attribute)
        return draw_money(rng) if before is None else before + rng.randint(1, 9_000_000) * 100

    return draw


def _day(attribute: str) -> Draw:
    def draw(rng: random.Random, project: Project) -> Any:
        before = getattr(project, attribute) or project.start_date or project.completion_date
        return before and before + timedelta(days=rng.choice((-30, 14, 31, 90, 365)))

    return draw


def _name(rng: random.Random, project: Project) -> str:
    work = rng.choice((*AWKWARD, *WORKS))
    return f"Replica scheme {project.number:05d}: {work}, phase {rng.randint(2, 9)}"


def _contractor(rng: random.Random, project: Project) -> str:
    suffix = rng.choice(("", "", " & Söhne", ' "Bou"', " <JV>", " d'Orée"))
    return f"Replica Contractor {rng.randint(100, 999)}{suffix}"


# Columns of the lines, so that a quiet poll that reads only lists can see each of them.
LINE_DRAWS: dict[str, Draw] = {
    "progress": _progress,
    "budget": _money("budget"),
    "expenditure": _money("expenditure"),
    "status": lambda rng, project: rng.choice(tuple(STATUSES)),
    "start_date": _day("start_date"),
    "completion_date": _day("completion_date"),
    "contractor": _contractor,
    "name": _name,
    "remarks": lambda rng, project: f"{rng.choice((*REMARKS, *AWKWARD))} ({rng.randint(1, 99)})",
}
# Columns that only the project's own page has.
PAGE_DRAWS: dict[str, Draw] = {
    "description": lambda rng, project: f"Made-up text {rng.randint(1, 9999)}: {rng.choice(AWKWARD)}",
    "implementing_agent": lambda rng, project: rng.choice(AGENTS),
    "risk_rating": lambda rng, project: rng.choice(RISKS),
    "households": lambda rng, project: str(rng.randint(40, 46000)),
}
DRAWS = LINE_DRAWS | PAGE_DRAWS
_NEVER_CLEARED = {"name", "status"}


class Mutator:
    """Makes the mutations. The same seed and the same calls give the same changes."""

    def __init__(self, world: World, ledger: Ledger, seed: int) -> None:
        self.world, self.ledger = world, ledger
        self.removed: dict[str, Project] = {}
        self._rng = random.Random(f"{seed}:mutations")

    def mutate(self, n: int, *, part: str = "line") -> list[Entry]:
        """Make `n` mutations on `n` distinct projects; returns their entries, then those of the listings.

        About one in ten adds a project, one in eight clears a value, the others change one column.
        `part="page"` changes only columns that stand on the project's own page and nowhere else.
        """
        before = self._lines()
        added = 0 if part == "page" else sum(self._rng.random() < 0.1 for _ in range(n))
        changed = min(n - added, len(self.world))
        victims = self._rng.sample(range(len(self.world)), changed)
        draws = PAGE_DRAWS if part == "page" else LINE_DRAWS
        entries = [self._change(self.world.order[index], draws) for index in victims]
        entries += [self.create() for _ in range(n - changed)]
        return entries + self.listings(before)

    def create(self) -> Entry:
        project = self.world.create(self._rng)
        facts = {name: [None, value] for name, value in project.facts().items() if value is not None}
        return self.ledger.append("created", project.external_id, facts)

    def remove(self, external_id: str) -> list[Entry]:
        """Take a project off every list. Raises KeyError for an id that is not listed."""
        before, project = self._lines(), self.world.by_id[external_id]
        self.world.remove(project)
        self.removed[external_id] = project
        return [self.ledger.append("removed", external_id, {}), *self.listings(before)]

    def restore(self, external_id: str) -> list[Entry]:
        """List a removed project again, as it was. Raises KeyError for one that was not removed."""
        before = self._lines()
        self.world.add(self.removed.pop(external_id))
        return [self.ledger.append("restored", external_id, {}), *self.listings(before)]

    def set_value(self, external_id: str, attribute: str, value: Any) -> list[Entry]:
        """Set one column of one project (typed as in `world.Project`); no entry where nothing differs."""
        before, project = self._lines(), self.world.by_id[external_id]
        changes = self._apply(project, attribute, value)
        return (
            [self.ledger.append("updated", external_id, changes), *self.listings(before)] if changes else []
        )

    def _change(self, project: Project, draws: dict[str, Draw]) -> Entry:
        changes: dict[str, list[Any]] = {}
        while not changes:
            attribute = self._rng.choice(tuple(draws))
            clear = self._rng.random() < 0.125 and attribute not in _NEVER_CLEARED
            value = None if clear else draws[attribute](self._rng, project)
            changes = self._apply(project, attribute, value)
        return self.ledger.append("updated", project.external_id, changes)

    def _apply(self, project: Project, attribute: str, value: Any) -> dict[str, list[Any]]:
        field = BY_ATTRIBUTE[attribute]
        old, new = canonical(field, getattr(project, attribute)), canonical(field, value)
        self.world.change(project, attribute, value)
        return {name: [old[name], new[name]] for name in old if old[name] != new[name]}

    def _lines(self) -> dict[str, tuple[int, int]]:
        return {code: (tally.projects, tally.value) for code, tally in self.world.tallies.items()}

    def listings(self, before: dict[str, tuple[int, int]]) -> list[Entry]:
        """One entry per municipality line that reads differently from `before`."""
        entries = []
        for code, now in self._lines().items():
            changes: dict[str, list[Any]] = {}
            if now[0] != before[code][0]:
                changes["projects"] = [str(before[code][0]), str(now[0])]
            if now[1] != before[code][1]:
                changes["value"] = [decimal_text(before[code][1]), decimal_text(now[1])]
            if changes:
                entries.append(self.ledger.append("listing", code, changes))
        return entries
