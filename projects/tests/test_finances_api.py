"""Municipal finances over the API."""

from __future__ import annotations

import csv
import io

import pytest
from django.http import StreamingHttpResponse

from projects.api.finances import (
    FigureShape,
    FinanceSourceShape,
    FinancesShape,
    FinancialYearShape,
    RateShape,
    SumShape,
    TotalShape,
)
from projects.tests.factories import a_figure, a_run, a_snapshot, a_source
from projects.tests.test_finances_page import many

pytestmark = pytest.mark.django_db

CPT = "/api/v1/municipalities/CPT/finances/"


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def test_the_answer_has_the_shape_of_the_openapi_document(client):
    a_figure()
    a_figure(amount_type="ACT", amount="5.00", through_month=1, months={"1": "5.00"})
    answer = client.get(CPT).json()
    (year,) = answer["financial_years"]
    total = year["totals"]["capital"]["water"]
    for found, shape in (
        (answer, FinancesShape),
        (answer["source"], FinanceSourceShape),
        (year, FinancialYearShape),
        (year["figures"][0], FigureShape),
        (total, TotalShape),
        (total["amounts"]["ORGB"], SumShape),
        (total["rate"], RateShape),
    ):
        assert set(found) == set(shape().fields)


def test_a_figure_has_its_amount_its_words_and_its_proof(client):
    run = a_run("treasury")
    proof = a_snapshot(run, keep=False)
    a_figure(run=run, snapshot=proof)
    answer = client.get(CPT).json()
    assert (answer["municipality"], answer["source"]["name"]) == ("CPT", "treasury")
    assert answer["source"]["attribution"].startswith("Source: National Treasury, Municipal Money")
    (year,) = answer["financial_years"]
    assert [year[name] for name in ("financial_year", "label", "starts", "ends")] == [
        2021, "2020-21", "2020-07-01", "2021-06-30",
    ]  # fmt: skip
    (figure,) = year["figures"]
    expected = {
        "measure": "capital",
        "code": "4202",
        "label": "Water Distribution",
        "group": "water",
        "family": None,
        "amount_type": "ORGB",
        "amount": "1297441790.00",
        "flags": [],
        "snapshot": proof.pk,
        "snapshot_url": f"/snapshots/{proof.pk}/",
        "run": run.pk,
    }
    assert {name: figure[name] for name in expected} == expected


def test_null_stays_null_and_is_in_no_sum(client):
    a_figure(amount=None)
    (year,) = client.get(CPT).json()["financial_years"]
    assert year["figures"][0]["amount"] is None
    assert year["totals"]["capital"]["water"] == {"amounts": {}, "rate": None}


def test_grants_have_family_kind_and_flags(client):
    a_figure("grant", "RB7G", "SCHD", "10.00")
    a_figure("grant", "RBIG", "ACT", "75.00", through_month=12)
    (year,) = client.get(CPT).json()["financial_years"]
    in_kind, spent = year["figures"]
    assert (in_kind["family"], in_kind["in_kind"], in_kind["flags"]) == ("RBIG", True, [])
    assert (spent["family"], spent["in_kind"], spent["flags"]) == (
        "RBIG", False, ["spent_more_than_allocated"],
    )  # fmt: skip
    total = year["totals"]["grant"]["RBIG"]
    assert total["rate"]["percent"] == "750.0"
    assert total["amounts"]["ACT"] == {"amount": "75.00", "figures": 1, "lines": 2, "through_months": [12]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 4),
        ("?financial_year=2021", 3),
        ("?financial_year=2020,2021", 4),
        ("?financial_year=,2020,, 2021,&financial_year=", 4),
        ("?financial_year=,", 4),
        ("?financial_year=1999", 0),
        ("?measure=grant", 1),
        ("?measure=capital&amount_type=orgb", 2),
        ("?amount_type=ORGB,SCHD&financial_year=2021", 2),
    ],
)
def test_filters_narrow_the_figures(client, query, found):
    a_figure()
    a_figure(amount_type="ADJB")
    a_figure(year=2020)
    a_figure("grant", "WSIG", "SCHD", "1.00")
    years = client.get(CPT + query).json()["financial_years"]
    assert sum(len(year["figures"]) for year in years) == found


@pytest.mark.parametrize(
    "query", ["?financial_year=next", "?measure=tax", "?amount_type=XXXX", "?financial_year=-1"]
)
def test_a_filter_that_cannot_be_understood_is_an_error(client, query):
    answer = client.get(CPT + query)
    assert answer.status_code == 400
    assert set(answer.json()) == {query[1:].partition("=")[0]}


def test_totals_are_of_the_whole_year_whatever_is_filtered(client):
    a_figure()
    a_figure("grant", "WSIG", "SCHD", "1.00")
    (year,) = client.get(f"{CPT}?measure=grant").json()["financial_years"]
    assert set(year["totals"]) == {"capital", "grant"}


def test_codes_are_written_in_any_case_and_an_unknown_one_is_404_in_json(client):
    a_figure()
    assert client.get("/api/v1/municipalities/cpt/finances/").json()["municipality"] == "CPT"
    answer = client.get("/api/v1/municipalities/NOWHERE/finances/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


def test_years_come_newest_first_and_a_municipality_without_figures_has_none(client):
    for year in (2020, 2022, 2021):
        a_figure(year=year)
    years = client.get(CPT).json()["financial_years"]
    assert [year["financial_year"] for year in years] == [2022, 2021, 2020]
    assert client.get("/api/v1/municipalities/LIM331/finances/").json()["financial_years"] == []


def test_demo_data_are_marked_in_header_and_objects(client):
    a_source("treasury", demo=True)
    a_figure()
    answer = client.get(CPT)
    assert answer["X-Demo-Data"] == "1"
    assert answer.json()["demo"] is True
    assert answer.json()["financial_years"][0]["figures"][0]["demo"] is True


def test_the_municipality_says_where_its_finances_are(client):
    address = client.get("/api/v1/municipalities/CPT/").json()["finances"]
    assert client.get(address).status_code == 200
    assert "/api/v1/municipalities/{code}/finances/" in client.get("/api/v1/schema/").content.decode()


def test_hundreds_of_figures_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    run = a_run("treasury")
    a_figure(run=run)
    many(run)
    with django_assert_max_num_queries(5):
        answer = client.get(CPT)
    assert sum(len(year["figures"]) for year in answer.json()["financial_years"]) > 500


def test_one_municipalitys_figures_are_a_csv_of_one_figure_a_row(client):
    proof = a_snapshot(a_run("treasury"), keep=False)
    a_figure(snapshot=proof)
    a_figure(amount_type="ACT", amount="-5.00", through_month=2, months={"1": "-6.00", "2": "1.00"})
    a_figure(amount_type="ADJB", amount=None)
    a_figure("opinion", "opinion", "", None, opinion="=1+1", year=2020)
    answer = client.get(f"{CPT}?format=csv")
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Disposition"] == 'attachment; filename="finances-CPT.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [(row["financial_year"], row["measure"], row["amount_type"]) for row in rows] == [
        ("2021", "capital", "ACT"), ("2021", "capital", "ADJB"), ("2021", "capital", "ORGB"),
        ("2020", "opinion", ""),
    ]  # fmt: skip
    assert [rows[0][name] for name in ("amount", "month_1", "month_2", "month_3")] == [
        "-5.00", "-6.00", "1.00", "",
    ]  # fmt: skip
    assert (rows[1]["amount"], rows[2]["snapshot"], rows[3]["opinion"]) == ("", proof.pk, "'=1+1")
    assert (rows[0]["flags"], rows[0]["name"]) == ("negative", "City of Cape Town")


def test_the_filters_narrow_the_csv_too_and_an_error_is_json(client):
    a_figure()
    a_figure("grant", "WSIG", "SCHD", "1.00")
    found = client.get(f"{CPT}?format=csv&measure=grant").getvalue().decode().splitlines()
    assert len(found) == 2
    refused = client.get(f"{CPT}?format=csv&measure=tax")
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/json")
    assert client.get(f"{CPT}?format=geojson").status_code == 404
