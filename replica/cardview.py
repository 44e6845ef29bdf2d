"""The markup of an ASPxCardView: a card per row, in it a form layout with label and value of each column.

Ids and class names of cards, layouts and fields are those of public pages that use the control; the pager
and the callback protocol are taken to be the grid's, whose base class the control shares [inference].
"""

from __future__ import annotations

from replica.grid import BLANK, Grid, Row, create_control
from replica.pager import in_grid, lite_pager
from replica.view import script, text

_PER_ROW = 3


def card_view(grid: Grid) -> str:
    """The whole control: outer table, contents, script."""
    return (
        f'<table class="dxcvControl{grid.theme}" cellspacing="0" cellpadding="0" id="{grid.cid}" '
        f'style="border-collapse:separate;"><tr><td>{card_view_inner(grid)}</td></tr></table>'
        f"{script(create_control(grid, 'ASPxClientCardView'))}"
    )


def card_view_inner(grid: Grid) -> str:
    """What stands in the root cell, and what a callback sends."""
    where = in_grid(grid.cid)._replace(panel="dxcvPagerBottomPanel")
    return (
        f'<table class="dxcvTable{grid.theme}" cellspacing="0" id="{grid.cid}_DXMainTable">'
        f"{_body(grid)}</table>"
        f"{lite_pager(where, grid.paging, grid.theme)}"
        f'<table id="{grid.cid}_LP" class="dxcvLoadingPanel{grid.theme}" style="display:none;"><tr><td '
        f'class="dx"><span id="{grid.cid}_TL">Loading…</span></td></tr></table>'
    )


def _body(grid: Grid) -> str:
    if not grid.rows:
        return (
            f'<tr><td class="dxcvEmptyCard{grid.theme}" id="{grid.cid}_DXEmptyCard"><div>No data to display'
            "</div></td></tr>"
        )
    cards = [_card(grid, row, grid.paging.first + i) for i, row in enumerate(grid.rows)]
    blank = f'<td class="dxcvEmptyHiddenCard{grid.theme}"></td>'
    cards += [blank] * (-len(cards) % _PER_ROW)
    return "".join(f"<tr>{''.join(cards[i : i + _PER_ROW])}</tr>" for i in range(0, len(cards), _PER_ROW))


def _card(grid: Grid, row: Row, number: int) -> str:
    layout = f"{grid.cid}_DXCardLayout{number}"
    items = "".join(
        _item(grid.theme, f"{layout}_{i}", column.caption, cell)
        for i, (column, cell) in enumerate(zip(grid.columns, row.cells, strict=True))
    )
    return (
        f'<td class="dxcvCard{grid.theme}" id="{grid.cid}_DXDataCard{number}"><table '
        f'class="dxflFormLayout{grid.theme} dxflFormLayoutSys" id="{layout}"><tr><td '
        f'class="dxflGroupCell{grid.theme}"><table class="dxflGroup{grid.theme} dxflGroupSys">{items}</table>'
        "</td></tr></table></td>"
    )


def _item(theme: str, cid: str, caption: str, cell: str) -> str:
    return (
        f'<tr><td class="dxflHALSys dxflVATSys" id="{cid}"><table class="dxflItem{theme}"><tr>'
        f'<td class="dxflCaptionCell{theme} dxflCaptionCellSys"><label class="dxflCaption{theme}">'
        f'{text(caption)}:</label></td><td class="dxflNestedControlCell{theme}">{cell or BLANK}</td></tr>'
        "</table></td></tr>"
    )
