"""A change goes from the process that commits it to every browser, through a real Daphne and a real Redis."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from realtime import hub
from realtime.tests.processes import SOON, Web, Writer, changes, frames, ids, wait_for

pytestmark = pytest.mark.live


def test_hello_says_where_the_log_is(web: Web, writer: Writer) -> None:
    last = writer.append("one")["last"]

    def greeting() -> dict[str, object]:
        with web.socket() as ws:
            return next(frames(ws))

    # many who come at once are greeted from memory: until the ring for the newest is heard
    wait_for(lambda: greeting() == {"type": "hello", "last_id": last}, "a greeting with the last id")


def test_a_change_arrives_within_a_second_of_its_commit(web: Web, writer: Writer) -> None:
    with web.socket() as ws:
        next(frames(ws))
        wait_for(lambda: seconds_to_arrive(ws, writer) < 1, "one that does")  # a busy machine needs a few
        wrote = writer.append("Giyani bulk supply: “phase 2” & <b>é</b>")
        (change,) = changes(ws, 1)
    assert change["id"] == wrote["last"]
    assert change["name"] == "Giyani bulk supply: “phase 2” & <b>é</b>"
    assert change["field_changes"] == {"progress_percentage": ["62.00", "63.00"]}
    assert change["html"].lstrip().startswith("<li")
    assert "<b>" not in change["html"]


def seconds_to_arrive(ws: ClientConnection, writer: Writer) -> float:
    """From the commit of a change to its arrival."""
    last = writer.append("on its way")["last"]
    committed = time.monotonic()
    assert ids(changes(ws, 1)) == [last]
    return time.monotonic() - committed


def test_the_ring_does_not_hold_up_the_commit(web: Web, writer: Writer) -> None:
    wait_for(lambda: writer.append("whatever")["took"] < 0.3, "a quick commit")


def test_what_is_newer_than_after_comes_first_and_oldest_first(web: Web, writer: Writer) -> None:
    wrote = writer.append(*(f"change {n}" for n in range(450)))
    with web.socket(f"?after={wrote['first'] - 1}") as ws:
        assert next(frames(ws))["type"] == "hello"
        assert ids(changes(ws, 450)) == list(range(wrote["first"], wrote["last"] + 1))
        later = writer.append("live")
        assert ids(changes(ws, 1)) == [later["last"]]


def test_between_replay_and_live_nothing_is_lost_or_said_twice(web: Web, writer: Writer) -> None:
    start = writer.append(*(f"before {n}" for n in range(300)))["first"] - 1
    with ExitStack() as stack:
        sockets = []
        for _ in range(12):
            writer.begin(*(f"during {n}" for n in range(25)))
            sockets.append(stack.enter_context(web.socket(f"?after={start}")))
            last = writer.finish()["last"]
        for ws in sockets:
            assert ids(changes(ws, last - start)) == list(range(start + 1, last + 1))


def test_filters_narrow_replay_and_live_alike(web: Web, writer: Writer) -> None:
    here = {"municipality": "LIM331", "municipalities": ["LIM331", "LIM332"], "province": "LIM"}
    there = {"municipality": "CPT", "municipalities": ["CPT"], "province": "WC", "entity_id": 99}
    start = writer.append("mark")["last"]
    writer.append("old", **here), writer.append("old", **there)
    wanted = {
        "municipality=lim332": [start + 1, start + 3],
        "province=WC": [start + 2, start + 4],
        "project=99": [start + 2, start + 4],
        "municipality=CPT&project=17": [start + 5],
    }
    with ExitStack() as stack:
        sockets = [stack.enter_context(web.socket(f"?after={start}&{query}")) for query in wanted]
        for ws in sockets:
            next(frames(ws))
        writer.append("new", **here), writer.append("new", **there)
        writer.append("end", municipality="CPT", municipalities=["CPT"])
        assert [ids(changes(ws, len(found))) for ws, found in zip(sockets, wanted.values(), strict=True)] == [
            *wanted.values()
        ]


def test_an_after_beyond_the_log_is_told_to_resync(web: Web, writer: Writer) -> None:
    last = writer.append("one")["last"]
    with web.socket(f"?after={last + 1000}") as ws:
        stream = frames(ws)
        assert next(stream) == {"type": "hello", "last_id": last}
        assert next(stream) == {"type": "resync", "last_id": last}
        writer.append("after the resync")
        assert ids(changes(ws, 1)) == [last + 1]


def test_who_is_too_far_behind_is_told_to_resync(web: Web, writer: Writer) -> None:
    wrote = writer.append(*(f"change {n}" for n in range(2001)))
    with web.socket(f"?after={wrote['first'] - 1}") as ws:
        assert [next(frames(ws))["type"], next(frames(ws))["type"]] == ["hello", "resync"]
    with web.socket(f"?after={wrote['first']}") as ws:
        assert ids(changes(ws, 2000)) == list(range(wrote["first"] + 1, wrote["last"] + 1))


@pytest.mark.parametrize("query", ["after=-1", "after=x", "project=WP1", "province=XX", "severity=huge"])
def test_a_query_that_cannot_be_read_is_refused_with_a_reason(web: Web, query: str) -> None:
    with web.socket(f"?{query}") as ws:
        refusal = json.loads(ws.recv(timeout=SOON))
        assert refusal["type"] == "error"
        assert refusal["detail"].startswith(query.partition("=")[0])
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=SOON)
    assert closed.value.rcvd.code == 4400


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example"])
def test_a_foreign_or_missing_origin_is_refused(web: Web, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        web.socket(origin=origin)
    assert refused.value.response.status_code == 403


def test_there_is_no_socket_anywhere_else(web: Web) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{web.port}/ws/elsewhere/", origin=web.origin, proxy=None).__enter__()
    assert refused.value.response.status_code == 403


def test_what_a_client_sends_is_not_read_and_may_not_be_big(web: Web, writer: Writer) -> None:
    with web.socket() as ws:
        ws.send('{"type": "change", "id": 1}')
        next(frames(ws))
        last = writer.append("still live")["last"]
        assert ids(changes(ws, 1)) == [last]
        ws.send("x" * 5000)
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=SOON)
    assert closed.value.rcvd.code == 4413


def test_a_lost_ring_costs_two_seconds_and_no_change(quick: Web, writer: Writer) -> None:
    assert hub.TICK_SECONDS == 2  # but for `quick`, which looks more often
    with quick.socket() as ws:
        next(frames(ws))
        last = writer.append("silent", ring=False)["last"]
        assert ids(changes(ws, 1)) == [last]


def test_a_ping_carries_the_last_id(quick: Web, writer: Writer) -> None:
    last = writer.append("before")["last"]
    with quick.socket("?province=WC") as ws:
        stream = frames(ws)
        # on a busy machine the hub, whose cursor it is, may still be on its way
        wait_for(lambda: next(stream) == {"type": "ping", "last_id": last}, "a ping with the last id")
        writer.append("not for this socket", province="LIM")
        wait_for(lambda: next(stream) == {"type": "ping", "last_id": last + 1}, "a ping with the new id")


def test_two_web_processes_both_deliver(web: Web, quick: Web, writer: Writer) -> None:
    with web.socket() as here, quick.socket() as there:
        next(frames(here)), next(frames(there))
        last = writer.append("for both")["last"]
        assert ids(changes(here, 1)) == ids(changes(there, 1)) == [last]


def test_a_client_that_stops_reading_holds_up_nobody_and_misses_nothing(web: Web, writer: Writer) -> None:
    start = writer.append("mark")["last"]
    with web.socket(sock=narrow_socket(web), max_queue=1) as deaf, web.socket() as healthy:
        next(frames(healthy))
        for _ in range(8):
            last = writer.append(*["x" * 8000] * 125)["last"]
        assert ids(changes(healthy, last - start))[-1] == last
        wait_for(lambda: "reads slowly" in web.log.read_text(), "the server to notice")
        assert ids(changes(deaf, last - start)) == list(range(start + 1, last + 1))
        live = writer.append("and on")["last"]
        assert ids(changes(deaf, 1)) == [live]


def narrow_socket(web: Web) -> socket.socket:
    """A connection on which little is under way unread."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", web.port))
    return narrow


def test_a_web_process_that_restarts_is_resumed_where_it_was(quick: Web, writer: Writer) -> None:
    with quick.socket() as ws:
        next(frames(ws))
        seen = writer.append("before")["last"]
        assert ids(changes(ws, 1)) == [seen]
        assert quick.stop()
        with pytest.raises(ConnectionClosed):
            changes(ws, 1)
    assert "Traceback" not in quick.log.read_text()
    writer.append("while it was down", "and another")
    quick.start()
    with quick.socket(f"?after={seen}") as ws:
        assert ids(changes(ws, 2)) == [seen + 1, seen + 2]
        last = writer.append("after")["last"]
        assert ids(changes(ws, 1)) == [last]


def test_each_reader_is_told_in_the_language_of_the_page(web: Web, writer: Writer) -> None:
    last = writer.append("before", read=True)["last"]
    with (
        web.socket(f"?after={last}") as english,
        web.socket(f"?after={last}&lang=af") as afrikaans,
    ):
        writer.append("news")
        rows = [next(one for one in frames(ws) if one["type"] == "change") for ws in (english, afrikaans)]
        assert rows[0]["id"] == rows[1]["id"]
        assert 'href="/projects/' in rows[0]["html"]
        assert 'href="/af/projects/' in rows[1]["html"]
        with web.socket(f"?after={last}&lang=zu") as late:  # the frames are known, but not in this language
            row = next(one for one in frames(late) if one["type"] == "change")
            assert 'href="/zu/projects/' in row["html"]
            assert row["id"] == rows[0]["id"]


def test_a_board_comes_in_the_language_of_the_page(web: Web, writer: Writer) -> None:
    last = writer.append("before", read=True)["last"]
    with web.socket(f"?after={last}&board=dashboard&board_at={last}&lang=af") as ws:
        writer.append("news")
        told = next(one for one in frames(ws) if one["type"] == "parts")
        assert 'href="/af/' in "".join(told["parts"].values())


def test_a_language_that_there_is_none_of_is_refused(web: Web) -> None:
    with web.socket("?lang=xx") as ws:
        assert "lang must be one of en, af, zu" in next(frames(ws))["detail"]
