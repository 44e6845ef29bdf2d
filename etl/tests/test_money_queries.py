"""What the Municipal Money API is asked: each question whole, unambiguous and short enough."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from etl.money.queries import CUBES, PAGE_SIZES, Query, model_query, params_of, queries_of, url
from projects.facts.finance import ASSETS, BALANCES, FUNCTIONS, GRANTS
from projects.models.finance import Measure

BASE = "https://municipaldata.treasury.gov.za/api"
YEARS = (2020, 2021)
ALL = [query for cube in CUBES for query in queries_of(cube, YEARS)]
SUMS = [query for query in ALL if query.what == "aggregate"]
ONE_YEAR = {query.measure: query for cube in CUBES for query in queries_of(cube, [2021])}


def test_each_measure_is_asked_for_and_each_question_has_a_name_of_its_own() -> None:
    assert {query.measure for query in ALL} - {""} == set(Measure.values)
    assert len({query.key for query in ALL}) == len(ALL)
    assert ONE_YEAR["capital"].key == "capital_v2 capital 2021"
    assert [query.key for query in queries_of("uifwexp", [2020, 2021, 2022])] == ["uifwexp uifw 2020-2022"]
    assert [query.key for query in queries_of("uifwexp", [2022, 2020])] == ["uifwexp uifw 2020+2022"]


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.key)
def test_a_url_is_encoded_short_without_a_slash_behind_the_path_and_has_pages(query: Query) -> None:
    address = url(BASE, query, page=3)
    assert len(address) < 8000
    assert not set('"|; ') & set(address)
    assert urlsplit(address).path == f"/api/cubes/{query.cube}/{query.what}"
    asked = parse_qs(urlsplit(address).query, strict_parsing=True)
    assert (asked["page"], asked["pagesize"]) == (["3"], [str(PAGE_SIZES[query.what])])
    assert url(BASE + "/", query, page=3) == address


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.key)
def test_pages_are_stable_since_all_columns_are_ordered_and_no_label_is_drilled(query: Query) -> None:
    rows = [column for column in query.columns if column not in query.sums]
    assert query.param("order") == ",".join(f"{column}:asc" for column in rows)
    assert query.what == "facts" or not any(column.endswith("label") for column in query.columns)


@pytest.mark.parametrize("query", SUMS, ids=lambda query: query.key)
def test_nothing_is_summed_over_that_must_not_be(query: Query) -> None:
    given = {ref.partition(".")[0] for ref in query.refs}
    timed = {"amount_type", "period_length", "financial_period"}
    needed = {"item"} if query.cube == "uifwexp" else timed
    assert needed | {"demarcation", "financial_year_end"} <= given
    assert query.cube != "capital_v2" or query.cuts["capital_type.code"] == ("NEW", "RENEWAL", "UPGRADING")
    if query.measure in BALANCES:
        assert query.sums[-1] == "total_amount.sum"
    else:
        assert query.sums == ("amount.sum",)


def test_texts_are_quoted_and_years_are_bare_in_a_cut() -> None:
    assert ONE_YEAR["cash"].param("cut") == (
        'item.code:"0430"|amount_type.code:"ORGB";"ADJB";"AUDA"|period_length.length:"year"'
        "|financial_year_end.year:2021"
    )


def test_each_measure_asks_for_its_own_lines() -> None:
    assert ONE_YEAR["capital"].cuts["function.code"] == tuple(FUNCTIONS)
    assert ONE_YEAR["asset"].cuts["item.code"] == tuple(ASSETS)
    assert ONE_YEAR["grant"].cuts["grant.code"] == tuple(GRANTS)
    income, spending = (ONE_YEAR[name].cuts["item.code"] for name in ("income", "expenditure"))
    assert not set(income) & set(spending)
    assert {"0400", "0500"} <= set(income)
    assert (spending[0], spending[-1], len(spending)) == ("2000", "3000", 11)


def test_months_are_asked_for_where_they_can_be_summed() -> None:
    assert ONE_YEAR["capital"].cuts["period_length.length"] == ("year", "month")
    assert ONE_YEAR["cash"].cuts["period_length.length"] == ("year",)
    assert "ACT" not in ONE_YEAR["cash"].cuts["amount_type.code"]


def test_no_personal_data_and_no_population_of_2011_is_asked_for() -> None:
    for query in queries_of("municipalities", YEARS):
        assert not [ref for ref in query.columns if any(word in ref for word in ("phone", "fax", "address"))]
        assert "area" not in query.columns
    assert "officials" not in CUBES


def test_reference_tables_have_no_years_and_changes_of_borders_belong_to_municipalities() -> None:
    assert [(query.cube, query.years) for query in queries_of("municipalities", YEARS)] == [
        ("municipalities", ()),
        ("demarcation_changes", ()),
    ]


def test_a_model_has_no_parameters() -> None:
    assert url(BASE, model_query("uifwexp")) == f"{BASE}/cubes/uifwexp/model"


def test_a_date_in_the_url_is_no_part_of_the_question() -> None:
    query = ONE_YEAR["grant"]
    address = url(BASE, query, 2, as_of="2026-11-02T06:15")
    assert address.startswith(url(BASE, query, 2))
    assert parse_qs(urlsplit(address).query)["last_updated"] == ["2026-11-02T06:15"]
    assert params_of(address) == params_of(url(BASE, query)) == query.params
    assert url(BASE, model_query("uifwexp"), as_of="2020-10").endswith("/model?last_updated=2020-10")


def test_an_unknown_cube_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        queries_of("officials", YEARS)


def test_years_are_asked_for_once_each_in_order() -> None:
    asked = [query.years for query in queries_of("grants_v2", [2022, 2020, 2022])]
    assert asked == [(2020,), (2022,)]


def test_a_bare_word_in_a_cut_is_a_text() -> None:
    query = Query("grants_v2", "aggregate", "grant", (), "x", (("cut", "demarcation.code:CPT"),), 5)
    assert query.cuts == {"demarcation.code": ("CPT",)}
