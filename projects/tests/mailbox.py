"""A mail server (aiosmtpd) and a receiver of webhooks, real ones on loopback, which can refuse and be
away."""

from __future__ import annotations

import email
import json
import logging
import socket
import threading
from collections import defaultdict
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)  # else each line of each conversation


class Mailbox:
    """`mails` are those that were taken. `refusals`: {address: what the server says of it}; `says`: what it
    says to each mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.senders: list[str] = []  # of their envelopes
        self.refusals: dict[str, str] = {}
        self.says = ""
        self.asked = 0  # how often somebody named a recipient
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller: Controller | None = None
        self.start()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.asked += 1
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.says:
            return self.says
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.senders.append(envelope.mail_from)
        return "250 OK"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def settings(self) -> dict[str, Any]:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "MAIL_IS_SENT": True,
        }


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, location = self.server.answers.get(self.path, (200, ""))
        said = json.loads(body)
        got = {"headers": dict(self.headers), "raw": body, "body": said, "status": status}
        self.server.got[self.path].append(got)
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        text = said.get("challenge", "").encode() if self.server.wants else b""
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


class Receiver(ThreadingHTTPServer):
    """`got`: {path: requests}; `answers`: {path: (status, Location)}. With `wants` it gives challenges
    back."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Hook)
        self.got: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.answers: dict[str, tuple[int, str]] = {}
        self.wants = True
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
