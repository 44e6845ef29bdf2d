"""The settings of fetching and of the breaker, as the pure modules want them."""

from __future__ import annotations

from django.conf import settings

from etl.breaker import Limits
from etl.fetch import Manners


def manners() -> Manners:
    return Manners(
        delay=settings.FETCH_DELAY_SECONDS,
        timeout=settings.FETCH_TIMEOUT_SECONDS,
        attempts=settings.FETCH_MAX_ATTEMPTS,
        backoff=settings.FETCH_BACKOFF_SECONDS,
        max_bytes=settings.FETCH_MAX_BYTES,
        contact_url=settings.CONTACT_URL,
    )


def limits() -> Limits:
    return Limits(
        count_drop=settings.HOLD_COUNT_DROP,
        blanked=settings.HOLD_BLANKED,
        changed=settings.HOLD_CHANGED,
        never_seen=settings.HOLD_NEVER_SEEN,
        least=settings.HOLD_LEAST_RECORDS,
    )
