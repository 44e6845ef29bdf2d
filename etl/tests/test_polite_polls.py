"""What a robots.txt asks for is kept, and told on the run that read it, however the run ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.exceptions import FetchFailed
from projects.models import SyncRun
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
Poll = Callable[..., SyncRun]


@pytest.fixture
def told(here: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[ReplicaServer], str]:
    """What a run tells of a delay that is too long; here so is one of more than 5 ms."""
    here.FETCH_DELAY_SECONDS = 0.001
    monkeypatch.setattr("etl.fetch.fetcher._LONGEST_WAIT", 0.005)

    def sentence(server: ReplicaServer) -> str:
        server.site.crawl_delay = 86400
        host = server.root.removeprefix("http://")
        return f"robots.txt of {host} asks for 86400 s between two requests; 0.005 s were kept."

    return sentence


def test_a_poll_of_the_dashboard_tells_of_a_delay_that_was_cut(sync: Poll, replica, told) -> None:
    sentence = told(replica)
    run = sync(replica.url)
    assert (run.state, run.complete, run.notes) == ("succeeded", True, [sentence])


def test_a_poll_of_municipal_money_tells_of_a_delay_that_was_cut(poll: Poll, site, told) -> None:
    sentence = told(site)
    run = poll()
    assert (run.state, run.notes[0]) == ("succeeded", sentence)


def test_a_failed_poll_of_the_dashboard_tells_it_too(sync: Poll, replica, told) -> None:
    sentence = told(replica)
    replica.site.robots = "User-agent: *\nDisallow: /pmd/\n"
    with pytest.raises(FetchFailed, match="does not allow"):
        sync(replica.url)
    run = SyncRun.objects.get()
    assert (run.state, run.notes) == ("failed", [sentence])


def test_a_failed_poll_of_municipal_money_tells_it_too(poll: Poll, site, told) -> None:
    sentence = told(site)
    site.site.robots = "User-agent: *\nDisallow: /api/\n"
    with pytest.raises(FetchFailed, match="does not allow"):
        poll()
    run = SyncRun.objects.get()
    assert (run.state, run.notes) == ("failed", [sentence])
