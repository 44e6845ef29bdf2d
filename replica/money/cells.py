"""The figures that a careful client gets: what a fact counts towards, once all the cuts are made.

| measure | cube | line | what is cut |
|---|---|---|---|
| capital | capital_v2 | function | functions 42xx, 43xx; capital types NEW, RENEWAL, UPGRADING |
| asset | capital_v2 | item | items 0310-0400, 0420-0470, of any function; the same capital types |
| income | incexp_v2 | function | the same functions; items 0200 to 1700 |
| expenditure | incexp_v2 | function | the same functions; items 2000 to 3000 |
| grant | grants_v2 | grant | all grants |
| uifw | uifwexp | item | no amount type |
| cash | cflow_v2 | item | item 0430 |
| opinion | audit_opinions | `opinion` | no amount type |
| bulk_debt | aged_creditor_v2 | item | item 0200 |
| debtors | aged_debtor_v2 | item, `item:group` | items 1200, 1500, each customer group by itself |

Amount types: ORGB, ADJB, AUDA (of grants SCHD, TRFR) of the year; ACT is the sum of its months, and of a debt
its last month's total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Row = list[Any]
FUNCTIONS = ("4201", "4202", "4203", "4301", "4302", "4303", "4304")
ASSETS = tuple(f"{code:04d}" for code in (*range(310, 401, 10), *range(420, 471, 10)))
CASH_AT_YEAR_END = "0430"
_CAPITAL_TYPES = {"NEW", "RENEWAL", "UPGRADING"}
_TYPES = {("year", "ORGB"), ("year", "ADJB"), ("year", "AUDA"), ("month", "ACT")}
_GRANT_TYPES = {("year", "SCHD"), ("year", "TRFR"), ("month", "ACT")}
_BALANCE_TYPES = {("year", "AUDA"), ("month", "ACT")}
BULK_WATER, DEBTOR_ITEMS = "0200", ("1200", "1500")
OWED_COLUMNS = 9  # of a debt: eight ages and the total
TIME = {"aged_creditor_v2": 2, "aged_debtor_v2": 3}  # where a debt's fact has its year, length, period, type
DEBT_CUBES = tuple(TIME)
_FUNCTIONS, _ASSETS = set(FUNCTIONS), set(ASSETS)
CUBE_OF = {
    "capital": "capital_v2",
    "asset": "capital_v2",
    "income": "incexp_v2",
    "expenditure": "incexp_v2",
    "grant": "grants_v2",
    "uifw": "uifwexp",
    "cash": "cflow_v2",
    "opinion": "audit_opinions",
    "bulk_debt": "aged_creditor_v2",
    "debtors": "aged_debtor_v2",
}
FIGURE_CUBES = tuple(dict.fromkeys(CUBE_OF.values()))


class Cell(NamedTuple):
    """One figure: municipality, financial year (by its end), and what it is of."""

    measure: str
    code: str
    year: int
    line: str
    amount_type: str

    @property
    def cube(self) -> str:
        return CUBE_OF[self.measure]


def cells_of(cube: str, row: Row) -> Iterator[Cell]:
    """The figures that a fact counts towards: none, one, or two (function and asset)."""
    if cube == "capital_v2":
        yield from _capital(row)
    elif cube == "incexp_v2":
        yield from _operating(row)
    elif cube == "grants_v2" and (row[3], row[5]) in _GRANT_TYPES:
        yield Cell("grant", row[0], row[2], row[1], row[5])
    elif cube == "uifwexp":
        yield Cell("uifw", row[0], row[2], row[1], "")
    elif cube == "cflow_v2" and row[1] == CASH_AT_YEAR_END and (row[3], row[5]) in _TYPES:
        yield Cell("cash", row[0], row[2], row[1], row[5])
    elif cube == "audit_opinions":
        yield Cell("opinion", row[0], row[1], "opinion", "")
    elif cube in DEBT_CUBES:
        yield from _owed(cube, row)


def _owed(cube: str, row: Row) -> Iterator[Cell]:
    code, group, item = (row[0], "", row[1]) if cube == "aged_creditor_v2" else row[:3]
    year, length, _, amount_type = row[TIME[cube] : TIME[cube] + 4]
    if (length, amount_type) not in _BALANCE_TYPES:
        return
    if cube == "aged_creditor_v2" and item == BULK_WATER:
        yield Cell("bulk_debt", code, year, item, amount_type)
    elif cube == "aged_debtor_v2" and item in DEBTOR_ITEMS:
        yield Cell("debtors", code, year, f"{item}:{group}" if group else item, amount_type)


def _capital(row: Row) -> Iterator[Cell]:
    code, function, item, kind, year, length, _, amount_type, _ = row
    if kind not in _CAPITAL_TYPES or (length, amount_type) not in _TYPES:
        return
    if function in _FUNCTIONS:
        yield Cell("capital", code, year, function, amount_type)
    if item in _ASSETS:
        yield Cell("asset", code, year, item, amount_type)


def _operating(row: Row) -> Iterator[Cell]:
    code, function, item, year, length, _, amount_type, _ = row
    if function not in _FUNCTIONS or (length, amount_type) not in _TYPES:
        return
    if "0200" <= item <= "1700":
        yield Cell("income", code, year, function, amount_type)
    elif "2000" <= item <= "3000":
        yield Cell("expenditure", code, year, function, amount_type)


def text(amount: int | None) -> str | None:
    """Rand as the ledgers write them: `12.00`."""
    return None if amount is None else f"{amount}.00"


def total(rows: Iterable[Row]) -> int | None:
    """The sum of what is not null; None where nothing is left."""
    amounts = [row[-1] for row in rows if row[-1] is not None]
    return sum(amounts) if amounts else None


def value(cell: Cell, rows: list[Row]) -> dict[str, str | None]:
    """What a cell says: `amount`, of an audit `opinion` and `report_url`; all None where it has no rows."""
    if cell.measure == "opinion":
        return {"opinion": rows[0][2] if rows else None, "report_url": rows[0][4] if rows else None}
    if cell.cube in DEBT_CUBES:
        place = TIME[cell.cube] + 2
        rows = sorted((row for row in rows if row[-1] is not None), key=lambda row: row[place])[-1:]
    return {"amount": text(total(rows))}
