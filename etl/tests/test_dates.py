"""Dates, string by string as found on South African pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.values import dates
from etl.values.dates import parse_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020/03/31", "2020-03-31"),
        ("2020-11-23", "2020-11-23"),
        ("2020-03-31T00:00:00", "2020-03-31"),
        ("2020/03/31 12:00:00 AM", "2020-03-31"),
        ("30 June 2021", "2021-06-30"),
        ("03 October 2013", "2013-10-03"),
        ("28 AUGUST 2020", "2020-08-28"),
        ("15 JULY 2022", "2022-07-15"),
        ("4th August 2022", "2022-08-04"),
        ("24TH November 2022", "2022-11-24"),
        ("22/02/2017", "2017-02-22"),
        ("06/10/2016", "2016-10-06"),
        ("Thursday 06/10/2016", "2016-10-06"),
        ("31-May-13", "2013-05-31"),
        ("31-Mar-2026", "2026-03-31"),
        ("30 Sept 2013", "2013-09-30"),
        ("17 Dec 2015", "2015-12-17"),
        ("20\u00a0Mar\u00a02024", "2024-03-20"),
        ("1/04/2019", "2019-04-01"),
        ("Wednesday, September 28, 2022 11:11:10 AM", "2022-09-28"),
        ("12h00 on 31 March 2022", "2022-03-31"),
        ("15 Desember 2019", "2019-12-15"),
    ],
)
def test_a_day_is_read_by_shape_day_first(text: str, day: str) -> None:
    parsed = parse_date(text)
    assert (parsed.value, parsed.problem) == (date.fromisoformat(day), None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("March 2021", dates.MONTH_ONLY),
        ("October 2020", dates.MONTH_ONLY),
        ("Sep-04", dates.MONTH_ONLY),
        ("Mar-26", dates.MONTH_ONLY),
        ("2021-03", dates.MONTH_ONLY),
        ("03/2021", dates.MONTH_ONLY),
        ("2015", dates.YEAR_ONLY),
        ("2025/26", dates.FINANCIAL_YEAR),
        ("2019/20 FY", dates.FINANCIAL_YEAR),
        ("FY 2021-22", dates.FINANCIAL_YEAR),
        ("42534", dates.SERIAL),
        ("44377", dates.SERIAL),
        ("01 January 1970", dates.PLACEHOLDER),
        ("1900-01-01", dates.PLACEHOLDER),
        ("1900/01/01", dates.PLACEHOLDER),
        ("0001-01-01", dates.PLACEHOLDER),
        ("10/22/2021", dates.IMPOSSIBLE),
        ("31/02/2020", dates.IMPOSSIBLE),
        ("22/02/17", dates.TWO_DIGIT_YEAR),
        ("2918-01-01", dates.OUT_OF_RANGE),
        ("M03 Sept", dates.NOT_DATE),
        ("Q1 Sept Actual", dates.NOT_DATE),
        ("10h00", dates.NOT_DATE),
        ("Various", dates.NOT_DATE),
        ("12 Foo 2020", dates.NOT_DATE),
        ("SCM/38/2016-17", dates.NOT_DATE),
    ],
)
def test_what_names_no_day_is_an_issue_and_never_a_date(text: str, problem: str) -> None:
    parsed = parse_date(text)
    assert (parsed.value, parsed.problem) == (None, problem)


@pytest.mark.parametrize("text", ["", "-", "n/a", "TBC", "Not specified"])
def test_a_blank_date_is_none_and_no_issue(text: str) -> None:
    assert (parse_date(text).value, parse_date(text).problem) == (None, None)


@given(st.dates(date(1971, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y"]))
def test_a_printed_date_is_read_back(day: date, shape: str) -> None:
    assert parse_date(day.strftime(shape)).value == day


@given(st.dates(date(1971, 1, 1), date(2068, 12, 31)), st.sampled_from(["%d %B %Y", "%d-%b-%y", "%d %b %Y"]))
def test_a_printed_date_with_a_month_name_is_read_back(day: date, shape: str) -> None:
    assert parse_date(day.strftime(shape)).value == day


@given(st.text() | st.text(alphabet="0123456789 /-.JunMaySept,ThW:", max_size=24))
def test_any_text_is_a_date_or_refused_without_an_error(text: str) -> None:
    parsed = parse_date(text)
    assert parsed.value is None or parsed.problem is None
