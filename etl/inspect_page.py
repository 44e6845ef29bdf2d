"""Is this the page that we asked for, or something else with a 200? Pure; raises PageChanged."""

from __future__ import annotations

import codecs
import re
from urllib.parse import urlsplit

from etl.exceptions import PageChanged, SessionExpired
from etl.extract.whole import is_cut

_HEADER_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w.:-]+)", re.I)
_PASSWORD = re.compile(rb"<input[^>]+type=[\"']?password", re.I)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
_FIREWALL = re.compile(
    rb"request (was )?(rejected|blocked)|access denied|attention required|incident id|support id", re.I
)
_ERROR_TITLE = re.compile(rb"server error|runtime error|service unavailable|page not found|error \d{3}", re.I)
_TIMEOUT_PAGE = re.compile(r"(session)?(time-?out|expired)[\w-]*\.(aspx|html?)$|sessionend", re.I)
_LOGIN_PAGE = re.compile(r"(log-?[io]n|sign-?in)(\.aspx|\.html?|\.php)?/?$", re.I)
_LOGIN_QUERY = re.compile(r"(^|&)(ReturnUrl|wctx|SAMLRequest)=", re.I)
# What ASP.NET says to fields of a session that it has forgotten (its key or its state is gone).
_LOST_STATE = re.compile(
    rb"validation of viewstate mac failed|invalid postback or callback argument|invalid viewstate"
    rb"|view ?state (is|was) (invalid|corrupted)|session (has |state has )?(expired|timed out)",
    re.I,
)
_SINGLE_BYTE = re.compile(r"^(windows-125\d|cp125\d|iso-?8859-\d+|latin-?1|us-ascii)$", re.I)


def is_login(url: str) -> bool:
    """Whether the address is a login's: where a redirect ends that wants to know who we are."""
    parts = _split(url)
    return bool(_LOGIN_PAGE.search(parts[0]) or _LOGIN_QUERY.search(parts[1]))


def is_timeout_page(url: str) -> bool:
    """Whether the address is where a site sends those whose session it has forgotten."""
    return bool(_TIMEOUT_PAGE.search(_split(url)[0]))


def is_firewall(body: bytes) -> bool:
    """Whether a short page reads like a firewall's."""
    return len(body) < 20_000 and b"__VIEWSTATE" not in body and bool(_FIREWALL.search(body))


def lost_session(url: str, text: bytes) -> bool:
    """Whether an answer (an error page, an error of a callback) says that the session is gone."""
    return is_timeout_page(url) or (len(text) < 100_000 and bool(_LOST_STATE.search(text)))


def inspect_callback(url: str, body: bytes, content_type: str) -> None:
    """Raise PageChanged when something else came than the answer to a callback, SessionExpired where a new
    session may help: a page of the site in place of an answer, its login, its time-out page."""
    if b"/*DX*/" in body[:200_000] or body[:1] in (b"e", b"s"):
        return
    if lost_session(url, body) or is_login(url):
        raise SessionExpired(f"{url}: the session ended.")
    inspect_page(url, body, content_type)
    raise SessionExpired(f"{url} answered a callback with a page of its own: the session ended, it seems.")


def inspect_page(url: str, body: bytes, content_type: str) -> None:
    """Raise PageChanged, with a sentence, when the body cannot be the page that was asked for.

    `url`: where the redirects ended. Raises SessionExpired where a new session may help.
    """
    if is_timeout_page(url):
        raise SessionExpired(f"{url}: the session ended.")
    if is_login(url):
        raise PageChanged(f"{url} is a login page: the site asks who we are now.")
    if not body.strip():
        raise PageChanged(f"{url} is an empty page.")
    if "/*DX*/" in body[:200_000].decode("latin-1"):
        return
    if is_cut(body.decode("latin-1")):
        raise PageChanged(f"{url} ends in the middle ({len(body)} bytes, no </html>).")
    _charset(url, body, content_type)
    title = _TITLE.search(body)
    _recognise(url, body, title.group(1) if title else b"")


def _asks_who_we_are(body: bytes, title: bytes) -> bool:
    """A password to be given, and nothing else to see: many sites have a login box beside their data."""
    if not _PASSWORD.search(body) or len(re.findall(rb"<tr\b", body, re.I)) > 5:
        return False
    return b"__VIEWSTATE" not in body or bool(re.search(rb"log ?[io]n|sign ?in", title, re.I))


def _recognise(url: str, body: bytes, title: bytes) -> None:
    if _asks_who_we_are(body, title):
        raise PageChanged(f"{url} is a login page now.")
    if _ERROR_TITLE.search(title) or b"aspxerrorpath" in body[:4000] or "aspxerrorpath=" in url.lower():
        if lost_session(url, body):
            raise SessionExpired(f"{url}: the server has forgotten the session.")
        shown = b" ".join(title.split()).decode("utf-8", "replace")
        raise PageChanged(f"{url} is an error page that calls itself a success: “{shown}”.")
    if is_firewall(body):
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


def _split(url: str) -> tuple[str, str]:
    """Path and query; "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.path, parts.query
