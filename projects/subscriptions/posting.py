"""A POST to an address that a stranger gave us: to the public internet alone.

A name is looked up once, each address that it has must be a public one, and the connection goes to the
address that was checked: a name that answers otherwise the second time (DNS rebinding) is not asked a
second time. So it is at each redirect. The certificate is still held against the name. Proxies of the
environment are not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings

SECONDS = 15.0  # of one POST, redirects and all
_SILENCE = 10.0  # … of one wait within that
_PIECE, _MOST = 4096, 65_536  # bytes of the answer
_DIGITS = 8
_MOST_REDIRECTS = 3
# Those that keep the method and the body; the others would turn it into a GET.
_REDIRECTS = (307, 308)
_LONGEST, _LONGEST_NAME = 2000, 253
_WEB_PORTS = (80, 443)
_FIRST_FREE_PORT = 1024
_INSIDE = "The host is not on the public internet."
# Networks that carry another address inside: what is translated to it is not seen from here.
_TRANSLATED = [
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
]


class Refused(Exception):
    """An address that we do not send to; the text says why, and repeats nothing that was given."""


class Failed(Exception):
    """The other side was not reached, or did not answer in time. `reached`: it may have got the message."""

    def __init__(self, problem: str, reached: bool) -> None:
        super().__init__(problem)
        self.reached = reached


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes  # its beginning
    retry_after: float | None = None  # seconds


def checked(url: str) -> SplitResult:
    """The parts of an address that messages may be sent to. Looks nothing up. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("This is no web address.") from None
    # A name in brackets is a number of IPv6, which older versions of Python do not look at.
    if "[" in parts.netloc and _number(parts.hostname or "") is None:
        raise Refused("This is no web address.")
    is_web = parts.scheme in ("http", "https") and len(url) <= _LONGEST
    if not is_web or not parts.hostname or len(parts.hostname) > _LONGEST_NAME:
        raise Refused("This is no web address that begins with https://.")
    if parts.username or parts.password:
        raise Refused("A name or a password cannot be part of the address.")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise Refused("There is white space in the address.")
    if port is not None and port not in _WEB_PORTS and port < _FIRST_FREE_PORT:
        raise Refused("Its port is one of other services.")
    number = _number(parts.hostname)
    is_local = parts.hostname == "localhost" or (number is not None and number.is_loopback)
    if parts.scheme == "http" and not (is_local and settings.WEBHOOK_LOOPBACK):
        raise Refused("The address must begin with https://.")
    if number is not None and not is_allowed(number):
        raise Refused(_INSIDE)
    return parts


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises Refused where the name has one that is not public, Failed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failed("The name of the host was not found.", reached=False) from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses or not all(map(is_allowed, addresses)):
        raise Refused(_INSIDE)
    return str(addresses[0])


def is_allowed(address: IPv4Address | IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_allowed(mapped)
    if address.is_loopback:
        return bool(settings.WEBHOOK_LOOPBACK)
    if any(address.version == network.version and address in network for network in _TRANSLATED):
        return False
    is_of_site = getattr(address, "is_site_local", False)  # fec0::/10, which IPv6 once had for networks
    return address.is_global and not (address.is_multicast or address.is_reserved or is_of_site)


def post(url: str, body: bytes, headers: dict[str, str], seconds: float = SECONDS) -> Answer:
    """Raises Refused and Failed."""
    until = time.monotonic() + seconds
    is_secret = False
    for _ in range(_MOST_REDIRECTS + 1):
        parts = checked(url)
        if is_secret and parts.scheme != "https":
            raise Refused("It redirects to an address without TLS.")
        is_secret = parts.scheme == "https"
        answer, location = _once(parts, body, headers, until)
        if not (answer.status in _REDIRECTS and location):
            return answer
        url = _joined(url, location)
    raise Failed("It redirects again and again.", reached=False)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise Refused("It redirects to what is no web address.") from None


def _once(
    parts: SplitResult, body: bytes, headers: dict[str, str], until: float
) -> tuple[Answer, str | None]:
    """The answer, and where it leads to."""
    host = str(parts.hostname)
    is_secret = parts.scheme == "https"
    port = parts.port or (443 if is_secret else 80)
    left = max(0.1, until - time.monotonic())
    connection = _connection(public_address(host, port), port, host if is_secret else None, left)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    sent = {**headers, "Host": named if parts.port is None else f"{named}:{port}"}
    # Time-outs are for each byte: who sends one now and then has no more than our time all the same.
    clock = threading.Timer(left, _hang_up, [connection])
    clock.start()
    try:
        return _asked(connection, target, body, sent)
    finally:
        clock.cancel()
        connection.close()


def _asked(connection: Any, target: str, body: bytes, headers: dict[str, str]) -> tuple[Answer, str | None]:
    try:
        connection.connect()
        connection.wire = connection.sock  # http.client lets go of it when an answer has no length
    except (ssl.SSLError, ValueError):  # the second, where the name is another
        raise Failed("Its certificate does not hold.", reached=False) from None
    except (urllib3.exceptions.HTTPError, OSError):
        raise Failed("No connection.", reached=False) from None
    try:
        connection.request(
            "POST", target, body=body, headers=headers, preload_content=False, decode_content=False
        )
        response = connection.getresponse()
        text = _beginning(response)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise Failed(f"No answer ({type(error).__name__}).", reached=True) from None
    wait = str(response.headers.get("Retry-After", ""))
    seconds = float(wait) if wait.isdecimal() and len(wait) < _DIGITS else None
    return Answer(response.status, text, seconds), response.headers.get("Location")


def _connection(address: str, port: int, host: str | None, seconds: float) -> Any:
    """To the address; with `host` over TLS, whose certificate must be that host's."""
    timeout = min(_SILENCE, seconds)
    if host is None:
        return urllib3.connection.HTTPConnection(address, port, timeout=timeout)
    return urllib3.connection.HTTPSConnection(
        address, port, timeout=timeout, server_hostname=host, assert_hostname=host,
        cert_reqs="CERT_REQUIRED", ca_certs=certifi.where(),
    )  # fmt: skip


def _hang_up(connection: Any) -> None:
    """From another thread: whatever waits for the other side there goes on with an error."""
    wire = getattr(connection, "wire", None) or connection.sock
    if wire is None:
        return
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it had ended in this moment


def _beginning(response: Any) -> bytes:
    """As much as is looked at."""
    found = b""
    while len(found) < _MOST and (piece := response.read(_PIECE)):
        found += piece
    return found


__all__ = ["SECONDS", "Answer", "Failed", "Refused", "checked", "is_allowed", "post", "public_address"]
