"""A municipality beside those that are most like it: of the same category, and nearest in population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any

from django.db.models import Exists, OuterRef

from projects.finances.comparing import Basis, Comparison
from projects.finances.comparison import COLUMNS, Column, Entry, Row, grant_name, sort_key
from projects.finances.comparison_table import Head, Table, head_of, table
from projects.models import MunicipalFigure, Municipality

PEERS = 8
_SHOWN = ("owed_per_person", "capital_budget_per_person", "capital_rate")


@dataclass(frozen=True, slots=True)
class Bar:
    """`width`: percent of the longest; None where there is no figure, or a negative one. `note`: where it is
    of something else than most."""

    place: Any
    entry: Entry
    note: str
    width: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One column, the most first. `year`: which financial year it is of."""

    head: Head
    year: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Peers:
    charts: list[Chart]
    table: Table
    count: int

    @property
    def own(self) -> tuple[Column, Entry] | None:
        """What the municipality has itself in the first chart in which it has something."""
        for chart in self.charts:
            entry = next(bar.entry for bar in chart.bars if bar.own)
            if entry.value is not None:
                return chart.head.column, entry
        return None


def peers_of(municipality: Any, basis: Basis) -> Peers | None:
    """None where it publishes nothing that is compared, or nobody is like it. Two queries."""
    alike = nearest(municipality, basis)
    comparison = Comparison([municipality, *alike], basis)
    rows = comparison.rows([municipality.pk, *(peer.pk for peer in alike)])
    if not alike or not rows[0].published:
        return None
    names = [*_SHOWN, *(grant_name(family, "rate") for family in rows[0].grants)]
    columns = [COLUMNS[name] for name in names if name in COLUMNS]
    charts = [_chart(column, rows) for column in columns if _known(column, rows)]
    return Peers(charts, table(rows, basis.years), len(alike))


def nearest(municipality: Any, basis: Basis) -> list[Any]:
    """Those of the same category that publish capital, grants or debt of what is compared, the nearest in
    population first; none where its own population is not known."""
    people = municipality.population_2016
    if not people:
        return []
    figures = MunicipalFigure.objects.compared(*basis.wanted("capital", "grants", "owed"))
    known = Municipality.objects.filter(category=municipality.category, population_2016__gt=0)
    others = known.exclude(pk=municipality.pk).filter(Exists(figures.filter(municipality=OuterRef("pk"))))
    return sorted(others, key=lambda peer: (abs(log(peer.population_2016 / people)), peer.pk))[:PEERS]


def _known(column: Column, rows: Sequence[Row]) -> bool:
    return any(column.entry(row).value is not None for row in rows)


def _chart(column: Column, rows: Sequence[Row]) -> Chart:
    key = sort_key(column)
    ordered = sorted(rows, key=lambda row: (key(row) is not None, key(row) or 0), reverse=True)
    most = max((Decimal(value) for row in rows if (value := key(row)) is not None), default=Decimal(0))
    head, year = head_of(column, rows)
    return Chart(head, year, [_bar(row, head, most, row is rows[0]) for row in ordered])


def _bar(row: Row, head: Head, most: Decimal, own: bool) -> Bar:
    entry = head.column.entry(row)
    value = None if entry.value is None else Decimal(entry.value)
    width = None if value is None or value < 0 or most <= 0 else f"{100 * value / most:.1f}"
    return Bar(row.municipality, entry, head.beside(entry), width, own)


__all__ = ["PEERS", "Bar", "Chart", "Peers", "nearest", "peers_of"]
