"""Redis is only the bell: what happens to it costs seconds, never a change."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection

from buka.dev.processes import Nursery
from realtime.tests.processes import Redis, Web, Writer, changes, environment, frames, ids, wait_for

pytestmark = [pytest.mark.live, pytest.mark.soak]


@pytest.fixture(scope="module")
def redis(nursery: Nursery) -> Redis:
    """Dead at first: the web process and the writer start without it."""
    redis = Redis(nursery)
    redis.kill()
    return redis


@pytest.fixture(scope="module")
def fragile_env(redis: Redis, database_url: str, var: Path) -> dict[str, str]:
    return environment(database_url, redis.url, var)


@pytest.fixture(scope="module")
def fragile(nursery: Nursery, fragile_env: dict[str, str], var: Path) -> Iterator[Web]:
    web = Web(nursery, fragile_env, var / "fragile.log")
    yield web
    assert web.stop()
    assert "Traceback" not in web.log.read_text()


@pytest.fixture(scope="module")
def author(fragile_env: dict[str, str]) -> Iterator[Writer]:
    writer = Writer(fragile_env)
    yield writer
    writer.close()


def test_the_first_socket_of_a_process_needs_no_redis(redis: Redis, fragile: Web, author: Writer) -> None:
    with fragile.socket() as ws:
        next(frames(ws))
        wrote = author.append("without a bell")
        assert wrote["took"] < 4, "five is the time-out of a socket"
        assert ids(changes(ws, 1)) == [wrote["last"]]
        assert fragile.log.read_text().count("The bell cannot be heard") == 1
        redis.start()
        wait_for(lambda: arrives_at_once(ws, author), "the bell")


def arrives_at_once(ws: ClientConnection, author: Writer) -> bool:
    author.append("a bell?")
    started = time.monotonic()
    changes(ws, 1)
    return time.monotonic() - started < 0.3


def test_sockets_stay_open_and_changes_arrive_while_redis_is_killed_and_restarted(
    redis: Redis, fragile: Web, author: Writer
) -> None:
    with fragile.socket() as ws:
        next(frames(ws))
        redis.kill()
        wrote = author.append("bell is dead")
        assert wrote["took"] < 4, "five is the time-out of a socket"
        assert ids(changes(ws, 1)) == [wrote["last"]]
        with fragile.socket(f"?after={wrote['first'] - 1}") as newcomer:
            assert ids(changes(newcomer, 1)) == [wrote["last"]]
        redis.start()
        wrote = author.append("bell is back", "twice")
        assert ids(changes(ws, 2)) == [wrote["first"], wrote["last"]]


def test_a_redis_that_hangs_delays_neither_the_load_nor_the_news(
    redis: Redis, fragile: Web, author: Writer
) -> None:
    with fragile.socket() as ws:
        next(frames(ws))
        redis.process.send_signal(signal.SIGSTOP)
        try:
            wrote = [author.append(f"hung {n}") for n in range(4)]
            assert sum(one["took"] for one in wrote) < 4, "not a second for each"
            assert ids(changes(ws, 4)) == [one["last"] for one in wrote]
        finally:
            redis.process.send_signal(signal.SIGCONT)
        last = author.append("awake")["last"]
        assert ids(changes(ws, 1)) == [last]
