"""Our own measured delay: from a change's entry into the log to a browser's word that it has painted it.

One clock measures both ends, the server's: the way back of that word is in it too, so that a figure is an
upper bound of what a reader sees.
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
        self._handed: OrderedDict[int, tuple[float, datetime]] = OrderedDict()
        self._measured: deque[float] = deque(maxlen=KEPT)

    def handed_out(self, pk: int, at: datetime) -> None:
        """The change `pk`, in the log since `at`, goes out live."""
        now = time.monotonic()
        self._handed[pk] = (now, at)
        while self._handed and next(iter(self._handed.values()))[0] < now - REMEMBERED_SECONDS:
            self._handed.popitem(last=False)

    def shown(self, pk: int) -> None:
        """A browser has painted the change; one that did not go out in the last minute is ignored."""
        moment, at = self._handed.get(pk, (-math.inf, None))
        if at is None or moment < time.monotonic() - REMEMBERED_SECONDS:
            return
        seconds = (timezone.now() - at).total_seconds()
        if seconds >= 0:  # else the writer's clock and ours differ: that measures nothing
            self._measured.append(seconds)

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
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "shown":
        return None
    return said["id"] if type(said.get("id")) is int else None


__all__ = ["LEAST_PAUSE_SECONDS", "Delays", "reported"]
