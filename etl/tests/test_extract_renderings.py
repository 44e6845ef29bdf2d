"""Data views, cards and scripts: how they are paged, what of them is noise, and what is no data at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.crawl.webforms import Conversation, page_fields
from etl.exceptions import PageChanged
from etl.extract import clean
from etl.extract.scriptdata import read_records
from etl.extract.types import Form, Pager
from etl.understand import read_page

URL = "https://ws.dws.gov.za/pmd/level.aspx"
FORM = Form(URL, {"__VIEWSTATE": "v", "__EVENTVALIDATION": "e"})
ROWS = '[{"ProjectNo": "WP1", "ProjectName": "Alpha", "DetailUrl": "p/p.aspx?enc=aa", "Remarks": "v=1"}]'
GRID = (
    "<table><tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
    "<tr><td>WP1</td><td>Alpha</td><td>R1 000</td></tr></table>"
)


def script(code: str) -> str:
    return f"<html><body><script>{code}</script></body></html>"


def view_pager(how: str) -> Pager:
    return Pager(1, 20, 240, how, "c$dv", {"2": "p0:12:PN1", "3": "p0:12:PN2"})  # type: ignore[arg-type]


@pytest.mark.parametrize(("page", "argument"), [(2, "p0:12:PN1"), (3, "p0:12:PN2"), (17, "p0:12:PN16")])
def test_a_data_view_s_page_is_asked_for_with_its_own_argument(page: int, argument: str) -> None:
    called = page_fields(Conversation(FORM, []), view_pager("callback"), page)
    posted = page_fields(Conversation(FORM, []), view_pager("postback"), page)
    assert called is not None
    assert posted is not None
    assert (called["__CALLBACKID"], called["__CALLBACKPARAM"]) == ("c$dv", f"c0:{argument}")
    assert (posted["__EVENTTARGET"], posted["__EVENTARGUMENT"]) == ("c$dv", argument)


def test_a_changed_record_in_a_script_shows_in_the_clean_page() -> None:
    page = script(f"var rows = {ROWS}; var clock = 1;")
    assert clean(page.encode()) != clean(page.replace("Alpha", "Beta").encode())
    assert clean(page.encode()) != clean(page.replace("v=1", "v=2").encode())


def test_links_and_clocks_of_a_script_are_noise() -> None:
    page = script(f"var rows = {ROWS}; var clock = 1;")
    assert clean(page.encode()) == clean(page.replace("enc=aa", "enc=b+b").encode())
    assert clean(page.encode()) == clean(page.replace("clock = 1", "clock = 2").encode())


def test_a_link_in_a_record_is_the_row_s_and_no_text_of_it() -> None:
    (project,) = read_page(script(f"var rows = {ROWS};"), url=URL).projects
    assert project.url == "https://ws.dws.gov.za/pmd/p/p.aspx?enc=aa"
    assert project.published == {"ProjectNo": "WP1", "ProjectName": "Alpha", "Remarks": "v=1"}


@pytest.mark.parametrize(
    "code",
    [
        'var menu = [{"name": "Home", "url": "/"}]',
        'var chart = [{"label": "Budget", "value": 5}]',
        'var mixed = [{"ProjectNo": "1", "ProjectName": "a"}, 5]',
        '// var old = [{"ProjectNo": "1", "ProjectName": "a"}]',
        '/* was: \n x = [{"ProjectNo": "1", "ProjectName": "a"}] */',
        'var towns = [{"municipality": "Giyani", "province": "LIM"}]',
        'var broken = [{"ProjectNo": "1", "ProjectName": "a"',
        "grid.columns = [{'ProjectNo': 1}]",
    ],
)
def test_what_lists_no_projects_is_no_table(code: str) -> None:
    content = read_page(script(code) + "<p>x</p>", url=URL)
    assert (content.tables, content.projects) == ([], [])


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("f([{'a': 1.50, b: true,},])", {"a": "1.5", "b": "Yes"}),
        ('x = [{"a": 1.50, "b": 1e3, "c": "1e3"}]', {"a": "1.50", "b": "1000", "c": "1e3"}),
        ('x = [{"a": null, "b": " x\\n y ", "c": false}]', {"a": "", "b": "x y", "c": "No"}),
        ('x = [{"a": {"b": "1"}, "c": ["x", null, "y"], "d": [{"e": 1}]}]', {"a.b": "1", "c": "x; y"}),
        ("x = {'rows': [{'when': new Date(2020, 1, 1), 'n': -0.5}]}", {"when": "", "n": "-0.5"}),
        ("$.table({data: [{'a': 'b'}]})", {"a": "b"}),
        ('x = JSON.parse(\'[{"a": "it\\u0027s"}]\')', {"a": "it's"}),
        ("function f() { return [{'a': 'b'}] }", {"a": "b"}),
    ],
)
def test_a_record_s_values_are_text(code: str, values: dict[str, str]) -> None:
    (records,) = read_records(code)
    assert records.rows == [values]


@pytest.mark.parametrize(
    ("beside", "total"),
    [('"total": 7', 7), ('"recordsTotal": "7"', 7), ('"TotalCount": null', None), ('"page": 7', None)],
)
def test_the_total_beside_the_rows_is_taken(beside: str, total: int | None) -> None:
    (records,) = read_records(f'var x = {{{beside}, "rows": [{{"a": 1}}]}};')
    assert records.total == total


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ({"ProjectNo": "WP1", "ProjectName": "Alpha", "TotalBudget": 1000}, 1),
        ({"ProjectNo": "WP1", "ProjectName": "ALPHA scheme", "Budget": 1000.0, "Lat": -23.5}, 1),
        ({"ProjectNo": "WP1", "ProjectName": "Alpha", "TotalBudget": None}, 1),
        ({"ProjectNo": "WP1", "ProjectName": "Alpha", "TotalBudget": 1001}, 2),
        ({"ProjectNo": "WP2", "ProjectName": "Alpha", "TotalBudget": 1000}, 2),
    ],
)
def test_two_renderings_of_one_row_are_one_project_unless_their_figures_differ(
    row: dict[str, object], count: int
) -> None:
    content = read_page(GRID + script(f"var x = {json.dumps([row])};"), url=URL)
    assert [table.kind for table in content.tables] == ["table", "json"]
    assert len(content.projects) == count
    assert content.projects[0].published["Budget"] == "R1 000"
    assert content.projects[0].published.get("Lat") == ("-23.5" if "Lat" in row else None)


def test_a_label_without_a_value_stays_blank_whatever_follows() -> None:
    card = (
        "<div class=card><p><b>Project No:</b> {}</p><p><b>Budget:</b> R1</p><p><b>Contractor:</b></p>"
        "<p>Last seen today</p></div>"
    )
    page = card.format("WP1") + card.format("WP2")
    assert [project.published["Contractor"] for project in read_page(page, url=URL).projects] == ["", ""]


def test_one_project_that_is_shown_in_two_blocks_is_no_list() -> None:
    block = "<dl><dt>Project No</dt><dd>WP1</dd><dt>{}</dt><dd>x</dd></dl>"
    (project,) = read_page(block.format("Name") + block.format("Status"), url=URL).projects
    assert (project.part, project.external_id) == ("page", "WP1")


PIECES = st.sampled_from(
    ["[{", "}]", "{", "}", "[", "]", "'ProjectNo':", '"ProjectName":', "'x'", "1e999", "-", ",", ":",
     "var x = ", "JSON.parse('", "')", "null", "new Date(", "/*", "//", "\n", "\\", "\\u00", "<b>",
     "</script>", "9" * 5000, '{"total":1,"rows":', "function(){", "return "]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=40).map("".join))
def test_no_script_raises_anything_but_page_changed(code: str) -> None:
    page = f"<p>x</p><script>var x = [{{{code}</script>"
    clean(page.encode("utf-8", "surrogatepass"))
    try:
        content = read_page(page, url=URL)
    except PageChanged:
        return
    for table in content.tables:
        assert {len(row) for row in table.rows} <= {len(table.headers)}
