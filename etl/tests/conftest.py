"""A poll of the replica, as the worker would do it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from etl.replica.server import ReplicaServer
from etl.scheduler import DataScheduler
from projects.models import SyncRun

Sync = Callable[..., SyncRun]


@pytest.fixture
def here(settings: Any, tmp_path: Any) -> Any:
    """Settings of a fast poll with an archive of its own."""
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.FETCH_DELAY_SECONDS = 0
    settings.FETCH_BACKOFF_SECONDS = 0
    settings.FETCH_MAX_ATTEMPTS = 2
    return settings


@pytest.fixture
def sync(here: Any) -> Sync:
    def poll(url: str = "", **options: Any) -> SyncRun:
        here.DWS_URL = url or here.DWS_URL
        return DataScheduler().run_now("dws", "command", **options)

    return poll


@pytest.fixture
def replica(request: pytest.FixtureRequest) -> Iterator[ReplicaServer]:
    """A small site of its own; `parametrize("replica", [{"layout": "table"}], indirect=True)` has another."""
    options = {"projects": 24, "seed": 7, "provinces": ("NW",), **getattr(request, "param", {})}
    with ReplicaServer(**options) as server:
        yield server
