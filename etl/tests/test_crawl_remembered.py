"""Servers that remember at which page of a list we were: no page is missed, none is taken twice."""

from __future__ import annotations

import pytest

from etl.extract import read_page
from etl.tests.test_crawl import CLOSING, ROWS, GridView, Walk, form, linked, numbers, page, table
from etl.tests.tinysite import Site, serving

ENTRY = "/pmd/list.aspx"


class Remembering(GridView):
    """A GridView that answers a GET with the page that its session was at."""

    def __init__(self, pages: int, at: int, numbered: bool = True, first: bool = False) -> None:
        super().__init__(pages, numbered=numbered)
        self.at, self.first = at, first

    def arguments(self, number: int) -> dict[str, str]:
        shown = super().arguments(number)
        if self.numbered:
            return shown
        both = {"&lt;": "Page$Prev"} if number > 1 else {}
        both |= {"&lt;&lt;": "Page$First"} if number > 1 and self.first else {}
        return both | ({"&gt;": "Page$Next"} if number < self.pages else {})

    def __call__(self, posted: dict[str, str]) -> object:
        if "__EVENTTARGET" not in posted:
            return self.show(self.at)
        if posted["__EVENTARGUMENT"] == "Page$First":
            self.posts += 1
            return self.show(1)
        return super().__call__(posted)


def walked(grid: object) -> tuple[Walk, Site]:
    with serving({ENTRY: grid}) as site:  # type: ignore[dict-item]
        return Walk(site, ENTRY), site


@pytest.mark.parametrize(("pages", "at"), [(5, 3), (5, 5), (3, 2), (9, 6), (2, 2)])
def test_a_gridview_that_comes_at_a_later_page_is_read_from_its_first(pages, at):
    walk, site = walked(Remembering(pages, at))
    assert sorted(walk.numbers) == numbers(pages * ROWS)
    assert walk.crawl.lists_complete, walk.notes
    assert len(set(walk.keys)) == len(walk.keys) == pages
    if pages < 5:
        assert len(site.asked) == 1 + pages + CLOSING


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("pages", "at"), [(5, 3), (4, 4), (3, 2)])
def test_one_that_numbers_no_pages_is_taken_back_to_its_first(pages, at, first):
    walk, site = walked(Remembering(pages, at, numbered=False, first=first))
    assert sorted(walk.numbers) == numbers(pages * ROWS)
    assert walk.crawl.lists_complete, walk.notes
    back = 1 if first else at - 1  # steps, and as many for the look at the end
    assert len(site.asked) == 2 + back + pages - 1 + CLOSING + back


def test_a_first_page_that_is_never_reached_is_said(monkeypatch):
    monkeypatch.setattr("etl.crawl.paging._MOST_REWOUND", 6)

    class Endless(Remembering):
        def __call__(self, posted):
            self.posts += 1
            return self.show(50)

    walk, site = walked(Endless(99, 50, numbered=False))
    assert "its first page is not reached by 6 steps back" in walk.notes
    assert not walk.crawl.lists_complete
    assert len(site.asked) < 12


def test_a_server_that_shows_the_same_page_whatever_is_asked_leaves_the_list_incomplete():
    class Stubborn(Remembering):
        def __call__(self, posted):
            self.posts += 1
            return self.show(3)

    grid = Stubborn(9, 3)
    walk, _ = walked(grid)
    assert walk.numbers == ["WP0007", "WP0008", "WP0009"]
    assert not walk.crawl.lists_complete, walk.notes
    assert grid.posts <= 4


def test_links_to_the_page_before_are_followed_from_where_the_list_came():
    def shown(number: int, links: str) -> str:
        return page(table((number - 1) * ROWS + 1) + links)

    before, behind = (
        '<a rel="prev" href="list.aspx?page={}">p</a>',
        '<a rel="next" href="list.aspx?page={}">n</a>',
    )
    pages = {
        "/pmd/list.aspx?page=1": shown(1, behind.format(2)),
        "/pmd/list.aspx?page=2": shown(2, before.format(1) + behind.format(3)),
        "/pmd/list.aspx?page=4": shown(4, before.format(3)),
    }
    with serving({ENTRY: shown(3, before.format(2) + behind.format(4)), **pages}) as site:
        walk = Walk(site, ENTRY)
    assert sorted(walk.numbers) == numbers(12)
    assert len(site.asked) <= 1 + 5 + CLOSING  # page 3 under its own address is new to us


def test_numbered_links_are_read_wherever_the_list_came():
    pages = {f"/pmd/list.aspx?page={n}": linked(n, [1, 2, 3]) for n in (1, 2, 3)}
    with serving({ENTRY: linked(2, [1, 2, 3]), **pages}) as site:
        assert sorted(Walk(site, ENTRY).numbers) == numbers(9)


class Grid:
    """A DevExpress grid of four pages that comes at its third. `asked`: numbers of pages called for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def body(self, at: int) -> str:
        rows = "".join(
            f'<tr class="dxgvDataRow" id="g_DXDataRow{n}">'
            f"<td>WP{n:04}</td><td>Scheme {n}</td><td>R{n}</td></tr>"
            for n in range((at - 1) * 3 + 1, at * 3 + 1)
        )
        captions = ("Project No", "Project Name", "Budget")
        head = "".join(f'<td class="dxgvHeader">{text}</td>' for text in captions)
        pager = f'<div id="g_DXPagerBottom"><b class="dxp-summary">Page {at} of 4 (12 items)</b></div>'
        return f'<table id="g_DXMainTable"><tr id="g_DXHeadersRow0">{head}</tr>{rows}</table>{pager}'

    def __call__(self, posted: dict[str, str]) -> object:
        asked = posted.get("__CALLBACKPARAM", "")
        if not asked:
            control = "{'uniqueID':'g','callBack':function(){},'pageCount':4}"
            script = f"<script>ASPx.createControl(ASPxClientGridView,'g','',{control});</script>"
            return form(f'<table id="g"><tr><td>{self.body(3)}</td></tr></table>{script}')
        self.asked.append(int(asked.rstrip(";").rpartition("PN")[2]) + 1)
        result = f"{{'result':{{'html':'{self.body(self.asked[-1])}'}},'id':0}}"
        return 200, {"Content-Type": "text/plain"}, f"0|/*DX*/({result})"


def test_a_devexpress_grid_asks_for_each_page_but_the_one_that_came():
    grid = Grid()
    walk, _ = walked(grid)
    assert (sorted(walk.numbers), grid.asked) == (numbers(12), [1, 2, 4])
    assert walk.crawl.lists_complete, walk.notes


def test_a_page_with_a_link_back_alone_has_a_pager():
    found = read_page(page(table(1) + '<a rel="prev" href="?p=1">back</a>'), url="http://h/a").tables[0].pager
    assert found
    assert found.arguments == {"prev": "http://h/a?p=1"}
