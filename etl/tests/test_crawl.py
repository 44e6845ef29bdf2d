"""Sites that are not the replica: what the crawl finds on them, and what it never does."""

from __future__ import annotations

from html import escape
from itertools import count
from pathlib import Path

import pytest

from etl.crawl.crawler import Crawl
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.looks import Looker
from etl.crawl.page_reader import PageReader
from etl.exceptions import EtlError
from etl.fetch.archive import Archive
from etl.fetch.fetcher import Fetcher, FetchPolicy
from etl.tests.tinysite import Site, serving
from etl.understand import read_page

ROWS = 3
TARGET = "ctl00$g"
CLOSING = 1  # the look at the first page of a list of several, when it was read to its end


def row(number: int) -> str:
    cells = (f"WP{number:04}", f"Scheme {number}", f"R{number},000")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def table(first: int, rows: int = ROWS, more: str = "") -> str:
    head = "<tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
    return f'<table id="g">{head}{"".join(row(n) for n in range(first, first + rows))}{more}</table>'


def page(body: str, title: str = "Projects") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def link(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{text}</a> '


def form(body: str, state: str = "s") -> str:
    return page(
        f'<form action="./list.aspx" method="post"><input type="hidden" name="__VIEWSTATE" value="{state}">'
        f"{body}</form>"
    )


class Walk:
    """One crawl of a tiny site: the numbers it read, the keys, what it noted."""

    def __init__(self, site: Site, entry: str = "/pmd/default.aspx", turn: int | None = None) -> None:
        self.fetcher = Fetcher(site.root + entry, FetchPolicy(delay=0, backoff=0, attempts=1, timeout=60))
        evidence = EvidenceRecorder(Archive(Path("/nowhere")), keep=False)
        self.crawl = Crawl(site.root + entry, PageReader(self.fetcher, evidence, Looker(self.extract), turn))
        self.keys: list[str] = []
        self.numbers: list[str] = []
        try:
            for reading in self.crawl.lists():
                self.keys.append(reading.key)
                self.numbers += [project.external_id for project in reading.content.projects]
        finally:
            self.fetcher.close()
        self.notes = " ".join(self.crawl.problems)

    @staticmethod
    def extract(received):
        return read_page(received.body, url=received.url, content_type=received.content_type)


def numbers(last: int) -> list[str]:
    return [f"WP{number:04}" for number in range(1, last + 1)]


# --- ways to a list -------------------------------------------------------------------------------


def test_lists_one_level_deeper_are_found_and_each_is_read_once():
    menu = link("projects.aspx", "Projects per province") + link(
        "/pmd/Projects.aspx", "The same list of projects"
    )
    provinces = link("p/LIM", "Limpopo") + link("p/NC", "Northern Cape") + link("../pmd/p/LIM", "LIM again")
    with serving(
        {
            "/pmd/default.aspx": page(menu),
            "/pmd/projects.aspx": page(menu + provinces),
            "/pmd/p/LIM": page(menu + table(1)),
            "/pmd/p/NC": page(menu + table(4)),
        }
    ) as site:
        walk = Walk(site)
    assert sorted(walk.numbers) == numbers(6)
    assert len(site.asked) == len(set(site.asked)) == 5
    assert walk.crawl.lists_complete


def test_nothing_off_the_host_or_above_the_folder_is_asked_for():
    away = "".join(
        link(url, "Projects list")
        for url in (
            "http://example.org/pmd/projects",
            "/projects",
            "../projects",
            "//127.0.0.1:9/pmd/projects",
            "http://[::1",
            "mailto:projects@example.org",
            "javascript:projects()",
            "http://u:p@127.0.0.1/pmd/projects",
            "projects.aspx",
        )
    )
    with serving({"/pmd/default.aspx": page(away), "/pmd/projects.aspx": page(away + table(1))}) as site:
        assert Walk(site).numbers == numbers(3)
    assert site.asked == ["GET /robots.txt", "GET /pmd/default.aspx", "GET /pmd/projects.aspx"]


def test_a_maze_of_links_has_an_end(monkeypatch):
    monkeypatch.setattr("etl.crawl.crawler._MOST_BARREN", 20)
    fresh = count()

    def maze(form):
        return page("".join(link(f"/pmd/project/{next(fresh)}", f"Project {next(fresh)}") for _ in range(5)))

    class Endless(dict):
        def get(self, path, default=None):
            return maze if path.startswith("/pmd/project") else super().get(path, default)

    with serving(Endless({"/pmd/default.aspx": maze})) as site:
        Walk(site)
    assert len(site.asked) < 150


def test_a_site_that_is_down_ends_the_crawl_after_five_pages():
    menu = "".join(link(f"projects{n}.aspx", f"Projects {n}") for n in range(50))
    with (
        serving({"/pmd/default.aspx": page(menu)}) as site,
        pytest.raises(EtlError, match="5 pages in a row failed"),
    ):
        Walk(site)
    assert len(site.asked) == 2 + 5


# --- plain links ----------------------------------------------------------------------------------


def linked(number: int, shown: list[int], rows: int = ROWS) -> str:
    links = "".join(link(f"list.aspx?page={n}", str(n)) for n in shown if n != number)
    return page(
        table((number - 1) * ROWS + 1, rows) + f'<div class="pagination"><b>{number}</b>{links}</div>'
    )


def test_pages_behind_plain_links_are_found_even_where_not_all_numbers_are_shown():
    pages = {f"/pmd/list.aspx?page={n}": linked(n, [n - 1, n, n + 1] if n < 6 else [5]) for n in range(2, 7)}
    with serving(
        {"/pmd/list.aspx": linked(1, [1, 2]), **pages, "/pmd/list.aspx?page=0": linked(1, [])}
    ) as site:
        walk = Walk(site, "/pmd/list.aspx")
    assert sorted(walk.numbers) == numbers(18)


def test_a_list_whose_next_never_ends_is_left_when_it_says_nothing_new():
    class Endless(dict):
        def get(self, path, default=None):
            if not path.startswith("/pmd/list.aspx"):
                return default
            number = int(path.rpartition("=")[2] or 1)
            first = min(number, 4)
            return page(
                table((first - 1) * ROWS + 1) + f'<a rel="next" href="list.aspx?page={number + 1}">more</a>'
            )

    with serving(Endless()) as site:
        walk = Walk(site, "/pmd/list.aspx?page=1")
    assert walk.numbers == numbers(12)
    assert len(site.asked) == 1 + 5 + CLOSING


def test_a_page_of_plain_links_next_to_a_search_form_is_read_too():
    search = '<form action="search.aspx"><input name="q"></form>'
    with serving(
        {"/pmd/list.aspx": search + linked(1, [1, 2]), "/pmd/list.aspx?page=2": search + linked(2, [1, 2])}
    ) as site:
        assert Walk(site, "/pmd/list.aspx").numbers == numbers(6)


# --- GridView -------------------------------------------------------------------------------------


class GridView:
    """An asp:GridView: only the arguments that are shown may be posted; a state older than the session is
    refused as ASP.NET does it. `expire`: after so many posts the session is gone, each time."""

    def __init__(
        self, pages: int, block: int = 4, numbered: bool = True, expire: list[int] | None = None
    ) -> None:
        self.pages, self.block, self.numbered = pages, block, numbered
        self.expire, self.session, self.posts, self.gets = list(expire or []), 1, 0, 0

    def arguments(self, number: int) -> dict[str, str]:
        if not self.numbered:
            return {"&gt;": "Page$Next"} if number < self.pages else {"&lt;": "Page$Prev"}
        start = (number - 1) // self.block * self.block + 1
        shown = {
            str(n): f"Page${n}" for n in range(start, min(start + self.block, self.pages + 1)) if n != number
        }
        before = {"...": f"Page${start - 1}"} if start > 1 else {}
        after = {"... ": f"Page${start + self.block}"} if start + self.block <= self.pages else {}
        return before | shown | after

    def __call__(self, posted: dict[str, str]) -> object:
        if "__EVENTTARGET" not in posted:
            self.gets += 1
            return self.show(1)
        self.posts += 1
        if self.expire and self.posts > self.expire[0]:
            self.expire.pop(0)
            self.posts, self.session = 0, self.session + 1
        session, _, at = posted["__VIEWSTATE"].partition("-")
        if int(session) != self.session:
            return 302, {"Location": "/pmd/TimeOutPage.aspx?index=3"}, ""
        argument = posted["__EVENTARGUMENT"]
        if argument not in self.arguments(int(at)).values():
            return 500, {}, page("Invalid postback or callback argument.", "Runtime Error")
        target = {"Page$Next": int(at) + 1, "Page$Prev": int(at) - 1}.get(argument)
        return self.show(target or int(argument[5:]))

    def show(self, number: int) -> str:
        links = "".join(
            f"<td><a href=\"javascript:__doPostBack('{TARGET}','{argument}')\">{label.strip()}</a></td>"
            for label, argument in self.arguments(number).items()
        )
        current = f"<td><span>{number}</span></td>" if self.numbered else ""
        pager = f'<tr><td colspan="3"><table><tr>{current}{links}</tr></table></td></tr>'
        return form(table((number - 1) * ROWS + 1, more=pager), f"{self.session}-{number}")


def walk_grid(grid: GridView) -> tuple[Walk, Site]:
    timed_out = page("<h1>Your session has timed out</h1>", "Session time-out")
    with serving({"/pmd/list.aspx": grid, "/pmd/TimeOutPage.aspx?index=3": timed_out}) as site:
        return Walk(site, "/pmd/list.aspx"), site


@pytest.mark.parametrize("pages", [2, 4, 5, 9, 14])
@pytest.mark.parametrize("numbered", [True, False], ids=["numbers", "next"])
def test_a_gridview_is_read_to_its_end_over_all_blocks(pages, numbered):
    walk, site = walk_grid(GridView(pages, numbered=numbered))
    assert walk.numbers == numbers(pages * ROWS)
    assert walk.crawl.lists_complete
    assert len(site.asked) == 1 + pages + CLOSING


class Faulty(GridView):
    """Its page 6 shows something else than its rows, for once."""

    def __init__(self, instead: str, pages: int = 10) -> None:
        super().__init__(pages)
        self.instead = instead

    def show(self, number: int) -> str:
        shown = super().show(number)
        if number != 6:
            return shown
        if self.instead == "the page before":
            return super().show(5)
        if self.instead == "its rows":
            first, before = (number - 1) * ROWS + 1, (number - 2) * ROWS + 1
            return shown.replace(table(first, more="")[:-8], table(before, more="")[:-8])
        return page("<p>An error occurred.</p>")


@pytest.mark.parametrize("instead", ["the page before", "its rows", "an error"])
def test_a_page_of_a_gridview_that_hides_its_rows_leaves_the_list_incomplete(instead):
    """Nothing names how many pages there are: "…" says that there are more than are numbered."""
    walk, _ = walk_grid(Faulty(instead))
    assert len(set(walk.numbers)) < 10 * ROWS
    assert not walk.crawl.lists_complete
    assert "page 6" in walk.notes


@pytest.mark.parametrize(
    ("expire", "numbered"),
    [([1], True), ([6], True), ([6, 3], True), ([2, 5], True), ([1], False), ([2], False)],
)
def test_a_session_that_ends_in_the_middle_is_begun_anew_and_no_page_comes_twice(expire, numbered):
    grid = GridView(10, numbered=numbered, expire=expire)
    walk, _ = walk_grid(grid)
    assert walk.numbers == numbers(30)
    assert len(set(walk.keys)) == len(walk.keys)
    assert grid.gets == 1 + len(expire) + CLOSING == 1 + walk.crawl.sessions + CLOSING


def test_a_session_that_ends_a_third_time_leaves_the_list_incomplete():
    walk, _ = walk_grid(GridView(10, expire=[2, 2, 2, 2]))
    assert not walk.crawl.lists_complete
    assert "the session ended 3 times" in walk.notes
    assert walk.numbers == numbers(len(walk.numbers))


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (500, {}, page("Validation of viewstate MAC failed.", "Runtime Error"), "forgotten the session"),
        (302, {"Location": "/pmd/TimeOutPage.aspx?index=3"}, "", "session ended"),
        (302, {"Location": "/pmd/login.aspx?ReturnUrl=x"}, "", "is a login page"),
        (302, {"Location": "/pmd/Error.aspx?aspxerrorpath=/pmd/list.aspx"}, "", "error page"),
        (200, {}, page("Support ID: 17", "Request Rejected"), "answer of a firewall"),
        (503, {"Retry-After": "0"}, page("Support ID: 17"), "answered 503 with the page of a firewall"),
    ],
)
def test_what_comes_in_place_of_a_list_is_called_by_its_name(status, headers, body, said):
    menu = page(link("projects.aspx", "Projects") + link("projects2.aspx", "Projects, continued"))
    plain = page("Sorry.")
    pages = {f"/pmd/{name}": plain for name in ("TimeOutPage.aspx?index=3", "login.aspx?ReturnUrl=x")}
    pages["/pmd/Error.aspx?aspxerrorpath=/pmd/list.aspx"] = plain
    pages |= {"/pmd/default.aspx": menu, "/pmd/projects2.aspx": page(table(1))}
    with serving({"/pmd/projects.aspx": (status, headers, body), **pages}) as site:
        walk = Walk(site)
    assert said in walk.notes
    assert not walk.crawl.lists_complete
    assert walk.numbers == numbers(3)


def test_a_link_that_ended_with_the_session_is_looked_up_again_where_it_was_found():
    grid = GridView(3, expire=[1])

    def entry(_form):
        return page(
            link("list.aspx", "Projects") + link(f"level.aspx?enc={grid.session}", "Projects in Limpopo")
        )

    def last(session):
        return lambda _form: page(table(10)) if session == grid.session else (404, {}, page("gone"))

    pages = {f"/pmd/level.aspx?enc={session}": last(session) for session in (1, 2)}
    timed_out = {"/pmd/TimeOutPage.aspx?index=3": page("Your session has timed out")}
    with serving({"/pmd/default.aspx": entry, "/pmd/list.aspx": grid, **pages, **timed_out}) as site:
        walk = Walk(site)
    assert (walk.numbers, walk.crawl.lists_complete) == (numbers(12), True), walk.notes
    assert site.asked.count("GET /pmd/default.aspx") == 2
