"""The protocol of callbacks and postbacks, against strings recorded from real sites."""

from __future__ import annotations

import pytest

from etl.crawl.webforms import Conversation, grid_arguments, gridview_hop, page_fields
from etl.extract.types import CallbackAnswer, Control, Form, Pager

FIELDS = {"__VIEWSTATE": "vs", "__VIEWSTATEENCRYPTED": "", "__EVENTVALIDATION": "ev", "q": "x"}


def conversation(keys=None) -> Conversation:
    control = Control("ASPxClientGridView", "g", "ctl00$g", "", {"stateObject": {"keys": keys or []}})
    return Conversation(Form("https://pmd.example.org/pmd/level.aspx", dict(FIELDS)), [control])


def pager(how: str, arguments=None) -> Pager:
    return Pager(1, 12, 113, how, "ctl00$g", arguments or {})  # type: ignore[arg-type]


def test_the_arguments_of_a_grid_are_written_after_their_lengths():
    assert grid_arguments("PAGERONCLICK", "PBN") == "12|PAGERONCLICK3|PBN"
    assert grid_arguments("PAGERONCLICK", "PN10") == "12|PAGERONCLICK4|PN10"


def test_page_two_of_a_grid_is_asked_for_as_its_script_would():
    fields = page_fields(conversation(), pager("callback"), 2)
    assert fields is not None
    assert fields["__CALLBACKPARAM"] == "c0:GB|20;12|PAGERONCLICK3|PN1;"
    assert fields["__CALLBACKID"] == "ctl00$g"
    assert fields["__EVENTTARGET"] == ""
    assert list(fields)[-1] == "__EVENTVALIDATION"


def test_keys_go_along_where_the_grid_has_some():
    fields = page_fields(conversation(["a", "b"]), pager("callback"), 11)
    assert fields is not None
    assert fields["__CALLBACKPARAM"] == 'c0:KV|9;["a","b"];GB|21;12|PAGERONCLICK4|PN10;'
    assert fields["ctl00$g"] == "{&quot;keys&quot;:[&quot;a&quot;,&quot;b&quot;]}"


def test_a_full_postback_carries_only_the_arguments():
    fields = page_fields(conversation(), pager("postback"), 2)
    assert fields is not None
    assert (fields["__EVENTTARGET"], fields["__EVENTARGUMENT"]) == ("ctl00$g", "12|PAGERONCLICK3|PN1")
    assert "__CALLBACKID" not in fields


def test_a_plain_gridview_is_asked_by_its_links_argument_and_no_further():
    three = pager("gridview", {"2": "Page$2", "3": "Page$3", "...": "Page$4"})
    assert [(page_fields(conversation(), three, n) or {}).get("__EVENTARGUMENT") for n in (2, 4, 5)] == [
        "Page$2",
        "Page$4",
        None,
    ]


def test_an_answer_brings_the_next_validation_and_state():
    ours = conversation()
    ours.take("ctl00$g", CallbackAnswer("ev2", "<b/>", {"keys": ["c"]}, None, None))
    fields = ours.grid_callback("ctl00$g", "PAGERONCLICK", "PN2")
    assert fields["__EVENTVALIDATION"] == "ev2"
    assert '["c"]' in fields["__CALLBACKPARAM"]


@pytest.mark.parametrize(
    ("at", "wanted", "hop"),
    [
        (1, 2, ("Page$2", 2)),
        (1, 9, ("Page$4", 4)),  # nearer, by the dots
        (3, 1, ("Page$1", 1)),
        (4, 5, None),
    ],
)
def test_a_gridview_is_walked_by_what_it_shows(at, wanted, hop):
    assert gridview_hop({"1": "Page$1", "2": "Page$2", "3": "Page$3", "...": "Page$4"}, at, wanted) == hop


def test_a_gridview_that_shows_only_next_is_walked_page_by_page():
    assert gridview_hop({">": "Page$Next", ">>": "Page$Last"}, 3, 9) == ("Page$Next", 4)
    assert gridview_hop({"<": "Page$Prev"}, 3, 4) is None
