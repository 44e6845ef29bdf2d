"""Hostile and broken servers, proxies, certificates: real sockets, and a bound on everything."""

from __future__ import annotations

import datetime as dt
import gc
import gzip
import ssl
import threading
import time
import zlib

import pytest

from etl.exceptions import FetchFailed, Stopped
from etl.fetch import fetcher as fetch
from etl.fetch import robots
from etl.fetch.fetcher import Fetcher, FetchPolicy
from etl.runs import stop
from etl.tests.tinysite import Wire, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


FETCHERS: list[Fetcher] = []


@pytest.fixture(autouse=True)
def let_go():
    yield
    while FETCHERS:
        FETCHERS.pop().close()


def fetcher(url: str, alive=lambda: None, **policy: float) -> Fetcher:
    quick = {"delay": 0, "backoff": 0, "attempts": 1, "timeout": 30, "max_bytes": 2_000_000}
    FETCHERS.append(Fetcher(url, FetchPolicy(**{**quick, **policy}), alive))  # type: ignore[arg-type]
    return FETCHERS[-1]


def failure(wire: Wire, **policy: float) -> str:
    with pytest.raises(FetchFailed) as caught:
        fetcher(wire.url, **policy).get(wire.url)
    return str(caught.value)


def drip(head: bytes, piece: bytes) -> list[bytes | float]:
    """A minute of it, with pauses shorter than the time-out."""
    return [head, *[part for _ in range(2000) for part in (piece, 0.03)]]


@pytest.mark.parametrize(
    "answer",
    [
        drip(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunk", "headers", "continue"],
)
def test_a_server_that_drips_is_left_after_four_time_outs(answer):
    """Each byte comes before the read time-out, which alone would keep us for a minute."""
    started = time.monotonic()
    with Wire(answer) as wire:
        assert "did not answer in time" in failure(wire, timeout=0.1)
    assert time.monotonic() - started < 20


def test_a_server_that_says_nothing_is_left_after_one_time_out():
    started = time.monotonic()
    with Wire([60.0]) as wire:
        said = failure(wire, timeout=0.1)
    assert "accepted the connection, then took too long after 1 attempts" in said
    assert time.monotonic() - started < 20


def test_a_body_that_stops_in_the_middle_is_a_time_out_not_a_lost_connection():
    with Wire([OK + b"Content-Length: 1000\r\n\r\nhalf", 60.0]) as wire:
        assert "did not answer in time" in failure(wire, timeout=0.1)


def test_an_announced_length_over_the_cap_is_not_read_at_all():
    with Wire([OK + b"Content-Length: 3000000\r\n\r\n", 60.0]) as wire:
        assert "larger than 2 MB" in failure(wire)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_cap_counts_what_a_gzip_bomb_unpacks_to(layers):
    bomb = b"\0" * 50_000_000
    for _ in range(layers):
        bomb = gzip.compress(bomb, 9)
    head = OK + b"Content-Encoding: " + b", ".join([b"gzip"] * layers) + b"\r\n"
    with Wire([head + b"Content-Length: %d\r\n\r\n" % len(bomb) + bomb]) as wire:
        assert "larger than 2 MB" in failure(wire)


@pytest.mark.parametrize(
    ("name", "packed"),
    [("gzip", gzip.compress(b"<p>", mtime=0)), ("deflate", zlib.compress(b"<p>"))],
    ids=["gzip", "deflate"],
)
def test_a_packed_page_is_unpacked(name, packed):
    with Wire(
        [OK + f"Content-Encoding: {name}\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed]
    ) as wire:
        assert fetcher(wire.url).get(wire.url).body == b"<p>"


def test_a_packing_that_nobody_asked_for_is_named():
    with Wire([OK + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nxx"]) as wire:
        assert "packed as “br”" in failure(wire)
        assert b"Accept-Encoding: gzip, deflate\r\n" in wire.requests[0]


def test_a_packed_page_that_is_broken_is_told_as_such():
    with Wire([OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"]) as wire:
        assert "cannot be unpacked" in failure(wire)


def test_a_length_that_is_too_long_is_a_broken_answer():
    with Wire([OK + b"Content-Length: 100\r\n\r\nshort"]) as wire:
        assert "broke off in the middle" in failure(wire)


def test_a_length_that_is_too_short_does_not_spoil_the_next_page():
    with Wire(
        [OK + b"Content-Length: 4\r\n\r\npage that is longer"], [OK + b"Content-Length: 4\r\n\r\nnext"]
    ) as wire:
        ours = fetcher(wire.url, attempts=3)
        assert [ours.get(wire.url).body, ours.get(wire.url).body] == [b"page", b"next"]


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)),
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n",
        b"HTTP/1.1 two OK\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["many", "long", "status", "another protocol"],
)
def test_a_flood_or_nonsense_of_headers_is_a_failed_page(head):
    with Wire([head + b"\r\nhello"]) as wire:
        assert failure(wire)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_two_lengths_are_a_failed_page():
    with Wire([OK + b"Content-Length: 5, 7\r\n\r\nhello"]) as wire:
        assert "InvalidHeader" in failure(wire)
    gc.collect()  # urllib3 leaves this one answer to the collector, which says so


def test_headers_are_kept_without_control_characters_and_without_end():
    head = OK + b"X-Odd: a\x00b\x1bc\r\nX-Long: " + b"y" * 9000 + b"\r\nContent-Length: 1\r\n\r\nx"
    with Wire([head]) as wire:
        page = fetcher(wire.url).get(wire.url)
    assert page.header("X-Odd") == "a b c"
    assert len(page.header("X-Long")) == 2000


@pytest.mark.parametrize(
    "location", ["http://[::1", "//elsewhere.example.com/", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/"]
)
def test_a_redirect_to_nowhere_is_a_failed_page(location):
    with Wire([f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()]) as wire:
        assert "no address" in (said := failure(wire)) or "off the host" in said


def test_the_body_of_a_redirect_counts_as_any_other():
    head = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9000000\r\n\r\n"
    with Wire([head, 60.0]) as wire:
        assert "larger than 2 MB" in failure(wire)


def test_what_is_asked_for_goes_over_one_connection():
    with serving({"/a": "x", "/b": "y"}) as site:
        ours = fetcher(f"{site.root}/a")
        for _ in range(5):
            ours.get(f"{site.root}/a")
            ours.get(f"{site.root}/b")
        assert site.most_at_once == 1


def test_life_is_shown_while_we_wait(monkeypatch):
    assert fetch._SLICE < 1  # seconds from one sign to the next; here there are more
    monkeypatch.setattr(fetch, "_SLICE", 0.005)
    signs: list[int] = []
    busy, answer = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", OK + b"Content-Length: 1\r\n\r\nx"
    with Wire([busy], [answer]) as wire:
        ours = fetcher(wire.url, lambda: signs.append(len(wire.requests)), attempts=2, backoff=0.4)
        assert ours.get(wire.url).body == b"x"
    assert signs.count(1) > 5, "between the first request and the second"


def test_a_stop_ends_a_request_that_hangs(monkeypatch):
    with Wire([60.0]) as wire:
        ours = fetcher(wire.url, attempts=5)
        threading.Timer(0.05, lambda: monkeypatch.setattr(stop._Asked, "signals", [15])).start()
        started = time.monotonic()
        with pytest.raises(Stopped, match="between two pages"):
            ours.get(wire.url)
        assert time.monotonic() - started < 20


def test_the_patience_with_one_page_has_an_end(monkeypatch):
    monkeypatch.setattr("etl.fetch.fetcher._LONGEST_PAGE", 0.2)
    with Wire([b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"]) as wire:
        started = time.monotonic()
        assert "answered 503" in failure(wire, attempts=1000, backoff=0.05)
        assert time.monotonic() - started < 20


# --- proxies --------------------------------------------------------------------------------------


def test_a_proxy_of_the_environment_is_used_for_the_world_outside(monkeypatch):
    with serving(
        {"http://pmd.example.org/robots.txt": "", "http://pmd.example.org/pmd/": "by proxy"}
    ) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.root)
        url = "http://pmd.example.org/pmd/"
        assert fetcher(url).get(url).body == b"by proxy"
        assert "GET http://pmd.example.org/pmd/" in proxy.asked


def test_an_https_proxy_is_asked_for_a_tunnel_and_its_password_stays_unsaid(monkeypatch):
    with Wire([b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"]) as proxy:
        monkeypatch.setenv(
            "HTTPS_PROXY", proxy.url.replace("//", "//user:secret@").removesuffix("/pmd/level.aspx")
        )
        url = "https://pmd.example.org/pmd/"
        with pytest.raises(FetchFailed, match="proxy on the way to pmd.example.org") as caught:
            fetcher(url).get(url)
        assert "secret" not in str(caught.value)
        assert proxy.requests[0].startswith(b"CONNECT pmd.example.org:443")


def test_loopback_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving({"/pmd/": "here"}) as site:
        assert fetcher(f"{site.root}/pmd/").get(f"{site.root}/pmd/").body == b"here"


def test_no_proxy_is_obeyed(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "pmd.invalid")
    with pytest.raises(FetchFailed, match="DNS"):
        fetcher("http://pmd.invalid/").get("http://pmd.invalid/")


# --- certificates ---------------------------------------------------------------------------------


@pytest.fixture
def self_signed(tmp_path):
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    path = tmp_path / "self-signed.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_that_nobody_vouches_for_is_refused_whatever_the_environment_says(
    self_signed, monkeypatch
):
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    with serving({"/": "secret"}) as site:
        site.socket = context.wrap_socket(site.socket, server_side=True)
        url = site.root.replace("http://", "https://") + "/"
        with pytest.raises(FetchFailed, match="The certificate of 127.0.0.1:.* cannot be trusted"):
            fetcher(url, attempts=3).get(url)
        assert site.asked == []


def test_a_link_that_forgot_the_encryption_gets_it_back():
    ours = fetcher("https://pmd.example.org/pmd/")
    ours._robots = robots.read(b"")
    assert ours._checked("http://pmd.example.org/pmd/a?b=c") == "https://pmd.example.org/pmd/a?b=c"
    with pytest.raises(FetchFailed):
        ours._checked("http://pmd.example.org:8080/pmd/")
