"""What stands above a record's labels names the record, wherever and however the markup has it."""

from __future__ import annotations

import pytest

from etl.extract import read_page
from etl.extract.types import Table

RECORDS = [
    ("Giyani Bulk Pipeline", "WP1", "Laying of 4 km of pipes", "R5"),
    ("Nandoni Pump Station", "WP2", "Two pumps", "R6"),
    ("Mopani Reservoir, Ward 7", "WP3", "", "R7"),
]
KNOWN = ("Project No", "Description", "Budget")
UNKNOWN = ("Works code", "Nature of it", "Money set aside")
MIXED = ("Project No", "Nature of it", "Money set aside")
_TABLE = "<tr><th>{a}</th><td>{1}</td></tr><tr><th>{b}</th><td>{2}</td></tr><tr><th>{c}</th><td>{3}</td></tr>"
_LINES = "{a}: {1}<br>{b}: {2}<br>{c}: {3}"
_TERMS = "<dt>{a}</dt><dd>{1}</dd><dt>{b}</dt><dd>{2}</dd><dt>{c}</dt><dd>{3}</dd>"
HEADED = {
    "row of one cell": f"<table><tr><th colspan=2>{{0}}</th></tr>{_TABLE}</table>",
    "bold row of one cell": f"<table><tr><td colspan=2><b>{{0}}</b></td></tr>{_TABLE}</table>",
    "caption": f"<table><caption>{{0}}</caption>{_TABLE}</table>",
    "heading above a table": f"<h3>{{0}}</h3><table>{_TABLE}</table>",
    "bold line above a table": f"<p><b>{{0}}</b></p><table>{_TABLE}</table>",
    "bold words and a break above a table": f"<strong>{{0}}</strong><br><table>{_TABLE}</table>",
    "bold first line of an item": f"<li><b>{{0}}</b><br>{_LINES}</li>",
    "plain first line of an item": f"<li>{{0}}<br>{_LINES}</li>",
    **{
        f"fields in one line, {mark} between": (
            f"<li><b>{{0}}</b><br>{{a}}: {{1}} {mark} {{b}}: {{2}} {mark} {{c}}: {{3}}</li>"
        )
        for mark in ("|", ";", "·")
    },
    "first line of a card": f"<div class=card><div class=top>{{0}}</div><p>{_LINES}</p></div>",
    "heading of a card": f"<div class=card><h4>{{0}}</h4><p>{_LINES}</p></div>",
    "heading above a list of terms": f"<h3>{{0}}</h3><dl>{_TERMS}</dl>",
    "bold line above a list of terms": f"<p><strong>{{0}}</strong></p><dl>{_TERMS}</dl>",
    "card with a list of terms": f"<div class=card><b>{{0}}</b><dl>{_TERMS}</dl></div>",
}  # fmt: skip


def tables(block: str, labels: tuple[str, str, str], records: list[tuple[str, str, str, str]]) -> list[Table]:
    a, b, c = labels
    blocks = "".join(block.format(*record, a=a, b=b, c=c) for record in records)
    return read_page(f"<html><body><h1>Water projects</h1><div>{blocks}</div></body></html>").tables


@pytest.mark.parametrize("labels", [KNOWN, UNKNOWN, MIXED], ids=["known words", "other words", "both"])
@pytest.mark.parametrize("block", HEADED.values(), ids=HEADED)
def test_what_stands_above_the_labels_is_the_title(block: str, labels: tuple[str, str, str]) -> None:
    (table,) = tables(block, labels, RECORDS)
    assert table.headers == ["Title", *labels]
    assert table.rows == [list(record) for record in RECORDS]


def test_a_small_table_with_one_line_is_a_heading_too() -> None:
    block = f"<table><tr><td><b>{{0}}</b></td></tr></table><table>{_TABLE}</table>"
    (table,) = tables(block, KNOWN, RECORDS)
    assert [row[0] for row in table.rows] == [record[0] for record in RECORDS]


@pytest.mark.parametrize("block", HEADED.values(), ids=HEADED)
def test_a_line_that_all_records_share_is_no_title(block: str) -> None:
    (table,) = tables(block, KNOWN, [("Water project", *record[1:]) for record in RECORDS])
    assert table.headers == list(KNOWN)


def test_a_name_may_begin_with_the_words_of_a_label() -> None:
    records = [("Project Name Board Bridge", *RECORDS[0][1:]), ("Budget Street Sewer", *RECORDS[1][1:])]
    (table,) = tables("<li><b>{0}</b><br>{a}: {1}<br>{c}: {3}</li>", KNOWN, records)
    assert [row[0] for row in table.rows] == ["Project Name Board Bridge", "Budget Street Sewer"]


def test_a_first_value_is_no_title() -> None:
    for block in ("<li>{1}<br>{a}: {1}<br>{c}: {3}</li>", "<li><b>{a}:</b> {1}<br><b>{c}:</b> {3}</li>"):
        (table,) = tables(block, KNOWN, RECORDS)
        assert table.headers == ["Project No", "Budget"]


def test_a_button_above_the_labels_is_no_title() -> None:
    (table,) = tables("<li><b>View</b><br>{a}: {1}<br>{c}: {3}</li>", KNOWN, RECORDS)
    assert table.headers == ["Project No", "Budget"]


def test_marks_within_values_and_in_cells_part_nothing() -> None:
    line = "<li><b>{0}</b><br>{a}: {1} | {b}: {2}; and x | y | {c}: {3}</li>"
    (table,) = tables(line, KNOWN, RECORDS)
    assert table.rows[0] == ["Giyani Bulk Pipeline", "WP1", "Laying of 4 km of pipes; and x | y", "R5"]
    head = "<tr><th>Project No</th><th>Note</th></tr>"
    body = "".join(f"<tr><td>WP{at}</td><td>A: 1 | B: 2 | C: 3</td></tr>" for at in range(3))
    assert read_page(f"<table>{head}{body}</table>").tables[0].rows[0][1] == "A: 1 | B: 2 | C: 3"
