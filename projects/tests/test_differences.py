"""What differs, is gone or is too much is said: list against page, unlisted lines, circuits, long notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from projects.models import DataChangeLog
from projects.models.querysets import MOST_COUNTED
from projects.tests.factories import a_listing, a_project, a_run, change

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def html(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def two_voices(db):
    return a_project(
        published={"Status": "Construction", "Budget": "R5", "Agent": "", "Alike": "a"},
        page_labels=["Status", "Agent", "Alike"],
        other_texts={"Status": "<Tender>", "Budget": "R6 000", "Agent": "Umzi"},
    )


def test_the_project_page_says_what_the_list_and_what_the_page_says_instead(client, two_voices):
    page = html(client, f"/projects/{two_voices.pk}/")
    assert "the list says “&lt;Tender&gt;”" in page
    assert "the project’s page says “R6 000”" in page
    assert "the list says “Umzi”" in page
    assert page.count(" says “") == 3


def test_a_blank_that_does_not_speak_is_said_too(client):
    project = a_project(published={"Status": "Tender"}, page_labels=["Status"], other_texts={"Status": ""})
    assert "the list says nothing" in html(client, f"/projects/{project.pk}/")


def test_the_detail_has_the_texts_that_do_not_speak_and_the_past_does_not_know_them(client, two_voices):
    address = f"/api/v1/projects/{two_voices.pk}/"
    assert client.get(address).json()["other_texts"] == two_voices.other_texts
    assert client.get(f"{address}?as_of=2026-06-01").json()["other_texts"] is None
    assert client.get(f"/api/v1/projects/{a_project('WP2').pk}/").json()["other_texts"] == {}


def test_a_line_that_is_no_longer_listed_says_so_and_since_when(client):
    run = a_run()
    listing = a_listing("LIM331", is_listed=False, last_changed_at=MAY, run=run)
    a_listing("CPT", run=run)
    row = client.get("/api/v1/municipalities/LIM331/").json()["listing"]
    assert (row["is_listed"], row["unlisted_since"]) == (False, "2026-05-01T12:00:00.000000Z")
    assert (row["projects"], row["value"]) == (54, "395360000.00")
    page = html(client, "/municipalities/LIM331/")
    assert "DWS has no longer listed this municipality since" in page
    assert "1 May 2026, 14:00" in page
    assert f"/runs/{listing.last_changed_run_id}/" in page
    row = client.get("/api/v1/municipalities/CPT/").json()["listing"]
    assert (row["is_listed"], row["unlisted_since"]) == (True, None)
    assert "no longer listed" not in html(client, "/municipalities/CPT/")


@pytest.mark.parametrize("path", ["/municipalities/?q=giyani", "/municipalities/DC33/"])
def test_a_table_does_not_show_the_figures_of_an_unlisted_line_as_current(client, path):
    a_listing("LIM331", is_listed=False)
    page = html(client, path)
    assert "no longer listed" in page
    assert "395" not in page


def test_a_source_names_where_its_reading_begins(client, settings):
    settings.DWS_URL = "https://user:secret@ws.dws.gov.za/pmd/level.aspx"
    settings.TREASURY_URL = "https://municipaldata.treasury.gov.za/api"
    urls = {row["name"]: row["url"] for row in client.get("/api/v1/sources/").json()["results"]}
    assert urls == {
        "dws": "https://ws.dws.gov.za/pmd/level.aspx",
        "treasury": "https://municipaldata.treasury.gov.za/api",
        "correlation": None,
    }
    page = html(client, "/sources/dws/")
    assert "https://ws.dws.gov.za/pmd/level.aspx" in page
    assert "secret" not in page


def test_an_open_circuit_is_shown_with_its_next_probe_until_a_run_reads_the_source(client):
    a_run()
    for number in range(5):
        a_run(state="failed", complete=None, finished_at=MAY + timedelta(minutes=30 * number + 1))
    row = client.get("/api/v1/sources/dws/").json()
    # the fifth was begun at 14:00 UTC; two intervals on, less a minute of slack
    assert row["circuit"] == {"open": True, "failures": 5, "next_probe": "2026-05-01T14:59:00.000000Z"}
    assert "After 5 failed readings in a row" in html(client, "/sources/dws/")
    a_run(state="unchanged")
    closed = {"open": False, "failures": 0, "next_probe": None}
    assert client.get("/api/v1/sources/dws/").json()["circuit"] == closed
    assert client.get("/api/v1/sources/treasury/").json()["circuit"] == closed
    assert "failed readings in a row" not in html(client, "/sources/")


def test_a_run_shows_its_notes_up_to_two_hundred(client):
    run = a_run(notes=[f"Line {number} is odd." for number in range(250)])
    page = html(client, f"/runs/{run.pk}/")
    assert "Line 199 is odd." in page
    assert "Line 200 is odd." not in page
    assert "50 more notes" in page
    assert len(client.get(f"/api/v1/runs/{run.pk}/").json()["notes"]) == 250


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("province=ZZ", "province: “ZZ” is not known here"), ("after=zz", "after: Enter a whole number.")],
)
def test_a_feed_with_a_filter_that_cannot_be_understood_is_a_400_with_a_sentence(client, query, sentence):
    a_project()
    answer = client.get(f"/changes/feed.atom?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert sentence in answer.content.decode()


def test_the_news_count_what_the_sources_changed_in_a_day_and_in_a_week(client):
    now = timezone.now()
    project = a_project(at=now - timedelta(days=8))
    change(project, "budget", 1, at=now - timedelta(days=6))
    change(project, "budget", 2, at=now - timedelta(hours=23), cause="parser")
    change(project, "budget", 3, at=now - timedelta(hours=2))
    assert DataChangeLog.objects.news() == {"day": 1, "week": 2}


def test_more_news_than_are_counted_are_said_to_be_more(client, monkeypatch):
    assert MOST_COUNTED == 10_000
    for module in ("projects.models.querysets", "projects.templatetags.buka"):
        monkeypatch.setattr(f"{module}.MOST_COUNTED", 3)
    project = a_project(at=timezone.now() - timedelta(days=3))
    change(project, "budget", 9, at=timezone.now() - timedelta(days=2))
    for number in range(3):
        change(project, "budget", number)
    page = html(client, "/?fragment=totals")
    assert "; 3 in the last 24 hours" in page
    assert "<dd>3+</dd>" in page
    assert DataChangeLog.objects.news() == {"day": 3, "week": 4}  # one more than are counted
