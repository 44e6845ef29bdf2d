"""The first page of each list of several pages is looked at again at its end, and what moved is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.crawl.reading import FIRST_PAGE, Count
from etl.tests.conftest import Sync
from etl.tests.test_areas import HEAD, ROW, claims, page, states
from etl.tests.test_crawl import GridView, Walk, linked, table
from etl.tests.test_crawl import page as plain
from etl.tests.test_crawl_letters import Filtered
from etl.tests.test_crawl_remembered import Grid, Remembering
from etl.tests.test_crawl_steps import Stepping
from etl.tests.tinysite import serving
from projects.models import Project

ENTRY = "/pmd/list.aspx"
Posted = dict[str, str]


def looks(walk: Walk) -> list[Count]:
    return [count for count in walk.crawl.counts if count.what.endswith(FIRST_PAGE)]


def edited(site: Callable[[Posted], Any], at: int) -> Callable[[Posted], Any]:
    """The site, in which a name is written otherwise from the `at`-th request on."""
    asked = 0

    def answered(posted: Posted) -> Any:
        nonlocal asked
        asked += 1
        answer = site(posted)
        if asked < at:
            return answer
        if isinstance(answer, str):
            return answer.replace("Scheme 1<", "Another<")
        return *answer[:2], answer[2].replace("Scheme 1<", "Another<")

    return answered


LISTS: dict[str, Callable[[], Callable[[Posted], Any]]] = {
    "numbers": lambda: GridView(3),
    "next": lambda: GridView(3, numbered=False),
    "more": lambda: Stepping(3),
    "letters": lambda: Filtered({"A": [1], "B": [2], "C": [3]}),
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("at", [0, 2, 99], ids=["before", "meanwhile", "after"])
def test_a_first_page_that_changed_while_its_list_was_read_is_found(kind: str, at: int) -> None:
    site = LISTS[kind]()
    at += at == 2 and kind == "letters"  # whose first page is a letter's
    with serving({ENTRY: edited(site, at)}) as here:
        (count,) = looks(Walk(here, ENTRY))
    assert count.claimed > 0
    assert (count.claimed == count.found) is (at not in (2, 3)), count.sentence
    if count.claimed != count.found:
        assert "edited while it was read" in count.sentence


@pytest.mark.parametrize("row_comes", [True, False])
def test_so_is_that_of_a_list_behind_links_where_a_row_comes_or_goes(row_comes: bool) -> None:
    asked: list[str] = []

    class Site(dict):  # type: ignore[type-arg]
        def get(self, path: str, default: Any = None) -> Any:
            if not path.startswith(ENTRY):
                return default
            asked.append(path)
            number = int(path.rpartition("=")[2]) if "=" in path else 1
            rows = 3 if len(asked) < 3 else 4 if row_comes else 2
            return linked(number, [1, 2, 3], rows)

    with serving(Site()) as here:
        (count,) = looks(Walk(here, ENTRY))
    assert (count.claimed, count.found) == ((4, 3) if row_comes else (3, 2))


@pytest.mark.parametrize("shows", [plain("<p>Sorry.</p>"), (500, {}, "x"), (404, {}, plain("gone"))])
def test_a_first_page_that_cannot_be_had_again_proves_nothing(shows: Any) -> None:
    grid = GridView(3)

    def answered(posted: Posted) -> Any:
        return shows if not posted and grid.gets else grid(posted)

    with serving({ENTRY: answered}) as here:
        walk = Walk(here, ENTRY)
    (count,) = looks(walk)
    assert (count.claimed, count.found) == (3, 0)
    assert walk.crawl.lists_complete  # the other lists are none the worse for it


class At(Remembering):
    """A GridView that answers a GET with the page that was asked for last."""

    def show(self, number: int) -> str:
        self.at = number
        return super().show(number)


@pytest.mark.parametrize("numbered", [True, False], ids=["numbers", "next"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("changes", [True, False])
def test_a_server_that_remembers_the_page_is_taken_back_to_the_first(
    numbered: bool, first: bool, at: int, changes: bool
) -> None:
    grid = At(3, at, numbered=numbered, first=first)
    came = at if numbered else 1  # a list that numbers its pages need not begin with its first
    looked = False

    def site(posted: Posted) -> Any:
        nonlocal looked
        looked = looked or (not posted and grid.posts > 0)
        answer: Any = grid(posted)
        return answer.replace(f"Scheme {3 * came - 2}<", "Another<") if looked and changes else answer

    with serving({ENTRY: site}) as here:
        (count,) = looks(Walk(here, ENTRY))
    assert count.claimed == (4 if changes else 3), count.sentence
    assert count.found == (2 if changes else 3), count.sentence


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("numbered", [True, False], ids=["numbers", "prev and next"])
def test_so_is_one_behind_links(numbered: bool, remembers: bool) -> None:
    at = 1

    def shown(number: int) -> str:
        if numbered:
            return linked(number, [1, 2, 3])
        before = f'<a rel="prev" href="list.aspx?page={number - 1}">p</a>' if number > 1 else ""
        behind = f'<a rel="next" href="list.aspx?page={number + 1}">n</a>' if number < 3 else ""
        return plain(table(number * 3 - 2) + before + behind)

    class Site(dict):  # type: ignore[type-arg]
        def get(self, path: str, default: Any = None) -> Any:
            nonlocal at
            if not path.startswith(ENTRY):
                return default
            number = int(path.rpartition("=")[2]) if "=" in path else at
            at = number if remembers else 1
            return shown(number)

    with serving(Site()) as here:
        walk = Walk(here, ENTRY)
    (count,) = looks(walk)
    assert (count.claimed, count.found) == (3, 3)
    assert len(walk.numbers) >= 9


class Dx(Grid):
    """A DevExpress grid whose server remembers the page."""

    def __init__(self, changes: bool) -> None:
        super().__init__()
        self.at, self.changes = 1, changes

    def __call__(self, posted: Posted) -> Any:
        answer = super().__call__(posted)
        if posted:
            self.at = self.asked[-1]
            status, headers, text = answer
            if self.changes and len(self.asked) > 3:
                text = text.replace("Scheme 1<", "Another<")
            return status, headers, text
        return answer.replace(self.body(3), self.body(self.at))


@pytest.mark.parametrize("changes", [True, False])
def test_so_is_a_devexpress_grid(changes: bool) -> None:
    grid = Dx(changes)
    with serving({ENTRY: grid}) as here:
        (count,) = looks(Walk(here, ENTRY))
    assert (count.claimed, count.found) == ((4, 2) if changes else (3, 3))
    assert grid.asked == [2, 3, 4, 1]


def test_a_list_of_one_page_costs_no_look_of_its_own() -> None:
    menu = "".join(f'<a href="projects{n}.aspx">Projects {n}</a>' for n in range(3))
    lists = {f"/pmd/projects{n}.aspx": plain(table(3 * n + 1)) for n in range(3)}
    with serving({"/pmd/default.aspx": plain(menu), **lists}) as here:
        walk = Walk(here)
    assert looks(walk) == []
    assert len(here.asked) == 1 + 1 + 3


# --- what follows from it --------------------------------------------------------------------------


class Dashboard(dict):  # type: ignore[type-arg]
    """Two municipalities with lists of two pages each. `then`: what the second list holds from the moment on
    at which its first page was sent, in one reading."""

    def __init__(self) -> None:
        self.rows = {"LIM331": ["a1", "a2", "a3", "a4"], "LIM332": ["b1", "b2", "b3", "b4"]}
        self.then: list[str] = []

    def get(self, path: str, default: Any = None) -> Any:
        if path == "/pmd/level.aspx":
            return page(
                "".join(
                    f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a> {len(rows)} Projects with a Total"
                    f" value: R{len(rows)}</p>"
                    for code, rows in self.rows.items()
                )
            )
        if not path.startswith("/pmd/list.aspx"):
            return default
        code, number = path.partition("m=")[2][:6], 2 if "page=2" in path else 1
        shown = self.rows[code][2 * number - 2 : 2 * number]
        link = f"<a href='list.aspx?m={code}&page=2'>2</a>" if number == 1 else ""
        pager = f"<div class='pagination'><b>{number}</b> {link}</div>"
        body = f"<table>{HEAD}{''.join(ROW.format(one, 1) for one in shown)}</table>{pager}"
        if code == "LIM332" and self.then:
            self.rows["LIM332"], self.then = self.then, []
        return page(body)


def missing() -> set[str]:
    return set(Project.objects.exclude(presence="present").values_list("external_id", flat=True))


@pytest.mark.django_db
def test_an_area_whose_rows_moved_while_it_was_read_is_not_complete_and_nothing_goes_missing(
    sync: Sync,
) -> None:
    site = Dashboard()
    with serving(site) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        site.then = ["b3", "b1", "b2", "b4"]  # the third came first: the second page shows b2 again
        torn = sync(url)
        assert not torn.complete
        assert states() == {"LIM331": "loaded", "LIM332": "incomplete"}
        assert claims()[("LIM332", FIRST_PAGE)] == ("3", "1", False)
        assert claims()[("LIM332", "projects")] == ("4", "3", False)
        assert missing() == set()
        # as many rows as the line says, and yet one was on no page: another came in its place
        site.rows["LIM332"] = ["b1", "b2", "b3", "b4"]
        site.then = ["c1", "b1", "b3", "b4"]
        torn = sync(url)
        assert claims()[("LIM332", "projects")][2] is True
        assert claims()[("LIM332", FIRST_PAGE)] == ("3", "1", False)
        assert not torn.complete
        assert missing() == set()
        whole = sync(url)
        assert whole.complete
        assert states() == {"LIM331": "loaded", "LIM332": "loaded"}
        assert missing() == {"WPb2"}


@pytest.mark.django_db
def test_what_left_another_list_may_be_in_the_one_that_moved(sync: Sync) -> None:
    site = Dashboard()
    with serving(site) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        site.rows["LIM331"] = ["a1", "a2", "a3"]
        site.then = ["a4", "b1", "b2", "b3"]
        sync(url)
        assert missing() == set()
        sync(url)
        assert missing() == {"WPb4"}
