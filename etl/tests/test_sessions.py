"""A session that ends in the middle of a poll, and a server that says which pages are as they were."""

from __future__ import annotations

import pytest

from etl.fetch.archive import Archive
from projects.models import DataChangeLog, Project, Sighting, Snapshot
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
LAYOUTS = ["grid", "postback", "table", "dataview", "dataview_postback"]
paged = [{"projects": 60, "provinces": ("NC",), "layout": name, "rows_of_all": 10} for name in LAYOUTS]


@pytest.mark.soak
@pytest.mark.parametrize("replica", paged, indirect=True, ids=LAYOUTS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_poll_goes_on_in_a_new_session_and_is_complete(replica: ReplicaServer, first, sync, times):
    asked = [request.partition(" ") for request in replica.site.recent]
    posts = [place for place, (method, _, _) in enumerate(asked) if method == "POST"]
    replica.site.recent.clear()
    replica.site.set_fault("session_expire", after=posts[1] - 1, times=times)  # robots.txt is no page
    run = sync()
    assert (run.complete, run.seen, run.missing) == (True, first.seen, 0), run.notes
    lost = asked[posts[1]][2]  # the page whose list was being read
    assert replica.site.recent.count(f"GET {lost}") >= 2 or "enc=" in lost
    assert not DataChangeLog.objects.filter(change_type="missing").exists()


@pytest.mark.soak
@pytest.mark.parametrize("replica", paged[:1], indirect=True)
def test_a_session_that_ends_with_each_answer_leaves_the_poll_incomplete(replica: ReplicaServer, sync):
    replica.site.set_fault("session_expire")
    run = sync(replica.url)
    assert (run.state, run.complete, run.missing) == ("succeeded", False, 0)
    assert any("the session ended 3 times" in note for note in run.notes)


small = pytest.mark.parametrize("replica", [{"etag": True}], indirect=True)


@small
def test_a_page_that_the_server_calls_unmodified_is_not_sent_again(replica: ReplicaServer, first, sync):
    assert first.not_modified == 0
    looks, kept = Sighting.objects.count(), Snapshot.objects.count()
    second = sync()
    assert (second.state, second.complete, second.seen) == ("unchanged", True, first.seen)
    assert second.not_modified > second.pages / 2
    assert Snapshot.objects.count() == kept
    assert Sighting.objects.count() == looks
    assert len(second.look_ids) == second.pages


@small
def test_what_did_change_is_seen_beside_unmodified_pages(replica: ReplicaServer, first, sync):
    entries = replica.site.mutate(5)
    second = sync()
    assert second.not_modified > 0
    wanted = {entry["external_id"] for entry in entries if entry.get("external_id")}
    logged = DataChangeLog.objects.filter(id__gt=first.last_change, entity_type="project")
    assert set(logged.values_list("external_id", flat=True)) == wanted


@small
def test_a_forced_poll_asks_for_everything(replica: ReplicaServer, first, sync):
    assert sync(force=True).not_modified == 0


@small
def test_bytes_that_are_gone_from_the_archive_are_fetched_again(replica: ReplicaServer, first, sync, here):
    archive = Archive(here.ARCHIVE_DIR)
    for snapshot in Snapshot.objects.all():
        archive.discard(snapshot.sha256)
    second = sync()
    assert (second.not_modified, second.seen) == (0, Project.objects.count())
