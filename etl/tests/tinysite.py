"""Tiny sites for tests: pages by path, or bytes on the wire as a hostile server sends them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Answer = str | tuple[int, dict[str, str], str | bytes]
Page = Answer | Callable[[dict[str, str]], Answer]  # a function is given the posted form


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each body waits 40 ms for its head to be acknowledged
    server: Any

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        self.server.asked.append(f"{self.command} {self.path}")
        self.server.heard.append(dict(self.headers.items()))
        page = self.server.pages.get(self.path, (404, {}, "<html><title>404</title></html>"))
        answer = page(form) if callable(page) else page
        status, headers, text = (200, {}, answer) if isinstance(answer, str) else answer
        body = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Site(ThreadingHTTPServer):
    """`asked`: "GET /path" in order. `most_at_once`: connections that were open at the same time."""

    daemon_threads = True

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages, self.asked, self.heard = pages, [], []
        self._open = self.most_at_once = 0
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open -= 1


@contextlib.contextmanager
def serving(pages: dict[str, Page]) -> Iterator[Site]:
    site = Site(pages)
    thread = threading.Thread(target=lambda: site.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


class Wire:
    """A server that answers each connection with bytes. `answers`: one list of pieces a connection, the last
    one for all that follow; a number among the pieces is a pause in seconds. `/robots.txt` is a 404."""

    def __init__(self, *answers: list[bytes | float]) -> None:
        self._answers, self.connections = list(answers), 0
        self.requests: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/pmd/level.aspx"

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes who waits for a connection
        # Closed only then: a wait that is begun anew would be for the next socket of this number.
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while request := self._heard(connection):
                if b"/robots.txt" in request:
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                self.requests.append(request)
                self._send(connection, self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
                return

    def _heard(self, connection: socket.socket) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request and (piece := connection.recv(65536)):
            request += piece
        return request

    def _send(self, connection: socket.socket, pieces: list[bytes | float]) -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                connection.sendall(piece)
            elif self._stop.wait(piece):
                return
