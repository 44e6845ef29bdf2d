"""One mass edit is one event with its list."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.log.events import LEAST, Event, entries
from projects.log.writer import Entry
from projects.models import DataChangeLog, Project
from projects.tests.factories import (
    a_project,
    a_run,
    append_all,
    change,
    entry_of,
    log,
    newcomers,
    some_runs,
)
from projects.wording.rules import assess_event

pytestmark = pytest.mark.django_db


def a_mass_edit(count: int = LEAST, field: str = "budget", **fields) -> list[Project]:
    """`count` projects of a first run, one field of each changed by a second."""
    run = a_run()
    projects = [a_project(f"{field}{number}", run=a_run(), **fields) for number in range(count)]
    for project in projects:
        change(project, field, Decimal("1.00"), run=run)
    return projects


def shown(wanted: int = 50, before: int | None = None, **filters) -> list[str]:
    found = entries(DataChangeLog.objects.filter(**filters), wanted, before)
    return [f"{row.count}:{row.last}" if isinstance(row, Event) else str(row.pk) for row in found.rows]


def test_ten_changes_of_one_kind_in_one_run_are_one_entry():
    a_mass_edit()
    assert shown(change_type="updated") == ["10:20"]


def test_nine_are_told_one_by_one():
    a_mass_edit(9)
    assert shown(change_type="updated") == [str(pk) for pk in range(18, 9, -1)]


def test_changes_of_other_kinds_runs_and_causes_are_not_of_the_event():
    projects = a_mass_edit()
    run = DataChangeLog.objects.get(pk=20).run
    change(projects[0], "expenditure", Decimal(1), run=run)
    change(projects[1], "budget", Decimal(7), run=a_run())
    change(projects[2], "budget", Decimal(7), run=run, cause="parser")
    assert shown(change_type="updated") == ["23", "22", "21", "10:20"]


def test_a_change_in_the_middle_of_an_event_keeps_its_place():
    projects = a_mass_edit()
    run = DataChangeLog.objects.get(pk=20).run
    change(projects[0], "expenditure", Decimal(1), run=run)
    log(projects[0], "updated", {"budget": ["1.00", "2.00"]}, run=run)
    assert shown(change_type="updated") == ["11:22", "21"]


def test_a_filter_counts_what_it_finds_alone():
    projects = a_mass_edit(12)
    other = projects[0]
    Project.objects.filter(pk=other.pk).update(province="WC")
    DataChangeLog.objects.filter(entity_id=other.pk).update(province="WC")
    assert shown(change_type="updated", province="LIM") == ["11:24"]
    assert shown(change_type="updated", province="WC") == ["13"]


def test_pages_show_each_entry_once_and_none_is_left_out():
    a_mass_edit(30)
    a_mass_edit(25, "expenditure")
    for number in range(7):
        a_project(f"S{number}")
    whole = shown(500)
    seen, before = [], None
    while True:
        page = entries(DataChangeLog.objects.all(), 4, before)
        seen += [f"{row.count}:{row.last}" if isinstance(row, Event) else str(row.pk) for row in page.rows]
        if page.older is None:
            break
        before = page.older
    assert seen == whole
    assert len(set(seen)) == len(seen)


def test_a_thousand_changes_cost_as_many_queries_as_ten(django_assert_max_num_queries):
    run = a_run()
    project = a_project()
    for _ in range(12):
        log(project, "updated", {"budget": ["1.00", "2.00"]}, run=run)
    with django_assert_max_num_queries(4):
        assert len(shown()) == 2
    more = entry_of(project, "updated", {"budget": ["1.00", "2.00"]}, municipalities=["LIM331"])
    append_all([more] * 300)
    with django_assert_max_num_queries(4):
        assert shown() == ["312:313", "1"]


@pytest.mark.parametrize(
    ("change_type", "fields", "count", "majors", "severity", "sentence"),
    [
        ("updated", ["budget"], 214, 0, "minor", "Budget changed on 214 projects in one reading."),
        ("updated", ["budget"], 214, 13, "major",
         "Budget changed on 214 projects in one reading; 13 of these changes are major."),
        ("updated", ["budget"], 20, 20, "major", "Budget changed on 20 projects in one reading."),
        ("updated", ["budget", "expenditure"], 1214, 1, "major",
         "Budget and Expenditure changed on 1 214 projects in one reading; one of these changes is major."),
        ("updated", ["status", "status_as_published"], 12, 0, "minor",
         "Status changed on 12 projects in one reading."),
        ("updated", ["a", "b", "c", "d"], 12, 0, "minor",
         "A, B and 2 more fields changed on 12 projects in one reading."),
        ("updated", ["published.Remarks"], 12, 0, "minor", "Remarks changed on 12 projects in one reading."),
        ("created", ["name"], 500, 0, "minor", "500 projects first seen in one reading."),
        ("missing", ["presence"], 11, 0, "minor",
         "11 projects not on the source's list any more in one reading."),
    ],
)  # fmt: skip
def test_an_event_is_said_in_one_sentence(change_type, fields, count, majors, severity, sentence):
    verdict = assess_event("project", change_type, fields, count, majors, count - majors)
    assert (verdict.severity, verdict.rules, verdict.sentence) == (severity, ["mass_edit"], sentence)


def test_municipalities_are_counted_as_such():
    verdict = assess_event("municipality_listing", "created", ["projects", "value"], 207, 0, 0)
    assert (verdict.severity, verdict.sentence) == ("info", "207 municipalities first seen in one reading.")


def test_after_a_first_load_the_dashboard_says_it_of_projects_in_one_line_and_the_changes_in_two(client):
    run = a_run()
    append_all([Entry("municipality_listing", number, f"LIM{number}", "A place", "dws", "created",
                      {"projects": [None, "2"]}, run_id=run.pk) for number in range(40)])  # fmt: skip
    newcomers([run] * 60)
    page = client.get("/").content.decode()
    assert page.count("data-change-id=") == 1
    assert "60 projects first seen in one reading." in page
    assert 'data-last-id="100"' in page
    page = client.get("/changes/").content.decode()
    assert page.count("data-change-id=") == 2
    assert "40 municipalities first seen in one reading." in page


def test_the_page_of_changes_links_each_event_to_its_list(client):
    a_mass_edit(12)
    page = client.get("/changes/").content.decode()
    event = entries(DataChangeLog.objects.filter(change_type="updated"), 1).rows[0]
    link = f"/changes/?{event.query}"
    assert f'href="{link.replace("&", "&amp;")}"' in page
    alone = client.get(link).content.decode()
    assert alone.count("data-change-id=") == 12
    assert "Budget changed on 12 projects in one reading" in alone
    each = client.get("/changes/?each=1").content.decode()
    assert each.count("data-change-id=") == 24


def test_older_entries_are_a_link_away(client):
    newcomers(some_runs(60))
    first = client.get("/changes/").content.decode()
    assert first.count("data-change-id=") == 50
    assert "?before=11" in first
    assert client.get("/changes/?before=11").content.decode().count("data-change-id=") == 10
    assert client.get("/changes/?before=x").status_code == 200


def test_the_api_lists_events_and_finds_their_changes(client):
    a_mass_edit(12)
    a_mass_edit(11, "expenditure")
    answer = client.get("/api/v1/changes/events/?change_type=updated").json()
    assert answer["count"] == 2
    event = answer["results"][0]
    assert (event["count"], event["fields"], event["last"]) == (11, ["expenditure"], 46)
    assert event["sentence"].startswith("Expenditure changed on 11 projects in one reading")
    assert client.get(event["changes"]).json()["count"] == 11
    assert client.get("/api/v1/changes/?kind=project:updated:budget").json()["count"] == 12


def test_events_of_the_api_cost_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    for field in ("budget", "expenditure"):
        a_mass_edit(11, field)
        with django_assert_max_num_queries(4):
            client.get("/api/v1/changes/events/")


# --- columns that are but worded otherwise ---------------------------------------------------------


def respelled(count: int, *labels: str, run=None, more: dict | None = None, **fields) -> None:
    run = run or a_run()
    for number in range(count):
        project = a_project(f"{labels[0]}{fields.get('municipality', '')}{number}", run=a_run(), **fields)
        said = {f"published.{label}": ["R1 000", "R1,000.00"] for label in labels}
        log(project, "updated", said | (more or {}), run=run)


@pytest.mark.parametrize(
    ("count", "labels", "sentence"),
    [
        (50, ["Remarks"], "Remarks changed on 50 projects in one reading."),
        (3, ["Budget"], "Budget changed on 3 projects in one reading."),
        (3, ["Ward, or wards", "Due"], "Due and Ward, or wards changed on 3 projects in one reading."),
    ],
)
def test_a_column_that_is_worded_otherwise_is_one_entry(count, labels, sentence):
    respelled(count, *labels)
    (event,) = entries(DataChangeLog.objects.filter(change_type="updated"), 50).rows
    assert isinstance(event, Event)
    assert event.count == count
    assert event.assessment.sentence == sentence


def test_two_projects_are_told_one_by_one_and_so_is_a_value_that_changed_too():
    respelled(2, "Remarks")
    respelled(3, "Budget", more={"status": ["design", "tender"]})
    assert len(shown(change_type="updated")) == 5


def test_the_page_names_the_municipality_where_it_is_one_and_unfolds(client):
    respelled(4, "Remarks", municipality="LIM331")
    page = client.get("/changes/?change_type=updated").content.decode()
    assert page.count('<li class="change') == 1
    assert "Remarks changed on 4" in page.replace("\u00a0", " ")
    assert "Greater Giyani [LIM331]" in page
    (event,) = entries(DataChangeLog.objects.filter(change_type="updated"), 50).rows
    assert client.get(f"/changes/?{event.query}").content.decode().count('<li class="change') == 4
    listed = client.get("/api/v1/changes/?change_type=updated").json()
    assert listed["count"] == 4


def test_of_several_municipalities_it_is_one_entry_all_the_same():
    run = a_run()
    respelled(3, "Remarks", municipality="LIM331", run=run)
    respelled(3, "Remarks", municipality="CPT", run=run)
    (event,) = entries(DataChangeLog.objects.filter(change_type="updated"), 50).rows
    assert (event.count, event.place) == (6, None)
