"""Two versions of a site that are shown in turn are news twice, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from etl.scheduler import DataScheduler
from etl.tests.tinysite import serving
from projects.api.changes import change_json
from projects.log.flapping import flapping
from projects.models import DataChangeLog

pytestmark = pytest.mark.django_db
FIRST = {"Status": "Design", "Budget": "R 1,000,000", "Remarks": "pump"}
Shown = Callable[..., DataChangeLog]


@pytest.fixture
def shown(here: Any, sync: Any) -> Iterator[Shown]:
    """Reads a list of eight projects, the first of which shows some other texts; the row that tells of it."""
    with serving({}) as site:

        def read(projects: int = 1, **texts: str) -> DataChangeLog:
            rows = []
            for number in range(8):
                cells = FIRST | texts if number < projects else FIRST
                place = ("LIM331 Greater Giyani", "CPT City of Cape Town")[number % 2]
                rows.append([f"WP{number}", f"Scheme {number} of the bulk line", place, *cells.values()])
            head = "".join(
                f"<th>{cell}</th>" for cell in ("Project No", "Project Name", "Municipality", *FIRST)
            )
            lines = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
            total = sum(int(row[4].strip("R ").replace(",", "")) for row in rows[::2])
            line = f"<p>Greater Giyani - [LIM331] 4 Projects with a Total value: R{total:,}.00</p>"
            table = f"<table><tr>{head}</tr>{''.join(lines)}</table>"
            site.pages["/projects"] = f"<html><body><h1>Projects</h1>{line}{table}</body></html>"
            run = sync(f"{site.root}/projects")
            assert run.state in ("succeeded", "unchanged"), run.held
            return DataChangeLog.objects.filter(external_id="WP0").latest("id")

        read()
        yield read


def told(row: DataChangeLog) -> tuple[str, list[str]]:
    """Severity and rules; they are said alike when a row is read again."""
    assert change_json(row)["rules"] == row.rules
    return row.severity, row.rules


A, B, C = ({"Budget": f"R {figure}"} for figure in ("1,000,000", "2,000,000", "2,900,000"))


def test_from_the_third_switch_on_it_is_no_news(shown, client):
    rows = [shown(**version) for version in (B, A, B, A)]
    assert [told(row) for row in rows] == [
        ("major", ["budget_up"]),
        ("major", ["budget_down"]),
        ("info", ["flapping"]),
        ("info", ["flapping"]),
    ]
    last = rows[-1]
    assert last.field_changes == {"budget": ["2000000.00", "1000000.00"]}
    answer = client.get(f"/api/v1/changes/{last.pk}/").json()
    assert (answer["severity"], answer["rules"]) == ("info", ["flapping"])
    assert answer["sentence"].endswith("; the source shows two versions in turn.")
    page = client.get(f"/changes/{last.pk}/").content.decode()
    assert "<dd>flapping</dd>" in page
    assert "the source shows two versions in turn." in page
    assert DataScheduler().replay("dws").is_identical


def test_a_column_without_a_field_flaps_too(shown):
    rows = [shown(Remarks=text) for text in ("pipe", "pump", "pipe", "pump")]
    assert [told(row)[1] for row in rows] == [[], [], ["flapping"], ["flapping"]]
    assert rows[-1].field_changes == {"published.Remarks": ["pipe", "pump"]}


def test_three_versions_in_turn_are_news(shown):
    rows = [shown(**version) for version in (B, C, A, B, C, A)]
    assert [told(row)[0] for row in rows] == ["major"] * 6


def test_a_change_in_the_midst_is_news_and_so_are_the_two_after_it(shown):
    rows = [shown(**version) for version in (B, A, B, C, B, C)]
    assert [told(row) for row in rows[2:]] == [
        ("info", ["flapping"]),
        ("major", ["budget_up"]),
        ("major", ["budget_down"]),
        ("info", ["flapping"]),
    ]


def test_what_changes_beside_it_weighs_as_ever(shown):
    for version in (B, A, B):
        shown(**version)
    grave = shown(**A, Status="Identification")
    assert told(grave) == ("major", ["status_back", "flapping"])
    assert change_json(grave)["sentence"].startswith("Status")
    assert told(shown(**B, Status="Tender")) == ("minor", ["flapping"])
    assert told(shown(**A, Status="Tender", Remarks="valve")) == ("info", ["flapping"])


def test_others_between_the_switches_do_not_hide_them(shown):
    rows = [
        shown(**B),
        shown(**B, Remarks="pipe"),
        shown(**A, Remarks="pipe"),
        shown(**A, Remarks="valve"),
        shown(**B, Remarks="valve"),
    ]
    assert [told(row)[1] for row in rows] == [["budget_up"], [], ["budget_down"], [], ["flapping"]]


def test_the_log_is_looked_at_once_for_all_that_changed(shown, django_assert_num_queries):
    for version in (B, A):
        shown(2, **version)
    rows = DataChangeLog.objects.filter(entity_type="project", change_type="updated").order_by("-id")[:2]
    switch = {row.entity_id: {"budget": ["1000000.00", "2000000.00"]} for row in rows}
    with django_assert_num_queries(1):
        assert flapping("project", switch) == {pk: ["budget"] for pk in switch}
    with django_assert_num_queries(0):
        assert flapping("project", {}) == {}


def test_the_totals_of_a_municipality_flap_with_its_projects(shown):
    for version in (B, A, B):
        shown(**version)
    lines = DataChangeLog.objects.filter(entity_type="municipality_listing", change_type="updated")
    assert [told(row)[1] for row in lines.order_by("id")] == [[], [], ["flapping"]]
    assert [row.severity for row in lines.order_by("id")] == ["minor", "minor", "info"]
