"""What a change says of itself: values where there are values, strings where there are none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from etl.compare.changes import field_changes, text_changes, value_changes

FIELDS = {"Status": "status", "Budget": "budget", "Remarks": None, "Project No": "external_id"}


def told(old: dict, new: dict, texts: dict) -> dict:
    return field_changes(value_changes(old, new), texts, FIELDS)


def test_values_are_told_in_canonical_strings():
    old = {"budget": Decimal("1"), "start_date": None, "municipalities": ()}
    new = {"budget": Decimal("2.5"), "start_date": date(2026, 5, 1), "municipalities": ("CPT",)}
    assert value_changes(old, new) == {
        "budget": ["1.00", "2.50"],
        "start_date": [None, "2026-05-01"],
        "municipalities": [[], ["CPT"]],
    }


def test_zero_is_a_figure_and_no_place_is_none():
    assert value_changes(
        {"latitude": None, "municipalities": None}, {"latitude": 0.0, "municipalities": ()}
    ) == {"latitude": [None, 0.0]}


def test_a_string_that_a_changed_value_stands_for_is_not_told_twice():
    assert told({"budget": Decimal(1)}, {"budget": Decimal(2)}, {"Budget": ["R1", "R2"]}) == {
        "budget": ["1.00", "2.00"]
    }


def test_another_spelling_of_the_same_value_is_told_as_a_string():
    assert told({"budget": Decimal(1000)}, {"budget": Decimal(1000)}, {"Budget": ["R1,000", "R1 000"]}) == {
        "published.Budget": ["R1,000", "R1 000"]
    }


def test_a_text_that_cannot_be_read_any_more_is_told_beside_the_value_that_went():
    assert told({"budget": Decimal(1)}, {"budget": None}, {"Budget": ["R1", "to be confirmed"]}) == {
        "budget": ["1.00", None],
        "published.Budget": ["R1", "to be confirmed"],
    }


def test_a_cleared_value_is_told_once():
    assert told({"budget": Decimal(1)}, {"budget": None}, {"Budget": ["R1", ""]}) == {
        "budget": ["1.00", None]
    }


def test_a_column_without_a_field_is_told_under_its_label():
    assert told({}, {}, {"Remarks": ["a", None]}) == {"published.Remarks": ["a", None]}


def test_a_status_keeps_its_words_in_a_column_of_its_own():
    old = {"status": "construction", "status_as_published": "Construction 1% - 25%"}
    new = {"status": "construction", "status_as_published": "Construction 26% - 50%"}
    texts = {"Status": ["Construction 1% - 25%", "Construction 26% - 50%"]}
    assert told(old, new, texts) == {
        "status_as_published": ["Construction 1% - 25%", "Construction 26% - 50%"]
    }


def test_the_number_is_the_identity_not_a_change():
    texts = {"Project No": [None, "WP1"]}
    assert field_changes({}, texts, FIELDS, is_new=True) == {}


def test_a_number_under_another_heading_is_told():
    texts = {"Project No": ["WP1", None], "Project Number": [None, "WP1"]}
    assert field_changes({}, texts, {**FIELDS, "Project Number": "external_id"}) == {
        "published.Project No": ["WP1", None],
        "published.Project Number": [None, "WP1"],
    }


def test_a_blank_column_that_comes_or_goes_publishes_nothing():
    assert told({}, {}, {"Remarks": [None, ""]}) == {}


def test_positions_and_clocks_never_count():
    assert text_changes({"#": "1", "A": "x"}, {"#": "2", "A": "x"}) == {}
