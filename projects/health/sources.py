"""How each source is doing, as its runs and the clock tell it: for the API, the pages, health and metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django_q.models import Schedule

from projects.declared import REGISTRY, declared
from projects.health.circuit import CLOSED, Circuit, states
from projects.health.worker import RESTARTED
from projects.models import ACTIVE, Heartbeat, RunState, Source, SyncRun

# A source is stale when no complete reading was believed in so many intervals, or in so many times what a
# reading takes, whichever is longer.
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Instants are aware, durations in seconds; None is "never", "not planned" or "not known"."""

    name: str
    title: str
    url: str
    demo: bool | None
    state: str | None
    last_attempt: datetime | None
    last_complete: datetime | None
    last_whole: datetime | None  # all lists were read, whether or not what they say adds up
    last_change: datetime | None
    last_error: str
    failure_streak: int
    circuit: Circuit
    interval_minutes: int | None
    next_run: datetime | None
    last_duration_s: float | None
    stale_after_s: float | None
    stale_since: datetime | None
    active: SyncRun | None
    held: SyncRun | None

    @property
    def stale(self) -> bool:
        return self.stale_since is not None

    @property
    def down_since(self) -> datetime | None:
        """When the runs began to fail that failed in a row since one last read the source."""
        return self.circuit.since

    @property
    def scheduled(self) -> bool:
        """Whether the clock reads it: a source that nothing reads yet is in no schedule."""
        return self.next_run is not None

    @property
    def watched(self) -> bool:
        """Whether somebody counts on it: one that was read once is missed also when its schedule is lost."""
        return self.scheduled or (self.interval_minutes is not None and self.last_attempt is not None)


def next_runs() -> dict[str, datetime]:
    """When the schedule of each source is due next; a source without one is left out."""
    rows = Schedule.objects.filter(name__in=REGISTRY).exclude(repeats=0)
    return {name: due for name, due in rows.values_list("name", "next_run") if due}


def _open_runs() -> list[SyncRun]:
    """Queued, running and held runs, oldest first."""
    wanted = SyncRun.objects.filter(state__in=(*ACTIVE, RunState.QUARANTINED)).order_by("pk")
    return list(wanted.with_queue_position().defer("traceback", "profile", "disagreements", "notes"))


@dataclass(frozen=True)
class Clock:
    """What is asked once for all sources: three queries."""

    due: dict[str, datetime] = field(default_factory=next_runs)
    circuits: dict[str, Circuit] = field(default_factory=states)
    runs: list[SyncRun] = field(default_factory=_open_runs)
    now: datetime = field(default_factory=timezone.now)

    def facts(self, source: Any) -> SourceFacts:
        """Needs a row of `sources()`."""
        interval = REGISTRY[source.pk].interval if source.pk in REGISTRY else None
        due = self.due.get(source.pk)
        after = _stale_after(source, interval)
        return SourceFacts(
            name=source.pk,
            title=source.title,
            url=source.entry_url,
            demo=source.demo,
            state=source.state,
            last_attempt=source.last_attempt,
            last_complete=source.last_complete,
            last_whole=source.last_whole,
            last_change=source.last_change,
            last_error=source.last_error or "",
            failure_streak=source.failure_streak,
            circuit=self.circuits.get(source.pk, CLOSED),
            interval_minutes=interval,
            next_run=due,
            last_duration_s=_seconds(source.ended_started, source.ended_finished),
            stale_after_s=after,
            stale_since=self._stale_since(source, due, after),
            active=self._newest(source.pk, *ACTIVE),
            held=self._newest(source.pk, RunState.QUARANTINED),
        )

    def _is_first_reading(self, source: Any) -> bool:
        """Whether the very first run is going on and renews its lease; or one that goes on with it, after
        runs that were stopped or killed, or that shows by what it read that the source answers again."""
        run = self._newest(source.pk, RunState.RUNNING)
        if source.last_whole or run is None or run.lease_until is None or run.lease_until <= self.now:
            return False
        is_first = run.requested_at <= source.first_asked
        has_failed = self.circuits.get(source.pk, CLOSED).failures > 0
        return is_first or not has_failed or bool(run.progress.get("read"))

    def _newest(self, source: str, *states: str) -> SyncRun | None:
        found = [run for run in self.runs if run.source_id == source and run.state in states]
        return found[-1] if found else None

    def _stale_since(self, source: Any, due: datetime | None, after: float | None) -> datetime | None:
        """A source that was never read whole counts from its first run, or from when that was due.

        While that first run is at work nobody knows yet how long a reading takes, and so not what is late:
        with a long Crawl-delay it takes hours. It ends with the queue's time-out at the latest. After a
        planned restart there is time for one reading, however long all stood still.
        """
        since = source.last_whole or source.first_asked or due
        if since is None or after is None or self._is_first_reading(source):
            return None
        limit = since + timedelta(seconds=after)
        if source.restarted:
            limit = max(limit, source.restarted + timedelta(seconds=after / PATIENCE))
        return limit if limit < self.now else None


def sources() -> QuerySet[Source]:
    """All sources with what `Clock.facts` needs of their runs."""
    runs = SyncRun.objects.filter(source=OuterRef("pk")).order_by("-pk")
    # A released run ended when the steward released it: that says nothing on how long a reading takes.
    ended = runs.filter(finished_at__isnull=False, started_at__isnull=False, decided_at=None)
    whole = ended.good().filter(concludes=True)
    return Source.objects.for_sources_page().annotate(
        first_asked=Subquery(runs.order_by("pk").values("requested_at")[:1]),
        ended_started=Subquery(ended.values("started_at")[:1]),
        ended_finished=Subquery(ended.values("finished_at")[:1]),
        whole_started=Subquery(whole.values("started_at")[:1]),
        whole_finished=Subquery(whole.values("finished_at")[:1]),
        restarted=Subquery(Heartbeat.objects.filter(pk=RESTARTED).values("at")[:1]),
    )


def all_facts() -> list[SourceFacts]:
    """The facts of every source, in the order of their declarations."""
    clock = Clock()
    return [clock.facts(source) for source in in_order(sources())]


def in_order(found: Iterable[Any]) -> list[Any]:
    """Sources as `declared` has them, others behind them."""
    places = {name: place for place, name in enumerate(source.name for source in declared())}
    return sorted(found, key=lambda source: (places.get(source.pk, len(places)), source.pk))


def _stale_after(source: Any, interval: int | None) -> float | None:
    if interval is None:
        return None
    return PATIENCE * max(interval * 60.0, _seconds(source.whole_started, source.whole_finished) or 0.0)


def _seconds(started: datetime | None, finished: datetime | None) -> float | None:
    if started is None or finished is None:
        return None
    return round((finished - started).total_seconds(), 1)


__all__ = ["Clock", "SourceFacts", "all_facts", "in_order", "next_runs", "sources"]
