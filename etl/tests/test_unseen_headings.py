"""Headings that come near a field and mean something else are read as none; so are units in any spelling."""

# Lists of headings are no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.tests.test_understand import chosen, column
from etl.understand.judge import judge
from etl.values.units import split_unit

MONEY = ("R12 500 000", "R8 300 000", "R61 000 000", "R9 400 000", "R3 075 000")
DAYS = ("01 Mar 2026", "15 Apr 2027", "30 Jun 2025", "11 Feb 2026", "28 Nov 2027")
SHARES = ("12%", "83%", "61%", "94%", "30%")

# a year's or a part's, what is left, what a unit costs, what running costs, what went wrong
OTHER_MONEY = """
2025/26 Budget|Budget 2025/26|24/25 Budget|FY24/25 Approved Budget|Budget 25-26|Budget Y1|Year 1 Budget|Q1 Budget
Expenditure 2024/25|Spent 24/25|Cost to Complete|Budget Left|Remaining Cost|Unit Cost|Cost/km|Cost / household
O&M Cost|Life Cycle Cost|Operating Cost|Project Cost (MIG portion)|Phase 1 Cost|Irregular Expenditure
Fruitless and Wasteful Expenditure|Expenditure this Month|Budget per Capita|Annual Budget
"""
OTHER_DAYS = """
Design Start|Design Completion Date|Tender Start|Tender Completion|Procurement Start|End of Defects Liability
Defects End Date|Funding Start Date|Grant End Date|Start of Operation|Phase 1 Completion|Phase 2 Start|Closing Date
Feasibility Completion Date|Start of Delay|Milestone Date|Last Updated|Award Date
"""
OTHER_SHARES = """
Design Progress|% Design Complete|Procurement Progress|Progress Last Month|Progress This Month|Monthly Progress
Phase 1 Progress|Financial Progress (%)|Time Elapsed %|% Spent|Planned %
"""


def each(headings: str) -> list[str]:
    return [heading for line in headings.strip().splitlines() for heading in line.split("|")]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        *((heading, MONEY) for heading in each(OTHER_MONEY)),
        *((heading, DAYS) for heading in each(OTHER_DAYS)),
        *((heading, SHARES) for heading in each(OTHER_SHARES)),
    ],
)
def test_what_comes_near_a_field_is_none(heading: str, values: tuple[str, ...]) -> None:
    assert chosen(heading, *values).field is None


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("Total Cost (all phases)", MONEY, "budget"), ("Life of Project Budget", MONEY, "budget"),
        ("Budget / Begroting", MONEY, "budget"), ("Expenditure to Date", MONEY, "expenditure"),
        ("Construction Completion", DAYS, "completion_date"), ("Revised Completion Date", DAYS, "completion_date"),
        ("Contract Start", DAYS, "start_date"), ("Construction Progress", SHARES, "progress_percentage"),
        ("Project / Intervention", ("Alpha works", "Beta works", "Gamma works"), "name"),
        ("Y", ("-28.3911", "-28.6805", "-28.8712"), "latitude"), ("X", ("32.01", "31.99", "31.90"), "longitude"),
        ("Project No", ("R1", "R2", "R13", "R207"), "external_id"),
    ],
)  # fmt: skip
def test_what_is_the_field_stays_it(heading: str, values: tuple[str, ...], field: str) -> None:
    assert chosen(heading, *values).field == field


@pytest.mark.parametrize("values", [("Yes", "No", "Yes"), ("4", "900", "17"), ("R5 000", "R7 000", "R9 000")])
def test_a_letter_is_an_axis_where_its_values_are_degrees(values: tuple[str, ...]) -> None:
    assert chosen("Y", *values).field is None


def test_of_two_columns_that_values_alone_call_a_municipality_none_is_it() -> None:
    """A district's names are those of municipalities too."""
    local = column("Gebied", "Emalahleni", "Rand West City", "Emfuleni", "Msunduzi")
    district = column("Streek", "Nkangala", "West Rand", "Sedibeng", "uMgungundlovu")
    assert [choice.field for choice in judge([local, district], (), {})] == [None, None]
    assert judge([local], (), {})[0].field == "municipality"
    assert chosen("Distr.", "Nkangala", "West Rand", "Sedibeng").field == "district"


def test_amounts_are_no_project_s_number() -> None:
    assert chosen("Project No", "R1 000 000", "R2 500 000", "R13.50").field is None


@pytest.mark.parametrize(
    ("label", "factor"),
    [("Budget (R 1 000 000)", 10**6), ("Budget (R) m", 10**6), ("Budget (R 1 000)", 1000), ("Budget R1000", 1000)],
)  # fmt: skip
def test_a_unit_written_out_is_as_many_rand(label: str, factor: int) -> None:
    rest, unit = split_unit(label)
    assert (rest, unit and unit.factor) == ("Budget", Decimal(factor))
