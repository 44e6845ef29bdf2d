"""Municipalities, sources and runs over the API, and the OpenAPI document."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django_q.models import Schedule

from projects.api.municipalities import MunicipalitySerializer
from projects.api.runs import RunSerializer, run_json
from projects.api.sources import SourceSerializer
from projects.models import Source, SyncRun
from projects.tests.factories import a_listing, a_project, a_run, a_source, change

pytestmark = pytest.mark.django_db

SYNC_JSON = set(
    "run source state trigger complete unchanged pages requests not_modified retries seen created updated"
    " same missing withdrawn returned invalid listings changes layouts error started_at finished_at"
    " duration_s".split()
)


def test_a_municipality_has_the_published_line_and_our_own_sums_beside_it(client):
    a_listing("LIM331")
    a_project("WP1", budget=Decimal("100.50"), expenditure=None)
    a_project("WP2", budget=Decimal("200.25"), expenditure=Decimal(7))
    a_project("WP3", budget=None, municipality="CPT", shared=["LIM331"])
    a_project("WP4", budget=Decimal(1), presence="withdrawn")
    row = client.get("/api/v1/municipalities/LIM331/").json()
    assert set(row) == set(MunicipalitySerializer().fields)
    assert (row["code"], row["province"], row["category"], row["district"]) == ("LIM331", "LIM", "B", "DC33")
    assert (row["listing"]["projects"], row["listing"]["value"]) == (54, "395360000.00")
    assert row["own"] == {
        "projects": 3,
        "budget": "300.75",
        "budgets": 2,
        "expenditure": "200000007.00",
        "expenditures": 2,
    }


def test_a_municipality_without_figures_has_nulls_and_no_zero_rand(client):
    row = client.get("/api/v1/municipalities/CPT/").json()
    assert row["listing"] is None
    assert row["own"] == {
        "projects": 0,
        "budget": None,
        "budgets": 0,
        "expenditure": None,
        "expenditures": 0,
    }


def test_all_257_municipalities_are_listed_and_found(client):
    assert client.get("/api/v1/municipalities/?page_size=500").json()["count"] == 257
    found = client.get("/api/v1/municipalities/?q=giyani&province=LIM&category=B").json()["results"]
    assert [row["code"] for row in found] == ["LIM331"]
    assert client.get("/api/v1/municipalities/?province=XX").status_code == 400
    assert client.get("/api/v1/municipalities/NOWHERE/").status_code == 404


@pytest.mark.parametrize("query", ["q=nowhere", "province=WC", "province=XX", "category=A"])
def test_a_single_is_what_its_address_names_whatever_filters_come_with_it(client, query):
    answer = client.get(f"/api/v1/municipalities/LIM331/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (200, "LIM331")


def test_listing_all_municipalities_costs_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    for number, code in enumerate(["LIM331", "CPT", "DC12"]):
        a_listing(code)
        a_project(f"WP{number}", municipality=code)
    with django_assert_max_num_queries(6):
        client.get("/api/v1/municipalities/?page_size=500")


def test_a_source_tells_attempt_complete_reading_and_change_apart(client):
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    run = a_run(finished_at=noon)
    found = change(a_project(run=run), "budget", Decimal(5), at=noon)
    SyncRun.objects.filter(pk=run.pk).update(last_change=found.pk)
    a_run(state="failed", complete=None, finished_at=noon + timedelta(hours=1))
    a_run(state="abandoned", complete=None, finished_at=noon + timedelta(hours=2))
    Schedule.objects.create(name="dws", func="f", next_run=noon + timedelta(hours=3), repeats=-1)
    row = client.get("/api/v1/sources/dws/").json()
    assert set(row) == set(SourceSerializer().fields)
    assert row["state"] == "abandoned"
    assert row["last_attempt"] == "2026-06-01T13:59:00.000000Z"
    assert row["last_complete"] == "2026-06-01T12:00:00.000000Z"
    assert row["last_change"] == "2026-06-01T12:00:00.000000Z"
    assert row["next_run"] == "2026-06-01T15:00:00.000000Z"
    assert (row["failure_streak"], row["interval_minutes"], row["demo"]) == (2, 30, False)


def test_a_good_run_ends_the_streak_of_failures(client):
    a_run(state="failed")
    a_run(state="unchanged")
    assert client.get("/api/v1/sources/dws/").json()["failure_streak"] == 0


def test_a_source_that_was_never_read_says_so_in_nulls(client):
    row = client.get("/api/v1/sources/treasury/").json()
    unknown = ("state", "last_attempt", "last_complete", "last_change", "next_run")
    assert [row[name] for name in unknown] == [None] * 5
    assert row["failure_streak"] == 0
    assert client.get("/api/v1/sources/").json()["count"] == 3
    assert client.get("/api/v1/sources/gossip/").status_code == 404


def test_sources_cost_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    for _ in range(50):
        a_run()
    with django_assert_max_num_queries(6):
        client.get("/api/v1/sources/")


def test_a_run_is_what_the_sync_prints_with_its_id_and_address(client):
    a_source(demo=True)
    run = a_run(pages=61, layouts=["grid"], first_change=3, last_change=5, change_count=3)
    row = client.get(f"/api/v1/runs/{run.pk}/").json()
    trust = {"areas", "claims", "held", "decided_at", "decision", "released_places", "disagreements"}
    known = SYNC_JSON | trust | {"id", "url", "notes", "unchanged_by", "requested_at", "waits_for"}
    assert set(run_json(run)) == known
    assert set(row) == known | {"demo", "queue_position", "progress"} == set(RunSerializer().fields)
    assert row["changes"] == {"first": 3, "last": 5, "count": 3}
    assert (row["url"], row["error"], row["duration_s"]) == (f"/api/v1/runs/{run.pk}/", None, 60.0)
    assert row["demo"] is True
    assert row["progress"] is None


def test_a_run_says_how_far_it_is(client):
    run = a_run(state="running", progress={"read": 120, "of": 207, "kind": "lists"})
    row = client.get(f"/api/v1/runs/{run.pk}/").json()
    assert row["progress"] == {"read": 120, "of": 207, "kind": "lists"}


def test_runs_are_listed_newest_first_and_filtered(client):
    old = a_run(state="failed", error="The site did not answer.", complete=None)
    new = a_run(state="unchanged")
    rows = client.get("/api/v1/runs/").json()["results"]
    assert [row["id"] for row in rows] == [new.pk, old.pk]
    assert rows[1]["error"] == "The site did not answer."
    assert rows[0]["unchanged"] is True
    found = client.get("/api/v1/runs/?source=dws&state=failed").json()["results"]
    assert [row["id"] for row in found] == [old.pk]
    assert client.get("/api/v1/runs/?state=lost").status_code == 400


def test_a_queued_run_has_no_times_yet(client):
    run = a_run(state="queued", finished_at=None, complete=None, requested_at=timezone.now())
    row = client.get(f"/api/v1/runs/{run.pk}/").json()
    assert [row[name] for name in ("started_at", "finished_at", "duration_s", "complete")] == [None] * 4


def test_fifty_runs_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    for number in range(50):
        a_run()
        if number in (0, 49):
            with django_assert_max_num_queries(4):
                client.get("/api/v1/runs/")


def test_every_answer_is_marked_while_the_data_are_demo_data(client):
    a_source(demo=True)
    for name in ("municipalities", "changes", "sources", "runs"):
        assert client.get(f"/api/v1/{name}/")["X-Demo-Data"] == "1"
    assert client.get("/api/v1/projects/99/")["X-Demo-Data"] == "1"
    assert client.get("/api/v1/sources/dws/").json()["demo"] is True
    Source.objects.update(demo=False)
    assert "X-Demo-Data" not in client.get("/api/v1/changes/")


def test_the_openapi_document_names_every_filter_and_the_docs_load_nothing_foreign(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    names = {one["name"] for one in schema["paths"]["/api/v1/projects/"]["get"]["parameters"]}
    assert names >= set(
        "q province municipality status programme source min_progress max_progress min_budget max_budget"
        " changed_since presence ordering as_of format page page_size".split()
    )
    html = client.get("/api/v1/docs/").content.decode()
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', html)
