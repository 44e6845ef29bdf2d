"""Which source is polled, when, and who asked. The queue is django-q2's, on the database."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from etl.compare.survey import Survey
from etl.crawl import kept_readings
from etl.crawl.observations import Recall
from etl.crawl.progress import Progress, unobserved
from etl.decide.handing_in import visit
from etl.decide.release import decide_areas, held_run, take_up
from etl.decide.replay import Outcome, replay
from etl.exceptions import CannotDecide, EtlError, LeaseLost, RunInProgress, Stopped
from etl.fetch.recorder import Recorder
from etl.load.stores import ChangeSet, Memory, Rehearsal, Release, fail, load_corrections
from etl.monitor import ArchivedSource, DeclaredSource
from etl.project_source import ProjectSource
from etl.runs import lease, queue, stop, timetable
from etl.runs.lease import Renewal
from etl.sources import source_of, sources
from projects.declared import REGISTRY
from projects.health import circuit, retention
from projects.models import CUT_OFF, GOOD, AreaReading, Heartbeat, RunState, Source, SyncRun

logger = logging.getLogger(__name__)

ALL = "all"
_CLOCK_JITTER = timedelta(seconds=40)
_UNUSED = timedelta(days=7)  # after which a reading that is kept to save the next is removed


class DataScheduler:
    """The three ways to a run: by the clock, on demand through the queue, and here and now."""

    def ensure_schedules(self) -> list[tuple[str, int]]:
        """Have a schedule for each source and for what else comes round; (name, minutes)."""
        return timetable.keep(sources())

    def request_overdue(self) -> list[SyncRun]:
        """Queue a run of each source that was not read for an interval: at start-up nobody waits for it."""
        overdue = []
        for source in sources():
            since = timezone.now() - timedelta(minutes=source.interval)
            runs = SyncRun.objects.filter(source_id=source.name, state__in=GOOD, finished_at__gte=since)
            if not runs.exists():
                overdue.append(source)
        return self._request(overdue, SyncRun.Trigger.STARTUP)

    def left_runs(self) -> list[SyncRun]:
        """Runs that a process which is gone has left, and that nobody took over; not where the circuit of the
        source is open: there the clock has the say."""
        now = timezone.now()
        left = lease.left_by_the_dead(list(REGISTRY))
        return [run for run in left if circuit.state(run.source_id).is_due(now)]

    def take_over(self, left: Iterable[SyncRun]) -> list[SyncRun]:
        """Queue them anew: their sources are read now, and not at the next tick."""
        taken: list[SyncRun] = []
        for run in left:
            by_hand = run.trigger == SyncRun.Trigger.COMMAND
            taken += self._request(
                [source_of(run.source_id)],
                SyncRun.Trigger.STARTUP if by_hand else run.trigger,
                force=run.force,
                requested_by=run.requested_by,
            )
        return taken

    def request(
        self, source: str, trigger: str, *, force: bool = False, requested_by: str = ""
    ) -> list[SyncRun]:
        """Have the worker poll a source (or `all`): the queued runs, or those that are already going on.

        Raises UnknownSource.
        """
        wanted = sources() if source == ALL else [source_of(source)]
        return self._request(wanted, trigger, force=force, requested_by=requested_by)

    def _request(
        self, wanted: Iterable[DeclaredSource], trigger: str, *, force: bool = False, requested_by: str = ""
    ) -> list[SyncRun]:
        """In the order of the registry; what reads the others' work waits for their runs."""
        runs: list[SyncRun] = []
        with transaction.atomic():  # a queued run without its task would wait for the next sweep
            wanted = list(wanted)
            Source.objects.keep(wanted)
            for source in wanted:
                ahead = [run.pk for run in runs if run.is_active] if source.after_others else []
                run, is_new = lease.queue(source.name, trigger, force, requested_by, ahead)
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
        found = source_of(source)
        row = Source.objects.keep([found]).get(source)
        with stop.listening():
            run = lease.begin(source, trigger, force, is_idle=row is not None and row.is_idle)
            if row and row.demo is not None:  # once that is known nothing of it moves
                run.source = row
            try:
                return found.monitor(run, **options).execute()
            except EtlError as problem:
                problem.run_id = run.pk
                raise

    def rehearse(self, source: str, *, force: bool = False, **options: Any) -> tuple[SyncRun, ChangeSet]:
        """Poll and write nothing: the unsaved run, and what it would change.

        Raises UnknownSource, or what ended the poll.
        """
        found = source_of(source)
        run = SyncRun(
            source=Source.objects.filter(pk=source).first() or Source(name=source, title=found.title),
            trigger=SyncRun.Trigger.COMMAND,
            state=RunState.RUNNING,
            force=force,
            started_at=timezone.now(),
        )
        store: Rehearsal[ChangeSet] = Rehearsal()
        with stop.listening():
            found.monitor(run, store=store, dry_run=True, **options).execute()
        return run, store.changes

    def visit(
        self, source: str, recorder: Recorder, on_progress: Callable[[Progress], None] = unobserved
    ) -> tuple[SyncRun, Survey]:
        """Read a source of projects and keep what was asked and answered, in a file; no row is written.

        Returns the unsaved run and what was read. Raises UnknownSource, or what ended the visit.
        """
        found = source_of(source)
        row = Source(name=source, title=found.title)
        run = SyncRun(source=row, trigger=SyncRun.Trigger.COMMAND, force=True, started_at=timezone.now())
        assert issubclass(found.monitor, ProjectSource)
        with stop.listening():
            monitor = found.monitor(run, dry_run=True, recorder=recorder, on_progress=on_progress)
            return run, monitor.visit()

    def release(self, run_id: int, by: str, reason: str, places: Sequence[str] | None = None) -> SyncRun:
        """Load a held run, all of it or the projects and lines of some municipalities (codes).

        Raises CannotDecide, RunInProgress, or what ended the load.
        """
        held = held_run(run_id)
        monitor = _with_archive(held.source_id)
        run = take_up(held, by, reason, places)
        return monitor(run, recall=_recall(run), store=Release(monitor.writer)).execute()

    def release_areas(self, run_id: int, codes: Sequence[str], by: str, reason: str) -> SyncRun:
        """Accept the held readings of some areas, and read the source: what says the same is loaded.

        Raises CannotDecide, RunInProgress, or what ended the reading.
        """
        run = SyncRun.objects.filter(pk=run_id).first()
        decide_areas(run_id, codes, by, reason, accept=True)
        assert run is not None
        return self.run_now(run.source_id, SyncRun.Trigger.COMMAND)

    def rehearse_release(self, run: SyncRun, places: Sequence[str] | None = None) -> ChangeSet:
        """What releasing a held run, or what it read of some municipalities (codes), would change now; writes
        nothing. Raises EtlError."""
        recall = _recall(run)
        if places is not None:
            recall = replace(recall, places=places, held=frozenset(), unchanged_by="")
        store: Memory[ChangeSet] = Memory()
        _with_archive(run.source_id).again(run, recall, None, store)
        return store.changes

    def replay(self, source: str) -> Outcome:
        """Read the history of a source again; how it differs from ours. Writes nothing. Raises EtlError."""
        row = Source.objects.filter(pk=source).first()
        return self._replayed(row)[0] if row else Outcome()  # declared, and never read

    def apply_replay(self, source: str) -> int:
        """Load what a replay says differently, as a run of its own; how many changes.

        History is read again under the lease, so that what is corrected is today's record. Raises
        RunInProgress, or what ended it.
        """
        run = lease.begin(source, SyncRun.Trigger.COMMAND)
        monitor = _with_archive(source)(run)
        try:
            _, scratch = self._replayed(run.source, Renewal(run))
            load_corrections(run, monitor.corrections(scratch), monitor.writer)
        except LeaseLost:
            raise  # the run is another's now: not ours to write to
        except EtlError as problem:
            fail(run, monitor.evidence, str(problem), save=True)
            raise
        run.state = RunState.SUCCEEDED if run.change_count else RunState.UNCHANGED
        run.complete = run.concludes = False
        run.finished_at, run.lease_until = timezone.now(), None
        run.notes = ["A replay of the archive was applied; the source was not asked."]
        run.save()
        return run.change_count

    def _replayed(self, source: Source, alive: Callable[[], None] = lease.unleased) -> tuple[Outcome, Any]:
        """How history differs, and the memory in which it was played."""
        monitor = _with_archive(source.name)
        scratch = monitor.scratch(source)

        def changes_of(run: SyncRun) -> ChangeSet:
            alive()
            store: Memory[ChangeSet] = Memory()
            monitor.again(run, _recall(run, at=run.seen_at), scratch, store)
            return store.changes

        return replay(source, scratch, changes_of, monitor.events(source, scratch)), scratch


def poll(source: str) -> str:
    """The scheduled task: read the source, unless that is being done or was just done, or it is broken."""
    if source not in REGISTRY:
        return f"{source} is not polled"
    if stop.requested():
        return f"{source} is left alone: the workers are stopping"
    if lease.active_run(source) is None:
        broken = circuit.state(source)
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
    interval = timedelta(minutes=source_of(source).interval)
    since = timezone.now() - min(interval / 2, interval - _CLOCK_JITTER)
    runs = SyncRun.objects.filter(source_id=source, trigger=SyncRun.Trigger.SCHEDULE, started_at__gt=since)
    return runs.order_by("-pk").values_list("started_at", flat=True).first()


def beat() -> str:
    """The heartbeat, a scheduled task: what a worker has written shows that workers work."""
    Heartbeat.objects.update_or_create(
        name="worker", defaults={"at": timezone.now(), "holder": f"{socket.gethostname()}:{os.getpid()}"}
    )
    runs = queue.take_up(REGISTRY)
    return f"taken up: {', '.join(str(run.pk) for run in runs)}" if runs else "alive"


def prune_snapshots() -> str:
    """The scheduled task: drop what nothing needs any more, unless a reading goes on."""
    now = timezone.now()
    if SyncRun.objects.active().filter(lease_until__gt=now).exists():
        return "a reading is going on; nothing was pruned"
    done = retention.prune(now - timedelta(days=settings.PRUNE_AFTER_DAYS))
    unused = (now - _UNUSED).timestamp()
    files = kept_readings.sweep(settings.READINGS_DIR, unused)
    return f"{done.snapshots} snapshots, {done.sightings} looks and {files} kept readings were removed"


def work_off(run_id: int) -> str:
    """The queued task: do the run that somebody asked for, unless somebody took it up already."""
    run = SyncRun.objects.get(pk=run_id)
    if run.source_id not in REGISTRY:  # it stays queued: the source may come back
        return f"{run.source_id} is not polled"
    if stop.requested():
        return f"run {run_id} stays queued: the workers are stopping"
    if ahead := lease.waits(run):
        return f"run {run_id} waits for {', '.join(str(pk) for pk in ahead)}"
    if not lease.claim(run):
        return f"run {run_id} was {run.state} already"
    return _work(lambda: _execute(run))


def _execute(run: SyncRun) -> SyncRun:
    with stop.listening(), visit(run) as how:
        return source_of(run.source_id).monitor(run, **how).execute()


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
        queue.take_up(REGISTRY)
        return f"failed: {problem}"
    queue.take_up(REGISTRY)  # whoever waited for this run
    return f"run {run.pk}: {run.state}, {run.change_count} changes"


def _with_archive(source: str) -> type[ArchivedSource]:
    """Who reads the source, also from the archive. Raises CannotDecide where that cannot be."""
    monitor = source_of(source).monitor
    if not issubclass(monitor, ArchivedSource):
        kept = [each.name for each in sources() if issubclass(each.monitor, ArchivedSource)]
        raise CannotDecide(
            f"Readings of {source} cannot be released, only those of {' and '.join(kept)}: a held run can be"
            " rejected, or held until the next reading."
        )
    return monitor


def _recall(run: SyncRun, at: datetime | None = None) -> Recall:
    """What a run read, with what was decided of it."""
    looks = _with_archive(run.source_id).looks_of(run)
    areas = AreaReading.objects.of_run(run)
    doubtful = areas.filter(concludes=False).values_list("area", flat=True)
    # of a run that was held whole a steward decided otherwise: its `places`
    is_split = run.state in GOOD and run.decided_at is None
    held = areas.not_loaded().values_list("area", flat=True) if is_split else ()
    # what it was released beside may say something else than what it was read beside
    is_same = is_split and run.unchanged_by != "records"
    return Recall(
        looks,
        bool(run.concludes),
        at or timezone.now(),
        places=run.released_places,
        inconclusive=frozenset(doubtful),
        judged=frozenset(areas.values_list("area", flat=True)),
        held=frozenset(held),
        is_part=run.state in CUT_OFF,
        unchanged_by=run.unchanged_by if is_same else "",
    )
