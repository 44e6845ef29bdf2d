"""Polls of the replica, as the worker would do them, in this process; and runs that others do."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from etl import first_reading
from etl.bounds import process
from etl.scheduler import DataScheduler
from etl.tests.kept import Keeper, Replicas
from etl.tests.tinysite import serving
from etl.tests.watching import Watched
from projects.models import RunState, SyncRun
from replica.server import ReplicaServer

Sync = Callable[..., SyncRun]


def first_of(cases: Iterable[Any]) -> list[Any]:
    """The first case, and the others among the long tests: of what takes half a second a case."""
    first, *others = cases
    return [first, *(pytest.param(case, marks=pytest.mark.soak) for case in others)]


@pytest.fixture(autouse=True)
def loaded_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first reading that takes its time on a busy machine is loaded as one all the same."""
    monkeypatch.setattr(first_reading, "FILL_AFTER", 3600.0)


@pytest.fixture
def here(settings: Any, tmp_path: Any) -> Any:
    """Settings of a fast poll with an archive of its own."""
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.FETCH_DELAY_SECONDS = 0
    settings.FETCH_BACKOFF_SECONDS = 0
    settings.FETCH_MAX_ATTEMPTS = 2
    return settings


@pytest.fixture
def by_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's time alone ends what a page costs: a busy machine gives little of it in a second."""
    monkeypatch.setattr(process, "_PATIENCE", 300)


@pytest.fixture
def sync(here: Any) -> Sync:
    def poll(url: str = "", **options: Any) -> SyncRun:
        here.DWS_URL = url or here.DWS_URL
        return DataScheduler().run_now("dws", "command", **options)

    return poll


def going_on(source: str = "dws", **fields: Any) -> SyncRun:
    """A run of a source that a process elsewhere is doing."""
    now = timezone.now()
    values = {
        "source_id": source,
        "trigger": "schedule",
        "state": RunState.RUNNING,
        "holder": f"elsewhere:{os.getpid()}",
        "started_at": now,
        "lease_until": now + timedelta(minutes=5),
    }
    return SyncRun.objects.create(**{**values, **fields})


@pytest.fixture(scope="session")
def replicas() -> Iterator[Replicas]:
    replicas = Replicas()
    yield replicas
    replicas.stop()


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Keeper:
    return Keeper(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def replica(request: pytest.FixtureRequest, replicas: Replicas) -> ReplicaServer:
    """A small site of its own; `parametrize("replica", [{"layout": "table"}], indirect=True)` has another.

    With `"short_menu": False` it has the dashboard's whole menu, and a poll twice the pages.
    """
    small = {"projects": 12, "seed": 7, "provinces": ("GT",), "short_menu": True}
    options = {**small, **getattr(request, "param", {})}
    return replicas.new(**options)


@pytest.fixture
def first(replica: ReplicaServer, sync: Sync, here: Any, keeper: Keeper) -> SyncRun:
    """The replica was polled for the first time, with `here`'s settings: that run."""
    here.DWS_URL = replica.url
    # By the server, too: the address of one that was stopped is free for another site.
    keeper.begin((replica, replica.url), here.ARCHIVE_DIR, sync)
    return SyncRun.objects.get()


@pytest.fixture
def site(replicas: Replicas) -> ReplicaServer:
    """A small site for its Municipal Money API: three financial years of one province."""
    return replicas.new(projects=5, seed=3, provinces=("GT",), finance_years=3)


@pytest.fixture
def poll(here: Any, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch) -> Sync:
    """A poll of the site's Municipal Money API."""
    here.TREASURY_URL = f"{site.root}/api"
    monkeypatch.setattr("etl.treasury.FIRST_YEAR", 2025)  # the site has none before: fewer questions

    def read(**options: Any) -> SyncRun:
        return DataScheduler().run_now("treasury", "command", **options)

    return read


@pytest.fixture
def first_figures(site: ReplicaServer, poll: Sync, here: Any, keeper: Keeper) -> SyncRun:
    """The site's Municipal Money API was polled for the first time: that run."""
    keeper.begin((site, site.api_url), here.ARCHIVE_DIR, poll)
    return SyncRun.objects.get()


@pytest.fixture
def watched(sync: Sync, settings: Any) -> Iterator[Watched]:
    """A site of its own, where nothing is held; in the end history must come out by a replay."""
    settings.HOLD_LEAST_RECORDS = 1000
    with serving({}) as site:
        watched = Watched(site, sync)
        yield watched
    if SyncRun.objects.exists() and watched.is_of_today:  # whatever was told, history comes out the same
        out = StringIO()
        with contextlib.suppress(SystemExit):  # 1 where it does not: what differs is said below
            call_command("replay", "--json", stdout=out)
        assert json.loads(out.getvalue())["identical"], out.getvalue()
