"""The replica as a web server: `with ReplicaServer(projects=200, seed=7) as replica: replica.url`.

The dashboard is under /pmd/, the Municipal Money API under /api/, control URLs under /_control/.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from replica import control, pmd
from replica.exchange import Answer, Request, html
from replica.money import api
from replica.pages import errors
from replica.rounds import Rounds
from replica.site import Site

MAX_FORM_BYTES = 10_000_000
DRIPS = 100


def _robots(site: Site) -> str:
    return site.robots + ("" if site.crawl_delay is None else f"Crawl-delay: {site.crawl_delay}\n")


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the site, sends the answer."""

    protocol_version = "HTTP/1.1"
    server_version = "BukaAmanziReplica"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 65536  # head and body leave together
    server: Server

    def do_GET(self) -> None:
        self._answer({})

    def do_HEAD(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_FORM_BYTES:
            self.send_error(413)
            return
        body = self.rfile.read(length).decode("utf-8", "replace")
        self._answer(dict(parse_qsl(body, keep_blank_values=True)))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: tests count requests instead of reading logs."""

    def _answer(self, form: dict[str, str]) -> None:
        path, _, query = self.path.partition("?")
        if path.startswith("/_control/"):
            self._send(self._control(path.removeprefix("/_control/").rstrip("/"), query))
            return
        site = self.server.site
        with site.lock:
            site.requests[path] += 1
            site.kinds[self.command] += 1
            site.recent.append(f"{self.command} {self.path}")
        self._send(self._page(path, query, form))

    def _control(self, name: str, query: str) -> Answer:
        if not ipaddress.ip_address(self.client_address[0]).is_loopback:
            return html(errors.not_found(), 404)
        return control.respond(self.server.site, self.command, name, query)

    def _page(self, path: str, query: str, form: dict[str, str]) -> Answer:
        site = self.server.site
        if path == "/robots.txt":
            return Answer(_robots(site).encode(), content_type="text/plain")
        if path == "/api" or path.startswith("/api/"):
            packed = "gzip" in (self.headers.get("Accept-Encoding") or "")
            return api.respond(site, path, query, packed=packed)
        if path in ("/", "/pmd", "/pmd/"):
            return html("", 302, ("Location", "/pmd/level.aspx"))
        if not path.lower().startswith("/pmd/"):
            return html(errors.not_found(), 404)
        known = self.headers.get("If-None-Match") or ""
        return pmd.respond(site, Request(self.command, path[5:], query, form, self._session_cookie(), known))

    def _session_cookie(self) -> str | None:
        try:
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(pmd.COOKIE)
        except CookieError:
            return None
        return morsel.value if morsel else None

    def _send(self, answer: Answer) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            self._send_head(answer)
            if self.command != "HEAD" and answer.status != 304:
                self._send_body(answer)
            self.wfile.flush()

    def _send_head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        if not any(name == "Cache-Control" for name, _ in answer.headers):
            self.send_header("Cache-Control", "private")
        self.send_header("X-Demo-Data", "1")
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.stream is None and answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        if answer.stream is not None or answer.cut is not None:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send_body(self, answer: Answer) -> None:
        if answer.stream is not None:
            self.wfile.writelines(answer.stream)
        elif answer.drip:
            self._drip(answer)
        else:
            self.wfile.write(answer.body[: answer.cut])

    def _drip(self, answer: Answer) -> None:
        step = max(1, len(answer.body) // DRIPS)
        for start in range(0, len(answer.body), step):
            if self.server.stopping.wait(answer.drip / DRIPS):
                return
            self.wfile.write(answer.body[start : start + step])
            self.wfile.flush()


class Server(ThreadingHTTPServer):
    """Keeps its open connections, so that stopping closes them as a dying server does."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        self.site = site
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is shown as usual."""
        if not self.stopping.is_set():
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class ReplicaServer:
    """A running replica on loopback; port 0 takes a free one. Use as a context manager or start/stop.

    With `mutate_every` it edits itself; `remember` is the file that says how often it has, for a restart.
    """

    def __init__(
        self,
        projects: int = 200,
        seed: int = 7,
        layout: str = "grid",
        theme: str = "Moderno",
        fault: str = "none",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        mutate_every: float = 0.0,
        provinces: Sequence[str] = (),
        rows_of_all: int = 100,
        etag: bool = False,
        short_menu: bool = False,
        finance_years: int = 8,
        remember: Path | None = None,
        story: bool = False,
    ) -> None:
        self._options = (projects, seed, layout, theme, fault, provinces, rows_of_all, finance_years, story)
        self._etags, self._short_menu = etag, short_menu
        self.site = self._as_at_first()
        self._server = Server((host, port), self.site)
        self._mutate_every = mutate_every
        self._rounds = Rounds(self.site, remember)
        self._threads: list[threading.Thread] = []

    @property
    def root(self) -> str:
        """Scheme, host and port: `http://127.0.0.1:8001`."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def url(self) -> str:
        """The entry page, as `DWS_URL` wants it."""
        return f"{self.root}/pmd/level.aspx"

    @property
    def api_url(self) -> str:
        """The root of the Municipal Money API, as `TREASURY_URL` wants it."""
        return f"{self.root}/api"

    @property
    def requests(self) -> Counter[str]:
        """How often each path was asked for (robots.txt included, control URLs not)."""
        return self.site.requests

    @property
    def is_stopped(self) -> bool:
        return self._server.stopping.is_set()

    def reopen(self) -> None:
        """Have the site as it was at first, at the same address: no edit, no fault, nobody was there yet."""
        self.site = self._server.site = self._as_at_first()
        self._rounds = Rounds(self.site, self._rounds.file)

    def _as_at_first(self) -> Site:
        site = Site(*self._options)
        site.etags, site.short_menu = self._etags, self._short_menu
        return site

    def start(self) -> ReplicaServer:
        self._rounds.repeat()
        self._run(lambda: self._server.serve_forever(poll_interval=0.05))
        if self._mutate_every > 0:
            self._run(self._keep_changing)
        return self

    def stop(self) -> None:
        """Stop serving and close every connection; the port is free afterwards."""
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.close_connections()
        for thread in self._threads:
            thread.join(timeout=5)

    def __enter__(self) -> ReplicaServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, work: Any) -> None:
        thread = threading.Thread(target=work, name="replica", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _wait_for_quiet(self) -> None:
        """Edits come between two readings, as they mostly do: a site that is edited while it is read can
        never be read completely (the fault `self_edit` does that)."""
        before = -1
        while before != (before := sum(self.site.requests.values())):
            if self._server.stopping.wait(min(1.0, self._mutate_every)):
                return

    def _keep_changing(self) -> None:
        while not self._server.stopping.wait(self._mutate_every):
            self._wait_for_quiet()
            self._rounds.go_on()
