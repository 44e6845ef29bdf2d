"""What municipalities owe for bulk water, and what their customers owe them: balances, never sums."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.facts import finance
from projects.finances.debt import newest_of
from projects.models import MunicipalFigure
from projects.pages.render import about
from projects.tests.factories import a_figure, a_run, a_snapshot
from projects.wording import phrases
from projects.wording.figure_rules import assess_figure

pytestmark = pytest.mark.django_db


def test_the_newest_balance_counts_and_of_one_day_the_audited_one():
    proof = a_snapshot(a_run("treasury"))
    a_figure("bulk_debt", "0200", "ACT", "900.00", year=2027, through_month=3, snapshot=proof)
    a_figure("bulk_debt", "0200", "AUDA", "950.00", year=2026)
    a_figure("bulk_debt", "0200", "ACT", "5.00", municipality="DC12", year=2026, through_month=12)
    a_figure("bulk_debt", "0200", "AUDA", "7.00", municipality="DC12", year=2026)
    a_figure("bulk_debt", "0200", "AUDA", "-3.00", municipality="LIM331", year=2024)
    owed = newest_of(MunicipalFigure.objects.all())
    assert {code: (one.amount, one.at) for code, one in owed.items()} == {
        "CPT": (Decimal(900), date(2026, 9, 30)),
        "DC12": (Decimal(7), date(2026, 6, 30)),
        "LIM331": (Decimal(-3), date(2024, 6, 30)),  # with its sign as published
    }
    assert (owed["CPT"].snapshot, owed["DC12"].audited) == (proof.pk, True)
    assert MunicipalFigure.objects.get(pk=owed["CPT"].figure).amount == 900


def test_null_missing_and_other_debts_are_no_balance():
    a_figure("bulk_debt", "0200", "AUDA", None, year=2026)
    a_figure("bulk_debt", "0200", "AUDA", "8.00", year=2025, presence="missing")
    a_figure("debtors", "1200", "AUDA", "9.00", year=2026)
    a_figure("bulk_debt", "0100", "AUDA", "9.00", year=2026)
    assert newest_of(MunicipalFigure.objects.all()) == {}


def test_ages_are_one_text_and_null_is_no_zero():
    amounts = ["1.00", "2.00", "3.00", "4.00", None, "0.00", "-6.00", "7.00"]
    text = finance.ages_text(amounts)
    assert list(finance.ages_of(text).values()) == [a if a is None else Decimal(a) for a in amounts]
    old = finance.over_90_days(text)
    assert (old.amount, old.ages, old.is_whole) == (Decimal(5), ("l120", "l180", "l1", "g1"), False)
    assert finance.over_90_days(finance.ages_text(["1.00", *[None] * 7])) is None
    for odd in ("", None, "1.00", "x " * 8, 5):
        assert finance.ages_of(odd) == {}


def test_the_end_of_a_month_of_the_financial_year():
    ends = [finance.month_end(2028, month) for month in (1, 6, 7, 8, 12)]
    assert [str(day) for day in ends] == [
        "2027-07-31",
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-06-30",
    ]


AGED = finance.ages_text(["10.00", "10.00", "10.00", "10.00", "10.00", "10.00", "10.00", "30.00"])


def section(client, code: str = "CPT") -> str:
    page = client.get(f"/municipalities/{code}/").content.decode()
    text = page[page.index('<section id="debt"') : page.index('<section id="finances"')]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.replace("\u202f", " "))).replace(" .", ".")


def test_the_page_leads_with_the_newest_balance_and_says_what_is_over_90_days(client):
    proof = a_snapshot(a_run("treasury"))
    months = {"2": "90.00", "3": "100.00", "4": None}
    figure = a_figure(
        "bulk_debt", "0200", "ACT", "100.00", year=2027, through_month=3, months=months,
        ages={"2": AGED, "3": AGED}, snapshot=proof,
    )  # fmt: skip
    a_figure("bulk_debt", "0200", "AUDA", "80.00", year=2026, ages={"year": AGED})
    text = section(client)
    assert "R100 owed for bulk water at the end of September 2026; 70% of it for over 90 days." in text
    assert "over 90 days R70, the sum of the five ages from 91 days to over a year" in text
    assert "The ages as published come to" not in text
    assert "Oct 2026 given as null no figure Sep 2026 R100 R70 Aug 2026 R90 R70 Jun 2026 audited" in text
    assert "R270" not in text  # balances are not added up
    page = client.get("/municipalities/CPT/").content.decode()
    assert f'href="/snapshots/{proof.pk}/?figure={figure.pk}"' in page


def test_the_page_says_where_there_is_nothing_where_it_is_null_and_where_ages_do_not_add_up(client):
    assert "Municipal finances have not been read yet." in section(client)
    a_figure("bulk_debt", "0200", "AUDA", None, municipality="DC12", year=2026)
    assert "is not given: each balance is null" in section(client, "DC12")
    assert "has no balance of what this municipality owes for bulk water" in section(client, "LIM331")
    part = finance.ages_text(["1.00", None, "3.00", "4.00", None, "6.00", "7.00", "8.00"])
    a_figure("bulk_debt", "0200", "AUDA", "-29.00", year=2026, ages={"year": part})
    text = section(client)
    assert "-R29 negative" in text
    assert "whether that is a debt or a credit the source does not say" in text
    assert "4 of the five ages from 91 days to over a year: the others are given as null" in text
    a_figure("bulk_debt", "0200", "AUDA", "101.00", municipality="LIM331", year=2026, ages={"year": AGED})
    assert "The ages as published come to R100, which is not the published total." in section(
        client, "LIM331"
    )


def test_customers_are_shown_side_by_side_and_only_organs_of_state_are_summed(client):
    def owes(code: str, amount: str, year: int = 2026) -> None:
        a_figure("debtors", code, "AUDA", amount, year=year, ages={"year": AGED})

    owes("1200", "100.00")
    for code, amount in (("1200:2401", "60.00"), ("1200:2301", "20.00"), ("1200:2201", "7.00")):
        owes(code, amount)
    owes("1200:2227", "5.00")
    owes("1200:2501", "900.00", 2025)  # of another day: not beside the others
    owes("1500:2401", "3.00")
    text = section(client)
    assert "For water R100 at the end of June 2026, audited; R70 of it for over 90 days (70%)." in text
    assert "Organs of state our sum of 2 groups R12 R140" in text
    assert "Commercial R20 R70" in text
    assert "Households R60 R70" in text
    assert "R900" not in text
    assert "For waste water Not published as a whole." in text
    assert "no balance of what this municipality owes for bulk water" in text


def test_the_section_costs_the_same_whatever_is_owed(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/municipalities/CPT/")
        return len(seen)

    a_figure("bulk_debt", "0200", "AUDA", "5.00", year=2020, ages={"year": AGED})
    one = queries()
    for year in (2021, 2022):  # fewer than make an event
        for code in ("1200", "1200:2401", "1500", "1500:2301"):
            a_figure("debtors", code, "AUDA", "5.00", year=year, ages={"year": AGED})
    assert queries() == one


def test_the_api_has_the_newest_balance_and_what_each_month_is_made_of(client):
    proof = a_snapshot(a_run("treasury"))
    a_figure(
        "bulk_debt", "0200", "ACT", "100.00", year=2027, through_month=3, months={"3": "100.00"},
        ages={"3": AGED}, snapshot=proof,
    )  # fmt: skip
    a_figure("debtors", "1500:2401", "AUDA", "5.00", year=2026, ages={"year": AGED})
    body = client.get("/api/v1/municipalities/CPT/finances/").json()
    assert body["owed_for_bulk_water"] == {
        "amount": "100.00",
        "at": "2026-09-30",
        "audited": False,
        "snapshot": proof.pk,
    }
    (bulk,), (customers,) = (year["figures"] for year in body["financial_years"])
    assert bulk["label"] == "Bulk water"
    assert (bulk["group"], bulk["amount_type_label"]) == ("water", "at month end (unaudited)")
    assert bulk["ages"]["3"]["g1"] == "30.00"
    assert bulk["over_90_days"] == {"amount": "70.00", "ages": ["l120", "l150", "l180", "l1", "g1"]}
    assert bulk["as_of"] == "2026-09-30"
    assert (customers["label"], customers["group"]) == ("Waste water, households", "sanitation")
    assert customers["ages"]["year"]["l30"] == "10.00"
    only = client.get("/api/v1/municipalities/CPT/finances/?measure=bulk_debt").json()
    assert [len(year["figures"]) for year in only["financial_years"]] == [1]
    assert client.get("/api/v1/municipalities/DC12/finances/").json()["owed_for_bulk_water"] is None


def test_an_answer_s_rows_are_those_of_the_item_and_its_customer_group():
    from projects.pages.sources import rows_of

    def cell(item: str, group: str) -> dict[str, object]:
        where = {"demarcation.code": "CPT", "financial_year_end.year": 2026, "amount_type.code": "ACT"}
        return {**where, "item.code": item, "customer_group.code": group}

    answer = json.dumps({"cells": [cell("1200", ""), cell("1200", "2401"), cell("1500", "")]})
    for code, found in (("1200", ("1200", "")), ("1200:2401", ("1200", "2401"))):
        assert rows_of(answer, "CPT", 2026, "debtors", code, "ACT") == [json.dumps(cell(*found))]


KEY = "CPT 2027 bulk_debt 0200 ACT"
WHOLE = {"over_90_of": ["l120 l150 l180 l1 g1"] * 2}


def assessed(changes, evidence=WHOLE, key=KEY, change_type="updated"):
    told = assess_figure(key, change_type, changes, evidence)
    return told.severity, told.rules, told.sentence


def test_old_debt_that_grows_by_more_than_a_tenth_is_major_of_bulk_water_and_minor_of_customers():
    changes = {"amount": ["200.00", "230.00"], "through_month": [3, 4], "over_90": ["100.00", "110.01"]}
    severity, rules, sentence = assessed(changes)
    assert (severity, rules) == ("major", ["water_debt_grows"])
    assert sentence == (
        "Owed for bulk water for over 90 days (the sum of 5 ages, from 91 days to over a year) rose from R100"
        " to R110.01, up 10%; Owed for bulk water rose from R200 to R230 (to October, month 4 of 12)."
    )
    assert assessed(changes, key="CPT 2027 debtors 1200:2401 ACT")[:2] == ("minor", ["water_debt_grows"])
    assert assessed(changes | {"over_90": ["100.00", "110.00"]})[:2] == ("info", [])


@pytest.mark.parametrize(
    "changes",
    [
        {"over_90": ["100.00", "200.00"], "over_90_of": ["l1 g1", "l180 l1 g1"]},  # of other ages
        {"over_90": ["-100.00", "200.00"]},  # a minus: a debt or a credit?
        {"over_90": ["100.00", "200.00"], "through_month": [5, 4]},  # a month was taken back
        {"over_90": [None, "200.00"]},
        {"over_90": ["100.00", None]},
        {"over_90": ["200.00", "100.00"]},
        {"over_90": ["0.00", "0.00"]},
        {"over_90": ["x", ["y"]]},
    ],
)
def test_sums_that_are_not_alike_are_not_compared(changes):
    assert "water_debt_grows" not in assessed(changes, {})[1]


def test_a_first_balance_is_no_news_but_one_that_follows_on_a_year_that_was_known_can_be():
    first = {"amount": [None, "300.00"], "through_month": [None, 1], "over_90": [None, "150.00"]}
    assert assessed(first, {}, change_type="created") == (
        "info",
        [],
        "First published: R300 (to July, month 1 of 12).",
    )
    before = WHOLE | {"over_90": ["100.00", "150.00"], "through_month": [12, 1]}
    severity, rules, sentence = assessed(first, before, change_type="created")
    assert (severity, rules) == ("major", ["water_debt_grows"])
    assert "rose from R100 to R150, up 50%" in sentence


def test_ages_that_are_corrected_below_the_same_total_are_told_by_month():
    changes = {"month_03_g1": ["5.00", "6.00"], "month_03_l1": ["6.00", "5.00"]}
    assert assessed(changes, {}) == (
        "minor",
        ["month_restated"],
        "September (month 3): over 1 year was corrected from R5 to R6, and 1 other age.",
    )
    year = {"year_g1": ["5.00", "6.00"], "year_l1": ["6.00", "5.00"]}
    assert assessed(year, {}, "CPT 2026 bulk_debt 0200 AUDA")[1] == ["restated"]


def test_a_change_of_a_balance_leads_to_the_section():
    change = {"entity_type": "municipal_figure", "municipality": "CPT", "external_id": KEY}
    assert about(change) == "/municipalities/CPT/#debt"
    assert a_figure("bulk_debt", "0200", "AUDA").get_absolute_url() == "/municipalities/CPT/#debt"


def test_fields_of_a_balance_are_spelled_for_people():
    assert phrases.label("ages_03") == "September (month 3), by age"
    assert phrases.shown("ages_03", AGED).startswith("30 days and less R10; 31 to 60 days R10;")
    assert phrases.label("month_03_l180") == "September (month 3): 151 to 180 days"
    assert phrases.shown("over_90_of", "l1 g1") == "181 days to 1 year and over 1 year"
    name = finance.figure_name("debtors", "1500:2301", "AUDA", 2026)
    assert name == "Owed by customers for waste water, commercial, at year end (audited) 2025-26"
    assert finance.customer("2227") == "organs of state (2227)"
    assert finance.customer("9901") == "customer group 9901"
