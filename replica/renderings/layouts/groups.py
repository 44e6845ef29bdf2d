"""Tables whose rows are grouped or summed: spans, rows between rows, totals, sections, phases."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from replica.renderings.layouts.family import cells_row, data_row, data_rows, head_row, one, table, text
from replica.renderings.sheet import Sheet
from replica.renderings.style import OF_TABLES, Wants

_TOTALS = (
    "TOTAL", "Total", "TOTAL (R)", "Grand Total", "Grand Total: {n} projects", "{n} Projects", "Totaal",
    "Total for all projects", "Overall total", "Gross total", "Total value of projects",
)  # fmt: skip
_SUBTOTALS = (
    "Sub-total", "Subtotal {group}", "Total for {group}", "{group} - {n} projects", "{group} Total",
    "Total: {group} ({n})", "Subtotaal: {group}",
)  # fmt: skip
_ENDS = (
    "Source: Department of Water and Sanitation", "* Figures are preliminary and unaudited.", "Average",
    "Note: budgets include VAT.", "End of report", "Bron: DWS",
)  # fmt: skip
_PLAIN = tuple(place for place in OF_TABLES if place != "title")


def _sum_row(sheet: Sheet, whole: Sheet, words: str, tag: str = "td") -> str:
    """A row with words in the column of names and sums under the money."""
    cells = [f"<b>{text(words)}</b>" if c.key == "name" else "" for c in whole.columns]
    for at, column in enumerate(whole.columns):
        if column.key in ("budget", "expenditure"):
            cells[at] = f"<b>{sheet.total(column.key)}</b>"
    return cells_row(cells, tag)


def _words(pattern: str, sheet: Sheet, group: str = "") -> str:
    return pattern.format(n=len(sheet), group=group)


def _totals(sheet: Sheet) -> str:
    rng = sheet.style.layout_rng
    pattern, end, first = rng.choice(_TOTALS), rng.choice(_ENDS), rng.random() < 0.2
    total = _sum_row(sheet, sheet, _words(pattern, sheet))
    rows = [total, *data_rows(sheet)] if first else [*data_rows(sheet), total]
    if end == "Average":
        rows.append(cells_row([end if c.key == "name" else "" for c in sheet.columns]))
    elif rng.random() < 0.6:
        rows.append(f'<tr><td colspan="{len(sheet.columns)}">{text(end)}</td></tr>\n')
    return table(sheet, head_row(sheet.columns), rows)


def _spanned_total(sheet: Sheet) -> str:
    """The words of the total span all columns in front of the first sum."""
    rng = sheet.style.layout_rng
    pattern = rng.choice(_TOTALS)
    at = next((n for n, c in enumerate(sheet.columns) if c.key in ("budget", "expenditure")), 0)
    rows = data_rows(sheet)
    if at:
        sums = [
            f"<td>{sheet.total(c.key) if c.key in sheet.amounts else ''}</td>" for c in sheet.columns[at:]
        ]
        words = text(_words(pattern, sheet))
        rows.append(f'<tr><td colspan="{at}" align="right">{words}</td>{"".join(sums)}</tr>\n')
    return table(sheet, head_row(sheet.columns), rows)


def _subtotals(sheet: Sheet) -> str:
    rng = sheet.style.layout_rng
    pattern, last = rng.choice(_SUBTOTALS), rng.choice(_TOTALS)
    rows = []
    for (place,), group in sheet.by("municipality"):
        rows += data_rows(group)
        rows.append(_sum_row(group, sheet, _words(pattern, group, place)))
    return table(sheet, head_row(sheet.columns), [*rows, _sum_row(sheet, sheet, _words(last, sheet))])


def _rowspans(sheet: Sheet) -> str:
    """Province and municipality stand once, beside all their rows, and come first."""
    keys = [key for key in ("province", "municipality") if sheet.column(key)]
    rest = sheet.without(*keys)
    heads = [c for key in keys if (c := sheet.column(key))]
    rows = []
    for _, outer in sheet.by(keys[0]):
        for number, (_, group) in enumerate(outer.by(*keys)):
            rows += _spanned(group, outer if number == 0 else None, keys)
    return table(sheet, head_row([*heads, *rest.columns]), rows)


def _spanned(group: Sheet, outer: Sheet | None, keys: list[str]) -> list[str]:
    """The rows of a group, the first with the cells that span it, and those of the group around it."""
    spans = []
    for depth, key in enumerate(keys):
        is_inner = depth == len(keys) - 1
        around = group if is_inner else outer
        column = group.column(key)
        if around and column:
            spans.append(f'<td rowspan="{len(around)}">{column.cells[0].html}</td>')
    rows = data_rows(group.without(*keys))
    return [rows[0].replace("<tr>", f"<tr>{''.join(spans)}", 1), *rows[1:]]


def _group_rows(sheet: Sheet) -> str:
    """A row that spans the table names the municipality of the rows under it."""
    rest = sheet.without("municipality", "province", "district")
    rows = []
    for _, group in sheet.by("province", "municipality"):
        words = _group_words(group)
        rows.append(f'<tr class="grp"><td colspan="{len(rest.columns)}"><b>{words}</b></td></tr>\n')
        rows += data_rows(rest.rows(_numbers(sheet, group)))
    return table(rest, head_row(rest.columns), rows)


def _group_words(group: Sheet) -> str:
    """The municipality, and the province where the style publishes it."""
    municipality, province = group.column("municipality"), group.column("province")
    assert municipality
    words = municipality.cells[0].html
    return f"{province.cells[0].html} - {words}" if province else words


def _numbers(sheet: Sheet, group: Sheet) -> list[int]:
    keys = {project.key for project in group.projects}
    return [number for number, project in enumerate(sheet.projects) if project.key in keys]


def _sections(sheet: Sheet) -> str:
    """A heading and a table for each municipality."""
    rest = sheet.without("municipality", "province", "district")
    parts = []
    for _, group in sheet.by("province", "municipality"):
        inner = rest.rows(_numbers(sheet, group))
        parts.append(
            f"<h3>{_group_words(group)}</h3>\n" + table(inner, head_row(inner.columns), data_rows(inner))
        )
    return "".join(parts)


def _accordion(sheet: Sheet) -> str:
    """A fold for each municipality, shut but for the first."""
    rest = sheet.without("municipality", "province", "district")
    parts = []
    for number, (_, group) in enumerate(sheet.by("province", "municipality")):
        inner = rest.rows(_numbers(sheet, group))
        state = " open" if number == 0 else ""
        content = table(inner, head_row(inner.columns), data_rows(inner))
        parts.append(f"<details{state}><summary>{_group_words(group)}</summary>{content}</details>\n")
    return "".join(parts)


def _phases(sheet: Sheet) -> str:
    """Some projects have a second row with the amounts of another contract; what is shared spans both."""
    shared = [column.key for column in sheet.columns if not column.is_number]
    rows = []
    for number, project in enumerate(sheet.projects):
        cells = sheet.row(number)
        if Random(f"phases {project.key}").random() < 0.7:
            rows.append(data_row([*cells]).replace("</tr>", "<td>Whole</td></tr>"))
            continue
        first = "".join(
            f'<td rowspan="2">{cell.html}</td>' if column.key in shared else f"<td>{cell.html}</td>"
            for column, cell in zip(sheet.columns, cells, strict=True)
        )
        part = sheet.style.money.write(Decimal(project.key * 1000 + 7000))[0]
        more = f"<td>{part}</td>" * sum(column.is_number for column in sheet.columns)
        rows.append(f"<tr>{first}<td>Whole</td></tr>\n<tr>{more}<td>of which: contract 2</td></tr>\n")
    return table(sheet, head_row(sheet.columns).replace("</tr>", "<th>Part</th></tr>"), rows)


_PLACED = Wants(shows=("municipality",))
FAMILIES = (
    one("totals", _totals, Wants(shows=("budget",))),
    one("total spanned", _spanned_total, Wants(shows=("budget",))),
    one("subtotals", _subtotals, Wants(shows=("municipality", "budget")), grouped=True),
    one("rowspan groups", _rowspans, Wants(shows=("province", "municipality")), grouped=True),
    one("group rows", _group_rows, _PLACED, grouped=True),
    one("sections", _sections, Wants(shows=("municipality",), units=_PLAIN), grouped=True),
    one("accordion", _accordion, Wants(shows=("municipality",), units=_PLAIN), grouped=True),
    one("phases", _phases, Wants(shows=("budget",))),
)
