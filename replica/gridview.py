"""The markup of a plain asp:GridView: th headers, a pager row that holds a table of its own."""

from __future__ import annotations

from html import escape

from replica.grid import BLANK, Grid
from replica.pager import Paging


def allowed_arguments(paging: Paging) -> set[str]:
    """The event arguments that this page offers; ASP.NET's event validation refuses any other."""
    shown = set(paging.numbers()) | {paging.numbers()[0] - 1, paging.numbers()[-1] + 1}
    return {f"Page${page + 1}" for page in shown if 0 <= page < paging.said_pages}


def gridview(grid: Grid) -> str:
    """The whole control; an empty one has a single cell with its text."""
    if not grid.rows:
        body = '<tr><td colspan="1">There are no projects to show.</td></tr>'
    else:
        body = _header(grid) + "".join(_rows(grid)) + _pager(grid)
    return (
        f'<div><table cellspacing="0" cellpadding="4" rules="all" border="1" id="{grid.cid}" '
        f'style="color:#333333;width:100%;border-collapse:collapse;">{body}</table></div>'
    )


def _header(grid: Grid) -> str:
    cells = "".join(f'<th scope="col">{escape(column.caption)}</th>' for column in grid.columns)
    return f'<tr style="color:White;background-color:#002A3B;font-weight:bold;">{cells}</tr>'


def _rows(grid: Grid) -> list[str]:
    out = []
    for i, row in enumerate(grid.rows):
        cells = "".join(f"<td>{cell or BLANK}</td>" for cell in row.cells)
        colour = "White" if i % 2 else "#EFF3FB"
        out.append(f'<tr style="background-color:{colour};">{cells}</tr>')
    return out


def _pager(grid: Grid) -> str:
    paging = grid.paging
    if paging.said_pages == 1:
        return ""
    shown = paging.numbers()
    cells = [_link(grid, shown[0] - 1, "...")] if shown[0] > 0 else []
    for page in shown:
        here = f"<td><span>{page + 1}</span></td>"
        cells.append(here if page == paging.page else _link(grid, page, str(page + 1)))
    if shown[-1] < paging.said_pages - 1:
        cells.append(_link(grid, shown[-1] + 1, "..."))
    return (
        f'<tr class="pagination" align="center"><td colspan="{len(grid.columns)}">'
        f"<table><tr>{''.join(cells)}</tr></table></td></tr>"
    )


def _link(grid: Grid, page: int, label: str) -> str:
    call = f"javascript:__doPostBack(&#39;{grid.uid}&#39;,&#39;Page${page + 1}&#39;)"
    return f'<td><a href="{call}">{label}</a></td>'
