"""What a municipality's row says when it is set beside others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from projects.finances.comparing import newest
from projects.finances.comparison import COLUMNS, Row, compare, notes, sort_key
from projects.finances.comparison_table import table, unlike

YEARS = {"owed": None, "opinion": 2022, "capital": 2022, "grants": 2022}


@dataclass
class Figure:
    """As far as it is read here."""

    measure: str
    code: str
    amount_type: str
    amount: Any
    financial_year: int = 2022
    presence: str = "present"
    through_month: int | None = None
    opinion: str = ""
    report_url: str = ""
    snapshot_id: str | None = "5" * 64
    pk: int = 7
    municipality_id: str = "CPT"

    def __post_init__(self) -> None:
        self.amount = None if self.amount is None else Decimal(self.amount)


def a_row(*figures: Figure, people: int | None = 1000, unread: frozenset[str] = frozenset()) -> Row:
    return compare(SimpleNamespace(population_2016=people, pk="CPT"), figures, YEARS, unread)


def entry(row: Row, name: str) -> Any:
    return COLUMNS[name].entry(row)


def test_capital_is_of_water_and_sanitation_without_storm_water():
    row = a_row(
        Figure("capital", "4202", "ADJB", 100, pk=1),
        Figure("capital", "4302", "ADJB", 50, pk=2),
        Figure("capital", "4303", "ADJB", 7000, pk=3),
        Figure("capital", "4202", "AUDA", 80, pk=4),
        Figure("capital", "4302", "AUDA", 40, pk=5),
    )
    capital = row.capital
    assert (capital.budget.value, capital.budget.said) == (150, "adjusted")
    assert [figure for _, figure in capital.budget.proofs] == [1, 2]
    assert (capital.spent.value, capital.spent.said) == (120, "audited")
    assert capital.rate.value == Decimal("80.0")
    assert capital.budget_per_person.value == Decimal("0.15")


def test_a_sum_says_over_how_many_lines_it_is_and_how_far_it_goes():
    row = a_row(
        Figure("capital", "4201", "ORGB", 100),
        Figure("capital", "4202", "ORGB", None),
        Figure("capital", "4201", "ACT", 30, through_month=11),
        Figure("capital", "4202", "ACT", 5, through_month=10),
    )
    assert row.capital.budget.note == "original, sum of 1 of 2 lines"
    assert row.capital.spent.note == "unaudited, to April or May"
    assert row.capital.rate.value == Decimal("30.0")
    assert row.capital.rate.over == "over 1 of 2 lines"


@pytest.mark.parametrize(
    ("figures", "unread", "why"),
    [
        ([], set(), "not published"),
        ([], {"capital"}, "not read"),
        ([Figure("capital", "4202", "ORGB", None)], set(), "given as null"),
        ([Figure("capital", "4202", "ORGB", 5, presence="missing")], set(), "no longer published"),
        ([Figure("capital", "4202", "ORGB", 5, financial_year=2021)], set(), "not published"),
    ],
)
def test_what_is_not_known_says_why_and_is_never_nought(figures, unread, why):
    row = a_row(*figures, unread=frozenset(unread))
    for name in ("capital_budget", "capital_budget_per_person", "capital_rate"):
        assert (entry(row, name).value, entry(row, name).said) == (None, why)


def test_a_budget_of_nothing_gives_no_rate():
    row = a_row(Figure("capital", "4202", "ORGB", 0), Figure("capital", "4202", "ACT", 5, through_month=6))
    assert row.capital.budget.value == 0
    assert (row.capital.rate.value, row.capital.rate.said) == (None, "no budget to compare with")


def test_nothing_is_per_person_where_no_population_is_known():
    row = a_row(Figure("capital", "4202", "ORGB", 5), people=None)
    assert (row.capital.budget_per_person.value, row.capital.budget_per_person.said) == (
        None,
        "population not known",
    )


def test_a_grants_rate_is_of_what_the_municipality_itself_was_given():
    row = a_row(
        Figure("grant", "WSIG", "SCHD", 100),
        Figure("grant", "WSIG", "ACT", 40, through_month=12),
        Figure("grant", "WS6G", "SCHD", 300),
    )
    grant = row.grants["WSIG"]
    assert (grant.rate.value, grant.rate.note) == (Decimal("40.0"), "to June, more in kind")
    assert (grant.allocated.value, grant.in_kind.value) == (100, 300)


def test_a_grant_that_is_allocated_in_kind_alone_has_no_rate():
    """Amathole 2019-20, as published."""
    row = a_row(
        Figure("grant", "RB7G", "SCHD", 99694000),
        Figure("grant", "RBIG", "ACT", 7604822, through_month=12),
    )
    assert (row.grants["RBIG"].rate.value, row.grants["RBIG"].rate.said) == (None, "allocated in kind alone")


def test_a_grant_of_which_a_part_is_given_as_null_has_no_rate():
    row = a_row(Figure("grant", "MIG", "SCHD", None), Figure("grant", "MIG", "ACT", 5, through_month=3))
    assert (row.grants["MIG"].rate.value, row.grants["MIG"].rate.said) == (None, "given as null")
    assert entry(row, "usdg_rate").said == "not published"


def test_a_debt_is_the_newest_balance_and_says_of_when():
    row = a_row(
        Figure("bulk_debt", "0200", "ACT", 9, financial_year=2021, through_month=12, pk=1),
        Figure("bulk_debt", "0200", "ACT", -5000, financial_year=2022, through_month=3, pk=2),
        Figure("bulk_debt", "0100", "ACT", 1, financial_year=2022, through_month=9, pk=3),
    )
    owed = row.owed
    assert (owed.amount.value, owed.amount.said) == (-5000, "30 September 2021")
    assert (owed.financial_year, owed.at, owed.per_person.value) == (2022, date(2021, 9, 30), -5)
    assert owed.amount.proofs == (("5" * 64, 2),)


def test_of_one_day_the_audited_balance_counts():
    row = a_row(
        Figure("bulk_debt", "0200", "AUDA", 7),
        Figure("bulk_debt", "0200", "ACT", 9, through_month=12),
    )
    assert (row.owed.amount.value, row.owed.amount.said) == (7, "30 June 2022, audited")


def test_the_newest_debt_that_is_given_as_null_does_not_hide_the_one_before():
    row = a_row(
        Figure("bulk_debt", "0200", "ACT", None, financial_year=2023, through_month=1),
        Figure("bulk_debt", "0200", "ACT", 9, through_month=12),
    )
    assert row.owed.amount.value == 9
    assert a_row(Figure("bulk_debt", "0200", "ACT", None)).owed.amount.said == "given as null"


def test_opinions_go_from_the_best_to_the_worst_and_outstanding_ones_come_last():
    words = ["outstanding", "odd", "disclaimer", "unqualified", "qualified"]
    rows = [a_row(Figure("opinion", "opinion", "", None, opinion=word)) for word in words]
    rows.sort(key=sort_key(COLUMNS["audit_opinion"]))
    assert [row.opinion.value for row in rows] == [
        "unqualified",
        "qualified",
        "disclaimer",
        "outstanding",
        "odd",
    ]


def test_a_column_of_unlike_figures_says_so():
    rows = [
        a_row(Figure("capital", "4202", "ORGB", 100)),
        a_row(Figure("capital", "4202", "ADJB", 100)),
        a_row(Figure("capital", "4202", "ADJB", 100)),
        a_row(),
    ]
    column = COLUMNS["capital_budget"]
    assert notes(column, rows) == {"adjusted": 2, "original": 1}
    assert unlike([column], rows) == [
        "Water capital budgeted: the figures are not all alike (adjusted: 2; original: 1)."
    ]
    assert unlike([column], rows[1:]) == []
    heads = {head.column.name: head.note for head in table(rows[1:], YEARS).heads}
    assert heads["capital_budget"] == "adjusted"
    assert "rbig_rate" not in heads


@pytest.mark.parametrize(
    ("known", "over", "year"),
    [
        ({}, False, None),
        ({2025: 40, 2026: 44, 2027: 3}, False, 2026),
        ({2025: 40, 2026: 44, 2027: 30}, False, 2027),
        ({2025: 40, 2026: 44, 2027: 47}, True, 2026),
        ({2027: 47}, True, 2027),
    ],
)
def test_the_year_that_is_compared_is_one_that_at_least_half_publish(known, over, year):
    """On 29 November 2026 the financial year 2026-27 is going on."""
    assert newest(known, over, today=date(2026, 11, 29)) == year
