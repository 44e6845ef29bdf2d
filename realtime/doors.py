"""How many sockets one web process keeps of an address, and in all: `SOCKETS_PER_ADDRESS`, `SOCKETS_TOTAL`.

An address is what one household or one mobile network's gateway has: an IPv4 address, the first 64 bits of
an IPv6 address. Behind a proxy (`TRUSTED_PROXIES`) it is the one that the proxy saw.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import resource
import time
from collections import Counter
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

TOO_MANY, FULL = 4429, 4503  # close codes: of this address, in all
SPARE_FILES = 256  # for the database, Redis, static files, logs: nobody who connects takes the last ones
_CONNECTIONS = 1000  # that are no sockets: pages that are asked for, and what browsers keep open behind them
_WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[0-9.]+))(?::\d*)?")
_LEAST_PAUSE = 60.0  # seconds between two lines of the log about refusals


class Doors:
    """Who is inside, by address. Not thread-safe: one event loop asks it. `total` 0: no limit."""

    def __init__(self, per_address: int, total: int) -> None:
        self.per_address, self.total = per_address, total
        self.refused = 0
        self._inside: Counter[str] = Counter()
        self._all = 0
        self._said_at = -_LEAST_PAUSE

    def enter(self, address: str) -> int | None:
        """None, and the socket is counted until `leave`; or the code that it is closed with."""
        code = None
        if self.total and self._all >= self.total:
            code = FULL
        elif self.per_address and self._inside[address] >= self.per_address:
            code = TOO_MANY
        if code:
            self._refuse(address, code)
            return code
        self._inside[address] += 1
        self._all += 1
        return None

    def leave(self, address: str) -> None:
        self._all -= 1
        self._inside[address] -= 1
        if self._inside[address] <= 0:
            del self._inside[address]  # not one entry for each address that ever came

    def _refuse(self, address: str, code: int) -> None:
        self.refused += 1
        if not self._inside[address]:
            del self._inside[address]
        if time.monotonic() - self._said_at >= _LEAST_PAUSE:
            self._said_at = time.monotonic()
            limit = f"{self.total} in all" if code == FULL else f"{self.per_address} of {address}"
            logger.warning(
                "A socket was refused: %s are open. %d were refused since the start.", limit, self.refused
            )


def doors() -> Doors:
    """By the settings, and never more than the files that this process may open."""
    total, files = settings.SOCKETS_TOTAL, open_files()
    if files is not None:
        most = _sockets_of(files)
        total = min(total, most) if total else most
    return Doors(settings.SOCKETS_PER_ADDRESS, total)


def connections_kept() -> int:
    """How many connections that are no sockets a process keeps, by its files."""
    files = open_files()
    return _CONNECTIONS if files is None else min(_CONNECTIONS, max(64, files // 4))


def _sockets_of(files: int) -> int:
    return max(1, files - SPARE_FILES - connections_kept())


def open_files() -> int | None:
    """How many files this process may open; None: any number."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def raise_open_files() -> None:
    """Raise the limit of open files to what the sockets want, as far as the system allows; say what it is."""
    wanted = (settings.SOCKETS_TOTAL or 100_000) + SPARE_FILES + _CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        except (ValueError, OSError) as error:  # macOS has a lower bound of its own
            logger.warning("The limit of open files could not be raised to %d: %s", allowed, error)
    files = open_files()
    if files is not None and files < wanted:
        logger.warning(
            "This process may open %d files: at most %d sockets are kept, not SOCKETS_TOTAL=%d. "
            "Raise the limit (`ulimit -n`, LimitNOFILE in a systemd unit) for more.",
            files, _sockets_of(files), settings.SOCKETS_TOTAL,
        )  # fmt: skip
    else:
        logger.info("This process may open %s files.", "any number of" if files is None else files)


def address_of(scope: dict[str, Any]) -> str:
    """The address that a socket is counted by."""
    return _household(client_of(scope))


def client_of(scope: dict[str, Any]) -> str:
    """The address that asks. Of what a proxy of ours hands on, the last one that is none of our proxies: what
    stands before it was written by whoever asks."""
    peer, port = (scope.get("client") or ("", 0))[:2]
    # A server that reads the header itself puts an address of it in the place of the peer, without a port.
    if not port or _is_proxy(peer):
        for name in reversed(_forwarded(scope)):
            peer = name
            if not _is_proxy(name):
                break
    return peer


def _forwarded(scope: dict[str, Any]) -> list[str]:
    lines = [value for name, value in scope.get("headers", []) if name.lower() == b"x-forwarded-for"]
    return [word.strip() for word in b",".join(lines).decode("latin-1").split(",") if word.strip()]


def _is_proxy(name: str) -> bool:
    if name in ("", "unix:"):
        return True  # a Unix socket has no address, and nginx writes this: only a proxy of ours is there
    address = ip_of(name)
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def ip_of(name: str) -> IPv4Address | IPv6Address | None:
    """The address in what a proxy or a client wrote, in all the ways they have: with a port, in brackets, in
    quotes, with a zone; IPv4 in the clothes of IPv6 is IPv4. None where it is no address."""
    bare = name.strip(" \t\"'")
    if written := _WITH_PORT.fullmatch(bare):
        bare = written["v4"] or written["v6"]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _household(name: str) -> str:
    address = ip_of(name)
    if address is None:
        return name[:100]
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
