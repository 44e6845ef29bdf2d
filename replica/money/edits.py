"""Change the figures as municipalities and Treasury do, and write down what was changed."""

from __future__ import annotations

import random
from collections.abc import Callable

from replica.ledger import Entry
from replica.money import debt
from replica.money.books import Books
from replica.money.cells import DEBT_CUBES, TIME, Cell, Row, cells_of
from replica.money.figures import Values
from replica.money.governance import OPINIONS, report_url
from replica.money.plan import FIRST_YEAR, LAST_YEAR

Fits = Callable[[Cell], bool]
Before = dict[Cell, Values]  # the cells that a change touches, as they read before it
TRIES = 400  # draws of a cell before another kind of change is tried


def _is_told(cell: Cell, row: Row) -> bool:
    return cell.measure == "opinion" or bool(row[-1])


class FinanceMutator:
    """Makes the mutations. The same seed and the same calls give the same changes."""

    def __init__(self, books: Books, seed: int) -> None:
        self.books = books
        self._rng = random.Random(f"{seed}:money mutations")
        self._hidden: list[tuple[str, Row]] = []  # removed facts, oldest first
        self._blank: list[tuple[str, Row, int]] = []  # facts that are null now, and what they were

    def mutate(self, n: int, cube: str = "") -> list[Entry]:
        """Change `n` figures, of one cube where it is named; returns their entries in the ledger.

        Fewer where there are not so many; a fact of capital can have two entries.
        """
        changed: Before = {}
        for _ in range(n):
            changed |= {
                cell: old for cell, old in self._one(cube, set(changed)).items() if cell not in changed
            }
        return self.books.note(changed)

    def _one(self, cube: str, used: set[Cell]) -> Before:
        """Make one change; the cells it touched, as they read before. Empty where nothing fits. What is owed
        changes where its cube is named."""
        if cube in DEBT_CUBES:
            return self._owed(lambda cell: cell not in used and cube == cell.cube)
        kinds = [self._restate, self._audited, self._next_month, self._correct, self._opinion, self._blanked]
        kinds += [self._removed, self._restate, self._next_month]
        for kind in self._rng.sample(kinds, len(kinds)):
            before = kind(lambda c: c not in used and (c.cube == cube if cube else c.cube not in DEBT_CUBES))
            if before:
                return before
        return {}

    def _pick(self, fits: Fits) -> tuple[Cell, Row] | None:
        """A fact with an amount (an audit has none), of a random cell that fits."""
        cells = list(self.books.cells)
        for _ in range(min(TRIES, len(cells) * 4)):
            cell = self._rng.choice(cells)
            rows = [row for row in self.books.cells[cell] if _is_told(cell, row)] if fits(cell) else []
            if rows:
                return cell, self._rng.choice(rows)
        return None

    def _touched(self, cube: str, row: Row) -> Before:
        return self.books.read(list(cells_of(cube, row)))

    def _scaled(self, fits: Fits) -> Before:
        """Give one fact of a fitting cell another amount."""
        found = self._pick(fits)
        if found is None:
            return {}
        cell, row = found
        before = self._touched(cell.cube, row)
        row[-1] = int(row[-1] * self._rng.choice((0.8, 0.93, 1.07, 1.15, 1.4))) + self._rng.randint(1, 999)
        return before

    def _restate(self, fits: Fits) -> Before:
        """Restate a budget or an allocation of a year that is over."""
        budgets = ("ORGB", "ADJB", "SCHD")
        return self._scaled(
            lambda c: fits(c) and c.amount_type in budgets and FIRST_YEAR <= c.year < LAST_YEAR
        )

    def _audited(self, fits: Fits) -> Before:
        return self._scaled(lambda c: fits(c) and c.amount_type in ("AUDA", "") and c.measure != "opinion")

    def _correct(self, fits: Fits) -> Before:
        """Correct one month."""
        return self._scaled(lambda c: fits(c) and c.amount_type == "ACT")

    def _next_month(self, fits: Fits) -> Before:
        """Publish the next month of the current year for one line."""
        found = self._pick(lambda c: fits(c) and c.amount_type == "ACT" and c.year == LAST_YEAR)
        if found is None:
            return {}
        cell, row = found
        alike = [other for other in self.books.cells[cell] if other[:-3] == row[:-3]]
        newest = max(other[-3] for other in alike)
        if newest >= 12:
            return {}
        before = self._touched(cell.cube, row)
        amount = abs(row[-1]) + self._rng.randint(1, 5000)
        self.books.add(cell.cube, [*row[:-3], newest + 1, "ACT", amount])
        return before

    def _owed(self, fits: Fits) -> Before:
        """Publish the next month's balance, or let the newest grow old."""
        found = self._pick(lambda c: fits(c) and c.amount_type == "ACT" and c.year == LAST_YEAR)
        if found is None:
            return {}
        cell, _ = found
        month = TIME[cell.cube] + 2
        newest = max((r for r in self.books.cells[cell] if _is_told(cell, r)), key=lambda row: row[month])
        before = self._touched(cell.cube, newest)
        if newest[month] < 12 and self._rng.random() < 0.5:
            self.books.add(cell.cube, debt.next_month(self._rng, cell.cube, newest))
        else:
            debt.grow(self._rng, newest)
        return before

    def _opinion(self, fits: Fits) -> Before:
        """Another audit opinion, or the report that had not come yet."""
        found = self._pick(lambda c: fits(c) and c.measure == "opinion")
        if found is None:
            return {}
        cell, row = found
        before = self._touched(cell.cube, row)
        code = self._rng.choice([code for code in OPINIONS if code != row[2]])
        row[2:] = [code, OPINIONS[code], report_url(cell.code, cell.year)]
        return before

    def _blanked(self, fits: Fits) -> Before:
        """Turn an amount into null, or the oldest of those back."""
        if self._blank and self._rng.random() < 0.5:
            cube, row, amount = self._blank[0]
            if row[-1] is None and any(fits(cell) for cell in cells_of(cube, row)):
                before = self._touched(cube, row)
                row[-1] = amount
                del self._blank[0]
                return before
        found = self._pick(lambda c: fits(c) and c.measure != "opinion" and c.year >= FIRST_YEAR)
        if found is None:
            return {}
        cell, row = found
        before = self._touched(cell.cube, row)
        self._blank.append((cell.cube, row, row[-1]))
        row[-1] = None
        return before

    def _removed(self, fits: Fits) -> Before:
        """Withdraw a fact, or publish the oldest of those again."""
        if self._hidden and self._rng.random() < 0.5:
            cube, row = self._hidden[0]
            if any(fits(cell) for cell in cells_of(cube, row)):
                before = self._touched(cube, row)
                self.books.add(cube, row)
                del self._hidden[0]
                return before
        found = self._pick(lambda c: fits(c) and c.measure != "opinion" and c.year >= FIRST_YEAR)
        if found is None:
            return {}
        cell, row = found
        before = self._touched(cell.cube, row)
        self.books.remove(cell.cube, row)
        self._hidden.append((cell.cube, row))
        return before
