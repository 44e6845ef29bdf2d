"""Tables made of other elements: ARIA roles, CSS tables, rows of divs; and what a page's own style hides."""

from __future__ import annotations

import pytest

from buka.dev.testing import soon_done
from etl.extract.types import Table
from etl.tests.hostile import hostile
from etl.understand import read_page

HEAD = ["Project No", "Project Name", "Budget"]
ROWS = [["WP1", "Alpha", "R5"], ["WP2", "Beta", "R6"]]


def tables(text: str) -> list[Table]:
    return read_page(f"<html><body>{text}</body></html>").tables


def lines(row: str, head: str, cell: str, body: list[list[str]] = ROWS) -> tuple[str, str]:
    """The heading's row and the rows, each cell put into a pattern."""
    first = row.replace("{}", "".join(head.replace("{}", text) for text in HEAD))
    return first, "".join(row.replace("{}", "".join(cell.replace("{}", t) for t in texts)) for texts in body)


def aria(table: str, row: str, cell: str = "cell", group: str = "{}") -> str:
    head, body = lines(row, "<span role=columnheader>{}</span>", f"<span role={cell}>{{}}</span>")
    return table.replace("{}", group.replace("{}", head) + group.replace("{}", body))


GROUP = "<section role=rowgroup>{}</section>"
WRAPPED = "<div role=row><div class=w>{}</div></div>"
ARIA = {
    "table": aria("<div role=table id=g>{}</div>", "<div role=row>{}</div>"),
    "grid": aria("<div role=grid id=g>{}</div>", "<div role=row>{}</div>", "gridcell"),
    "tree": aria("<main role=treegrid id=g>{}</main>", "<div role=row aria-level=1>{}</div>", "gridcell"),
    "list": aria("<ul role=table id=g>{}</ul>", "<li role=row>{}</li>"),
    "groups": aria("<div role=table id=g>{}</div>", "<p role=row>{}</p>", group=GROUP),
    "wrapped cells": aria("<div role=grid id=g>{}</div>", WRAPPED, "gridcell"),
    "wrapped rows": aria("<div role=grid id=g>{}</div>", "<article><div role=row>{}</div></article>"),
}  # fmt: skip


@pytest.mark.parametrize("text", ARIA.values(), ids=ARIA)
def test_a_table_by_its_roles_is_a_table(text: str) -> None:
    (table,) = tables(text)
    assert (table.kind, table.id, table.headers, table.rows) == ("table", "g", HEAD, ROWS)


def test_spans_of_roles_are_filled_out() -> None:
    text = (
        "<div role=table><div role=row><b role=columnheader>Project No</b>"
        "<b role=columnheader aria-colspan=2>Cost</b></div>"
        "<div role=row><b role=rowheader aria-rowspan=2>WP1</b><b role=cell>a</b><b role=cell>b</b></div>"
        "<div role=row><b role=cell>c</b><b role=cell>d</b></div></div>"
    )
    (table,) = tables(text)
    assert (table.headers, table.rows) == (
        ["Project No", "Cost", "Cost"],
        [["WP1", "a", "b"], ["WP1", "c", "d"]],
    )


@pytest.mark.parametrize(
    "text",
    [
        "<div role=grid><div role=row><span role=cell>one</span></div></div>",
        "<div role=row><span role=cell>a</span><span role=cell>b</span></div>",
        "<div role=grid>nothing</div>",
        "<div role=presentation><div role=row><span role=cell>a</span><span role=cell>b</span></div></div>",
        "<table role=grid><tr role=row><td role=gridcell>one</td></tr></table>",
    ],
)
def test_roles_without_rows_of_cells_make_no_table(text: str) -> None:
    assert tables(text) == []


def styled(table: str, row: str, cell: str) -> str:
    head, body = lines(f"<div {row}>{{}}</div>", f"<div {cell}>{{}}</div>", f"<div {cell}>{{}}</div>")
    return f"<div {table}>{head}{body}</div>"


@pytest.mark.parametrize(
    "text",
    [
        styled(
            "style='display:table'", "style='display:table-row'", "style='display: table-cell; width:9px'"
        ),
        "<style>.t{display:table}\n.r{display:table-row}.c , .d{display:table-cell}</style>"
        + styled("class=t", "class=r", "class='x c'"),
        "<style>/* .r{} */ div.r{display:table-row}.c{display:table-cell}#t{width:1px;display:table}</style>"
        + styled("id=t", "class=r", "class=c"),
    ],
)
def test_a_table_by_its_style_is_a_table(text: str) -> None:
    (table,) = tables(text)
    assert (table.headers, table.rows) == (HEAD, ROWS)


ROW = "<div class='row'>{}</div>"
CELL = "<div class=col-md-4>{}</div>"


@pytest.mark.parametrize(
    "text",
    [
        "<div>" + "".join(lines(ROW, CELL, CELL)) + "</div>",
        "<ul>" + "".join(lines("<li>{}</li>", "<span>{}</span>", "<span>{}</span>")) + "</ul>",
        "<div>" + "".join(lines("<a href=x>{}</a>", "<b>{}</b>", "<b>{}</b>")) + "</div>",
        "<div class=thead>{}</div><div class=tbody>{}</div>".format(*lines(ROW, CELL, CELL)),
        "<div class=head>{}</div><section>{}</section>".format(*lines(ROW, CELL, CELL)),
        "<h2>List</h2><div><p>Two of them</p>" + "".join(lines(ROW, CELL, CELL)) + "</div>",
    ],
)  # fmt: skip
def test_rows_of_elements_under_headings_are_a_table(text: str) -> None:
    (table,) = tables(text)
    assert (table.headers, table.rows) == (HEAD, ROWS)


def test_headings_that_nobody_knows_are_told_by_their_class() -> None:
    text = "<div>" + "".join(lines(ROW, CELL, CELL)) + "</div>"
    for known, other in zip(HEAD, ("Work", "Place", "Money"), strict=True):
        text = text.replace(known, other)
    assert tables(text) == []
    (table,) = tables(text.replace("class='row'", "class='row header'", 1))
    assert (table.headers, table.rows) == (["Work", "Place", "Money"], ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "<ul>" + "<li><a href=a>Home</a><a href=b>News</a><a href=c>Contact</a></li>" * 3 + "</ul>",
        "<div class=header><div>A</div><div>B</div><div>C</div></div><div><div>1</div></div>",
        "<div>" + "<div class=tile><h3>New</h3><p>Some words</p><a href=x>More</a></div>" * 4 + "</div>",
    ],
)
def test_rows_without_headings_are_no_table(text: str) -> None:
    assert tables(text) == []


@pytest.mark.parametrize(
    ("style", "is_hidden"),
    [
        (".k{display:none}", True),
        (".k { color: red; DISPLAY : none !important }", True),
        ("span.k{visibility:hidden}", True),
        ("#k1, .other{display:none}", True),
        ("a{color:red} .x .y{display:block} .k{display:none}", True),
        ("@media print{.k{display:none}}", False),
        ("@media print{.a{color:red} .k{display:none}} .b{color:red}", False),
        (".k{display:none} .k{display:inline}", False),
        ("/* .k{display:none} */", False),
        (".row .k{display:none}", False),
        ("div.k{display:none}", False),
        (".k{x-display:none}", False),
    ],
)
def test_text_that_the_page_s_own_style_hides_is_not_read(style: str, is_hidden: bool) -> None:
    row = "<tr><td>WP1</td><td>Alpha<span class='n k' id=k1>0001</span></td></tr>"
    (table,) = tables(f"<style>{style}</style><table><tr><th>Project No<th>Name</tr>{row}</table>")
    assert table.rows == [["WP1", "Alpha" if is_hidden else "Alpha0001"]]


def test_a_panel_that_is_shown_at_a_click_is_read() -> None:
    inner = "<table><tr><th>Project No<th>Name</tr><tr><td>WP1</td><td>Alpha</td></tr></table>"
    (table,) = tables(f"<style>.tab{{display:none}}</style><div class=tab>{inner}</div>")
    assert table.rows == [["WP1", "Alpha"]]


@hostile(
    "text",
    [
        "<div role=table>" * 3_000 + "<div role=row><i role=cell>a</i><i role=cell>b</i></div>",
        "<div role=grid>" + "<div role=row><i role=cell>a</i><i role=cell>b</i></div>" * 30_000,
        "<style>" + ".a{display:none}" * 30_000 + "</style><p class=a>x",
        "<style>" + "{" * 400_000 + "</style><p class=a>x",
        "<style>" + "/*" * 200_000 + "</style><p class=a>x",
        "<style>.t{display:table}.r{display:table-row}.c{display:table-cell}</style>"
        + "<div class=t><div class=r><div class=c>" * 600,
        "<div>" + "<div><i>a</i><i>b</i><i>c</i></div>" * 40_000,
    ],
)
def test_countless_parts_are_read_in_bounded_time(text: str) -> None:
    with soon_done(15):
        read_page(text)
