"""Set or take away one figure, for tests: the cell reads so afterwards, and the ledger has it."""

from __future__ import annotations

from collections.abc import Iterable

from replica.ledger import Entry
from replica.money.books import Books
from replica.money.cells import ASSETS, CUBE_OF, Cell, Row, cells_of
from replica.money.governance import KINDS, OPINIONS
from replica.money.reference import municipalities
from replica.money.spending import ITEMS

_OPERATING_ITEMS = {"income": "0400", "expenditure": "2500"}


def cell_named(cube: str, code: str, year: int, line: str, amount_type: str, measure: str = "") -> Cell:
    """The cell meant; incexp_v2 is `expenditure` unless `measure` says `income`. Raises ValueError."""
    if code not in municipalities():
        raise ValueError(f"Unknown municipality {code!r}.")
    measures = [name for name, of in CUBE_OF.items() if of == cube]
    if not measures:
        raise ValueError(f"Unknown cube {cube!r}; known: {', '.join(sorted(set(CUBE_OF.values())))}")
    if not measure:
        measure = {"capital_v2": "asset" if line in ASSETS else "capital", "incexp_v2": "expenditure"}.get(
            cube, measures[0]
        )
    cell = Cell(measure, code, year, line, amount_type)
    if cell not in cells_of(cube, _new_row(cell)):
        raise ValueError(f"{cell} is no figure: see cells.py for the lines and amount types.")
    return cell


def set_figure(books: Books, cell: Cell, amount: int | str | None) -> list[Entry]:
    """Make a cell read so (rand, None: null; of an audit the code of an opinion). No entry where it did."""
    rows = books.cells.get(cell, [])
    before = books.read(_touched(cell, rows or [_new_row(cell)]))
    moved = () if rows else (cell.cube,)
    if not rows:
        books.add(cell.cube, _new_row(cell))
        rows = books.cells[cell]
    if cell.measure == "opinion":
        rows[0][2:4] = [str(amount), OPINIONS[str(amount)]]
    else:
        for row in rows[1:]:
            row[-1] = None if amount is None else row[-1]
        others = sum(row[-1] or 0 for row in rows[1:])
        rows[0][-1] = None if amount is None else int(amount) - others
    return books.note(before, moved=moved)


def remove_figure(books: Books, cell: Cell) -> list[Entry]:
    """Take all facts of a cell away. Raises KeyError where it has none."""
    rows = list(books.cells.get(cell, ()))
    if not rows:
        raise KeyError(str(cell))
    before = books.read(_touched(cell, rows))
    for row in rows:
        books.remove(cell.cube, row)
    return books.note(before, moved=(cell.cube,))


def _touched(cell: Cell, rows: Iterable[Row]) -> list[Cell]:
    return list(dict.fromkeys(other for row in rows for other in cells_of(cell.cube, row)))


def _new_row(cell: Cell) -> Row:
    """A fact that counts towards the cell, without an amount."""
    monthly = cell.amount_type == "ACT"
    period = [cell.year, "month" if monthly else "year", 1 if monthly else cell.year, cell.amount_type, None]
    if cell.measure == "capital":
        return [cell.code, cell.line, ITEMS.get(cell.line, ("0180",))[0], "NEW", *period]
    if cell.measure == "asset":
        function = next((name for name, items in ITEMS.items() if cell.line in items), "4202")
        return [cell.code, function, cell.line, "NEW", *period]
    if cell.measure in _OPERATING_ITEMS:
        return [cell.code, cell.line, _OPERATING_ITEMS[cell.measure], *period]
    if cell.measure == "uifw":
        return [cell.code, cell.line, KINDS[cell.line], cell.year, None]
    if cell.measure == "opinion":
        return [cell.code, cell.year, "outstanding", OPINIONS["outstanding"], None]
    return [cell.code, cell.line, *period]
