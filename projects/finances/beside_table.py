"""DWS's sums for a municipality beside its own water capital, spending and grants, a table of its page. Pure.

Nothing is compared here that is not of one kind: DWS's sums stand beside the years of the books, each with
its own years named, and no figure is made of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.finances import sums
from projects.finances.sums import Sum
from projects.finances.tables import Table, TableCell, TableColumn, TableRow
from projects.languages import Words, gettext, gettext_noop

_YEARS = 3  # the newest
_CAPITAL = gettext_noop(
    "The books’ capital is that of the water and sanitation functions, without storm water."
)
_YEARS_DIFFER = gettext_noop(
    "DWS’s figures are of whole projects, from their start on; its financial years run from 1 April to"
    " 31 March. The municipality’s are of one year each, from 1 July to 30 June. Others may implement and"
    " pay for DWS’s projects, and one that several municipalities share counts whole with each of them."
)
_NOT_ALIKE = TableCell(text="–")
_BUDGET, _SPENT, _RATE = "Budget", "Spent", "Spending rate"
_NOTES = Words({_BUDGET: "books: capital", _SPENT: "books: capital", _RATE: "of the year’s own budget"})

_GRANT_ROWS = {
    "allocated": sums.ALLOCATED,
    "spent": sums.GRANT_SPENT,
    "allocated in kind, not in the books": sums.ALLOCATED,
}
_LABELS = Words({words: words for words in (_BUDGET, _SPENT, _RATE, *_GRANT_ROWS)})


def beside_table(projects: Iterable[Any], figures: Iterable[Any]) -> Table | None:
    """Of one municipality. `projects`: anything with `presence budget expenditure` (withdrawn ones are left
    out); `figures`: anything with the columns of `MunicipalFigure`. None where no figure is known."""
    by_year: dict[int, list[Any]] = {}
    for figure in filter(sums.usable, figures):
        by_year.setdefault(figure.financial_year, []).append(figure)
    books = {year: _of_year(by_year[year]) for year in sorted(by_year, reverse=True)}
    years = [year for year, cells in books.items() if cells][:_YEARS]
    if not years:
        return None
    listed = [project for project in projects if project.presence != "withdrawn"]
    dws = {
        _BUDGET: _of_projects([project.budget for project in listed]),
        _SPENT: _of_projects([project.expenditure for project in listed]),
    }
    rows = [
        TableRow(
            _label(label),
            [dws.get(label, _NOT_ALIKE), *(books[year].get(label, TableCell()) for year in years)],
            note=_NOTES.get(label, ""),
        )
        for label in (_BUDGET, _SPENT, _RATE, *_grants_of([books[year] for year in years]))
    ]
    books_of = gettext("Books of {year}")
    heads = [gettext("DWS’s projects, whole"), *(books_of.format(year=finance.year_label(y)) for y in years)]
    columns = [TableColumn(head) for head in heads]
    budgets = dws[_BUDGET].sum
    return Table(
        "beside",
        gettext("Beside the projects of DWS"),
        columns,
        rows,
        notes=[gettext(_CAPITAL), gettext(_YEARS_DIFFER)],
        budget=budgets.amount if budgets else None,
    )


def _label(row: str) -> str:
    family, _, words = row.partition(", ")
    return f"{family}, {_LABELS[words]}" if words else _LABELS[row]


def _of_projects(amounts: Sequence[Decimal | None]) -> TableCell:
    known = [amount for amount in amounts if amount is not None]
    if not known:
        return TableCell(text=gettext("not published"))
    return TableCell(sum=Sum(sum(known, Decimal(0)), len(known), len(amounts)), noun="project")


def _of_year(figures: Sequence[Any]) -> dict[str, TableCell]:
    """The cells by the labels of their rows: capital on water and sanitation, without storm water, and grants
    by family. The rate is of this one year."""
    capital = sums.by_line(f for f in figures if f.measure == "capital")
    water = [line for code, line in capital.items() if sums.group_of("capital", code) in sums.GROUPS]
    found = {
        label: TableCell(sum=of[1], kind=of[0])
        for label, of in ((_BUDGET, sums.budget(water)), (_SPENT, sums.spent(water)))
        if of
    }
    if rate := sums.rate(water):
        found[_RATE] = TableCell(rate=rate)
    grants = sums.by_family(sums.by_line(f for f in figures if f.measure == "grant"))
    for family, lines in grants.items():
        direct, in_kind = sums.parted(lines)
        for (words, kind), of in zip(_GRANT_ROWS.items(), (direct, direct, in_kind), strict=True):
            if total := sums.total(of, kind):
                found[f"{family}, {words}"] = TableCell(sum=total)
    return found


def _grants_of(books: Sequence[dict[str, TableCell]]) -> list[str]:
    """The labels of their rows, family by family."""
    labels = {label for cells in books for label in cells if label not in _NOTES}
    families = dict.fromkeys(label.partition(",")[0] for cells in books for label in cells)
    rows = (f"{family}, {words}" for family in families for words in _GRANT_ROWS)
    return [row for row in rows if row in labels]


__all__ = ["beside_table"]
