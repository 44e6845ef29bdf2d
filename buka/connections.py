"""What connects, before there is a request that Django or a socket of the live feed could be asked about.

Daphne has no option for any of this, so its factory is replaced by one of its own parts, with these added:

* A request comes whole within a minute of its first byte, and a connection without one is closed after a
  minute. (Twisted begins the minute anew at each byte: a byte now and then kept a connection for ever.)
* So many connections that are no sockets are kept. Beyond them the address with the most loses the one
  that has waited for longest: a browser or a proxy whose idle connection is closed opens another. Who came
  a moment ago is spared (thousands come back at once), but the last files of the process are not taken.
* What Daphne answers by itself, without asking Django, is a sentence under the policy of our pages.
* No header of a client moves the site (`Daphne-Root-Path`), and whose address it is is judged in one place,
  `realtime/doors.py` (`--proxy-headers` would take the client's own word for it).
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import daphne.server
from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.protocol import connectionDone
from twisted.web import http

from buka.policy import PUBLIC
from realtime.doors import SPARE_FILES, address_of, connections_kept, open_files

logger = logging.getLogger(__name__)

_LEAST_PAUSE = 60.0  # seconds between two lines of the log
_SPARED_SECONDS = 5.0
_PAGE = (
    '<!doctype html><html lang="en-ZA"><head><meta charset="utf-8"><title>%(title)s</title>'
    '<link rel="stylesheet" href="/static/css/plain.css"></head>'
    '<body><h1>%(title)s</h1><p>%(body)s.</p><p><a href="/">Dashboard</a></p></body></html>'
)
# In answer to bytes that are no request.
_NO_REQUEST = (
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    f"Content-Security-Policy: {PUBLIC}\r\nCache-Control: no-store\r\n\r\nThis is no request.\n"
).encode()


class Request(WebRequest):
    """Daphne's, in our words."""

    error_template = _PAGE

    def process(self) -> Any:
        # It is for a proxy that Daphne trusts, and Daphne trusts everybody; `--root-path` is ours.
        self.requestHeaders.removeHeader(b"daphne-root-path")
        ended = super().process()
        if self.transport is None:  # it is a socket's now
            self.channel.kept.leave(self.channel)
        return ended

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        self.setHeader(b"content-security-policy", PUBLIC.encode())
        self.setHeader(b"cache-control", b"no-store")
        if status == 503:
            self.setHeader(b"retry-after", b"30")
        super().basic_error(status, status_text, body.rstrip("."))


class Channel(http.HTTPChannel):
    """A connection, and whether it waits for its client: for a request, or for the rest of one."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept, self.address, self.waits, self.since = kept, "", True, 0.0
        self._begun = False

    def connectionMade(self) -> None:
        super().connectionMade()
        peer = self.wire.getPeer()
        self.address = address_of({"client": (getattr(peer, "host", ""), 1)})
        self.kept.enter(self)

    @property
    def wire(self) -> Any:
        return self.transport

    @property
    def file(self) -> int:
        return int(self.wire.fileno()) if hasattr(self.wire, "fileno") else -1

    def resetTimeout(self) -> None:
        """At the first byte of a request, and at none after it."""
        if not self._begun:
            self._begun = True
            super().resetTimeout()

    def allContentReceived(self) -> None:
        self.waits = self._begun = False
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        self.waits = True
        self.kept.touch(self)
        super().requestDone(request)

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.wire.write(_NO_REQUEST)
        self.loseConnection()

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self.kept.leave(self)
        super().connectionLost(reason)


class Kept:
    """The connections that are no sockets, by address, the one that was idle for longest first."""

    def __init__(self, most: int, last_file: float, now: Callable[[], float]) -> None:
        """`last_file`: the number of an open file that is near the last one; `now`: seconds, of any clock."""
        self.most, self._last_file, self._now = most, last_file, now
        self._of: dict[str, OrderedDict[Channel, None]] = {}
        self._all = self._closed = 0
        self._said_at = -_LEAST_PAUSE

    def enter(self, channel: Channel) -> None:
        self._of.setdefault(channel.address, OrderedDict())[channel] = None
        channel.since = self._now()
        self._all += 1
        # The system gives the lowest number that is free.
        is_last = channel.file >= self._last_file
        if (is_last or self._all > self.most) and (closed := self._longest(channel, is_last)):
            self._close(closed)

    def touch(self, channel: Channel) -> None:
        channel.since = self._now()
        if channel in self._of.get(channel.address, ()):
            self._of[channel.address].move_to_end(channel)

    def leave(self, channel: Channel) -> None:
        mine = self._of.get(channel.address, OrderedDict())
        if channel in mine:
            del mine[channel]
            self._all -= 1
            if not mine:
                del self._of[channel.address]

    def _longest(self, newest: Channel, is_last: bool) -> Channel | None:
        """Who has waited for longest, of whoever has most. Where all are being answered, the newest, if it
        took one of the last files."""
        latest = self._now() - (0.0 if is_last else _SPARED_SECONDS)
        for channels in sorted(self._of.values(), key=len, reverse=True):
            first = next((one for one in channels if one.waits), None)
            if first is not None and first.since <= latest:
                return first
        return newest if is_last else None

    def _close(self, channel: Channel) -> None:
        self.leave(channel)
        channel.wire.abortConnection()
        self._closed += 1
        if time.monotonic() - self._said_at >= _LEAST_PAUSE:
            self._said_at = time.monotonic()
            logger.warning(
                "%d connections are open that are no sockets: idle ones are closed (%d since the start)."
                " The last one was of %s.", self._all, self._closed, channel.address or "a Unix socket"
            )  # fmt: skip


class Factory(HTTPFactory):
    """Daphne's, of such connections and requests."""

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        if server.proxy_forwarded_address_header:
            logger.warning("Daphne's --proxy-headers is left aside: TRUSTED_PROXIES says whom we believe.")
            server.proxy_forwarded_address_header = None
        files = open_files()
        last_file = float("inf") if files is None else files - SPARE_FILES // 2
        kept = Kept(connections_kept(), last_file, lambda: self.reactor.seconds())
        self.protocol = lambda: http._GenericHTTPChannelProtocol(Channel(kept))

    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


def guard() -> None:
    """Have the Daphne that is about to start in this process take `Factory`."""
    daphne.server.HTTPFactory = Factory


__all__ = ["Channel", "Factory", "Kept", "Request", "guard"]
