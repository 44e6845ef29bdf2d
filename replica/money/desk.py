"""The part of the site that has the figures: what tests and the control URLs change and read there."""

from __future__ import annotations

import re
import threading
from typing import Any

from replica.ledger import Entry
from replica.money.books import Books
from replica.money.cells import FIGURE_CUBES
from replica.money.changes import FinanceMutator
from replica.money.figures import FigureLedger
from replica.money.plan import plan
from replica.money.setting import cell_named, remove_figure, set_figure
from replica.world import World

_DATA = re.compile(r"/api/cubes/(\w+)/(?:aggregate|facts)")


class FinanceDesk:
    """What `site.Site` is as the publisher of municipal figures. All methods may be called in any thread."""

    lock: threading.RLock
    books: Books

    def open_books(self, world: World, seed: int, finance_years: int) -> None:
        """Plan the figures; nothing is drawn before somebody asks. Raises ValueError."""
        self.books = Books(plan(world, seed, finance_years))
        self._finance_mutator = FinanceMutator(self.books, seed)
        self.crawl_delay: int | None = None  # seconds, said in robots.txt

    @property
    def finance_ledger(self) -> FigureLedger:
        return self.books.ledger

    def mutate_finances(self, n: int, cube: str = "") -> list[Entry]:
        """Change `n` figures (of one cube, where it is named); their entries in the finance ledger."""
        with self.lock:
            return self._finance_mutator.mutate(n, cube)

    def set_figure(
        self,
        cube: str,
        code: str,
        year: int,
        line: str,
        amount_type: str,
        amount: int | str | None,
        *,
        measure: str = "",
    ) -> list[Entry]:
        """Make one figure read so, in rand (None: null); see `money/cells.py` for what the lines are.

        Of an audit, `amount` is the code of an opinion. Raises ValueError for what is no figure.
        """
        with self.lock:
            cell = cell_named(cube, code, year, line, amount_type, measure)
            return set_figure(self.books, cell, amount)

    def remove_figure(
        self, cube: str, code: str, year: int, line: str, amount_type: str, *, measure: str = ""
    ) -> list[Entry]:
        """Take one figure away. Raises ValueError for what is no figure, KeyError where none is."""
        with self.lock:
            return remove_figure(self.books, cell_named(cube, code, year, line, amount_type, measure))

    def finances(self) -> list[dict[str, Any]]:
        """All figures that are published now."""
        with self.lock:
            return list(self.books.published())

    def tear(self, path: str) -> None:
        """Update the cube that is being read at this address, where its figures can change."""
        match = _DATA.match(path)
        if match and match.group(1) in FIGURE_CUBES:
            self.mutate_finances(1, match.group(1))
