"""What decides whether a question is asked is what it says: one amount, of one day, with its arithmetic."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.correlating.discrepancies import FoundDiscrepancy
from etl.correlating.facts import Books, FigureFact, ProjectFact, Reading
from etl.correlating.inquiry import Inquiry, inquire
from etl.tests.test_correlation_rules import (
    PLACES,
    audited,
    figure,
    monthly,
    project,
    spent,
    the_only,
    works,
    yearly,
)
from projects.wording.discrepancy_rules import RULES
from projects.wording.figures import rand

MORE, DONE = "dws_spent_more_than_books", "completed_without_spending"
CAPITAL, ALLOCATION, SPENDING = "no_capital_in_books", "annual_allocation", "annual_spending"
MILLION = 1_000_000


def ask(projects: list[ProjectFact], figures: list[FigureFact], until: date = date.max) -> Inquiry:
    return inquire(projects, PLACES, lambda code: Books(figures), until=until)


def amounts(text: str) -> set[str]:
    return set(re.findall(r"-?R\d[\d ]*(?:\.\d\d)?(?<! )", text))


def as_added_up(found: FoundDiscrepancy) -> Decimal:
    """What a reader comes to who adds up the lines above each sum, and the sums as the page says."""
    sums: list[tuple[str, Decimal]] = []
    part = Decimal(0)
    for line in found.evidence["arithmetic"]:
        if line["kind"] == "part":
            part += Decimal(line["amount"])
        elif line["kind"] == "sum":
            assert part == Decimal(line["amount"]), line
            sums.append((line["what"], part))
            part = Decimal(0)
    (_, dws), (_, books), *others = sums
    in_kind = sum(amount for what, amount in others if what.startswith("In kind"))
    purses = max((amount for what, amount in others if "whatever purse" in what), default=books)
    asked = next(line for line in found.evidence["arithmetic"] if line["kind"] == "asked")
    assert ("less than nought counts as nought" in asked["note"]) is (books < 0 and purses <= 0)
    return dws - in_kind - max(books, purses, Decimal(0))


def says_what_decides(found: FoundDiscrepancy) -> None:
    gap, lines = found.gap, found.evidence["arithmetic"]
    assert gap.is_asked
    assert gap.amount > gap.threshold > 0
    assert (found.dws.value, found.treasury.value) == (gap.dws, gap.held)
    assert gap.amount == gap.dws - gap.given - gap.held
    assert rand(gap.amount) in amounts(found.question)
    compared = (gap.dws, gap.books, gap.held, gap.given, gap.amount)
    assert amounts(found.question) <= {rand(amount) for amount in compared}
    assert found.severity == gap.severity
    by_kind = {line["kind"]: line["amount"] for line in lines}
    assert Decimal(by_kind["asked"]) == gap.amount
    assert Decimal(by_kind["gate"]) == gap.threshold.quantize(Decimal("0.01"))
    assert all(line["url"].startswith("/") for line in lines if line["kind"] == "part")


# --- the gate is the figure ---------------------------------------------------------------------------


def of_spending(dws: int) -> Inquiry:
    return ask([project(expenditure=Decimal(dws))], spent(4 * MILLION, 5 * MILLION, 3 * MILLION))


def of_spending_at_a_pace(dws: int) -> Inquiry:
    young = project(expenditure=Decimal(dws), start_date=date(2022, 7, 1), reported_on=date(2023, 3, 31))
    return ask([young], [monthly(2023, *[5 * MILLION] * 3)])


def of_spending_beside_all_purses_and_in_kind(dws: int) -> Inquiry:
    others = [figure(2022, MILLION, "WS6G", "SCHD"), *audited(7 * MILLION, 8 * MILLION, 9 * MILLION)]
    return ask([project(expenditure=Decimal(dws))], [*spent(1, 2, 3), *others])


def of_completion(dws: int) -> Inquiry:
    done = project(status="completed", completion_date=date(2022, 3, 31), expenditure=Decimal(dws))
    return ask([done], spent(0, "-7152440"))


def of_completion_beside_all_purses(dws: int) -> Inquiry:
    done = project(status="completed", completion_date=date(2022, 3, 31), expenditure=Decimal(dws))
    return ask([done], [*spent(0, 0), *audited(2 * MILLION, 3 * MILLION)])


def of_works(dws: int) -> Inquiry:
    return ask([works(expenditure=Decimal(dws))], audited(0, 0))


def of_works_by_budget(dws: int) -> Inquiry:
    return ask([works(progress=Decimal(50), budget=Decimal(dws * 2))], audited(0, 0))


def of_allocation(dws: int) -> Inquiry:
    return ask([yearly(allocated=f"R{dws}")], [figure(2022, 10 * MILLION, kind="SCHD")])


def of_a_years_spending(dws: int) -> Inquiry:
    books = [monthly(2021, *[1] * 12), monthly(2022, *[MILLION] * 12)]
    return ask([yearly(spent=f"R{dws}")], books)


EACH: list[tuple[str, Callable[[int], Inquiry]]] = [
    (MORE, of_spending),
    (MORE, of_spending_at_a_pace),
    (MORE, of_spending_beside_all_purses_and_in_kind),
    (DONE, of_completion),
    (DONE, of_completion_beside_all_purses),
    (CAPITAL, of_works),
    (CAPITAL, of_works_by_budget),
    (ALLOCATION, of_allocation),
    (SPENDING, of_a_years_spending),
]


def found_by(rule: str, inquiry: Inquiry) -> FoundDiscrepancy | None:
    return next((found for found in inquiry.discrepancies.values() if found.rule == rule), None)


def test_each_rule_of_the_registry_is_tried():
    assert {rule for rule, _ in EACH} == RULES.keys()


@pytest.mark.parametrize(("rule", "world"), EACH)
def test_a_question_is_asked_from_where_the_amount_that_it_states_passes_its_threshold(rule, world):
    silent, asked = 0, 1_000 * MILLION
    assert found_by(rule, world(silent)) is None
    while asked - silent > 1:
        middle = (silent + asked) // 2
        if found_by(rule, world(middle)):
            asked = middle
        else:
            silent = middle
    found = found_by(rule, world(asked))
    says_what_decides(found)
    assert found.severity == "minor"
    assert found.gap.amount - found.gap.threshold < 3  # rand


@pytest.mark.parametrize(("rule", "world"), EACH)
@settings(max_examples=15)
@given(dws=st.integers(0, 400 * MILLION))
def test_whatever_is_asked_states_weighs_and_adds_up_to_one_amount(rule, world, dws):
    for found in world(dws).discrepancies.values():
        says_what_decides(found)
        assert as_added_up(found) == found.gap.amount
        beyond = found.gap.amount > 10 * MILLION and found.gap.amount > found.gap.held / 2
        assert found.severity == ("major" if beyond else "minor")


def test_a_gap_of_a_million_is_not_told_as_one_of_sixteen():
    late = project(
        expenditure=Decimal(31 * MILLION), start_date=date(2022, 7, 1), reported_on=date(2023, 6, 30)
    )
    found = the_only(ask([late], [monthly(2023, *[2_415_000] * 6)]), MORE)  # to 31 December, R14.49 million
    assert found.gap.amount == Decimal(1_137_397)  # of R31 million 184 of 365 days, and not R16.5 million
    assert "difference of R1 137 397?" in found.question
    assert found.severity == "minor"
    assert "R31 000 000" not in found.question
    says_what_decides(found)


# --- as it was read by the end of the books -----------------------------------------------------------


def read(*told: tuple[date, int], **fields: Any) -> ProjectFact:
    """Expenditure in rand by the day on which DWS was first read to say so."""
    readings = tuple(Reading(day, Decimal(amount), snapshot="c" * 64) for day, amount in told)
    return project(
        expenditure=readings[-1].expenditure, start_date=date(2022, 7, 1), history=readings, **fields
    )


HALF = [monthly(2023, *[500_000] * 6)]  # R3 million from July to December
LATER = [monthly(2023, *[500_000] * 6, *[0] * 6)]


@pytest.mark.parametrize("books", [HALF, LATER], ids=["half a year", "noughts to the day"])
@pytest.mark.parametrize("first", [date(2022, 12, 20), date(2022, 12, 31), date(2023, 1, 15)])
def test_two_sources_that_agree_at_half_year_are_not_asked_about_in_june(books, first):
    agreeing = read((first, 3 * MILLION), (date(2023, 6, 20), 12 * MILLION))
    inquiry = ask([agreeing], books)
    assert not inquiry.discrepancies
    assert inquiry.tally.why_closed(f"{MORE}:LIM331:WSIG", [1]) == "The figures fit together now."


def test_what_was_read_by_the_end_of_the_books_is_compared_and_no_pace_assumed():
    early = read(
        (date(2022, 9, 1), 2 * MILLION), (date(2022, 12, 1), 5 * MILLION), (date(2023, 3, 1), 9 * MILLION)
    )
    found = the_only(ask([early], HALF), MORE)
    assert found.gap.dws == 5 * MILLION
    assert found.gap.amount == 2 * MILLION
    assert "as it was read up to 31 December 2022" in found.question
    assert "pace" not in found.question
    line = found.evidence["arithmetic"][0]
    assert (line["note"], line["url"]) == ("as read on 1 December 2022", f"/snapshots/{'c' * 64}/")


def test_where_no_reading_is_so_old_the_oldest_counts_at_an_even_pace_which_the_question_says():
    late = read((date(2023, 3, 31), 12 * MILLION), (date(2023, 6, 30), 90 * MILLION))
    found = the_only(ask([late], HALF), MORE)
    assert found.gap.dws == Decimal(8_058_394)  # 184 of 274 days
    assert "at an even pace from the start, which is assumed, as we have no reading from before 31 March" in (
        found.question
    )
    assert found.evidence["arithmetic"][0]["note"] == (
        "R12 000 000 as first read on 31 March 2023, × 184 of 274 days"
    )


def test_of_several_projects_each_is_taken_as_it_was_read():
    old = read((date(2022, 12, 1), 6 * MILLION), (date(2023, 5, 1), 60 * MILLION))
    new = replace(read((date(2023, 1, 31), 2_150_000)), pk=2)
    found = the_only(ask([old, new], HALF), MORE)
    assert found.gap.dws == 6 * MILLION + Decimal(1_840_000)
    assert "of 1 of the 2 projects" in found.question
    says_what_decides(found)


def test_books_that_go_on_after_our_last_reading_of_dws_are_cut_back_to_it():
    project_ = read((date(2022, 12, 1), 5 * MILLION))
    books = [monthly(2023, *[500_000] * 10)]
    until = date(2022, 12, 31)
    found = the_only(ask([project_], books, until), MORE)
    assert found.gap.books == 3 * MILLION
    assert found.evidence["figures"][0]["part"] == "July to December alone"
    assert "up to 31 December 2022" in found.compared
    assert not ask(
        [project_], [figure(2023, 3 * MILLION)], until
    ).discrepancies  # of the whole year, not over


@pytest.mark.parametrize(
    "books",
    [
        [
            monthly(2022, *[500_000] * 6, *[0] * 6),
            monthly(2023, *[0] * 12),
        ],  # whole years of noughts after it
        [monthly(2022, *[0] * 12), monthly(2023, *[0] * 12)],  # nothing ever
        [monthly(2022, *[0] * 12), figure(2023, None)],
    ],
)
def test_noughts_at_the_end_of_the_books_are_not_held_against_them(books):
    told = read((date(2021, 12, 1), 3 * MILLION), (date(2023, 6, 1), 9 * MILLION))
    known = replace(told, start_date=date(2021, 7, 1))
    assert not ask([known], books).discrepancies


def test_noughts_are_noughts_while_the_municipality_reports_its_other_grants():
    silent = [monthly(2023, *[0] * 12), figure(2023, 8, "MIG", through_month=12, months={12: Decimal(8)})]
    found = the_only(ask([read((date(2023, 6, 1), 9 * MILLION))], silent), MORE)
    assert (found.gap.books, found.gap.amount) == (0, 9 * MILLION)


def test_a_month_that_is_not_given_inside_a_year_is_no_nought():
    said = [read((date(2023, 6, 1), 9 * MILLION))]
    whole = [monthly(2023, *[500_000] * 12)]
    assert the_only(ask(said, whole), MORE).gap.amount == 3 * MILLION
    without = {month: amount for month, amount in whole[0].months.items() if month != 5}
    assert not ask(said, [figure(2023, 5_500_000, through_month=12, months=without)]).discrepancies


# --- the likeliest explanation first ------------------------------------------------------------------


def first_words(inquiry: Inquiry, rule: str = MORE) -> str:
    return the_only(inquiry, rule).explanations[0]


def test_a_difference_of_exactly_the_vat_is_said_first_with_the_history_of_the_rate():
    with_vat = read((date(2022, 12, 1), 3_450_000))
    said = first_words(ask([with_vat], HALF))
    assert "VAT of 15% added" in said
    assert "15% since 1 April 2018; before, it was 14%" in said
    assert "VAT of" not in first_words(ask([read((date(2022, 12, 1), 3_700_000))], HALF))


def test_a_factor_of_a_thousand_is_said_first():
    assert "in thousands of rand" in first_words(ask([read((date(2022, 12, 1), 3_000 * MILLION))], HALF))


def test_a_lag_of_a_quarter_is_said_first():
    whole = [monthly(2023, *[500_000] * 12)]  # R6 million in the year
    assert "a quarter later" in first_words(ask([read((date(2023, 6, 1), 7_400_000))], whole))
    assert "a quarter later" not in first_words(ask([read((date(2023, 6, 1), 12 * MILLION))], whole))


def test_an_allocation_that_what_was_left_of_the_year_before_may_explain_says_so():
    before = [figure(2021, 15 * MILLION, kind="SCHD"), figure(2021, MILLION)]
    listed = yearly(allocated="R20 000 000")
    said = first_words(ask([listed], [figure(2022, 10 * MILLION, kind="SCHD"), *before]), ALLOCATION)
    assert "More of the grant was allocated in a year before than" in said


def test_rollover_leads_where_more_was_allocated_than_spent():
    older = replace(read((date(2022, 12, 1), 12 * MILLION)), start_date=date(2021, 7, 1))
    books = [monthly(2022, *[500_000] * 12), *HALF, figure(2023, 90 * MILLION, kind="SCHD")]
    assert "More of the grant was allocated" not in first_words(ask([older], books))  # of a year that goes on
    said = first_words(ask([older], [*books, figure(2022, 20 * MILLION, kind="SCHD")]))
    assert "More of the grant was allocated in a year before than" in said


def test_in_kind_money_is_taken_off_and_both_codes_are_named():
    found = the_only(
        ask([read((date(2022, 12, 1), 9 * MILLION))], [*HALF, figure(2023, MILLION, "WS6G", "SCHD")]), MORE
    )
    assert found.gap.amount == 5 * MILLION
    assert "under two codes (WSIG and WS6G)" in found.explanations[0]
    assert (
        "Another R1 000 000 was allocated in kind. What explains the R5 000 000 beyond that?"
        in found.question
    )


def test_in_kind_money_below_nought_corrects_another_year_and_makes_no_gap_larger():
    books = [*HALF, figure(2023, -MILLION, "WS6G", "TRFR"), figure(2023, 1, "WS6G", "SCHD")]
    assert the_only(ask([read((date(2022, 12, 1), 9 * MILLION))], books), MORE).gap.given == 1
    found = the_only(ask([read((date(2022, 12, 1), 9 * MILLION))], books[:-1]), MORE)
    assert (found.gap.given, found.gap.amount) == (0, 6 * MILLION)
    assert "in_kind" not in found.evidence


def test_all_purses_stand_beside_the_grant_and_only_what_is_beyond_them_is_asked():
    dear = read((date(2022, 12, 1), 9 * MILLION))
    enough = [monthly(2023, *[1_500_000] * 6)]
    capital = [
        figure(2023, f.amount, "4202", measure="capital", through_month=6, months=f.months) for f in enough
    ]
    inquiry = ask([dear], [*HALF, *capital])
    assert not inquiry.discrepancies
    assert "other capital on water" in inquiry.tally.why_closed(f"{MORE}:LIM331:WSIG", [1])
    by_asset = [figure(2023, 1, "0360", measure="asset", through_month=6, months=enough[0].months)]
    assert not ask([dear], [*HALF, *by_asset]).discrepancies  # booked under another function
    found = the_only(ask([read((date(2022, 12, 1), 14 * MILLION))], [*HALF, *capital]), MORE)
    assert (found.gap.held, found.gap.amount) == (9 * MILLION, 5 * MILLION)
    assert "from all purses together R9 000 000 of capital on water and sanitation" in found.question
    assert "several purses" in found.explanations[0]
    assert found.treasury.label.startswith("All capital on water and sanitation")
    assert [row["code"] for row in found.evidence["capital"]] == ["4202"]
    less = the_only(ask([dear], [*HALF, *audited(1, first=2023)]), MORE)
    assert less.gap.held == 3 * MILLION


def test_a_month_that_is_null_takes_nothing_else_from_what_all_purses_hold():
    months = {month: Decimal(1_500_000) for month in range(1, 8)} | {3: None}
    capital = figure(2023, 9 * MILLION, "4202", measure="capital", through_month=7, months=months)
    found = the_only(ask([read((date(2022, 12, 1), 14 * MILLION))], [*HALF, capital]), MORE)
    assert (found.gap.held, as_added_up(found)) == (7_500_000, found.gap.amount)


def test_what_the_figures_do_not_speak_for_is_said_after_what_they_do():
    found = the_only(ask([read((date(2022, 12, 1), 9 * MILLION))], HALF), MORE)
    words = ["reported later", "several purses", "rolled over", "before the start date", "unaudited", "VAT"]
    places = [next(i for i, said in enumerate(found.explanations) if word in said) for word in words]
    assert places == sorted(places)
