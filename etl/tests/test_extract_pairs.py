"""Labels and values in every markup: the same pairs are read on a page, in cards and in a data view."""

from __future__ import annotations

import pytest

from buka.dev.testing import soon_done
from etl.extract.types import PublishedProject
from etl.tests.hostile import hostile
from etl.understand import read_page

URL = "https://ws.dws.gov.za/pmd/level.aspx"
WANTED = {"Project No": "WP1", "Project Name": "Alpha", "Status": "", "Budget": "R5 million"}
OTHER = {"Project No": "WP2", "Project Name": "Beta", "Status": "Design", "Budget": "R6"}

MARKUPS = {
    "definition list": "<dl>{}</dl>|<dt>{}</dt><dd>{}</dd>",
    "definitions in divs": "<dl>{}</dl>|<div><dt>{}:</dt><dd>{}</dd></div>",
    "header cells": "<table>{}</table>|<tr><th>{}</th><td>{}</td></tr>",
    "cells with a colon": "<table>{}</table>|<tr><td>{}:</td><td>{}</td></tr>",
    "cells with known words": "<table>{}</table>|<tr><td>{}</td><td>{}</td></tr>",
    "bold cells": "<table>{}</table>|<tr><td><b>{}</b></td><td>{}</td></tr>",
    "form layout": "<div class=dxflFormLayout_X>{}</div>|<div class=dxflItem_X>"
    "<div class=dxflCaptionCell_X>{}:</div><div class=dxflNestedControlCell_X>{}</div></div>",
    "bold label before text": "<p>{}</p>|<b>{}:</b> {}<br>",
    "bold label without a colon": "<p>{}</p>|<b>{}</b> {}<br>",
    "bold labels in one line": "<p>{}</p>|<b>{}</b> {} ",
    "paragraphs": "<div>{}</div>|<p><strong>{}:</strong> {}</p>",
    "list items": "<ul>{}</ul>|<li><b>{}:</b> {}</li>",
    "spans of two classes": "<div>{}</div>|<div><span class=lbl>{}</span> <span>{}</span></div>",
    "spans of one class": "<div>{}</div>|<div><span class=f>{}</span><span class=f>{}</span></div>",
    "label and paragraph": "<div>{}</div>|<div><label>{}</label><p>{}</p></div>",
    "label with a mark": "<div>{}</div>|<div><label>{} <i>:</i></label><p>{}</p></div>",
    "label and box": "<div>{}</div>|<div><label>{}:</label><input type=text value='{}'></div>",
    "label and list": "<ul>{}</ul>|<li><label>{}:</label><select><option>All<option selected>{}</select>",
    "columns of a grid of divs": "<div>{}</div>|<div><div><b>{}:</b></div><div>{}</div></div>",
    "lines": "<p>{}</p>|{}: {}<br>",
    "lines with markup": "<p>{}</p>|{}: <i>{}</i><br>",
    "lines in divs": "<div>{}</div>|<div>{}: {}</div>",
    "lines in list items": "<ul>{}</ul>|<li>{}: {}</li>",
}  # fmt: skip


def rendered(markup: str, record: dict[str, str]) -> str:
    around, each = markup.split("|")
    return around.format("".join(each.format(label, value) for label, value in record.items()))


def projects(page: str) -> list[PublishedProject]:
    return read_page(f"<html><body><div>{page}</div></body></html>", url=URL).projects


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS)
def test_a_project_s_own_page_is_read_in_every_markup(markup: str) -> None:
    (project,) = projects(rendered(markup, WANTED))
    assert (project.part, project.published) == ("page", WANTED)


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS)
def test_cards_are_read_in_every_markup(markup: str) -> None:
    cards = "".join(f"<div class=card>{rendered(markup, record)}</div>" for record in (WANTED, OTHER))
    assert [project.published for project in projects(cards)] == [WANTED, OTHER]


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_data_view_is_read_in_every_markup(markup: str, count: int) -> None:
    items = [f"<td class=dxdvItem_X>{rendered(markup, record)}</td>" for record in (WANTED, OTHER)[:count]]
    view = f"<table class=dxdvControl_X id=dv><tr>{''.join(items)}</tr></table>"
    assert [project.published for project in projects(view)] == [WANTED, OTHER][:count]


CARD = "<div class=card><h4>{}</h4><p><b>Project No:</b> {}</p><p><b>Budget:</b> R1</p>{}</div>"


@pytest.mark.parametrize(
    "after",
    [
        "<p><b>Contractor:</b></p><p>Last seen today</p>",
        "<p><b>Contractor:</b></p><p>Status: Design</p>",
        "<p><b>Contractor:</b></p><p><b>Status:</b> Design</p>",
        "<p><b>Contractor:</b></p><a href='p.aspx?id=1'>View details</a>",
        "<p><b>Contractor:</b> <span style='display:none'>x</span></p><p>Last seen today</p>",
    ],
)
@pytest.mark.parametrize("cards", [1, 2])
def test_what_stands_behind_a_blank_label_is_not_its_value(after: str, cards: int) -> None:
    page = "".join(CARD.format(f"Scheme {at}", f"WP{at}", after) for at in range(cards))
    assert [project.published["Contractor"] for project in projects(page)] == [""] * cards


@pytest.mark.parametrize(
    "sentence",
    ["<p>Municipality: see the map</p>", "<p>Status: as of today</p><p>Status: as of today</p>",
     "<table><tr><td>Province:</td><td><select><option>All</select></td></tr></table>"],
)  # fmt: skip
def test_a_sentence_with_a_colon_is_no_field(sentence: str) -> None:
    (project,) = projects(rendered(MARKUPS["paragraphs"], WANTED) + sentence)
    assert project.published == WANTED


def test_a_table_within_a_card_is_none_of_its_fields() -> None:
    visits = "<table><tr><th>Status</th><th>Date</th></tr><tr><td>Done</td><td>2024/01/01</td></tr></table>"
    page = "".join(CARD.format(f"Scheme {at}", f"WP{at}", visits) for at in range(2))
    found = [project for project in projects(page) if project.external_id]
    assert [set(project.published) for project in found] == [{"Title", "Project No", "Budget"}] * 2


def test_a_label_that_is_hidden_or_in_a_menu_is_not_read() -> None:
    page = rendered(MARKUPS["paragraphs"], WANTED)
    hidden = "<p style='display:none'><b>Contractor:</b> X</p><nav><b>Province:</b> Y</nav>"
    assert [project.published for project in projects(page + hidden)] == [WANTED]


def test_a_list_within_a_list_keeps_its_own_pairs() -> None:
    inner = "<dl><dt>Programme</dt><dd>RBIG</dd><dt>Budget</dt><dd>R5</dd></dl>"
    page = f"<dl><dt>Project No</dt><dd>WP1</dd><dt>Money</dt><dd>{inner}</dd></dl>"
    headers = [table.headers for table in read_page(page).tables]
    assert headers == [["Project No", "Money"], ["Programme", "Budget"]]


@hostile(
    "page",
    [
        "<p>" + "<b>Budget</b><i>x</i>" * 5_000,
        "<p>" + "<b>Budget:</b><br>" * 5_000,
        "<p>" + "Budget: R5<br>" * 5_000,
        "<label>Status</label>" + "<i></i>" * 20_000,
        "<div>Budget:" * 1_500,
        "<div>Budget: R5 " * 1_500,
        "<dl><dt>Budget<dd>x" * 500,
        "<table><tr><td>Budget:<td>x" * 250,
        "".join(f"<div><b>Project No:</b> {at}" for at in range(1_500)),
        "".join(f"<div>Project No: {at}<br>Budget: R5</div>" for at in range(5_000)),
    ],
)
def test_countless_labels_are_read_in_bounded_time(page: str) -> None:
    with soon_done(5):
        read_page(page, url=URL)


def test_all_blocks_of_a_long_list_are_read() -> None:
    cards = "".join(
        CARD.format(f"Scheme {at}", f"WP{at}", "<p><b>Status:</b> Design</p>") for at in range(2_000)
    )
    assert len(projects(cards)) == 2_000


@pytest.mark.parametrize("mark", ["<td><b>{}:</b></td>", "<td>{}:</td>", "<th>{}:</th>"])
def test_labels_in_two_columns_are_no_project_in_a_table_that_lies_on_its_side(mark: str) -> None:
    def record(at: int) -> str:
        lines = [("Project No", f"WP{at}", "Resident engineer", "Bigen"), ("Budget", "R5", "Area", "Giyani"),
                 ("Status", "Design", "Stage reached", "3")]  # fmt: skip
        cells = (f"{mark.format(a)}<td>{b}</td>{mark.format(c)}<td>{d}</td>" for a, b, c, d in lines)
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"

    (table,) = read_page("<html><body>" + "".join(map(record, range(3))) + "</body></html>").tables
    assert table.rows == [[f"WP{at}", "Bigen", "R5", "Giyani", "Design", "3"] for at in range(3)]
