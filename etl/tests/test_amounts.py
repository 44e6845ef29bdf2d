"""Money, percentages, counts and coordinates, string by string as found on South African pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.values import amounts, coordinates
from etl.values.amounts import parse_count, parse_money, parse_percent
from etl.values.coordinates import parse_coordinate, parse_point
from etl.values.units import Unit, label_unit

THOUSANDS = Unit("money", Decimal(1000), "R'000")
MILLIONS = Unit("money", Decimal(10**6), "R million")

MONEY = [
    ("R353,000,000.00", "353000000.00"),
    ("R61.6 million", "61600000.00"),
    ("R2.17 billion", "2170000000.00"),
    ("R29.1 billion", "29100000000.00"),
    ("R1 823 063 888", "1823063888.00"),
    ("R6 040 712 322", "6040712322.00"),
    ("R4 000", "4000.00"),
    ("R4,702,310,000", "4702310000.00"),
    ("R300,000,042,610", "300000042610.00"),
    ("R9 billion", "9000000000.00"),
    ("R 9601", "9601.00"),
    ("R12 513 355", "12513355.00"),
    ("R88 million", "88000000.00"),
    ("R9,4 billion", "9400000000.00"),
    ("R9, 4 billion", "9400000000.00"),
    ("R 473.3 million", "473300000.00"),
    ("R1,2 billion", "1200000000.00"),
    ("R 2 895 063 000", "2895063000.00"),
    ("11,739,246", "11739246.00"),
    ("R 727 (inclusive of VAT)", "727.00"),
    ("R160.00 (inclusive of VAT)", "160.00"),
    ("R160.00 VAT incl.", "160.00"),
    ("R5 000 000-00", "5000000.00"),
    ("R5 000 000,-", "5000000.00"),
    ("R12,5 miljoen", "12500000.00"),
    ("-R 30,000.00", "-30000.00"),
    ("R -30 000,00", "-30000.00"),
    ("-R1 234,56", "-1234.56"),
    ("R 1,140.01", "1140.01"),
    ("R 1,234.56", "1234.56"),
    ("123 456,78", "123456.78"),
    ("123 456.78", "123456.78"),
    ("123\u00a0456,78", "123456.78"),
    ("123\u00a0456.78", "123456.78"),
    ("123456,78", "123456.78"),
    ("123.456,78", "123456.78"),
    ("123,456.78", "123456.78"),
    ("(15 561 925,00)", "-15561925.00"),
    ("110000000.0", "110000000.00"),
    ("R101", "101.00"),
    ("0", "0.00"),
    ("R0.00", "0.00"),
    ("2754644000", "2754644000.00"),
    ("R2.505 billion", "2505000000.00"),
    ("1,234.567", "1234.57"),
]


@pytest.mark.parametrize(("text", "rand"), MONEY)
def test_an_amount_is_read_by_its_shape(text: str, rand: str) -> None:
    parsed = parse_money(text)
    assert (str(parsed.value), parsed.problem) == (rand, None)


@pytest.mark.parametrize("text", ["", " ", "-", "- ", "–", "n/a", "N/A", "Not specified", "..", "TBC", "R -"])
def test_a_blank_is_none_and_no_issue(text: str) -> None:
    assert (parse_money(text).value, parse_money(text).problem) == (None, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("various", amounts.NOT_MONEY),
        ("R&D", amounts.NOT_MONEY),
        ("PR2", amounts.NOT_MONEY),
        ("(R)", amounts.NOT_MONEY),
        ("12 5", amounts.NOT_MONEY),
        ("1,23,456", amounts.NOT_MONEY),
        ("(100", amounts.NOT_MONEY),
        ("-(100)", amounts.NOT_MONEY),
        ("45%", amounts.NOT_MONEY),
        ("R 801 - R 1 600", amounts.RANGE),
        ("R61 million to R70 million", amounts.RANGE),
        ("R 2 457 601 or more", amounts.RANGE),
        ("R2.505", amounts.AMBIGUOUS),
        ("R2,505 billion", amounts.AMBIGUOUS),
        ("123 456,789", amounts.AMBIGUOUS),
        ("R999999999999999999", amounts.TOO_LARGE),
    ],
)
def test_what_is_no_single_amount_is_an_issue_and_never_a_number(text: str, problem: str) -> None:
    parsed = parse_money(text)
    assert (parsed.value, parsed.problem) == (None, problem)


@pytest.mark.parametrize("text", ["R2,505", "R4,000", "R 562,000"])
def test_one_comma_before_three_digits_groups_but_the_doubt_is_recorded(text: str) -> None:
    parsed = parse_money(text)
    assert parsed.value == Decimal(text.strip("R ").replace(",", ""))
    assert parsed.problem == amounts.AMBIGUOUS


def test_an_approximate_figure_is_marked_as_such() -> None:
    assert parse_money("R24+ billion").value == Decimal("24000000000.00")
    assert parse_money("R24+ billion").problem == amounts.APPROXIMATE
    assert parse_money("about R5 million").problem == amounts.APPROXIMATE


@pytest.mark.parametrize(
    ("text", "unit", "rand"),
    [
        ("291,786", THOUSANDS, "291786000.00"),
        ("26,434", THOUSANDS, "26434000.00"),
        ("110 000", THOUSANDS, "110000000.00"),
        ("353.125", THOUSANDS, "353125.00"),
        ("1 234,5", MILLIONS, "1234500000.00"),
        ("R61.6 million", THOUSANDS, "61600000.00"),
        ("0", THOUSANDS, "0.00"),
        ("12", Unit("percent", Decimal(1), "%"), "12.00"),
    ],
)
def test_the_unit_of_the_label_scales_a_bare_number(text: str, unit: Unit, rand: str) -> None:
    parsed = parse_money(text, unit)
    assert (str(parsed.value), parsed.problem) == (rand, None)


@pytest.mark.parametrize("text", ["12'000", "R 45'000", "7 '000"])
@pytest.mark.parametrize("unit", [THOUSANDS, MILLIONS])
def test_three_noughts_behind_a_quote_may_be_a_group_or_the_unit_once_more(text: str, unit: Unit) -> None:
    assert (parse_money(text, unit).value, parse_money(text, unit).problem) == (None, amounts.AMBIGUOUS)
    assert parse_money(text).problem is None, "without a unit both are the same"


def test_one_comma_under_a_heading_in_millions_can_be_read_in_two_ways() -> None:
    assert parse_money("1,234", MILLIONS).value is None
    assert parse_money("1,234", MILLIONS).problem == amounts.AMBIGUOUS


@pytest.mark.parametrize(
    ("label", "factor"),
    [
        ("Budget (R'000)", 1000),
        ("Budget (R‘000)", 1000),
        ("Budget R’000", 1000),
        ("Table B.3 (R thousand)", 1000),
        ("Cost (Rk)", 1000),
        ("Cost ('000)", 1000),
        ("Cost (R)", 1),
        ("Cost (R, excl. VAT)", 1),
        ("Cost (R m)", 10**6),
        ("Cost (Rm)", 10**6),
        ("Cost (R million)", 10**6),
        ("Cost (Rbn)", 10**9),
    ],
)
def test_a_unit_in_a_label_is_recognised(label: str, factor: int) -> None:
    unit = label_unit(label)
    assert unit is not None
    assert (unit.kind, unit.factor) == ("money", factor)


@pytest.mark.parametrize("label", ["Price (R/kWh)", "Budget", "(R'000)", "R&D", "Phase r"])
def test_a_label_without_a_unit_has_none(label: str) -> None:
    assert label_unit(label) is None


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("62%", "62.00"),
        ("62 %", "62.00"),
        ("62", "62.00"),
        ("0.62", "0.62"),
        ("62,5 %", "62.50"),
        ("90 % completion", "90.00"),
        ("71%", "71.00"),
        ("100", "100.00"),
        ("0%", "0.00"),
    ],
)
def test_a_percentage_is_read_without_scaling(text: str, percent: str) -> None:
    parsed = parse_percent(text)
    assert (str(parsed.value), parsed.problem) == (percent, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("11 / 11", amounts.NOT_PERCENT),
        ("Construction 10%", amounts.NOT_PERCENT),
        ("Construction 76% - 99%", amounts.NOT_PERCENT),
        ("Practical Completion (100%)", amounts.NOT_PERCENT),
        ("45-50%", amounts.NOT_PERCENT),
        ("on track", amounts.NOT_PERCENT),
        ("101", amounts.OUTSIDE_PERCENT),
        ("-1%", amounts.OUTSIDE_PERCENT),
    ],
)
def test_what_is_no_percentage_is_an_issue(text: str, problem: str) -> None:
    assert (parse_percent(text).value, parse_percent(text).problem) == (None, problem)


@pytest.mark.parametrize(
    ("text", "count"),
    [("207", 207), ("1 120", 1120), ("1,120", 1120), ("46 607", 46607), ("6 Projects", 6), ("-", None)],
)
def test_a_count_may_have_a_group_mark(text: str, count: int | None) -> None:
    assert (parse_count(text).value, parse_count(text).problem) == (count, None)


@pytest.mark.parametrize("text", ["1,056.36", "1.120", "many"])
def test_a_count_is_whole(text: str) -> None:
    assert (parse_count(text).value, parse_count(text).problem) == (None, amounts.NOT_COUNT)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("-23.305826", -23.305826),
        ("-23,305826", -23.305826),
        ("23.305826 S", -23.305826),
        ("23°18'21\"S", -23.305833),
        ("S 23° 18.35'", -23.305833),
        ("-23.3058264444", -23.305826),
        ("0", None),
        ("", None),
    ],
)
def test_a_latitude_is_read_in_its_usual_shapes(text: str, degrees: float | None) -> None:
    parsed = parse_coordinate(text, "latitude")
    assert (parsed.value, parsed.problem) == (degrees, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("23.305826", coordinates.OUTSIDE_COUNTRY),
        ("51.5", coordinates.OUTSIDE_COUNTRY),
        ("23°78'21\"S", coordinates.NOT_COORDINATE),
        ("30 E", coordinates.NOT_COORDINATE),
        ("various", coordinates.NOT_COORDINATE),
    ],
)
def test_a_latitude_outside_the_country_is_an_issue(text: str, problem: str) -> None:
    parsed = parse_coordinate(text, "latitude")
    assert (parsed.value, parsed.problem) == (None, problem)


@pytest.mark.parametrize(
    "text",
    [
        "-23.305826,30.726936",
        "-23,305826; 30,726936",
        "-23,305826,30,726936",
        "(-23.305826, 30.726936)",
        "23.305826S 30.726936E",
    ],
)
def test_a_pair_in_one_cell_is_a_point(text: str) -> None:
    assert parse_point(text).value == (-23.305826, 30.726936)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0.0,0.0", None),
        ("30.726936,-23.305826", coordinates.OUTSIDE_COUNTRY),
        ("various", coordinates.NOT_POINT),
        ("-23.305826", coordinates.NOT_POINT),
        ("-23 18 30 43", coordinates.NOT_POINT),
    ],
)
def test_a_pair_is_never_turned_round_or_guessed(text: str, problem: str | None) -> None:
    assert (parse_point(text).value, parse_point(text).problem) == (None, problem)


AMOUNTS = st.decimals(min_value=0, max_value=10**13, places=2, allow_nan=False)


@given(AMOUNTS, st.sampled_from([(",", "."), (" ", ","), (" ", "."), ("\u00a0", ","), (".", ","), ("", ".")]))
def test_what_is_printed_with_cents_is_read_back_with_either_separator(
    amount: Decimal, marks: tuple[str, str]
) -> None:
    printed = f"{amount:,.2f}".translate(str.maketrans({",": marks[0], ".": marks[1]}))
    for text in (printed, f"R{printed}", f"R {printed}"):
        assert parse_money(text).value == amount


@given(st.text())
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    for parse in (parse_money, parse_percent, parse_count, parse_point):
        parsed = parse(text)
        assert parsed.value is None or parsed.problem in (None, amounts.AMBIGUOUS, amounts.APPROXIMATE)
    parse_coordinate(text, "longitude")


@given(st.text(alphabet="0123456789 .,R-()%+'mbn/°\u00a0\"", max_size=25))
def test_any_string_of_figures_is_read_or_refused_without_an_error(text: str) -> None:
    for parse in (parse_money, parse_percent, parse_count, parse_point):
        parse(text)
    parse_coordinate(text, "latitude")
    label_unit(text)
