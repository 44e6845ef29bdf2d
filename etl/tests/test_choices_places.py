"""A list of which each choice shows one place: the same line under two of them may be two projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from etl.tests.conftest import Sync
from etl.tests.tinysite import Site, serving
from projects.models import Project, SyncRun

pytestmark = pytest.mark.django_db
PLACES = {"CPT": "City of Cape Town [CPT]", "BUF": "Buffalo City [BUF]", "TSH": "Tshwane [TSH]"}
STAGES = {"CPT": "Design", "BUF": "Construction", "TSH": "Planning"}


def row(name: str, budget: int, number: str = "") -> str:
    return f"<tr><td>{number}<td>{name}<td>Design<td>R {budget} 000"


def page(chosen: str, options: Mapping[str, str], rows: str) -> str:
    marked = {value: " selected" if value == chosen else "" for value in options}
    select = "".join(f"<option value={value}{marked[value]}>{text}" for value, text in options.items())
    form = f"<form action=/pmd/list.aspx><select name=m>{select}</select><input type=submit></form>"
    head = "<tr><th>Project No<th>Project Name<th>Status<th>Budget"
    return f"<html><body><h1>Projects</h1>{form}<table>{head}{rows}</table></body></html>"


def polled(sync: Sync, here: Any, options: Mapping[str, str], shown: Mapping[str, str]) -> SyncRun:
    """A poll of a site that shows these rows for each choice, the first of them before any is made."""

    def pages(site: Site) -> None:
        for value, rows in shown.items():
            site.pages[f"/pmd/list.aspx?m={value}"] = page(value, options, rows)
        first = next(iter(shown))
        site.pages["/pmd/level.aspx"] = page(first, options, shown[first])

    with serving({}) as site:
        pages(site)
        here.DWS_URL = f"{site.root}/pmd/level.aspx"
        return sync()


def test_a_line_without_number_under_two_places_is_not_dropped_without_a_word(sync, here):
    twice = {
        "CPT": row("Cape dam", 5) + row("Boreholes", 7),
        "BUF": row("Boreholes", 7),
        "TSH": row("Weir", 7),
    }
    run = polled(sync, here, PLACES, twice)
    assert Project.objects.count() == 3
    assert not run.complete
    assert "1 of its lines for “Buffalo City [BUF]”" in " ".join(run.notes)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (PLACES, {"CPT": row("A", 5, "P-1"), "BUF": row("A", 5, "P-1") + row("B", 6, "P-2"), "TSH": ""}),
        (PLACES, dict.fromkeys(PLACES, row("Cape dam", 5) + row("Weir", 7))),
        (STAGES, {"CPT": row("A", 5), "BUF": row("A", 5) + row("B", 6), "TSH": row("C", 6)}),
    ],
    ids=["numbered", "whatever is chosen", "of stages"],
)
def test_nothing_is_said_where_a_line_tells_or_parts_need_not_be_apart(sync, here, options, shown):
    run = polled(sync, here, options, shown)
    assert "were shown for another place" not in " ".join(run.notes)
