"""Municipalities beside each other over the API, and as files."""

from __future__ import annotations

import csv
import io
import tracemalloc
from decimal import Decimal
from unittest.mock import ANY

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import AsyncClient
from openpyxl import load_workbook

from buka.environment import words_if_set
from projects.api.comparison import COLUMNS, ComparisonShape, GrantShape
from projects.api.exports import cell
from projects.api.naming import with_names
from projects.finances.comparing import ORDERINGS
from projects.models import MunicipalFigure, Municipality
from projects.tests.factories import FIRST_SEEN, a_figure, a_run, a_snapshot, a_source

pytestmark = pytest.mark.django_db

LIST = "/api/v1/finances/"


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def row(client, code: str = "CPT", query: str = "") -> dict:
    rows = client.get(f"{LIST}?q={code}&page_size=500{query}").json()["results"]
    return next(each for each in rows if each["municipality"] == code)


def codes(client, query: str) -> list[str]:
    return [each["municipality"] for each in client.get(f"{LIST}?page_size=500&{query}").json()["results"]]


def csv_rows(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def debts(**owed: str | None) -> None:
    for code, amount in owed.items():
        a_figure("bulk_debt", "0200", "ACT", amount, municipality=code, year=2022, through_month=6)


def test_the_answer_has_the_shape_of_the_openapi_document(client):
    a_figure("grant", "WSIG", "SCHD", "1.00")
    answer = row(client)
    assert list(answer) == list(ComparisonShape().fields)
    assert list(answer["grants"]["WSIG"]) == list(GrantShape().fields)
    document = client.get("/api/v1/schema/?format=json").json()
    listed = document["paths"][LIST]["get"]
    names = {parameter["name"] for parameter in listed["parameters"]}
    assert {"province", "category", "q", "financial_year", "ordering", "format", "page", "page_size"} <= names
    assert set(document["components"]["schemas"]["ComparisonShape"]["properties"]) == set(answer)


def test_a_row_says_of_which_year_its_figures_are_and_where_they_were_read(client):
    run = a_run("treasury")
    proof = a_snapshot(run, keep=False)
    a_figure(amount="1000.00", run=run, snapshot=proof)
    a_figure(amount_type="ACT", amount="250.00", through_month=12, run=run, snapshot=proof)
    a_figure("opinion", "opinion", "", None, opinion="qualified", year=2020, run=run, snapshot=proof)
    a_figure("bulk_debt", "0200", "ACT", "500.00", year=2022, through_month=1, run=run, snapshot=proof)
    found = row(client)
    people = Municipality.objects.get(pk="CPT").population_2016
    expected = {
        "municipality": "CPT", "name": "City of Cape Town", "province": "WC", "category": "A",
        "population": people,
        "population_source": "Statistics South Africa, Community Survey 2016",
        "capital_financial_year": 2021, "capital_budget": "1000.00", "capital_budget_note": "original",
        "capital_spent": "250.00", "capital_spent_note": "unaudited, to June", "capital_rate": "25.0",
        "capital_budget_per_person": f"{Decimal(1000) / people:.2f}",
        "capital_budget_snapshots": [proof.pk], "capital_spent_snapshots": [proof.pk],
        "opinion_financial_year": 2020, "audit_opinion": "qualified", "audit_opinion_snapshots": [proof.pk],
        "owed_financial_year": 2022, "owed_at": "2021-07-31", "owed_for_bulk_water": "500.00",
        "owed_note": "31 July 2021", "owed_snapshots": [proof.pk],
        "grants": {}, "url": "/municipalities/CPT/#finances", "demo": False,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_not_read_not_published_and_null_are_three_things_and_none_is_nought(client):
    unread = row(client)
    assert (unread["capital_budget"], unread["capital_budget_note"]) == (None, "not read")
    a_run("treasury", profile={"cubes": {"capital_v2": {"last_updated": "2026-11"}}})
    read = row(client)
    assert (read["capital_budget"], read["capital_budget_note"]) == (None, "not published")
    assert (read["owed_for_bulk_water"], read["owed_note"]) == (None, "not read")
    a_figure(amount=None)
    null = row(client)
    assert (null["capital_budget"], null["capital_budget_note"]) == (None, "given as null")
    assert null["capital_rate"] is None


def test_all_figures_are_of_the_year_that_is_asked_for(client):
    a_figure(amount="1.00")
    a_figure(amount="2.00", year=2020)
    a_figure("bulk_debt", "0200", "ACT", "3.00", year=2020, through_month=2)
    a_figure("bulk_debt", "0200", "ACT", "4.00", year=2021, through_month=1)
    assert (row(client)["capital_budget"], row(client)["owed_for_bulk_water"]) == ("1.00", "4.00")
    past = row(client, query="&financial_year=2020")
    assert (past["capital_budget"], past["owed_for_bulk_water"]) == ("2.00", "3.00")


def test_the_list_is_filtered_and_paged_like_the_others(client):
    answer = client.get(f"{LIST}?province=lim&category=C&page_size=2").json()
    assert (answer["count"], len(answer["results"])) == (5, 2)
    assert "page=2" in answer["next"]
    assert client.get(LIST).json()["count"] == 257
    assert len(client.get(f"{LIST}?page_size=500").json()["results"]) == 257
    assert client.get(f"{LIST}?page=99").status_code == 404


def test_what_is_not_known_comes_last_whichever_way_the_list_is_sorted(client):
    debts(CPT="5.00", JHB="-7.00", TSH="100.00", ETH=None)
    rising = codes(client, "ordering=owed_for_bulk_water")
    falling = codes(client, "ordering=-owed_for_bulk_water")
    assert rising[:3] == ["JHB", "CPT", "TSH"]
    assert falling[:3] == ["TSH", "CPT", "JHB"]
    assert rising[3:] == falling[3:]
    assert len(rising) == 257


@pytest.mark.parametrize("name", [name for name in ORDERINGS if name in ComparisonShape().fields])
def test_every_column_puts_what_is_not_known_behind_what_is(client, name):
    """Also what is known to nobody else: an opinion that is no word of ours, no people at all."""
    Municipality.objects.filter(pk="TSH").update(population_2016=None)
    Municipality.objects.filter(pk="JHB").update(population_2016=0)
    debts(CPT="5.00", JHB="-7.00", TSH="0.00", ETH=None)
    opinions = {
        "CPT": "qualified",
        "TSH": "unqualified",
        "JHB": "outstanding",
        "ETH": "",
        "DC12": "unheard of",
    }
    for code, opinion in opinions.items():
        a_figure("opinion", "opinion", "", None, opinion=opinion, municipality=code)
    for code, amount in (("CPT", "8.00"), ("JHB", "-1.00"), ("TSH", "0.00"), ("ETH", None)):
        a_figure(amount=amount, municipality=code)
        a_figure(amount_type="ACT", amount=amount, municipality=code, through_month=12)
    rising, falling = (
        {
            each["municipality"]: each[name]
            for each in client.get(f"{LIST}?page_size=500&{query}").json()["results"]
        }
        for query in (f"ordering={name}", f"ordering=-{name}")
    )
    for listed in (rising, falling):
        known = [value is not None for value in listed.values()]
        assert known == sorted(known, reverse=True)
    unknown = [code for code, value in rising.items() if value is None]
    assert unknown == [code for code, value in falling.items() if value is None]


def test_opinions_go_from_the_best_to_the_worst_and_one_that_is_no_word_of_ours_behind_them(client):
    for code, opinion in (("CPT", "unheard of"), ("TSH", "unqualified"), ("JHB", "adverse")):
        a_figure("opinion", "opinion", "", None, opinion=opinion, municipality=code)
    assert codes(client, "ordering=audit_opinion")[:3] == ["TSH", "JHB", "CPT"]
    assert codes(client, "ordering=-audit_opinion")[:3] == ["CPT", "JHB", "TSH"]


def test_a_year_in_which_all_is_null_is_not_the_one_to_compare(client):
    for code in ("CPT", "TSH", "DC12"):
        for year, amount, opinion in ((2021, "5.00", "qualified"), (2022, None, "")):
            a_figure(year=year, amount=amount, municipality=code)
            a_figure("opinion", "opinion", "", None, year=year, opinion=opinion, municipality=code)
    found = row(client)
    assert (found["capital_financial_year"], found["capital_budget"]) == (2021, "5.00")
    assert (found["opinion_financial_year"], found["audit_opinion"]) == (2021, "qualified")
    asked = row(client, query="&financial_year=2022")
    assert (asked["capital_budget"], asked["capital_budget_note"]) == (None, "given as null")


@pytest.mark.parametrize("people", [None, 0])
def test_nothing_is_divided_by_a_population_that_is_not_known(client, people):
    Municipality.objects.filter(pk="CPT").update(population_2016=people)
    debts(CPT="5.00")
    a_figure()
    found = row(client)
    assert {value for name, value in found.items() if name.endswith("_per_person")} == {None}
    assert client.get("/municipalities/CPT/").status_code == 200


def test_next_to_nothing_a_person_has_no_minus(client):
    debts(CPT="-5.00")
    assert row(client)["owed_per_person"] == "0.00"


def test_several_orderings_and_names_decide_between_equals(client):
    debts(CPT="5.00", JHB="5.00", TSH="5.00", DC12="5.00")
    assert codes(client, "ordering=-category,-owed_for_bulk_water")[0] == "DC12"
    by_name = codes(client, "ordering=owed_for_bulk_water")[:4]
    names = dict(Municipality.objects.values_list("pk", "name"))
    assert by_name == sorted(["CPT", "JHB", "TSH", "DC12"], key=lambda code: names[code])
    largest = max(Municipality.objects.all(), key=lambda place: place.population_2016)
    assert codes(client, "ordering=-population")[0] == largest.pk


@pytest.mark.parametrize(
    ("query", "name", "sentence"),
    [
        ("ordering=beauty", "ordering", "“beauty” is no ordering; known are: name"),
        ("ordering=--name", "ordering", "is no ordering"),
        ("financial_year=next", "financial_year", "Enter a number"),
        ("financial_year=2021.5", "financial_year", "decimal place"),
        ("province=XX", "province", "known are: EC"),
        ("category=D", "category", "known are: A"),
    ],
)
@pytest.mark.parametrize("format", ["json", "csv", "xlsx"])
def test_what_cannot_be_understood_is_a_400_with_a_sentence(client, query, name, sentence, format):
    answer = client.get(f"{LIST}?format={format}&{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert sentence in answer.json()[name][0]


def test_csv_has_all_municipalities_in_the_order_asked_for(client):
    debts(CPT="5.00", TSH="100.00")
    a_figure("grant", "WSIG", "SCHD", "200.00")
    a_figure("grant", "WSIG", "ACT", "-20.00", through_month=12)
    answer = client.get(f"{LIST}?format=csv&ordering=-owed_for_bulk_water&page_size=1")
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="finances.csv"'
    rows = csv_rows(answer)
    assert list(rows[0]) == with_names(COLUMNS, [])[0]
    assert len(rows) == 257
    assert [each["municipality"] for each in rows[:2]] == ["TSH", "CPT"]
    cape_town = rows[1]
    assert (cape_town["wsig_allocated"], cape_town["wsig_spent"], cape_town["wsig_rate"]) == (
        "200.00", "-20.00", "-10.0",
    )  # fmt: skip
    assert (cape_town["rbig_rate"], cape_town["capital_budget"]) == ("", "")
    assert cape_town["capital_budget_note"] == "not read"


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("before", ["", " ", "\xa0", "\ufeff", "\u200b", "\x0b", "\u3000"])
def test_no_text_of_the_source_is_a_formula(client, format, before):
    evil = f'{before}=HYPERLINK("http://evil.example","A, b")'
    a_figure("opinion", "opinion", "", None, opinion=evil, report_url="@SUM(1)\x0b")
    answer = client.get(f"{LIST}?q=CPT&format={format}")
    if format == "csv":
        (found,) = csv_rows(answer)
    else:
        found = dict(zip(*list(load_workbook(io.BytesIO(answer.getvalue())).active.values), strict=True))
    assert found["audit_opinion"].replace("_x000B_", "\x0b") == f"'{evil}"
    assert found["audit_report_url"].startswith("'@SUM(1)")


def test_a_cell_is_marked_as_text_only_where_it_could_be_a_formula():
    for evil in (
        "=1",
        "+1",
        "-1",
        "@a",
        "\t1",
        "\r1",
        "\n1",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        " \ufeff＝1",
        "\x0b\x00=1",
        "\u202e=1",
        "\ufe0f=1",
        "\u3164=1",
        "\u115f＝1",
        "\u2800+1",
        "\ufe66\ufe62",
        "\ufe631",
        "\ufe6ba",
        "\u207a1",
    ):
        assert cell(evil) == f"'{evil}"
    assert cell("\u2066\u200b\t @a") == "'\u2066\u200b\t' @a", "a cell may begin behind a tab, too"
    for good in (
        "",
        " ",
        "!Kheis",
        "//Khara Hais",
        "(none)",
        "'=1",
        "a=1",
        "1-2",
        "é",
        "…",
        "\ufeff",
        "Éa=1",
        "１=1",
        "\u2013 1",
    ):
        assert cell(good) == good


def test_a_workbook_opens_with_numbers_as_numbers_and_says_what_to_know(client):
    a_run("treasury", profile={"cubes": {"capital_v2": {"last_updated": "2026-11"}}})
    a_figure(amount="1297441790.25")
    answer = client.get(f"{LIST}?format=xlsx")
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Disposition"] == 'attachment; filename="finances.xlsx"'
    book = load_workbook(io.BytesIO(answer.getvalue()))
    head, *rows = book["finances"].values
    assert list(head) == with_names(COLUMNS, [])[0]
    assert len(rows) == 257
    found = {values[0]: dict(zip(head, values, strict=True)) for values in rows}
    assert found["CPT"]["capital_budget"] == 1297441790.25
    assert found["CPT"]["population"] == Municipality.objects.get(pk="CPT").population_2016
    assert found["LIM331"]["capital_budget"] is None
    about = [values[0] for values in book["About"].values]
    assert about[0].startswith("Source: National Treasury, Municipal Money; data published November 2026")
    assert any("Community Survey 2016" in sentence for sentence in about)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_the_files_stream_under_asgi_too(format):
    answer = await AsyncClient().get(f"{LIST}?format={format}")
    assert answer.is_async
    assert len(b"".join([part async for part in answer])) > 10_000
    await sync_to_async(connections.close_all)()  # those of the thread that answered


def many(codes: list[str], years: range) -> None:
    """Capital of six functions and five grants of these municipalities, without log rows."""
    run = a_run("treasury")
    lines = [("capital", code, kind) for code in ("4201", "4202", "4203", "4301", "4302", "4304")
             for kind in ("ORGB", "ADJB", "AUDA")]  # fmt: skip
    lines += [("grant", code, kind) for code in ("RBIG", "WSIG", "MIG") for kind in ("SCHD", "ACT")]
    MunicipalFigure.objects.bulk_create(
        [
            MunicipalFigure(
                source_id="treasury", municipality_id=place, financial_year=year, measure=measure, code=code,
                amount_type=kind, amount=Decimal(year), first_seen_at=FIRST_SEEN, last_changed_at=FIRST_SEEN,
                last_changed_run=run, through_month=6 if kind == "ACT" else None,
            )
            for place in codes for year in years for measure, code, kind in lines
        ],
        batch_size=5000,
    )  # fmt: skip


@pytest.mark.parametrize(("format", "most"), [("json", 6), ("csv", 11), ("xlsx", 11)])
@pytest.mark.parametrize("ordering", ["name", "-capital_rate"])
def test_more_municipalities_cost_no_more_queries(
    client, django_assert_max_num_queries, format, most, ordering
):
    many(list(Municipality.objects.values_list("pk", flat=True))[:20], range(2021, 2022))
    with django_assert_max_num_queries(most):
        answer = client.get(f"{LIST}?format={format}&ordering={ordering}&page_size=500")
        assert answer.getvalue()


@pytest.mark.soak
def test_memory_does_not_grow_with_the_years_that_are_known(client):
    places = list(Municipality.objects.values_list("pk", flat=True))

    def peak() -> int:
        tracemalloc.start()
        for _ in client.get(f"{LIST}?format=csv").streaming_content:
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    many(places, range(2022, 2023))
    peak()  # what is imported and cached once
    one = peak()
    many(places, range(2012, 2022))
    assert peak() < 1.3 * one


@pytest.mark.parametrize("named", [["dws"], []])
def test_without_an_open_licence_lists_are_refused_with_the_reason(client, settings, named):
    settings.OPEN_DATA_SOURCES = named
    own = "/api/v1/municipalities/CPT/finances/?format=csv"
    for address in (LIST, f"{LIST}?format=csv", f"{LIST}?format=xlsx", own):
        answer = client.get(address)
        assert (answer.status_code, answer.json()) == (403, {"detail": ANY})
        assert "licence" in answer.json()["detail"]
    assert client.get("/api/v1/municipalities/CPT/finances/").status_code == 200
    a_source("treasury", demo=True)
    assert client.get(f"{LIST}?format=csv").status_code == 200


def test_where_nothing_is_set_what_declares_an_open_licence_is_open_and_empty_names_none(client, monkeypatch):
    monkeypatch.delenv("OPEN_DATA_SOURCES", raising=False)
    assert words_if_set("OPEN_DATA_SOURCES") is None
    assert client.get(LIST).status_code == 200
    for given, names in (("", []), (" , ", []), ("dws, treasury", ["dws", "treasury"])):
        monkeypatch.setenv("OPEN_DATA_SOURCES", given)
        assert words_if_set("OPEN_DATA_SOURCES") == names


def test_demo_data_are_marked_in_header_objects_and_files(client):
    a_source("treasury", demo=True)
    a_figure()
    answer = client.get(f"{LIST}?q=CPT")
    assert answer["X-Demo-Data"] == "1"
    assert answer.json()["results"][0]["demo"] is True
    (found,) = csv_rows(client.get(f"{LIST}?q=CPT&format=csv"))
    assert found["demo"] == "true"
