"""The `Retry-After` header: seconds, or a date (RFC 9110 §10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds(value: str | None, now: datetime | None = None, server_date: str | None = None) -> float | None:
    """How long to wait, never negative; None where the header says nothing readable.

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
