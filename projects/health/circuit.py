"""The circuit of a source: after five failed runs in a row the clock asks less and less often.

It is derived from the runs alone. Only the clock keeps to it; people always get their try.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from projects.declared import declared
from projects.models import SyncRun

OPENS_AFTER = 5  # failed runs in a row
_LONGEST = timedelta(days=1)
_MOST_DOUBLINGS = 12


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed run: when it was begun (aware), and whether the clock began it."""

    at: datetime
    by_clock: bool


@dataclass(frozen=True, slots=True)
class Circuit:
    """`failures`: failed runs in a row; `next_probe`: when the clock tries again, None while it is closed;
    `since`: when the first of those failures began.
    """

    open: bool
    failures: int
    next_probe: datetime | None
    since: datetime | None = field(default=None, compare=False)

    def is_due(self, now: datetime) -> bool:
        return self.next_probe is None or now >= self.next_probe


CLOSED = Circuit(False, 0, None)


def derive(failures: Iterable[Failure], interval: timedelta) -> Circuit:
    """The circuit after these failures, oldest first, since the last run that read the source.

    After the fifth the clock waits 2 intervals, then 4, 8, … up to a day, each from its own last try: what
    people tried in between neither shortens the wait nor lengthens it.
    """
    all_ = list(failures)
    since = all_[0].at if all_ else None
    if len(all_) < OPENS_AFTER:
        return Circuit(False, len(all_), None, since)
    opened, later = all_[OPENS_AFTER - 1], all_[OPENS_AFTER:]
    probes = [failure for failure in later if failure.by_clock]
    last = probes[-1] if probes else opened
    wait = max(interval, min(interval * 2 ** min(len(probes) + 1, _MOST_DOUBLINGS), _LONGEST))
    # the clock's ticks are not exact; one that comes a moment early is not to wait for another interval
    slack = min(timedelta(minutes=1), interval / 4)
    return Circuit(True, len(all_), last.at + wait - slack, since)


def states() -> dict[str, Circuit]:
    """The circuits of the polled sources as their runs tell them; one query, a closed one may be left out."""
    failures: dict[str, list[Failure]] = {}
    interval = {source.name: timedelta(minutes=source.interval) for source in declared()}
    rows = SyncRun.objects.failed_in_a_row().filter(source_id__in=interval)
    clock = SyncRun.Trigger.SCHEDULE
    for source, started, asked, trigger in rows.values_list(
        "source_id", "started_at", "requested_at", "trigger"
    ):
        failures.setdefault(source, []).append(Failure(started or asked, trigger == clock))
    return {name: derive(found, interval[name]) for name, found in failures.items()}


def state(source: str) -> Circuit:
    return states().get(source, CLOSED)


__all__ = ["CLOSED", "OPENS_AFTER", "Circuit", "Failure", "derive", "state", "states"]


def sentence(source: str, circuit: Circuit) -> str:
    """What the clock says when it leaves a source alone."""
    until = f"{circuit.next_probe:%Y-%m-%d %H:%M} UTC" if circuit.next_probe else "now"
    return f"{source} failed {circuit.failures} times in a row; it is not tried again before {until}."
