"""One connection to one host: a request sent, an answer received within bounds of time and size."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from etl.exceptions import FetchFailed
from etl.fetch.page import Page
from etl.runs import stop

_LOOK = 0.2  # seconds between two looks at the clock while an answer is awaited
_LONGEST_CONNECT = 10.0  # seconds; a host that is there accepts at once
_ANSWER_TERMS = 4  # so many read time-outs may a whole answer take, however it drips
_PACKED = {"", "identity", "gzip", "x-gzip", "deflate"}
_MOST_HEADERS, _LONGEST_HEADER = 60, 2000
JSON = "application/json; charset=utf-8"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Request:
    """`fields`: a form to post; `json`: what is posted in its place. `enough`: bytes of a body after which
    the rest may be left unread."""

    method: str
    url: str
    fields: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    enough: int | None = None
    json: str = ""


class Exchange(Protocol):
    """Who answers: the network, a recorder around it, or a capture in its place."""

    def ask(self, request: Request) -> Page:
        """One answer, of whatever status. Raises requests.RequestException, FetchFailed or Stopped."""

    def forget_cookies(self) -> None: ...

    def close(self) -> None: ...


class Connection:
    """`timeout`: seconds for each step (connect, next bytes); the whole answer may take four times that."""

    def __init__(self, base_url: str, timeout: float, max_bytes: int, headers: Mapping[str, str]) -> None:
        self._timeout, self._max_bytes = timeout, max_bytes
        self._line = _Line()
        self._session = _Session()
        # a proxy of the environment (HTTPS_PROXY) is for the world outside; we are not outside
        self._session.trust_env = not _is_loopback(urlsplit(base_url).hostname or "")
        self._session.headers.update(headers)
        self._session.headers["Accept-Encoding"] = "gzip, deflate"
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(self._line))

    def forget_cookies(self) -> None:
        self._session.cookies.clear()

    def close(self) -> None:
        self._session.close()

    def ask(self, request: Request) -> Page:
        """One answer, of whatever status. Raises requests.RequestException, FetchFailed or Stopped."""
        with (
            _Watch(self._line, _ANSWER_TERMS * self._timeout),
            self._send(request) as got,
        ):
            body = self._body(request, got)
        return Page(request.url, body, got.status_code, told(got.headers.items()))

    def _send(self, request: Request) -> requests.Response:
        kind = {"Content-Type": JSON} if request.json else {}
        return self._session.request(
            request.method,
            request.url,
            data=request.json or request.fields,
            headers={**request.headers, **kind},
            timeout=(min(self._timeout, _LONGEST_CONNECT), self._timeout),
            allow_redirects=False,
            stream=True,
        )

    def _body(self, request: Request, response: requests.Response) -> bytes:
        """The decoded body: the cap counts what comes out of a packed one."""
        packed = response.headers.get("Content-Encoding", "")
        if not {part.strip().lower() for part in packed.split(",")} <= _PACKED:
            raise FetchFailed(f"{request.url} comes packed as “{packed[:40]}”, which was not asked for.")
        announced = response.headers.get("Content-Length", "")
        if request.enough is None and announced.isascii() and announced.isdigit():
            self._cap(request.url, int(announced))
        size, pieces = 0, []
        for piece in response.iter_content(65536):
            size += len(piece)
            pieces.append(piece)
            if request.enough is None:
                self._cap(request.url, size)
            elif size > request.enough:
                break
        return b"".join(pieces)

    def _cap(self, url: str, size: int) -> None:
        if size > self._max_bytes:
            raise FetchFailed(
                f"{url} is larger than {self._max_bytes / 1e6:g} MB; it was not read to its end."
            )


class _Session(requests.Session):
    """Leaves redirects to us, altogether: otherwise each one's body is read, whatever its size."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _Line:
    """The socket in use, to be cut from another thread."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None

    def cut(self) -> None:
        if self.socket is not None:
            with contextlib.suppress(OSError):  # it may be closed already
                # not the method of a TLS socket, which would let go of the encryption in mid-read
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class _Watch:
    """Cuts the line of a request that takes too long, or that a stop was asked for meanwhile.

    A read time-out alone does not bound anything: one byte before each time-out keeps a client for ever.
    """

    def __init__(self, line: _Line, seconds: float) -> None:
        self._line, self._seconds, self._until = line, seconds, time.monotonic() + seconds
        self._done = threading.Event()
        self._cut = False

    def __enter__(self) -> None:
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if not self._cut or (error and not isinstance(error, requests.RequestException)):
            return
        stop.check()
        raise requests.ReadTimeout(f"no whole answer within {self._seconds:g} s")

    def _look(self) -> None:
        while not self._done.wait(min(_LOOK, self._seconds / _ANSWER_TERMS)):
            if stop.requested() or time.monotonic() > self._until:
                self._cut = True
                self._line.cut()


class _Adapter(HTTPAdapter):
    """One connection at a time, whose socket the line knows."""

    def __init__(self, line: _Line) -> None:
        self._pools = _pools(line)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        manager = super().proxy_manager_for(*args, **named)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(line: _Line) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            line.socket = super()._new_conn()
            return line.socket

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            line.socket = super()._new_conn()
            return line.socket

        def connect(self) -> None:
            super().connect()
            line.socket = self.sock if isinstance(self.sock, socket.socket) else line.socket

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def told(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers as they are kept: cookies masked, no control characters, no flood."""
    pairs = list(headers)[:_MOST_HEADERS]
    return {
        _CONTROL.sub(" ", name)[:100]: "(masked)"
        if name.lower() == "set-cookie"
        else _CONTROL.sub(" ", value)[:_LONGEST_HEADER]
        for name, value in pairs
    }


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
