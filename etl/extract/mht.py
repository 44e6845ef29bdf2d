"""A page as browsers save it with all that belongs to it (MHT, multipart/related): the page's own part.

https://www.rfc-editor.org/rfc/rfc2557; only what browsers write is read: one level of parts, and those in the
first of them that is multipart itself.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple

from etl.exceptions import PageChanged

_LOOKED_AT = 8_192  # bytes: the file's own header stands in them
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FIRST_LINE = re.compile(rb"[A-Za-z][A-Za-z-]*:[ \t]")
_MARK = re.compile(
    rb"^content-type:[ \t]*(?:multipart/(?:related|mixed|alternative)|text/html)\b", re.I | re.M
)
_VERSION = re.compile(rb"^mime-version:", re.I | re.M)
_HTML = ("text/html", "application/xhtml+xml")
_DEEPEST = 3
_MOST_PARTS = 5_000


class SavedPage(NamedTuple):
    """The page's bytes, the Content-Type that they were saved with, and the address that they came from."""

    body: bytes
    content_type: str
    url: str


def looks_like_mht(body: bytes) -> bool:
    """Whether the bytes begin with a header as saved pages have it."""
    start = body[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf\r\n\t ")
    if not _FIRST_LINE.match(start):
        return False
    header = _HEADER_END.split(start, maxsplit=1)[0]
    return bool(_VERSION.search(header) and _MARK.search(header))


def read_mht(body: bytes) -> SavedPage:
    """The saved page itself, without its images and frames. Raises PageChanged where there is none."""
    header, content = _split(body.lstrip(b"\xef\xbb\xbf\r\n\t "))
    root = header.get_param("start")
    found: SavedPage | None = None
    for part, data in _leaves(header, content, 0):
        if part.get_content_type() not in _HTML:
            continue
        is_root = isinstance(root, str) and root.strip("<> ") == (part.get("Content-ID") or "").strip("<> ")
        if found is None or is_root:
            found = SavedPage(_decoded(part, data), _content_type(part), _address(part) or _address(header))
        if is_root:
            break
    if found is None:
        raise PageChanged("The saved page (MHT) holds no HTML.")
    return found


def _split(data: bytes) -> tuple[Message, bytes]:
    """A part's header and what stands below it."""
    match = _HEADER_END.search(data)
    end, start = (match.start(), match.end()) if match else (len(data), len(data))
    return BytesHeaderParser().parsebytes(data[: min(end, _LOOKED_AT)]), data[start:]


def _leaves(header: Message, content: bytes, depth: int) -> Iterator[tuple[Message, bytes]]:
    """The parts that are no multipart themselves, in order."""
    boundary = header.get_param("boundary")
    if header.get_content_maintype() != "multipart" or not isinstance(boundary, str) or not boundary.strip():
        yield header, content
        return
    mark = re.escape(boundary.strip().encode("ascii", "replace"))
    pieces = re.split(rb"(?:^|\r?\n)--" + mark + rb"(?:--)?[ \t]*(?:\r?\n|\Z)", content, maxsplit=_MOST_PARTS)
    for piece in pieces[1:] if depth < _DEEPEST else ():
        if piece.strip():
            yield from _leaves(*_split(piece), depth + 1)


def _address(part: Message) -> str:
    for name in ("Content-Location", "Snapshot-Content-Location"):
        url = "".join(str(part.get(name) or "").split())
        if url.lower().startswith(("http://", "https://")):
            return url
    return ""


def _content_type(part: Message) -> str:
    charset = part.get_content_charset()
    return f"{part.get_content_type()}; charset={charset}" if charset else part.get_content_type()


def _decoded(part: Message, data: bytes) -> bytes:
    """The bytes as they were before they were saved; as they are where they cannot be read."""
    encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding == "base64":
        try:
            return base64.b64decode(data + b"==")
        except binascii.Error:
            return data
    return data
