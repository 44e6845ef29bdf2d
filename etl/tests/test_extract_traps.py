"""Pages that tempt a reader to say what they do not: moved columns, sideways tables, prose, sums."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from buka.dev.testing import soon_done
from etl.exceptions import PageChanged
from etl.extract import clean
from etl.extract.damage import is_overloaded
from etl.extract.types import PublishedProject
from etl.tests.hostile import hostile
from etl.understand import read_page
from etl.values.dates import parse_date

URL = "https://ws.dws.gov.za/pmd/level.aspx"


def table(*rows: tuple[str, ...], head: str = "th") -> str:
    lines = [
        "".join(f"<{head if number == 0 else 'td'}>{cell}</{head if number == 0 else 'td'}>" for cell in row)
        for number, row in enumerate(rows)
    ]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def projects(page: str) -> list[PublishedProject]:
    return read_page(page, url=URL).projects


COLUMNS = (
    ("Project No", "WP1", "WP2"),
    ("Project Name", "Alpha", "Beta"),
    ("Cost", "R5", "R8"),
    ("Cost", "R7", "R8"),
    ("", "note", "zeal"),
    ("", "flag", ""),
    ("", '<a href="p.aspx?id=1">View</a>', '<a href="p.aspx?id=2">View</a>'),
    ("Action", "<a href='javascript:f()'>Select</a>", "<a href='javascript:f()'>Select</a>"),
    ("", '<a href="p.aspx?id=3">Zur Karte</a>', '<a href="p.aspx?id=4">Zur Karte</a>'),
)


def test_moved_columns_change_nothing() -> None:
    orders = itertools.islice(itertools.permutations(COLUMNS), 0, None, 9973)
    wanted = [
        {"Project No": "WP1", "Project Name": "Alpha", "Cost": "R5 | R7", "Column 1": "flag | note"},
        {"Project No": "WP2", "Project Name": "Beta", "Cost": "R8", "Column 1": "zeal"},
    ]
    for order in orders:
        assert [project.published for project in projects(table(*zip(*order, strict=True)))] == wanted


def test_two_numbers_of_one_project_are_chosen_between_by_their_labels() -> None:
    columns = (("MIG No", "M1"), ("Project No", "WP1"), ("Status", "Design"))
    for order in itertools.permutations(columns):
        assert [p.external_id for p in projects(table(*zip(*order, strict=True)))] == ["WP1"]


def test_columns_of_one_heading_are_told_in_the_notes() -> None:
    content = read_page(table(*zip(*COLUMNS, strict=True)), url=URL)
    assert content.notes == [
        "Several columns are called 'Cost': where they differ, both texts stand together."
    ]


@pytest.mark.parametrize("first", ["th", "td"])
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_a_table_on_its_side_is_read_column_by_column(first: str, count: int) -> None:
    lines = [("Project Name", "Alpha Beta Gamma Delta Epsilon".split()), ("Status", ["Design"] * 5),
             ("Budget", ["R1", "R2", "R3", "R4", "R5"])]  # fmt: skip
    page = "".join(
        f"<tr><{first}>{label}</{first}>{''.join(f'<td>{text}</td>' for text in texts[:count])}</tr>"
        for label, texts in lines
    )
    found = [project.published for project in projects(f"<table>{page}</table>")]
    assert found == [
        {label: texts[at] for label, texts in lines} for at in range(count)
    ]  # no label is a project's value


@pytest.mark.parametrize(
    "page",
    [
        table(("Project No", ":", "WP1"), ("Project Name", ":", "Alpha"), ("Budget", ":", "R5"), head="td"),
        table(("Project Name", "Alpha", "Status", "Design"), ("Budget", "R5", "Contractor", "X"), head="td"),
        table(("Project Name", "Alpha", "Alpha"), ("Budget", "R5", "R6"), ("Status", "a", "b"), head="td"),
    ],
)
def test_labels_beside_one_project_make_one_project_at_most(page: str) -> None:
    assert len(projects(page)) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Last year DWS spent a lot. The [RBIG] 12 Projects with a Total value: R5 were handed over.",
        "The dam was opened. Greater Giyani - [LIM331] 12 Projects with a Total value: R5",
        "[RBIG] Giyani - [WSIG] 12 Projects with a Total value: R5",
        "Programme [WSIG] - [LIM331] 12 Projects with a Total value: R5",
        "Water for all the people of this wide country, wherever it is that they live - [LIM331] 12 Projects",
        "Giyani (see below - [LIM331] 12 Projects",
    ],
)
def test_prose_gives_no_municipality_line(text: str) -> None:
    assert read_page(f"<p>{text}</p>").listings == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Greater Giyani", "LIM331"), ("Nowhere", "KZN999"), ("Dr. Beyers Naudé", "EC101"),
        ("Emalahleni (MP)", "MP312"), ("City of Cape Town", "CPT"), ("Nelson Mandela Bay", "NMA"),
        ("Limpopo", "LIM"), ("Amathole", "DC12"), ("!Kheis", "NC084"),
        ("Nkosazana Dlamini Zuma Local Municipality", "KZN436"),
    ],
)  # fmt: skip
def test_a_municipality_line_is_read_known_or_not(name: str, code: str) -> None:
    (line,) = read_page(f"<p>{name} - [{code}] 12 Projects with a Total value: R5</p>").listings
    assert (line.code, line.name, line.projects, line.value) == (code, name, "12", "R5")


@hostile(
    "page",
    [
        "<table>" + "<tr><td rowspan=65534 colspan=1000>x</td><td>y</td></tr>" * 500,
        "<table>" + "<tr><th rowspan=65534 colspan=1000>x</th><th>y</th></tr>" * 500,
        "<table><tr><th>Project No<th>Name</tr>" + "<tr><td rowspan=65534 colspan=1000>x<td>y</tr>" * 500,
        "<table><tr><th>Project No<th>Name</tr>" + "<tr><td rowspan=65534 colspan=50>x<td>y</tr>" * 2000,
    ],
)
def test_spans_without_measure_are_read_in_bounded_time(page: str) -> None:
    with soon_done(15):
        read_page(page, url=URL)


def test_a_page_whose_spans_were_cut_is_not_whole() -> None:
    rows = "<tr><td rowspan=65534 colspan=50>x<td>y</tr>" * 2000
    assert not read_page(f"<table><tr><th>Project No<th>Name</tr>{rows}").is_whole


def test_a_colspan_across_all_columns_makes_no_column() -> None:
    rows = [("WP1", "Alpha", "R1"), ("WP2", "Beta", "R2")]
    page = table(("Project No", "Project Name", "Budget"), *rows)
    wide = page.replace("</table>", "<tr><td colspan=1000>A remark</td><td>R7</td></tr></table>")
    (found,) = read_page(wide).tables
    assert found.headers == ["Project No", "Project Name", "Budget"]
    assert found.rows == [*map(list, rows), ["A remark", "A remark", "R7"]]


@pytest.mark.parametrize(
    "page",
    [
        "<p>x</p><a " + " ".join(f"a{at}=1" for at in range(100_000)) + ">",
        "<p>x</p><a " + " ".join(f'a{at}=">"' for at in range(100_000)) + ">",
        "<p>x</p><a " + " ".join(f"a{at}='<b>'" for at in range(100_000)) + ">",
        "<p>x</p><a " + " ".join(f"a{at}" for at in range(100_000)),
    ],
)
def test_a_tag_of_countless_attributes_is_refused_at_once(page: str) -> None:
    with soon_done(10):
        with pytest.raises(PageChanged, match="attributes"):
            read_page(page)
        clean(page.encode())


@pytest.mark.parametrize(
    "page",
    [
        f'<input type="hidden" name="__VIEWSTATE" value="{"x" * 50_000}">',
        "<p>" + "many words " * 5_000,
        "<script>for (i=0;i<n;i++) {" + "var a = 'b' ; " * 5_000 + "}</script>",
        "<!-- <a " + "b=1 " * 5_000 + "--><p>x",
        '<a onclick="if (a > b) go()">x</a>' * 5_000,
        "<a " * 1_000,
        '<p class="' + "word " * 5_000 + '">x',
    ],
)
def test_long_texts_are_no_attributes(page: str) -> None:
    assert not is_overloaded(page)


def test_a_portal_box_of_bold_words_is_no_table() -> None:
    box = "<tr><td><b>News</b></td><td><b>Events</b></td></tr><tr><td>We opened</td><td>Imbizo</td></tr>"
    assert read_page(f"<table><tr><td><table>{box}</table></td></tr></table>").tables == []
    assert read_page(f"<table>{box}<tr><td>The dam</td><td>Water Week</td></tr></table>").tables == []


@pytest.mark.parametrize("head", ["Town|Litres", "Town|Status"])
def test_bold_words_above_figures_or_known_are_a_header(head: str) -> None:
    top = tuple(f"<b>{text}</b>" for text in head.split("|"))
    (found,) = read_page(table(top, ("Giyani", "12 000"), ("Musina", "2021-03-04"), head="td")).tables
    assert found.headers == head.split("|")


@pytest.mark.parametrize(
    ("headers", "is_list"),
    [
        ("Name|Description|Budget", False),
        ("Title|Description|Value", False),
        ("Reference|Description|Budget", False),
        ("Name|Description|Project Cost", True),
        ("Name|Budget|Contractor", True),
        ("Name|Budget|Progress", True),
        ("Project Name|Budget", True),
        ("Scheme|Budget", True),
    ],
)
def test_a_list_of_tenders_is_no_list_of_projects(headers: str, is_list: bool) -> None:
    head = tuple(headers.split("|"))
    assert bool(projects(table(head, ("Supply of chairs", "Some chairs", "R5")[: len(head)]))) is is_list


@pytest.mark.parametrize("word", ["TOTAL", "Total:", "Sub total", "Sub-Total", "Grand Total", "Totals"])
def test_rows_of_sums_at_the_end_are_no_data(word: str) -> None:
    rows = [("WP1", "Alpha", "R1"), ("Total sanitation", "Total", "R2"), ("WP3", "Gamma", "R3")]
    head = ("Project No", "Project Name", "Budget")
    content = read_page(table(head, *rows, ("", word, "R6"), (word, "", "R6")))
    assert content.tables[0].rows == [list(row) for row in rows]
    assert [project.external_id for project in content.projects] == ["WP1", "Total sanitation", "WP3"]


def test_a_group_s_sum_is_no_data() -> None:
    page = (
        "<table><tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
        "<tr><td colspan=3>RBIG</td></tr><tr><td>WP1</td><td>A</td><td>R1</td></tr>"
        "<tr><td colspan=2>Sub total</td><td>R1</td></tr>"
        "<tr><td colspan=3>WSIG</td></tr><tr><td>WP2</td><td>B</td><td>R2</td></tr>"
        "<tr><td colspan=2>Sub total</td><td>R2</td></tr><tr><td colspan=2>Total</td><td>R3</td></tr></table>"
    )
    assert read_page(page).tables[0].rows == [["RBIG", "WP1", "A", "R1"], ["WSIG", "WP2", "B", "R2"]]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-02-28T22:00:00Z", date(2018, 3, 1)),
        ("2018-02-28T21:59:59Z", date(2018, 2, 28)),
        ("2018-02-28T22:00:00.000Z", date(2018, 3, 1)),
        ("2018-02-28 22:00:00+00:00", date(2018, 3, 1)),
        ("2018-03-01T00:00:00+02:00", date(2018, 3, 1)),
        ("2018-03-01T00:00:00+0200", date(2018, 3, 1)),
        ("2018-03-01T00:30:00+10:00", date(2018, 2, 28)),
        ("2018-02-28T22:00:00", date(2018, 2, 28)),
        ("2018-02-28T23:30", date(2018, 2, 28)),
        ("/Date(1519855200000)/", date(2018, 3, 1)),
        ("/Date(1519855200000+0200)/", date(2018, 3, 1)),
        ("\\/Date(1519855199999)\\/", date(2018, 2, 28)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("/Date(-62135596800000)/", None),
        ("/Date(-62135604000000)/", None),
        ("/Date(999999999999999)/", None),
        ("2018-02-30T22:00:00Z", None),
        ("2018-02-28T25:00:00Z", None),
        ("2018-02-28T22:00:00+99:99", None),
    ],
)
def test_an_instant_is_its_day_in_south_africa(text: str, day: date | None) -> None:
    read = parse_date(text)
    assert read.value == day
    assert (read.problem is None) == (day is not None)
