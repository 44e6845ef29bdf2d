"""A list behind an alphabet filter: when "All" is taken for all of it, and when the letters are asked too."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest

from etl.tests.test_crawl import Walk, form, numbers, page, row
from etl.tests.tinysite import Site, serving

ENTRY = "/pmd/list.aspx"
PANEL = "ctl00$P"
SCRIPT = f"""<script>function MoveToPage(symbol) {{ MyPanel.PerformCallback(symbol); }}
ASPx.createControl(ASPxClientCallbackPanel,'ctl00_P','MyPanel',{{'uniqueID':'{PANEL}'}});</script>"""
HEAD = "<tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
LETTERS = ["A", "B", "C"]


class Filtered:
    """A panel that is empty until a letter is asked for. `shows`: letter → numbers of its projects."""

    def __init__(
        self, shows: dict[str, list[int]], more: str = "", every: str = "All", title: str = ""
    ) -> None:
        self.shows, self.more, self.every, self.title = shows, more, every, title
        self.asked: list[str] = []

    def __call__(self, posted: dict[str, str]) -> object:
        symbol = posted.get("__CALLBACKPARAM", "")
        if not symbol:
            links = "".join(
                f"<a href='#' onclick=\"MoveToPage('{letter}')\">{letter}</a>" for letter in self.shows
            )
            return form(f"<h1>{self.title}</h1>{links}<div id='ctl00_P'></div>{SCRIPT}")
        letter = symbol.removeprefix("c0:")
        self.asked.append(letter)
        shown = self.shows[letter]
        rows = "".join(map(row, shown))
        rows += self.more if letter == "All" else ""
        body = f'<table id="g">{HEAD}{rows}</table>' if shown else "<p>None.</p>"
        quoted = body.replace("'", "\\'")
        return 200, {"Content-Type": "text/plain"}, f"0|/*DX*/({{'result':'{quoted}','id':0}})"


def walk(site_of: Callable) -> tuple[Walk, Site]:
    with serving({ENTRY: site_of}) as site:
        return Walk(site, ENTRY), site


def test_a_list_that_all_shows_costs_one_letter_more_to_be_sure():
    site = Filtered({"All": [1, 2, 3], "A": [1], "B": [2], "C": [3]})
    found, _ = walk(site)
    assert (found.numbers, site.asked) == (numbers(3), ["All", "A"])
    assert found.crawl.lists_complete, found.notes


def test_where_a_letter_shows_what_all_did_not_the_union_is_the_list():
    site = Filtered({"All": [1, 2], "A": [4], "B": [2, 5], "C": [3]})
    found, _ = walk(site)
    assert sorted(found.numbers) == numbers(5)  # each once
    assert site.asked == ["All", "A", "A", "B", "C", "All"]  # the first page once more, at its end
    assert found.keys == [ENTRY, *(f"{ENTRY}#{letter}" for letter in ("All", "A", "B", "C"))]
    assert found.crawl.lists_complete, found.notes


def test_two_rows_of_one_number_on_one_page_stay_two():
    site = Filtered({"All": [1, 2, 2], "A": [3, 3], "B": [], "C": []})
    found, _ = walk(site)
    assert sorted(found.numbers) == ["WP0001", "WP0002", "WP0002", "WP0003", "WP0003"]


def test_another_letter_is_asked_each_poll():
    for turn, letter in enumerate(["A", "B", "C", "A"]):
        site = Filtered({"All": [1], "A": [1], "B": [], "C": []})
        with serving({ENTRY: site}) as server:
            Walk(server, ENTRY, turn)
        assert site.asked == ["All", letter]


@pytest.mark.parametrize(
    ("claimed", "asked", "complete"),
    [
        (3, ["All"], True),  # proven: no letter is asked for
        (5, ["All", "A", "B", "C", "All"], True),
    ],
)
def test_the_line_of_the_municipality_says_whether_all_is_all(claimed, asked, complete):
    text = f"Greater Giyani - [LIM331] {claimed} Projects with a Total value: R1,000.00"
    line = f'<li><a href="list.aspx">{text}</a></li>'
    site = Filtered({"All": [1, 2, 3], "A": [1, 4], "B": [2, 5], "C": [3]})
    with serving({"/pmd/default.aspx": page(f"<ul>{line}</ul>"), ENTRY: site}) as server:
        found = Walk(server)
    assert site.asked == asked
    assert sorted(found.numbers) == numbers(claimed)
    assert found.crawl.lists_complete is complete


PAGER = (
    "<tr><td colspan='3'><table><tr><td><span>1</span></td>"
    '<td><a href="javascript:__doPostBack(&#39;g&#39;,&#39;Page$2&#39;)">2</a></td></tr></table></td></tr>'
)


def test_where_all_is_the_first_page_of_several_the_letters_are_the_list():
    site = Filtered({"All": [1, 2, 3], "A": [1, 4], "B": [2, 5], "C": [3]}, PAGER)
    found, _ = walk(site)
    assert (sorted(found.numbers), site.asked) == (numbers(5), ["All", "A", "B", "C", "All"])
    assert found.crawl.lists_complete, found.notes


def test_where_there_are_no_letters_a_first_page_of_several_is_said():
    found, _ = walk(Filtered({"All": [1, 2, 3]}, PAGER))
    assert found.numbers == numbers(3)
    assert "“All” is the first page of several" in found.notes
    assert not found.crawl.lists_complete


def test_letters_that_show_less_than_all_add_nothing_and_an_empty_all_is_made_of_letters():
    site = Filtered({"All": [], "A": [1], "B": [], "C": [2, 3]})
    found, _ = walk(site)
    assert (found.numbers, site.asked) == (numbers(3), ["All", "A", "B", "C", "A"])


def test_a_letter_that_is_an_error_page_is_noted_and_all_stands():
    site = Filtered({"All": [1, 2, 3], "A": []})

    def broken(posted):
        if posted.get("__CALLBACKPARAM") == "c0:A":
            site.asked.append("A")
            return 500, {}, page("x", "Runtime Error")
        return site(posted)

    found, _ = walk(broken)
    assert (found.numbers, site.asked) == (numbers(3), ["All", "A"])
    assert "the letter A cannot be had" in found.notes


def test_a_list_of_endless_letters_is_read_to_a_bound_and_that_is_said(monkeypatch):
    monkeypatch.setattr("etl.crawl.paging.MOST_LETTERS", 10)
    names = [f"{a}{b}" for a in string.ascii_uppercase for b in "12"]
    site = Filtered({name: [at + 1] for at, name in enumerate(names)})
    found, _ = walk(site)
    assert found.numbers == numbers(10)
    assert "of 52 letters 10 were read" in found.notes
    assert not found.crawl.lists_complete
