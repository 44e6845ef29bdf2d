"""The circuit of a source: after five failed runs in a row the clock asks less and less often.

It is derived from the runs alone. Only the clock keeps to it; people always get their try.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from projects.models import RunState, SyncRun

OPENS_AFTER = 5  # failed runs in a row
_LONGEST = timedelta(days=1)
_MOST_DOUBLINGS = 12
# A run that ended in one of these had read the source, whatever became of what it read.
_CLOSING = (
    RunState.SUCCEEDED,
    RunState.UNCHANGED,
    RunState.QUARANTINED,
    RunState.SUPERSEDED,
    RunState.REJECTED,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed run: when it was begun (aware), and whether the clock began it."""

    at: datetime
    by_clock: bool


@dataclass(frozen=True, slots=True)
class Circuit:
    """`failures`: failed runs in a row; `next_probe`: when the clock tries again, None while it is closed."""

    open: bool
    failures: int
    next_probe: datetime | None

    def is_due(self, now: datetime) -> bool:
        return self.next_probe is None or now >= self.next_probe


def derive(failures: Iterable[Failure], interval: timedelta) -> Circuit:
    """The circuit after these failures, oldest first, since the last run that read the source.

    After the fifth the clock waits 2 intervals, then 4, 8, … up to a day, each from its own last try: what
    people tried in between neither shortens the wait nor lengthens it.
    """
    all_ = list(failures)
    if len(all_) < OPENS_AFTER:
        return Circuit(False, len(all_), None)
    opened, later = all_[OPENS_AFTER - 1], all_[OPENS_AFTER:]
    probes = [failure for failure in later if failure.by_clock]
    last = probes[-1] if probes else opened
    wait = max(interval, min(interval * 2 ** min(len(probes) + 1, _MOST_DOUBLINGS), _LONGEST))
    # the clock's ticks are not exact; one that comes a moment early is not to wait for another interval
    slack = min(timedelta(minutes=1), interval / 4)
    return Circuit(True, len(all_), last.at + wait - slack)


def state(source: str) -> Circuit:
    """The circuit of a source as its runs tell it."""
    runs = SyncRun.objects.filter(source_id=source)
    last = runs.filter(state__in=_CLOSING).order_by("-id").values_list("id", flat=True).first() or 0
    failed = runs.filter(state=RunState.FAILED, id__gt=last).order_by("id")
    rows = failed.values_list("started_at", "requested_at", "trigger")
    clock = SyncRun.Trigger.SCHEDULE
    failures = [Failure(started or asked, trigger == clock) for started, asked, trigger in rows]
    return derive(failures, timedelta(minutes=settings.INTERVAL_MINUTES[source]))


def sentence(source: str, circuit: Circuit) -> str:
    """What the clock says when it leaves a source alone."""
    until = f"{circuit.next_probe:%Y-%m-%d %H:%M} UTC" if circuit.next_probe else "now"
    return f"{source} failed {circuit.failures} times in a row; it is not tried again before {until}."


def circuit_json(source: str) -> dict[str, Any]:
    """For the API and the source's page."""
    circuit = state(source)
    return {"open": circuit.open, "failures": circuit.failures, "next_probe": circuit.next_probe}
