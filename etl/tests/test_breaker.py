"""Each rule of the breaker at its limit; and totals that are off, until they settle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl.compare import checks
from etl.compare.breaker import Limits, Past, reasons
from etl.compare.changes import Changes
from etl.compare.profile import Profile, column_of
from etl.crawl.reading import Count
from etl.values.vocabulary import DEFAULT

BEFORE = Profile(
    count=100,
    listings=30,
    columns={"name": 100, "budget": 100},
    filled={"name": 100, "budget": 90},
    statuses={"Design": 100},
    layouts=["grid"],
)


def past(**fields) -> Past:
    return replace(Past(BEFORE, {"budget": 100}, {"Design"}, 100), **fields)


def changes(moved: int = 0, **blanked: int) -> Changes:
    made = Changes()
    made.moved = moved
    made.blanked.update(blanked)
    return made


def rules(now: Profile, made: Changes | None = None, before: Past | None = None, **options) -> list[str]:
    found = reasons(now, before or past(), changes() if made is None else made, Limits(), **options)
    return [reason.rule for reason in found]


def test_the_same_again_is_not_held():
    assert rules(BEFORE) == []


def test_without_a_past_nothing_is_held():
    assert reasons(replace(BEFORE, count=1), None, changes(moved=100), Limits()) == []


@pytest.mark.parametrize(("count", "held"), [(80, []), (79, ["count_down"]), (300, [])])
def test_a_count_may_fall_by_a_fifth(count, held):
    assert rules(replace(BEFORE, count=count)) == held


def test_municipality_lines_count_too():
    assert rules(replace(BEFORE, listings=20)) == ["count_down"]


def test_a_reading_with_gaps_is_not_held_for_its_count():
    assert rules(replace(BEFORE, count=10), whole=False) == []


@pytest.mark.parametrize(("gone", "held"), [(10, []), (11, ["blanked"])])
def test_a_field_may_go_blank_in_a_tenth_of_the_records_that_had_it(gone, held):
    assert rules(BEFORE, changes(budget=gone)) == held


def test_a_column_without_a_field_can_go_blank_too():
    before = past(profile=replace(BEFORE, filled={"remarks": 50}))
    assert rules(BEFORE, changes(**{"published.Remarks": 6}), before) == ["blanked"]


@pytest.mark.parametrize(("moved", "held"), [(30, []), (31, ["many_changed"])])
def test_a_third_of_the_records_may_not_change_at_once(moved, held):
    assert rules(BEFORE, changes(moved=moved)) == held


@pytest.mark.parametrize(("odd", "held"), [(10, []), (11, ["never_seen"])])
def test_a_status_never_seen_may_be_in_a_tenth_of_the_records(odd, held):
    assert rules(replace(BEFORE, statuses={"Design": 100 - odd, "Stage 9": odd})) == held


def test_a_column_never_seen_is_held():
    assert rules(replace(BEFORE, columns={**BEFORE.columns, "approved amount xy": 100})) == ["never_seen"]


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [
        ("Budget", "Budget (R'000)", []),
        ("Budget", "Appr. Bud.", []),
        ("Budget", "Revised budget", ["never_seen"]),
        ("Planned Start Date", "Planned Start Date", []),
        ("Start Date", "Planned Start Date", ["never_seen"]),
        ("Zyx", "Zyx (taught)", []),
    ],
)
def test_a_column_is_one_that_was_seen_where_its_words_say_the_same(before, now, held):
    def field_of(label: str) -> str | None:
        return "contractor" if label == "Zyx (taught)" else DEFAULT.field_of(label)

    def shown(label: str) -> Profile:
        return replace(BEFORE, columns={"name": 100, column_of(label, field_of): 100}, by_words=True)

    learnt = shown(before).called(lambda name: "contractor" if name == "zyx" else field_of(name))
    assert rules(shown(now), before=past(profile=learnt)) == held


def test_what_an_earlier_version_called_otherwise_was_seen_all_the_same():
    """It called a planned date by the field, and a heading that it did not know by itself."""
    earlier = replace(BEFORE, columns={"start_date": 100, "appr. bud": 100}).called(DEFAULT.field_of)
    now = replace(BEFORE, columns={"planned start date": 100, "budget": 100}, by_words=True)
    assert rules(now, before=past(profile=earlier)) == []
    assert rules(replace(now, columns={"remarks": 100}), before=past(profile=earlier)) == ["never_seen"]


def test_shares_are_not_taken_of_a_handful():
    few = past(profile=replace(BEFORE, count=19, listings=0), had={"budget": 19}, present=19)
    now = replace(BEFORE, count=5, listings=0, statuses={"Stage 9": 5})
    assert rules(now, changes(moved=19, budget=19), few) == []


def test_a_new_layout_as_certain_as_the_old_one_passes():
    assert rules(replace(BEFORE, layouts=["table"])) == []


@pytest.mark.parametrize(
    "now",
    [
        replace(BEFORE, layouts=["cards"]),
        replace(BEFORE, layouts=["table"], columns={"name": 100}),
        replace(BEFORE, layouts=["table"], count=95),
    ],
    ids=["less certain", "a column lost", "projects lost"],
)
def test_a_new_layout_that_comes_with_losses_is_held(now):
    assert rules(now) == ["layout"]


def test_a_sentence_has_the_figures():
    (reason,) = reasons(BEFORE, past(), changes(moved=60), Limits())
    assert reason.sentence == "60 of 100 projects (60%) changed at once."


# --- totals ---------------------------------------------------------------------------------------

OFF = Count("grid", 113, 112)


def test_a_total_that_fits_says_nothing():
    assert checks.disagreements([Count("grid", 5, 5)]) == []


def test_a_total_that_is_off_counts_however_often_it_is_so():
    (one,) = checks.disagreements([OFF])
    assert (one.claimed, one.found, one.counts) == (113, 112, True)
