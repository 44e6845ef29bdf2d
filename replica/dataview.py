"""The markup and protocol of an ASPxDataView: a block per row, no header row, nested layout tables.

Class names, ids, the state object and a pager click's argument (`p<page>:<size>:<command>`) are those of the
control's public client script; what a block's template looks like inside is an [inference].
"""

from __future__ import annotations

import re

from replica.callbacks import BadCallback
from replica.grid import BLANK, Column, Grid, Row
from replica.pager import Paging, Where, lite_pager
from replica.view import control, script, text

_PER_ROW = 2
_CLICK = re.compile(r"p(\d+):(\d+):(\w+)")


def data_view(grid: Grid) -> str:
    """The whole control: outer table, contents, script."""
    cid = grid.cid
    more = f"'stateObject':{state_of_view(grid)}"
    create = control("ASPxClientDataView", grid.uid, grid.name, more, callback=grid.callbacks)
    return (
        f'<table class="dxdvControl{grid.theme}" cellspacing="0" id="{cid}" style="width:100%;"><tr><td '
        f'class="dxdvCtrl" id="{cid}_CCell">{data_view_inner(grid)}</td></tr></table>{script(create)}'
    )


def data_view_inner(grid: Grid) -> str:
    """What stands in the content cell, and what a callback sends."""
    pager = lite_pager(_where(grid), grid.paging, grid.theme)
    return (
        f'<table cellspacing="0" style="width:100%;"><tr><td class="dxdvContent{grid.theme}" '
        f'id="{grid.cid}_ICell"><table cellspacing="0">{_body(grid)}</table></td></tr>'
        + (f"<tr><td>{pager}</td></tr>" if pager else "")
        + "</table>"
    )


def state_of_view(grid: Grid) -> str:
    """The literal of `stateObject`; a client sends it back as a field named like the control."""
    paging = grid.paging
    return (
        f"{{'pageIndex':{paging.page},'aspi':0,'pc':{paging.said_pages},'ps':{paging.size},"
        f"'ic':{paging.shown_total},'b':true,'pageSize':{paging.size},'pageCount':{paging.said_pages},'layout':0}}"
    )


def clicked(paging: Paging, argument: str) -> int:
    """The 0-based page that `p0:12:PN1` asks for; the page index in it is the one that the client was on.

    Raises BadCallback.
    """
    found = _CLICK.fullmatch(argument)
    if found is None:
        raise BadCallback(f"Invalid data view argument: {argument[:80]}")
    return paging.moved(f"PN{found[1]}").moved(found[3]).page


def _where(grid: Grid) -> Where:
    """Callbacks go through the client script; without them, each button is a link that posts the form."""
    paging = grid.paging
    if grid.callbacks:
        return Where(
            f"{grid.cid}_PGB",
            "dxdvPagerPanel",
            lambda command: f"onclick=\"ASPx.DVPagerClick('{grid.cid}', '{command}');\"",
        )
    click = f"javascript:__doPostBack(&#39;{grid.uid}&#39;,&#39;p{paging.page}:{paging.size}:%s&#39;)"
    return Where(f"{grid.cid}_PGB", "dxdvPagerPanel", lambda command: f'href="{click % command}"')


def _body(grid: Grid) -> str:
    if not grid.rows:
        return f'<tr><td class="dxdvEmptyData{grid.theme}">No data to display</td></tr>'
    items = [_item(grid, row, grid.paging.first + i) for i, row in enumerate(grid.rows)]
    items += [f'<td class="dxdvEmptyItem{grid.theme}"></td>'] * (-len(items) % _PER_ROW)
    return "".join(f"<tr>{''.join(items[i : i + _PER_ROW])}</tr>" for i in range(0, len(items), _PER_ROW))


def _item(grid: Grid, row: Row, number: int) -> str:
    """Two columns of pairs in a layout table, each column a table of its own."""
    pairs = [
        _pair(f"{grid.cid}_IT{number}", column, cell, grid.theme)
        for column, cell in zip(grid.columns, row.cells, strict=True)
    ]
    half = (len(pairs) + 1) // 2
    sides = "".join(
        f'<td style="vertical-align:top;"><table>{"".join(side)}</table></td>'
        for side in (pairs[:half], pairs[half:])
    )
    return f'<td class="dxdvItem{grid.theme}"><table style="width:100%;"><tr>{sides}</tr></table></td>'


def _pair(cid: str, column: Column, cell: str, theme: str) -> str:
    return (
        f'<tr><td class="label">{text(column.caption)}:</td><td><span class="dxeBase{theme}" '
        f'id="{cid}_lbl{column.name}">{cell or BLANK}</span></td></tr>'
    )
