"""Lines of districts and provinces that have no list of their own: their municipalities' lists are theirs."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from etl.tests.conftest import Sync
from etl.tests.test_areas import claims, page, site, states
from etl.tests.tinysite import serving

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("heading", "complete"),
    [
        ("Mopani - [DC33] 5 Projects with a Total value: R15.00", True),
        ("Mopani - [DC33] 9 Projects with a Total value: R15.00", False),
        ("Limpopo - [LIM] 5 Projects with a Total value: R15.00", True),
        ("Limpopo - [LIM] 9 Projects with a Total value: R15.00", False),
    ],
)
def test_a_heading_that_counts_what_stands_under_it_is_held_against_that(
    sync: Sync, heading: str, complete: bool
) -> None:
    pages = site(
        {"LIM331": ("2", "R3.00"), "LIM332": ("3", "R12.00")}, {"LIM331": [1, 2], "LIM332": [3, 4, 5]}
    )
    lines = pages["/pmd/level.aspx"][2]
    pages["/pmd/level.aspx"] = page(f"<h2>{heading}</h2>{lines}")
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert run.complete == complete, run.notes
    assert {code: state for code, state in states().items() if code.startswith("LIM")} == {
        "LIM331": "loaded",
        "LIM332": "loaded",
    }
    if not complete:
        assert any("the site says 9, 5 could be read" in note for note in run.notes)
    if "DC33" in heading:
        assert claims()["DC33", "projects"] == ("5" if complete else "9", "5", complete)


def test_a_district_whose_own_list_was_not_read_is_said_all_the_same(sync: Sync) -> None:
    pages = site({"LIM331": ("1", ""), "DC33": ("4", "")}, {"LIM331": [1]})
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert not run.complete
    assert states()["DC33"] == "incomplete"


def test_a_province_in_whose_place_an_error_stands_has_lost_nothing(sync: Sync) -> None:
    """Its page has the lines, and no list."""
    head = "".join(
        f"<p><a href='lines.aspx?p={code}'>{name} - [{code}]</a> {number} Projects</p>"
        for name, code, number in (("Limpopo", "LIM", 3), ("Gauteng", "GT", 1))
    )
    lists = {"LIM331": [1, 2], "LIM332": [3], "JHB": [4]}
    pages = site({}, lists) | {"/pmd/level.aspx": page(head)}
    for province, codes in (("LIM", ("LIM331", "LIM332")), ("GT", ("JHB",))):
        lines = site({code: (str(len(lists[code])), "") for code in codes}, {})
        pages[f"/pmd/lines.aspx?p={province}"] = lines["/pmd/level.aspx"]
    with serving(pages) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        whole = here.pages["/pmd/lines.aspx?p=LIM"]
        here.pages["/pmd/lines.aspx?p=LIM"] = page("<p>An error occurred.</p>")
        for _ in range(2):
            run = sync(url)
            assert (run.complete, run.missing) == (False, 0)
        assert "[LIM]: projects: the site says 3, 0 could be read." in run.notes
        here.pages["/pmd/lines.aspx?p=LIM"] = whole
        assert sync(url).complete
        call_command("replay")


@pytest.mark.parametrize(("total", "complete"), [("3", True), ("1 009", False)])
def test_a_total_under_the_lines_is_held_against_them(sync: Sync, total: str, complete: bool) -> None:
    lists = {"LIM331": [1, 2], "LIM332": [3]}
    rows = "".join(
        f"<tr><td>{code}</td><td><a href='list.aspx?m={code}'>Place {code}</a></td><td>{len(budgets)}</td>"
        f"<td>R{sum(budgets)}</td></tr>"
        for code, budgets in lists.items()
    )
    head = "<tr><th>Code</th><th>Municipality</th><th>Number of Projects</th><th>Value</th></tr>"
    foot = f"<tr><td>Total</td><td></td><td>{total}</td><td>R6</td></tr>"
    pages = site({}, lists) | {"/pmd/level.aspx": page(f"<table>{head}{rows}{foot}</table>")}
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert run.complete == complete
    assert ("the site says 1009, 3 could be read" in " ".join(run.notes)) != complete
