"""A site of its own for the live tests: a migrated database, Redis, Daphne and a writer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buka.dev.processes import Nursery
from realtime.tests.processes import Redis, Web, Writer, environment


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="session")
def database_url(migrated_copy: Callable[[], str]) -> str:
    return migrated_copy()


@pytest.fixture(scope="session")
def env(nursery: Nursery, var: Path, database_url: str) -> dict[str, str]:
    redis_url = os.environ.get("TEST_REDIS_URL") or Redis(nursery).url
    return environment(database_url, redis_url, var)


@pytest.fixture(scope="session")
def web(nursery: Nursery, env: dict[str, str], var: Path) -> Web:
    """A web process that lives by the bell."""
    return Web(nursery, env, var / "web.log", "realtime.tests.patient:application")


@pytest.fixture(scope="session")
def quick(nursery: Nursery, env: dict[str, str], var: Path) -> Web:
    """Another web process on the same database and Redis, which pings, reports and looks often."""
    return Web(nursery, env, var / "quick.log", "realtime.tests.quick:application")


@pytest.fixture(scope="session")
def writer(env: dict[str, str]) -> Iterator[Writer]:
    writer = Writer(env)
    yield writer
    writer.close()
