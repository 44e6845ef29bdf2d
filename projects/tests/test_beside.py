"""DWS's sums beside the municipality's own capital, spending and grants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.finances.beside_table import beside_table
from projects.finances.families import codes_of, family_of, municipal_span, national_span


@dataclass
class Row:
    """A figure as far as it is read here."""

    financial_year: int
    measure: str
    code: str
    amount_type: str
    amount: Decimal | None
    presence: str = "present"
    through_month: int | None = None


@dataclass
class Listed:
    budget: Decimal | None
    expenditure: Decimal | None
    presence: str = "present"


def capital(year: int, kind: str, amount: Any, code: str = "4202", **fields: Any) -> Row:
    return Row(year, "capital", code, kind, None if amount is None else Decimal(amount), **fields)


def grant(code: str, kind: str, amount: Any) -> Row:
    return Row(2022, "grant", code, kind, Decimal(amount))


def rows(projects: list[Listed], figures: list[Row]) -> dict[str, list[Any]]:
    """Label → the cells of DWS and of each year of the books, the newest first."""
    table = beside_table(projects, figures)
    return {row.label: row.cells for row in table.rows} if table else {}


def test_sums_of_dws_say_over_how_many_projects_they_are():
    projects = [Listed(Decimal(5), None), Listed(None, None), Listed(Decimal(9), Decimal(1), "withdrawn")]
    found = rows(projects, [capital(2022, "ORGB", 1)])
    budget = found["Budget"][0]
    assert (budget.sum.amount, budget.sum.count, budget.sum.lines) == (Decimal(5), 1, 2)
    assert found["Spent"][0].text == "not published"


def test_the_spending_rate_is_of_one_year_and_storm_water_is_left_out():
    figures = [
        capital(2021, "ORGB", 100),
        capital(2022, "ORGB", 100),
        capital(2022, "ADJB", 200),
        capital(2022, "AUDA", 50),
        capital(2022, "AUDA", 999, code="4303"),
    ]
    table = beside_table([], figures)
    assert table
    assert [column.head for column in table.columns[1:]] == ["Books of 2021-22", "Books of 2020-21"]
    found = rows([], figures)
    assert found["Budget"][1].sum.amount == 200
    rate = found["Spending rate"][1].rate
    assert rate.percent == Decimal("25.0")
    assert "audited" in rate.basis
    assert found["Spent"][1].sum.amount == 50
    assert found["Spending rate"][2].rate is None


def test_budget_and_spending_of_a_year_are_those_that_its_rate_is_of_and_say_what_they_are_made_of():
    figures = [
        *(capital(2022, "ORGB", 100, code=code) for code in ("4201", "4202", "4302")),
        capital(2022, "ADJB", 500),
        *(capital(2022, "ACT", 10, code=code, through_month=6) for code in ("4201", "4202")),
        capital(2022, "AUDA", 40),
        *(capital(2021, kind, 7) for kind in ("ORGB", "ADJB", "ACT", "AUDA")),
    ]
    found = rows([], figures)
    told = [(found[label][1].kind, found[label][1].sum.amount) for label in ("Budget", "Spent")]
    assert told == [("adjusted and original", 700), ("unaudited", 20)]
    assert [found[label][2].kind for label in ("Budget", "Spent")] == ["adjusted", "audited"]


def test_a_null_and_a_figure_that_is_gone_are_in_no_sum():
    figures = [capital(2022, "ADJB", None), capital(2022, "AUDA", 5, presence="missing")]
    assert beside_table([], figures) is None


def test_in_kind_money_stands_apart_from_the_books():
    found = rows([], [grant("RBIG", "ACT", 7), grant("RB7G", "SCHD", 90), grant("RBIG", "SCHD", 10)])
    kinds = ("allocated", "spent", "allocated in kind, not in the books")
    assert list(found)[3:] == [f"RBIG, {kind}" for kind in kinds]
    assert [found[f"RBIG, {kind}"][1].sum.amount for kind in kinds] == [10, 7, 90]


def test_a_programme_has_the_family_of_its_grant():
    assert [family_of(name) for name in ("WSIG", "WSOG", "ACIP", None)] == ["WSIG", "WSOS", None, None]
    assert codes_of("RBIG") == ("RBIG",)
    assert codes_of("RBIG", in_kind=True) == ("RB7G",)
    assert codes_of("BEP") == ()


def test_the_years_of_both_are_spelt_apart():
    assert national_span(2026, 2026) == "2025/26"
    assert municipal_span(2021, 2023) == "2020-21 to 2022-23"
