"""What a page says in words of how many rows its list has is held against what was read."""

from __future__ import annotations

import pytest

from etl.extract import read_page
from etl.extract.types import Pager
from etl.tests.conftest import Sync
from etl.tests.test_areas import HEAD, ROW, claims, page, site, states
from etl.tests.tinysite import serving
from projects.models import Project


def table(numbers: range, foot: str = "") -> str:
    return f"<table>{HEAD}{''.join(ROW.format(number, 1000) for number in numbers)}{foot}</table>"


def pager(body: str) -> Pager | None:
    return read_page(f"<html><body>{body}</body></html>", url="http://x/list").tables[0].pager


@pytest.mark.parametrize(
    "said",
    [
        "<div>Showing <b>1</b> to <b>4</b> of <b>9</b> entries</div>",
        "<p>1 – 4 of 9 projects</p>",
        "<p>Wys 1 tot 4 van 9 inskrywings</p>",
        "<p>Total records: 9</p>",
        "<p>9 projects found</p>",
        "<p>Page 1 of 3 (9 items)</p>",
        "<p>4 of 9 projects shown</p>",
        "<p>4 of <b>9</b> projects</p>",
        "<div>Showing 4 of 9</div>",
        "<span>Showing the first 4 of 9 projects.</span>",
        "<p>4 van 9 projekte vertoon</p>",
        "<h2>Projects (9)</h2>",
        "<h3>Water Projects <small>(9)</small></h3>",
        "<h3>Projekte (9)</h3>",
    ],
)
def test_a_number_in_words_is_the_list_s(said: str) -> None:
    shown = pager(table(range(4)) + said)
    assert shown is not None
    assert shown.items == 9


@pytest.mark.parametrize(
    "foot",
    [
        "<tr><td colspan=3>Total: 9 projects</td></tr>",
        "<tr><td colspan=3>Aantal projekte: 9</td></tr>",
        "<tfoot><tr><td>Total (9)</td><td></td><td>R9000</td></tr></tfoot>",
    ],
)
def test_so_is_that_of_its_total_row(foot: str) -> None:
    shown = pager(table(range(4), foot))
    assert shown is not None
    assert shown.items == 9


@pytest.mark.parametrize(
    "said",
    [
        "<p>Phase 1 to 2 of 9</p>",  # of something else: four rows are shown
        "<p>4 to 1 of 9</p>",
        "<p>9 projects</p>",  # may be of the province
        "<p>Budget 2024 of 2025: R9 000.50</p>",
        "<p>4 of 9 projects are under construction</p>",
        "<p>3 of 9 projects shown</p>",  # four rows are
        "<p>4 of 9</p>",
        "<h2>Projects (2)</h2>",  # fewer than are shown
        "<h2>Projects (9)</h2><h2>Closed projects (9)</h2>",
        "<a>Projects (9)</a>",  # a menu's
        "<h2>Phase (9)</h2>",
    ],
)
def test_other_numbers_say_nothing_of_it(said: str) -> None:
    assert pager(table(range(4)) + said) is None


def grouped(heads: dict[str, int]) -> str:
    """A list under group rows; head → how many rows follow."""
    rows, at = "", 0
    for head, number in heads.items():
        rows += f"<tr class='group'><td colspan=3>{head}</td></tr>"
        rows += "".join(ROW.format(n, 1000 + n) for n in range(at, at + number))
        at += number
    return f"<table>{HEAD}{rows}</table>"


@pytest.mark.parametrize(
    ("heads", "items"),
    [
        ({"Construction (3)": 3, "Design (2)": 2}, 5),
        ({"Construction (3)": 3, "Tender (1)": 1, "Design (6)": 2}, 10),
        ({"Ward (12)": 3, "Ward (14)": 2}, None),  # of wards
        ({"Phase (1)": 3, "Phase (2)": 2}, None),
        ({"Construction (3)": 3}, None),
        ({"Construction (3)": 3, "Design": 2}, None),
    ],
)
def test_group_rows_say_how_many_follow_where_that_is_what_they_say(
    heads: dict[str, int], items: int | None
) -> None:
    shown = pager(grouped(heads))
    assert (shown.items if shown else None) == items


def test_the_projects_of_a_table_that_counts_them_are_not_its_rows() -> None:
    rows = "".join(f"<tr><td>LIM33{n}</td><td>Place {n}</td><td>3</td></tr>" for n in (1, 2, 3))
    head = "<tr><th>Code</th><th>Municipality</th><th>Number of Projects</th></tr>"
    foot = "<tr><td colspan=3>Total: 9 projects</td></tr>"
    assert pager(f"<table>{head}{rows}{foot}</table><p>9 projects found</p>") is None


@pytest.mark.parametrize(
    "line",
    [
        "12 Projekte met 'n totale waarde van: R3 000,00",
        "(12) Projects with a Total value: R3 000,00",
        "[12 Projects] Total value: R3 000,00",
        "12 projekte, totale waarde R3 000,00",
        "- Projects: 12, Total value: R3 000,00",
        "<span>Projekte:</span> <b>12</b> <span>Totale waarde</span> <b>R3 000,00</b>",
    ],
)
def test_a_municipality_s_line_in_other_words(line: str) -> None:
    page = read_page(f"<html><body><p>Greater Giyani - [LIM331] {line}</p></body></html>")
    assert [(one.code, one.projects, one.value) for one in page.listings] == [("LIM331", "12", "R3 000,00")]


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("12 Water Projects with a Total value: R3 000,00", "12"),
        ("12 Bulk Water and Sanitation projects, total value R3 000,00", "12"),
        ("12 waterprojekte, totale waarde R3 000,00", "12"),
        ("12+ Projects with a Total value: R3 000,00", "12+"),
        ("12.0 Projects with a Total value: R3 000,00", "12.0"),
    ],
)
def test_so_is_one_that_says_of_what_or_at_least(line: str, count: str) -> None:
    page = read_page(f"<html><body><p>Greater Giyani - [LIM331] {line}</p></body></html>")
    assert [(one.code, one.projects, one.value) for one in page.listings] == [("LIM331", count, "R3 000,00")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "rows", "told", "complete"),
    [
        ("12+", 3, ("12+", "3", False), False),
        ("2+", 3, ("2+", "3", True), True),
        pytest.param("12.0", 3, ("12.0", "3", False), False, marks=pytest.mark.soak),
        pytest.param("3.0", 3, ("3.0", "3", True), True, marks=pytest.mark.soak),
        pytest.param("3+", 3, ("3+", "3", True), True, marks=pytest.mark.soak),
    ],
)
def test_a_line_that_says_at_least_is_met_by_as_many_or_more(
    sync: Sync, said: str, rows: int, told: tuple[str, str, bool], complete: bool
) -> None:
    with serving(site({"LIM331": (said, "")}, {"LIM331": [1] * rows})) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    what = "projects, at least" if "+" in said else "projects"
    assert claims()["LIM331", what] == told
    assert run.complete == complete, run.notes


@pytest.mark.parametrize(
    "text",
    [
        "Projects: 2024/25",
        "12 completed projects",
        "Projects: 12.5%",
        "Projects planned",
        "12 projections",
        "twelve projects with a Total value: R3 000,00",
        "10-12 projects",
        "10 to 12 Projects",
        "about 12 projects",
        "at least 12 projects",
        "12 of 15 projects",
        "1.5 projects",
    ],
)
def test_what_only_looks_like_a_line_is_none(text: str) -> None:
    assert not read_page(f"<html><body><p>Greater Giyani - [LIM331] {text}</p></body></html>").listings


@pytest.mark.soak
@pytest.mark.django_db
def test_a_list_that_shows_less_than_it_says_makes_no_row_missing(sync: Sync) -> None:
    menu = page("<a href='list.aspx?m=LIM331'>Place - [LIM331]</a>")
    with serving({"/pmd/level.aspx": menu}) as here:
        url = f"{here.root}/pmd/level.aspx"
        where = "/pmd/list.aspx?m=LIM331"
        here.pages[where] = page(table(range(5)) + "<p>Showing 1 to 5 of 9 entries</p>")
        assert not sync(url).complete
        here.pages[where] = page(table(range(4)) + "<p>Showing 1 to 4 of 9 entries</p>")
        for _ in range(2):
            run = sync(url)
            assert (run.complete, run.missing) == (False, 0)
        here.pages[where] = page(table(range(3)) + "<p>Showing 1 to 3 of 3 entries</p>")
        run = sync(url)
    assert (run.complete, run.missing) == (True, 2)


@pytest.mark.django_db
def test_pages_behind_links_are_counted_together(sync: Sync) -> None:
    def shown(numbers: range, at: int, all_: int) -> tuple[int, dict[str, str], str]:
        links = "".join(f"<li><a href='list.aspx?p={n}'>{n}</a></li>" for n in (1, 2) if n != at)
        pager = f"<ul class='pagination'>{links}<li class='active'>{at}</li></ul>"
        said = f"<p>Showing {numbers[0] + 1} to {numbers[-1] + 1} of {all_} entries</p>"
        return page(f"<h1>Place - [LIM331]</h1>{table(numbers)}{pager}{said}")

    for all_, complete in ((6, True), (8, False)):
        first = shown(range(4), 1, all_)
        pages = {"/pmd/list.aspx?p=1": first, "/pmd/list.aspx?p=2": shown(range(4, 6), 2, all_)}
        with serving({"/pmd/level.aspx": first, **pages}) as here:
            assert sync(f"{here.root}/pmd/level.aspx").complete == complete
    assert Project.objects.count() == 6
    assert states() == {"LIM331": "incomplete"}  # its heading says whose it is
    assert claims() == {("LIM331", "rows of its list"): ("8", "6", False)}


@pytest.mark.django_db
def test_a_table_of_something_else_makes_no_reading_incomplete(sync: Sync) -> None:
    news = "".join(f"<tr><td>2026-01-0{day}</td><td>News</td></tr>" for day in (1, 2, 3))
    shown = f"<table><tr><th>Date</th><th>News</th></tr>{news}</table><p>1 - 3 of 9</p>"
    line = "<p><a href='list.aspx?m=LIM331'>Place - [LIM331]</a> 2 Projects</p>"
    pages = {"/pmd/level.aspx": page(shown + line), "/pmd/list.aspx?m=LIM331": page(table(range(2)))}
    with serving(pages) as here:
        assert sync(f"{here.root}/pmd/level.aspx").complete


CARD = "<div class='card'><h3>{1}</h3><p>{0}</p></div>"


@pytest.mark.parametrize(
    "said",
    [
        CARD.format("Total Projects", 57),
        CARD.format("Total Projects", 57)
        + CARD.format("Completed", 12)
        + CARD.format("Total value", "R4.2 bn"),
        "<table><tr><td>Total number of projects:</td><td>57</td></tr><tr><td>Rand</td><td>5</td></tr>",
        "<p>Total number of projects: <b>57</b></p>",
        "<dl><dt>No. of Projects</dt><dd>57</dd><dt>Provinces</dt><dd>9</dd></dl>",
        "<div><span>57</span> <span>Totale aantal projekte</span></div>",
    ],
)
def test_a_card_says_how_many_projects_there_are_in_all(said: str) -> None:
    assert read_page(f"<html><body>{said}</body></html>", url="http://x/").in_all == 57


@pytest.mark.parametrize(
    "said",
    [
        CARD.format("Projects completed", 12),
        CARD.format("Total projects", "R4.2 bn"),
        CARD.format("Total projects", 57) + CARD.format("Total projects", 12),  # of two provinces
        "<div><p>Total projects</p><p>Municipalities</p><p>57</p><p>9</p></div>",  # which is whose
    ],
)
def test_what_may_be_of_something_else_is_no_number_of_all_projects(said: str) -> None:
    assert read_page(f"<html><body>{said}</body></html>", url="http://x/").in_all is None


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "is_met"), [pytest.param(3, True, marks=pytest.mark.soak), (5, False)])
def test_a_card_of_the_entry_page_is_held_against_all_that_was_read(
    sync: Sync, number: int, is_met: bool
) -> None:
    pages = site({"LIM331": ("2", "R2"), "LIM332": ("1", "R1")}, {"LIM331": [1, 1], "LIM332": [1]})
    lines = pages["/pmd/level.aspx"][2]
    pages["/pmd/level.aspx"] = page(CARD.format("Total Projects", number) + lines)
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert claims()["", "projects in all"] == (str(number), "3", is_met)
    assert run.complete is is_met
    assert any("projects in all: the site says 5" in note for note in run.notes) is not is_met
    assert set(states().values()) == {"loaded"}  # each list adds up all the same
