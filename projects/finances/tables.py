"""The figures of one municipality as the tables of its page, newest financial year first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from projects.facts import finance
from projects.finances.sums import (
    GROUP_NAMES,
    GROUPS,
    WHOLE,
    Line,
    Rate,
    Sum,
    by_family,
    by_line,
    flags,
    grant_rate,
    group_of,
    rate,
    through,
    total,
)
from projects.languages import MARKED, Words, gettext, gettext_noop
from projects.wording import figures

_BUDGET_COLUMNS = Words({
    "ORGB": "Original budget",
    "ADJB": "Adjusted budget",
    "AUDA": "Audited actual",
    "ACT": "Actual so far",
})  # fmt: skip
_GRANT_COLUMNS = Words({"SCHD": "Allocated", "TRFR": "Transferred", "ACT": "Spent"})
_AUDITED = Words({"AUDA": "Spent (audited)"})


@dataclass(frozen=True, slots=True)
class TableCell:
    """A published figure with its flags, a sum over so many of a `noun`, a rate or a text; else there is no
    figure. `kind`: of a sum, which of several kinds it is. `dated`: the head of its column does not say how
    far it goes.
    """

    figure: Any = None
    sum: Sum | None = None
    rate: Rate | None = None
    text: str = ""
    noun: str = "line"
    kind: str = ""
    flags: tuple[str, ...] = ()
    dated: bool = True


@dataclass(frozen=True, slots=True)
class TableRow:
    """`kind`: "line", "sum" of the lines above, or "apart": shown, and in no sum."""

    label: str
    cells: list[TableCell]
    kind: str = "line"
    code: str = ""
    note: str = ""
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`through`: how far all figures of the column go, blank where they differ or are of whole years."""

    head: str
    through: str = ""


@dataclass(slots=True)
class Table:
    name: str  # for the ids of the page
    title: str
    columns: list[TableColumn]
    rows: list[TableRow]
    rate_head: str = ""  # blank: no rates
    notes: list[str] = field(default_factory=list)
    budget: Decimal | None = None  # of the projects that it sets beside the books


@dataclass(slots=True)
class Year:
    """`financial_year` by its end; `tables` has only those with a figure in them."""

    financial_year: int
    tables: list[Table]
    answers: Any = None  # what stands beside it of those who are concerned, where a page asks for that

    @property
    def headline(self) -> str:
        """`Capital, water and sanitation: R1.24 billion audited actual`; blank where nothing is an amount."""
        return next(filter(None, map(_headline, self.tables)), "")

    @property
    def label(self) -> str:
        return finance.year_label(self.financial_year)

    @property
    def span(self) -> str:
        first, last = finance.year_span(self.financial_year)
        return gettext("{first} to {last}").format(
            first=figures.long_date(first), last=figures.long_date(last)
        )


def years(published: Iterable[Any]) -> list[Year]:
    """Of the figures of one municipality, newest financial year first; what is owed has its own part of the
    page."""
    of_years = (figure for figure in published if figure.measure not in finance.BALANCES)
    newest_first = sorted(of_years, key=lambda figure: -figure.financial_year)
    grouped = groupby(newest_first, key=lambda figure: figure.financial_year)
    return [Year(year, _tables(list(of_year))) for year, of_year in grouped]


def _headline(table: Table) -> str:
    """Its widest sum, or its first line, in the furthest column that has an amount."""
    row = next((row for row in reversed(table.rows) if row.kind == "sum"), table.rows[0])
    amounts = [(column.head, _amount(cell)) for column, cell in zip(table.columns, row.cells, strict=False)]
    known = [(head, amount) for head, amount in amounts if amount is not None]
    if not known:
        return ""
    head, amount = known[-1]
    of = f"{_SHORT[table.name]}, {row.label.lower()}" if table.name in _BUDGETS else row.label
    return f"{of}: {figures.short_rand(amount)} {head.lower()}"


def _amount(cell: TableCell) -> Decimal | None:
    if cell.sum is not None:
        return cell.sum.amount
    return None if cell.figure is None else cell.figure.amount


def _tables(of_year: list[Any]) -> list[Table]:
    """The tables of one year that have a row."""
    odd = flags(of_year)
    measures: dict[str, dict[str, Line]] = {}
    for measure in {figure.measure for figure in of_year}:
        measures[measure] = by_line(figure for figure in of_year if figure.measure == measure)
    tables = [_budget_table(*words, measures.get(words[0], {}), odd) for words in _BUDGET_TABLES]
    tables += [_grant_table(measures.get("grant", {}), odd), _ends_table(measures, odd)]
    return [table for table in tables if table.rows]


# What a headline calls them.
_SHORT = Words(
    {
        "capital": "Capital",
        "asset": "Capital",
        "income": "Operating income",
        "expenditure": "Operating expenditure",
    }
)
_TWO_CUTS = gettext_noop(
    "By function and by class of asset are two cuts of the same money: the first says whose vote it is, the"
    " second what is built. They must not be added."
)
_BUDGET_TABLES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("capital", "Capital, by function", "Spent of the budget", ()),
    ("asset", "Capital, by class of asset", "Spent of the budget", (_TWO_CUTS,)),
    ("income", "Operating income", "Of the budget", ()),
    ("expenditure", "Operating expenditure", "Of the budget", ()),
)
MARKED.update(words for _, *named, _ in _BUDGET_TABLES for words in named)
_BUDGETS = frozenset(name for name, *_ in _BUDGET_TABLES)


def _budget_table(
    measure: str,
    title: str,
    rate_head: str,
    notes: Sequence[str],
    lines: dict[str, Line],
    odd: dict[int, Any],
) -> Table:
    rows = [
        *_grouped_rows(measure, lines, odd),
        *(_line(measure, code, line, odd, "apart") for code, line in _apart(measure, lines)),
    ]
    told = [gettext(note) for note in notes]
    return Table(measure, gettext(title), *_headed(_BUDGET_COLUMNS, rows), gettext(rate_head), told)


def _apart(measure: str, lines: dict[str, Line]) -> Iterator[tuple[str, Line]]:
    return ((code, line) for code, line in lines.items() if group_of(measure, code) not in GROUPS)


def _grouped_rows(measure: str, lines: dict[str, Line], odd: dict[int, Any]) -> Iterator[TableRow]:
    """Water, its sum, sanitation, its sum, and the sum of both; a sum only where it adds something up."""
    groups = {
        group: {code: line for code, line in lines.items() if group_of(measure, code) == group}
        for group in GROUPS
    }
    for group, members in groups.items():
        yield from (_line(measure, code, line, odd) for code, line in members.items())
        if len(members) > 1:
            yield _sum_row(GROUP_NAMES[group], list(members.values()))
    if all(groups.values()):
        yield _sum_row(GROUP_NAMES[WHOLE], [line for of in groups.values() for line in of.values()])


def _line(measure: str, code: str, line: Line, odd: dict[int, Any], kind: str = "line") -> TableRow:
    label = finance.line_label(measure, code)
    note = gettext("drainage or other: in no sum") if kind == "apart" else ""
    return TableRow(label, _cells(line, _BUDGET_COLUMNS, odd), kind, code, note, rate([line]))


def _sum_row(label: str, lines: list[Line]) -> TableRow:
    return TableRow(label, _sums(lines, _BUDGET_COLUMNS), "sum", rate=rate(lines))


def _cells(line: Line, columns: Words, odd: dict[int, Any]) -> list[TableCell]:
    return [_cell(line.get(kind), odd) for kind in columns]


def _cell(figure: Any, odd: dict[int, Any]) -> TableCell:
    return TableCell(figure, flags=tuple(odd.get(figure.pk, ())) if figure else ())


def _sums(lines: list[Line], columns: Words) -> list[TableCell]:
    return [TableCell(sum=total(lines, kind)) for kind in columns]


def _headed(columns: Words, rows: list[TableRow]) -> tuple[list[TableColumn], list[TableRow]]:
    """How far monthly figures go is said once, in the head, where all of a column go equally far."""
    heads = []
    for place, head in enumerate(columns.values()):
        cells = [row.cells[place] for row in rows]
        months = {cell.figure.through_month for cell in cells if cell.figure}
        one = len(months) == 1 and None not in months
        heads.append(TableColumn(head, through(sorted(months)) if one else ""))
        if one:
            for row, cell in zip(rows, cells, strict=True):
                row.cells[place] = replace(cell, dated=False)
    return heads, rows


_GRANT_NOTE = gettext_noop(
    "What is allocated in kind is spent by others for the municipality and is not in its books. The source"
    " can have a grant’s allocation under one code and its spending under another: rates and flags are over"
    " all codes of a family."
)
_FLAG_NOTE = gettext_noop(
    "Flagged figures are shown as published, none is corrected. Spending more than was allocated in a year"
    " is lawful where money of earlier years was rolled over; a negative amount can be a correction of an"
    " earlier month."
)


def _grant_table(lines: dict[str, Line], odd: dict[int, Any]) -> Table:
    has_audited = any("AUDA" in line for line in lines.values())
    columns = _GRANT_COLUMNS | _AUDITED if has_audited else _GRANT_COLUMNS
    rows: list[TableRow] = []
    for family, members in by_family(lines).items():
        rate_ = grant_rate(list(members.values()))
        alone = len(members) == 1
        rows += [_grant(code, line, columns, odd, rate_ if alone else None) for code, line in members.items()]
        if not alone:
            sums = _sums(list(members.values()), columns)
            rows.append(
                TableRow(gettext("{family}, all codes").format(family=family), sums, "sum", rate=rate_)
            )
    notes = [gettext(_GRANT_NOTE)]
    if any(cell.flags for row in rows for cell in row.cells):
        notes.append(gettext(_FLAG_NOTE))
    headed = _headed(columns, rows)
    return Table("grant", gettext("Conditional grants"), *headed, gettext("Spent of allocated"), notes)


def _grant(code: str, line: Line, columns: Words, odd: dict[int, Any], share: Rate | None) -> TableRow:
    grant = finance.GRANTS.get(code)
    notes = []
    if grant and grant.in_kind:
        notes.append(gettext("in kind: spent for the municipality, not in its books"))
    if grant and not grant.water_only:
        notes.append(gettext("pays for other works too, not only water"))
    label = finance.line_label("grant", code)
    return TableRow(label, _cells(line, columns, odd), "line", code, " · ".join(notes), share)


def _ends_table(measures: dict[str, dict[str, Line]], odd: dict[int, Any]) -> Table:
    """Audit opinion, unauthorised and irregular spending, cash at the year's end."""
    rows = []
    for measure in ("opinion", "uifw", "cash"):
        for code, line in measures.get(measure, {}).items():
            rows += [_end(measure, code, kind, figure, odd) for kind, figure in line.items()]
    whole = gettext("These are of the whole municipality, not of its water services alone.")
    title, head = gettext("Audit, irregular spending and cash"), gettext("As published")
    return Table("ends", title, [TableColumn(head)], rows, "", [whole])


def _end(measure: str, code: str, kind: str, figure: Any, odd: dict[int, Any]) -> TableRow:
    label = gettext("Audit opinion") if measure == "opinion" else finance.line_label(measure, code)
    return TableRow(label, [_cell(figure, odd)], note=finance.type_label(measure, kind))
