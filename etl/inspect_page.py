"""Is this the page that we asked for, or something else with a 200? Pure; raises PageChanged."""

from __future__ import annotations

import codecs
import re

from etl.exceptions import PageChanged

_HEADER_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w.:-]+)", re.I)
_PASSWORD = re.compile(rb"<input[^>]+type=[\"']?password", re.I)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
_FIREWALL = re.compile(
    rb"request (was )?(rejected|blocked)|access denied|attention required|incident id|support id", re.I
)
_ERROR_TITLE = re.compile(rb"server error|runtime error|service unavailable|page not found|error \d{3}", re.I)
_SINGLE_BYTE = re.compile(r"^(windows-125\d|cp125\d|iso-?8859-\d+|latin-?1|us-ascii)$", re.I)


def inspect_page(url: str, body: bytes, content_type: str) -> None:
    """Raise PageChanged, with a sentence, when the body cannot be the page that was asked for."""
    if not body.strip():
        raise PageChanged(f"{url} is an empty page.")
    if "/*DX*/" in body[:200_000].decode("latin-1"):
        return
    head = body[:200_000].lower()
    if b"<html" in head and b"</html" not in body[-20_000:].lower():
        raise PageChanged(f"{url} ends in the middle ({len(body)} bytes, no </html>).")
    _charset(url, body, content_type)
    title = _TITLE.search(body)
    _recognise(url, body, title.group(1) if title else b"")


def _recognise(url: str, body: bytes, title: bytes) -> None:
    has_state = b"__VIEWSTATE" in body
    if _PASSWORD.search(body) and (not has_state or re.search(rb"log ?[io]n|sign ?in", title, re.I)):
        raise PageChanged(f"{url} is a login page now.")
    if _ERROR_TITLE.search(title) or b"aspxerrorpath" in body[:4000]:
        shown = b" ".join(title.split()).decode("utf-8", "replace")
        raise PageChanged(f"{url} is an error page that calls itself a success: “{shown}”.")
    if len(body) < 20_000 and not has_state and _FIREWALL.search(body):
        raise PageChanged(f"{url} is the answer of a firewall, not of the site.")


def _charset(url: str, body: bytes, content_type: str) -> None:
    named = _HEADER_CHARSET.search(content_type)
    meta = _META_CHARSET.search(body[:4096])
    charset = named.group(1) if named else meta.group(1).decode("ascii") if meta else ""
    if not charset:
        return
    try:
        codec = codecs.lookup(charset).name
        body.decode(codec)
    except LookupError:
        raise PageChanged(f"{url} says that it is in “{charset}”, which is no known charset.") from None
    except UnicodeDecodeError as error:
        raise PageChanged(
            f"{url} says that it is in {charset}, but byte {error.start} is not; its names cannot be trusted."
        ) from None
    if _SINGLE_BYTE.match(charset) and not body.isascii() and _is_utf8(body):
        raise PageChanged(f"{url} says that it is in {charset}, but it is in UTF-8.")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
