"""What a change is said to mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.wording.rules import assess_project

BUDGET_UP = {"budget": ["353000000.00", "395360000.00"]}
LATE = {"completion_date": ["2027-02-28", "2028-06-30"]}


@pytest.mark.parametrize(
    ("field_changes", "severity", "rules", "sentence"),
    [
        (
            {"progress_percentage": ["78.00", "62.00"]},
            "major",
            ["progress_backwards"],
            "Progress fell from 78% to 62%.",
        ),
        ({"progress_percentage": ["62.00", "78.50"]}, "minor", [], "Progress rose from 62% to 78.5%."),
        (BUDGET_UP, "major", ["budget_up"], "Budget rose by 12% from R353 000 000 to R395 360 000."),
        (
            {"budget": ["100.00", "85.00"]},
            "major",
            ["budget_down"],
            "Budget fell by 15% from R100 to R85.",
        ),
        ({"budget": ["100.00", "110.00"]}, "minor", [], "Budget rose by 10% from R100 to R110."),
        (
            {"budget": ["1000000.00", "1000000.50"]},
            "minor",
            [],
            "Budget rose by less than 0.1% from R1 000 000 to R1 000 000.50.",
        ),
        ({"budget": ["0.00", "5000.00"]}, "major", ["budget_up"], "Budget rose from R0 to R5 000."),
        (
            {"expenditure": ["500.00", "400.00"]},
            "major",
            ["expenditure_falling"],
            "Expenditure fell by 20% from R500 to R400.",
        ),
        (
            {"expenditure": ["90.00", "120.00"], "budget": ["100.00", "105.00"]},
            "major",
            ["over_budget"],
            "Expenditure of R120 is over the budget of R105.",
        ),
        (
            LATE,
            "major",
            ["completion_slipped"],
            "Completion date moved from 28 February 2027 to 30 June 2028, 16 months later.",
        ),
        (
            {"completion_date": ["2027-03-31", "2027-06-30"]},
            "minor",
            ["completion_slipped"],
            "Completion date moved from 31 March 2027 to 30 June 2027, 3 months later.",
        ),
        (
            {"completion_date": ["2027-03-31", "2027-03-30"]},
            "minor",
            [],
            "Completion date moved from 31 March 2027 to 30 March 2027, 1 day earlier.",
        ),
        (
            {"completion_date": ["2027-01-31", "2027-07-31"]},
            "minor",
            ["completion_slipped"],
            "Completion date moved from 31 January 2027 to 31 July 2027, 6 months later.",
        ),
        (
            {"status": ["design", "construction"], "status_as_published": ["Design", "Construction"]},
            "minor",
            [],
            "Status changed from Design to Construction.",
        ),
        (
            {"status": ["construction", "design"]},
            "major",
            ["status_back"],
            "Status changed from Construction to Design.",
        ),
        (
            {"status": ["construction", "on_hold"]},
            "minor",
            [],
            "Status changed from Construction to On hold.",
        ),
        (
            {"contractor": ["Umzi Civils", None]},
            "minor",
            ["value_erased"],
            'Contractor removed (was "Umzi Civils").',
        ),
        (
            {"contractor": [None, "Umzi Civils"]},
            "minor",
            [],
            'Contractor added: "Umzi Civils".',
        ),
        ({"name": ["Old weir", "New weir"]}, "minor", ["renamed"], 'Renamed from "Old weir" to "New weir".'),
        (
            {"published.Remarks": ["On track", "Late"]},
            "info",
            [],
            'Remarks changed from "On track" to "Late".',
        ),
        (
            {"municipalities": [["LIM331"], ["LIM331", "LIM332"]]},
            "minor",
            [],
            "Municipalities changed from LIM331 to LIM331 and LIM332.",
        ),
        ({}, "info", [], "Changed."),
    ],
)
def test_an_update_gets_its_severity_rules_and_sentence(field_changes, severity, rules, sentence):
    verdict = assess_project("project", "updated", field_changes)
    assert (verdict.severity, verdict.rules, verdict.sentence) == (severity, rules, sentence)


def test_of_several_fields_the_gravest_speaks_and_the_others_are_counted():
    changes = {"published.Remarks": ["a", "b"], "contractor": ["A", "B"], "progress_percentage": ["9", "8"]}
    verdict = assess_project("project", "updated", changes)
    assert verdict.sentence == "Progress fell from 9% to 8%, and 2 more fields changed."
    assert verdict.severity == "major"


def test_a_typed_field_speaks_before_a_column_without_one():
    changes = {"published.Remarks": ["a", None], "contractor": ["A", "B"]}
    assert assess_project("project", "updated", changes).sentence == (
        'Contractor changed from "A" to "B", and 1 more field changed.'
    )


@pytest.mark.parametrize(
    ("change_type", "severity", "sentence"),
    [
        ("created", "info", "First seen."),
        ("missing", "minor", "Not on the source's list in the latest complete reading."),
        ("withdrawn", "major", "Withdrawn: complete readings no longer list it."),
        ("returned", "info", "Listed again."),
    ],
)
def test_each_step_of_presence_has_its_sentence(change_type, severity, sentence):
    verdict = assess_project("project", change_type, {"presence": ["present", "missing"]})
    assert (verdict.severity, verdict.sentence) == (severity, sentence)


def test_a_project_that_returns_changed_says_both():
    verdict = assess_project("project", "returned", {"presence": ["missing", "present"], **BUDGET_UP})
    assert verdict.sentence.startswith("Listed again; Budget rose by 12%")
    assert verdict.severity == "major"


def test_a_creation_has_no_rules_however_odd_its_values():
    verdict = assess_project("project", "created", {"expenditure": [None, "9"], "budget": [None, "1"]})
    assert (verdict.severity, verdict.rules, verdict.sentence) == ("info", [], "First seen.")


def test_a_listing_tells_number_and_value_in_one_breath():
    changes = {"projects": ["53", "54"], "value": ["353000000.00", "395360000.00"]}
    verdict = assess_project("municipality_listing", "updated", changes)
    assert verdict.sentence == (
        "Published number of projects went from 53 to 54; total value from R353 000 000 to R395 360 000."
    )


def test_a_listing_whose_value_goes_blank_is_told_as_an_erased_value():
    verdict = assess_project("municipality_listing", "updated", {"value": ["353000000.00", None]})
    assert verdict.sentence == "Published total value removed (was R353 000 000)."
    assert verdict.rules == ["value_erased"]


def test_a_very_long_text_is_shortened():
    verdict = assess_project("project", "updated", {"description": ["x" * 5000, "y" * 5000]})
    assert len(verdict.sentence) < 250


CONTEXT = {"budget": "105.00", "expenditure": "120.00"}


@pytest.mark.parametrize(
    ("field_changes", "sentence"),
    [
        (
            {"expenditure": ["100.00", "120.00"]},
            "Expenditure rose by 20% from R100 to R120, which is over the budget.",
        ),
        (
            {"budget": ["150.00", "105.00"]},
            "Budget fell by 30% from R150 to R105, which is less than what is spent.",
        ),
        (
            {"expenditure": [None, "120.00"], "contractor": ["A", "B"]},
            "Expenditure added: R120, which is over the budget, and 1 more field changed.",
        ),
    ],
)
def test_spending_over_budget_is_found_when_only_one_of_them_moved(field_changes, sentence):
    verdict = assess_project("project", "updated", field_changes, CONTEXT)
    assert "over_budget" in verdict.rules
    assert (verdict.severity, verdict.sentence) == ("major", sentence)
    again = assess_project("project", "updated", field_changes, stored=verdict.rules)  # as the log is read
    assert (again.rules, again.sentence) == (verdict.rules, sentence)


@pytest.mark.parametrize(
    "context",
    [None, {}, {"budget": None}, {"budget": "500.00"}, {"budget": "a lot"}, {"budget": "120.00"}],
)
def test_spending_within_or_beside_an_unknown_budget_is_not_over_it(context):
    verdict = assess_project("project", "updated", {"expenditure": ["100.00", "120.00"]}, context)
    assert (verdict.rules, verdict.severity) == ([], "minor")


def test_an_erased_budget_is_not_less_than_what_is_spent():
    verdict = assess_project("project", "updated", {"budget": ["150.00", None]}, {"expenditure": "120.00"})
    assert verdict.rules == ["value_erased"]


@pytest.mark.parametrize(
    ("field_changes", "sentence"),
    [
        (
            {"projects": [None, "2"], "value": [None, "1136772249.00"]},
            "Listed with 2 projects, total value R1 136 772 249.",
        ),
        ({"projects": [None, "1"]}, "Listed with 1 project."),
        ({"value": [None, "5.00"]}, "Listed, total value R5."),
        ({"projects": [None, 0], "value": [None, "0.00"]}, "Listed with 0 projects, total value R0."),
        ({}, "First seen."),
    ],
)
def test_a_municipality_that_is_first_listed_says_with_what(field_changes, sentence):
    verdict = assess_project("municipality_listing", "created", field_changes)
    assert (verdict.severity, verdict.rules, verdict.sentence) == ("info", [], sentence)


odd_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1E+999999", "NaN", "-Infinity", "9999-12-31", "0001-01-01", "2027-13-45", "0.00"])
    | st.decimals().map(str)
    | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
field_name = st.sampled_from(
    ["progress_percentage", "budget", "expenditure", "completion_date", "status", "name", "municipalities",
     "projects", "value", "published.Remarks", "published.", "presence"]
) | st.text()  # fmt: skip


@given(
    st.sampled_from(["project", "municipality_listing", "municipal_figure", "?"]),
    st.sampled_from(["created", "updated", "returned", "withdrawn", "merged", "?"]),
    st.dictionaries(field_name, st.lists(odd_value, min_size=2, max_size=2) | odd_value, max_size=5),
    st.dictionaries(st.sampled_from(["budget", "expenditure"]), odd_value),
)
@settings(max_examples=200, deadline=None)
def test_no_value_however_odd_makes_it_raise(entity_type, change_type, field_changes, context):
    verdict = assess_project(entity_type, change_type, field_changes, context)
    assert verdict.severity in {"info", "minor", "major"}
    assert verdict.sentence.endswith(".")
