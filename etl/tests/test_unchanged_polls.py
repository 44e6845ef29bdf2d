"""A poll that finds nothing new reads no page anew, adds no row but its own, and says what it saw."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from etl import scheduler
from etl.compare.known import Known
from etl.crawl import looks
from etl.crawl.kept_readings import KeptReadings, sweep
from etl.crawl.looks import Looker
from etl.crawl.noise import masked
from etl.crawl.progress import Progress
from etl.crawl.web_pages import WebPages
from etl.exceptions import LeaseLost
from etl.fetch.page import Page
from etl.load.provenance import looks_digest
from etl.tests.conftest import first_of
from projects.models import (
    AreaReading,
    Identity,
    LookSet,
    Municipality,
    MunicipalityListing,
    Project,
    RunState,
    Sighting,
    Snapshot,
    SyncRun,
)
from replica.server import ReplicaServer

Sync = Callable[..., SyncRun]
MOST_STATEMENTS = 12  # beside renewals and progress, which come with the time
BESIDE = ('SET "lease_until"', 'SET "progress"')
URL = "https://pmd.example.org/pmd/list.aspx?enc=AbCdEfGh12345678%3d"
ROW = '<tr><td>WP{0}</td><td><a href="detail.aspx?enc={1}">Scheme {0}</a></td><td>R {0},000.00</td></tr>'


def a_page(state: str, token: str, rows: int = 4, told: str = "") -> Page:
    """One page as a server sends it with these passing values."""
    body = "".join(ROW.format(number, f"{token}{number:08}") for number in range(100, 100 + rows))
    hidden = f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{state * 30}" />'
    text = (
        f'<html><head><title>List</title></head><body><form action="list.aspx?enc={token}" method="post">'
        f"{hidden}<table><tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>{body}</table>"
        f'{told}<script id="dxss_{len(state) * 1234567}"></script></form></body></html>'
    )
    return Page(URL.replace("AbCdEfGh", token[:8]), text.encode(), headers={"Content-Type": "text/html"})


def looker(folder: Path, **how: Any) -> Looker:
    return Looker(WebPages({}), kept=KeptReadings(folder, "today's parser", **how))


def test_a_page_is_one_page_whatever_its_passing_values_are():
    one, other = masked(a_page("Ab1/", "QwErTyUi")), masked(a_page("Zz9+", "PoIuYtRe"))
    assert one.page.body == other.page.body
    assert one.page.url == other.page.url
    assert len(one.values) == len(other.values) == 8
    assert masked(a_page("Ab1/", "QwErTyUi", rows=5)).page.body != one.page.body


def test_what_a_masked_page_says_is_what_the_page_says():
    page = a_page("Ab1/", "QwErTyUi")
    read = Looker(WebPages({})).read(page)
    assert read.content == WebPages({})(page)
    assert read.clean == looks.Look(looks.clean_markup, WebPages({}))(page).clean


def test_a_page_that_was_read_is_not_read_again_and_its_links_are_those_of_now(tmp_path, monkeypatch):
    looker(tmp_path).read(a_page("Ab1/", "QwErTyUi"))
    monkeypatch.setattr(looks, "bounded", lambda *_, **__: pytest.fail("it was read again"))
    again = looker(tmp_path).known(a_page("Zz9+", "PoIuYtRe"))
    assert again
    assert again.content == WebPages({})(a_page("Zz9+", "PoIuYtRe"))


def test_a_passing_value_that_people_read_is_no_passing_value():
    """It stands in the text: another one is another page, and none is put in its place."""
    one, other = (a_page("Ab1/", "QwErTyUi", told=f"<p>code enc={code}</p>") for code in ("1" * 9, "2" * 9))
    first, second = Looker(WebPages({})).read(one), Looker(WebPages({})).read(other)
    assert first.clean != second.clean
    assert first.content == WebPages({})(one)


@pytest.mark.parametrize("harm", [b"", b"x" * 90, None])
def test_a_kept_reading_that_came_to_harm_is_read_anew(tmp_path, harm):
    page = a_page("Ab1/", "QwErTyUi")
    looker(tmp_path).read(page)
    (path,) = (each for each in tmp_path.rglob("*") if each.is_file())
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:] if harm is None else harm)
    assert looker(tmp_path).known(page) is None
    assert looker(tmp_path).content(page) == WebPages({})(page)


def test_another_parser_another_key_or_a_rehearsal_knows_nothing(tmp_path, settings):
    page = a_page("Ab1/", "QwErTyUi")
    looker(tmp_path, keep=False).read(page)
    assert looker(tmp_path).known(page) is None
    looker(tmp_path).read(page)
    assert Looker(WebPages({}), kept=KeptReadings(tmp_path, "tomorrow's")).known(page) is None
    settings.SECRET_KEY = "somebody else's"
    assert looker(tmp_path).known(page) is None


def test_readings_that_nobody_used_are_swept(tmp_path):
    looker(tmp_path).read(a_page("Ab1/", "QwErTyUi"))
    assert sweep(tmp_path, 0) == 0
    assert sweep(tmp_path, timezone.now().timestamp() + 60) == 1


@pytest.mark.django_db
def test_an_unchanged_poll_adds_one_row_and_says_what_it_saw(replica: ReplicaServer, sync: Sync):
    first = sync(replica.url)
    sync()
    before = Sighting.objects.count(), LookSet.objects.count(), Snapshot.objects.count()
    run = sync()
    assert (run.state, run.unchanged_by) == ("unchanged", "page")
    lists = LookSet.objects.filter(pk=run.same_lists_id)
    assert (Sighting.objects.count(), Snapshot.objects.count()) == (before[0], before[2])
    assert LookSet.objects.count() <= before[1] + 1  # a project's own page has its turn
    assert len(run.look_ids) == run.pages
    assert set(run.sightings.all()) == set()
    shown = [(look.key, look.clean_sha256) for look in run.looks]
    assert run.looks_digest == looks_digest(shown)
    assert set(lists.get().looks) <= set(first.sightings.values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_poll_with_a_change_has_a_look_of_its_own_there_and_history_comes_out(
    replica: ReplicaServer, sync: Sync
):
    sync(replica.url)
    sync()
    replica.site.mutate(2)
    run = sync()
    assert run.state == "succeeded"
    own = run.sightings.count()
    assert 0 < own < run.pages
    assert len(run.look_ids) == run.pages
    keys = [Sighting.objects.get(pk=pk).key for pk in run.look_ids]
    assert len(set(keys)) == run.pages
    out = StringIO()
    call_command("replay", "--json", stdout=out)
    assert json.loads(out.getvalue())["identical"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "replica", first_of([{"projects": 50, "etag": True}, {"projects": 12}]), indirect=True
)
def test_an_unchanged_poll_asks_no_more_of_the_database_for_more_pages(replica: ReplicaServer, sync: Sync):
    sync(replica.url)
    sync()
    with CaptureQueriesContext(connection) as seen:
        run = sync()
    assert run.state == "unchanged"
    asked = [query["sql"] for query in seen if not any(part in query["sql"] for part in BESIDE)]
    assert len(asked) <= MOST_STATEMENTS, [sql[:150] for sql in asked]


@pytest.mark.django_db
def test_an_unchanged_poll_that_lost_its_lease_writes_nothing(replica: ReplicaServer, sync: Sync):
    sync(replica.url)
    last = sync()
    before = LookSet.objects.count(), list(AreaReading.objects.values_list("pk", "last_run"))

    def take_over(_: Progress) -> None:
        SyncRun.objects.filter(state=RunState.RUNNING).update(state=RunState.ABANDONED, error="Taken over.")

    with pytest.raises(LeaseLost):
        sync(on_progress=take_over)
    run = SyncRun.objects.exclude(pk__lte=last.pk).get()
    assert (run.state, run.error, run.finished_at, run.pages) == ("abandoned", "Taken over.", None, 0)
    assert (LookSet.objects.count(), list(AreaReading.objects.values_list("pk", "last_run"))) == before


@pytest.mark.django_db
def test_an_unchanged_poll_stands_in_for_an_older_one_that_waits(replica: ReplicaServer, sync: Sync):
    sync(replica.url)
    held = SyncRun.objects.create(source_id="dws", trigger="command", state=RunState.QUARANTINED)
    run = sync()
    held.refresh_from_db()
    assert (run.state, held.state) == ("unchanged", "superseded")
    run.refresh_from_db()
    assert (run.state, run.lease_until) == ("unchanged", None)


@pytest.mark.django_db
def test_keys_areas_and_lines_are_those_of_the_rows(
    replica: ReplicaServer, sync: Sync, django_assert_num_queries: Any
):
    sync(replica.url)
    two, listed, *_ = Project.objects.order_by("pk")
    some = Municipality.objects.values_list("pk", flat=True)[:3]
    two.municipalities.set(some)
    two.identities.create(source=two.source, external_id="its former number")
    Project.objects.filter(pk=listed.pk).update(lists="/one /other")
    MunicipalityListing.objects.filter(pk=MunicipalityListing.objects.first().pk).update(is_listed=False)
    with django_assert_num_queries(2):
        known = Known.of(two.source)
        places = {key.pk: known.places_of(key.pk) for key in known.keys.values()}
        lines = known.listed_lines()
    assert known.keys.keys() == set(Identity.objects.values_list("external_id", flat=True))
    assert places[two.pk] >= set(some)
    assert places[listed.pk] >= {"/one", "/other"}
    for project in Project.objects.prefetch_related("municipalities"):
        assert places[project.pk] == {place.pk for place in project.municipalities.all()} | set(
            project.lists.split()
        )
    rows = MunicipalityListing.objects.filter(is_listed=True)
    assert lines == {row.code: row.pk for row in rows}
    assert len(known.listings) == len(lines) + 1, "in full, with what is not listed"


@pytest.mark.django_db
def test_pruning_is_scheduled_and_leaves_what_readings_share(replica: ReplicaServer, sync: Sync, settings):
    sync(replica.url)
    replica.site.mutate(2)
    sync()
    sync()
    settings.PRUNE_AFTER_DAYS = 1
    Snapshot.objects.update(fetched_at=timezone.now() - timedelta(days=9))
    Sighting.objects.update(at=timezone.now() - timedelta(days=9))
    assert "0 snapshots" in scheduler.prune_snapshots()
    out = StringIO()
    call_command("replay", "--json", stdout=out)
    assert json.loads(out.getvalue())["identical"]
