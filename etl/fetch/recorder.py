"""A visit kept as WARC 1.1: each request and its answer, as they went through one place, for others to read.

https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from requests.utils import requote_uri
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from etl.fetch.network import JSON, Exchange, Request
from etl.fetch.page import Page

# Said of the bytes on the wire, which are kept unpacked; and what is the visitor's own
_NOT_KEPT = {"content-encoding", "transfer-encoding", "content-length", "set-cookie", "set-cookie2"}


class Recorder:
    """The file that is being written: `part` until it is whole, then `path`.

    Each record is whole on the disk before the next request, so that what was recorded is readable whatever
    happens. Cookies are left out. `info`: what the file says of itself. Raises OSError, FileExistsError where
    one of the files is there.
    """

    def __init__(self, path: Path, info: Mapping[str, str]) -> None:
        self.path, self.part = path, path.with_name(f"{path.name}.part")
        if path.exists():
            raise FileExistsError(17, "it is there already", str(path))
        self.answers = 0
        self._file = self.part.open("xb")
        self._writer = WARCWriter(self._file, gzip=path.suffix == ".gz", warc_version="1.1")
        said = {"format": "WARC File Format 1.1", "robots": "obey", **info}
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, said))

    def around(self, exchange: Exchange) -> Exchange:
        """The exchange, recorded."""
        return _Recorded(exchange, self)

    def keep(self, request: Request, page: Page) -> None:
        """The request first: an answer without one is never taken for that of another."""
        url = requote_uri(page.url)  # as it was sent
        answer_id = f"<urn:uuid:{uuid4()}>"
        at = {"WARC-Date": page.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        form = urlencode(list(request.fields.items())) if request.fields is not None else ""
        body = (request.json or form).encode()
        asked = self._writer.create_warc_record(
            url,
            "request",
            payload=BytesIO(body),
            length=len(body),
            http_headers=_request_head(url, request, len(body)),
            warc_headers_dict={**at, "WARC-Concurrent-To": answer_id},
        )
        answered = self._writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(page.body),
            length=len(page.body),
            http_headers=_response_head(page),
            warc_headers_dict={**at, "WARC-Record-ID": answer_id},
        )
        self._writer.write_record(asked)
        self._writer.write_record(answered)
        self.answers += 1

    def finish(self) -> None:
        """The file is whole: it gets its name. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self.part, self.path)

    def leave(self) -> bool:
        """Close what is not whole; whether there is anything in it. An empty one is taken away."""
        try:
            self._file.close()
        except OSError:  # a full disk says so once more; what was flushed is there
            pass
        if not self.answers:
            self.part.unlink(missing_ok=True)
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """An exchange whose answers are kept."""

    exchange: Exchange
    recorder: Recorder

    def ask(self, request: Request) -> Page:
        page = self.exchange.ask(request)
        self.recorder.keep(request, page)
        return page

    def forget_cookies(self) -> None:
        self.exchange.forget_cookies()

    def close(self) -> None:
        self.exchange.close()


def _request_head(url: str, request: Request, size: int) -> StatusAndHeaders:
    parts = urlsplit(url)
    headers = [("Host", parts.netloc)]
    if request.fields is not None:
        headers += [
            ("Content-Type", JSON if request.json else "application/x-www-form-urlencoded"),
            ("Content-Length", str(size)),
        ]
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line = f"{request.method} {place} HTTP/1.1"
    return StatusAndHeaders(line, headers, is_http_request=True)


def _response_head(page: Page) -> StatusAndHeaders:
    status = page.status or 200
    headers = [(name, value) for name, value in page.headers.items() if name.lower() not in _NOT_KEPT]
    headers.append(("Content-Length", str(len(page.body))))
    return StatusAndHeaders(f"{status} {responses.get(status, '')}".strip(), headers, protocol="HTTP/1.1")
