"""Faults of the data: what a page says that is not so, asked for by the renderers while they write.

The facts and the ledger never hear of it. Where a lie has to be the same in each answer (which rows are
missing), it goes by the project's number.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from replica.world import Project, Tally

if TYPE_CHECKING:
    from replica.faults import Fault
    from replica.fields import Field
    from replica.pager import Paging

T = TypeVar("T")
DROPPED_EVERY = 4
TOTALS_OFF_BY = 2
RENAMED_CAPTION, RENAMED_COLUMN = "Approved Amount XY", "ApprovedAmountXY"


class Lies:
    """What one answer says under the fault that strikes it; under any other fault, the truth."""

    def __init__(self, fault: Fault, rng: random.Random) -> None:
        self._name, self._attribute, self._rng = fault.name, fault.attribute, rng

    def on(self, *names: str) -> bool:
        return self._name in names

    def listed(self, projects: Sequence[Project]) -> Sequence[Project]:
        """The projects that a list has, its pager counted with them."""
        if not self.on("drop_rows", "drop_rows_counted"):
            return projects
        return [project for project in projects if not _is_dropped(project)]

    def shown(self, projects: Sequence[Project], everything: Sequence[Project]) -> list[Project]:
        """The projects of one page that are really there, in this answer's order."""
        if everything and self.on("drop_rows_few"):
            victim = everything[len(everything) // 2]
            projects = [project for project in projects if project is not victim]
        return self.reordered(projects)

    def paging(self, paging: Paging) -> Paging:
        """A pager with the count that it claims; an empty list has none."""
        if not paging.items or not self.on("lie_pager", "lie_pager_less"):
            return paging
        more = paging.items + paging.size
        less = paging.items - (paging.size if paging.pages > 1 else 1)
        return replace(paging, claimed=more if self.on("lie_pager") else less)

    def tally(self, tally: Tally, projects: Sequence[Project]) -> Tally:
        """What a line says of these projects."""
        if self.on("drop_rows"):
            kept = self.listed(projects)
            return Tally(len(kept), sum(project.budget or 0 for project in kept))
        off = TOTALS_OFF_BY if tally.projects and self.on("totals_off") else 0
        return Tally(tally.projects + off, tally.value)

    def value(self, field: Field, project: Project) -> Any:
        """One column's value; None is a blank cell."""
        blank = self.on("blank_column") and field.attribute == self._attribute
        return None if blank else getattr(project, field.attribute)

    def caption(self, attribute: str, label: str, *, own_page: bool = False) -> str:
        """What the lists or a project's own page call a column."""
        renamed = self.on("rename_column") or (self.on("rename_caption") and not own_page)
        return RENAMED_CAPTION if renamed and attribute == self._attribute else label

    def column(self, field: Field) -> str:
        """What the scripts call a column."""
        renamed = self.on("rename_column") and field.attribute == self._attribute
        return RENAMED_COLUMN if renamed else field.column

    def reordered(self, things: Sequence[T]) -> list[T]:
        """The things in the order of this answer."""
        if not self.on("shuffle", "shuffle_pages"):
            return list(things)
        return self._rng.sample(list(things), len(things))

    def loses_page(self, page: int) -> bool:
        return page > 0 and self.on("drop_pages")

    def empties_page(self, page: int) -> bool:
        return page > 0 and self.on("drop_pages_empty")


def _is_dropped(project: Project) -> bool:
    return project.number % DROPPED_EVERY == 0
