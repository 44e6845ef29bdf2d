"""The settings of the breaker, as the pure module wants them."""

from __future__ import annotations

from django.conf import settings

from etl.breaker import Limits


def limits() -> Limits:
    return Limits(
        count_drop=settings.HOLD_COUNT_DROP,
        blanked=settings.HOLD_BLANKED,
        changed=settings.HOLD_CHANGED,
        never_seen=settings.HOLD_NEVER_SEEN,
        least=settings.HOLD_LEAST_RECORDS,
    )
