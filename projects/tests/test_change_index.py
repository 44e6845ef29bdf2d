"""What the database keeps beside the log: facets, steps of projects, events. It says what the log says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from projects.log import events, index
from projects.log.paging import LogPaginator
from projects.models import ChangeEvent, ChangeFacet, DataChangeLog, ProjectStep
from projects.tests.factories import a_crowd, a_project, a_run, change, log

pytestmark = pytest.mark.django_db
LIST = "/api/v1/changes/"
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOTE = 'published.Note "x"'


def facets(pk: int) -> set[str]:
    return set(ChangeFacet.objects.filter(change=pk).values_list("facet", flat=True))


def steps(pk: int) -> set[str]:
    return set(ProjectStep.objects.filter(change_id=pk).values_list("key", flat=True))


def kept() -> dict[str, Any]:
    """All that is kept, in order."""
    of_step = ("project_id", "key", "at", "change_id", "was")
    of_event = [field.name for field in ChangeEvent._meta.fields if field.name != "id"]
    return {
        "facets": sorted(ChangeFacet.objects.values_list("facet", "change_id")),
        "steps": sorted(ProjectStep.objects.values_list(*of_step), key=str),
        "events": sorted(ChangeEvent.objects.values_list(*of_event), key=str),
    }


def some_changes() -> None:
    one = a_project("ONE", shared=["CPT"], at=MAY)
    a_project("TWO", municipality=None, at=MAY)
    log(one, "updated", {"progress_percentage": ["78.00", "62.00"], NOTE: ["a", None]}, at=MAY)
    log(one, "updated", {"budget": ["1.00", "2.00"]}, overridden=["budget"], evidence={"Budget": ["1", "2"]})
    for change_type in ("missing", "withdrawn", "returned"):
        log(one, change_type, {})
    a_crowd(12)


def test_each_row_is_indexed_by_what_it_can_be_asked_for():
    one = a_project("ONE", shared=["CPT"])
    row = log(one, "updated", {"progress_percentage": ["78.00", "62.00"], NOTE: ["a", None]})
    places = {"place:CPT", "place:LIM331"}
    assert facets(row.pk) == places | {
        "field:progress_percentage", f"field:{NOTE}", "rule:progress_backwards", "rule:value_erased",
    }  # fmt: skip
    assert steps(row.pk) == {"progress_percentage", NOTE}
    corrected = log(
        one, "updated", {"budget": ["1.00", "2.00"]}, overridden=["budget"], evidence={"B": ["1", "2"]}
    )
    assert "field:budget" in facets(corrected.pk)
    assert steps(corrected.pk) == {"published.B"}, "what is shown did not move"
    assert steps(log(one, "missing", {}).pk) == {ProjectStep.PRESENCE}


def test_a_name_that_is_too_long_for_the_index_keeps_no_change_from_being_logged():
    one, longest = a_project(), "x" * 5000
    for _ in range(2):
        row = log(one, "updated", {f"published.{longest}": ["a", "b"]}, evidence={longest: ["a", "b"]})
    assert all(len(key) <= 250 for key in steps(row.pk))
    assert ProjectStep.objects.filter(key__startswith="published.x").count() == 2, "each a step of its own"


def test_what_is_filled_for_old_rows_is_what_the_triggers_write():
    some_changes()
    written = kept()
    for model in (ChangeFacet, ProjectStep, ChangeEvent):
        model.objects.all().delete()
    for _ in range(2):  # stopped half way it can be done again
        index.fill(connection, 0, DataChangeLog.objects.newest())
        index.count_events(connection)
    assert kept() == written
    assert all(written.values())


def test_a_step_says_what_stood_there_until_then():
    one = a_project("ONE")
    for pair in (['a "é" b', None], [None, "c"], [[], ["CPT"]], ["é" * 300, "c"]):
        log(one, "updated", {"contractor": pair, NOTE: ["x", "y"]})
    log(one, "missing", {})
    log(one, "withdrawn", {"presence": ["missing", "withdrawn"]})
    log(one, "returned", {"presence": ["withdrawn", "present"]})

    def was(key: str) -> list[Any]:
        found = ProjectStep.objects.filter(key=key).order_by("change_id").values_list("was", flat=True)
        return [each and json.loads(each) for each in found]

    assert was("contractor") == ['a "é" b', None, [], ""]
    assert was(ProjectStep.PRESENCE) == ["present", "missing", "withdrawn"]
    assert was(NOTE) == [None, None, None, None]


def test_what_is_filled_of_older_steps_is_what_the_triggers_write():
    some_changes()
    written = kept()
    ProjectStep.objects.update(was=None)
    assert kept() != written
    for _ in range(2):
        index.fill_values(connection, 0, DataChangeLog.objects.newest())
    assert kept() == written


def test_an_event_is_counted_as_the_log_counts_it():
    some_changes()
    run = a_run()
    for number, project in enumerate(a_crowd(12)):
        log(project, "updated", {"progress_percentage": ["62.00", f"{number}.00"]}, run=run)
    counted = {
        row.last: events.of_row(DataChangeLog.objects.get(pk=row.last), row) for row in events.listed()
    }
    grouped = {g["last"]: events.of_group(DataChangeLog.objects.get(pk=g["last"]), g)
               for g in events.groups(DataChangeLog.objects.all())}  # fmt: skip
    assert counted == grouped
    assert counted


def test_a_table_that_is_made_anew_has_its_triggers_again():
    with connection.cursor() as cursor:
        on = " ON projects_datachangelog" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER log_written{on}")
    assert not index.is_installed(connection)
    index.install(connection)
    index.install(connection)
    assert index.is_installed(connection)
    assert facets(log(a_project(), "updated", {"budget": ["1", "2"]}).pk) >= {"field:budget"}


# --- pages -----------------------------------------------------------------------------------------


def pages(client, query: str) -> list[list[int]]:
    """The ids of each page, by the links from one to the next."""
    found, link = [], f"{LIST}?{query}"
    while link:
        answer = client.get(link).json()
        found.append([row["id"] for row in answer["results"]])
        link = answer["next"]
    return found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "municipality=LIM331",
        "field=budget",
        "after=3",
        "field=budget&after=3",
        "cause=source",
        "ordering=size",
    ],
)
def test_the_links_lead_through_all_pages_and_each_row_comes_once(client, query):
    a_crowd(8)
    (whole,) = pages(client, f"{query}&page_size=500")
    found = pages(client, f"{query}&page_size=5")
    assert len(found) > 3
    assert [pk for page in found for pk in page] == whole
    assert all(len(page) == 5 for page in found[:-1])
    by_number = [[row["id"] for row in client.get(f"{LIST}?{query}&page_size=5&page={n}").json()["results"]]
                 for n in range(1, len(found) + 1)]  # fmt: skip
    assert by_number == found
    assert client.get(f"{LIST}?{query}&page_size=5&page={len(found) + 1}").status_code == 404
    last = client.get(f"{LIST}?{query}&page_size=5&page=last").json()
    assert [row["id"] for row in last["results"]] == found[-1]


def test_a_change_that_comes_while_the_links_are_followed_moves_no_row_into_the_next_page(client):
    project = a_project()
    for number in range(9):
        change(project, "budget", Decimal(number))
    first = client.get(f"{LIST}?page_size=5").json()
    change(project, "budget", Decimal(99))
    second = client.get(first["next"]).json()
    assert [row["id"] for row in second["results"]] == [5, 4, 3, 2, 1]
    assert second["previous"].endswith("page_size=5")


def test_what_is_counted_only_so_far_says_so(client, monkeypatch):
    a_crowd(10)
    monkeypatch.setattr("projects.log.paging.MOST_COUNTED", 5)
    whole, some = client.get(LIST).json(), client.get(f"{LIST}?municipality=LIM331&page_size=2").json()
    assert (whole["count"], "count_capped" in whole) == (30, False)
    assert (some["count"], some["count_capped"]) == (5, True)
    assert len(pages(client, "municipality=LIM331&page_size=4")) > 2, "the links go on"
    page = client.get("/changes/?municipality=LIM331&each=1").content.decode()
    assert "More than 5 changes" in page.replace("\u00a0", " ")


@pytest.mark.parametrize("past", ["-1", "x", "1.5", "9" * 30])
def test_what_is_no_id_cannot_be_gone_on_from(client, past):
    assert client.get(f"{LIST}?past={past}").status_code == 400


def test_a_page_far_into_the_log_is_found_by_its_ids(django_assert_num_queries):
    a_crowd(20)
    paginator = LogPaginator(DataChangeLog.objects.order_by("-pk"), 10)
    assert paginator.count == 60
    with django_assert_num_queries(1) as asked:
        assert [row.pk for row in paginator.page(4)] == list(range(30, 20, -1))
    assert "OFFSET" not in asked.captured_queries[0]["sql"]


# --- filters ---------------------------------------------------------------------------------------


def test_changes_are_found_by_rule_and_sorted_by_the_rand_that_moved(client):
    project, run = a_project(), a_run()
    for old, new in (
        ("5000000.00", "1000000.00"),
        ("1.00", "2.00"),
        (None, "99999999.00"),
        ("1.00", "900.00"),
    ):
        log(project, "updated", {"budget": [old, new]}, run=run)
    log(project, "updated", {"progress_percentage": ["78.00", "62.00"]}, run=run)
    by_rule = client.get(f"{LIST}?rule=progress_backwards").json()["results"]
    assert [row["id"] for row in by_rule] == [6]
    assert all("progress_backwards" in row["rules"] for row in by_rule)
    assert client.get(f"{LIST}?rule=no_such_rule").json()["count"] == 0
    assert [row["id"] for row in client.get(f"{LIST}?ordering=size").json()["results"]] == [2, 5, 3, 6, 4, 1]
    answer = client.get(f"{LIST}?ordering=weight")
    assert (answer.status_code, list(answer.json())) == (400, ["ordering"])


def test_since_and_until_bound_the_search_by_ids():
    project = a_project(at=MAY)
    for day in range(1, 5):
        change(project, "budget", Decimal(day), at=MAY + timedelta(days=day))
    log_ = DataChangeLog.objects.order_by("pk")
    assert [row.pk for row in log_.since(MAY + timedelta(days=2)).until(MAY + timedelta(days=3))] == [3, 4]
    assert '"id" <= ' in str(log_.until(MAY).query)
    assert not log_.since(MAY + timedelta(days=9))
    assert not log_.until(MAY - timedelta(days=1))


def test_the_admin_finds_a_project_a_place_and_a_digest_without_reading_the_log(admin_client):
    a_project("WP77", name="Giyani pipeline", at=MAY)
    row = log(a_project("WP78", municipality="CPT"), "updated", {"budget": ["1", "2"]})
    log_page = "/admin/projects/datachangelog/"
    for asked, number in (
        ("WP77", 1),
        ("giyani pipe", 1),
        ("CPT", 2),
        (row.digest, 1),
        ("nowhere", 0),
        ("", 3),
    ):
        answer = admin_client.get(log_page, {"q": asked})
        assert answer.context["cl"].result_count == number, asked
