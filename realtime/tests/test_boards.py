"""The parts of open pages come over the socket: made once for all readers, and only where they changed."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from realtime.tests.processes import SOON, Web, Writer, frames

pytestmark = pytest.mark.live


def parts(ws: ClientConnection, seconds: float = SOON) -> dict[str, Any]:
    """The next frame with parts."""
    limit = time.monotonic() + seconds
    for frame in frames(ws, seconds):
        if frame["type"] == "parts":
            return frame
        assert time.monotonic() < limit, f"no parts, but {frame}"
    raise AssertionError


def shown(web: Web, address: str, name: str) -> str:
    """The element of that id, as the server writes it into the page."""
    with urllib.request.urlopen(f"{web.origin}{address}", timeout=SOON) as answer:
        page = answer.read().decode()
    (found,) = re.findall(rf'<section id="{name}".*?</section>', page, re.DOTALL)
    return found.strip()


def test_a_dashboard_is_sent_its_totals_once_a_change_is_there(web: Web, writer: Writer) -> None:
    last = writer.append("before", read=True)["last"]
    with web.socket(f"?after={last}&board=dashboard&board_at={last}") as one:
        with web.socket(f"?after={last}&board=dashboard&board_at={last}") as other:
            began, new = time.monotonic(), writer.append("news")["last"]
            found = [parts(ws) for ws in (one, other)]
        assert time.monotonic() - began < SOON
        assert [frame["last_id"] for frame in found] == [new, new]
        assert found[0]["parts"]["totals"].strip() == shown(web, "/", "totals")


def test_who_asks_for_no_board_and_whose_page_is_new_enough_get_none(web: Web, writer: Writer) -> None:
    last = writer.append("before", read=True)["last"]
    with (
        web.socket(f"?after={last}") as plain,
        web.socket(f"?after={last}&board=dashboard&board_at={last}") as ws,
    ):
        new = writer.append("news")["last"]
        assert parts(ws)["last_id"] == new
        assert [next(frames(plain))["type"] for _ in range(2)] == ["hello", "change"]
        with web.socket(f"?after={new}&board=dashboard&board_at={new}") as late:
            assert next(frames(late))["type"] == "hello"
            with pytest.raises(TimeoutError):
                late.recv(timeout=0.5)


def test_a_page_that_is_older_than_what_was_sent_last_gets_all_parts(web: Web, writer: Writer) -> None:
    first = writer.append("before", read=True)["last"]
    with web.socket(f"?after={first}&board=dashboard&board_at={first}") as ws:
        new = writer.append("news")["last"]
        assert parts(ws)["last_id"] == new
        with web.socket(f"?after={new}&board=dashboard&board_at={first}") as old:
            assert parts(old)["parts"].keys() == {"totals", "by-status", "figures"}


def test_a_municipality_hears_of_its_own_changes_alone(web: Web, writer: Writer) -> None:
    here = {"municipality": "LIM331", "municipalities": ["LIM331"], "province": "LIM"}
    there = {"municipality": "CPT", "municipalities": ["CPT"], "province": "WC"}
    last = writer.append("before", read=True)["last"]
    with web.socket("?municipality=LIM331&board=municipality") as ws:
        found = parts(ws)
        assert found["parts"].keys() == {"questions", "debt", "finances"}
        assert found["last_id"] >= last
        assert found["parts"]["debt"].strip() == shown(web, "/municipalities/LIM331/", "debt")
        writer.append("there", **there)
        writer.append("here", **here)
        assert next(frames(ws))["type"] == "change"


@pytest.mark.parametrize("query", ["?board=kitchen", "?board=municipality"])
def test_a_board_that_is_none_is_refused_in_a_sentence(web: Web, query: str) -> None:
    with web.socket(query) as ws:
        answer = json.loads(ws.recv(timeout=SOON))
        assert answer["type"] == "error"
        assert "board" in answer["detail"]
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=SOON)
