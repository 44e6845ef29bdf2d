"""Which source is polled, when, and who asked. The queue is django-q2's, on the database."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.tasks import async_task

from etl import circuit, lease, replay, stop
from etl.exceptions import EtlError, RunInProgress, Stopped
from etl.monitor import SourceMonitor
from etl.sources import MONITORS
from projects.models import GOOD, RunState, Source, SyncRun

logger = logging.getLogger(__name__)

ALL = "all"


class UnknownSource(ValueError):
    """No monitor of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no source “{name}”. Known: {', '.join([*MONITORS, ALL])}.")


class DataScheduler:
    """The three ways to a run: by the clock, on demand through the queue, and here and now."""

    def ensure_schedules(self) -> list[tuple[str, int]]:
        """Create or update one schedule a source; returns (source, minutes). Never moves a next run."""
        kept = []
        for source in MONITORS:
            minutes = settings.INTERVAL_MINUTES[source]
            Schedule.objects.update_or_create(
                name=source,
                defaults={
                    "func": "etl.scheduler.poll",
                    "args": repr((source,)),
                    "schedule_type": Schedule.MINUTES,
                    "minutes": minutes,
                    "repeats": -1,
                },
                create_defaults={
                    "func": "etl.scheduler.poll",
                    "args": repr((source,)),
                    "schedule_type": Schedule.MINUTES,
                    "minutes": minutes,
                    "repeats": -1,
                    "next_run": timezone.now() + timedelta(minutes=minutes),
                },
            )
            kept.append((source, minutes))
        return kept

    def request_overdue(self) -> list[SyncRun]:
        """Queue a run of each source that was not read for an interval: at start-up nobody waits for it."""
        overdue = []
        for source in MONITORS:
            since = timezone.now() - timedelta(minutes=settings.INTERVAL_MINUTES[source])
            if not SyncRun.objects.filter(source_id=source, state__in=GOOD, finished_at__gte=since).exists():
                overdue += self.request(source, SyncRun.Trigger.STARTUP)
        return overdue

    def request(
        self, source: str, trigger: str, *, force: bool = False, requested_by: str = ""
    ) -> list[SyncRun]:
        """Have the worker poll a source (or `all`): the queued runs, or those that are already going on.

        Raises UnknownSource.
        """
        if source == ALL:
            return [run for name in MONITORS for run in self.request(name, trigger, force=force)]
        if source not in MONITORS:
            raise UnknownSource(source)
        with transaction.atomic():  # a queued run without its task would wait for the next interval
            run, is_new = lease.queue(source, trigger, force, requested_by)
            if is_new or _lost_its_task(run):
                async_task("etl.scheduler.work_off", run.pk, task_name=f"{source} run {run.pk}")
        return [run]

    def run_now(self, source: str, trigger: str, *, force: bool = False, **options: Any) -> SyncRun:
        """Poll in this process. Raises RunInProgress, or what ended the run, which it names."""
        with stop.listening():
            run = lease.begin(source, trigger, force)
            try:
                return MONITORS[source](run, **options).execute()
            except EtlError as problem:
                problem.run_id = run.pk
                raise

    def apply_replay(self, source: Source) -> int:
        """Load what a replay of the archive says differently, as a run of its own; how many changes."""
        run = lease.begin(source.name, SyncRun.Trigger.COMMAND)
        applied = replay.apply(source, run)
        run.state = RunState.SUCCEEDED if applied else RunState.UNCHANGED
        run.complete, run.finished_at, run.lease_until = False, timezone.now(), None
        run.notes = ["A replay of the archive was applied; the source was not asked."]
        run.save()
        return applied

    def rehearse(self, source: str, *, force: bool = False, **options: Any) -> SourceMonitor:
        """Poll and write nothing; the monitor that comes back has the unsaved run and its changes."""
        run = SyncRun(
            source_id=source,
            trigger=SyncRun.Trigger.COMMAND,
            state=RunState.RUNNING,
            force=force,
            started_at=timezone.now(),
        )
        monitor = MONITORS[source](run, dry_run=True, **options)
        with stop.listening():
            monitor.execute()
        return monitor


def _lost_its_task(run: SyncRun) -> bool:
    """Whether a run waits in vain: its task was taken from the queue, and nobody took the run up."""
    waits = run.state == RunState.QUEUED and timezone.now() - run.requested_at > timedelta(minutes=1)
    return waits and not OrmQ.objects.exists()


def poll(source: str) -> str:
    """The scheduled task: read the source, unless that is being done already, or its circuit is open."""
    broken = circuit.state(source)
    if not broken.is_due(timezone.now()) and lease.active_run(source) is None:
        return circuit.sentence(source, broken)
    return _work(lambda: DataScheduler().run_now(source, SyncRun.Trigger.SCHEDULE))


def work_off(run_id: int) -> str:
    """The queued task: do the run that somebody asked for, unless somebody took it up already."""
    run = SyncRun.objects.get(pk=run_id)
    if stop.requested():
        return f"run {run_id} stays queued: the workers are stopping"
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
        return f"failed: {problem}"
    return f"run {run.pk}: {run.state}, {run.change_count} changes"


def known_sources() -> Sequence[str]:
    return [*MONITORS, ALL]
