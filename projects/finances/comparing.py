"""What municipalities are compared by, asked of the record: of which years, in which order, with whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone

from projects.facts.finance import municipal_year
from projects.finances.attribution import Attribution, attribution
from projects.finances.comparison import COLUMNS, PARTS, Column, Part, Row, Years, compare, sort_key
from projects.models import MunicipalFigure
from projects.wording.figures import HERE

# What can be sorted by beside the columns: {name in the address: attribute of the municipality}
PLACES = {
    "name": "name",
    "municipality": "code",
    "province": "province",
    "category": "category",
    "population": "population_2016",
}
ORDERINGS = (*PLACES, *COLUMNS)


@dataclass(frozen=True, slots=True)
class Basis:
    """Of which year the figures of each part are. `known`: the years that have any, newest first; `unread`:
    the parts of which nothing has been read."""

    years: Years
    known: list[int]
    unread: frozenset[str]
    source: Attribution

    def wanted(self, *names: str) -> list[tuple[str, int | None]]:
        """(measure, financial year) of the figures of these parts, or of all; None: of every year."""
        return [
            (part.measure, self.years[part.name])
            for part in PARTS.values()
            if (part.name in names or not names) and (part.each or self.years[part.name])
        ]


def basis(year: int | None = None, source: Attribution | None = None) -> Basis:
    """Of one financial year, by its end; without one each part is of the newest year that is fit to be
    compared. One query, and one for the source where it is not given."""
    source = source or attribution()
    known = MunicipalFigure.objects.years_known([part.measure for part in PARTS.values()])
    parts = {name: known.get(part.measure, {}) for name, part in PARTS.items()}
    return Basis(
        {name: year or _newest(part, parts[name]) for name, part in PARTS.items()},
        sorted({year for years in known.values() for year in years}, reverse=True),
        frozenset(name for name, part in PARTS.items() if not parts[name] and part.cube not in source.cubes),
        source,
    )


def _newest(part: Part, known: Mapping[int, int]) -> int | None:
    return None if part.each else newest(known, part.over)


def newest(known: Mapping[int, int], over: bool, today: date | None = None) -> int | None:
    """Of {financial year: municipalities} the newest year that at least half as many publish as publish the
    best known one; with `over`, of the years that are. Where there is none, the newest of all."""
    current = municipal_year(today or timezone.now().astimezone(HERE).date())
    fit = {year: count for year, count in known.items() if year < current or not over} or known
    most = max(fit.values(), default=0)
    return max((year for year, count in fit.items() if 2 * count >= most), default=None)


class Comparison:
    """Municipalities in an order, and on demand the rows of some of them."""

    def __init__(self, places: Iterable[Any], basis: Basis, ordering: Sequence[str] = ()) -> None:
        self.basis = basis
        self._places = {place.pk: place for place in places}
        self._ordering = ordering
        self._rows: dict[str, Row] = {}

    @property
    def sorted_by(self) -> list[Column]:
        """The columns of figures that the order is by."""
        names = (name.removeprefix("-") for name in self._ordering)
        return [COLUMNS[name] for name in names if name in COLUMNS]

    def ids(self) -> list[str]:
        """The codes, in order. What is not known comes last, whichever way; names decide between equals."""
        codes = sorted(self._places, key=lambda code: (self._places[code].name, code))
        if self.sorted_by:
            self._rows = {row.municipality.pk: row for row in self.rows(codes)}
        for name in reversed(self._ordering):
            codes = self._sorted(codes, name.removeprefix("-"), name.startswith("-"))
        return codes

    def _sorted(self, codes: list[str], name: str, falling: bool) -> list[str]:
        if name in PLACES:
            keys = {code: getattr(self._places[code], PLACES[name]) for code in codes}
        else:
            key = sort_key(COLUMNS[name])
            keys = {code: key(self._rows[code]) for code in codes}
        known = [code for code in codes if keys[code] is not None]
        known.sort(key=lambda code: keys[code], reverse=falling)
        return known + [code for code in codes if keys[code] is None]

    def rows(self, codes: Collection[str]) -> list[Row]:
        """Of these municipalities; one query, none where the order was by their figures."""
        if self._rows:
            return [self._rows[code] for code in codes]
        figures = MunicipalFigure.objects.for_comparison(codes, *self.basis.wanted())
        own = {code: list(of) for code, of in groupby(figures, key=lambda figure: figure.municipality_id)}
        unread = self.basis.unread
        return [compare(self._places[code], own.get(code, ()), self.basis.years, unread) for code in codes]


__all__ = ["ORDERINGS", "Basis", "Comparison", "basis", "newest"]
