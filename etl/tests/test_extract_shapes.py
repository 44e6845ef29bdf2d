"""Tables that are told by their shape: text in a fixed pitch, records side by side, tags that nobody closed,
nodes of a tree, lists in scripts whose keys nobody knows."""

from __future__ import annotations

import json

import pytest

from etl.extract import read_page
from etl.extract.types import Table

HEADINGS = ["Works code", "What it is", "Money set aside"]
ROWS = [
    ["WP1", "Giyani Bulk Pipeline", "R5 000"],
    ["WP2", "Nandoni Pump Station", ""],
    ["WP3", "Mopani", "R12 000 000"],
]


def tables(body: str) -> list[Table]:
    return read_page(
        f"<html><body><h1>Works</h1>{body}</body></html>", url="https://x.gov.za/list.aspx"
    ).tables


def fixed(rule: str = "", right: bool = False) -> str:
    lines = [f"{a:<12}{b:<24}{c:>18}" if right else f"{a:<12}{b:<24}{c}" for a, b, c in (HEADINGS, *ROWS)]
    return "\n".join([lines[0], *([rule] if rule else []), *lines[1:]])


PITCHED = {
    "no rule": fixed(),
    "a rule": fixed("-" * 54),
    "a rule in pieces": fixed("----------  ----------------------  ---------------"),
    "figures to the right": fixed("=" * 54, right=True),
    "bars": "\n".join("| " + " | ".join(row) + " |" for row in (HEADINGS, *ROWS)),
    "a box": "\n".join(
        ["+----+---+", *("| " + " | ".join(row) + " |" for row in (HEADINGS, *ROWS)), "+----+---+"]
    ),
    "tabs": "\n".join("\t".join(row) for row in (HEADINGS, *ROWS)),
    "a title above and blank lines": "WORKS OF THE DEPARTMENT\n\n" + fixed("-" * 54).replace("\n", "\n\n"),
    "fonts and breaks": "<font color=navy>" + fixed().replace("\n", "<br>") + "</font>",
}  # fmt: skip


@pytest.mark.parametrize("text", PITCHED.values(), ids=PITCHED)
def test_columns_of_a_fixed_pitch_are_a_table(text: str) -> None:
    (table,) = tables(f"<PRE>{text}</PRE>")
    assert table.headers == HEADINGS
    assert table.rows == ROWS


def test_a_button_behind_each_line_is_no_value_of_its_last_column() -> None:
    lines = [f"{line:<54}  View" if at else line for at, line in enumerate(fixed().split("\n"))]
    (table,) = tables("<pre>" + "\n".join(lines) + "</pre>")
    assert table.headers[:3] == HEADINGS
    assert [row[:3] for row in table.rows] == ROWS


def test_a_gap_that_all_lines_happen_to_have_within_a_column_parts_nothing() -> None:
    lines = [f"{'Code':<8}{'Budget':<10}Works"]
    lines += [f"{code:<8}{'R5':<10}Works  of {code}" for code in ("WP1", "WP2", "WP3")]
    (table,) = tables("<pre>" + "\n".join(lines) + "</pre>")
    assert [row[2] for row in table.rows] == ["Works of WP1", "Works of WP2", "Works of WP3"]


def test_a_group_a_total_and_a_remark_between_lines_of_a_fixed_pitch_are_no_rows() -> None:
    lines = fixed("-" * 54).split("\n")
    text = "\n".join([*lines[:2], "LIMPOPO", *lines[2:4], "GAUTENG", lines[4], "-" * 54])
    (table,) = tables(f"<pre>{text}\n{'Total':<36}R12 005 000\nSource: the department.</pre>")
    assert table.headers == ["Group", *HEADINGS]
    assert [row[0] for row in table.rows] == ["LIMPOPO", "LIMPOPO", "GAUTENG"]
    assert [row[1:] for row in table.rows] == ROWS
    assert [row.kind for row in table.left_out] == ["group", "group", "total", "note"]


def test_a_heading_of_two_lines_above_a_rule_is_one() -> None:
    above = f"{'Works':<12}{'What':<24}Money\n{'code':<12}{'it is':<24}set aside"
    lines = fixed("-" * 54).split("\n")
    (table,) = tables(f"<pre>{above}\n" + "\n".join(lines[1:]) + "</pre>")
    assert table.headers == HEADINGS
    assert table.rows == ROWS


@pytest.mark.parametrize(
    "text",
    [
        "for at in range(3):\n    print(at)\n\n    return  # done\n",
        "Dear all,\n\n  the water is off.\n\nRegards,\n  The department",
        "  *     *\n *  *  *\n    **   \n",
        "Name: Giyani\nBudget: R5\nStatus: Design",
        fixed().replace("What it is      ", "What it is  of x"),  # the headings run into each other
    ],
)
def test_other_text_of_a_fixed_pitch_is_no_table(text: str) -> None:
    assert [table for table in tables(f"<pre>{text}</pre>") if table.kind == "table"] == []


KNOWN = ["Project No", "Project Name", "Budget"]


def row(cells: list[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


@pytest.mark.parametrize("headings", [KNOWN, HEADINGS], ids=["known", "unknown"])
@pytest.mark.parametrize("times", [2, 3])
def test_records_side_by_side_are_rows_of_their_own(headings: list[str], times: int) -> None:
    records = [[f"WP{at}", f"Scheme {at}", f"R{at}00"] for at in range(7)]
    cells = [
        cell for record in records for cell in [f"<a href=p.aspx?id={record[0]}>{record[0]}</a>", *record[1:]]
    ]
    wide = 3 * times
    lines = [cells[at : at + wide] for at in range(0, len(cells), wide)]
    body = "".join(row([*line, *[""] * (wide - len(line))]) for line in lines)
    (table,) = tables(f"<table>{row(headings * times, 'th')}{body}</table>")
    assert table.headers == headings
    assert table.rows == records
    assert table.links == [f"https://x.gov.za/p.aspx?id=WP{at}" for at in range(7)]


def test_a_group_stands_over_both_halves() -> None:
    cells = [f"{start}{at}" for at in range(2) for start in ("WP", "Scheme ", "R10")]
    head = row(KNOWN * 2, "th")
    (table,) = tables(f"<table>{head}<tr><td colspan=6>Limpopo</td></tr>{row(cells)}{row(cells)}</table>")
    assert table.headers == ["Group", *KNOWN]
    assert {line[0] for line in table.rows} == {"Limpopo"}
    assert len(table.rows) == 4


@pytest.mark.parametrize(
    "headings",
    [
        ["Project No", "Budget", "Spent", "Budget", "Spent"],
        ["Year", "Spent", "Year", "Spent"],
        ["Budget"] * 4,
    ],
)
def test_headings_that_return_within_one_record_are_its_own(headings: list[str]) -> None:
    body = "".join(row([f"{start}{at}" for start in range(len(headings))]) for at in range(3))
    (table,) = tables(f"<table>{row(headings, 'th')}{body}</table>")
    assert len(table.headers) == len(headings)


OPEN = {
    "fonts": ("<TR>", "<TD><FONT SIZE=2>"),
    "emphasis": ("<tr>", "<td><em>"),
    "centered": ("<tr>", "<td><center>"),
    "divs": ("<tr>", "<td><div align=left>"),
    "underlined spans": ("<TR BGCOLOR=white>", "<TD><span><u>"),
    "bold links": ("<tr>", "<td><b><a name=x>"),
}


@pytest.mark.parametrize(("line", "cell"), OPEN.values(), ids=OPEN)
@pytest.mark.parametrize("end", ["</table></center>", "</table>", ""])
def test_tags_that_nobody_closed_end_with_their_cell(line: str, cell: str, end: str) -> None:
    head = "<tr><td bgcolor=silver><font><b>" + "</b></font><td bgcolor=silver><font><b>".join(KNOWN)
    body = "\n".join(line + "".join(f"{cell}{text or '&nbsp;'}" for text in record) for record in ROWS)
    content = read_page(f"<HTML><BODY><CENTER><TABLE BORDER=1>{head}</b></font>\n{body}\n{end}</BODY></HTML>")
    (table,) = content.tables
    assert table.headers == KNOWN
    assert table.rows == ROWS


def test_a_table_in_a_cell_keeps_its_rows_where_tags_are_open() -> None:
    inner = "<TABLE>" + "".join(f"<TR><TD><FONT>{a}<TD><FONT>{b}<TD><FONT>{c}" for a, b, c in (KNOWN, *ROWS))
    (table,) = tables(f"<TABLE><TR><TD><FONT>Menu<TD>{inner}</TABLE><TR><TD><FONT>Foot<TD>x</TABLE>")
    assert table.headers == KNOWN
    assert table.rows == ROWS


def node(depth: int, cells: list[str], wide: int = 0) -> str:
    indents = "<td class=dxtlIndent_Glass></td>" * depth
    span = f" colspan={wide}" if wide else ""
    return (
        f"<tr class=dxtlNode_Glass>{indents}"
        + "".join(f"<td class=dxtl{span}>{c}</td>" for c in cells)
        + "</tr>"
    )


def tree(*nodes: str) -> Table:
    heads = "".join(f"<td class=dxtlHeader_Glass>{text}</td>" for text in KNOWN)
    head = f"<tr id=T_HDR><td class=dxtlHeader_Glass colspan=3></td>{heads}</tr>"
    (table,) = tables(f"<table id=T_D class=dxtlDataTable_Glass>{head}{''.join(nodes)}</table>")
    return table


def test_a_node_across_the_columns_of_a_tree_is_a_group() -> None:
    table = tree(node(1, ["KwaZulu-Natal - eThekwini (ETH)"], 4), *(node(2, record) for record in ROWS))
    assert table.headers == ["Group", *KNOWN]
    assert table.rows == [["KwaZulu-Natal - eThekwini (ETH)", *record] for record in ROWS]


def test_a_node_with_blank_cells_above_deeper_nodes_is_a_group_at_each_depth() -> None:
    table = tree(
        node(1, ["Limpopo", "", ""]), node(2, ["Mopani", "", ""]), node(3, ROWS[0]),
        node(2, ["Vhembe", "", "&nbsp;"]), node(3, ROWS[1]), node(1, ["Gauteng", "", ""]), node(3, ROWS[2]),
    )  # fmt: skip
    assert [row[:2] for row in table.rows] == [["Limpopo", "Mopani"], ["Limpopo", "Vhembe"], ["Gauteng", ""]]


def test_a_node_of_which_only_the_number_is_published_stays_a_row() -> None:
    table = tree(node(1, ["WP7", "", ""]), *(node(1, record) for record in ROWS))
    assert [row[0] for row in table.rows] == ["WP7", "WP1", "WP2", "WP3"]


def records(keys: list[str]) -> list[dict[str, str]]:
    return [
        dict(zip(keys, (f"MIG/{at}", f"Scheme of ward {at}", f"R{at}00,00", f"2024/01/0{at}"), strict=True))
        for at in range(1, 5)
    ]


SCRIPTS = {
    "object in a block of JSON": ('<script type="application/json">{"total": 4, "data": ', "}</script>"),
    "array in a block of JSON": ('<script type="application/json" id=rows>', "</script>"),
    "variable": ("<script>var rows = ", ";</script>"),
    "call": ("<script>$('#t').DataTable({data: ", ", paging: true});</script>"),
    "member": ("<script>window.app = {rows: ", "};</script>"),
}


@pytest.mark.parametrize("around", SCRIPTS.values(), ids=SCRIPTS)
def test_records_of_a_script_are_a_table_whatever_their_keys_are_called(around: tuple[str, str]) -> None:
    keys = ["Ref. of works", "Scheme / Works", "Money set aside", "Compl."]
    (table,) = tables(json.dumps(records(keys)).join(around))
    assert table.headers == keys
    assert table.rows == [list(record.values()) for record in records(keys)]


@pytest.mark.parametrize(
    "items",
    [
        [{"text": f"Page {at} of it", "url": f"/p{at}.aspx", "icon": "home", "order": at} for at in range(5)],
        [{"label": f"Line {at} x", "color": "#fff", "width": at, "fill": "none"} for at in range(5)],
        [{"a": at, "b": at, "c": at, "d": at} for at in range(5)],
        [{"name": "Top of map", "x": 1, "y": 2, "z": 3}] * 4,
    ],
    ids=["menu", "legend", "figures", "the same"],
)
def test_what_is_no_list_of_records_stays_in_its_script(items: list[dict[str, object]]) -> None:
    assert tables(f"<script>var x = {json.dumps(items)};</script>") == []
