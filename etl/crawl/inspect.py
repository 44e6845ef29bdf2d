"""Is this the page that we asked for, or something else with a 200? Pure; raises PageChanged."""

from __future__ import annotations

import re

from etl.exceptions import PageChanged, SessionExpired
from etl.extract.callback import read_callback
from etl.extract.html import is_cut
from etl.extract.markup import Markup
from etl.extract.types import CallbackAnswer
from etl.fetch.answers import is_firewall, is_login, is_timeout_page, lost_session
from projects.charset import Decoded, decoded, wide_charset

# Each begins at a bracket and looks no further than the next: time grows with the length only
_PASSWORD = re.compile(r"<input\b[^<>]+?\btype\s*=\s*[\"']?password", re.I)
_TITLE = re.compile(r"<title\b[^<>]*>((?:[^<]|<(?!/title))*+)", re.I)
_ERROR_TITLE = re.compile(r"server error|runtime error|service unavailable|page not found|error \d{3}", re.I)
_SINGLE_BYTE = ("windows-", "iso-8859-", "koi8-", "ibm", "macintosh", "x-mac-")


def inspect_callback(url: str, body: bytes, content_type: str) -> None:
    """Raise PageChanged when something else came than the answer to a callback, SessionExpired where a new
    session may help: a page of the site in place of an answer, its login, its time-out page."""
    found = decoded(body, content_type)
    if "/*DX*/" in found.text[:200_000] or found.text.startswith(("e", "s")):
        _charset(url, body, found)
        return
    if lost_session(url, found.text) or is_login(url):
        raise SessionExpired(f"{url}: the session ended.")
    inspect_page(url, body, content_type)
    raise SessionExpired(f"{url} answered a callback with a page of its own: the session ended, it seems.")


def received_callback(url: str, body: bytes, content_type: str) -> CallbackAnswer:
    """The answer, inspected and taken apart. Raises PageChanged, SessionExpired."""
    inspect_callback(url, body, content_type)
    return read_callback(decoded(body, content_type).text)


def inspect_page(url: str, body: bytes, content_type: str, markup: Markup | None = None) -> None:
    """Raise PageChanged, with a sentence, when the body cannot be the page that was asked for.

    `url`: where the redirects ended. `markup`: the body's, where somebody decoded it already. Raises
    SessionExpired where a new session may help.
    """
    if is_timeout_page(url):
        raise SessionExpired(f"{url}: the session ended.")
    if is_login(url):
        raise PageChanged(f"{url} is a login page: the site asks who we are now.")
    found = markup.decoded if markup else decoded(body, content_type)
    text = found.text
    if not text.strip():
        raise PageChanged(f"{url} is an empty page.")
    is_callback = "/*DX*/" in text[:200_000]
    if not is_callback and is_cut(text):
        raise PageChanged(f"{url} ends in the middle ({len(body)} bytes, no </html>).")
    _charset(url, body, found)
    if not is_callback:
        title = _TITLE.search(text)
        _recognise(url, text, title.group(1) if title else "")


def _asks_who_we_are(text: str, title: str) -> bool:
    """A password to be given, and nothing else to see: many sites have a login box beside their data."""
    if not _PASSWORD.search(text) or len(re.findall(r"<tr\b", text, re.I)) > 5:
        return False
    return "__VIEWSTATE" not in text or bool(re.search(r"log ?[io]n|sign ?in", title, re.I))


def _recognise(url: str, text: str, title: str) -> None:
    if _asks_who_we_are(text, title):
        raise PageChanged(f"{url} is a login page now.")
    if _ERROR_TITLE.search(title) or "aspxerrorpath" in text[:4000] or "aspxerrorpath=" in url.lower():
        if lost_session(url, text):
            raise SessionExpired(f"{url}: the server has forgotten the session.")
        shown = " ".join(title.split())
        raise PageChanged(f"{url} is an error page that calls itself a success: “{shown}”.")
    if is_firewall(text):
        raise PageChanged(f"{url} is the answer of a firewall, not of the site.")


def _charset(url: str, body: bytes, found: Decoded) -> None:
    """Raise PageChanged where what is said of the bytes is not so. A page that says nothing is guessed."""
    if not found.label:
        return
    if found.is_guess:
        raise PageChanged(f"{url} says that it is in “{found.label}”, which is no known charset.")
    if (wide := wide_charset(body)) and wide != found.charset:
        raise PageChanged(f"{url} says that it is in {found.label}, but it is in {wide[:6].upper()}.")
    if found.bad is not None:
        where = f"byte {found.bad} is not; its names cannot be trusted"
        raise PageChanged(f"{url} says that it is in {found.label}, but {where}.")
    if found.charset.startswith(_SINGLE_BYTE) and not body.isascii() and _is_utf8(body):
        raise PageChanged(f"{url} says that it is in {found.label}, but it is in UTF-8.")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
