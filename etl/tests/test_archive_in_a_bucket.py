"""Polls whose pages are kept in a bucket: the same record, and a clean end where the bucket is away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command

from etl.exceptions import ArchiveAway
from etl.tests.test_damaged_evidence import PAGES, a_list
from etl.tests.tinysite import Site, serving
from projects.archive import Archive
from projects.models import DataChangeLog, Project, Snapshot, SyncRun
from projects.tests.s3 import nowhere

pytestmark = pytest.mark.django_db
Sync = Callable[..., SyncRun]


@pytest.fixture
def site(here: Any, bucket: str) -> Iterator[Site]:
    with serving({f"/pmd/{name}": f"<html>{body}</html>" for name, body in PAGES.items()}) as site:
        here.DWS_URL = f"{site.root}/pmd/level.aspx"
        yield site


def move_to(endpoint: str) -> None:
    """The bucket is found at another address from now on."""
    storage: Any = storages["archive"]
    storage.endpoint_url, storage._connections = endpoint, threading.local()


def kept() -> set[str]:
    return {entry.stem for entry in Archive().entries()}


def test_what_was_read_into_a_bucket_is_compared_with_checked_and_replayed_from_it(
    site: Site, sync: Sync, here: Any
) -> None:
    run = sync()
    assert (run.state, run.created) == ("succeeded", 2)
    assert kept() == set(Snapshot.objects.values_list("pk", flat=True))
    assert not here.ARCHIVE_DIR.exists()
    assert sync().state == "unchanged"
    site.pages["/pmd/list.aspx?m=DC12"] = f"<html>{a_list('WP2', 'Amathole pipe', '2 500')}</html>"
    assert sync().updated == 1
    out = StringIO()
    call_command("verify_log", "--archive", stdout=out)
    call_command("replay", stdout=out)
    assert f"Archive: {len(kept())} kept pages, each of its digest." in out.getvalue()
    assert "2 loaded runs replayed: identical." in out.getvalue()


def test_a_bucket_that_goes_away_ends_the_run_in_a_sentence_and_nothing_of_it_is_loaded(
    site: Site, sync: Sync, s3: Any
) -> None:
    sync()
    before, log = kept(), DataChangeLog.objects.count()
    changed = f"<html>{a_list('WP2', 'Amathole pipe', '2 500')}</html>"

    def going(_form: dict[str, str]) -> str:
        move_to(nowhere().endpoint_url)
        return changed

    site.pages["/pmd/list.aspx?m=DC12"] = going
    with pytest.raises(ArchiveAway):
        sync()
    run = SyncRun.objects.latest("pk")
    assert run.state == "failed"
    assert "cannot be asked: EndpointConnectionError." in run.error
    with pytest.raises(ArchiveAway):  # what was kept before cannot be compared with
        sync()
    assert (DataChangeLog.objects.count(), Snapshot.objects.damaged().count()) == (log, 0)
    assert str(Project.objects.get(external_id="WP2").budget) == "1500000.00"
    move_to(s3.endpoint)
    assert kept() == before
    site.pages["/pmd/list.aspx?m=DC12"] = changed
    assert sync().updated == 1
    call_command("replay", stdout=StringIO())
