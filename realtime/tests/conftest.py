"""A site of its own for the live tests: a migrated database, Redis, Daphne and a writer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from buka.dev.processes import Nursery
from realtime.tests.processes import ROOT, Redis, Web, Writer, environment


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="session")
def database_url(var: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database that several processes share: the tests' own is rolled back, so nobody sees it."""
    server = os.environ["TEST_DATABASE_URL"] if request.config.getoption("--pg", default=False) else ""
    url = _create_database(server) if server else f"sqlite:///{var / 'live.sqlite3'}"
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment(url, "", var), check=True)
    yield url
    if server:
        _drop_database(server, url)


def _create_database(server: str) -> str:
    name = f"live_{os.getpid()}"
    _execute(server, f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _drop_database(server: str, url: str) -> None:
    _execute(server, f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def env(nursery: Nursery, var: Path, database_url: str) -> dict[str, str]:
    redis_url = os.environ.get("TEST_REDIS_URL") or Redis(nursery).url
    return environment(database_url, redis_url, var)


@pytest.fixture(scope="session")
def web(nursery: Nursery, env: dict[str, str], var: Path) -> Web:
    return Web(nursery, env, var / "web.log")


@pytest.fixture(scope="session")
def writer(env: dict[str, str]) -> Iterator[Writer]:
    writer = Writer(env)
    yield writer
    writer.close()
