"""Rows → figures: months folded, null told from missing, doubtful figures told and not used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.money.cells import web_address
from etl.money.figures import FigureRecord, fold
from etl.money.queries import Query, queries_of
from projects.models.finance import MunicipalFigure

CURRENT = frozenset({"CPT", "DC12", "LIM331"})
(GRANT,) = queries_of("grants_v2", [2021])
(OPINION,) = queries_of("audit_opinions", [2020, 2021])
KEY = ("DC12", 2021, "grant", "WSIG", "ACT")


def row(amount: object, month: object = None, **other: Any) -> dict[str, Any]:
    return {
        "demarcation.code": "DC12",
        "financial_year_end.year": 2021,
        "grant.code": "WSIG",
        "amount_type.code": "ACT",
        "period_length.length": "year" if month is None else "month",
        "financial_period.period": 2021 if month is None else month,
        "amount.sum": amount,
        **other,
    }


def one(*rows: dict[str, Any]) -> FigureRecord:
    (found,), problems = records(GRANT, rows, CURRENT)
    assert problems == []
    return found


def records(
    query: Query, rows: list[dict[str, Any]], current: frozenset[str] | set[str]
) -> tuple[list[FigureRecord], list[str]]:
    """The figures, and a sentence for each that cannot be used."""
    reading = fold(query, rows, current)
    return reading.figures, reading.problems


def refused(*rows: dict[str, Any]) -> str:
    """The one sentence that says why none of the rows is used."""
    reading = fold(GRANT, rows, CURRENT)
    assert (reading.figures, reading.refused) == ([], {KEY})
    (problem,) = reading.problems
    return problem


def opinion(**other: Any) -> dict[str, Any]:
    return {
        "demarcation.code": "CPT",
        "financial_year_end.year": 2021,
        "opinion.code": "qualified",
        "opinion.label": "Qualified",
        "opinion.report_url": None,
        **other,
    }


amounts = st.none() | st.decimals(Decimal(-(10**12)), Decimal(10**12), places=2)


@given(st.dictionaries(st.integers(1, 12), amounts, min_size=1), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_months_fold_to_their_sum_in_any_order(by_month: dict[int, Decimal | None], random: Any) -> None:
    rows = [row(amount, month) for month, amount in by_month.items()]
    random.shuffle(rows)
    found = one(*rows)
    known = [amount for amount in by_month.values() if amount is not None]
    assert found.amount == (sum(known) if known else None)
    given = [month for month, amount in by_month.items() if amount is not None]
    assert found.through_month == max(given, default=None)
    assert list(found.months) == [str(month) for month in sorted(by_month)]
    assert {int(month): text and Decimal(text) for month, text in found.months.items()} == by_month
    assert found.digest == one(*reversed(rows)).digest


@given(st.dictionaries(st.integers(1, 12), amounts, min_size=1), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_a_month_more_changes_the_digest_even_if_it_is_null(
    by_month: dict[int, Decimal | None], month: int
) -> None:
    less = {number: amount for number, amount in by_month.items() if number != month} or {
        (month % 12) + 1: None
    }
    fewer, more = (
        one(*[row(amount, number) for number, amount in some.items()])
        for some in (less, {**less, month: None})
    )
    assert (fewer.amount, fewer.key) == (more.amount, more.key)
    assert fewer.digest != more.digest


def test_a_month_that_is_not_there_is_no_null_and_a_null_is_no_zero() -> None:
    found = one(row(5, 1), row(None, 2), row(7, 4))
    assert found.months == {"1": "5.00", "2": None, "4": "7.00"}
    assert (str(found.amount), found.through_month) == ("12.00", 4)
    empty = one(row(None, 1), row(None, 2))
    assert (empty.amount, empty.through_month) == (None, None)
    assert records(GRANT, [], CURRENT) == ([], [])


def test_a_yearly_null_is_a_figure_that_says_null() -> None:
    found = one(row(None))
    assert (found.amount, found.through_month, found.months) == (None, None, {})
    assert found.digest != one(row(0)).digest


@pytest.mark.parametrize(
    ("published", "amount"),
    [
        (-7152440.0, "-7152440.00"),  # West Rand's MIG was negative
        (29188236946.0, "29188236946.00"),
        (0.1, "0.10"),
        (Decimal("1.005"), "1.01"),
        (Decimal("-1.005"), "-1.01"),
        (2.675, "2.68"),  # as published, not as binary has it
        (-0.001, "0.00"),
        (10**12, "1000000000000.00"),
        (Decimal("1E+3"), "1000.00"),
    ],
)
def test_amounts_have_two_decimals_and_lose_nothing(published: object, amount: str) -> None:
    assert str(one(row(published)).amount) == amount


@pytest.mark.parametrize(
    ("published", "told"),
    [
        (10**12 + 1, "too large"),
        (Decimal("-1E+999999"), "too large"),
        (float("nan"), "too large"),
        ("12.00", "is no amount"),
        (True, "is no amount"),
    ],
)
def test_absurd_amounts_are_a_problem_and_no_figure(published: object, told: str) -> None:
    problem = refused(row(published))
    assert problem.startswith("DC12 2021 grant WSIG ACT: ")
    assert told in problem


@pytest.mark.parametrize("month", [0, 13, -1, None])
def test_a_month_outside_the_year_leaves_the_whole_figure_out(month: int | None) -> None:
    rows = [row(5, 1), row(7, 2, **{"financial_period.period": month})]
    assert "none of the twelve" in refused(*rows)


def test_an_unknown_length_of_period_leaves_the_figure_out() -> None:
    assert "“quarter”" in refused(row(5, 1, **{"period_length.length": "quarter"}))


@pytest.mark.parametrize("rows", [[row(5), row(5)], [row(5), row(6)], [row(5, 3), row(6, 3)]])
def test_a_figure_that_is_listed_twice_is_not_used_at_all(rows: list[dict[str, Any]]) -> None:
    assert "more than once; neither is used" in refused(*rows)
    assert refused(*rows, rows[0]).count("more than once") == 1


def test_a_refused_figure_takes_no_other_with_it() -> None:
    reading = fold(GRANT, [row(5), row(6), row(7, **{"grant.code": "MIG"})], CURRENT)
    assert [figure.code for figure in reading.figures] == ["MIG"]
    assert reading.refused == {KEY}


def test_of_a_year_and_its_months_the_year_is_kept_and_said() -> None:
    (found,), (problem,) = records(GRANT, [row(1, 1), row(100), row(2, 2)], CURRENT)
    assert (str(found.amount), found.months, found.through_month) == ("100.00", {}, None)
    assert (
        problem == "DC12 2021 grant WSIG ACT comes by the year and by the month; the yearly figure is kept."
    )


def test_allocated_and_spent_and_two_codes_of_one_grant_are_figures_of_their_own() -> None:
    rows = [
        row(99694000, **{"grant.code": "RB7G", "amount_type.code": "SCHD"}),
        row(7604822, 5, **{"grant.code": "RBIG"}),
    ]
    found, problems = records(GRANT, rows, CURRENT)
    assert [(each.code, each.amount_type, str(each.amount)) for each in found] == [
        ("RB7G", "SCHD", "99694000.00"),
        ("RBIG", "ACT", "7604822.00"),
    ]
    assert problems == []


def test_a_restated_year_keeps_its_key_and_changes_its_digest() -> None:
    before, after = one(row(100)), one(row(120))
    assert before.key == after.key == KEY
    assert before.digest != after.digest
    assert before.digest == one(row(100.0)).digest


def test_the_disestablished_are_dropped_and_strangers_are_named_in_one_sentence() -> None:
    places = ["EC103", "XX1", "XX2", "XX1", "DC12"]
    reading = fold(GRANT, [row(5, **{"demarcation.code": code}) for code in places], CURRENT)
    assert [figure.municipality for figure in reading.figures] == ["DC12"]
    assert reading.problems == [
        "grants_v2 grant 2021: 3 rows are of municipalities that we do not know: XX1, XX2."
    ]


def test_a_current_municipality_is_kept_whatever_the_changes_table_says() -> None:
    (found,), problems = records(GRANT, [row(5, **{"demarcation.code": "EC103"})], {"EC103"})
    assert (found.municipality, problems) == ("EC103", [])


@pytest.mark.parametrize("column", ["demarcation.code", "grant.code", "financial_year_end.year"])
def test_a_row_that_does_not_say_whose_it_is_is_a_problem(column: str) -> None:
    found, (problem,) = records(GRANT, [row(5, **{column: None})], CURRENT)
    assert found == []
    assert "does not say whose figure it is" in problem


def test_a_year_that_was_not_asked_for_is_a_problem() -> None:
    found, (problem,) = records(GRANT, [row(5, **{"financial_year_end.year": 2019})], CURRENT)
    assert (found, problem) == (
        [],
        "grants_v2 grant 2021: a row of DC12 is of 2019, which was not asked for.",
    )


def test_a_thousand_problems_are_a_hundred_sentences_and_a_count() -> None:
    rows = [row("x", **{"grant.code": f"G{number}"}) for number in range(1000)]
    reading = fold(GRANT, rows, CURRENT)
    assert len(reading.refused) == 1000
    assert (len(reading.problems), reading.problems[-1]) == (101, "And 900 problems more of this kind.")


def test_an_opinion_is_kept_as_published_known_or_not() -> None:
    rows = [opinion(), opinion(**{"financial_year_end.year": 2020, "opinion.code": "withdrawn_by_court"})]
    found, problems = records(OPINION, rows, CURRENT)
    assert problems == []
    assert [(each.financial_year, each.opinion, each.code, each.amount) for each in found] == [
        (2021, "qualified", "opinion", None),
        (2020, "withdrawn_by_court", "opinion", None),
    ]


def test_two_opinions_of_one_year_are_both_refused() -> None:
    found, (problem,) = records(OPINION, [opinion(), opinion(**{"opinion.code": "adverse"})], CURRENT)
    assert found == []
    assert problem.startswith("CPT 2021 opinion opinion: the year is listed more than once")


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        (None, ""),
        ("", ""),
        ("  ", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//mfma.treasury.gov.za/x", ""),
        ("http://", ""),
        ("http://[", ""),
        (7, ""),
        (" https://mfma.treasury.gov.za/a%20b.pdf ", "https://mfma.treasury.gov.za/a%20b.pdf"),
        ("HTTP://mfma.treasury.gov.za/x", "HTTP://mfma.treasury.gov.za/x"),
    ],
)
def test_a_reports_address_is_one_of_the_web_or_blank(published: object, kept: str) -> None:
    assert web_address(published) == kept


def test_no_address_and_a_blank_one_are_the_same_figure() -> None:
    (null,), _ = records(OPINION, [opinion()], CURRENT)
    (blank,), _ = records(OPINION, [opinion(**{"opinion.report_url": ""})], CURRENT)
    assert null.digest == blank.digest


def test_each_field_of_a_record_is_a_column_of_the_table() -> None:
    columns = {column.name for column in MunicipalFigure._meta.get_fields()}
    assert set(FigureRecord.__slots__) <= columns
