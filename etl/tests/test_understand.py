"""What columns mean: by words, values, units beside them, the site's own sums, and what was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from etl.extract.types import PublishedProject, Table
from etl.tests.labels import KNOWN_LABELS
from etl.understand import plan as plans
from etl.understand import read_page
from etl.understand.context import unit_in
from etl.understand.evidence import ColumnValues, day_first, decimal_mark, profile
from etl.understand.judge import Column, judge
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.plan import Choice, ReadingPlan, ShapePlan
from etl.understand.proof import Sum, continued, proof_by_sums, with_proof
from etl.understand.shapes import Shapes
from etl.values.amounts import parse_money
from etl.values.vocabulary import NOTHING_TAUGHT, field_of
from etl.values.words import meanings, order_of, stands_in

IDS = [f"WP{number}" for number in range(10)]
NAMES = [f"Scheme of place {number}" for number in "abcdefghij"]


def column(label: str, *texts: str, note: str = "") -> Column:
    values = ColumnValues()
    values.add(texts)
    return Column(label, values, note)


def chosen(label: str, *texts: str, labels: dict[str, str] | None = None) -> Choice:
    return judge([column(label, *texts)], (), labels or {})[0]


def plan_of(
    rows: Sequence[dict[str, str]],
    earlier: ReadingPlan = NOTHING,
    labels: Mapping[str, str] = NOTHING_TAUGHT,
) -> ReadingPlan:
    shapes = Shapes()
    shapes.add([PublishedProject("", row, None, "line") for row in rows], [])
    return shapes.plan(labels, earlier)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "field"), KNOWN_LABELS.items())
def test_each_known_label_is_made_of_the_words_of_its_field(label: str, field: str) -> None:
    assert meanings(label)[0][0] == field
    assert (field_of(label), chosen(label).field) == (field, field)


@pytest.mark.parametrize(
    ("field", "labels"),
    [
        ("external_id", ["Project No", "Project ID", "Project Code", "Reference No", "Scheme No", "MIG No"]),
        ("name", ["Project Name", "Project", "Title"]),
        ("municipality", ["Municipality Name", "Municipality", "Municipality Code", "WSA"]),
        ("programme", ["Programme", "Grant", "Funding Source", "Funding"]),
        ("status", ["Project Status", "Status", "Current Status", "Project Stage", "Current Phase"]),
        ("progress_percentage", ["Physical Progress", "Progress", "% Complete", "Construction Progress"]),
        ("budget", ["Total Project Cost", "Total Budget", "Approved Budget", "Budget", "Est. Cost", "Cost"]),
        ("expenditure", ["Expenditure to Date", "Expenditure", "Actual Expenditure"]),
        ("start_date", ["Start Date", "Start", "Actual Start Date", "Planned Start Date"]),
        ("completion_date", ["End Date", "Actual Completion Date", "Est. Compl. Date", "Planned Completion"]),
    ],
)  # fmt: skip
def test_of_several_headings_of_a_field_their_words_say_which_is_read(field: str, labels: list[str]) -> None:
    orders = [order_of(label, field) for label in labels]
    assert orders == sorted(orders, reverse=True)
    assert len(set(orders)) == len(orders)
    ranks = [chosen(label).rank for label in labels]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("label", "is_one"),
    [
        ("Start Date", False), ("Planned Start", True), ("Verwagte Voltooiing", True), ("PlannedEnd", True),
        ("Status", False), ("Project Stage", True), ("Total Budget", False), ("Est. Cost", True),
        ("Contr.", False), ("Contract End", True),
    ],
)  # fmt: skip
def test_a_qualifier_says_that_a_heading_only_stands_in_for_its_field(label: str, is_one: bool) -> None:
    assert stands_in(label) is is_one


def test_two_headings_of_the_same_words_are_read_as_neither() -> None:
    one, other = column("Project Number", *IDS), column("Proj. Nr", *reversed(IDS))
    assert [choice.field for choice in judge([one, other], (), {})] == [None, None]
    other = column("Reference No", *reversed(IDS))
    assert [choice.field for choice in judge([one, other], (), {})] == ["external_id"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "Polokwane Local Municipality", "Municipality of Cape Town", "Giyani Water Scheme", "Water Scheme",
        "Project 12", "Practical Completion", "Completed", "Construction Stage",
        "Municipal Infrastructure Grant", "Identification", "Budget (see note on page 4)", "Code",
        "Category", "", "x" * 500,
        "Budget " * 40,
    ],
)  # fmt: skip
def test_what_stands_under_headings_is_taken_for_none(text: str) -> None:
    """Geometry asks of every text whether it is a heading: only one that says nothing else is."""
    assert field_of(text) is None


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Proj. No.", "external_id"), ("Ref. Nr", "external_id"), ("PROJECTREFERENCENO", "external_id"),
        ("Budget › Approved", "budget"), ("Appr. Bud. (R'000)", "budget"), ("Tot. Proj. Cost", "budget"),
        ("Exp. to date", "expenditure"), ("Cum. spend", "expenditure"), ("Budget SPENT", "expenditure"),
        ("Planned Finish", "completion_date"), ("Est. Compl. Dt", "completion_date"),
        ("Projeknaam", "name"), ("Begroting (R'000)", "budget"), ("Uitgawe tot op datum", "expenditure"),
        ("Munisipaliteit", "municipality"), ("Impl. Agt", "implementing_agent"),
        ("% Compl.", "progress_percentage"),
    ],
)  # fmt: skip
def test_abbreviations_bands_and_afrikaans_are_words_too(label: str, field: str) -> None:
    assert meanings(label)[0] == (field, pytest.approx(1.0, abs=0.1))


@pytest.mark.parametrize(
    "label",
    [
        "Budget adjustment", "Previous budget", "Allocation 2024/25", "Retention", "No. of households",
        "Contract No", "Planned progress %", "% Spent", "Year to date expenditure", "Contract value",
        "Municipal manager", "Ward", "SMME %", "Budget balance", "Expenditure (%)", "Number of projects",
        "Project Manager", "Risk rating code",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_field_is_none(label: str) -> None:
    figures = [f"{number}1 234" for number in range(1, 9)]
    assert chosen(label, *figures).field is None


# --- values ---------------------------------------------------------------------------------------


def test_a_vague_word_needs_values_that_fit() -> None:
    assert chosen("Code", *IDS).field == "external_id"
    assert chosen("Code", *(["A"] * 5 + ["B"] * 5)).field is None
    assert chosen("Perc", "10%", "20%", "35%").field == "progress_percentage"
    assert chosen("Perc", "RBIG", "WSIG", "MIG").field != "progress_percentage"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        (["Greater Giyani [LIM331]", "DC12", "CPT"], "municipality"),
        (["Limpopo - Greater Giyani", "EC - Amathole"], "municipality"),
        (["RBIG", "WSIG", "RBIG"], "programme"),
        (["Limpopo", "Eastern Cape"], "province"),
        (["-23.30, 30.71", "-24.01, 29.11", "-25.90, 28.12"], "coordinates"),
    ],
)
def test_some_values_speak_for_themselves(texts: list[str], field: str) -> None:
    assert chosen("Xyz", *texts).field == field


def test_other_values_make_a_proposal_only() -> None:
    retained = chosen("Retention", "R1 200 000", "R3 400 000", "R9 100 000")
    assert (retained.field, retained.proposal) == (None, None)  # known to be no field of ours
    choice = chosen("Vote", "R1 200 000", "R3 400 000", "R9 100 000")
    assert (choice.field, choice.proposal, choice.samples[0]) == (None, "budget", "R1 200 000")
    assert choice.evidence[-1].endswith("100% amounts of money.")


def test_the_only_column_of_own_words_is_the_name() -> None:
    ids, words = column("Project No", *IDS), column("Xyz", *NAMES)
    assert [choice.field for choice in judge([ids, words], (), NOTHING_TAUGHT)] == ["external_id", "name"]
    two = judge([ids, words, column("Zyx", *NAMES)], (), NOTHING_TAUGHT)
    assert [(choice.field, choice.proposal) for choice in two[1:]] == [(None, "name"), (None, "name")]


def test_a_steward_s_word_counts_whatever_the_values_are() -> None:
    assert chosen("Vote", "x", "y", "z", labels={"vote": "budget"}).field == "budget"
    assert chosen("Budget", "R1", "R2", labels={"budget": ""}).field is None
    assert chosen("TotalBudget", "R1", "R2", labels={"total budget": ""}).field is None
    assert chosen("Budget", "R1", labels={"budget": "budget"}).evidence[-1].startswith("A steward says")
    first, second = judge([column("Project Cost", "R1"), column("Vote", "R2")], (), {"vote": "budget"})
    assert second.rank < first.rank


def test_a_column_that_contradicts_its_heading_is_not_read() -> None:
    assert chosen("Physical Progress", "R1 000 000", "R2 000 000", "R3 000 000").field is None
    assert chosen("Budget", "12", "15", "18", "20", "31").field is None, "too small for rand, and no unit"
    assert chosen("Budget (R'000)", *(f"{n}00 000 000" for n in range(1, 8))).field is None, "too large"


# --- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["03/04/2027", "11/22/2027"], False),
        (["03/04/2027", "22/11/2027"], True),
        (["03/04/2027", "05/06/2027"], None),
        (["13/04/2027", "11/22/2027"], None),
        (["2027/04/13"], None),
    ],
)
def test_one_date_order_for_a_column(texts: list[str], first: bool | None) -> None:
    assert day_first(texts) is first


def test_the_dates_of_a_column_are_read_in_its_order() -> None:
    rows = [
        {"Project No": f"P{n}", "Project Name": NAMES[n], "Start Date": text, "End Date": end}
        for n, (text, end) in enumerate([("03/04/2027", "01/02/2028"), ("11/22/2027", "05/06/2028")])
    ]
    lookup = Lookup(plan_of(rows), NOTHING_TAUGHT)
    assert [lookup.choice(label).format for label in ("Start Date", "End Date")] == [plans.MONTH_FIRST] * 2  # type: ignore[union-attr]
    told = [{**row, "Start Date": "03/04/2027"} for row in rows]
    assert Lookup(plan_of(told), NOTHING_TAUGHT).choice("Start Date").format == plans.NO_ORDER  # type: ignore[union-attr]
    again = plan_of(told, earlier=plan_of(rows))
    assert Lookup(again, NOTHING_TAUGHT).choice("Start Date").format == plans.MONTH_FIRST  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1,234.50", "2,345.60", "12.75"], "."),
        (["1 234,50", "2.345,60", "7,5"], ","),
        (["1,234", "2,345", "3,456"], ""),
        (["1,234.50", "2.345,60", "7,5", "1.25"], ""),
        (["12.50"], ""),
    ],
)
def test_one_decimal_mark_for_a_column(texts: list[str], mark: str) -> None:
    assert decimal_mark(texts) == mark


def test_shares_of_one_are_told_by_the_whole_column() -> None:
    assert chosen("Physical progress", "0.71", "0.5", "0.35", "1", "0").format == plans.SHARE
    assert chosen("Physical progress", "0.71", "62", "35").format == ""
    assert chosen("Physical progress", "0.71", "0", "1").field is None, "too few to tell"


# --- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("All amounts in R'000", 1000), ("Figures in R million", 10**6), ("(Rand thousands)", 1000),
        ("Rm", 10**6), ("in thousands of rand", 1000), ("Alle bedrae in R'000", 1000), ("In Rand", 1),
        ("Figures expressed in '000", 1000), ("thousands", 1000), ("All figures R 1 000s", 1000),
        ("in R'million", 10**6), ("1 000 households served", None), ("5 '000", None),
        ("Budgets (Rand, thousands)", 1000), ("Rand (000)", 1000), ("R ('000)", 1000), ("x R1 000", 1000),
        ("amounts in thousand rand", 1000), ("ZAR thousands", 1000), ("Rand (millions)", 10**6),
        ("million rand", 10**6), ("R billion", 10**9),
        ("Total budget: R5 million", None), ("Projects of 2027", None),
        ("R 1 234 000", None),
    ],
)  # fmt: skip
def test_a_unit_is_known_wherever_it_is_named(text: str, factor: int | None) -> None:
    unit = unit_in(text)
    assert (unit and int(unit.factor)) == factor


HEAD = "<tr><th>Project No<th>Project Name<th>Budget<th>Status"
ROWS = "".join(f"<tr><td>WP{n}<td>{NAMES[n]}<td>{n}5 000<td>Construction" for n in range(1, 6))


@pytest.mark.parametrize(
    "page",
    [
        f"<table><caption>Projects (R'000)</caption>{HEAD}{ROWS}</table>",
        f"<p>All amounts in R'000.</p><table>{HEAD}{ROWS}</table>",
        f"<table>{HEAD}{ROWS}</table><p><i>Note: figures in R'000</i></p>",
        f"<table><tr><td colspan=4>Projects, R'000{HEAD}{ROWS}</table>",
        f"<table>{HEAD}<tr><td><td><td>R'000<td>{ROWS}</table>",
        f"<h3>Projects in thousands of rand</h3><table>{HEAD}{ROWS}</table>",
    ],
    ids=["caption", "note above", "note below", "title row", "unit row", "heading"],
)
def test_a_unit_beside_the_column_stands_in_its_label(page: str) -> None:
    first = read_page(f"<html><body>{page}</body></html>").projects[0]
    assert first.published["Budget (R'000)"] == "15 000"


def test_two_units_around_a_table_leave_its_figures_unread() -> None:
    page = f"<p>All amounts in R'000.</p><p>All figures in R million.</p><table>{HEAD}{ROWS}</table>"
    content = read_page(f"<html><body>{page}</body></html>")
    assert "names several units" in content.projects[0].doubts["Budget"]
    shapes = Shapes()
    shapes.add(content.projects, content.tables)
    choice = shapes.plan(NOTHING_TAUGHT, NOTHING).choice("Budget", "line")
    assert choice is not None
    assert choice.field is None


# --- the site's own sums, and continuity ----------------------------------------------------------


def area(code: str, claim: str, *projects: tuple[str, str]) -> Sum:
    texts = [{"Vote": vote, "Estimate": other} for vote, other in projects]
    return Sum(code, parse_money(claim), claim, texts)


SUMS = [
    area("LIM331", "R1.5 million", ("1 000", "7"), ("500", "9")),
    area("LIM332", "R2 million", ("1 200", "4"), ("800", "2")),
    area("LIM333", "R300 000", ("300", "11")),
]
VOTE = Choice("Vote", None, may_be_money=True)
UNSURE = ReadingPlan((ShapePlan("line", (VOTE, Choice("Estimate", None, may_be_money=True))),))


def proven_by_sums(plan: ReadingPlan, sums: Sequence[Sum]) -> ReadingPlan:
    return with_proof(plan, proof_by_sums(plan, sums))


def test_the_column_whose_sums_come_out_is_the_budget_and_its_unit_is_proven() -> None:
    found = proven_by_sums(UNSURE, SUMS).choice("Vote", "line")
    assert found is not None
    assert (found.field, found.unit, found.factor, found.certainty) == ("budget", "R'000", 1000, 1.0)
    assert "R1.5 million" in found.evidence[-1]
    assert proven_by_sums(UNSURE, SUMS).choice("Estimate", "line").field is None  # type: ignore[union-attr]


def test_sums_that_do_not_come_out_prove_nothing() -> None:
    others = [area("LIM331", "R9 million", ("1 000", "7")), *SUMS[1:2]]
    assert proven_by_sums(UNSURE, others) is UNSURE
    assert proven_by_sums(UNSURE, SUMS[:1]) is UNSURE, "one area may be chance"
    twins = [area(one.area, one.text, *((t["Vote"], t["Vote"]) for t in one.projects)) for one in SUMS]
    assert proven_by_sums(UNSURE, twins) is UNSURE, "two columns say the same"


@pytest.mark.parametrize("said", [None, "expenditure"])
def test_sums_do_not_overrule_a_steward(said: str | None) -> None:
    told = replace(VOTE, field=said, proposal=said, told=True)
    plan = ReadingPlan((ShapePlan("line", (told,)),))
    assert proven_by_sums(plan, SUMS) is plan
    budget = ReadingPlan((ShapePlan("line", (replace(VOTE, proposal="budget", told=True),)),))
    assert proven_by_sums(budget, SUMS).choice("Vote", "line").unit == "R'000"  # type: ignore[union-attr]


def test_a_renamed_column_is_the_one_with_the_last_values() -> None:
    before = [{"Project No": i, "Budget (R'000)": f"{n}7 000"} for n, i in enumerate(IDS)]
    now = [{"Project No": i, "Xyz": f"{n}7 000"} for n, i in enumerate(IDS)]
    earlier, plan = plan_of(before), plan_of(now)
    assert plan.choice("Xyz", "line").field is None  # type: ignore[union-attr]
    told, notes = continued(plan, earlier, list(zip(before, now, strict=True)))
    found = told.choice("Xyz", "line")
    assert found is not None
    assert (found.field, found.unit, len(notes)) == ("budget", "R'000", 1)
    labels = {"xyz": ""}
    forbidden = plan_of(now, labels=labels)
    assert continued(forbidden, earlier, list(zip(before, now, strict=True))) == (forbidden, [])
    moved = [{**row, "Xyz": "1"} for row in now]
    assert continued(plan_of(moved), earlier, list(zip(before, moved, strict=True)))[1] == []


# --- the plan -------------------------------------------------------------------------------------


def test_a_plan_is_the_same_when_it_was_kept() -> None:
    plan = plan_of([{"Project No": i, "Budget": f"R{n}7 000"} for n, i in enumerate(IDS)])
    again = ReadingPlan.of_json(plan.as_json())
    assert (again, again.digest) == (plan, plan.digest)


def test_shapes_that_contradict_each_other_leave_a_label_unread() -> None:
    one = ShapePlan("line", (Choice("Amount", "budget"),))
    other = ShapePlan("line", (Choice("Amount", "expenditure"), Choice("X", None)))
    assert ReadingPlan((one,)).choice("Amount", "line").field == "budget"  # type: ignore[union-attr]
    assert ReadingPlan((one, other)).choice("Amount", "line") is None
    assert Lookup(ReadingPlan((one, other)), NOTHING_TAUGHT).choice("Amount") is None


def test_a_table_that_was_not_used_waits_in_the_plan() -> None:
    shapes = Shapes()
    rows = [["1200", "Building"], ["1300", "Building"]]
    shapes.add([], [Table("table", "", ["Vote", "Group"], rows)])
    (shape,) = shapes.plan(NOTHING_TAUGHT, NOTHING).shapes
    assert (shape.part, shape.headings) == ("table", ("Vote", "Group"))


def test_a_profile_counts_each_different_text_once() -> None:
    values = ColumnValues()
    values.add(["R5", "R5", "", "n/a", "12%", "2027/03/04"])
    seen = profile(values)
    assert (seen.count, round(seen.money, 2), round(seen.percent, 2), round(seen.date, 2)) == (
        3,
        0.33,
        0.33,
        0.33,
    )
    assert (values.rows, values.blanks, values.repeats) == (6, 2, True)


@pytest.mark.parametrize(
    ("text", "kind"), [("WPLIM3310", "code"), ("Mrt 2027", "month"), ("September '27", "month")]
)
def test_a_number_that_begins_with_letters_is_no_month(text: str, kind: str) -> None:
    values = ColumnValues()
    values.add([text])
    assert getattr(profile(values), kind) == 1
