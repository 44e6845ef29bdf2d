"""Plain tables of one row a project: what stands above, between and beside the rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from replica.renderings.layouts.family import (
    caption,
    cells_row,
    data_row,
    data_rows,
    head_row,
    one,
    table,
    text,
    title_row,
)  # fmt: skip
from replica.renderings.sheet import Sheet
from replica.renderings.style import OF_TABLES, Wants

MONTHS = ("Apr-25", "May-25", "Jun-25", "Jul-25", "Aug-25", "Sep-25")


def _th(sheet: Sheet) -> str:
    return table(sheet, head_row(sheet.columns), data_rows(sheet))


def _thead(sheet: Sheet) -> str:
    rows = "".join(data_rows(sheet))
    return (
        f'<table class="table table-striped">{caption(sheet)}<thead>{title_row(sheet, len(sheet.columns))}'
        f"{head_row(sheet.columns)}</thead><tbody>{rows}</tbody></table>"
    )


def _bold(sheet: Sheet) -> str:
    return table(sheet, cells_row([f"<b>{column.head}</b>" for column in sheet.columns]), data_rows(sheet))


def _shaded(sheet: Sheet) -> str:
    cells = "".join(f'<td class="hdr" bgcolor="#002A3B">{column.head}</td>' for column in sheet.columns)
    return table(sheet, f'<tr bgcolor="#002A3B">{cells}</tr>\n', data_rows(sheet))


def _plain_head(sheet: Sheet) -> str:
    """The header is a row like the others: nothing but its words tells it from them."""
    return table(sheet, head_row(sheet.columns, "td"), data_rows(sheet))


def _band_cells(sheet: Sheet, rows: int) -> tuple[str, str]:
    """The cells of the row of bands, and of the row of labels under them."""
    above, below = "", ""
    for band, columns in groupby(sheet.columns, key=lambda column: column.band):
        run = list(columns)
        if not band:
            above += "".join(f'<th rowspan="{rows}">{column.head}</th>' for column in run)
            continue
        is_money = any(column.is_number for column in run)
        unit = f" ({sheet.style.unit_word})" if is_money and sheet.style.unit_place == "band" else ""
        above += f'<th colspan="{len(run)}">{text(band + unit)}</th>'
        below += "".join(f"<th>{column.head}</th>" for column in run)
    return above, below


def _bands(sheet: Sheet) -> str:
    above, below = _band_cells(sheet, 2)
    head = f"<tr>{above}</tr>\n" + (f"<tr>{below}</tr>\n" if below else "")
    return table(sheet, head, data_rows(sheet))


def _three_bands(sheet: Sheet) -> str:
    above, below = _band_cells(sheet, 2)
    top = f'<tr><th colspan="{len(sheet.columns)}">Water Services Projects</th></tr>\n'
    head = top + f"<tr>{above}</tr>\n" + (f"<tr>{below}</tr>\n" if below else "")
    return table(sheet, head, data_rows(sheet))


def _headerless(sheet: Sheet) -> str:
    return table(sheet, "", data_rows(sheet))


def _titled(sheet: Sheet) -> str:
    width = len(sheet.columns)
    names = ", ".join(dict.fromkeys(project.place.name for project in sheet.projects))
    lines = [
        f'<tr><td colspan="{width}" align="center"><b>DEPARTMENT OF WATER AND SANITATION</b></td></tr>\n',
        f'<tr><td colspan="{width}">Location : {text(names)}</td></tr>\n',
        f"<tr>{'<td>&nbsp;</td>' * width}</tr>\n",
    ]
    return table(
        sheet, "".join(lines) + cells_row([f"<b>{c.head}</b>" for c in sheet.columns]), data_rows(sheet)
    )


def _unit_row(sheet: Sheet) -> str:
    units = cells_row([f"({text(column.unit)})" if column.unit else "" for column in sheet.columns])
    return table(sheet, head_row(sheet.columns) + units, data_rows(sheet))


def _spacers(sheet: Sheet) -> str:
    def spaced(cells: list[str], tag: str) -> str:
        blank = f'<{tag} width="8"></{tag}>'
        return "<tr>" + blank.join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>\n"

    head = spaced([column.head for column in sheet.columns], "th")
    rows = [spaced([cell.html for cell in sheet.row(n)], "td") for n in range(len(sheet))]
    above = caption(sheet) + title_row(sheet, len(sheet.columns) * 2 - 1)
    return f"<table cellpadding=0>{above}{head}{''.join(rows)}</table>"


def _repeated_head(sheet: Sheet) -> str:
    every = sheet.style.layout_rng.choice((5, 8, 10))
    head = head_row(sheet.columns)
    rows = [(head if n and n % every == 0 else "") + row for n, row in enumerate(data_rows(sheet))]
    return table(sheet, head, rows)


def _months(sheet: Sheet) -> str:
    """Expenditure by month beside the project: columns that are no field."""
    head = head_row(sheet.columns).replace("</tr>", "".join(f"<th>{m}</th>" for m in MONTHS) + "</tr>")
    return table(sheet, head, _with_months(sheet))


def _with_months(sheet: Sheet) -> Iterator[str]:
    for number, row in enumerate(data_rows(sheet)):
        total = sheet.projects[number].expenditure or Decimal(0)
        parts = [sheet.style.money.write(total * share / 100)[0] for share in (4, 9, 0, 12, 3, 7)]
        yield row.replace("</tr>", "".join(f"<td>{part}</td>" for part in parts) + "</tr>")


def _old_markup(sheet: Sheet) -> str:
    """As pages were written in 1999: capitals, fonts, and hardly an end tag."""
    head = "".join(f"<TD BGCOLOR=#CCCCCC><FONT SIZE=2><B>{c.head}</B></FONT>" for c in sheet.columns)
    rows = [
        "<TR>" + "".join(f"<TD><FONT SIZE=2 FACE=Arial>{cell.html}" for cell in sheet.row(n))
        for n in range(len(sheet))
    ]
    above = title_row(sheet, len(sheet.columns))
    return (
        f"<CENTER><TABLE BORDER=1>{caption(sheet)}{above}<TR>{head}\n"
        + "\n".join(rows)
        + "\n</TABLE></CENTER>"
    )


def _missing_quote(sheet: Sheet) -> str:
    """One attribute whose quote is never closed, in front of the table."""
    return '<div class="intro><p id="lead">Projects of the department</p></div>\n' + _th(sheet)


def _nested(sheet: Sheet) -> str:
    inner = _bold(sheet)
    menu = "<table><tr><td><a href='#a'>Home</a></td></tr><tr><td><a href='#b'>Contact</a></td></tr></table>"
    return (
        f'<table width="100%"><tr><td width="150" valign="top">{menu}</td><td><table><tr><td>{inner}</td>'
        "</tr></table></td></tr></table>"
    )


def _transposed(sheet: Sheet) -> str:
    rows = [
        f"<tr><th>{column.head}</th>" + "".join(f"<td>{cell.html}</td>" for cell in column.cells) + "</tr>\n"
        for column in sheet.columns
    ]
    return f'<table border="1">{caption(sheet)}{title_row(sheet, len(sheet) + 1)}{"".join(rows)}</table>'


def _two_per_row(sheet: Sheet) -> str:
    """Two projects side by side, the header twice."""
    head = f"<tr>{''.join(f'<th>{c.head}</th>' for c in sheet.columns) * 2}</tr>\n"
    rows = []
    for n in range(0, len(sheet), 2):
        pair = [*sheet.row(n), *(sheet.row(n + 1) if n + 1 < len(sheet) else [])]
        blank = "<td></td>" * (2 * len(sheet.columns) - len(pair))
        rows.append(data_row(pair).replace("</tr>", f"{blank}</tr>"))
    return table(sheet, head, rows)


def _row_headers(sheet: Sheet) -> str:
    """The first cell of each row is a `<th scope="row">`."""
    rows = [
        row.replace("<td>", '<th scope="row">', 1).replace("</td>", "</th>", 1) for row in data_rows(sheet)
    ]
    head = "".join(f'<th scope="col">{column.head}</th>' for column in sheet.columns)
    return table(sheet, f"<tr>{head}</tr>\n", rows)


def _aria(sheet: Sheet) -> str:
    def row(cells: list[str], role: str) -> str:
        return '<div role="row">' + "".join(f'<div role="{role}">{c}</div>' for c in cells) + "</div>\n"

    head = row([column.head for column in sheet.columns], "columnheader")
    rows = [row([cell.html for cell in sheet.row(n)], "cell") for n in range(len(sheet))]
    return f'<div role="table" aria-label="Projects">{head}{"".join(rows)}</div>'


_PLAIN = tuple(place for place in OF_TABLES if place not in ("caption", "title"))
FAMILIES = (
    one("table th", _th),
    one("table thead", _thead),
    one("table bold", _bold),
    one("table shaded", _shaded),
    one("table plain head", _plain_head),
    one("bands", _bands, Wants(banded=True, units=("band", "label", "caption", "note above", "none"))),
    one("three bands", _three_bands, Wants(banded=True, units=("band", "label", "note below", "none"))),
    one("headerless", _headerless, Wants(ambiguous=True, units=("none",), bars=False)),
    one("titled", _titled),
    one("unit row", _unit_row, Wants(units=("unit row",))),
    one("spacers", _spacers),
    one("repeated head", _repeated_head),
    one("months", _months),
    one("old markup", _old_markup),
    one("missing quote", _missing_quote),
    one("nested layout", _nested),
    one("transposed", _transposed),
    one("two per row", _two_per_row, Wants(at_most=4, units=_PLAIN)),
    one("row headers", _row_headers),
    one("aria", _aria, Wants(units=_PLAIN)),
)
