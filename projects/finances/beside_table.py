"""DWS's sums for a municipality beside its own water capital and grants, as a table of its page. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from projects.finances.beside import Beside, BooksYear, Grant, beside
from projects.finances.sums import Sum
from projects.finances.tables import Table, TableCell, TableColumn, TableRow

_YEARS = 3  # the newest
_CAPITAL = "The books’ capital is that of the water and sanitation functions, without storm water."
_NOT_ALIKE = TableCell(text="–")


def beside_table(projects: Iterable[Any], figures: Iterable[Any]) -> Table | None:
    """Of one municipality; takes what `beside()` takes. None where there is no figure to stand beside."""
    known = beside(projects, figures)
    years = known.years[:_YEARS]
    if not years:
        return None
    columns = [
        TableColumn("DWS’s projects, whole"),
        *(TableColumn(f"Books of {year.label}") for year in years),
    ]
    return Table(
        "beside", "Beside the projects of DWS", columns, _rows(known, years), notes=[_CAPITAL, known.note]
    )


def _rows(known: Beside, years: tuple[BooksYear, ...]) -> list[TableRow]:
    dws = known.dws
    budget = _of_projects(dws.budget, dws.budgets, dws.projects)
    spent = _of_projects(dws.expenditure, dws.expenditures, dws.projects)
    rows = [
        TableRow(
            "Budget",
            [budget, *(_capital(year.budget) for year in years)],
            note="books: capital",
        ),
        TableRow(
            "Spent",
            [spent, *(_capital(year.spent) for year in years)],
            note="books: capital",
        ),
        TableRow(
            "Spending rate",
            [_NOT_ALIKE, *(TableCell(rate=year.rate) for year in years)],
            note="of the year’s own budget",
        ),
    ]
    families = dict.fromkeys(grant.family for year in years for grant in year.grants)
    return rows + [row for family in families for row in _grant_rows(family, years)]


def _of_projects(amount: Decimal | None, count: int, projects: int) -> TableCell:
    return (
        TableCell(text="not published")
        if amount is None
        else TableCell(sum=Sum(amount, count, projects), noun="project")
    )


def _capital(found: tuple[str, Sum] | None) -> TableCell:
    return TableCell(sum=found[1], kind=found[0]) if found else TableCell()


def _grant_rows(family: str, years: tuple[BooksYear, ...]) -> list[TableRow]:
    """What was allocated and spent under the family; what was allocated in kind apart."""
    grants = [next((grant for grant in year.grants if grant.family == family), None) for year in years]
    kinds = {"allocated": "allocated", "spent": "spent", "in_kind": "allocated in kind, not in the books"}
    rows = []
    for name, words in kinds.items():
        sums = [_grant_sum(grant, name) for grant in grants]
        if any(sums):
            rows.append(
                TableRow(f"{family}, {words}", [_NOT_ALIKE, *(TableCell(sum=found) for found in sums)])
            )
    return rows


def _grant_sum(grant: Grant | None, name: str) -> Sum | None:
    found: Sum | None = getattr(grant, name) if grant else None
    return found
