"""What an answer says beside its page: that we are to wait, to log in, or to begin anew. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

_FIREWALL = re.compile(
    r"request (was )?(rejected|blocked)|access denied|attention required|incident id|support id", re.I
)
# What none of these is without: a look at it saves the search of each page
_OF_FIREWALL = ("rejected", "blocked", "access denied", "attention required", "incident id", "support id")
_TIMEOUT_PAGE = re.compile(r"(session)?(time-?out|expired)[\w-]*\.(aspx|html?)$|sessionend", re.I)
_LOGIN_PAGE = re.compile(r"(log-?[io]n|sign-?in)(\.aspx|\.html?|\.php)?/?$", re.I)
_LOGIN_QUERY = re.compile(r"(^|&)(ReturnUrl|wctx|SAMLRequest)=", re.I)
# What ASP.NET says to fields of a session that it has forgotten (its key or its state is gone).
_LOST_STATE = re.compile(
    r"validation of viewstate mac failed|invalid postback or callback argument|invalid viewstate"
    r"|view ?state (is|was) (invalid|corrupted)|session (has |state has )?(expired|timed out)",
    re.I,
)


def retry_after_seconds(
    value: str | None, now: datetime | None = None, server_date: str | None = None
) -> float | None:
    """How long the `Retry-After` header (seconds or a date, RFC 9110 §10.2.3) has us wait.

    Never negative; None where the header says nothing readable.

    A date is meant by the server's clock, which its `Date` header shows (`server_date`). That header may be
    a cache's old one, so the shorter of the two readings counts.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    until = _moment(text)
    if until is None:
        return None
    clocks = [now or datetime.now(UTC), _moment(server_date or "")]
    return max(0.0, min((until - clock).total_seconds() for clock in clocks if clock))


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # the parser is known for all of these
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_login(url: str) -> bool:
    """Whether the address is a login's: where a redirect ends that wants to know who we are."""
    parts = _split(url)
    return bool(_LOGIN_PAGE.search(parts[0]) or _LOGIN_QUERY.search(parts[1]))


def is_timeout_page(url: str) -> bool:
    """Whether the address is where a site sends those whose session it has forgotten."""
    return bool(_TIMEOUT_PAGE.search(_split(url)[0]))


def is_firewall(text: str) -> bool:
    """Whether a short page reads like a firewall's."""
    if len(text) >= 20_000 or "__VIEWSTATE" in text:
        return False
    lowered = text.lower()
    return any(words in lowered for words in _OF_FIREWALL) and bool(_FIREWALL.search(text))


def lost_session(url: str, text: str) -> bool:
    """Whether an answer (an error page, an error of a callback) says that the session is gone."""
    return is_timeout_page(url) or (len(text) < 100_000 and bool(_LOST_STATE.search(text)))


def _split(url: str) -> tuple[str, str]:
    """Path and query; "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.path, parts.query
