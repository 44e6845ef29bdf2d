"""The markup and script of an ASPxGridView. Knows nothing of projects: columns, rows and cells only."""

from __future__ import annotations

from dataclasses import dataclass, field

from replica.pager import Paging, in_grid, lite_pager
from replica.view import control, js_string, script, text


@dataclass(frozen=True, slots=True)
class Column:
    """`index` is the place in the script's columnProp, which is not the place on the page."""

    index: int
    caption: str
    name: str  # FieldName
    align: str = ""  # "", "Right", "Center"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells are HTML, in the order of the visible columns; `group` is the text of a group row before it."""

    key: str
    cells: list[str]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """One page of a grid, ready to be written. `hidden` are columns that only the script knows."""

    uid: str
    name: str
    columns: list[Column]
    rows: list[Row]
    paging: Paging
    theme: str  # class suffix: "_Moderno", or "" for the default theme
    callback_state: str
    callbacks: bool = True
    hidden: list[Column] = field(default_factory=list)
    grouped: str = ""  # caption of the column that is in the group panel

    @property
    def cid(self) -> str:
        return self.uid.replace("$", "_")


BLANK = "&nbsp;"


def grid_control(grid: Grid) -> str:
    """The whole control: outer table, contents, script."""
    return (
        f'<table class="dxgvControl{grid.theme} dxgv" cellspacing="0" cellpadding="0" id="{grid.cid}" '
        f'style="width:100%;border-collapse:collapse;border-collapse:separate;"><tr><td>'
        f"{grid_inner(grid)}</td></tr></table>{script(_create(grid))}"
    )


def grid_inner(grid: Grid) -> str:
    """What stands in the root cell, and what a callback sends."""
    return (
        _group_panel(grid)
        + f'<table class="dxgvTable{grid.theme}" cellspacing="0" cellpadding="0" id="{grid.cid}_DXMainTable" '
        f'style="width:100%;border-collapse:collapse;empty-cells:show;table-layout:fixed;overflow:hidden;">'
        f"{_sizing_row(grid)}{_header_row(grid)}{_filter_row(grid)}{_body(grid)}{_adaptive_row(grid)}</table>"
        f"{lite_pager(in_grid(grid.cid), grid.paging, grid.theme)}{_leftovers(grid)}"
    )


def state_object(grid: Grid) -> str:
    """The literal of `stateObject`: a client sends it back as a field named like the grid."""
    keys = ",".join(js_string(row.key) for row in grid.rows)
    return (
        f"{{'keys':[{keys}],'callbackState':'{grid.callback_state}',"
        f"'groupLevelState':{{}},'selection':'','focusedRow':''}}"
    )


def _body(grid: Grid) -> str:
    if not grid.rows:
        span = len(grid.columns) + 2
        return (
            f'<tr class="dxgvEmptyDataRow{grid.theme}" id="{grid.cid}_DXEmptyRow">'
            f'<td class="dxgv" colspan="{span}"><div>No data to display</div></td></tr>'
        )
    return "".join(_rows(grid))


def _rows(grid: Grid) -> list[str]:
    out = []
    for position, row in enumerate(grid.rows):
        number = grid.paging.first + position
        if row.group:
            out.append(_group_row(grid, row.group, number))
        out.append(_data_row(grid, row, number, position))
    return out


def _data_row(grid: Grid, row: Row, number: int, position: int) -> str:
    theme = grid.theme
    alternate = f" dxgvDataRowAlt{theme}" if position % 2 else ""
    last = " dxgvLVR" if position == len(grid.rows) - 1 else ""
    style = ' style="background-color:#EDF3F4;"' if position % 2 else ""
    lead = f'<td class="dxgvIndentCell dxgv">{BLANK}</td>' if grid.grouped else ""
    return (
        f'<tr id="{grid.cid}_DXDataRow{number}" class="dxgvDataRow{theme}{alternate}{last}"{style}>{lead}'
        f'<td class="dxgvCommandColumn{theme} dxgv" align="center"><a class="dxbButton{theme}" '
        f'id="{grid.cid}_DXCBtn{number}" data-args="[[&#39;Select&#39;,{number}],0]">Select</a></td>'
        + "".join(_cells(grid, row))
        + '<td class="dxgvAIC dxgv"><a class="dxgvAdaptiveButton">…</a></td></tr>'
    )


def _cells(grid: Grid, row: Row) -> list[str]:
    last = len(row.cells) - 1
    out = []
    for i, (column, html) in enumerate(zip(grid.columns, row.cells, strict=True)):
        end = ' dxgRRB" style="border-right-width:0px;' if i == last else ""
        align = f' align="{column.align}"' if column.align else ""
        out.append(f'<td class="dxgv{end}"{align}>{html or BLANK}</td>')
    return out


def _group_row(grid: Grid, value: str, number: int) -> str:
    span = len(grid.columns) + 2
    return (
        f'<tr id="{grid.cid}_DXGroupRowExp{number}" class="dxgvGroupRow{grid.theme}">'
        f'<td class="dxgv" style="width:1px;"><img class="dxGridView_gvExpandedButton{grid.theme}" '
        f'src="/pmd/DXR.axd?r=1_85-12mkn" alt="Collapse"></td>'
        f'<td class="dxgv" colspan="{span}">{text(grid.grouped)}: {value or BLANK}</td></tr>'
    )


def _group_panel(grid: Grid) -> str:
    if not grid.grouped:
        return ""
    return (
        f'<div class="dxgvGroupPanel{grid.theme}" id="{grid.cid}_grouppanel"><table cellspacing="0"><tr>'
        f'<td id="{grid.cid}_groupcol90" class="dxgvHeader{grid.theme}">{text(grid.grouped)}</td>'
        f"</tr></table></div>"
    )


def _lead_cells(grid: Grid, cell: str) -> str:
    return cell * (2 if grid.grouped else 1)


def _sizing_row(grid: Grid) -> str:
    cells = "".join(f'<td style="width:{60 + len(column.caption)}px;"></td>' for column in grid.columns)
    lead = _lead_cells(grid, '<td style="width:40px;"></td>')
    return f'<tr class="dxgvArm">{lead}{cells}<td></td></tr>'


def _header_row(grid: Grid) -> str:
    blank = f'<td class="dxgvHeader{grid.theme}">{BLANK}</td>'
    cells = "".join(_header(grid, column) for column in grid.columns)
    adaptive = f'<td class="dxgvAIC dxgvHeader{grid.theme}">{BLANK}</td>'
    return f'<tr id="{grid.cid}_DXHeadersRow0">{_lead_cells(grid, blank)}{cells}{adaptive}</tr>'


def _header(grid: Grid, column: Column) -> str:
    return (
        f'<td id="{grid.cid}_col{column.index}" class="dxgvHeader{grid.theme} dx-wrap" '
        f"onmousedown=\"ASPx.GHeaderMouseDown('{grid.cid}', this, event);\">"
        '<table cellspacing="0" cellpadding="0" style="width:100%;border-collapse:collapse;"><tr>'
        f'<td class="dx-wrap">{text(column.caption)}</td><td style="width:1px;text-align:right;">'
        f'<span class="dx-vam">{BLANK}</span></td></tr></table></td>'
    )


def _filter_row(grid: Grid) -> str:
    cells = "".join(
        f'<td class="dxgv"><table class="dxeTextBoxSys dxeTextBox{grid.theme}"><tr><td class="dxic">'
        f'<input class="dxeEditArea{grid.theme}" id="{grid.cid}_DXFREditorcol{column.index}_I" '
        f'name="{grid.uid}$DXFREditorcol{column.index}" type="text" value=""></td></tr></table></td>'
        for column in grid.columns
    )
    lead = _lead_cells(grid, f'<td class="dxgv">{BLANK}</td>')
    return (
        f'<tr id="{grid.cid}_DXFilterRow" class="dxgvFilterRow{grid.theme}">{lead}{cells}'
        f'<td class="dxgvAIC dxgv">{BLANK}</td></tr>'
    )


def _adaptive_row(grid: Grid) -> str:
    span = len(grid.columns) + 2
    return (
        f'<tr id="{grid.cid}_DXADRow" class="dxgvAdaptiveDetailRow{grid.theme} dxgvADR" '
        f'style="display:none;"><td class="dxgvAdaptiveDetailCell{grid.theme}" colspan="{span}"></td></tr>'
    )


def _leftovers(grid: Grid) -> str:
    """Loading panel and hidden images: present on every genuine grid, never data."""
    cid, theme = grid.cid, grid.theme
    return (
        f'<table id="{cid}_LP" class="dxgvLoadingPanel{theme}" style="left:0px;top:0px;display:none;"><tr>'
        f'<td class="dx"><span id="{cid}_TL">Loading…</span></td></tr></table>'
        f'<div id="{cid}_LD" class="dxgvLoadingDiv{theme}" style="display:none;"></div>'
        f'<img id="{cid}_IADU" src="/pmd/DXR.axd?r=1_85-12mkn" alt="|" style="display:none;">'
    )


def _column_props(grid: Grid) -> str:
    visible = {column.index: column for column in grid.columns}
    every = sorted([*grid.columns, *grid.hidden], key=lambda column: column.index)
    props = [f"[{c.index},{'' if c.index in visible else '0'},,'{c.name}',0,,1,1]" for c in every]
    return "[" + ",".join(["[0,,,'',1]", *props]) + "]"


def create_control(grid: Grid, kind: str) -> str:
    """The start-up script of a grid or of a card view, which speaks the same protocol."""
    paging = grid.paging
    more = (
        f"'stateObject':{state_object(grid)},'callBacksEnabled':{'true' if grid.callbacks else 'false'},"
        f"'pageRowCount':{len(grid.rows)},'pageRowSize':{paging.size},'pageIndex':{paging.page},"
        f"'pageCount':{paging.said_pages},'selectedWithoutPageRowCount':0,'visibleStartIndex':{paging.first},"
        f"'columnProp':{_column_props(grid)}"
    )
    return control(kind, grid.uid, grid.name, more, callback=grid.callbacks)


def _create(grid: Grid) -> str:
    style = f"{{'styleInfo':{{'sel':{{'className':'dxgvSelectedRow{grid.theme}'}}}}}}"
    create = create_control(grid, "ASPxClientGridView")
    return f"{create}\nASPxClientGridBase.PostponeInitialize('{grid.cid}',({style}));"
