"""Lines of districts and provinces that have no list of their own: their municipalities' lists are theirs."""

from __future__ import annotations

import pytest

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
    status, headers, lines = pages["/pmd/level.aspx"]
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
