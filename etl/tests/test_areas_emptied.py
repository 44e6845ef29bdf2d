"""A list in whose place something else stands, where no number of the site tells that it is not empty."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from etl.decide.release import decide_areas
from etl.exceptions import CannotDecide
from etl.tests.conftest import Sync
from etl.tests.test_areas import HEAD, ROW, listing, page, site
from etl.tests.tinysite import serving
from etl.understand import read_page
from projects.models import AreaReading, Project, SyncRun

pytestmark = pytest.mark.django_db
CODES = ("LIM331", "LIM332")


def menu(text: str) -> tuple[int, dict[str, str], str]:
    """Links to the lists, and no word of how many projects they have."""
    links = (f"<p><a href='list.aspx?m={code}'>{text.format(code)}</a></p>" for code in CODES)
    return page("".join(links))


@pytest.mark.parametrize("text", ["Place - [{}]", "Projects of {}"])
@pytest.mark.parametrize(
    "instead",
    [
        "<p>'n Fout het voorgekom. Probeer asseblief later weer.</p>",
        f"<p>Timeout expired.</p><table>{HEAD}<tr><td colspan=3>No data to display</td></tr></table>",
    ],
)
def test_an_error_in_place_of_a_list_that_nothing_counts_is_no_empty_list(
    sync: Sync, text: str, instead: str
) -> None:
    with serving({"/pmd/level.aspx": menu(text)}) as here:
        here.pages |= {f"/pmd/list.aspx?m={CODES[0]}": listing(["1", "2", "3"])}
        here.pages |= {f"/pmd/list.aspx?m={CODES[1]}": listing(["4", "5"])}
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages[f"/pmd/list.aspx?m={CODES[0]}"] = page(instead)
        for _ in range(3):
            run = sync(url)
            assert (run.complete, run.missing) == (False, 0)
        assert "Lists that had projects show none now" in " ".join(run.notes)
        here.pages[f"/pmd/list.aspx?m={CODES[0]}"] = listing(["1", "2"])
        run = sync(url)
        assert (run.complete, run.missing) == (True, 1)
        call_command("replay")


@pytest.mark.parametrize("none", ["0 Projects", "No Projects", "Geen projekte"])
def test_a_list_that_the_site_says_is_empty_is(sync: Sync, none: str) -> None:
    with serving(
        site({"LIM331": ("3", ""), "LIM332": ("1", "")}, {"LIM331": [1, 2, 3], "LIM332": [4]})
    ) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        status, headers, lines = here.pages["/pmd/level.aspx"]
        here.pages["/pmd/level.aspx"] = status, headers, lines.replace("3 Projects", none)
        here.pages["/pmd/list.aspx?m=LIM331"] = page("<p>No data to display</p>")
        run = sync(url)
    assert (run.complete, run.missing) == (True, 3)


def test_a_numbered_page_of_a_list_that_shows_an_error_hides_its_rows(sync: Sync) -> None:
    def numbered(at: int, numbers: list[str]) -> Any:
        links = "".join(
            f"<li class='active'>{n}</li>" if n == at else f"<li><a href='list.aspx?p={n}'>{n}</a></li>"
            for n in (1, 2, 3)
        )
        rows = "".join(ROW.format(number, 1000) for number in numbers)
        return page(f"<table>{HEAD}{rows}</table><ul class='pagination'>{links}</ul>")

    pages = {f"/pmd/list.aspx?p={at}": numbered(at, [f"{at}1", f"{at}2"]) for at in (1, 2, 3)}
    with serving({"/pmd/level.aspx": pages["/pmd/list.aspx?p=1"], **pages}) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages["/pmd/list.aspx?p=2"] = page("<p>An error occurred.</p>")
        for _ in range(2):
            run = sync(url)
            assert (run.complete, run.missing) == (False, 0)
    assert not Project.objects.exclude(presence="present").exists()


@pytest.mark.parametrize(
    "row",
    [("Error", "Could not load projects", ""), ("Server error 500.", "", ""), ("Fout", "Laai misluk", "–")],
)
def test_an_error_that_stands_as_a_row_is_no_project(sync: Sync, row: tuple[str, str, str]) -> None:
    cells = "".join(f"<td>{text}</td>" for text in row)
    with serving({"/pmd/level.aspx": menu("Place - [{}]")}) as here:
        here.pages |= {f"/pmd/list.aspx?m={CODES[0]}": listing(["1", "2", "3"])}
        here.pages |= {f"/pmd/list.aspx?m={CODES[1]}": listing(["4", "5"])}
        sync(f"{here.root}/pmd/level.aspx")
        here.pages[f"/pmd/list.aspx?m={CODES[0]}"] = page(f"<table>{HEAD}<tr>{cells}</tr></table>")
        run = sync(f"{here.root}/pmd/level.aspx")
    assert (run.created, run.missing, run.complete) == (0, 0, False)


def test_a_scheme_that_is_called_after_an_error_stays_one() -> None:
    rows = (
        "<tr><td>WP1</td><td>Trial and error</td><td>R1</td></tr><tr><td>Error</td><td>A</td><td>R5</td></tr>"
    )
    content = read_page(f"<table>{HEAD}{rows}</table>")
    assert [project.published["Project Name"] for project in content.projects] == ["Trial and error", "A"]


def test_a_steward_settles_that_a_list_is_empty(sync: Sync, client: Client) -> None:
    client.force_login(User.objects.create_superuser("steward", password="x"))
    screen = "/admin/projects/areareading/"

    def accept(reason: str) -> str:
        row = AreaReading.objects.newest().get(area="LIM331")
        sent = {"action": "accept", "reason": reason, "_selected_action": [row.pk]}
        return client.post(screen, sent, follow=True).content.decode()

    def shown(code: str, answer: Any) -> dict[str, Any]:
        """The list of a municipality whose page says whose it is, and of how many nobody does."""
        status, headers, body = answer
        titled = body.replace("<html>", f"<html><head><title>Place - [{code}]</title></head>")
        return {f"/pmd/list.aspx?m={code}": (status, headers, titled)}

    third = "<p><a href='list.aspx?m=LIM333'>Place - [LIM333]</a></p></body>"
    status, headers, links = menu("Place - [{}]")
    with serving({"/pmd/level.aspx": (status, headers, links.replace("</body>", third))}) as here:
        here.pages |= shown(CODES[0], listing(["1", "2", "3"])) | shown(CODES[1], listing(["4", "5"]))
        here.pages |= shown("LIM333", listing(["6"]))
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        assert "Nothing was decided" in accept("it is whole")  # nothing is in doubt
        here.pages |= shown(CODES[0], page("<p>No projects.</p>"))
        sync(url)
        assert "shows none, and no number of the site says so" in client.get(screen).content.decode()
        assert "say why" in accept("")
        assert sync(url).missing == 0
        assert "LIM331: accepted" in accept("their office says so")
        # one that comes to no end on the way takes nothing of it back
        whole = here.pages.pop("/pmd/list.aspx?m=LIM333")
        SyncRun.objects.active().delete()
        run = sync(url)
        assert (run.complete, run.missing) == (False, 0)
        here.pages["/pmd/list.aspx?m=LIM333"] = whole
        run = sync(url)
        assert (run.complete, run.missing) == (True, 3), run.notes
        assert sync(url).complete
        assert "Nothing was decided" in accept("again")
        here.pages |= shown(CODES[0], listing(["1"]))
        assert sync(url).returned == 1
        here.pages |= shown(CODES[0], page("<p>No projects.</p>"))
        run = sync(url)  # what was said of that day says nothing of this one
        assert (run.complete, run.missing) == (False, 0)
    assert Project.objects.filter(presence="missing").count() == 2
    call_command("verify_log")
    call_command("replay")


def test_where_a_number_says_otherwise_nobody_can_say_that_it_is_empty(sync: Sync) -> None:
    pages = site({"LIM331": ("2", ""), "LIM332": ("1", "")}, {"LIM331": [1, 2], "LIM332": [4]})
    with serving(pages) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages["/pmd/list.aspx?m=LIM331"] = page("<p>No projects.</p>")
        run = sync(url)
        with pytest.raises(CannotDecide):
            decide_areas(run.pk, ["LIM331"], "steward", "so they say", accept=True)
