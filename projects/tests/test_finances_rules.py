"""What a change of a municipal figure is said to mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.log.events import Event, entries
from projects.log.writer import Entry
from projects.models import DataChangeLog
from projects.pages.render import about, before_and_after
from projects.tests.factories import a_figure, a_run, log_figure
from projects.wording import causes, figure_rules, phrases
from projects.wording.figure_rules import assess_figure

BUDGET = "CPT 2021 capital 4202 ORGB"
SPENT = "CPT 2021 capital 4202 ACT"
OPINION = "CPT 2021 opinion opinion"


@pytest.mark.parametrize(
    ("key", "changes", "severity", "rules", "sentence"),
    [
        (
            BUDGET,
            {"amount": ["100000000.00", "112000000.00"]},
            "major",
            ["restated"],
            "Original budget 2020-21 restated from R100 000 000 to R112 000 000, up 12%.",
        ),
        (
            BUDGET,
            {"amount": ["100.00", "110.00"]},
            "minor",
            ["restated"],
            "Original budget 2020-21 restated from R100 to R110, up 10%.",
        ),
        (
            "CPT 2021 capital 4202 AUDA",
            {"amount": ["100.00", "50.00"]},
            "major",
            ["restated"],
            "Audited actual 2020-21 restated from R100 to R50, down 50%.",
        ),
        (
            "CPT 2021 capital 4202 ADJB",
            {"amount": ["100.00", "200.00"]},
            "minor",
            ["budget_adjusted"],
            "Adjusted budget 2020-21 changed from R100 to R200, up 100%.",
        ),
        (
            "CPT 2021 grant WSIG SCHD",
            {"amount": ["100.00", "200.00"]},
            "minor",
            ["allocation_changed"],
            "Allocation 2020-21 changed from R100 to R200, up 100%.",
        ),
        (
            "CPT 2021 uifw irregular",
            {"amount": ["100.00", "105.00"]},
            "minor",
            ["restated"],
            "Irregular expenditure 2020-21 restated from R100 to R105, up 5%.",
        ),
        (
            SPENT,
            {
                "amount": ["100.00", "120.00"],
                "through_month": ["5", "6"],
                "month_06": [None, "20.00"],
            },
            "info",
            [],
            "Spent so far rose from R100 to R120 (to December, month 6 of 12).",
        ),
        (
            SPENT,
            {"amount": ["100.00", "90.00"], "month_04": ["20.00", "10.00"]},
            "minor",
            ["actual_falling", "month_restated"],
            "Spent so far fell from R100 to R90; October (month 4) was corrected from R20 to R10.",
        ),
        (
            SPENT,
            {"month_01": ["1.00", "2.00"], "month_02": ["2.00", "1.00"], "month_03": ["0.00", None]},
            "minor",
            ["month_restated"],
            "3 months that had been published were corrected.",
        ),
        (
            "CPT 2021 income 4202 ACT",
            {"amount": ["1.00", "2.00"], "through_month": [11, 12]},
            "info",
            [],
            "Income so far rose from R1 to R2 (to June, month 12 of 12).",
        ),
        (
            BUDGET,
            {"amount": ["100.00", None]},
            "minor",
            ["value_erased"],
            "Original budget 2020-21 is now given as null (was R100).",
        ),
        (
            "CPT 2021 grant WSIG TRFR",
            {"amount": ["100.00", "150.00"]},
            "info",
            [],
            "Amount transferred 2020-21 rose from R100 to R150.",
        ),
        (
            "CPT 2021 grant WSIG TRFR",
            {"amount": ["150.00", "100.00"]},
            "minor",
            ["restated"],
            "Amount transferred 2020-21 restated from R150 to R100, down 33%.",
        ),
        (
            OPINION,
            {"opinion": ["outstanding", "qualified"]},
            "minor",
            [],
            "Audit opinion 2020-21 is now given: Qualified (was Outstanding).",
        ),
        (BUDGET, {"amount": [None, "100.00"]}, "minor", [], "Original budget 2020-21 is now given: R100."),
        (
            OPINION,
            {"opinion": ["qualified", "disclaimer"], "report_url": [None, "http://x.example/"]},
            "major",
            ["audit_opinion_changed"],
            "Audit opinion 2020-21 changed from Qualified to Disclaimer.",
        ),
        (
            OPINION,
            {"opinion": [None, "adverse"]},
            "minor",
            [],
            "Audit opinion 2020-21 is now given: Adverse.",
        ),
        (
            OPINION,
            {"opinion": ["adverse", None]},
            "minor",
            ["value_erased"],
            "Audit opinion 2020-21 is no longer given (was Adverse).",
        ),
        (OPINION, {"report_url": [None, "x"]}, "info", [], "The address of the auditor's report changed."),
    ],
)
def test_an_updated_figure_has_a_sentence_a_severity_and_its_rules(key, changes, severity, rules, sentence):
    verdict = assess_figure(key, "updated", changes)
    assert (verdict.sentence, verdict.severity, verdict.rules) == (sentence, severity, rules)


@pytest.mark.parametrize(
    ("change_type", "changes", "severity", "sentence"),
    [
        ("created", {"amount": [None, "1297441790.00"]}, "info", "First published: R1 297 441 790."),
        ("created", {"opinion": [None, "qualified"]}, "info", "First published: Qualified."),
        ("created", {"opinion": [None, "New kind"]}, "info", "First published: New kind."),
        ("created", {}, "info", "First published, given as null."),
        (
            "created",
            {"amount": [None, "5.00"], "through_month": [None, 1], "month_01": [None, "5.00"]},
            "info",
            "First published: R5 (to July, month 1 of 12).",
        ),
        (
            "missing",
            {"presence": ["present", "missing"]},
            "minor",
            "No longer in the source's complete answer.",
        ),
        (
            "missing",
            {"presence": ["present", "missing"], "amount": ["7.00", None]},
            "minor",
            "No longer in the source's complete answer (was R7).",
        ),
        ("returned", {"presence": ["missing", "present"]}, "info", "In the source's answer again."),
        (
            "returned",
            {"presence": ["missing", "present"], "amount": ["100.00", "200.00"]},
            "major",
            "In the source's answer again; Original budget 2020-21 restated from R100 to R200, up 100%.",
        ),
    ],
)
def test_a_figure_that_comes_and_goes_has_a_sentence(change_type, changes, severity, sentence):
    verdict = assess_figure(BUDGET, change_type, changes)
    assert (verdict.sentence, verdict.severity) == (sentence, severity)


def test_the_last_amount_of_a_missing_figure_is_said_from_the_evidence():
    gone = assess_figure(
        BUDGET, "missing", {"presence": ["present", "missing"]}, {"amount": ["1000.00", None]}
    )
    assert gone.sentence == "No longer in the source's complete answer (was R1 000)."


_VALUES = st.none() | st.text(max_size=8) | st.integers() | st.decimals().map(str) | st.lists(st.text())
_FIELDS = st.sampled_from(
    ["amount", "through_month", "opinion", "report_url", "presence", *(f"month_{m:02d}" for m in range(14))]
)


@settings(max_examples=60, deadline=None)
@given(
    st.text() | st.sampled_from([BUDGET, SPENT, OPINION]),
    st.sampled_from(["created", "updated", "missing", "returned", "withdrawn", "odd"]),
    st.dictionaries(_FIELDS, st.lists(_VALUES, min_size=0, max_size=3)) | _VALUES,
)
def test_whatever_the_log_holds_there_is_a_sentence(key, change_type, changes):
    verdict = assess_figure(key, change_type, changes, changes)
    assert verdict.sentence.endswith(".")
    assert verdict.severity in ("info", "minor", "major")


def test_a_key_that_is_none_has_no_year():
    assert figure_rules.read_key("WP10234") == figure_rules.Figure()
    assert figure_rules.read_key("CPT 2021 capital 4202 ORGB").year == 2021
    assert figure_rules.read_key("CPT 2021 uifw irregular").amount_type == ""


def test_what_the_parser_read_anew_is_never_grave():
    entry = an_entry({"amount": ["100.00", "200.00"]}, cause="parser")
    verdict = causes.assess(entry)
    assert (verdict.severity, verdict.rules) == ("info", [])
    assert verdict.sentence.startswith("Original budget 2020-21 restated")


def an_entry(changes: dict, **fields) -> Entry:
    return Entry(
        entity_type="municipal_figure",
        entity_id=1,
        external_id=BUDGET,
        name="Capital",
        source_id="treasury",
        change_type="updated",
        field_changes=changes,
        **fields,
    )


def test_months_are_told_as_months_of_the_year_they_are_of():
    assert phrases.label("month_03") == "September (month 3)"
    rows = before_and_after(
        {"month_03": [None, "1200.00"], "through_month": [2, 3], "amount": ["1.00", None]}
    )
    assert [(row["label"], row["old"], row["new"]) for row in rows] == [
        ("September (month 3)", None, "R1\u202f200"),
        ("Actual up to", "August (month 2)", "September (month 3)"),
        ("Amount", "R1", "given as null"),
    ]


def test_a_first_published_figure_was_not_null_before():
    assert before_and_after({"amount": [None, "1.00"]}, "created")[0]["old"] is None


@pytest.mark.django_db
def test_a_figures_change_links_to_its_year_on_the_municipalitys_page(client):
    a_figure()
    change = client.get("/api/v1/changes/1/").json()
    assert change["name"] == "Capital, Water Distribution, original budget 2020-21"
    assert change["sentence"] == "First published: R1 297 441 790."
    assert about(change) == "/municipalities/CPT/#finances-2021"
    assert 'href="/municipalities/CPT/#finances-2021"' in client.get("/changes/").content.decode()
    assert client.get("/changes/1/").status_code == 200


def test_months_do_not_tell_mass_edits_apart():
    kinds = {
        an_entry({"amount": ["1.00", "2.00"], f"month_{month:02d}": [None, "1.00"]}).kind
        for month in range(1, 13)
    }
    assert kinds == {"municipal_figure:updated:amount"}
    assert an_entry({"through_month": ["5", "6"], "month_06": [None, None]}).kind == (
        "municipal_figure:updated:"
    )


@pytest.mark.django_db
def test_figures_first_published_in_one_reading_are_one_event():
    run = a_run("treasury")
    figures = [a_figure(year=year, code=code, run=run) for year in (2020, 2021) for code in ("4201", "4202")]
    figures += [a_figure(year=year, run=run) for year in range(2022, 2030)]
    (first,) = entries(DataChangeLog.objects.all(), 50).rows
    assert isinstance(first, Event)
    assert first.assessment.sentence == "12 municipal figures first published in one reading."
    later = a_run("treasury")
    for number, figure in enumerate(figures):
        months = {"amount": ["1.00", "2.00"], f"month_{number + 1:02d}": [None, "1.00"]}
        log_figure(figure, "updated", months, run=later)
    event = entries(DataChangeLog.objects.all(), 50).rows[0]
    assert event.assessment.sentence == "Amount changed on 12 municipal figures in one reading."
    assert event.telling == ["amount"]
