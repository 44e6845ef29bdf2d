"""Our own measured delay: from a change's commit to a browser's word that it has painted it.

One clock measures both ends, the server's: the way back of that word is in it too, so that a figure is an
upper bound of what a reader sees. The log has no time of the commit: it is taken for the later of the row's
own `at`, which is before it, and the hub's last look that found nothing new, which is before it too. So a big
load, whose first rows are written long before its commit, counts from when it could be seen.
"""

from __future__ import annotations

import json
import math
import statistics
import time
from collections import OrderedDict, deque
from datetime import datetime
from typing import Any

from django.utils import timezone

KEPT = 500  # measurements
REMEMBERED_SECONDS = 60.0  # what is reported later was painted in a tab that slept
LEAST_PAUSE_SECONDS = 1.0  # between two reports of one socket
_LONGEST = 100  # characters of a report


class Delays:
    """What one web process measured."""

    def __init__(self) -> None:
        self._handed: OrderedDict[int, tuple[float, float]] = OrderedDict()  # id → when, committed when
        self._measured: deque[float] = deque(maxlen=KEPT)

    def handed_out(self, pk: int, at: datetime, unseen: float = -math.inf) -> None:
        """The change `pk`, written at `at`, goes out live; at `unseen` (monotonic) the log did not have it.

        From here on the monotonic clock alone counts: the other one may be set meanwhile.
        """
        now = time.monotonic()
        age = (timezone.now() - at).total_seconds()
        if age >= 0:  # else the writer's clock and ours differ: that measures nothing
            self._handed[pk] = (now, max(now - age, unseen))
        while self._handed and next(iter(self._handed.values()))[0] < now - REMEMBERED_SECONDS:
            self._handed.popitem(last=False)

    def shown(self, pk: int) -> None:
        """A browser has painted the change; one that did not go out in the last minute is ignored."""
        now = time.monotonic()
        moment, committed = self._handed.get(pk, (-math.inf, -math.inf))
        if moment >= now - REMEMBERED_SECONDS:
            self._measured.append(now - committed)

    def summary(self) -> dict[str, Any] | None:
        """`{"count", "median", "p95"}`, seconds; None when nothing was measured."""
        if not self._measured:
            return None
        seconds = sorted(self._measured)
        p95 = seconds[math.ceil(0.95 * len(seconds)) - 1]
        median = statistics.median(seconds)
        return {"count": len(seconds), "median": round(median, 3), "p95": round(p95, 3)}


def reported(text: str | None) -> int | None:
    """The id in `{"type": "shown", "id": 1841}`; None for anything else that a client sends."""
    if not text or len(text) > _LONGEST or "shown" not in text:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("type") != "shown":
        return None
    return message["id"] if type(message.get("id")) is int else None


__all__ = ["LEAST_PAUSE_SECONDS", "Delays", "reported"]
