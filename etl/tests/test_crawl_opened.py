"""Lists whose rows have no links: their own pages are what a row's postback answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from etl.extract import read_page as extract_page
from etl.extract.types import RowPostback
from etl.tests.test_crawl import CLOSING, Walk, form, numbers, page
from etl.tests.tinysite import Site, serving
from etl.understand import read_page
from projects.models import Project

ENTRY = "/pmd/list.aspx"
SELECT = "<a href=\"javascript:__doPostBack('ctl00$g','Select${at}')\">Select</a>"


def own_page(number: int, again: str = "") -> str:
    fields = {"Project No": f"WP{number:04}", "Project Name": f"Scheme {number}", "Status": "Design",
              "Budget": f"R{number},000", "Contractor": f"Builder {number}"}  # fmt: skip
    pairs = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in fields.items())
    return form(f"{again}<dl>{pairs}</dl>", f"own-{number}")


class Selecting:
    """An asp:GridView of three rows a page, each with a button; a page's index is that of the rows shown.

    `answer`: what a row's postback brings, of its project's number.
    """

    def __init__(
        self, pages: int = 1, button: str = SELECT, answer: Callable[[int], object] = own_page
    ) -> None:
        self.pages, self.button, self.answer, self.opened = pages, button, answer, []

    def show(self, at: int) -> str:
        head = "<tr><th></th><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
        first = (at - 1) * 3 + 1
        rows = "".join(
            f"<tr><td>{SELECT.format(at=n - first)}</td>"
            f"<td>WP{n:04}</td><td>Scheme {n}</td><td>R{n},000</td></tr>"
            for n in range(first, first + 3)
        )
        numbers_ = "".join(
            f"<td><span>{n}</span></td>"
            if n == at
            else f"<td><a href=\"javascript:__doPostBack('ctl00$g','Page${n}')\">{n}</a></td>"
            for n in range(1, self.pages + 1)
        )
        pager = f'<tr><td colspan="4"><table><tr>{numbers_}</tr></table></td></tr>' if self.pages > 1 else ""
        return form(f'<table id="g">{head}{rows}{pager}</table>', f"list-{at}")

    def __call__(self, posted: dict[str, str]) -> object:
        state, _, at = posted.get("__VIEWSTATE", "list-1").partition("-")
        argument = posted.get("__EVENTARGUMENT", "")
        if argument.startswith("Page$"):
            return self.show(int(argument[5:]))
        if argument.startswith("Select$"):
            assert state == "list", "a row is opened with the form of its list"
            self.opened.append((int(at) - 1) * 3 + int(argument[7:]) + 1)
            return self.answer(self.opened[-1])
        return self.show(int(at))


def opened(grid: Callable, wanted: list[str]) -> tuple[Walk, list, Site]:
    with serving({ENTRY: grid, "/pmd/x": ""}) as site:
        walk = Walk(site, ENTRY)
        readings = list(walk.crawl.projects([(number, "") for number in wanted]))
    return walk, readings, site


def test_the_page_of_each_row_is_what_its_postback_answers():
    walk, readings, site = opened(Selecting(), numbers(3))
    assert [r.content.projects[0].published["Contractor"] for r in readings] == [
        "Builder 1",
        "Builder 2",
        "Builder 3",
    ]
    assert [(r.key, r.external_id) for r in readings] == [(f"project:{n}", n) for n in numbers(3)]
    assert walk.crawl.problems == []
    assert len(site.asked) == 2 + 1 + 3  # robots and the list; the list anew; a postback a row


def test_a_row_index_is_that_of_its_page_and_only_pages_with_wanted_rows_are_turned_to():
    grid = Selecting(pages=4)
    walk, readings, site = opened(grid, ["WP0011", "WP0002", "WP0012"])
    assert [r.external_id for r in readings] == ["WP0002", "WP0011", "WP0012"]
    assert [r.content.projects[0].external_id for r in readings] == ["WP0002", "WP0011", "WP0012"]
    assert grid.opened == [2, 11, 12]
    assert walk.crawl.problems == []
    assert len(site.asked) == 1 + 4 + CLOSING + 1 + 1 + 3


def test_a_row_that_moved_since_the_list_was_read_is_opened_where_it_is_now():
    grid = Selecting()
    with serving({ENTRY: grid}) as site:
        walk = Walk(site, ENTRY)
        grid.show = lambda at: Selecting.show(grid, 1).replace("WP0001", "X").replace("WP0003", "WP0001")  # type: ignore[method-assign]
        list(walk.crawl.projects([("WP0001", ""), ("WP0003", "")]))
    assert grid.opened == [3]
    assert "1 rows to be opened are elsewhere now, WP0003 for one" in " ".join(walk.crawl.problems)


@pytest.mark.django_db
def test_the_own_page_may_stand_beside_the_list_and_its_lines_are_not_counted_again(sync):
    grid = Selecting()
    grid.answer = lambda n: own_page(n, grid.show(1))
    with serving({ENTRY: grid}) as site:
        run = sync(site.root + ENTRY)
        assert (run.state, run.created, run.complete) == ("succeeded", 3, True), run.notes
        assert {p.contractor for p in Project.objects.all()} == {"Builder 1", "Builder 2", "Builder 3"}
        assert {p.url for p in Project.objects.all()} == {""}
        assert sync(site.root + ENTRY).state == "unchanged"


@pytest.mark.django_db
def test_pages_are_opened_by_turn_and_known_ones_are_left_alone(sync, here):
    here.ROTATION_RUNS = 10_000
    grid = Selecting(pages=2)
    with serving({ENTRY: grid}) as site:
        sync(site.root + ENTRY)
        assert sorted(grid.opened) == [1, 2, 3, 4, 5, 6]
        grid.opened.clear()
        sync(site.root + ENTRY)
        assert grid.opened == []


def test_a_postback_that_shows_the_list_again_is_said_once_and_not_tried_for_every_row():
    grid = Selecting()
    grid.answer = lambda n: grid.show(1)
    walk, readings, _ = opened(grid, numbers(3))
    assert (readings, grid.opened) == ([], [1])
    assert "3 rows of /pmd/list.aspx were not opened: a row's postback shows the list again" in " ".join(
        walk.crawl.problems
    )
    assert walk.crawl.lists_complete


@pytest.mark.parametrize(
    ("answer", "said", "tried"),
    [
        (lambda n: (500, {}, page("x", "Runtime Error")), "answered 500", 5),
        (lambda n: (302, {"Location": "/pmd/login.aspx"}, ""), "login", 5),
        (lambda n: page("x", "Runtime Error"), "error page", 5),
        (lambda n: (500, {}, page("Invalid postback or callback argument.")), "forgotten the session", 1),
        (lambda n: (302, {"Location": "http://example.org/"}, ""), "off the host", 5),
    ],
)
def test_answers_that_are_no_pages_are_noted_and_end_after_a_few(answer, said, tried):
    grid = Selecting(pages=3, answer=answer)
    walk, readings, _ = opened(grid, numbers(9))
    assert readings == []
    assert said in " ".join(walk.crawl.problems)
    assert len(grid.opened) == tried


def button(code: str, text: str = "Select", tag: str = "a") -> str:
    return f'<{tag} href="javascript:{code}">{text}</{tag}>'


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([button("__doPostBack('g','Select$0')")], ("g", "Select$0")),
        ([button("__doPostBack(&#39;g$ctl02$lnkNo&#39;,&#39;&#39;)", "WP0001")], ("g$ctl02$lnkNo", "")),
        ([button("__doPostBack('g%24ctl02%24lnk','')", "Update of the reservoir 1")], ("g$ctl02$lnk", "")),
        (
            [button("__doPostBack('g','Edit$0')", "Edit"), button("__doPostBack('g','View$0')", "V")],
            ("g", "View$0"),
        ),
        (
            ['<input type="button" value="Details" onclick="javascript:__doPostBack(\'g\',\'D$0\')">'],
            ("g", "D$0"),
        ),
        (
            [
                button(
                    "WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(&#39;g$c$l&#39;,&#39;&#39;))"
                )
            ],
            ("g$c$l", ""),
        ),
        ([button("__doPostBack('g','Delete$0')", "Delete")], None),
        ([button("__doPostBack('g','Edit$0')", "Edit")], None),
        ([button("__doPostBack('g$a','x$0')", "a"), button("__doPostBack('g$b','y$0')", "b")], None),
        ([button("open(0)", "Open")], None),
    ],
)
def test_the_postback_that_opens_a_row_is_told_from_those_that_change_it(cells, found):
    def cell(n: int) -> str:
        text = "".join(cells).replace("$0", f"${n}").replace("g$c$", f"g$c{n}$")
        return text.replace("ctl02", f"ctl0{n + 2}")

    rows = "".join(
        f"<tr><td>{cell(n)}</td><td>WP000{n + 1}</td><td>Scheme {n}</td><td>R1</td></tr>" for n in range(2)
    )
    markup = page(
        f"<table><tr><th></th><th>Project No</th><th>Project Name</th><th>Budget</th></tr>{rows}</table>"
    )
    first = read_page(markup).projects[0].postback
    expected = found and RowPostback(found[0].replace("g$c$", "g$c0$"), found[1])
    assert first == expected


def test_a_row_with_a_link_or_a_postback_that_all_rows_share_is_not_opened():
    link = '<a href="p.aspx?id={n}">x</a>' + button("__doPostBack('g','Select$0')")
    same = button("__doPostBack('g$refresh','')", "Details")
    for cell in (link, same):
        rows = "".join(f"<tr><td>{cell}</td><td>WP{n}</td><td>A {n}</td><td>R1</td></tr>" for n in range(3))
        head = "<tr><th></th><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
        markup = page(f"<table>{head}{rows}</table>")
        assert all(project.postback is None for project in read_page(markup).projects)
    assert extract_page(markup).tables[0].postbacks == []


def test_a_tables_row_itself_may_open():
    rows = "".join(
        f"<tr onclick=\"__doPostBack('g','Select${n}')\"><td>WP{n}</td><td>A {n}</td><td>R1</td></tr>"
        for n in range(3)
    )
    markup = page(f"<table><tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>{rows}</table>")
    assert [p.postback.argument for p in read_page(markup).projects] == ["Select$0", "Select$1", "Select$2"]
