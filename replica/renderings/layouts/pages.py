"""Sites of several pages: lists that are paged, lines that lead to lists, lists that lead to projects."""

from __future__ import annotations

from decimal import Decimal

from replica.renderings.layouts.family import (
    ENTRY,
    Drawn,
    Family,
    cells_row,
    data_rows,
    head_row,
    page,
    table,
    text,
)  # fmt: skip
from replica.renderings.sheet import Sheet
from replica.renderings.style import OF_BLOCKS, OF_TABLES, Wants

_SIZES = (4, 10, 25)


def _slices(sheet: Sheet) -> list[Sheet]:
    """The sheet in pages of rows: of the first size that gives no more than five pages."""
    size = next((size for size in _SIZES if len(sheet) <= 5 * size), _SIZES[-1])
    return [sheet.rows(list(range(at, min(at + size, len(sheet))))) for at in range(0, len(sheet), size)]


def _showing(slices: list[Sheet], number: int) -> str:
    before = sum(map(len, slices[:number]))
    whole = sum(map(len, slices))
    return f"<p>Showing {before + 1} to {before + len(slices[number])} of {whole} entries</p>\n"


def _by_links(sheet: Sheet) -> Drawn:
    slices = _slices(sheet)
    addresses = [ENTRY, *(f"{ENTRY}?page={n}" for n in range(2, len(slices) + 1))]
    pages = {}
    for number, part in enumerate(slices):
        links = " ".join(
            f"<b>{n}</b>" if n == number + 1 else f'<a href="{address}">{n}</a>'
            for n, address in enumerate(addresses, start=1)
        )
        body = table(part, head_row(part.columns), data_rows(part)) + _showing(slices, number)
        pages[addresses[number]] = page(sheet, f'{body}<div class="pagination">{links}</div>')
    return Drawn(pages)


def _by_postback(sheet: Sheet) -> Drawn:
    slices = _slices(sheet)
    bodies = [_posting_page(sheet, slices, number) for number in range(len(slices))]
    posts = {f"Page${number}": body for number, body in enumerate(bodies, start=1)}
    return Drawn({ENTRY: bodies[0]}, posts)


def _posting_page(sheet: Sheet, slices: list[Sheet], number: int) -> str:
    part = slices[number]
    numbers = "".join(
        f"<td><span>{n}</span></td>"
        if n == number + 1
        else f"<td><a href=\"javascript:__doPostBack('ctl00$gv','Page${n}')\">{n}</a></td>"
        for n in range(1, len(slices) + 1)
    )
    pager = f'<tr><td colspan="{len(part.columns)}"><table><tr>{numbers}</tr></table></td></tr>\n'
    rows = [*data_rows(part), pager if len(slices) > 1 else ""]
    return page(
        sheet,
        '<form method="post" action="./list.aspx" id="form1">'
        '<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="">'
        '<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="">'
        f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="vs{sheet.look}p{number}">'
        "<script>function __doPostBack(t, a) { theForm.submit(); }</script>"
        + table(part, head_row(part.columns), rows, ' id="ctl00_gv" border="1"')
        + "</form>",
    )


def _own_pages(sheet: Sheet) -> Drawn:
    """A short list; the rest of what is published stands on each project's own page."""
    keys = [column.key for column in sheet.columns]
    short = [key for key in keys if key in ("external_id", "name", "status", "budget")]
    line = sheet.only(short)
    at = next(n for n, column in enumerate(line.columns) if column.key == "name")
    rows, pages = [], {}
    for number, project in enumerate(sheet.projects):
        address = f"/pmd/project.aspx?id={500 + project.key}"
        cells = [cell.html for cell in line.row(number)]
        cells[at] = f'<a href="{address}">{cells[at]}</a>'
        rows.append(cells_row(cells))
        labelled = "".join(
            f"<tr><th>{column.head}</th><td>{cell.html}</td></tr>\n"
            for column, cell in zip(sheet.columns, sheet.row(number), strict=True)
        )
        pages[address] = page(sheet, f"<table>{labelled}</table>", title="Project details")
    body = table(line, head_row(line.columns), rows)
    return Drawn({ENTRY: page(sheet, body), **pages})


def _lines(sheet: Sheet) -> Drawn:
    """A line for each municipality, with the number and value of its projects, leads to its list."""
    rest = sheet.without("municipality", "province", "district")
    for values in sheet.truth.values():
        values.pop("province", None)  # the lines do not say it
    lines, pages, at = [], {}, 0
    for _, group in sheet.by("municipality"):
        place = group.projects[0].place
        address = f"/pmd/list.aspx?lm={place.code}"
        value = sum(group.amounts["budget"], Decimal(0))
        noun = "Project" if len(group) == 1 else "Projects"
        words = f"{place.name} - [{place.code}] {len(group)} {noun} with a Total value: R{value:,.2f}"
        lines.append(f'<li><a href="{address}">{text(words)}</a></li>\n')
        part = rest.rows(list(range(at, at + len(group))))
        at += len(group)
        heading = f"<h2>{text(place.name)} - [{place.code}]</h2>"
        body = heading + table(part, head_row(part.columns), data_rows(part))
        pages[address] = page(sheet, body)
    return Drawn({ENTRY: page(sheet, f"<ul>{''.join(lines)}</ul>", bare=True), **pages})


def _two_tables(sheet: Sheet) -> Drawn:
    """Money in one table and the rest in another, both by number and name."""
    money = [c.key for c in sheet.columns if c.is_number]
    known = ["external_id", "name"]
    first = sheet.without(*money)
    second = sheet.only([*known, *money])
    body = "<h3>Progress</h3>" + table(first, head_row(first.columns), data_rows(first))
    body += "<h3>Finances</h3>" + table(second, head_row(second.columns), data_rows(second))
    return Drawn({ENTRY: page(sheet, body)})


_PLAIN = tuple(place for place in OF_TABLES if place not in ("title", "caption"))
FAMILIES = (
    Family("paged by links", _by_links),
    Family("paged by postback", _by_postback, Wants(units=OF_BLOCKS)),
    Family("own pages", _own_pages, Wants(units=OF_BLOCKS)),
    Family("lines to lists", _lines, Wants(shows=("municipality", "budget"), units=_PLAIN), grouped=True),
    Family("two tables", _two_tables, Wants(shows=("external_id", "budget"), units=_PLAIN)),
)
