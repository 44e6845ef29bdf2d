"""Time grows with a page's length only, whatever stands on it; and beyond the bounds a page fails."""

from __future__ import annotations

import time

import pytest

from etl import understand
from etl.bounds.call import bounded
from etl.exceptions import EtlError, PageChanged, PageTooCostly
from etl.extract import clean, read_page
from etl.extract.jsliteral import NotALiteral, read_literal
from etl.tests.endless import PLACES, costs, page, share

FLOOR = 0.8  # seconds: below it a ratio says more of the machine than of the page
MOST = 10.0  # seconds: about one is taken, some minutes where it grows with the square
# Each took time to the square of its length, or is of the kind that does
DAILY = [
    *(("page", token) for token in ("<input ", "<title", "<title>", "<!--", "&#", "'\\", "/*x")),
    *(("script", token) for token in ("fetch(/*", "/*x", "var x=[", "'\\", "//", "(")),
    *(("call", token) for token in ("'\\", '"\\', "/*x", "(")),
    *(("heading", token) for token in ("<script", "%", "R ")),
    *(("cell", token) for token in ("<script", "1 ", "- ", "%")),
    *(("style", token) for token in ("/*x", "a{")),
    *(("callback", token) for token in ("x", '"', "id=", "<dl><dt>")),
    ("grid", "L.marker([/*"),
    ("attributes", " "),
    ("preformatted", "|"),
]


@pytest.mark.parametrize(("place", "token"), DAILY)
def test_no_token_costs_more_than_its_length(place, token):
    found = costs(page(token, place, 60_000))
    assert sum(found.values()) < MOST, found


BUTTON, PART = "<input type=submit name=p value=2>", "<select name=s><option>Gauteng<option>Limpopo</select>"
LIST = "<table><tr><th>Project No<th>Project Name<th>Status"
LIST += "".join(f"<tr><td>P-{i}<td>Dam {i}<td>Design" for i in range(5))
LABELS, VALUES = "<td>Status<td>Budget" * 8_000, "<td>Design<td>R 5" * 8_000
# Of many like parts each asked anew for all that stands around it
SHARED = {
    "lines in each row": "<table><tr><th>Name<th>Budget" + "<tr><td>a<br>b<td>5" * 16_000 + "</table>",
    "struck out in one block": "<div>" + "<s>a</s> b " * 8_000 + "</div>",
    "nothing but what is struck out": "<div>" + "<s>a</s>" * 8_000 + "</div>",
    "choices of one form": "<form>"
    + (PART + "<input name=a value=1>") * 2_000
    + "<input type=submit></form>",
    "buttons of one form": f"<form>{LIST}</table>" + BUTTON * 16_000 + "</form>",
    "tables of one cell": f"{LIST}<tr><td>P-9<td>Weir<td>" + "<table><tr><td>Name<td>Dam</table>" * 2_000,
    "long rows of labels": f"<table><tr>{LABELS}<tr>{VALUES}</table>" * 3,
}


@pytest.mark.parametrize("name", SHARED)
def test_no_part_costs_as_much_as_all_that_it_shares_a_place_with(name):
    began = time.process_time()
    read_page(SHARED[name], url="http://dws.example/list?p=1")
    assert time.process_time() - began < MOST / 2


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("at", "place"), list(enumerate(PLACES)))
def test_twice_the_page_takes_at_most_two_and_a_half_times_as_long(at, place):
    wrong = {}
    for token in share(8, at):
        for _ in range(3):  # a busy machine is slower now and then: what is too long three times is too long
            half, whole = (bounded(costs, page(token, place, size)) for size in (100_000, 200_000))
            late = {look for look, cost in whole.items() if cost > max(FLOOR, 2.5 * half[look])}
            if not late:
                break
        wrong |= {(token, look): (half[look], whole[look]) for look in late}
    assert not wrong


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("at", "place"), list(enumerate(["bare", "call"])))
def test_fifty_megabytes_of_anything_are_read_or_fail_inside_the_bounds(settings, at, place):
    settings.READ_SECONDS, settings.READ_MEGABYTES = 2, 1500
    for token in share(20, at * 7):
        body = page(token, place, 50_000_000).encode()
        begun = time.monotonic()
        for look in (clean, read_page):
            try:
                bounded(look, body)
            except PageChanged:
                pass
        assert time.monotonic() - begun < 2 * 5 * settings.READ_SECONDS + 10, token


def test_a_large_page_that_does_not_end_in_time_fails_as_one(settings):
    settings.READ_SECONDS = 0.3
    with pytest.raises(PageTooCostly):
        bounded(read_page, page("<div><p>a</p></div>", "bare", 3_000_000).encode())


@pytest.mark.soak
def test_a_list_of_a_hundred_thousand_rows_is_read_inside_the_bounds():
    rows = "".join(f"<tr><td>WP{n}<td>Scheme {n}<td>R{n},000" for n in range(100_000))
    page = f"<table><tr><th>Project No<th>Project Name<th>Budget{rows}</table>"
    assert len(bounded(understand.read_page, page.encode()).projects) == 100_000


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("[f('it\\'s (', \"(\"), 2]", [None, 2]),
        ("[f(/* ' ( */ 1), 2]", [None, 2]),
        ("[f(// ' (\n1), 2]", [None, 2]),
        ("[f(/'/, (1)), 2]", [None, 2]),  # a quote that no other on its line closes is none
        ("[function(a){return 'x)' + \"}\"}, 2]", [None, 2]),
    ],
)
def test_code_is_skipped_whatever_its_strings_and_comments_hold(code, value):
    assert read_literal(code)[0] == value


def test_code_without_an_end_is_none():
    with pytest.raises(NotALiteral):
        read_literal("[f('\\" + "'\\" * 1000)


@pytest.mark.parametrize("markup", ["</td>", "</table></tr>", "<tr><td>a<td>b" * 50])
def test_ends_without_a_beginning_are_no_fault_of_ours(markup):
    try:
        read_page(markup)
    except EtlError:
        pass
