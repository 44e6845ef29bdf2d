"""Lists that show what is another's, or what was shown already: nothing is told of what they hide."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from etl.tests.conftest import Sync
from etl.tests.test_areas import HEAD, ROW, listing, page, site, states
from etl.tests.test_areas_lists import LISTS, MENU
from etl.tests.tinysite import serving
from projects.models import DataChangeLog, Project

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    rows = DataChangeLog.objects.filter(entity_type="project").exclude(change_type="created")
    return list(rows.values_list("external_id", "change_type"))


def of_places(lists: dict[str, list[str]]) -> dict[str, Any]:
    pages = site({code: (str(len(numbers)), "") for code, numbers in lists.items()}, {})
    return pages | {f"/pmd/list.aspx?m={code}": listing(numbers) for code, numbers in lists.items()}


def of_none(lists: dict[str, list[str]]) -> dict[str, Any]:
    names = dict(zip(lists, LISTS, strict=True))
    return {
        "/pmd/level.aspx": MENU,
        **{f"/pmd/{names[code]}.aspx": listing(numbers) for code, numbers in lists.items()},
    }


@pytest.mark.parametrize("least", [3, 1])
@pytest.mark.parametrize("kind", [of_places, of_none])
def test_a_list_that_shows_another_s_page_tells_nothing(kind: Any, least: int, sync: Sync) -> None:
    """A server mixes up what it has kept of two lists; both have as many projects."""
    lists = {
        "LIM331": [str(n) for n in range(10, 10 + least)],
        "LIM332": [str(n) for n in range(20, 20 + least)],
        "LIM333": [str(n) for n in range(30, 50)],
    }
    pages = kind(lists)
    first, second = (
        path for path in pages if "level" not in path and "333" not in path and "/mig" not in path
    )
    with serving(pages) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages[second] = here.pages[first]
        for _ in range(3):
            run = sync(url)
            assert told() == [], (run.state, run.held, run.notes)
        here.pages |= kind(lists)
        assert sync(url).complete
        assert told() == []
    call_command("replay")


@pytest.mark.parametrize("shows", ["the page before", "the first", "an error", "the entry page"])
def test_a_numbered_page_that_shows_what_was_shown_hides_its_rows(shows: str, sync: Sync) -> None:
    def numbered(at: int, numbers: list[str]) -> Any:
        links = "".join(
            f"<li class='active'>{n}</li>" if n == at else f"<li><a href='list.aspx?p={n}'>{n}</a></li>"
            for n in (1, 2, 3)
        )
        rows = "".join(ROW.format(number, 1000) for number in numbers)
        return page(f"<table>{HEAD}{rows}</table><ul class='pagination'>{links}</ul>")

    rows = {at: [f"{at}{n}" for n in range(8)] for at in (1, 2, 3)}
    rows[3] = ["31", "32"]
    menu = page("<a href='list.aspx?p=1'>Projects</a>")
    pages = {f"/pmd/list.aspx?p={at}": numbered(at, rows[at]) for at in (1, 2, 3)}
    instead = {
        "the page before": numbered(2, rows[2]),
        "the first": numbered(1, rows[1]),
        "an error": page("<p>An error occurred.</p>"),
        "the entry page": menu,
    }
    with serving({"/pmd/level.aspx": menu, **pages}) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages["/pmd/list.aspx?p=3"] = instead[shows]
        for _ in range(3):
            run = sync(url)
            assert (told(), run.complete) == ([], False), run.notes
        here.pages |= pages
        assert sync(url).complete
        assert told() == []


def test_rows_a_page_are_no_pages(sync: Sync) -> None:
    sizes = "".join(f"<a href='list.aspx?size={n}'>{n}</a>" for n in (10, 25, 50))
    body = f"<table>{HEAD}{ROW.format(1, 5)}{ROW.format(2, 6)}</table><div class='pager'>{sizes}</div>"
    pages = {f"/pmd/list.aspx?size={n}": page(body) for n in (10, 25, 50)}
    with serving({"/pmd/level.aspx": page(body), **pages}) as here:
        assert sync(f"{here.root}/pmd/level.aspx").complete


@pytest.mark.parametrize("lines", ["", "<p>Place - [LIM331] 9 Projects</p>"])
def test_a_list_in_whose_place_the_entry_page_comes_is_not_empty(lines: str, sync: Sync) -> None:
    """Where a server sends whoever it does not know any more."""
    menu = page(MENU[2] + lines)
    pages = of_none({"a": ["1", "2"], "b": ["3", "4"], "c": [str(n) for n in range(20, 40)]})
    with serving({**pages, "/pmd/level.aspx": menu}) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        whole, here.pages["/pmd/wsig.aspx"] = here.pages["/pmd/wsig.aspx"], menu
        for _ in range(3):
            sync(url)
            assert told() == []
        here.pages["/pmd/wsig.aspx"] = whole
        sync(url)
        assert told() == []


def test_a_box_of_some_projects_that_is_empty_hides_none(sync: Sync) -> None:
    """They are shown in their lists all the same."""
    box = f"<h2>New</h2><table>{HEAD}{ROW.format('1', 1000)}{ROW.format('2', 2000)}</table>"
    pages = of_none({"a": ["1", "2"], "b": ["3", "4"], "c": [str(n) for n in range(20, 40)]})
    with serving({**pages, "/pmd/level.aspx": page(MENU[2] + box)}) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages["/pmd/level.aspx"] = MENU
        for _ in range(2):
            run = sync(url)
            assert (run.complete, told()) == (True, []), run.notes
        assert set(states().values()) == {"loaded"}
        here.pages["/pmd/rbig.aspx"] = listing(["1"])
        assert sync(url).missing == 1
    assert Project.objects.filter(presence="missing").get().external_id == "WP2"


PLACED = {
    "LIM331": ["11", "12", "13"],
    "LIM332": ["21", "22", "23", "24"],
    "LIM333": [str(n) for n in range(30, 40)],
}


def numbered_list(numbers: list[str]) -> Any:
    return page(f"<table>{HEAD}{''.join(ROW.format(n, 1000 * int(n)) for n in numbers)}</table>")


@pytest.mark.parametrize("lost", [("LIM332",), ("LIM331", "LIM332", "LIM333")])
@pytest.mark.parametrize("claims", ["", "{} Projects"])
def test_a_list_that_lost_its_filter_places_nothing_there(
    lost: tuple[str, ...], claims: str, sync: Sync
) -> None:
    pages = of_places(PLACED)
    pages |= {f"/pmd/list.aspx?m={code}": numbered_list(numbers) for code, numbers in PLACED.items()}
    if not claims:
        lines = "".join(f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a></p>" for code in PLACED)
        pages["/pmd/level.aspx"] = page(lines)
        for code in PLACED:
            status, headers, body = pages[f"/pmd/list.aspx?m={code}"]
            titled = body.replace("<html>", f"<html><head><title>Place - [{code}]</title></head>")
            pages[f"/pmd/list.aspx?m={code}"] = status, headers, titled
    with serving(dict(pages)) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        everything = [number for numbers in PLACED.values() for number in numbers]
        for code in lost:
            status, headers, body = pages[f"/pmd/list.aspx?m={code}"]
            head = body[: body.index("<table")]
            here.pages[f"/pmd/list.aspx?m={code}"] = (
                status,
                headers,
                head + numbered_list(everything)[2].split("<body>")[1],
            )
        for _ in range(3):
            run = sync(url)
            assert told() == [], (run.state, run.held, run.notes)
        here.pages |= pages
        assert sync(url).complete
        assert told() == []
    call_command("replay")


def test_two_lists_in_each_other_s_place_are_held(sync: Sync) -> None:
    lists = {**PLACED, "LIM331": ["11", "12", "13", "14"]}
    pages = of_places(lists)
    with serving(dict(pages)) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        one, other = "/pmd/list.aspx?m=LIM331", "/pmd/list.aspx?m=LIM332"
        here.pages |= {one: pages[other], other: pages[one]}
        for _ in range(2):
            run = sync(url)
            assert told() == [], (run.state, run.held, run.notes)


def own_page(number: str) -> Any:
    facts = {
        "Project Name": f"Scheme {number}",
        "Implementing Agent": f"Agent {number}",
        "Contractor": "Firm",
    }
    rows = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in facts.items())
    return page(f"<h1>Project</h1><table>{rows}</table>")


INSTEAD = {
    "another's, by its name": own_page("2"),
    "another's, by its number": page(
        own_page("2")[2].replace("Project Name", "Project No").replace("Scheme ", "WP")
    ),
    "an error": page("<p>Object reference not set to an instance of an object.</p>"),
    "a table of errors": page(
        "<table><tr><th>Error</th><th>At</th></tr><tr><td>x</td><td>y</td></tr></table>"
    ),
    "nothing": page(""),
}


@pytest.mark.parametrize("instead", INSTEAD)
def test_what_stands_in_place_of_a_project_s_page_is_not_used(
    instead: str, sync: Sync, settings: Any
) -> None:
    settings.ROTATION_RUNS = 1

    rows = "".join(
        ROW.format(n, 1000).replace(
            f"<td>Scheme {n}</td>", f"<td><a href='project.aspx?id={n}'>Scheme {n}</a></td>"
        )
        for n in range(1, 6)
    )
    pages = {"/pmd/level.aspx": page(f"<table>{HEAD}{rows}</table>")}
    pages |= {f"/pmd/project.aspx?id={n}": own_page(str(n)) for n in range(1, 6)}
    with serving(pages) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        assert Project.objects.get(external_id="WP1").implementing_agent == "Agent 1"
        here.pages["/pmd/project.aspx?id=1"] = INSTEAD[instead]
        for _ in range(2):
            run = sync(url)
            assert told() == [], run.notes
            assert any("WP1" in note for note in run.notes)
        here.pages |= pages
        sync(url)
        assert told() == []
    call_command("replay")


@pytest.mark.parametrize("instead", ["<p>An error occurred.</p>", f"<table>{HEAD}</table>"])
def test_a_next_page_that_shows_nothing_is_an_end_where_it_never_showed_anything(
    instead: str, sync: Sync
) -> None:
    def shown(at: int, last: int) -> Any:
        rows = "".join(ROW.format(f"{at}{n}", 1000) for n in range(4))
        link = f'<a rel="next" href="list.aspx?p={at + 1}">Next</a>' if at < last else ""
        return page(f"<table>{HEAD}{rows}</table>{link}")

    pages = {f"/pmd/list.aspx?p={at}": shown(at, 9) for at in range(2, 5)}
    with serving({"/pmd/level.aspx": shown(1, 9), **pages, "/pmd/list.aspx?p=5": page(instead)}) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages["/pmd/list.aspx?p=4"] = page(instead)
        for _ in range(2):
            run = sync(url)
            assert (run.complete, run.missing) == (False, 0), run.notes
        here.pages |= pages
        assert sync(url).complete
    assert told() == []
