"""Line and page of one project: which of the two speaks for a label that both have."""

from __future__ import annotations

from etl.normalise.merge import Before, Merged, merge

KNOWN = Before({"Status": "Design", "Budget": "R 5"}, ["Status", "Budget"], {"Budget": "R5.00"})


def published(line: dict, merged: Merged) -> dict:
    return {**line, **(merged.page or {})}


def test_the_page_speaks_as_a_rule():
    merged = merge({"Budget": "R5.00"}, {"Budget": "R 5"}, None)
    assert (merged.page, merged.other) == ({"Budget": "R 5"}, {"Budget": "R5.00"})


def test_without_a_page_the_line_speaks():
    assert merge({"Budget": "R5"}, None, None) == Merged(None, {})


def test_a_line_that_moved_is_not_hidden_by_a_page_that_did_not():
    line = {"Status": "Cancelled", "Budget": "R5.00"}
    merged = merge(line, {"Status": "Design", "Budget": "R 5"}, KNOWN)
    assert published(line, merged) == {"Status": "Cancelled", "Budget": "R 5"}
    assert merged.other == {"Status": "Design", "Budget": "R5.00"}


def test_it_goes_on_speaking_until_the_page_moves():
    before = Before(
        {"Status": "Cancelled", "Budget": "R 5"}, ["Budget"], {"Status": "Design", "Budget": "R5.00"}
    )
    line = {"Status": "Cancelled", "Budget": "R5.00"}
    same = merge(line, {"Status": "Design", "Budget": "R 5"}, before)
    assert published(line, same)["Status"] == "Cancelled"
    moved = merge(line, {"Status": "On hold", "Budget": "R 5"}, before)
    assert published(line, moved)["Status"] == "On hold"


def test_where_both_moved_the_page_speaks():
    line = {"Status": "Tender", "Budget": "R6.00"}
    merged = merge(line, {"Status": "Tender", "Budget": "R 6"}, KNOWN)
    assert published(line, merged) == {"Status": "Tender", "Budget": "R 6"}


def test_what_line_and_page_said_can_be_told_apart_again():
    assert KNOWN.line() == {"Budget": "R5.00"}
    assert KNOWN.page() == {"Status": "Design", "Budget": "R 5"}
