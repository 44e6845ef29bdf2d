"""Grids as controls write them: DevExpress's grid and tree list, Telerik's grid, ASP.NET's GridView."""

from __future__ import annotations

from replica.renderings.layouts.family import cells_row, data_rows, one, text
from replica.renderings.sheet import Cell, Sheet
from replica.renderings.style import Wants

_GRID = "ctl00_PageContent_ASPxGridView1"
_THEMES = ("_Moderno", "_Office365", "_Glass", "")


def _theme(sheet: Sheet) -> str:
    return sheet.style.layout_rng.choice(_THEMES)


def _dx_head(sheet: Sheet, theme: str, blanks: int = 0) -> str:
    cells = f'<td class="dxgvHeader{theme}" style="width:12px;">&nbsp;</td>' * blanks
    for number, column in enumerate(sheet.columns):
        cells += (
            f'<td id="{_GRID}_col{number}" class="dxgvHeader{theme} dx-wrap" style="cursor:default;">'
            f'<table cellspacing="0" cellpadding="0" style="width:100%;border-collapse:collapse;"><tr>'
            f'<td class="dx-wrap">{column.head}</td><td style="width:1px;text-align:right;">'
            f'<span class="dx-vam">&nbsp;</span></td></tr></table></td>'
        )
    return f'<tr id="{_GRID}_DXHeadersRow0">{cells}</tr>\n'


def _dx_row(cells: list[Cell], number: int, theme: str, extra: str = "") -> str:
    alternate = f" dxgvDataRowAlt{theme}" if number % 2 else ""
    inner = "".join(f'<td class="dxgv">{cell.html or "&nbsp;"}</td>' for cell in cells)
    return f'<tr id="{_GRID}_DXDataRow{number}" class="dxgvDataRow{theme}{alternate}">{extra}{inner}</tr>\n'


def _dx_frame(sheet: Sheet, theme: str, main: str, head_table: str = "") -> str:
    title = ""
    if sheet.style.unit_place == "title":
        words = f"Project list ({text(sheet.style.unit_word)})"
        title = f'<table id="{_GRID}_DXTitle"><tr><td class="dxgvTitlePanel{theme}">{words}</td></tr></table>'
    return (
        f'<table id="{_GRID}" class="dxgvControl{theme} dxgv" cellspacing="0" cellpadding="0"><tr><td>{title}'
        f'{head_table}<table id="{_GRID}_DXMainTable" class="dxgvTable{theme}" cellspacing="0"'
        f' cellpadding="0" style="width:100%;border-collapse:collapse;">{main}</table></td></tr></table>'
    )


def _dx_grid(sheet: Sheet) -> str:
    theme = _theme(sheet)
    rows = [_dx_row(sheet.row(n), n, theme) for n in range(len(sheet))]
    return _dx_frame(sheet, theme, _dx_head(sheet, theme) + "".join(rows))


def _dx_split(sheet: Sheet) -> str:
    theme = _theme(sheet)
    sizing = "<tr>" + '<td style="height:0px;padding:0px 2px"></td>' * len(sheet.columns) + "</tr>\n"
    rows = [_dx_row(sheet.row(n), n, theme) for n in range(len(sheet))]
    head = (
        f'<div class="dxgvHSDC"><table id="{_GRID}_DXHeaderTable" class="dxgvTable{theme}">{sizing}'
        f"{_dx_head(sheet, theme)}</table></div>"
    )
    return _dx_frame(sheet, theme, sizing + "".join(rows), head)


def _dx_groups(sheet: Sheet) -> str:
    """Group rows: an indent cell in front of each row, and the group's field and value between."""
    theme = _theme(sheet)
    rest = sheet.without("municipality", "province", "district")
    label = next(column.label for column in sheet.columns if column.key == "municipality").rstrip(":")
    main, number = _dx_head(rest, theme, blanks=1), 0
    indent = f'<td class="dxgvIndentCell{theme} dxgv">&nbsp;</td>'
    for _, group in sheet.by("province", "municipality"):
        municipality, province = group.column("municipality"), group.column("province")
        assert municipality
        words = f"{province.cells[0].text} - " if province else ""
        words = text(f"{label}: {words}{municipality.cells[0].text}")
        main += (
            f'<tr id="{_GRID}_DXGroupRowExp{number}" class="dxgvGroupRow{theme}"><td class="dxgv" colspan="'
            f'{len(rest.columns) + 1}"><img alt="Collapse" class="dxGridView_gvExpandedButton{theme}">'
            f"{words}</td></tr>\n"
        )
        for _project in group.projects:
            main += _dx_row(rest.row(number), number, theme, indent)
            number += 1
    return _dx_frame(sheet, theme, main)


def _dx_rowspan(sheet: Sheet) -> str:
    """Equal cells of the municipality are merged (AllowCellMerge)."""
    theme = _theme(sheet)
    at = next(n for n, column in enumerate(sheet.columns) if column.key == "municipality")
    main, number = _dx_head(sheet, theme), 0
    for _, group in sheet.by("municipality"):
        for inner in range(len(group)):
            cells = [f'<td class="dxgv">{cell.html}</td>' for cell in group.row(inner)]
            cells[at] = cells[at].replace("<td", f'<td rowspan="{len(group)}"') if inner == 0 else ""
            main += f'<tr id="{_GRID}_DXDataRow{number}" class="dxgvDataRow{theme}">{"".join(cells)}</tr>\n'
            number += 1
    return _dx_frame(sheet, theme, main)


def _dx_footer(sheet: Sheet) -> str:
    """A footer row with the control's own summaries."""
    theme = _theme(sheet)
    rows = [_dx_row(sheet.row(n), n, theme) for n in range(len(sheet))]
    sums = {c.key: f"Sum={sheet.total(c.key)}" for c in sheet.columns if c.key in ("budget", "expenditure")}
    sums["name"] = f"Count={len(sheet)}"
    cells = "".join(f'<td class="dxgv">{sums.get(column.key, "&nbsp;")}</td>' for column in sheet.columns)
    footer = f'<tr id="{_GRID}_DXFooterRow" class="dxgvFooter{theme}">{cells}</tr>\n'
    return _dx_frame(sheet, theme, _dx_head(sheet, theme) + "".join(rows) + footer)


def _dx_tree(sheet: Sheet) -> str:
    """A tree list: a node for each municipality, and its projects below it."""
    theme, tree = _theme(sheet), "ctl00_PageContent_ASPxTreeList1"
    rest = sheet.without("municipality", "province", "district")
    indent = f'<td class="dxtl__I dxtlIndent{theme}"></td>'
    head = "".join(f'<td class="dxtlHeader{theme} dxtl__B0">{c.head}</td>' for c in rest.columns)
    rows = [f'<tr id="{tree}_HDR"><td class="dxtlHeader{theme}" colspan="2"></td>{head}</tr>\n']
    number = 0
    for (_, *_rest), group in sheet.by("province", "municipality"):
        municipality = group.column("municipality")
        province = group.column("province")
        assert municipality
        words = (f"{province.cells[0].html} - " if province else "") + municipality.cells[0].html
        rows.append(
            f'<tr id="{tree}_R-{100 + number}" class="dxtlNode{theme}">{indent}'
            f'<td class="dx-wrap dxtl dxtl__B0" colspan="{len(rest.columns) + 1}">{words}</td></tr>\n'
        )
        for _project in group.projects:
            cells = "".join(
                f'<td class="dx-wrap dxtl dxtl__B0">{c.html or "&nbsp;"}</td>' for c in rest.row(number)
            )
            rows.append(
                f'<tr id="{tree}_R-{9000 + number}" class="dxtlNode{theme}">{indent}{indent}{cells}</tr>\n'
            )
            number += 1
    return (
        f'<table class="dxtlControl{theme}" id="{tree}"><tr><td id="{tree}_U"><table id="{tree}_D" '
        f'class="dxtlDataTable{theme}">{"".join(rows)}</table></td></tr></table>'
    )


def _gridview(sheet: Sheet) -> str:
    head = "".join(f'<th scope="col">{column.head}</th>' for column in sheet.columns)
    return (
        '<div><table cellspacing="0" cellpadding="4" rules="all" border="1" id="MainContent_gvResults" '
        f'style="border-collapse:collapse;"><tr>{head}</tr>\n{"".join(data_rows(sheet))}</table></div>'
    )


def _gridview_footer(sheet: Sheet) -> str:
    total = [sheet.total(c.key) if c.key in ("budget", "expenditure") else "" for c in sheet.columns]
    return _gridview(sheet).replace(
        "</table>", cells_row(total, "td", ' style="font-weight:bold;"') + "</table>"
    )


def _telerik(sheet: Sheet) -> str:
    head = "".join(f'<th scope="col" class="rgHeader">{column.head}</th>' for column in sheet.columns)
    rows = "".join(
        f'<tr class="{"rgAltRow" if n % 2 else "rgRow"}" id="ctl00_grd_ctl00__{n}">'
        + "".join(f"<td>{cell.html or '&nbsp;'}</td>" for cell in sheet.row(n))
        + "</tr>\n"
        for n in range(len(sheet))
    )
    return (
        '<div id="ctl00_grd" class="RadGrid RadGrid_Default">'
        '<table class="rgMasterTable" id="ctl00_grd_ctl00">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


_WITHIN = ("label", "note above", "cell", "none")
_TITLED = (*_WITHIN, "title")
FAMILIES = (
    one("dx grid", _dx_grid, Wants(units=_TITLED)),
    one("dx header apart", _dx_split, Wants(units=_TITLED)),
    one("dx groups", _dx_groups, Wants(shows=("municipality",), units=_TITLED), grouped=True),
    one("dx rowspan", _dx_rowspan, Wants(shows=("municipality",), units=_TITLED), grouped=True),
    one("dx footer", _dx_footer, Wants(shows=("budget",), units=_TITLED)),
    one("dx tree", _dx_tree, Wants(shows=("municipality",), units=_WITHIN), grouped=True),
    one("gridview", _gridview, Wants(units=_WITHIN)),
    one("gridview footer", _gridview_footer, Wants(shows=("budget",), units=_WITHIN)),
    one("telerik", _telerik, Wants(units=_WITHIN)),
)
