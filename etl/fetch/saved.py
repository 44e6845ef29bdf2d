"""A file that somebody saved → its pages: one page as it is, or those of a WARC, HAR or MHT file."""

from __future__ import annotations

import email
import mimetypes
import re
import zlib
from collections.abc import Callable
from email.message import Message
from functools import partial
from pathlib import Path

from etl.exceptions import BadCapture
from etl.fetch.capture import Capture
from etl.fetch.page import Page

_BEGINNING = 4096  # bytes that show what a file is
_MHT = re.compile(rb"(?:\s*[\w-]+:.*\n(?:[ \t].*\n)*)*?\s*Content-Type:\s*multipart/related", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")


def pages(path: Path, url: str, max_bytes: int) -> list[Callable[[], Page]]:
    """What reads each page of the file; `url`: the address of a file that has none of its own.

    Raises OSError, BadCapture; reading a page raises FetchFailed, BadCapture.
    """
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if _unpacked(beginning).startswith(b"WARC/") or path.suffix.lower() == ".har":
        found = _captured(Capture.open(path, max_bytes))
    elif _MHT.match(beginning):
        found = [partial(_own, part, url) for part in _html_parts(path)]
    else:
        kind = mimetypes.guess_type(path.name)[0] or ""
        return [partial(Page, url, path.read_bytes(), None, {"Content-Type": kind})]
    if not found:
        raise BadCapture(f"{path.name} holds no page of HTML.")
    return found


def _captured(capture: Capture) -> list[Callable[[], Page]]:
    """The last of a file that breaks off has only that to say."""

    def broken_off() -> Page:
        raise BadCapture(capture.breaks_off)

    return [*(answer.read for answer in capture.of_pages()), *([broken_off] if capture.cut else [])]


def _unpacked(beginning: bytes) -> bytes:
    if not beginning.startswith(b"\x1f\x8b"):
        return beginning
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(beginning, 64)
    except zlib.error:
        return b""


def _html_parts(path: Path) -> list[Message]:
    """The pages of a browser's "complete page in one file", frames included. Raises BadCapture, OSError."""
    try:
        parts = list(email.message_from_bytes(path.read_bytes()).walk())
    except RecursionError:
        raise BadCapture(f"{path.name} is no MHT file: its parts have parts without end.") from None
    return [part for part in parts if part.get_content_type() in _HTML]


def _own(part: Message, url: str) -> Page:
    body = part.get_payload(decode=True)
    headers = {"Content-Type": " ".join(str(part.get("Content-Type", "")).split())}
    return Page(part.get("Content-Location", url), body if isinstance(body, bytes) else b"", None, headers)
