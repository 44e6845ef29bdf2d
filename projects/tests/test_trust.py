"""What the pages say of readings that are held, of decisions, of drift, and of who caused a change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from projects.models import Project, Sighting, SyncRun
from projects.tests.factories import a_project, a_run, a_snapshot, change, log

pytestmark = pytest.mark.django_db

DAWN = datetime(2026, 5, 1, 4, 30, tzinfo=UTC)
REASON = "The list has 53 projects, 47% fewer than the 100 of the last complete reading."
PROFILE = {
    "columns": {"external_id": 100, "status": 100, "budget": 100},
    "page_columns": ["contractor"],
    "statuses": {"Construction": 100},
    "layouts": ["grid"],
    "filled": {"budget": 100, "status": 100},
    "count": 100,
    "listings": 9,
}
FOUND = {
    "columns": {"external_id": 53, "status": 53, "allocation": 53},
    "page_columns": [],
    "statuses": {"Construction": 50, "Paused": 3},
    "layouts": ["table"],
    "filled": {"status": 53},
    "count": 53,
    "listings": 9,
}


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def html(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return " ".join(answer.content.decode().split())


def a_held_run(**fields) -> SyncRun:
    given = {"state": "quarantined", "held": [{"rule": "count_drop", "sentence": REASON}], "profile": FOUND}
    return a_run(**{**given, **fields})


@pytest.fixture
def held(db) -> SyncRun:
    a_run(finished_at=DAWN - timedelta(hours=1), profile=PROFILE)
    a_held_run(state="superseded", finished_at=DAWN)
    return a_held_run(finished_at=DAWN + timedelta(hours=1))


@pytest.mark.parametrize("path", ["/", "/projects/", "/municipalities/LIM331/", "/changes/", "/sources/"])
def test_every_page_says_since_when_and_why_data_are_held(client, held, path):
    page = html(client, path)
    assert 'since <time datetime="2026-05-01T04:30:00.000000Z">1 May 2026, 06:30</time> new data' in page
    assert REASON in page
    assert "What you see is the last good data, from <time" in page
    assert "1 May 2026, 05:30" in page


def test_a_failed_or_a_running_poll_does_not_hide_the_banner(client, held):
    a_run(state="failed", complete=None)
    a_run(state="running", finished_at=None, complete=None)
    assert "are held for a steward" in html(client, "/")


@pytest.mark.parametrize("state", ["succeeded", "unchanged", "rejected"])
def test_a_decision_or_a_good_reading_takes_the_banner_away(client, held, state):
    a_run(state=state)
    assert "are held for a steward" not in html(client, "/")


def test_without_a_held_reading_there_is_no_banner(client):
    a_run()
    assert "are held for a steward" not in html(client, "/")


def test_a_reason_is_escaped(client):
    a_held_run(held=[{"rule": "x", "sentence": "<script>alert(1)</script>"}])
    assert "<script>alert" not in html(client, "/")
    assert "<script>alert" not in html(client, "/sources/dws/")


def test_the_source_page_sets_the_columns_found_beside_the_expected(client, held):
    page = html(client, "/sources/dws/")
    assert REASON in page
    for row in (
        '<th scope="row">Budget</th><td>list</td> <td class="num">100</td>'
        ' <td class="num"><span class="tag major">not found',
        '<th scope="row">Allocation</th><td>list</td> <td class="num"><span class="tag new">never seen',
        '<th scope="row">Projects</th><td>100</td><td>53</td>',
        '<th scope="row">Layouts</th><td>grid</td><td>table</td>',
        '<th scope="row">Statuses</th><td>Construction</td><td>Construction, Paused</td>',
        '<th scope="row">Budget given</th><td>100</td><td>0</td>',
    ):  # fmt: skip
        assert row in page
    assert "Municipality lines" not in page  # the same in both
    assert "Contractor" not in page  # the held reading opened no project's page


def test_without_a_held_reading_the_source_page_lists_the_columns_that_are_read(client):
    a_run(profile=PROFILE)
    page = html(client, "/sources/dws/")
    assert '<th scope="row">Contractor</th><td>project page</td> <td class="num">yes</td>' in page
    assert "not found" not in page
    said = html(client, "/af/sources/dws/")
    assert "<td>projekbladsy</td>" in said
    assert "<td>lys</td>" in said
    assert "project page" not in said


@pytest.mark.parametrize(("path", "said"), [("/sources/dws/", "66.7%"), ("/af/sources/dws/", "66,7%")])
def test_the_share_of_a_field_is_written_as_in_the_language(client, path, said):
    a_run()
    for number, budget in enumerate((None, 1, 2)):
        a_project(f"WP{number}", budget=budget)
    page = html(client, path)
    assert f">{said}</td>" in page
    assert ">100%</td>" in page


def test_the_source_page_lists_the_decisions_with_their_reasons(client):
    a_held_run(state="rejected", decided_by="thandi", decided_at=DAWN, decision="The site was being moved.")
    a_held_run(state="succeeded", decided_by="thandi", decided_at=DAWN, released_places=["LIM331"])
    page = html(client, "/sources/dws/")
    assert "rejected. “The site was being moved.”" in page
    assert "released for LIM331." in page
    assert "thandi" not in page  # a steward's name is nobody's business


def test_the_source_page_says_where_the_site_disagrees_with_itself(client):
    disagreement = {"what": "Projects in LIM331", "claimed": 53, "found": 52, "counts": True}
    run = a_run(pages=3, disagreements=[disagreement])
    for path in ("/sources/dws/", f"/runs/{run.pk}/"):
        page = html(client, path)
        assert "Projects in LIM331: the site says 53, its list shows 52. The reading is not complete" in page


def test_an_unchanged_reading_is_visible_as_the_proof_that_nothing_was_published(client):
    run = a_run(state="unchanged", finished_at=DAWN)
    assert "Checked at 06:30, unchanged" in html(client, "/sources/dws/")
    assert "unchanged: the source published nothing new" in html(client, f"/runs/{run.pk}/")


def test_the_run_page_says_what_was_looked_at(client, held):
    snapshot = a_snapshot(held)
    look = {"source_id": "dws", "run": held, "url": "https://ws.dws.gov.za/pmd/level.aspx", "at": DAWN}
    hashes = {"raw_sha256": "a" * 64, "clean_sha256": "b" * 64, "loaded": False}
    Sighting.objects.create(key="province/LIM", snapshot=snapshot, **look, **hashes)
    Sighting.objects.create(key="project/WP1", **look, **hashes)
    page = html(client, f"/runs/{held.pk}/")
    assert "province/LIM" in page
    assert f'/snapshots/{snapshot.pk}/">as kept before' in page
    assert "not kept" in page
    assert "a" * 64 in page
    assert REASON in page


def test_a_run_says_in_the_api_why_it_is_held_and_what_was_decided(client, held):
    row = client.get(f"/api/v1/runs/{held.pk}/").json()
    assert row["held"] == [{"rule": "count_drop", "sentence": REASON}]
    assert (row["decision"], row["decided_at"], row["released_places"]) == (None, None, None)


def test_a_missing_project_says_since_when(client):
    run = a_run(finished_at=DAWN)
    project = a_project(presence="missing", missing_run=run, last_listed_at=DAWN - timedelta(hours=1))
    page = html(client, f"/projects/{project.pk}/")
    assert 'not listed since <time datetime="2026-05-01T04:30:00.000000Z">1 May 2026, 06:30</time>' in page
    Project.objects.update(presence="withdrawn")
    assert "the first of them <time" in html(client, f"/projects/{project.pk}/")


def test_a_project_says_when_it_was_last_checked(client):
    project = a_project(at=DAWN - timedelta(days=3))
    a_run(finished_at=DAWN, state="unchanged")
    assert "1 May 2026, 06:30</time>, unchanged</dd>" in html(client, f"/projects/{project.pk}/")


def test_the_headers_of_a_snapshot_are_shown_with_cookies_masked(client):
    headers = {"Set-Cookie": "ASP.NET_SessionId=abc123", "Server": "Microsoft-IIS/10.0"}
    snapshot = a_snapshot(a_run(), headers=headers)
    page = html(client, f"/snapshots/{snapshot.pk}/")
    assert "Microsoft-IIS/10.0" in page
    assert '<dt>Set-Cookie</dt><dd class="break">(masked)</dd>' in page
    assert "abc123" not in page
    for fact in (snapshot.url, "200"):
        assert fact in page


@pytest.fixture
def three_causes(db) -> Project:
    project = a_project()
    change(project, "budget", Decimal(1))
    change(project, "budget", Decimal(2), cause="parser")
    log(project, "updated", {"name": ["a", "b"]}, cause="steward")
    return project


@pytest.mark.parametrize("path", ["/", "/changes/", "/municipalities/LIM331/"])
def test_only_what_the_source_did_is_news(client, three_causes, path):
    page = html(client, path)
    assert page.count("data-change-id=") == 2
    assert 'data-change-id="3"' not in page


def test_the_feed_tells_news_and_on_demand_all(client, three_causes):
    assert client.get("/changes/feed.atom").content.count(b"<entry>") == 2
    assert client.get("/changes/feed.atom?cause=any").content.count(b"<entry>") == 4
    assert client.get("/changes/feed.atom?cause=parser").content.count(b"<entry>") == 1


def test_the_other_causes_are_a_filter_away_and_labelled(client, three_causes):
    assert html(client, "/changes/?cause=parser").count("data-change-id=") == 1
    assert '<span class="tag">read better than before</span>' in html(client, "/changes/?cause=parser")
    assert html(client, "/changes/?cause=any").count("data-change-id=") == 4
    assert html(client, f"/changes/?project={three_causes.pk}").count("data-change-id=") == 4
    assert client.get("/changes/?cause=mice").status_code == 400


def test_the_history_of_a_project_tells_all_with_their_cause(client, three_causes):
    page = html(client, f"/projects/{three_causes.pk}/")
    for cause in ("read better than before", "by a steward"):
        assert f'<span class="tag">{cause}</span>' in page


def test_the_api_leaves_no_cause_out(client, three_causes):
    assert client.get("/api/v1/changes/").json()["count"] == 4
    page = client.get("/changes/").content.decode()
    assert "/api/v1/changes/?cause=source" in page
    assert client.get("/api/v1/changes/?cause=source").json()["count"] == 2
