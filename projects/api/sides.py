"""What each source publishes of a municipality as a whole, beside our own sums over its projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from projects.declared import declared
from projects.health.sources import in_order
from projects.models import MunicipalityListing, Project, Source


@dataclass(frozen=True, slots=True)
class Sums:
    """Over the listed projects, in rand; None where none of them publishes one. `budgets` and
    `expenditures`: how many do."""

    count: int = 0
    budget: Decimal | None = None
    budgets: int = 0
    expenditure: Decimal | None = None
    expenditures: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.count + other.count,
            _added(self.budget, other.budget),
            self.budgets + other.budgets,
            _added(self.expenditure, other.expenditure),
            self.expenditures + other.expenditures,
        )


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other


@dataclass(frozen=True, slots=True)
class Side:
    """One source: the line that it publishes of the municipality, and our sums over its projects there."""

    source: Any  # a row of `publishers()`
    listing: MunicipalityListing | None = None
    own: Sums = field(default_factory=Sums)

    @property
    def called(self) -> str:
        return self.source.declared.called

    @property
    def has_lines(self) -> bool:
        """Whether the source publishes lines at all, of whichever municipality."""
        return self.source.has_lines


class Sides(list[Side]):
    """Those of one municipality, of each of the `publishers()` in their order."""

    @property
    def listing(self) -> MunicipalityListing | None:
        """The line of the first source that is declared."""
        first = next((source.name for source in declared()), "")
        return next((side.listing for side in self if side.source.pk == first), None)

    @property
    def own(self) -> Sums:
        """Over the projects of all."""
        return sum((side.own for side in self), Sums())

    @property
    def known(self) -> list[Side]:
        return [side for side in self if side.listing or side.own.count]

    @property
    def demo(self) -> bool:
        return any(side.source.demo for side in self.known)


def publishers() -> list[Any]:
    """The sources of which a project or a municipality's line is known, in their order; one query."""
    return in_order(Source.objects.publishers())


def give_sides(municipalities: Iterable[Any], sources: Sequence[Any]) -> None:
    """Adds `sides` to each: its side of each of the `publishers()`; two queries."""
    rows = list(municipalities)
    codes = [row.pk for row in rows]
    lines = MunicipalityListing.objects.filter(municipality__in=codes).select_related("source")
    listings = {(line.municipality_id, line.source_id): line for line in lines}
    sums = {key: Sums(*row) for key, row in Project.objects.sums_by_place(codes).items()}
    for row in rows:
        row.sides = Sides(
            Side(source, listings.get((row.pk, source.pk)), sums.get((row.pk, source.pk), Sums()))
            for source in sources
        )
