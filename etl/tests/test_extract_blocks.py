"""What is repeated is a list of records, whatever its labels are called; menus and teasers are none."""

from __future__ import annotations

import pytest

from buka.dev.testing import soon_done
from etl.extract import PageContent
from etl.tests.hostile import hostile
from etl.tests.test_extract_pairs import MARKUPS, rendered
from etl.understand import read_page

URL = "https://ws.dws.gov.za/pmd/level.aspx"
LABELS = ("Beneficiaries", "Works started", "Stage reached", "Money set aside")  # no word of the vocabulary
ROWS = [
    ["1 200", "2021/03/04", "", "R5 million"],
    ["300", "2022/03/04", "Design", "R6"],
    ["77", "2020/01/04", "Tender", "R8"],
]
BLOCKS = {
    "cards": "<div class='card card-{at}'>{}</div>",
    "cards in two rows": "<div class=card><div class=body>{}</div></div>",
    "list items": "<li><h4><a href=p.aspx?id={at}>Scheme {at}</a></h4>{}</li>",
    "accordion": "<details><summary>Scheme {at}</summary>{}</details>",
    "sections": "<section><header><h3>Scheme {at}</h3></header>{}</section>",
    "blocks under headings": "<h3><a href=p.aspx?id={at}>Scheme {at}</a></h3><div>{}</div>",
    "accordion of panels": "<div class='accordion-item active'><h2><button>Scheme {at}</button></h2>"
    "<div class='collapse in'>{}</div></div>",
}  # fmt: skip


def page(text: str) -> PageContent:
    return read_page(f"<html><body><div id=list>{text}</div></body></html>", url=URL)


def blocks(kind: str, markup: str, rows: list[list[str]]) -> str:
    return "".join(
        BLOCKS[kind]
        .replace("{at}", str(at))
        .replace("{}", rendered(markup, dict(zip(LABELS, row, strict=True))))
        for at, row in enumerate(rows)
    )


@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS)
def test_repeated_blocks_are_records_whatever_their_labels_are_called(markup: str, kind: str) -> None:
    (table,) = page(blocks(kind, markup, ROWS)).tables
    is_titled = "Scheme" in BLOCKS[kind]
    assert table.kind == "cards"
    assert table.headers == ["Title"] * is_titled + list(LABELS)
    assert table.rows == [[f"Scheme {at}"] * is_titled + row for at, row in enumerate(ROWS)]
    if "href" in BLOCKS[kind]:
        assert table.links == [f"https://ws.dws.gov.za/pmd/p.aspx?id={at}" for at in range(3)]


def test_a_card_alone_in_its_row_is_one_of_the_list() -> None:
    markup = MARKUPS["paragraphs"]
    rows = [blocks("cards", markup, ROWS[:2]), blocks("cards", markup, ROWS[2:])]
    (table,) = page("".join(f"<div class=row>{row}</div>" for row in rows)).tables
    assert table.rows == ROWS


def test_a_block_without_one_of_the_labels_is_one_of_the_list() -> None:
    text = blocks("cards", MARKUPS["paragraphs"], ROWS).replace("<p><strong>Stage reached:</strong> </p>", "")
    (table,) = page(text).tables
    assert table.rows == [[row[0], row[1], row[3], row[2]] for row in ROWS] or table.rows == ROWS


def test_records_within_sections_are_the_records_and_not_the_sections() -> None:
    text = "".join(
        f"<section class=province><h2>{name}</h2>{blocks('list items', MARKUPS['lines'], ROWS)}</section>"
        for name in ("Limpopo", "Gauteng")
    )
    (table,) = page(text).tables
    assert len(table.rows) == 6


def test_parts_of_one_record_are_no_list() -> None:
    parts = [{"Beneficiaries": "5", "Works started": "2020"}, {"Money set aside": "R5", "Owner": "DWS"}]
    text = "".join(f"<div class=panel>{rendered(MARKUPS['paragraphs'], part)}</div>" for part in parts)
    assert "cards" not in [table.kind for table in page(text).tables]


def repeated(block: str, times: int = 5) -> str:
    return "".join(block.replace("{}", str(at)) for at in range(times))


REFUSED = {
    "menu": "<li><a href=a{}>Area {}</a><ul><li><a href=x{}>One</a></li><li><a href=y{}>2</a></li></ul></li>",
    "pager": "<span><a href=?p={}>{}</a></span>",
    "teasers": "<div class=news><span class=date>{} May 2024</span><h3><a href=n{}>The dam {}</a></h3>"
    "<p>The minister opened dam {} on a sunny day.</p><a href=n{}>Read more</a></div>",
    "footer": "<footer><div class=c><b>Tel:</b> 01{}<br><b>Fax:</b> 02{}</div></footer>",
    "form": "<div class=f><label>Name:</label><input name=a{}><label>Town:</label><input name=b{}></div>",
    "tiles": "<div class=tile><span class=n>{}7</span><span class=l>Projects of kind {}</span></div>",
    "one value for all": "<div class=c><i class=a>Dam {}</i><i class=b>Limpopo</i><i class=c>R{}</i></div>",
    "tags": "<div class=c><i class=a>Dam {}</i><i class=t>Limpopo</i><i class=t>RBIG</i><b>R{}</b></div>",
    "paragraphs": "<div class=c><p>Dam {}</p><p>Limpopo</p><p>R{}</p></div>",
}


@pytest.mark.parametrize("block", REFUSED.values(), ids=REFUSED)
def test_what_is_repeated_without_labelled_values_is_no_table(block: str) -> None:
    content = page(repeated(block))
    assert (content.tables, content.projects) == ([], [])


TOLD = {
    "Most of its text stands under no label.": "<div class=news><h3><a href=n{}>Dam {} was opened</a></h3>"
    "<span>Date: {} May 2024</span> <span>Author: Person {}</span><p>The minister opened dam number {} on a "
    "sunny day; thousands of people came to see the water run, and all of them were happy.</p></div>",
    "Its blocks are questions and answers.": "<div class=q><b>Who asks?</b> Any town {}<br>"
    "<b>When is it due?</b> In May {}</div>",
    "Its blocks are lists of links.": "<div class=d><b>File:</b> <a href=f{}.pdf>Report of year {}</a><br>"
    "<b>More:</b> <a href=g{}.pdf>Summary of the report {}</a></div>",
    "Its blocks all say the same.": "<div class=c><b>Tel:</b> 012<br><b>Fax:</b> 034</div>",
    "Its blocks are texts, not fields.": "<div class=c><b>Aim:</b> {} " + "many words " * 50
    + "<br><b>Method:</b> {} " + "many words " * 50 + "</div>",
}  # fmt: skip


@pytest.mark.parametrize("reason", TOLD)
def test_blocks_of_pairs_that_are_no_records_are_told_with_the_reason(reason: str) -> None:
    content = page(repeated(TOLD[reason]))
    assert [table for table in content.tables if table.kind == "cards"] == []
    assert [(entry.id, entry.rows, entry.reason) for entry in content.not_data] == [("list", 5, reason)]


NAMED = {
    "classes": (
        "<div class=row><i class=project-no>WP{}</i><i class=project-name><a href=p{}>Dam {}</a></i>"
        "<i class='col-2 budget'>R{}</i></div>",
        ["project no", "project name", "budget"],
    ),
    "classes of blocks and elements": (
        "<li class=item><p class='card__title'>WP{}</p><p class='card__contractor'><a href=p{}>Dam {}</a></p>"
        "<div class='card__projectCost'>R{}</div></li>",
        ["title", "contractor", "project cost"],
    ),
    "attributes": (
        "<div class=r><p data-label='Work order'>WP{}</p><p data-label=Place><a href=p{}>Dam {}</a></p>"
        "<div data-label='Money:'>R{}</div></div>",
        ["Work order", "Place", "Money"],
    ),
    "fields of a content manager": (
        "<div class='views-row views-row-{}'><div class='views-field views-field-field-project-no'>"
        "<b class=field-content>WP{}</b></div><div class='views-field views-field-title'><a href=p{}>Dam {}"
        "</a></div><p class='views-field views-field-field-budget'><b class=field-content>R{}</b></p></div>",
        ["project no", "title", "budget"],
    ),
    "one with a name that is no project's": (
        "<section><b class=project-name>WP{}</b> <b class=village><a href=p{}>Dam {}</a></b>"
        " <b class=status>R{}</b><b class=budget></b><b class=municipality>Giyani</b></section>",
        ["project name", "village", "status", "municipality"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("block", "headers"), NAMED.values(), ids=NAMED)
def test_fields_that_only_a_class_or_an_attribute_names_are_read(block: str, headers: list[str]) -> None:
    (table,) = page(repeated(block, 3)).tables
    assert (table.kind, table.headers) == ("cards", headers)
    assert [row[:3] for row in table.rows] == [[f"WP{at}", f"Dam {at}", f"R{at}"] for at in range(3)]
    assert table.links == [f"https://ws.dws.gov.za/pmd/p{at}" for at in range(3)]


@pytest.mark.parametrize(
    "block",
    [
        "<div class=n><i class=date>{} May</i><b class=title><a href=n{}>Dam {}</a></b><p class=summary>"
        "It was opened.</p><i class=author>A{}</i></div>",
        "<div class=p><i class=title>Post {}</i><i class=category>A</i><i class=description>All {}</i></div>",
        "<div class=p><i class=name>Person {}</i><i class=tel>01{}</i><i class=fax>02{}</i></div>",
        "<div class=p><i class=project-name>Dam {}</i><i class=status>Design</i><p class=budget>{} "
        + "many words " * 20 + "</p></div>",
        "<div class=p><i class=project-name>Dam {}</i><i class=status>Design</i><i class=budget>R{}</i>"
        "<p>The minister opened dam {} on a sunny day, and all were happy about it.</p></div>",
    ],
)  # fmt: skip
def test_classes_that_are_not_a_project_s_make_no_table(block: str) -> None:
    assert page(repeated(block)).tables == []


@hostile(
    "text",
    [
        "<div class=c><b>A:</b> 1<br><b>B:</b> 2</div>" * 20_000,
        "<div class=c>" * 3_000 + "<b>A:</b> 1",
        "<div><p>a<p>b</div>" * 40_000,
        "".join(f"<div class=c><i>a{at % 100}</i><b>c{at}</b></div>" for at in range(30_000)),
        ("<div class=a>" * 60 + "<b>A:</b> 1<br><b>B:</b> 2" + "</div>" * 60) * 500,
        "<div class=c><i class=name>a</i><i class=budget>b</i><i class=status>c</i></div>" * 20_000,
        "<div class=name>" * 3_000 + "<i class=budget>b</i>",
        "<div class=c>" + "<b>A:</b> 1<br>" * 20_000 + "</div><div class=c>" + "<b>A:</b> 1<br>" * 20_000,
    ],
)
def test_countless_blocks_are_read_in_bounded_time(text: str) -> None:
    with soon_done(15):
        page(text)


def test_a_block_that_is_cut_off_empty_is_read_with_the_others() -> None:
    whole = "".join(f"<div class=c><i>Status</i><b>c{at}</b></div>" for at in range(30))
    assert page(whole + "<div class=c><i>").projects == page(whole).projects
