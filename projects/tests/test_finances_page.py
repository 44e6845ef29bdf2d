"""Municipal finances on the municipality's page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from projects.facts import finance
from projects.finances.tables import years
from projects.models import MunicipalFigure
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_figure, a_project, a_run, a_snapshot, a_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def section(client, code: str = "CPT") -> str:
    page = client.get(f"/municipalities/{code}/").content.decode()
    return plain(
        page[page.index('<section id="finances"') : page.index('<section aria-labelledby="changes-')]
    )


def plain(page: str) -> str:
    return page.replace("\u202f", " ")


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def tables(code: str = "CPT", year: int = 2021) -> dict:
    found = {each.financial_year: each for each in years(MunicipalFigure.objects.for_municipality_page(code))}
    return {table.name: table for table in found[year].tables}


def row(table, label: str):
    return next(row for row in table.rows if row.label == label)


def test_before_the_first_reading_the_page_says_so(client):
    assert "Municipal finances have not been read yet." in section(client)


def test_a_municipality_without_figures_is_told_apart_from_no_reading(client):
    a_run("treasury")
    page = section(client, "LIM331")
    assert "Municipal Money has no figure on water of this municipality" in page
    assert 'href="/municipalities/DC33/#finances"' in page


def test_every_figure_links_to_the_snapshot_of_the_answer_it_was_read_from(client):
    run = a_run("treasury")
    answer = b'{"cells": [], "status": "ok"}'
    proof = a_snapshot(
        run, answer, content_type="application/json", fetched_at=datetime(2026, 5, 3, 4, tzinfo=UTC)
    )
    capital = a_figure(run=run, snapshot=proof)
    grant = a_figure("grant", "WSIG", "SCHD", "5.00", run=run, snapshot=proof)
    audit = a_figure(
        "opinion",
        "opinion",
        "",
        None,
        opinion="qualified",
        report_url="http://x.example/r.pdf",
        run=run,
        snapshot=proof,
    )
    page = section(client)
    for figure, said in ((capital, "R1 297 441 790"), (grant, "R5"), (audit, "Qualified")):
        address = f"/snapshots/{proof.pk}/?figure={figure.pk}"
        title = "from the answer of 3 May 2026, 06:00"
        assert f'<a class="proof" href="{address}" title="{title}">{said}</a>' in page
    assert 'href="http://x.example/r.pdf"' in page
    assert "&quot;cells&quot;" in client.get(f"/snapshots/{proof.pk}/").content.decode()


def test_years_come_newest_first_folded_with_a_headline_the_early_ones_together(client):
    for year in (2020, 2019, 2022, 2021):
        a_figure(year=year)
    page = section(client)
    folded = re.findall(r'<details class="year" id="finances-(\w+)"( open)?', page)
    assert folded == [("2022", ""), ("2021", ""), ("earlier", ""), ("2020", ""), ("2019", "")]
    assert re.search(r"2020-21 [^:]+: R1\.3 billion original budget", words(page))
    assert "1 July 2020 to 30 June 2021" in words(page)


def test_null_and_missing_and_no_longer_published_are_three_things(client):
    a_figure(amount=None)
    a_figure(amount_type="ADJB", amount="7000.00", presence="missing")
    page = section(client)
    assert "given as null" in page
    assert "no longer published, at last</span> <s>R7 000</s>" in page
    assert "no figure" in page
    assert "R0" not in page


def test_sums_are_of_published_lines_alone_and_say_of_how_many():
    a_figure(code="4201", amount="1.00")
    a_figure(code="4202", amount=None)
    a_figure(code="4203", amount="10.00", presence="missing")
    a_figure(code="4302", amount="100.00")
    a_figure(code="4303", amount="1000.00")
    table = tables()["capital"]
    assert [(row.label, row.kind) for row in table.rows] == [
        ("Water Treatment", "line"),
        ("Water Distribution", "line"),
        ("Water Storage", "line"),
        ("Water", "sum"),
        ("Sewerage", "line"),
        ("Water and sanitation", "sum"),
        ("Storm Water Management", "apart"),
    ]
    found = row(table, "Water and sanitation").cells[0].sum
    assert (found.amount, found.count, found.lines) == (Decimal(101), 2, 4)
    assert row(table, "Water").cells[1].sum is None


def test_the_spending_rate_is_of_the_adjusted_budget_else_the_original():
    a_figure(amount="200.00")
    a_figure(amount_type="ACT", amount="50.00", through_month=6)
    first = row(tables()["capital"], "Water Distribution").rate
    assert (first.percent, first.basis) == (Decimal("25.0"), "to December (month 6), of the original budget")
    a_figure(amount_type="ADJB", amount="100.00")
    second = row(tables()["capital"], "Water Distribution").rate
    assert (second.percent, second.basis) == (
        Decimal("50.0"),
        "to December (month 6), of the adjusted budget",
    )
    a_figure(amount_type="AUDA", amount="90.00")
    third = row(tables()["capital"], "Water Distribution").rate
    assert (third.percent, third.basis) == (Decimal("90.0"), "audited, of the adjusted budget")


@pytest.mark.parametrize("budget", ["0.00", "-5.00", None])
def test_there_is_no_rate_of_a_budget_of_nothing(budget):
    a_figure(amount=budget)
    a_figure(amount_type="ACT", amount="50.00", through_month=6)
    assert row(tables()["capital"], "Water Distribution").rate is None


def test_a_rate_of_a_sum_is_over_the_lines_that_have_both_sides():
    a_figure(code="4201", amount="100.00")
    a_figure(code="4201", amount_type="ACT", amount="50.00", through_month=6)
    a_figure(code="4202", amount="900.00")
    found = row(tables()["capital"], "Water").rate
    assert found.percent == Decimal("50.0")
    assert found.basis.endswith("over 1 of 2 lines")


def test_a_grant_whose_allocation_and_spending_are_under_two_codes_is_not_overspent():
    """Amathole 2019-20, as published."""
    a_figure("grant", "RB7G", "SCHD", "99694000.00", municipality="DC12", year=2020)
    a_figure("grant", "RBIG", "ACT", "7604822.00", municipality="DC12", year=2020, through_month=12)
    table = tables("DC12", 2020)["grant"]
    assert not any(cell.flags for row in table.rows for cell in row.cells)
    both = row(table, "RBIG, all codes")
    assert both.rate.percent == Decimal("7.6")
    assert "in kind" in row(table, finance.GRANTS["RB7G"].label).note


def test_a_grant_spent_beyond_its_allocation_and_a_negative_one_are_flagged_and_shown(client):
    a_figure("grant", "WSIG", "SCHD", "10000000.00")
    a_figure("grant", "WSIG", "ACT", "74994616.00", through_month=12)
    a_figure("grant", "MIG", "ACT", "-7152440.00", through_month=12)
    page = section(client)
    assert page.count("spent more than allocated</span>") == 1
    assert page.count("negative</span>") == 1
    assert "-R7 152 440" in page
    assert "rolled over" in page
    assert "pays for other works too" in page


def test_an_allocation_given_as_null_cannot_be_exceeded():
    a_figure("grant", "RBIG", "SCHD", "1.00")
    a_figure("grant", "RB7G", "SCHD", None)
    a_figure("grant", "RBIG", "ACT", "5.00", through_month=1)
    assert not any(cell.flags for row in tables()["grant"].rows for cell in row.cells)


def test_function_and_asset_are_said_to_be_two_cuts_of_the_same_money(client):
    a_figure("asset", "0330", "ORGB", "3.00")
    page = section(client)
    assert "Reservoirs" in page
    assert "must not be added" in page


def test_the_whole_municipalitys_figures_are_apart(client):
    a_figure("uifw", "irregular", "", "12.00")
    a_figure("cash", "0430", "AUDA", "-3.00")
    a_figure("opinion", "opinion", "", None, opinion="unqualified_emphasis_of_matter")
    page = section(client)
    assert "Unqualified with emphasis of matter" in page
    assert "of the whole municipality" in page
    assert "Irregular expenditure" in page


def test_the_source_is_named_with_the_date_of_publication(client):
    cubes = {
        "capital_v2": {"last_updated": "2020-10"},
        "uifwexp": {"last_updated": "2020-07-03T09:30"},
        "municipalities": {"last_updated": "2016-12"},
    }
    a_run("treasury", profile={"cubes": cubes}, finished_at=timezone.now())
    a_run("treasury", state="unchanged", finished_at=datetime(2026, 5, 3, 4, 30, tzinfo=UTC))
    a_run("treasury", state="failed", complete=None)
    a_figure()
    said = words(section(client))
    assert "National Treasury, Municipal Money" in said
    assert "data published October 2020 (capital_v2); 3 July 2020 (uifwexp)" in said
    assert "our reading of 3 May 2026, 06:30" in said


def test_texts_of_the_source_are_escaped(client):
    evil = "<script>alert(1)</script>"
    a_figure("grant", "<i>x", "SCHD", "1.00")
    a_figure("opinion", "opinion", "", None, opinion=evil, report_url="javascript:alert(1)")
    page = client.get("/municipalities/CPT/").content.decode()
    assert "<script>alert" not in page
    assert "<i>x" not in page
    assert 'href="javascript:' not in page


def test_five_hundred_figures_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    run = a_run("treasury")
    a_figure(run=run)
    with django_assert_max_num_queries(22):
        client.get("/municipalities/CPT/")
    many(run)
    with django_assert_max_num_queries(22):
        client.get("/municipalities/CPT/")


def many(run, code: str = "CPT") -> None:
    """All functions, classes of asset and grants of seven years, without log rows."""
    lines = [
        *(("capital", of, kind) for of in finance.FUNCTIONS for kind in ("ADJB", "AUDA", "ACT")),
        *(("asset", of, kind) for of in finance.ASSETS for kind in ("ORGB", "AUDA")),
        *(("grant", of, kind) for of in finance.GRANTS for kind in ("SCHD", "TRFR", "ACT")),
    ]
    snapshot = a_snapshot(run, keep=False)
    now = timezone.now()
    MunicipalFigure.objects.bulk_create(
        MunicipalFigure(
            source_id="treasury", municipality_id=code, financial_year=year, measure=measure, code=of,
            amount_type=kind, amount=Decimal(year), first_seen_at=now, last_changed_at=now,
            last_changed_run=run, snapshot=snapshot, through_month=6 if kind == "ACT" else None,
        )
        for year in range(2020, 2027) for measure, of, kind in lines
    )  # fmt: skip


def test_the_admin_shows_figures_and_edits_none(admin_client):
    figure = a_figure()
    page = admin_client.get("/admin/projects/municipalfigure/?measure=capital&q=CPT").content.decode()
    assert "Water Distribution" in page
    assert "Add municipal figure" not in page
    assert admin_client.get(f"/admin/projects/municipalfigure/{figure.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/projects/municipalfigure/{figure.pk}/change/").status_code == 403


def test_replica_figures_are_called_demo_data(client):
    a_source("treasury", demo=True)
    a_figure()
    assert "<strong>Demo data:</strong>" in client.get("/municipalities/CPT/").content.decode()


def test_what_dws_lists_stands_beside_the_books_of_each_year(client):
    a_project("WP1", municipality="CPT", budget=Decimal("500.00"), expenditure=None)
    a_project("WP2", municipality="CPT", budget=Decimal("700.00"), expenditure=None)
    a_figure(amount="200.00")
    a_figure(amount_type="ACT", amount="50.00", through_month=6)
    a_figure("grant", "RBIG", "ACT", "5.00", through_month=6)
    a_figure("grant", "RB7G", "SCHD", "90.00")
    page = section(client)
    said = words(page[: page.index('<details class="year" id="finances-')])
    assert "DWS’s projects, whole Books of 2020-21" in said
    assert "Budget books: capital R1 200 sum of 2 projects R200 original" in said
    assert "Spent books: capital not published R50 unaudited, to December (month 6)" in said
    assert "Spending rate of the year’s own budget – 25%" in said
    assert "RBIG, spent – R5" in said
    assert "RBIG, allocated in kind, not in the books – R90" in said
    assert "RBIG, allocated –" not in said


def test_the_open_questions_of_the_municipality_are_on_its_page(client):
    question = a_question()
    a_question("another", state="closed", question="Long answered?")
    page = client.get(f"/municipalities/{question.municipality_id}/").content.decode()
    asked = page[page.index('<div id="questions"') : page.index('<section id="finances"')]
    assert question.get_absolute_url() in asked
    assert "Long answered?" not in asked
    assert question.get_absolute_url() not in client.get("/municipalities/CPT/").content.decode()
