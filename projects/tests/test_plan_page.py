"""A source's page says what each column means, on what evidence, and what is not understood."""

from __future__ import annotations

import pytest

from projects.tests.factories import a_column, a_plan, a_source

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("x")</script>'
BUDGET = {"unit": "R'000", "format": "decimal point", "certainty": 0.96, "samples": ["12 500", "8 300"]}


def html(client, path: str = "/sources/dws/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return " ".join(answer.content.decode().split())


def a_vote(**terms):
    return a_column("Vote", proposal="budget", certainty=0.4, evidence=["It holds amounts."], **terms)


def test_the_page_shows_each_column_with_its_meaning_and_the_reasons(client):
    a_plan(a_column("Budget (R'000)", "budget", **BUDGET), a_column("Ref", "external_id"), a_vote())
    page = html(client)
    assert "Version 1 of how this source is read, since <time" in page
    assert "Not understood: <strong>1 column</strong>" in page
    assert "<summary>Lists: 3 columns, 1 not understood; 40 rows</summary>" in page
    for cell in (
        '<th scope="row" class="break">Budget (R&#x27;000)</th>',
        '<td data-head="What it means">Budget</td>',
        '<td data-head="Unit">R&#x27;000</td><td data-head="Written">decimal point</td>',
        '<td data-head="Certainty" class="num">96%</td>',
        '<td data-head="Why">It looks like Budget (R&#x27;000).</td>',
        '<td data-head="For example" class="break">12 500 · 8 300</td>',
        '<td data-head="What it means">Project number</td>',
        '<span class="tag minor">Not understood</span> <span class="note">perhaps Budget</span>',
        '<td data-head="Why">It holds amounts.</td>',
    ):
        assert cell in page


def test_lists_come_before_projects_pages_and_tables_that_were_not_used(client):
    shapes = [
        {"part": part, "headings": ["A"], "rows": 2, "columns": [a_column("A", "name")]}
        for part in ("table", "page", "line")
    ]
    a_plan(shapes=shapes)
    page = html(client)
    titles = ["Lists: 1 column", "Pages of projects: 1 column", "Tables that were not used: 1 column"]
    assert sorted(titles, key=page.index) == titles


def test_the_newest_version_is_shown_with_what_it_contradicts(client):
    a_plan(a_vote())
    a_plan(a_column("Vote", "budget"), notes=["The column “Vote” was read as start_date."])
    page = html(client)
    assert "Version 2 of how" in page
    assert "<li>The column “Vote” was read as start_date.</li>" in page
    assert "Not understood: no column." in page


def test_what_a_site_wrote_is_escaped_and_cut(client):
    a_plan(a_column(EVIL, None, proposal=None, evidence=[EVIL], samples=[EVIL, "x" * 5000, ""], unit=EVIL))
    page = html(client)
    assert "<script>alert(" not in page
    assert "&lt;script&gt;alert(" in page
    assert "x" * 81 not in page


def test_a_column_without_a_heading_or_a_text_is_shown_all_the_same(client):
    a_plan(a_column("", None, proposal=None, evidence=[], samples=[]))
    page = html(client)
    assert "(no heading)" in page
    assert "Not understood: no column." in page  # nothing is published there


@pytest.mark.parametrize("name", ["dws", "treasury", "correlation"])
def test_a_source_without_a_plan_shows_none(client, name):
    a_source(name)
    assert "What each column means" not in html(client, f"/sources/{name}/")


def test_a_field_that_is_none_of_ours_any_more_breaks_no_page(client):
    a_plan(a_column("Water", "litres_per_day"))
    assert "Litres per day" in html(client)


def test_a_large_plan_is_cut_and_costs_no_query_more(client, django_assert_max_num_queries):
    columns = [a_column(f"Column {number}", None) for number in range(130)]
    shape = {"part": "table", "headings": [], "rows": 3, "columns": columns}
    a_plan(shapes=[shape] * 30)
    with django_assert_max_num_queries(16):
        page = html(client)
    assert page.count("Column 99<") == 20
    assert "And 30 more columns." in page
    assert "And 10 more tables with other headings." in page
    assert "Not understood: <strong>130 columns</strong>" in page
