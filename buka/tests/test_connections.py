"""What connects, and sends nothing, or a byte now and then: Daphne's own classes over a wire of memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from daphne.server import Server
from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from buka import connections
from buka.connections import Factory
from buka.policy import PUBLIC
from realtime.doors import open_files

MINUTE = 60
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Wire(StringTransport):
    """What the server does to the connection, at once."""

    open = True
    fileno: Any

    def abortConnection(self) -> None:
        self.open, self.disconnecting = False, True

    loseConnection = abortConnection


class Site:
    """The server, the requests that reached the application, and its clock."""

    def __init__(self, **options: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        server = Server(self.application, endpoints=["tcp:0"], **options)
        server.connections = {}
        self.clock, self.factory = Clock(), Factory(server)
        self.factory.reactor = self.clock

    def application(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        self.asked.append(scope)
        return asyncio.sleep(0)

    def connect(self, address: str = "198.51.100.1", file: int = 9) -> tuple[Any, Wire]:
        peer = IPv4Address("TCP", address, 4711)
        protocol, wire = self.factory.buildProtocol(peer), Wire(peerAddress=peer)
        wire.fileno = lambda: file
        protocol.makeConnection(wire)
        return protocol, wire


@pytest.fixture
async def site() -> Site:
    return Site()


async def test_a_connection_that_sends_nothing_is_closed_after_a_minute(site: Site) -> None:
    _, wire = site.connect()
    site.clock.advance(MINUTE - 1)
    assert wire.open
    site.clock.advance(2)
    assert not wire.open


@pytest.mark.parametrize(
    "dribble", [b"GET / HTTP/1.1\r\nX-A: ", b"POST / HTTP/1.1\r\nContent-Length: 9999\r\n\r\n", b""]
)
async def test_a_request_has_a_minute_however_slowly_it_comes(site: Site, dribble: bytes) -> None:
    protocol, wire = site.connect()
    site.clock.advance(MINUTE - 1)
    protocol.dataReceived(dribble or b"G")
    for _ in range(MINUTE - 1):
        site.clock.advance(1)
        protocol.dataReceived(b"x")
    assert wire.open
    site.clock.advance(2)
    assert not wire.open
    assert not site.asked


async def test_a_request_that_is_being_answered_has_all_the_time_it_needs_and_the_next_one_its_minute(
    site: Site,
) -> None:
    protocol, wire = site.connect()
    protocol.dataReceived(GET)
    assert len(site.asked) == 1
    site.clock.advance(10 * MINUTE)
    assert wire.open
    answer(protocol)
    site.clock.advance(MINUTE - 1)
    protocol.dataReceived(GET)
    assert wire.open
    assert len(site.asked) == 2


def answer(protocol: Any) -> None:
    request = protocol._channel.requests[0]
    request.handle_reply({"type": "http.response.start", "status": 204})
    request.handle_reply({"type": "http.response.body"})


async def test_beyond_so_many_the_longest_idle_one_of_the_largest_crowd_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "connections_kept", lambda: 4)
    site = Site()
    _, reader = site.connect("198.51.100.1")
    crowd = [site.connect("198.51.100.2") for _ in range(3)]
    crowd[0][0].dataReceived(GET)  # is being answered
    wires = [wire for _, wire in crowd]
    site.clock.advance(6)
    _, another = site.connect("198.51.100.3")
    assert [wire.open for wire in (reader, another, *wires)] == [True, True, True, False, True]
    answer(crowd[0][0])
    site.connect("198.51.100.2")
    assert [wire.open for wire in (reader, another, *wires)] == [True, True, True, False, False]


async def test_a_crowd_that_comes_back_at_once_is_let_in_up_to_the_last_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "connections_kept", lambda: 2)
    site = Site()
    pairs = [site.connect() for _ in range(9)]
    assert all(wire.open for _, wire in pairs)
    last = open_files() or 0
    for protocol, _ in pairs[1:]:
        protocol.dataReceived(GET)
    newest = [site.connect("198.51.100.3", file=last)[1] for _ in range(2)]
    assert [wire.open for _, wire in pairs] == [False, *[True] * 8]
    assert [wire.open for wire in newest] == [False, True], "of those that wait the first, also a new one"


async def test_nothing_is_kept_of_who_left_or_became_a_socket(site: Site) -> None:
    protocol, _ = site.connect()
    kept = protocol._channel.kept
    assert kept._all == 1
    protocol._channel.connectionLost(None)
    assert (kept._all, kept._of) == (0, {})


NO_REQUESTS = [
    b"GET /\xff HTTP/1.1\r\n\r\n", b"GET /?\xff HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nA@: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: b\x0bc\r\n\r\n", b"GET / HTTP/1.1\r\nA: b\x00c\r\n\r\n", b"\x16\x03\x01\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 9999 + b"\r\n",
]  # fmt: skip


@pytest.mark.parametrize("sent", NO_REQUESTS)
async def test_what_the_server_answers_itself_has_our_policy(site: Site, sent: bytes) -> None:
    protocol, wire = site.connect()
    protocol.dataReceived(sent)
    head, _, page = wire.value().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert f"content-security-policy: {PUBLIC}".lower() in head.decode().lower()
    assert b"style>" not in page
    assert b"style=" not in page


@pytest.mark.parametrize("moved", ["/api", "/x%2F", "\xff", "%ff", "../.."])
async def test_no_header_of_a_client_moves_the_site(site: Site, moved: str) -> None:
    protocol, _ = site.connect()
    protocol.dataReceived(GET[:-2] + f"Daphne-Root-Path: {moved}\r\n\r\n".encode("latin-1"))
    assert [scope["root_path"] for scope in site.asked] == [""]


async def test_whose_address_it_is_is_not_for_daphne_to_say(caplog: pytest.LogCaptureFixture) -> None:
    site = Site(
        proxy_forwarded_address_header="X-Forwarded-For", proxy_forwarded_port_header="X-Forwarded-Port"
    )
    assert "--proxy-headers is left aside" in caplog.text
    protocol, _ = site.connect("203.0.113.9")
    lie = b"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Port: 80\r\nX-Forwarded-Proto: https\r\n\r\n"
    protocol.dataReceived(GET[:-2] + lie)
    assert [(scope["client"], scope["scheme"]) for scope in site.asked] == [(["203.0.113.9", 4711], "http")]
