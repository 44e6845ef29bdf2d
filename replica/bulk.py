"""Mutations of many projects at once, and the move of one; all of them are in the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from replica.ledger import Entry
from replica.mutate import DRAWS, Mutator
from replica.places import ALWAYS_EMPTY
from replica.world import Project


class BulkMutator(Mutator):
    """`Mutator` for the mass edits, migrations and clean-ups that a department makes in one night."""

    _words = 0

    def mutate_many(self, share: float, attribute: str) -> list[Entry]:
        """Give a share (0 to 1) of the projects another value of one column; each is really different."""
        before = self._lines()
        entries = [self._changed(project, attribute) for project in self._some(share)]
        return entries + self.listings(before)

    def new_status(self, share: float, word: str = "") -> list[Entry]:
        """A status that nobody has seen yet: `word`, else a new one at each call."""
        self._words += 1
        word = word or f"Zeta review {self._words} (replica)"
        entries: list[Entry] = []
        for project in self._some(share):
            entries += self.set_value(project.external_id, "status", word)
        return entries

    def remove_many(self, share: float) -> list[Entry]:
        before, entries = self._lines(), []
        for project in self._some(share):
            self.world.remove(project)
            self.removed[project.external_id] = project
            entries.append(self.ledger.append("removed", project.external_id, {}))
        return entries + self.listings(before)

    def restore_all(self) -> list[Entry]:
        before, entries = self._lines(), []
        for external_id, project in self.removed.items():
            self.world.add(project)
            entries.append(self.ledger.append("restored", external_id, {}))
        self.removed.clear()
        return entries + self.listings(before)

    def move_first(self) -> list[Entry]:
        """Move the first project of the lists to another municipality of its province, to the end there.

        Nothing happens to an empty world, or where there is no other municipality.
        """
        project = next(iter(self.world), None)
        goal = self._elsewhere(project) if project else None
        if project is None or goal is None:
            return []
        before, old = self._lines(), project.facts()
        self.world.remove(project)
        project.municipalities = (goal,)
        self.world.add(project)
        new = project.facts()
        changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
        return [self.ledger.append("updated", project.external_id, changes), *self.listings(before)]

    def _elsewhere(self, project: Project) -> str | None:
        codes = [
            place.code
            for place in self.world.places
            if place.province == project.province
            and place.code != ALWAYS_EMPTY
            and place.code not in project.municipalities
        ]
        return self._rng.choice(codes) if codes else None

    def _some(self, share: float) -> list[Project]:
        return self._rng.sample(self.world.order, round(share * len(self.world)))

    def _changed(self, project: Project, attribute: str) -> Entry:
        changes: dict[str, list[Any]] = {}
        while not changes:
            changes = self._apply(project, attribute, self._another(project, attribute))
        return self.ledger.append("updated", project.external_id, changes)

    def _another(self, project: Project, attribute: str) -> Any:
        """A drawn value; a project without any date gets a fixed one."""
        drawn = DRAWS[attribute](self._rng, project)
        return date(2024, 7, 1) if drawn is None else drawn
