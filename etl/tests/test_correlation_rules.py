"""What the rules of the correlation ask, and above all where they stay silent."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.correlating.agents import BLANK, OTHER, SHARED, UNKNOWN, implementer, implements
from etl.correlating.columns import ALLOCATED, SPENT, Annual, annual_figures, annual_kind
from etl.correlating.discrepancies import FoundDiscrepancy, Tally
from etl.correlating.facts import Books, FigureFact, PlaceFact, ProjectFact
from etl.correlating.inquiry import Inquiry, inquire

GIYANI = PlaceFact("LIM331", "Greater Giyani", "B", "LIM")
CAPE_TOWN = PlaceFact("CPT", "City of Cape Town", "A", "WC")
AMATHOLE = PlaceFact("DC12", "Amathole", "C", "EC")
SEDIBENG = PlaceFact("DC42", "Sedibeng", "C", "GT")
PLACES = {place.code: place for place in (GIYANI, CAPE_TOWN, AMATHOLE, SEDIBENG)}
OWN = "Greater Giyani Local Municipality"


def project(pk: int = 1, **fields: Any) -> ProjectFact:
    """A WSIG project of Greater Giyani that it implements itself."""
    given: dict[str, Any] = {
        "external_id": f"WP{pk}",
        "name": f"Scheme {pk}",
        "municipalities": ("LIM331",),
        "programme": "WSIG",
        "status": "construction",
        "progress": Decimal(20),
        "budget": Decimal(50_000_000),
        "expenditure": Decimal(30_000_000),
        "start_date": date(2020, 8, 1),
        "completion_date": date(2023, 3, 1),
        "agent": OWN,
        "snapshot": "a" * 64,
        "reported_on": date(2022, 6, 30),
        **fields,
    }
    return ProjectFact(pk=pk, **given)


def figure(year: int, amount: Any, code: str = "WSIG", kind: str = "ACT", **fields: Any) -> FigureFact:
    return FigureFact(
        pk=zlib.crc32(f"{year}{code}{kind}".encode()),
        financial_year=year,
        code=code,
        amount_type=kind,
        amount=None if amount is None else Decimal(amount),
        **{"measure": "grant", "snapshot": "b" * 64, **fields},
    )


def spent(*amounts: Any, first: int = 2021, code: str = "WSIG") -> list[FigureFact]:
    return [figure(first + step, amount, code) for step, amount in enumerate(amounts)]


def ask(projects: list[ProjectFact], figures: list[FigureFact]) -> Inquiry:
    return inquire(projects, PLACES, lambda code: Books(figures))


def the_only(inquiry: Inquiry, rule: str) -> FoundDiscrepancy:
    found = [discrepancy for discrepancy in inquiry.discrepancies.values() if discrepancy.rule == rule]
    assert len(found) == 1, inquiry.discrepancies
    return found[0]


# --- who implements -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "place"),
    [
        ("Greater Giyani Local Municipality", GIYANI),
        ("LIM331", GIYANI),
        ("Greater Giyani - [LIM331]", GIYANI),
        ("GREATER GIYANI LM", GIYANI),
        ("Cape Town", CAPE_TOWN),
        ("City of Cape Town Metropolitan Municipality", CAPE_TOWN),
        ("Amathole District Municipality (WSA)", AMATHOLE),
        ("Amathole DM, as water services authority", AMATHOLE),
    ],
)
def test_an_agent_that_is_the_municipality_by_name_or_code_is_the_municipality(agent, place):
    assert implements(agent, place) == "named"


@pytest.mark.parametrize(
    ("agent", "place"),
    [
        ("Local Municipality", GIYANI),
        ("Local municipality (replica)", GIYANI),
        ("Municipality", CAPE_TOWN),
        ("District municipality", AMATHOLE),
        ("District as water services authority (replica)", AMATHOLE),
        ("Water Services Authority", AMATHOLE),
        ("WSA", CAPE_TOWN),
    ],
)
def test_a_kind_that_fits_the_category_means_the_municipality(agent, place):
    assert implements(agent, place) == "meant"


@pytest.mark.parametrize(
    ("agent", "place"),
    [
        ("Magalies Water", GIYANI),
        ("Sedibeng Water", SEDIBENG),
        ("Amathole Water", AMATHOLE),
        ("Department of Water and Sanitation", GIYANI),
        ("MISA", GIYANI),
        ("DBSA", CAPE_TOWN),
        ("DBSA for Greater Giyani Local Municipality", GIYANI),
        ("Mopani District Municipality", GIYANI),
        ("District municipality", GIYANI),
        ("Local Municipality", AMATHOLE),
        ("Local Municipality", CAPE_TOWN),
        ("Water board (replica)", AMATHOLE),
        ("Water services", GIYANI),
        ("Programme manager (replica)", GIYANI),
        ("Department, own construction unit (replica)", CAPE_TOWN),
        ("City", CAPE_TOWN),
        ("Greater Giyani, Greater Letaba Local Municipality", GIYANI),
    ],
)
def test_anybody_else_is_not_the_municipality(agent, place):
    assert implements(agent, place) == ""


def test_a_shared_project_is_the_one_that_is_named_and_nobodys_that_is_only_meant():
    other = PlaceFact("LIM332", "Greater Letaba", "B", "LIM")
    places = PLACES | {"LIM332": other}
    shared = project(municipalities=("LIM331", "LIM332"))
    assert implementer(shared, places) == (GIYANI, "")
    assert implementer(replace(shared, agent="Local Municipality"), places) == (None, SHARED)
    assert implementer(replace(shared, agent=" "), places) == (None, BLANK)
    assert implementer(replace(shared, agent="MISA"), places) == (None, OTHER)


def test_a_district_that_builds_in_its_local_municipalities_is_asked_about_its_own_books():
    mopani = PlaceFact("DC33", "Mopani", "C", "LIM")
    places = {"DC33": mopani, "LIM331": replace(GIYANI, district="DC33")}
    for agent in ("Mopani District Municipality", "DC33", "Mopani DM", "District municipality"):
        assert implementer(project(agent=agent), places) == (mopani, ""), agent
    for agent in (OWN, "Municipality", "Local Municipality"):
        assert implementer(project(agent=agent), places)[0].code == "LIM331", agent
    # which of the two is the authority, the project does not say
    assert implementer(project(agent="Water Services Authority"), places) == (None, SHARED)
    for agent in ("Magalies Water", "Amathole District Municipality", "Department of Water and Sanitation"):
        assert implementer(project(agent=agent), places) == (None, OTHER), agent
    for agent in ("Mopani Water", "Mopa", "Own account"):
        assert implementer(project(agent=agent), places) == (None, UNKNOWN), agent
    found = inquire([project(agent="Mopani DM")], places, {"DC33": Books(spent(1, 1, 1))}.__getitem__)
    assert list(found.discrepancies) == ["dws_spent_more_than_books:DC33:WSIG"]


_AGENTS = ["MISA", "Magalies Water", "", "Giyani", OWN, "LIM331", "Local Municipality", "District LM"]


@given(agent=st.one_of(st.none(), st.text(max_size=40), st.sampled_from(_AGENTS)))
def test_no_question_is_ever_asked_about_a_project_whose_agent_is_not_the_municipality(agent):
    some = [
        project(1, agent=agent),
        project(2, agent=agent, status="completed"),
        project(3, agent=agent, progress=Decimal(80), published={"Allocation 2021/22": "R90 000 000"}),
    ]
    zeros = [*spent(0, 0, 0), figure(2022, 0, kind="SCHD"), *audited(0, 0, 0)]
    found = ask(some, zeros).discrepancies
    assert bool(found) == bool(agent and implements(agent, GIYANI))


# --- spent more than the books hold -------------------------------------------------------------------

MORE = "dws_spent_more_than_books"


def test_more_spending_than_the_books_hold_is_asked_with_both_figures_and_both_years():
    found = the_only(ask([project()], spent("4000000", "5000000.50", "3000000")), MORE)
    assert found.key == "dws_spent_more_than_books:LIM331:WSIG"
    assert (found.dws.value, found.treasury.value) == (Decimal(30_000_000), Decimal("12000000.50"))
    assert (found.first_year, found.last_year, found.programme) == (2021, 2023, "WSIG")
    assert found.question.endswith("?")
    assert "2020/21 to 2023/24" in found.compared
    assert "2020-21 to 2022-23" in found.compared
    assert "1 April to 31 March" in found.compared
    assert "1 July to 30 June" in found.compared
    assert (found.dws.snapshot, found.treasury.snapshot) == ("a" * 64, "b" * 64)
    assert [row["value"] for row in found.evidence["projects"]] == ["30000000.00"]
    assert [row["amount"] for row in found.evidence["figures"]] == ["4000000.00", "5000000.50", "3000000.00"]
    assert any("next" in said for said in found.explanations)  # rollover


def test_a_gap_of_more_than_ten_million_and_half_the_books_is_major():
    assert the_only(ask([project()], spent(4, 5, 3)), MORE).severity == "major"
    assert the_only(ask([project()], spent(9_000_000, 9_000_000, 9_000_000)), MORE).severity == "minor"


@pytest.mark.parametrize(
    ("fields", "figures"),
    [
        ({}, spent(10_000_000, 10_000_000, 8_600_000)),  # within 5%
        ({"expenditure": Decimal(90_000)}, spent(0, 0, 0)),  # within R100 000
        ({"agent": None}, spent(0, 0, 0)),
        ({"agent": "Magalies Water"}, spent(0, 0, 0)),
        ({"programme": "RBIG"}, spent(0, 0, 0)),  # another family's books
        ({"programme": None}, spent(0, 0, 0)),
        ({"programme": "ACIP"}, spent(0, 0, 0)),
        ({"programme": "BEP"}, spent(0, 0, 0, code="BE7G")),  # in kind alone
        ({"start_date": date(2019, 6, 30)}, spent(0, 0, 0, 0, first=2020)),
        ({"start_date": None}, spent(0, 0, 0)),
        ({"expenditure": None}, spent(0, 0, 0)),
        ({}, spent(0, None, 0)),  # null is not nought
        ({}, [figure(2021, 0), figure(2023, 0)]),  # a missing year is not nought
        ({}, spent(0, first=2019)),  # the books end before it starts
        ({"reported_on": date(2024, 3, 1)}, spent(0, 0, 0)),  # the books end long before DWS's report
        ({}, []),
    ],
)
def test_where_it_is_not_fair_to_compare_spending_nothing_is_asked(fields, figures):
    inquiry = ask([project(**fields)], figures)
    assert not inquiry.discrepancies


def test_what_was_spent_after_the_end_of_the_books_is_not_held_against_them():
    young = project(start_date=date(2022, 7, 1), reported_on=date(2023, 3, 31))
    books = monthly(2023, *[5_000_000] * 3)  # to 30 September: 91 of 273 days, R15 million of 30
    assert not ask([young], [books]).discrepancies
    assert ask([replace(young, expenditure=Decimal(60_000_000))], [books]).discrepancies
    assert ask([replace(young, reported_on=date(2022, 10, 1))], [books]).discrepancies


def test_in_kind_money_that_may_be_the_gap_keeps_the_question_unasked():
    books = spent(4_000_000, 5_000_000, 3_000_000)
    enough, too_little = figure(2022, 17_500_000, "WS6G", "SCHD"), figure(2022, 2_000_000, "WS6G", "SCHD")
    assert not ask([project()], [*books, enough]).discrepancies
    assert not ask([project()], [*books, figure(2022, None, "WS6G", "SCHD")]).discrepancies
    found = the_only(ask([project()], [*books, too_little]), MORE)
    assert found.treasury.value == Decimal(12_000_000)
    assert "in kind (WS6G)" in found.explanations[0]
    assert found.evidence["in_kind"][0]["amount"] == "2000000.00"


def test_in_kind_money_of_another_grant_explains_nothing():
    books = [*spent(1, 1, 1), figure(2022, 90_000_000, "RB7G", "SCHD")]
    assert ask([project()], books).discrepancies


def test_what_is_not_compared_is_counted_with_its_reason():
    projects = [
        project(1, agent=None),
        project(2, agent="MISA"),
        project(3, agent="DBSA"),
        project(4, start_date=date(2015, 1, 1)),
    ]
    tally = ask(projects, spent(1, 1, 1)).tally
    assert tally.counts()[OTHER] == 2
    assert tally.counts()[BLANK] == 1
    assert "Not compared, 1 project: they started before 1 July 2019" in " ".join(tally.sentences())


def test_books_of_more_than_water_are_named_as_such_and_corrections_are_told():
    corrected = project(programme="MIG", corrected=("expenditure",))
    found = the_only(ask([corrected], spent(1, 1, 1, code="MIG")), MORE)
    assert any("MIG pays for more than water" in said for said in found.explanations)
    assert any("A steward corrected" in said for said in found.explanations)
    assert found.evidence["projects"][0]["corrected"] == ["expenditure"]


def test_a_monthly_figure_reaches_to_the_end_of_its_newest_month():
    assert figure(2023, 1, through_month=1).last_day == date(2022, 7, 31)
    assert figure(2023, 1, through_month=8).last_day == date(2023, 2, 28)
    assert figure(2023, 1, through_month=12).last_day == figure(2023, 1).last_day == date(2023, 6, 30)


# --- completed without spending -----------------------------------------------------------------------

DONE = "completed_without_spending"


def completed(**fields: Any) -> ProjectFact:
    return project(status="completed", completion_date=date(2022, 3, 31), **fields)


@pytest.mark.parametrize("figures", [spent(0, 0), spent(0, 0, 0), spent(0, "-7152440")])
def test_a_completed_project_of_a_grant_that_was_never_spent_is_asked_about(figures):
    found = the_only(ask([completed()], figures), DONE)
    assert found.project == 1
    assert found.key == "completed_without_spending:LIM331:1"
    assert "31 March 2022" in found.question
    assert "2020-21" in found.compared
    assert "2020/21" in found.compared


@pytest.mark.parametrize(
    ("fields", "figures"),
    [
        ({}, spent(0, 1)),
        ({}, spent(0, 0, 400_000)),  # paid in the year after: a rollover
        ({}, spent(0, None)),
        ({}, spent(0)),  # the year of the completion is not known
        ({}, [figure(2021, 0), figure(2022, 0, through_month=6)]),  # nor the month of it
        ({"expenditure": Decimal(0)}, spent(0, 0)),  # both say that nothing was spent
        ({"agent": "MISA"}, spent(0, 0)),
        ({"agent": None}, spent(0, 0)),
        ({"programme": "RBIG"}, spent(0, 0)),
        ({"start_date": date(2018, 8, 1)}, spent(0, 0, 0, 0, first=2019)),
        ({}, [*spent(0, 0), figure(2021, 5_000_000, "WS6G", "TRFR")]),
        ({}, [*spent(0, 0), figure(2020, 5_000_000, "WS6G", "SCHD")]),  # in kind, the year before
        ({"start_date": date(2022, 8, 1)}, spent(0, 0, 0)),  # dates that cannot be
    ],
)
def test_a_completed_project_is_not_asked_about_where_the_books_may_explain_it(fields, figures):
    rules = {discrepancy.rule for discrepancy in ask([completed(**fields)], figures).discrepancies.values()}
    assert DONE not in rules


def test_a_completed_project_without_a_completion_date_is_not_compared():
    assert not ask([replace(completed(), completion_date=None, expenditure=None)], spent(0, 0)).discrepancies


# --- works without capital ----------------------------------------------------------------------------

CAPITAL = "no_capital_in_books"


def audited(*amounts: Any, code: str = "4202", first: int = 2021, **fields: Any) -> list[FigureFact]:
    return [
        figure(first + step, amount, code, "AUDA", measure="capital", **fields)
        for step, amount in enumerate(amounts)
    ]


def works(**fields: Any) -> ProjectFact:
    return project(**{"progress": Decimal(60), "expenditure": None, **fields})


def test_works_without_any_audited_water_capital_are_asked_about():
    found = the_only(ask([works()], [*audited(0, 0), *audited(0, 0, code="4304")]), CAPITAL)
    assert found.treasury.value == 0
    assert found.dws.value == Decimal(30_000_000)  # 60% of the budget
    assert "the share of the budget that is done, as no expenditure is published" in found.question
    assert "without storm water" in found.compared
    assert any("Sewerage" in said for said in found.explanations)
    assert found.severity == "major"


@pytest.mark.parametrize(
    ("fields", "figures"),
    [
        ({}, audited(0, 250_000)),
        ({}, audited(0, None)),
        ({}, audited(0, first=2022)),  # the year of its start is not audited
        ({}, []),
        ({}, audited(0, 0, code="4303")),  # storm water alone says nothing of water
        ({}, [*audited(0, 0), figure(2022, 9, "0360", "AUDA", measure="asset")]),
        ({}, [*audited(0, 0), figure(2023, 9, "4202", "ACT", measure="capital")]),
        ({}, [*audited(0, 0), figure(2022, 9_000_000, "WS6G", "SCHD")]),
        ({"progress": Decimal(25)}, audited(0, 0)),
        ({"progress": None}, audited(0, 0)),
        ({"budget": Decimal(1_666_666)}, audited(0, 0)),  # 60% of it are less than R1 million
        ({"budget": None}, audited(0, 0)),
        ({"expenditure": Decimal(0)}, audited(0, 0)),
        ({"status": "design"}, audited(0, 0)),
        ({"agent": "Magalies Water"}, audited(0, 0)),
        ({"agent": ""}, audited(0, 0)),
        ({"programme": "ACIP"}, audited(0, 0)),
        ({"start_date": date(2019, 6, 30)}, audited(0, 0, 0, first=2019)),
        ({"start_date": date(2022, 5, 1)}, audited(0, 0)),  # two months before the audit's end
    ],
)
def test_works_are_not_asked_about_where_the_books_may_explain_it(fields, figures):
    rules = {discrepancy.rule for discrepancy in ask([works(**fields)], figures).discrepancies.values()}
    assert CAPITAL not in rules


# --- columns of one year ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Allocation 2025/26", Annual(2026, ALLOCATED)),
        ("Budget 2025/26", Annual(2026, ALLOCATED)),
        ("2024-25 Expenditure", Annual(2025, SPENT)),
        ("Expenditure FY 2021-22 (R'000)", Annual(2022, SPENT)),
        ("Budget year\n2019/20", Annual(2020, ALLOCATED)),
        ("Budget for the 2019 | 20 financial year", Annual(2020, ALLOCATED)),
        ("Allocation 2021/2022", Annual(2022, ALLOCATED)),
        ("Allocation 1999/00", None),
        ("Allocation 2021/23", None),
        ("Allocation 2021/22 to 2023/24", None),
        ("Cumulative expenditure 2021/22", None),
        ("Adjusted budget 2021/22", None),
        ("Budget", None),
        ("Remarks 2021/22", None),
        ("SCM/38/2016-17", None),
        ("Allocation 2021/22 and 7", None),
    ],
)
def test_a_column_of_one_named_year_is_known_by_its_label(label, expected):
    assert annual_kind(label) == expected


def test_annual_cells_that_are_blank_doubtful_or_contradict_each_other_are_left_out():
    published = {
        "Allocation 2021/22 (R'000)": "1 500",
        "Expenditure 2021/22": "n/a",
        "Allocation 2022/23": "R2,505",
        "Budget 2023/24": "R5 000 000",
        "Allocation 2023/24": "R6 000 000",
    }
    assert annual_figures(published) == {Annual(2022, ALLOCATED): Decimal(1_500_000)}


def yearly(**columns: str) -> ProjectFact:
    labels = {"allocated": "Allocation 2021/22", "spent": "Expenditure 2021/22"}
    published = {labels[name]: text for name, text in columns.items()}
    return project(expenditure=None, start_date=None, published=published)


def test_an_allocation_of_one_year_is_set_beside_the_books_of_the_same_label():
    found = the_only(
        ask([yearly(allocated="R20 000 000")], [figure(2022, 10_000_000, kind="SCHD")]), "annual_allocation"
    )
    assert (found.first_year, found.last_year) == (2022, 2022)
    assert "1 April 2021 to 31 March 2022" in found.compared
    assert "1 July 2021 to 30 June 2022" in found.compared
    assert "overlap of nine months" in found.compared
    assert "2021/22" in found.question
    assert "2021-22" in found.question


def monthly(year: int, *amounts: Any) -> FigureFact:
    """Spent from July on, in rand; None: a month that is given as null."""
    months = {month: None if a is None else Decimal(a) for month, a in enumerate(amounts, 1)}
    known = {month: amount for month, amount in months.items() if amount is not None}
    return figure(year, sum(known.values()), through_month=max(known), months=months)


def test_spending_of_one_year_is_set_beside_the_same_twelve_months_of_two_municipal_years():
    books = [monthly(2021, *[9] * 9, 4_000_000, 0, 1_000_000), monthly(2022, *[600_000] * 9, 5_000_000)]
    found = the_only(ask([yearly(spent="R20 000 000")], books), "annual_spending")
    assert found.treasury.value == Decimal(10_400_000)  # April to June, and July to March
    assert (found.first_year, found.last_year) == (2021, 2022)
    assert "April to June of the municipal year 2020-21 and July to March of 2021-22" in found.compared
    assert "April 2021 to March 2022" in found.question
    shown = [(row["amount"], row["part"]) for row in found.evidence["figures"]]
    assert shown == [
        ("5000000.00", "April to June alone"),
        ("5400000.00", "July to March alone"),
    ]
    assert not ask([yearly(spent="R10 400 000")], books).discrepancies


@pytest.mark.parametrize(
    "books",
    [
        [monthly(2022, *[1] * 12)],  # April to June are in the year before, which is not known
        [monthly(2021, *[1] * 12), monthly(2022, *[1] * 8)],  # not to the end of March yet
        [monthly(2021, *[1] * 11), monthly(2022, *[1] * 9)],  # the year before was not reported to its end
        [monthly(2021, *[1] * 12), monthly(2022, 1, None, *[1] * 7)],
        [figure(2021, 1), figure(2022, 1)],  # by the year alone: not the same months
    ],
)
def test_spending_of_one_year_is_not_asked_about_where_the_same_months_are_not_known(books):
    assert not ask([yearly(spent="R20 000 000")], books).discrepancies


def test_books_that_stop_within_a_year_or_lack_a_month_are_no_books_of_that_year():
    whole = [monthly(2021, *[1] * 12), monthly(2022, *[1] * 12), monthly(2023, *[1] * 6)]
    assert ask([project(reported_on=date(2023, 3, 1))], whole).discrepancies
    for stops in (monthly(2022, *[1] * 6), monthly(2022, 1, None, *[1] * 10)):
        inquiry = ask([project(reported_on=date(2023, 3, 1))], [whole[0], stops, whole[2]])
        assert not inquiry.discrepancies
        reason = inquiry.tally.why_closed("dws_spent_more_than_books:LIM331:WSIG", [1])
        assert "2021-22" in reason
    later = monthly(2023, *[1] * 6, None, None)  # months that are still to come are given as null
    assert ask([project(reported_on=date(2023, 3, 1))], [*whole[:2], later]).discrepancies


def test_what_may_explain_a_gap_names_earlier_spending_and_a_unit_where_it_is_likely():
    found = the_only(ask([project()], spent(10_000, 10_000, 10_000)), MORE)
    assert any("before the start date" in said for said in found.explanations)
    assert any("thousands of rand" in said for said in found.explanations)
    assert not any(
        "thousands of rand" in s for s in the_only(ask([project()], spent(0, 0, 0)), MORE).explanations
    )


@pytest.mark.parametrize(
    "figures",
    [
        [figure(2022, 16_100_000, kind="SCHD")],  # within a quarter
        [figure(2021, 1, kind="SCHD"), figure(2023, 1, kind="SCHD")],  # other years
        [figure(2022, None, kind="SCHD")],
        [figure(2022, 1, kind="TRFR")],
        [figure(2022, 1, "RBIG", "SCHD")],
        [figure(2022, 8_000_000, kind="SCHD"), figure(2022, 12_000_000, "WS6G", "SCHD")],
    ],
)
def test_an_allocation_is_not_asked_about_where_the_years_or_the_books_differ(figures):
    assert not ask([yearly(allocated="R20 000 000")], figures).discrepancies


def test_every_question_is_a_question_and_names_the_years_of_both():
    projects = [
        project(1),
        replace(completed(), pk=2),
        works(pk=3),
        replace(yearly(allocated="R90 000 000", spent="R90 000 000"), pk=4),
    ]
    books = [monthly(year, *[0] * 12) for year in (2021, 2022, 2023)]
    reported = figure(2023, 1, "MIG", through_month=12, months={12: Decimal(1)})  # so that a nought is one
    figures = [*books, reported, *audited(0, 0), figure(2022, 1, kind="SCHD")]
    discrepancies = ask(projects, figures).discrepancies.values()
    assert len({discrepancy.rule for discrepancy in discrepancies}) == 5
    for discrepancy in discrepancies:
        assert discrepancy.question.endswith("?")
        assert "/2" in discrepancy.compared  # 2020/21, DWS's spelling
        assert "-2" in discrepancy.compared  # 2020-21, the municipality's
        assert discrepancy.explanations
        assert not {"fraud", "corrupt", "stolen", "irregular"} & set(discrepancy.question.lower().split())


def test_the_same_facts_are_the_same_findings_in_any_order():
    projects = [project(pk, expenditure=Decimal(pk * 10_000_000)) for pk in range(1, 6)]
    figures = [*spent(1, 2, 3), *audited(0, 0)]
    assert ask(projects, figures).discrepancies == ask(projects[::-1], figures[::-1]).discrepancies


def test_a_question_that_is_gone_says_whether_the_figures_fit_or_cannot_be_compared():
    fits = ask([project(expenditure=Decimal(1))], spent(4, 5, 3)).tally
    assert fits.why_closed("dws_spent_more_than_books:LIM331:WSIG", [1]) == "The figures fit together now."
    left = ask([project(agent="MISA")], spent(4, 5, 3)).tally
    assert OTHER in left.why_closed("dws_spent_more_than_books:LIM331:WSIG", [1])
    gone = Tally().why_closed("gone", [1])
    assert gone == "It cannot be compared any more: DWS no longer lists its project."
