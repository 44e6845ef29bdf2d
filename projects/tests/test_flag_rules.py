"""What a reader would notice of a project: raised by what is known, never by what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from projects.wording import contradictions, flag_rules, flags
from projects.wording.flags import History, Step

TODAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
RECORD = {
    "presence": "present",
    "status": "construction",
    "status_as_published": "Construction",
    "progress_percentage": "62.00",
    "budget": "1000.00",
    "expenditure": "500.00",
    "start_date": "2018-03-01",
    "completion_date": "2027-02-28",
}


def step(field: str, old: str, new: str, days: int = 30, cause: str = "source") -> Step:
    return Step(field, NOW - timedelta(days=days), cause, old, new)


def raised(history: History | None = None, **record: Any) -> dict[str, Any]:
    return flags.raised(RECORD | record, history or History(), TODAY)


def test_a_project_that_goes_its_way_has_no_flag():
    assert raised() == {}


@pytest.mark.parametrize(
    ("record", "is_overdue"),
    [
        ({"completion_date": "2026-11-28"}, True),
        ({"completion_date": "2026-11-29"}, False),  # today is not before today
        ({"completion_date": "2026-05-31", "status": "on_hold"}, True),
        ({"completion_date": "2026-05-31", "status": "completed"}, False),
        ({"completion_date": "2026-05-31", "status": "cancelled"}, False),
        ({"completion_date": "2026-05-31", "status": None}, False),  # not read: it may be completed
        ({"completion_date": None}, False),
        ({"completion_date": "not a day"}, False),
        ({"completion_date": date(2026, 5, 31)}, True),
        ({"completion_date": "2026-05-31", "presence": "missing"}, True),
        ({"completion_date": "2026-05-31", "presence": "withdrawn"}, False),
    ],
)
def test_overdue_is_a_date_that_has_passed_of_what_is_known_to_go_on(record, is_overdue):
    assert ("overdue" in raised(**record)) is is_overdue


def test_an_overdue_project_says_since_when_and_what_its_status_is():
    said = raised(completion_date="2026-05-31")["overdue"]
    assert said == {"completion_date": "2026-05-31", "status": "construction"}
    assert flags.sentence("overdue", said, TODAY) == (
        "Completion was due on 31 May 2026, 6 months ago; the status is still Construction."
    )


@pytest.mark.parametrize(
    ("since", "seen", "record", "is_stalled"),
    [
        (180, 0, {}, True),
        (179, 0, {}, False),
        (400, 220, {}, True),  # nobody looked for 220 days: 180 were seen
        (400, 221, {}, False),
        (400, 0, {"status": "tender"}, False),
        (400, 0, {"status": None}, False),
        (400, 0, {"presence": "missing"}, False),
        (None, 0, {}, False),
        (400, None, {}, False),
    ],
)
def test_stalled_counts_the_days_between_our_own_readings(since, seen, record, is_stalled):
    ago = [None if days is None else NOW - timedelta(days=days) for days in (since, seen)]
    found = raised(History(unchanged_since=ago[0], seen_at=ago[1]), **record)
    assert ("stalled" in found) is is_stalled


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({"status": "completed", "completion_date": None}, "The status is Completed, and the progress 62%."),
        (
            {"status": "completed", "progress_percentage": None},
            "The status is Completed; the completion date, 28 February 2027, is still to come.",
        ),
        ({"status": "tender"}, "The status is Tender, and the progress is 62% already."),
        (
            {"status_as_published": "Construction 76% - 99%", "progress_percentage": "15.00"},
            "The status says “Construction 76% - 99%”, and the progress is 15%.",
        ),
        (
            {"status_as_published": "Konstruksie 76–99%", "progress_percentage": "15"},
            "The status says “Konstruksie 76–99%”, and the progress is 15%.",
        ),
        (
            {"start_date": "2027-01-01"},
            "The status is Construction, and the start date, 1 January 2027, is still to come.",
        ),
        (
            {"status": "tender", "progress_percentage": None, "start_date": "2027-03-01"},
            "The start date, 1 March 2027, is after the completion date, 28 February 2027.",
        ),
        ({"expenditure": "1000.01"}, "R1 000.01 is spent of a budget of R1 000."),
    ],
)
def test_what_does_not_fit_together_is_said_with_its_figures(record, sentence):
    said = raised(**record)
    assert list(said) == ["contradiction"]
    assert flags.sentence("contradiction", said["contradiction"]) == sentence


@pytest.mark.parametrize(
    "record",
    [
        {"status": None},
        {"status": "completed", "progress_percentage": "97.00", "completion_date": "2026-10-01"},
        {"status": "design", "progress_percentage": "20.00"},
        {"status": "tender", "progress_percentage": None},
        {"status_as_published": "Construction 51% - 75%", "progress_percentage": "62.00"},
        {"status_as_published": "Construction 51% - 75%", "progress_percentage": "75.60"},
        {"status_as_published": "Construction 76% - 99%", "progress_percentage": None},
        {"status_as_published": "Phase 2"},
        {"status_as_published": None},
        {"budget": None, "expenditure": "5.00"},
        {"budget": "0.00", "expenditure": "5.00"},
        {"expenditure": None},
        {"start_date": None, "completion_date": "2020-01-01", "status": None},
    ],
)
def test_what_fits_or_is_not_known_contradicts_nothing(record):
    assert "contradiction" not in raised(**record)


def test_a_corrected_status_is_not_held_against_the_source_s_words():
    record = {"status_as_published": "Construction 76% - 99%", "progress_percentage": "15.00"}
    assert "contradiction" not in raised(History(corrected=frozenset({"status"})), **record)


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("Construction 1% - 25%", (1, 25)),
        ("26 to 50 %", (26, 50)),
        ("Practical Completion (100%)", (100, 100)),
        ("Construction 10%", (10, 10)),
        ("99% - 76%", None),
        ("Phase 1-2", None),
        ("2024-2025", None),
        ("1500%", None),
        ("x" * 5000 + "10%", None),
    ],
)
def test_the_share_that_a_status_states(words, share):
    assert contradictions.stated(words) == share


def dates(*moves: tuple[str, str], cause: str = "source") -> list[Step]:
    return [step("completion_date", old, new, cause=cause) for old, new in moves]


def test_slipping_is_two_moves_to_a_later_date():
    once = dates(("2026-06-30", "2027-02-28"))
    twice = dates(("2026-06-30", "2027-02-28"), ("2025-06-30", "2026-06-30"))
    assert raised(History(once)) == {}
    said = raised(History(twice))["slipping"]
    assert said == {"times": 2, "from": "2025-06-30", "to": "2027-02-28"}
    assert flags.sentence("slipping", said) == (
        "The completion date was moved later twice: from 30 June 2025 to 28 February 2027, 20 months later."
    )


@pytest.mark.parametrize(
    "history",
    [
        History(dates(("2026-06-30", "2027-02-28"), ("2028-06-30", "2026-06-30"))),  # later, and earlier
        History([*dates(("2026-06-30", "2027-02-28")), *dates(("2025-01-01", "2026-06-30"), cause="parser")]),
        History(
            dates(("2026-06-30", "2027-02-28"), ("2025-06-30", "2026-06-30")),
            corrected=frozenset({"completion_date"}),
        ),
    ],
)
def test_what_was_misread_or_corrected_does_not_slip(history):
    assert raised(history) == {}


def test_a_date_that_is_not_published_any_more_does_not_slip():
    history = History(dates(("2026-06-30", "2027-02-28"), ("2025-06-30", "2026-06-30")))
    assert raised(history, completion_date=None) == {}


@pytest.mark.parametrize(
    ("steps", "is_dearer"),
    [
        ([step("budget", "950.00", "1000.00")], True),
        ([step("budget", "952.39", "1000.00")], False),  # less than 5%
        ([step("budget", "950.00", "1000.00", days=400)], False),
        ([step("budget", "980.00", "1000.00"), step("budget", "940.00", "980.00", days=200)], True),
        ([step("budget", "980.00", "1000.00"), step("budget", "1100.00", "980.00", days=200)], False),
        ([step("budget", "10.00", "1000.00", cause="parser")], False),
        ([step("budget", "0.00", "1000.00")], False),
        ([step("budget", "10.00", "900.00")], False),  # something between them is not known
    ],
)
def test_dearer_is_five_percent_within_twelve_months(steps, is_dearer):
    assert ("dearer" in raised(History(steps))) is is_dearer


def test_a_dearer_project_says_by_how_much_and_since_when():
    said = raised(History([step("budget", "800.00", "1000.00")]))["dearer"]
    assert flags.sentence("dearer", said) == (
        "Budget rose by 25% from R800 to R1 000, since 30 October 2026."
    )


def test_the_log_says_which_flags_moved_and_why():
    due = {"completion_date": "2026-05-31", "status": "construction"}
    rise = {"from": "1.00", "to": "2.00", "since": "2026-01-01"}
    changes = flag_rules.field_changes({"dearer": rise}, {"overdue": due})
    assert changes == {
        "flags": [["dearer"], ["overdue"]],
        "flag.overdue": [None, due],
        "flag.dearer": [rise, None],
    }
    found = flag_rules.assess_flags(changes)
    assert (found.severity, found.rules) == ("minor", ["flag_overdue", "flag_lowered"])
    assert found.sentence == (
        "Now overdue: completion was due on 31 May 2026; the status is still Construction."
        " No longer flagged: dearer."
    )
    kind = flag_rules.kind(changes, "2026-11-30")
    assert kind == "project:flagged:+overdue,-dearer:2026-11-30"
    assert flag_rules.assess_event(kind, 14, "minor").sentence == (
        "Now overdue; no longer flagged as dearer: 14 projects."
    )


@pytest.mark.parametrize("odd", [None, {}, {"flags": 3}, {"flags": [None, None]}, {"flags": [["x"], ["y"]]}])
def test_odd_rows_are_said_all_the_same(odd):
    assert flag_rules.assess_flags(odd).sentence.endswith(".")
