"""The published figures: facts by cube, drawn when first asked for; when each cube last moved; the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from replica.ledger import Entry
from replica.money import debt, governance, grants, spending
from replica.money.cells import FIGURE_CUBES, Cell, Row, cells_of, value
from replica.money.cubes import CUBES
from replica.money.figures import FigureLedger
from replica.money.plan import Plan

OPENED = datetime(2026, 11, 2, 6, 15)  # noqa: DTZ001 - the service prints a wall clock without a zone
_DRAWS: dict[str, Callable[[Plan], Iterable[Row]]] = {
    "capital_v2": spending.capital,
    "incexp_v2": spending.income_and_expenditure,
    "cflow_v2": spending.cash_flow,
    "grants_v2": grants.rows,
    "aged_creditor_v2": debt.bulk,
    "aged_debtor_v2": debt.customers,
    "audit_opinions": governance.opinions,
    "uifwexp": governance.irregular,
    "municipalities": lambda plan: governance.places(),
    "demarcation_changes": lambda plan: governance.changes(),
}


class Books:
    """Not thread-safe: the site locks."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ledger = FigureLedger()
        self._rows: dict[str, list[Row]] = {}
        self._cells: dict[Cell, list[Row]] | None = None
        self._moved: dict[str, datetime] = {}
        self._clock = OPENED

    def rows(self, cube: str) -> list[Row]:
        """The facts of a cube, the same list at each call."""
        if cube not in self._rows:
            self._rows[cube] = list(_DRAWS[cube](self.plan))
        return self._rows[cube]

    def last_updated(self, cube: str) -> str:
        """`2026-11-02T06:15`; of one that nobody updates the month that the service says."""
        if not CUBES[cube].is_updated:
            return "2016-12"
        return self._moved.get(cube, OPENED).strftime("%Y-%m-%dT%H:%M")

    def tick(self, cubes: Iterable[str]) -> None:
        """Let the clock of the figures go on by a minute, and these cubes be updated then."""
        cubes = set(cubes)
        if cubes:
            self._clock += timedelta(minutes=1)
            self._moved |= dict.fromkeys(cubes, self._clock)

    @property
    def cells(self) -> dict[Cell, list[Row]]:
        """Each figure with the facts that it sums up; a figure without facts is not there, or has none."""
        if self._cells is None:
            self._cells = {}
            for cube in FIGURE_CUBES:
                for row in self.rows(cube):
                    self._enter(cube, row)
        return self._cells

    def _enter(self, cube: str, row: Row) -> None:
        assert self._cells is not None
        for cell in cells_of(cube, row):
            self._cells.setdefault(cell, []).append(row)

    def add(self, cube: str, row: Row) -> None:
        """Publish one more fact."""
        assert self.cells is not None
        self.rows(cube).append(row)
        self._enter(cube, row)

    def remove(self, cube: str, row: Row) -> None:
        """Publish a fact no more: this very one, not one that reads alike."""
        _drop(self.rows(cube), row)
        for cell in cells_of(cube, row):
            _drop(self.cells[cell], row)

    def read(self, cells: Iterable[Cell]) -> dict[Cell, dict[str, str | None]]:
        """What the cells say now."""
        return {cell: value(cell, self.cells.get(cell, [])) for cell in cells}

    def note(self, before: dict[Cell, dict[str, str | None]], moved: Iterable[str] = ()) -> list[Entry]:
        """Write down which of these cells read differently now, and let time go on for their cubes.

        `moved`: cubes that were updated in any case; null and no row at all read alike in the ledger.
        """
        after = self.read(before)
        found = [
            self.ledger.record(cell, old, after[cell], missing=not self.cells.get(cell))
            for cell, old in before.items()
        ]
        entries = [entry for entry in found if entry is not None]
        self.tick([*moved, *(entry["cube"] for entry in entries)])
        return entries

    def published(self) -> Iterator[dict[str, Any]]:
        """Every figure, as the ledger names it."""
        for cell, rows in self.cells.items():
            if rows:
                yield {
                    "cube": cell.cube,
                    "measure": cell.measure,
                    "code": cell.code,
                    "financial_year": cell.year,
                    "line": cell.line,
                    "amount_type": cell.amount_type,
                    **value(cell, rows),
                }


def _drop(rows: list[Row], row: Row) -> None:
    del rows[next(index for index, other in enumerate(rows) if other is row)]
