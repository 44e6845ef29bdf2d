"""The log over the API: shape, each filter, and reading it past an id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from buka.dev.testing import soon_done
from projects.api.changes import ChangeSerializer, change_json
from projects.log.writer import Entry
from projects.models import DataChangeLog
from projects.pages.render import change_html
from projects.tests.factories import a_crowd, a_project, a_run, a_snapshot, append, change, log

pytestmark = pytest.mark.django_db

LIST = "/api/v1/changes/"
CONTRACT = set(
    "id at entity_type entity_id external_id name municipality province source change_type cause severity"
    " rules field_changes sentence run snapshot digest demo".split()
)
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def ids(client, query: str = "") -> list[int]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_change_has_the_shape_of_the_contract(client):
    run = a_run()
    snapshot = a_snapshot(run, keep=False)
    project = a_project(run=run)
    row = log(
        project,
        "updated",
        {"progress_percentage": ["78.00", "62.00"]},
        at=MAY,
        evidence={"% complete": ["78%", "62%"]},
        snapshot_id=snapshot.pk,
    )
    answer = client.get(f"{LIST}{row.pk}/").json()
    assert (
        set(answer)
        == CONTRACT | {"evidence", "kind", "municipalities", "overridden", "url"}
        == set(ChangeSerializer().fields)
    )
    assert answer["field_changes"] == {"progress_percentage": ["78.00", "62.00"]}
    assert (answer["severity"], answer["rules"]) == ("major", ["progress_backwards"])
    assert answer["sentence"] == "Progress fell from 78% to 62%."
    assert answer["at"] == "2026-05-01T12:00:00.000000Z"
    assert (answer["run"], answer["snapshot"], answer["url"]) == (run.pk, snapshot.pk, f"/changes/{row.pk}/")
    assert (answer["digest"], answer["demo"]) == (row.digest, False)


def test_after_gives_what_is_newer_oldest_first(client):
    project = a_project()
    for number in range(4):
        change(project, "budget", Decimal(number))
    assert ids(client) == [5, 4, 3, 2, 1]
    assert ids(client, "?after=2") == [3, 4, 5]
    assert ids(client, "?after=0&page_size=2") == [1, 2]
    assert ids(client, "?after=5") == []
    assert ids(client, "?after=9000") == []


@pytest.fixture
def log_of_three(db):
    run = a_run()
    one = a_project("WP1", run=run, shared=["LIM333"])
    a_project("WP2", run=run, municipality="CPT", at=MAY)
    change(one, "budget", Decimal(1), at=MAY + timedelta(days=1), cause="correction")
    append(
        Entry("municipality_listing", 5, "LIM331", "Greater Giyani", "dws", "updated",
              {"published.Note \"x\"": ["a", "b"]}, municipality="LIM331", province="LIM"),
        at=MAY + timedelta(days=2),
    )  # fmt: skip
    return one


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?municipality=LIM331", [4, 3, 1]),
        ("?municipality=LIM333", [3, 1]),
        ("?municipality=LIM332", []),
        ("?province=WC", [2]),
        ("?entity_type=municipality_listing", [4]),
        ("?entity_type=project,municipality_listing", [4, 3, 2, 1]),
        ("?change_type=updated", [4, 3]),
        ("?cause=correction", [3]),
        ("?severity=major", [3]),
        ("?severity=major&severity=info", [4, 3, 2, 1]),
        ("?source=treasury", []),
        ("?since=2026-05-02", [4, 3]),
        ("?since=2026-05-02T12:00:00Z", [4, 3]),
        ("?since=2026-05-02T12:00:01Z", [4]),
        ("?until=2026-05-01", [2, 1]),
        ("?until=2026-05-01T12:00:00Z", [2, 1]),
        ("?until=2026-05-01T11:59:59Z", [1]),
        ("?field=budget", [3]),
        ("?field=expenditure", []),
        ("?after=1&severity=info", [2, 4]),
    ],
)
def test_each_filter_finds_its_changes(client, log_of_three, query, found):
    assert ids(client, query) == found


def test_a_project_and_a_run_find_their_changes(client, log_of_three):
    assert ids(client, f"?project={log_of_three.pk}") == [3, 1]
    assert ids(client, f"?run={log_of_three.last_changed_run_id}") == [3, 2, 1]
    assert ids(client, "?run=99") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        ("after=99999999999999999999", "after"),
        ("project=WP1", "project"),
        ("severity=grave", "severity"),
        ("municipality=XX", "municipality"),
        ("since=2026-02-30", "since"),
        ("until=tomorrow", "until"),
        ("cause=mice", "cause"),
        ("entity_type=dog", "entity_type"),
        ("change_type=vanished", "change_type"),
    ],
)
def test_a_value_that_cannot_be_understood_is_a_400(client, query, name):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_an_unknown_change_is_not_found_in_json(client):
    answer = client.get(f"{LIST}99/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


def test_the_log_cannot_be_written_over_the_api(client):
    a_project()
    assert client.delete(f"{LIST}1/").status_code in (401, 403, 405)
    assert client.post(LIST, {}).status_code in (401, 403, 405)


def test_fifty_changes_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    for more in (1, 49):
        a_crowd(more)
        for query in ("", "?after=0", "?municipality=LIM331"):
            with django_assert_max_num_queries(5, info=query):
                client.get(f"{LIST}{query}")


def test_the_partial_is_escaped_asks_nothing_and_is_cheap(django_assert_num_queries):
    project = a_project(name='<script>alert("x")</script> & O\'Brien')
    log(project, "updated", {"published.<b>": ["<i>", "</li><script>"]})
    row = DataChangeLog.objects.last()
    row = DataChangeLog.objects.get(pk=row.pk)
    with django_assert_num_queries(0):
        html = change_html(row, change_json(row))
    assert html.startswith("<li ")
    assert f'data-change-id="{row.pk}"' in html
    assert html.rstrip().endswith("</li>")
    assert "<script>" not in html
    assert "<b>" not in html
    assert html.count("</li>") == 1
    with soon_done(0.4):
        for _ in range(200):
            change_html(row, change_json(row))


@pytest.mark.parametrize("address", [LIST, f"{LIST}events/"])
def test_a_page_that_no_link_leads_to_is_empty_or_none_and_no_fault(client, address):
    change(a_project(), "budget", Decimal(5))
    answer = client.get(f"{address}?past=1&page=3059").json()
    assert (answer["results"], answer["next"]) == ([], None)
    assert answer["previous"].endswith(address)
    for page in ("0", "x", "9" * 5000):
        assert client.get(f"{address}?past=1&page={page}").status_code == 404
