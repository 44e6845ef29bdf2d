"""DWS's sums beside the municipality's own capital, spending and grants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.finances.beside import beside
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


def test_sums_of_dws_say_over_how_many_projects_they_are():
    projects = [Listed(Decimal(5), None), Listed(None, None), Listed(Decimal(9), Decimal(1), "withdrawn")]
    dws = beside(projects, []).dws
    assert (dws.projects, dws.budget, dws.budgets) == (2, Decimal(5), 1)
    assert (dws.expenditure, dws.expenditures) == (None, 0)


def test_the_spending_rate_is_of_one_year_and_storm_water_stands_apart():
    figures = [
        capital(2021, "ORGB", 100),
        capital(2022, "ORGB", 100),
        capital(2022, "ADJB", 200),
        capital(2022, "AUDA", 50),
        capital(2022, "AUDA", 999, code="4303"),
    ]
    newest, older = beside([], figures).years
    assert (newest.label, older.label) == ("2021-22", "2020-21")
    assert newest.budget
    assert newest.budget[1].amount == 200
    assert newest.rate
    assert newest.rate.percent == Decimal("25.0")
    assert "audited" in newest.rate.basis
    assert newest.storm_water["AUDA"].amount == 999
    assert older.rate is None


def test_budget_and_spending_of_a_year_are_those_that_its_rate_is_of_and_say_what_they_are_made_of():
    figures = [
        *(capital(2022, "ORGB", 100, code=code) for code in ("4201", "4202", "4302")),
        capital(2022, "ADJB", 500),
        *(capital(2022, "ACT", 10, code=code, through_month=6) for code in ("4201", "4202")),
        capital(2022, "AUDA", 40),
        *(capital(2021, kind, 7) for kind in ("ORGB", "ADJB", "ACT", "AUDA")),
    ]
    newest, older = beside([], figures).years
    told = [kind and (kind[0], kind[1].amount) for kind in (newest.budget, newest.spent)]
    assert told == [("adjusted and original", 700), ("unaudited", 20)]
    assert [kind and kind[0] for kind in (older.budget, older.spent)] == ["adjusted", "audited"]
    table = beside_table([], figures)
    assert table
    assert [row.cells[1].kind for row in table.rows[:2]] == ["adjusted and original", "unaudited"]


def test_a_null_and_a_figure_that_is_gone_are_in_no_sum():
    figures = [capital(2022, "ADJB", None), capital(2022, "AUDA", 5, presence="missing")]
    assert beside([], figures).years == ()


def test_in_kind_money_stands_apart_from_the_books():
    figures = [grant("RBIG", "ACT", 7), grant("RB7G", "SCHD", 90), grant("RBIG", "SCHD", 10)]
    (found,) = beside([], figures).years[0].grants
    assert found.family == "RBIG"
    assert found.allocated
    assert found.allocated.amount == 10
    assert found.in_kind
    assert found.in_kind.amount == 90
    assert found.spent
    assert found.spent.amount == 7
    assert found.transferred is None
    assert found.rate
    assert found.rate.percent == Decimal("70.0")


def test_a_programme_has_the_family_of_its_grant():
    assert [family_of(name) for name in ("WSIG", "WSOG", "ACIP", None)] == ["WSIG", "WSOS", None, None]
    assert codes_of("RBIG") == ("RBIG",)
    assert codes_of("RBIG", in_kind=True) == ("RB7G",)
    assert codes_of("BEP") == ()


def test_the_years_of_both_are_spelt_apart():
    assert national_span(2026, 2026) == "2025/26"
    assert municipal_span(2021, 2023) == "2020-21 to 2022-23"
