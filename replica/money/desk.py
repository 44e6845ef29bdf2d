"""The part of the site that has the figures: what tests and the control URLs change and read there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any

from replica.ledger import Entry
from replica.money.books import Books
from replica.money.cache import AnswerCache
from replica.money.cells import FIGURE_CUBES, OWED_COLUMNS, Cell, Row, cells_of
from replica.money.debt import write
from replica.money.edits import FinanceMutator
from replica.money.figures import FigureLedger
from replica.money.plan import plan
from replica.money.reference import municipalities
from replica.money.spending import ITEMS
from replica.world import World

_DATA = re.compile(r"/api/cubes/(\w+)/(?:aggregate|facts)")
_SETTABLE = {"capital_v2": "capital", "grants_v2": "grant"}  # cube: measure


class FinanceDesk:
    """What `site.Site` is as the publisher of municipal figures. All methods may be called in any thread."""

    lock: threading.RLock
    books: Books
    answers: AnswerCache

    def open_books(self, world: World, seed: int, finance_years: int) -> None:
        """Plan the figures; nothing is drawn before somebody asks. Raises ValueError."""
        self.books = Books(plan(world, seed, finance_years))
        self._finance_mutator = FinanceMutator(self.books, seed)
        self.crawl_delay: int | None = None  # seconds, said in robots.txt
        self.answers = AnswerCache()

    @property
    def finance_ledger(self) -> FigureLedger:
        return self.books.ledger

    def mutate_finances(self, n: int, cube: str = "") -> list[Entry]:
        """Change `n` figures (of one cube, where it is named); their entries in the finance ledger."""
        with self.lock:
            return self._finance_mutator.mutate(n, cube)

    def set_figure(
        self, cube: str, code: str, year: int, line: str, amount_type: str, amount: int | None
    ) -> list[Entry]:
        """Make one figure read so, in rand (None: null); no entry where it did. `line`: a function of
        capital_v2, a grant of grants_v2. Raises ValueError for what is no figure of these."""
        cell = _cell(cube, code, year, line, amount_type)
        with self.lock:
            rows = self.books.cells.get(cell, [])
            before = self.books.read(_touched(cell, rows or [_new_row(cell)]))
            moved = () if rows else (cube,)
            if not rows:
                self.books.add(cube, _new_row(cell))
                rows = self.books.cells[cell]
            for row in rows[1:]:
                row[-1] = None if amount is None else row[-1]
            others = sum(row[-1] or 0 for row in rows[1:])
            rows[0][-1] = None if amount is None else amount - others
            return self.books.note(before, moved=moved)

    def set_owed(
        self, cube: str, code: str, year: int, line: str, month: int, **ages: int | None
    ) -> list[Entry]:
        """Make a municipality's balance of one month (0: the audited one of the year) read so, in rand by age
        (`g1`, `l30` …); an age that is not named stays, or is nothing in a new fact. The total is their sum;
        `total` sets it apart. `line`: `0200` of aged_creditor_v2, `1200`, `1200:2401` of aged_debtor_v2."""
        item, _, group = line.partition(":")
        period = [year, "month", month, "ACT"] if month else [year, "year", year, "AUDA"]
        lead = [code, *([group] if cube == "aged_debtor_v2" else []), item, *period]
        with self.lock:
            rows = [row for row in self.books.rows(cube) if row[: len(lead)] == lead]
            before = self.books.read(cells_of(cube, lead + [0] * OWED_COLUMNS))
            if not before:
                raise ValueError(f"{cube} {line} is nothing that is read: see cells.py.")
            if not rows:
                bad = [0, 0] if cube == "aged_debtor_v2" else []
                rows = [[*lead, *bad, *[0] * OWED_COLUMNS]]
                self.books.add(cube, rows[0])
            write(rows[0], ages)
            return self.books.note(before, moved=(cube,))

    def remove_figure(self, cube: str, code: str, year: int, line: str, amount_type: str) -> list[Entry]:
        """Take all facts of one figure away. Raises ValueError as `set_figure`, KeyError where none is."""
        cell = _cell(cube, code, year, line, amount_type)
        with self.lock:
            rows = list(self.books.cells.get(cell, ()))
            if not rows:
                raise KeyError(str(cell))
            before = self.books.read(_touched(cell, rows))
            for row in rows:
                self.books.remove(cube, row)
            return self.books.note(before, moved=(cube,))

    def finances(self) -> list[dict[str, Any]]:
        """All figures that are published now."""
        with self.lock:
            return list(self.books.published())

    def tear(self, path: str) -> None:
        """Update the cube that is being read at this address, where its figures can change."""
        match = _DATA.match(path)
        if match and match.group(1) in FIGURE_CUBES:
            self.mutate_finances(1, match.group(1))


def _cell(cube: str, code: str, year: int, line: str, amount_type: str) -> Cell:
    if code not in municipalities():
        raise ValueError(f"Unknown municipality {code!r}.")
    if cube not in _SETTABLE:
        raise ValueError(f"Unknown cube {cube!r}; known: {', '.join(_SETTABLE)}")
    cell = Cell(_SETTABLE[cube], code, year, line, amount_type)
    if cell not in cells_of(cube, _new_row(cell)):
        raise ValueError(f"{cell} is no figure: see cells.py for the lines and amount types.")
    return cell


def _touched(cell: Cell, rows: Iterable[Row]) -> list[Cell]:
    return list(dict.fromkeys(other for row in rows for other in cells_of(cell.cube, row)))


def _new_row(cell: Cell) -> Row:
    """A fact that counts towards the cell, without an amount."""
    monthly = cell.amount_type == "ACT"
    period = [cell.year, "month" if monthly else "year", 1 if monthly else cell.year, cell.amount_type, None]
    built = [ITEMS.get(cell.line, ("0180",))[0], "NEW"] if cell.measure == "capital" else []
    return [cell.code, cell.line, *built, *period]
