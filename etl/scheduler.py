"""Which source is polled, when, and who asked. The queue is django-q2's, on the database."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from etl.exceptions import EtlError, RunInProgress, Stopped
from etl.monitor import SourceMonitor
from etl.runs import lease, queue, stop, timetable
from etl.sources import MONITORS, keep_rows, minutes_between, row_of
from projects.health import circuit
from projects.models import GOOD, Heartbeat, RunState, Source, SyncRun

logger = logging.getLogger(__name__)

ALL = "all"
# What is made of the other sources: one trigger of all begins it when their runs have ended.
AFTER_OTHERS = ("correlation",)
_CLOCK_JITTER = timedelta(seconds=40)


class UnknownSource(ValueError):
    """No monitor of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no source “{name}”. Known: {', '.join([*MONITORS, ALL])}.")


class DataScheduler:
    """The three ways to a run: by the clock, on demand through the queue, and here and now."""

    def ensure_schedules(self) -> list[tuple[str, int]]:
        """Have one schedule a source and one for the heartbeat; returns (name, minutes)."""
        return timetable.keep()

    def request_overdue(self) -> list[SyncRun]:
        """Queue a run of each source that was not read for an interval: at start-up nobody waits for it."""
        overdue = []
        for source in MONITORS:
            since = timezone.now() - timedelta(minutes=minutes_between(source))
            if not SyncRun.objects.filter(source_id=source, state__in=GOOD, finished_at__gte=since).exists():
                overdue.append(source)
        return self._request(overdue, SyncRun.Trigger.STARTUP)

    def request(
        self, source: str, trigger: str, *, force: bool = False, requested_by: str = ""
    ) -> list[SyncRun]:
        """Have the worker poll a source (or `all`): the queued runs, or those that are already going on.

        Raises UnknownSource.
        """
        if source not in known_sources():
            raise UnknownSource(source)
        names = list(MONITORS) if source == ALL else [source]
        return self._request(names, trigger, force=force, requested_by=requested_by)

    def _request(
        self, names: list[str], trigger: str, *, force: bool = False, requested_by: str = ""
    ) -> list[SyncRun]:
        """In the order of the registry; what reads the others' work waits for their runs."""
        runs: list[SyncRun] = []
        with transaction.atomic():  # a queued run without its task would wait for the next sweep
            keep_rows(names)
            for name in names:
                ahead = [run.pk for run in runs if run.is_active] if name in AFTER_OTHERS else []
                run, is_new = lease.queue(name, trigger, force, requested_by, ahead)
                if force and not is_new:
                    lease.force_queued(run)
                if ahead and not is_new and run.state == RunState.QUEUED:
                    lease.wait_also(run, ahead)
                queue.enqueue_if_idle(run, is_new)
                runs.append(run)
        return runs

    def run_now(self, source: str, trigger: str, *, force: bool = False, **options: Any) -> SyncRun:
        """Poll in this process.

        Raises UnknownSource, RunInProgress, or what ended the run, which it names.
        """
        make = _monitor(source)
        keep_rows([source])
        with stop.listening():
            run = lease.begin(source, trigger, force)
            try:
                return make(run, **options).execute()
            except EtlError as problem:
                problem.run_id = run.pk
                raise

    def apply_replay(self, source: Source, apply: Callable[[Source, SyncRun], int]) -> int:
        """Load what a replay of the archive says differently, as a run of its own; how many changes."""
        run = lease.begin(source.name, SyncRun.Trigger.COMMAND)
        applied = apply(source, run)
        run.state = RunState.SUCCEEDED if applied else RunState.UNCHANGED
        run.complete, run.finished_at, run.lease_until = False, timezone.now(), None
        run.notes = ["A replay of the archive was applied; the source was not asked."]
        run.save()
        return applied

    def rehearse(self, source: str, *, force: bool = False, **options: Any) -> SourceMonitor:
        """Poll and write nothing; the monitor that comes back has the unsaved run and its changes.

        Raises UnknownSource, or what ended the poll.
        """
        make = _monitor(source)
        run = SyncRun(
            source=row_of(source),
            trigger=SyncRun.Trigger.COMMAND,
            state=RunState.RUNNING,
            force=force,
            started_at=timezone.now(),
        )
        monitor = make(run, dry_run=True, **options)
        with stop.listening():
            monitor.execute()
        return monitor


def poll(source: str) -> str:
    """The scheduled task: read the source, unless that is being done or was just done, or it is broken."""
    if source not in MONITORS:
        return f"{source} is not polled"
    if stop.requested():
        return f"{source} is left alone: the workers are stopping"
    if lease.active_run(source) is None:
        broken = _circuit(source)
        if not broken.is_due(timezone.now()):
            return circuit.sentence(source, broken)
        if begun := _begun_by_clock(source):
            return f"{source} was begun at {timezone.localtime(begun):%H:%M:%S}: this tick came late or twice"
    return _work(lambda: DataScheduler().run_now(source, SyncRun.Trigger.SCHEDULE))


def _begun_by_clock(source: str) -> datetime | None:
    """When the clock began to read the source, where that is less than half an interval ago.

    Ticks come twice from two clusters, and late when they waited behind long runs. The queue looks at its
    clock twice a minute, so that ticks of one minute are as little as half a minute apart.
    """
    interval = timedelta(minutes=minutes_between(source))
    since = timezone.now() - min(interval / 2, interval - _CLOCK_JITTER)
    runs = SyncRun.objects.filter(source_id=source, trigger=SyncRun.Trigger.SCHEDULE, started_at__gt=since)
    return runs.order_by("-pk").values_list("started_at", flat=True).first()


def beat() -> str:
    """The heartbeat, a scheduled task: what a worker has written shows that workers work."""
    Heartbeat.objects.update_or_create(
        name="worker", defaults={"at": timezone.now(), "holder": lease.holder()}
    )
    runs = queue.take_up()
    return f"taken up: {', '.join(str(run.pk) for run in runs)}" if runs else "alive"


def work_off(run_id: int) -> str:
    """The queued task: do the run that somebody asked for, unless somebody took it up already."""
    run = SyncRun.objects.get(pk=run_id)
    if stop.requested():
        return f"run {run_id} stays queued: the workers are stopping"
    if run.source_id not in MONITORS:  # it stays queued: the source may come back
        return f"{run.source_id} is not polled"
    if ahead := lease.waits(run):
        return f"run {run_id} waits for {', '.join(str(pk) for pk in ahead)}"
    if not lease.claim(run):
        return f"run {run_id} was {run.state} already"
    return _work(lambda: _execute(run))


def _execute(run: SyncRun) -> SyncRun:
    with stop.listening():
        return MONITORS[run.source_id](run).execute()


def _work(do: Callable[[], SyncRun]) -> str:
    parent = os.getppid()
    try:
        run = do()
    except Stopped as request:
        stop.leave_with_parent(parent)
        return str(request)
    except RunInProgress as busy:
        return str(busy)
    except EtlError as problem:  # said on the run, which is where people look; the queue goes on
        queue.take_up()
        return f"failed: {problem}"
    queue.take_up()  # whoever waited for this run
    return f"run {run.pk}: {run.state}, {run.change_count} changes"


def _monitor(source: str) -> type[SourceMonitor]:
    """Asked before a run is begun: one that no monitor can read would stay `running`."""
    if source not in MONITORS:
        raise UnknownSource(source)
    return MONITORS[source]


def known_sources() -> Sequence[str]:
    return [*MONITORS, ALL]


def _circuit(source: str) -> circuit.Circuit:
    return circuit.states({source: minutes_between(source)}).get(source, circuit.CLOSED)
