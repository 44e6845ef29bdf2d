"""How many sockets one process keeps, and whose they are."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from websockets.exceptions import ConnectionClosed

from buka import environment
from realtime.doors import FULL, SPARE_FILES, TOO_MANY, Doors, address_of, connections_kept, doors
from realtime.tests.processes import ROOT, SOON, Nursery, Web, frames, wait_for


def test_an_address_has_its_share_and_all_together_have_theirs() -> None:
    inside = Doors(per_address=2, total=3)
    assert [inside.enter("a"), inside.enter("a"), inside.enter("a")] == [None, None, TOO_MANY]
    assert [inside.enter("b"), inside.enter("b"), inside.enter("c")] == [None, FULL, FULL]
    inside.leave("a")
    assert [inside.enter("c"), inside.enter("a")] == [None, FULL]
    assert inside.refused == 4


def test_nothing_is_kept_of_who_left_or_was_refused() -> None:
    inside = Doors(per_address=1, total=2)
    for name in ("a", "b", "c", "d"):
        inside.enter(name)
    inside.leave("a")
    inside.leave("b")
    assert (inside._all, dict(inside._inside)) == (0, {})


def test_zero_is_no_limit() -> None:
    inside = Doors(per_address=0, total=0)
    assert {inside.enter("a") for _ in range(10_000)} == {None}


def scope(peer: tuple[str, int] | None, *forwarded: str) -> dict[str, Any]:
    return {"client": peer, "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded]}


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        (("203.0.113.9", 5000), (), "203.0.113.9"),
        (("203.0.113.9", 5000), ("198.51.100.1",), "203.0.113.9"),  # no proxy of ours: anybody can write that
        (("127.0.0.1", 5000), (), "127.0.0.1"),
        (("127.0.0.1", 5000), ("198.51.100.1",), "198.51.100.1"),
        (("127.0.0.1", 5000), ("1.2.3.4, 198.51.100.1",), "198.51.100.1"),  # the first was there before
        (("127.0.0.1", 5000), ("1.2.3.4", "198.51.100.1, 127.0.0.1"), "198.51.100.1"),
        (("1.2.3.4", 0), ("1.2.3.4, 198.51.100.1",), "198.51.100.1"),  # by a server that read it
        (None, ("198.51.100.1",), "198.51.100.1"),  # a proxy over a Unix socket
        (None, (), ""),
        (("::1", 5000), ("2001:db8:1:2:3:4:5:6",), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::ffff", 5000), (), "2001:db8:1:2::/64"),
        (("::ffff:203.0.113.9", 5000), (), "203.0.113.9"),
        # in all the ways that proxies write an address: of a proxy of ours, and of whoever asks
        (("::ffff:127.0.0.1", 5000), ("198.51.100.1",), "198.51.100.1"),
        (("127.0.0.1", 5000), ("198.51.100.1:4711",), "198.51.100.1"),
        (("127.0.0.1", 5000), ('"198.51.100.1:4711"',), "198.51.100.1"),
        (("127.0.0.1", 5000), ("1.2.3.4, 198.51.100.1, 127.0.0.1:80",), "198.51.100.1"),
        (("127.0.0.1", 5000), ("1.2.3.4, 198.51.100.1, [::1]:80",), "198.51.100.1"),
        (("127.0.0.1", 5000), ("1.2.3.4, 198.51.100.1, ::ffff:127.0.0.1",), "198.51.100.1"),
        (("127.0.0.1", 5000), ('1.2.3.4, 198.51.100.1, "[::ffff:7f00:1]:80"',), "198.51.100.1"),
        (("127.0.0.1", 5000), ("[2001:db8:1:2:3:4:5:6]:443",), "2001:db8:1:2::/64"),
        (("127.0.0.1", 5000), ('"[2001:db8:1:2::9%eth0]"',), "2001:db8:1:2::/64"),
        (("127.0.0.1", 5000), ("198.51.100.1, unix:",), "198.51.100.1"),
        (("127.0.0.1", 5000), ("unknown",), "unknown"),
        (("127.0.0.1", 5000), ("[",), "["),
        (("127.0.0.1", 5000), ("x" * 5000,), "x" * 100),
        (("127.0.0.1", 5000), (" , ,",), "127.0.0.1"),
    ],
)
def test_a_socket_is_counted_by_the_address_that_our_own_proxy_saw(
    peer: tuple[str, int] | None, forwarded: tuple[str, ...], counted: str
) -> None:
    assert address_of(scope(peer, *forwarded)) == counted


def test_networks_are_read_from_the_environment_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.1.2.3/8, ::1")
    assert [str(one) for one in environment.networks("TRUSTED_PROXIES", "")] == ["10.0.0.0/8", "::1/128"]
    monkeypatch.setenv("TRUSTED_PROXIES", "nginx")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        environment.networks("TRUSTED_PROXIES", "")


def test_no_more_sockets_than_files(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert doors().total == 1024 - SPARE_FILES - connections_kept() == 512
    settings.SOCKETS_TOTAL = 100
    assert doors().total == 100
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    settings.SOCKETS_TOTAL = 0
    assert doors().total == 0


@pytest.mark.parametrize(
    ("limits", "said"),
    [((600, 9000), "may open 6256 files"), ((600, 700), "may open 700 files: at most 269")],
)
def test_the_limit_of_open_files_is_raised_as_far_as_allowed_and_said(
    limits: tuple[int, int], said: str
) -> None:
    code = (
        "import logging, resource; logging.basicConfig(level='INFO')\n"
        "from django.conf import settings; settings.configure(SOCKETS_TOTAL=5000)\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, {limits})\n"
        "from realtime.doors import raise_open_files; raise_open_files()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said in result.stderr


def _first(web: Web, address: str, within: ExitStack) -> int | str:
    """What a socket of this address gets first: a frame's type, or the code that it is closed with. `within`
    keeps the socket open."""
    forwarded = {"X-Forwarded-For": f"10.9.9.9, {address}"}
    ws = within.enter_context(web.socket(additional_headers=forwarded))
    try:
        return str(next(frames(ws))["type"])
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0


@pytest.mark.live
def test_a_process_keeps_so_many_of_an_address_and_in_all_and_answers_pages_all_the_while(
    nursery: Nursery, env: dict[str, str], var: Any
) -> None:
    limits = {"SOCKETS_PER_ADDRESS": "3", "SOCKETS_TOTAL": "5"}
    web = Web(nursery, {**env, **limits}, var / "doors.log")
    with ExitStack() as within:
        one, others = "198.51.100.1", ["198.51.100.2", "198.51.100.3"]
        with ExitStack() as leaving:
            assert _first(web, one, leaving) == "hello"
            assert [_first(web, one, within) for _ in range(2)] == ["hello", "hello"]
            assert [_first(web, one, within) for _ in range(20)] == [TOO_MANY] * 20
            assert [_first(web, other, within) for other in others] == ["hello", "hello"]
            assert _first(web, "198.51.100.4", within) == FULL
            assert requests.get(f"{web.origin}/healthz", timeout=40).status_code == 200
        wait_for(lambda: _first(web, one, within) == "hello", "the place of who left")
    # The server itself is ours: what it answers alone has our policy, and no header moves the site.
    moved = _told(web, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nDaphne-Root-Path: /healthz\r\n")
    assert moved.startswith(b"HTTP/1.1 200")
    for wrong in (b"GET / HTTP/1.1\r\nA: b\x0bc\r\n", b"GET /\xff HTTP/1.1\r\n", b"\x16\x03\x01\r\n"):
        told = _told(web, wrong)
        assert told.startswith(b"HTTP/1.1 400")
        assert b"default-src 'none'" in told
    assert web.stop()


def _told(web: Web, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", web.port), timeout=SOON) as wire:
        wire.sendall(request + b"Connection: close\r\n\r\n")
        return wire.makefile("rb").read()
