"""Lists that show a part of themselves, and more at each step."""

from __future__ import annotations

import pytest

from etl.extract import read_page
from etl.tests.test_crawl import CLOSING, ROWS, Walk, form, numbers, page, table
from etl.tests.tinysite import Site, serving

ENTRY = "/pmd/list.aspx"
POSTBACK = "<a href=\"javascript:__doPostBack('ctl00$more','')\">Load more</a>"
SUBMIT = '<input type="submit" name="ctl00$more" value="Show 3 more projects">'


class Stepping:
    """A list of `steps` parts; `grows`: a step shows what was shown before, too."""

    def __init__(self, steps: int, button: str = POSTBACK, grows: bool = True) -> None:
        self.steps, self.button, self.grows, self.posts = steps, button, grows, 0

    def show(self, at: int) -> str:
        first, rows = (1, at * ROWS) if self.grows else ((at - 1) * ROWS + 1, ROWS)
        return form(table(first, rows) + (self.button if at < self.steps else ""), str(at))

    def __call__(self, posted: dict[str, str]) -> object:
        if not posted:
            return self.show(1)
        self.posts += 1
        is_pressed = posted.get("__EVENTTARGET") == "ctl00$more" or "ctl00$more" in posted
        return self.show(int(posted["__VIEWSTATE"]) + is_pressed)


def walked(site_of: object, more: dict | None = None) -> tuple[Walk, Site]:
    with serving({ENTRY: site_of, **(more or {})}) as site:  # type: ignore[dict-item]
        return Walk(site, ENTRY), site


@pytest.mark.parametrize("button", [POSTBACK, SUBMIT], ids=["postback", "button"])
@pytest.mark.parametrize("grows", [True, False], ids=["grows", "parts"])
@pytest.mark.parametrize("steps", [2, 5])
def test_a_list_is_followed_step_by_step_to_its_end_and_no_row_comes_twice(button, grows, steps):
    walk, site = walked(Stepping(steps, button, grows))
    assert walk.numbers == numbers(steps * ROWS)
    assert walk.crawl.lists_complete, walk.notes
    assert len(site.asked) == 1 + steps + CLOSING


def test_a_button_that_shows_nothing_new_is_pressed_once():
    grid = Stepping(9)
    grid.show = lambda at: Stepping.show(grid, 1)  # type: ignore[method-assign]
    walk, _ = walked(grid)
    assert (walk.numbers, grid.posts) == (numbers(3), 1)


def test_steps_without_end_are_bounded_and_that_is_said(monkeypatch):
    monkeypatch.setattr("etl.crawl.paging._MOST_STEPS", 4)
    walk, _ = walked(Stepping(10**6, grows=False))
    assert walk.numbers == numbers(15)
    assert "the list has no end; 4 steps of it were read" in walk.notes
    assert not walk.crawl.lists_complete


@pytest.mark.parametrize(
    ("answer", "said"),
    [((500, {}, page("x", "Runtime Error")), "answered 500"), (page("x", "Server Error"), "error page")],
)
def test_a_step_that_is_an_error_page_leaves_the_list_incomplete(answer, said):
    grid = Stepping(4)
    walk, _ = walked(lambda posted: answer if grid.posts == 1 and posted else grid(posted))
    assert walk.numbers == numbers(6)
    assert said in walk.notes
    assert not walk.crawl.lists_complete


def test_a_session_that_ends_between_two_steps_is_said():
    grid = Stepping(4)

    def ending(posted):
        if posted and grid.posts == 1:
            grid.posts += 1
            return 500, {}, page("Validation of viewstate MAC failed.")
        return grid(posted)

    walk, _ = walked(ending)
    assert "the session ended between two steps" in walk.notes
    assert not walk.crawl.lists_complete


PARTS = {
    "link": '<a class="more" href="list.aspx?page={}">Load more</a>',
    "attribute": '<div class="infinite-scroll" data-next-url="list.aspx?page={}"></div>',
    "offset": '<button data-url="/pmd/list.aspx?offset=2&amp;page={}">More</button>',
}


@pytest.mark.parametrize("kind", PARTS)
def test_parts_that_a_script_would_fetch_are_fetched(kind):
    def part(number: int) -> str:
        return page(table((number - 1) * ROWS + 1) + (PARTS[kind].format(number + 1) if number < 4 else ""))

    query = "offset=2&page=" if kind == "offset" else "page="
    walk, site = walked(part(1), {f"{ENTRY}?{query}{n}": part(n) for n in (2, 3, 4)})
    assert walk.numbers == numbers(12)
    assert walk.crawl.lists_complete, walk.notes
    assert len(site.asked) == 1 + 4 + CLOSING


@pytest.mark.parametrize(
    "button",
    [
        '<a href="news.aspx">Read more</a>',
        '<a href="about.aspx">See more</a>',
        '<a href="javascript:more()">Load more</a>',
        "<a href=\"javascript:__doPostBack('ctl00$out','')\">Log out</a>",
        '<div data-url="map.aspx"></div>',
    ],
)
def test_what_only_reads_like_a_step_is_none(button):
    assert read_page(form(table(1) + button), url=f"http://h{ENTRY}").tables[0].pager is None


SCRIPTED = [
    '<a href="javascript:more()">Load more</a>',
    '<button type="button" onclick="next()">Show 20 more projects</button>',
    '<a href="#" class="btn">Laai meer</a>',
    '<table><tr><td><button class="x">View more</button></td></tr></table>',
    '<div class="infinite-scroll"></div>',
]


@pytest.mark.parametrize("button", SCRIPTED)
def test_a_list_that_only_a_script_can_continue_is_not_whole(button):
    walk, _ = walked(page(table(1) + button))
    assert walk.numbers == numbers(3)
    assert "only the page's script can do that" in walk.notes
    assert not walk.crawl.lists_complete


@pytest.mark.parametrize(
    "button",
    [
        *(f'<div style="display:none">{button}</div>' for button in SCRIPTED[:2]),
        "<button disabled>Load more</button>",
        '<div class="d-none"><button>Load more</button></div>',
        '<a href="javascript:f()">Show more filters</a>',
        '<a href="javascript:f()">Read more</a>',
        "<p>Load more</p>",
        *('<p>Text <a href="#">Show more</a></p>' * count for count in (3, 9)),
        "<p>Showing 3 of 3 entries. 3 projects found</p><button>Load more</button>",
    ],
)
def test_what_opens_a_text_or_shows_nothing_more_leaves_the_list_whole(button):
    walk, _ = walked(page(table(1) + button))
    assert walk.crawl.lists_complete, walk.notes


def test_a_button_in_each_row_is_no_step():
    rows = table(1).replace("</tr>", '<td><a href="javascript:f()">View more</a></td></tr>')
    assert walked(page(rows))[0].crawl.lists_complete


VIEWER = (
    '<div id="ReportViewer1_ctl09">{}<input id="ReportViewer1_ctl05_ctl00_CurrentPage" value="1"> of {}</div>'
)
TOTAL = '<span id="ReportViewer1_ctl05_ctl00_TotalPages">{}</span>'


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (VIEWER.format(table(1), TOTAL.format("3")), "one page of “3”"),
        (VIEWER.format(table(1), TOTAL.format("2 ?")), "one page of “2 ?”"),
        (VIEWER.format("", ""), "a report viewer that a script fills"),
        ('<iframe src="ReportViewer.aspx?id=1"></iframe>', "a report viewer that a script fills"),
        ('<div class="crystal-report"></div>', "a report viewer that a script fills"),
    ],
)
def test_a_report_viewer_that_shows_less_than_it_holds_is_said(markup, said):
    walk, _ = walked(page(markup))
    assert said in walk.notes
    assert not walk.crawl.lists_complete


def test_a_report_viewer_that_shows_its_only_page_is_whole():
    walk, _ = walked(page(VIEWER.format(table(1), TOTAL.format("1"))))
    assert (walk.numbers, walk.crawl.lists_complete) == (numbers(3), True), walk.notes
