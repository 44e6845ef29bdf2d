"""The bell never makes a load wait, whatever happens to Redis."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
import redis as redis_client
from django.test import override_settings

from buka.dev.processes import Nursery
from realtime import notifier
from realtime.notifier import GROUP, NotificationManager
from realtime.tests.processes import Redis, wait_for


def layers(url: str) -> Any:
    host = {"address": url, "socket_timeout": 5, "socket_connect_timeout": 2}
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    return override_settings(CHANNEL_LAYERS={"default": {"BACKEND": backend, "CONFIG": {"hosts": [host]}}})


class Ears:
    """Hears what is rung, with a plain Redis client."""

    def __init__(self, url: str) -> None:
        self._client = redis_client.Redis.from_url(url)
        self._subscription = self._client.pubsub(ignore_subscribe_messages=True)
        self._subscription.subscribe(f"asgi__group__{GROUP}")
        self.heard: list[int] = []

    def listen(self) -> list[int]:
        while message := self._subscription.get_message(timeout=0.05):
            self.heard.append(msgpack.unpackb(message["data"])["last_id"])
        return self.heard

    def close(self) -> None:
        self._subscription.close()
        self._client.close()


@pytest.fixture(scope="module")
def server(nursery: Nursery) -> Redis:
    return Redis(nursery)


@pytest.fixture
def ears(server: Redis) -> Iterator[Ears]:
    ears = Ears(server.url)
    ears.listen()
    with layers(server.url):
        yield ears
    ears.close()


@pytest.mark.live
def test_a_ring_is_heard_and_done_when_the_call_returns(ears: Ears) -> None:
    NotificationManager().ring(7)
    assert ears.listen() == [7]


@pytest.mark.live
def test_an_older_id_than_the_last_is_not_rung(ears: Ears) -> None:
    bell = NotificationManager()
    bell.ring(7)
    bell.ring(6)
    assert ears.listen() == [7]


@pytest.mark.live
def test_it_rings_from_inside_an_event_loop_without_stopping_it(ears: Ears) -> None:
    async def load() -> None:
        NotificationManager().ring(8)

    asyncio.run(load())
    wait_for(lambda: ears.listen() == [8], "the ring")


@pytest.mark.live
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_it_rings_in_a_forked_worker(ears: Ears) -> None:
    bell = NotificationManager()
    bell.ring(1)
    with bell._lock:  # the fork copies a lock that is held by a thread the child does not have
        child = os.fork()
    if not child:
        bell.ring(2)
        os._exit(0)
    os.waitpid(child, 0)
    bell.ring(3)
    assert ears.listen() == [1, 2, 3]


def test_without_redis_at_all_nothing_happens(caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(CHANNEL_LAYERS={}):
        NotificationManager().ring(7)
    assert not caplog.records


def test_a_dead_redis_is_waited_for_once_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bell = NotificationManager()
    with layers(f"unix://{tmp_path}/nobody.sock"):
        took = seconds(lambda: [bell.ring(n) for n in range(1, 6)])
        wait_for(lambda: caplog.records, "the warning")
        wait_for(lambda: bell._thread is None, "the last attempt")
    assert took < 4, "once: no second for each"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_redis_that_accepts_and_never_answers_is_waited_for_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notifier.PATIENCE_SECONDS < 1  # what a load waits; here less will do
    monkeypatch.setattr(notifier, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(notifier, "SEND_SECONDS", 60.0)
    bell = NotificationManager()
    with socket.create_server(("127.0.0.1", 0)) as mute, layers(mute_url(mute)):
        bell.ring(1)
        assert bell._thread, "the load goes on while it rings"
        assert seconds(lambda: [bell.ring(n) for n in range(2, 102)]) < 10, "that would be 20 if each waited"
        mute.close()
        wait_for(lambda: caplog.records, "the warning")
        wait_for(lambda: bell._thread is None, "the last attempt")
    assert len(caplog.records) == 1


@pytest.mark.live
def test_after_an_outage_it_says_that_it_rings_again(
    server: Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "realtime.notifier")
    bell = NotificationManager()
    with layers(f"unix://{tmp_path}/nobody.sock"):
        bell.ring(1)
        wait_for(lambda: bell._thread is None, "the attempt")
    with layers(server.url):
        bell.ring(2)
        wait_for(lambda: bell._thread is None, "the ring")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def mute_url(server: socket.socket) -> str:
    return f"redis://127.0.0.1:{server.getsockname()[1]}"


def seconds(work: Any) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started
