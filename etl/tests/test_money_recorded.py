"""The reader against answers that Treasury's own software gave (recorded with URL, status and type)."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from etl.exceptions import PageChanged
from etl.fetch.page import Page
from etl.money.answers import Answer, clean, digest, is_last, read
from etl.money.errors import passing, refusal
from etl.money.figures import FigureRecord, fold
from etl.money.model import read_model
from etl.money.places import DISESTABLISHED, OurPlace, disestablished_codes, table_differences
from etl.money.queries import CUBES, Query
from projects.facts import municipalities
from projects.facts.finance import GRANTS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / os.environ.get("REFERENCE_DATA", "../shared/data") / "treasury_examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the reference data are not here")
INDEX = {}
if EXAMPLES.exists():
    INDEX = {each["file"]: each for each in json.loads((EXAMPLES / "INDEX.json").read_text())}
MODELS = sorted(name for name in INDEX if name.startswith("model_"))
ERRORS = sorted(name for name in INDEX if name.startswith("err_"))
ROWS = sorted(name for name in INDEX if name.endswith(".json") and INDEX[name]["status"] == 200
              and ("/aggregate" in INDEX[name]["url"] or "/facts" in INDEX[name]["url"]))  # fmt: skip
JSON = "application/json"
TODAY = frozenset(fact.code for fact in municipalities())


def body_of(name: str) -> bytes:
    return (EXAMPLES / name).read_bytes()


def query_of(name: str, measure: str = "") -> Query:
    """The question that the recorded URL asked."""
    parts = urlsplit(INDEX[name]["url"])
    cube, what = parts.path.split("/")[-2:]
    asked = tuple(pair for pair in parse_qsl(parts.query) if pair[0] not in ("page", "pagesize"))
    return Query(cube, what, measure, (), f"{cube} {measure}".strip(), asked, 10_000)


def answer_of(name: str, measure: str = "") -> Answer:
    return read(body_of(name), INDEX[name]["content_type"], query_of(name, measure))


def figures_of(name: str, measure: str) -> dict[tuple[Any, ...], FigureRecord]:
    reading = fold(query_of(name, measure), answer_of(name).rows, TODAY)
    assert reading.problems == []
    return {
        (each.municipality, each.financial_year, each.code, each.amount_type): each
        for each in reading.figures
    }


@pytest.mark.parametrize("name", ROWS)
def test_every_recorded_answer_with_rows_can_be_read(name: str) -> None:
    published = json.loads(body_of(name))
    answer = answer_of(name)
    assert len(answer.rows) == len(published.get("cells", published.get("data")))
    assert answer.page_size == published["page_size"]
    assert is_last(answer) is (name != "ex1b_capex_facts_page1.json")  # five rows, a page of five


@pytest.mark.parametrize("name", ERRORS)
def test_every_recorded_error_is_final_and_is_told_with_the_apis_own_message(name: str) -> None:
    status, body = INDEX[name]["status"], body_of(name)
    assert status in (400, 500)
    answer = Page(INDEX[name]["url"], body, status)
    assert not passing(answer)
    said = json.loads(body)["message"]
    told = refusal(answer)
    assert f"answered {status}" in told
    assert (f"says “{said}”" if said else "an empty message") in told


@pytest.mark.parametrize("name", ERRORS)
def test_a_recorded_error_is_never_read_as_rows(name: str) -> None:
    with pytest.raises(PageChanged, match="status is “error” instead of ok"):
        read(body_of(name), JSON, query_of("uifw.json"))


@pytest.mark.parametrize("name", MODELS)
def test_every_recorded_model_can_be_read_and_has_all_that_we_ask_for(name: str) -> None:
    cube = name.removeprefix("model_").removesuffix(".json")
    published = json.loads(body_of(name))["model"]
    model = read_model(body_of(name), JSON, cube)
    assert model.last_updated == published["last_updated"]
    assert model.moves is ("updates_table" in published)
    assert cube not in CUBES or model.moves


def test_a_model_names_what_its_cube_no_longer_has() -> None:
    published = json.loads(body_of("model_capital_v2.json"))
    del published["model"]["dimensions"]["item"]
    with pytest.raises(PageChanged, match="capital_v2 no longer has “item.code”"):
        read_model(json.dumps(published).encode(), JSON, "capital_v2")
    published = json.loads(body_of("model_uifwexp.json"))
    del published["model"]["aggregates"]["amount.sum"]
    with pytest.raises(PageChanged, match=r"uifwexp no longer has “amount\.sum”"):
        read_model(json.dumps(published).encode(), JSON, "uifwexp")


def test_a_model_with_a_new_dimension_that_cannot_be_summed_over_is_changed() -> None:
    published = json.loads(body_of("model_grants_v2.json"))
    published["model"]["dimensions"]["version"] = {"attributes": {}, "non_aggregatable": True}
    with pytest.raises(PageChanged, match="“version” cannot be summed over"):
        read_model(json.dumps(published).encode(), JSON, "grants_v2")


def test_the_model_of_another_cube_is_refused() -> None:
    with pytest.raises(PageChanged, match="not the model of grants_v2"):
        read_model(body_of("model_capital_v2.json"), JSON, "grants_v2")


def test_the_water_capital_of_cape_town_is_read_to_the_rand() -> None:
    found = figures_of("ex1_water_capex_aggregate.json", "capital")
    assert len(found) == 9
    assert found["CPT", 2019, "4202", "AUDA"].amount == Decimal("687212531.00")
    assert found["CPT", 2021, "4202", "ADJB"].amount == Decimal("1297441790.00")
    assert found["CPT", 2021, "4304", "ADJB"].amount == Decimal("960044162.00")


def test_the_water_grants_of_amathole_are_read_to_the_rand() -> None:
    found = figures_of("ex2_water_grants_aggregate.json", "grant")
    assert len(found) == 36
    assert str(found["DC12", 2020, "WSIG", "SCHD"].amount) == "102000000.00"
    assert str(found["DC12", 2020, "WSIG", "TRFR"].amount) == "102000000.00"
    assert str(found["DC12", 2020, "WSIG", "ACT"].amount) == "45103947.00"


def test_allocation_and_spending_of_one_grant_stay_under_their_two_codes_of_one_family() -> None:
    found = figures_of("ex2_water_grants_aggregate.json", "grant")
    allocated, spent = found["DC12", 2020, "RB7G", "SCHD"], found["DC12", 2020, "RBIG", "ACT"]
    assert (str(allocated.amount), str(spent.amount)) == ("99694000.00", "7604822.00")
    assert GRANTS[allocated.code].family == GRANTS[spent.code].family == "RBIG"
    assert ("DC12", 2020, "RBIG", "SCHD") not in found  # missing is not null, and is not 0
    assert ("DC12", 2020, "RB7G", "ACT") not in found


def test_a_grant_that_is_spent_beyond_its_allocation_is_kept_as_published() -> None:
    found = figures_of("ex2_water_grants_aggregate.json", "grant")
    assert str(found["EC109", 2020, "WSIG", "SCHD"].amount) == "10000000.00"
    assert str(found["EC109", 2020, "WSIG", "ACT"].amount) == "12592741.00"


def test_spending_that_is_null_is_null_and_not_missing() -> None:
    found = figures_of("uifw.json", "uifw")
    assert found["CPT", 2018, "unauthorised", ""].amount is None
    assert str(found["NMA", 2018, "irregular", ""].amount) == "3053423410.00"
    assert len(found) == 9


def test_audit_opinions_have_their_code_and_the_address_of_the_report() -> None:
    found = figures_of("ex4_audit_opinions.json", "opinion")
    bay = found["NMA", 2018, "opinion", ""]
    assert (bay.opinion, bay.amount, bay.months) == ("qualified", None, {})
    assert bay.report_url.startswith("http://mfma.treasury.gov.za/Documents/")
    assert {each.opinion for each in found.values()} == {"qualified", "unqualified_emphasis_of_matter"}


def test_an_answer_without_rows_is_no_figure_and_the_last_page() -> None:
    answer = answer_of("empty_aggregate.json")
    assert (answer.rows, is_last(answer)) == ([], True)


def test_the_tables_292_less_35_are_the_257_municipalities_of_today() -> None:
    rows = answer_of("ex3_municipalities_facts.json").rows
    gone = disestablished_codes(answer_of("ex3b_demarcation_changes.json").rows)
    listed = {row["municipality.demarcation_code"] for row in rows}
    assert (len(listed), len(gone), len(listed - gone)) == (292, 35, 257)
    assert listed - gone == TODAY
    assert gone == DISESTABLISHED
    assert {"LIM343", "LIM344"} <= listed - gone  # they took others in and kept their codes


def test_our_own_table_differs_from_treasurys_by_later_official_names_only() -> None:
    ours = {
        fact.code: OurPlace(fact.name, fact.province, fact.category, fact.district or "")
        for fact in municipalities()
    }
    found = table_differences(
        answer_of("ex3_municipalities_facts.json").rows, answer_of("ex3b_demarcation_changes.json").rows, ours
    )
    assert {each.what.split()[1] for each in found} == {"name"}
    assert len(found) == 26
    (sarah,) = [each for each in found if each.what == "DC10 name"]
    assert sarah.sentence == (
        "The name of DC10 is “Cacadu” in Municipal Money and “Sarah Baartman” in our table."
    )


def test_the_rows_of_the_disestablished_are_dropped_and_raise_no_problem() -> None:
    query = query_of("uifw.json", "uifw")
    rows = answer_of("uifw.json").rows
    reading = fold(query, [*rows, {**rows[0], "demarcation.code": "EC103"}], TODAY)
    assert (len(reading.figures), reading.problems) == (9, [])


@pytest.mark.parametrize("name", ROWS)
def test_neither_order_nor_counts_nor_spelling_of_an_answer_is_a_change(name: str) -> None:
    published = json.loads(body_of(name))
    rows = published.get("cells", published.get("data"))
    rows.reverse()
    for noise in ("total_cell_count", "total_fact_count", "summary", "order", "cell"):
        published.pop(noise, None)
    assert digest(json.dumps(published).encode()) == digest(body_of(name))
    if rows:
        rows[0][next(iter(rows[0]))] = "XYZ"
        assert digest(json.dumps(published).encode()) != digest(body_of(name))


def test_the_models_update_is_no_noise() -> None:
    body = body_of("model_capital_v2.json")
    assert digest(body) != digest(body.replace(b"2020-10", b"2020-11"))
    assert clean(b"<html>down</html>", "text/html") == b"<html>down</html>"
