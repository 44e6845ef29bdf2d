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

Amount types: ORGB, ADJB, AUDA (of grants SCHD, TRFR) of the year; ACT is the sum of its months.
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
        yield Cell("uifw", row[0], row[3], row[1], "")
    elif cube == "cflow_v2" and row[1] == CASH_AT_YEAR_END and (row[3], row[5]) in _TYPES:
        yield Cell("cash", row[0], row[2], row[1], row[5])
    elif cube == "audit_opinions":
        yield Cell("opinion", row[0], row[1], "opinion", "")


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
    return {"amount": text(total(rows))}
