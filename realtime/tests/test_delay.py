"""Our own measured delay: a browser says what it has painted, the hub knows when that went into the log."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis as redis_client
from django.utils import timezone

from projects.health.hubs import KEY
from realtime import client, delay
from realtime.delay import KEPT, Delays, reported
from realtime.filters import Filters
from realtime.hub import Hub
from realtime.tests.processes import Web, Writer, changes, frames, ids, wait_for


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clocks stand: no figure is of how busy this machine is."""
    now, moment = timezone.now(), time.monotonic()
    monkeypatch.setattr(delay, "timezone", SimpleNamespace(now=lambda: now))
    monkeypatch.setattr(delay, "time", SimpleNamespace(monotonic=lambda: moment))


def ago(seconds: float) -> Any:
    return delay.timezone.now() - timedelta(seconds=seconds)


def test_a_delay_is_from_the_log_s_time_to_the_report(still):
    delays = Delays()
    delays.handed_out(7, ago(0.5))
    delays.shown(7)
    summary = delays.summary()
    assert summary
    assert (summary["count"], round(summary["median"], 1), round(summary["p95"], 1)) == (1, 0.5, 0.5)


def test_without_a_report_nothing_is_measured():
    delays = Delays()
    delays.handed_out(7, ago(0.5))
    assert delays.summary() is None


def test_what_was_not_handed_out_or_is_long_ago_is_ignored(monkeypatch):
    delays = Delays()
    delays.handed_out(7, ago(0.5))
    delays.shown(8)
    monkeypatch.setattr(delay, "REMEMBERED_SECONDS", 0.0)
    time.sleep(0.01)
    delays.shown(7)
    assert delays.summary() is None
    delays.handed_out(9, ago(0))
    assert 7 not in delays._handed


def test_a_writer_whose_clock_is_ahead_measures_nothing():
    delays = Delays()
    delays.handed_out(7, ago(-3))
    delays.shown(7)
    assert delays.summary() is None


def test_what_was_written_long_before_its_commit_counts_from_the_last_look_that_did_not_see_it(still):
    delays = Delays()
    delays.handed_out(7, ago(45), delay.time.monotonic() - 0.5)
    delays.shown(7)
    delays.handed_out(8, ago(0.2), delay.time.monotonic() - 2)
    delays.shown(8)
    summary = delays.summary()
    assert summary
    assert (round(summary["median"], 2), round(summary["p95"], 1)) == (0.35, 0.5)


def test_a_clock_that_is_set_meanwhile_changes_no_figure(monkeypatch):
    delays = Delays()
    delays.handed_out(7, ago(0.5))
    later = ago(-3600)
    monkeypatch.setattr(delay.timezone, "now", lambda: later)
    delays.shown(7)
    delays.handed_out(
        8, later - timedelta(hours=1), time.monotonic() - 1
    )  # set between the writing and the handing out
    delays.shown(8)
    summary = delays.summary()
    assert summary
    assert (summary["count"], round(summary["p95"])) == (2, 1)


def test_a_socket_that_tells_of_one_change_again_and_again_is_heard_once(monkeypatch):
    async def send(message: Any) -> None: ...

    monkeypatch.setattr(client, "LEAST_PAUSE_SECONDS", 0.0)
    hub, liar = Hub(), client.Client(send, Filters())
    liar.live_from, liar.position = 0, 10
    for pk in (3, 7):
        hub.delays.handed_out(pk, ago(0.5))
    for pk in (7, 7, 7, 3, 11, -1, 10**90):
        liar.hear(json.dumps({"type": "shown", "id": pk}), hub)
    summary = hub.delays.summary()
    assert summary
    assert summary["count"] == 1


def test_the_last_five_hundred_are_kept(still):
    delays = Delays()
    for number in range(KEPT + 100):
        delays.handed_out(number, ago(60 if number < 100 else 1))
        delays.shown(number)
    summary = delays.summary()
    assert summary
    assert (summary["count"], round(summary["p95"])) == (KEPT, 1)


def test_the_95th_percentile_is_one_of_the_measured(still):
    delays = Delays()
    for number in range(1, 101):
        delays.handed_out(number, ago(number))
        delays.shown(number)
    summary = delays.summary()
    assert summary
    assert (round(summary["median"], 1), round(summary["p95"])) == (50.5, 95)


@pytest.mark.parametrize(
    ("text", "pk"),
    [
        ('{"type": "shown", "id": 1841}', 1841),
        ('{"type":"shown","id":1841}', 1841),
        ('{"type": "shown", "id": true}', None),
        ('{"type": "shown", "id": "1841"}', None),
        ('{"type": "shown"}', None),
        ('{"type": "change", "id": 1}', None),
        ('["shown"]', None),
        ('"shown"', None),
        ("shown", None),
        ("[" * 60 + "shown", None),
        ('{"type": "shown", "id": 1' + " " * 100 + "}", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_short_report_is_read(text, pk):
    assert reported(text) == pk


# --- with a real web process ----------------------------------------------------------------------

live = pytest.mark.live


def record(env: dict[str, str], web: Web) -> dict[str, Any]:
    with redis_client.from_url(env["REDIS_URL"]) as client:
        for process, text in client.hgetall(KEY).items():
            if process.decode().endswith(f":{web.process.pid}"):
                return json.loads(text)
    return {}


@live
def test_a_web_process_reports_its_cursor_its_sockets_and_its_delays(
    quick: Web, writer: Writer, env: dict[str, str]
) -> None:
    last = writer.append("before")["last"]
    with quick.socket() as ws:
        next(frames(ws))
        wait_for(lambda: record(env, quick).get("sockets") == 1, "the record")
        assert record(env, quick)["cursor"] == last
        assert record(env, quick)["delays"] is None
        (change,) = _live(ws, writer)
        ws.send(json.dumps({"type": "shown", "id": change}))
        wait_for(lambda: record(env, quick)["delays"], "the delay")
        delays = record(env, quick)["delays"]
        assert delays["count"] == 1
        assert 0 < delays["median"] < 2
    wait_for(lambda: record(env, quick)["sockets"] == 0, "the socket's end")


def _live(ws: Any, writer: Writer) -> list[int]:
    writer.append("live")
    return ids(changes(ws, 1))


@live
def test_a_replayed_change_is_not_measured_and_reports_come_once_a_second(
    quick: Web, writer: Writer, env: dict[str, str]
) -> None:
    with quick.socket() as first:
        next(frames(first))
        (seen,) = _live(first, writer)
        with quick.socket(f"?after={seen - 1}") as late:
            assert ids(changes(late, 1)) == [seen]
            late.send(json.dumps({"type": "shown", "id": seen}))
            before = (record(env, quick)["delays"] or {"count": 0})["count"]
            for _ in range(5):
                first.send(json.dumps({"type": "shown", "id": seen}))
            wait_for(
                lambda: (record(env, quick)["delays"] or {"count": 0})["count"] > before,
                "the one that counts",
            )
            time.sleep(0.3)
            assert record(env, quick)["delays"]["count"] == before + 1


@live
def test_a_web_process_that_stops_takes_its_record_away(
    quick: Web, writer: Writer, env: dict[str, str]
) -> None:
    with quick.socket() as ws:
        next(frames(ws))
        wait_for(lambda: record(env, quick), "the record")
    pid = quick.process.pid
    assert quick.stop()
    with redis_client.from_url(env["REDIS_URL"]) as client:
        assert not [name for name in client.hkeys(KEY) if name.decode().endswith(f":{pid}")]
    assert "Traceback" not in quick.log.read_text()
    quick.start()  # for the tests to come
