"""One run per source: the run's row is the lease, renewed while it works, taken over when it ran out."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, QuerySet
from django.utils import timezone

from etl.exceptions import LeaseLost, RunInProgress
from etl.runs import beats, stop
from projects.models import RunState, SyncRun
from projects.processes import Process, holder

_DEATHS = 3
_STOPPED = "Stopped on request"  # how the sentences of `stop` begin


def active_run(source: str) -> SyncRun | None:
    """The queued or running run of the source; one whose holder is gone is `abandoned` on the way."""
    run = SyncRun.objects.active().filter(source_id=source).first()
    if run is None or run.state == RunState.QUEUED:
        return run
    if not (why := _left(run)):
        return run
    # a first reading loads what is proven as it goes
    loaded = "what was loaded until then stays" if run.created else "nothing of the run was loaded"
    abandoned = SyncRun.objects.filter(pk=run.pk, state=RunState.RUNNING, lease_until=run.lease_until)
    abandoned.update(
        state=RunState.ABANDONED,
        finished_at=timezone.now(),
        error=f"{why}; {loaded}.",
    )
    beats.forget(run)
    return active_run(source)


def _left(run: SyncRun) -> str:
    """Why nobody works on a running run any more, blank where somebody may."""
    process = Process.read(run.holder)
    if process and process.is_gone:
        return f"The process that ran this ({process}) is gone"
    heard = None if process and process.is_here else beats.silent_since(run)
    if heard is None and run.lease_until and run.lease_ran_out(timezone.now()):
        heard = run.lease_until - _term()
    if heard is None:
        return ""
    heard = timezone.localtime(heard)
    return f"Nothing was heard of the process that ran this ({process or run.holder}) since {heard:%H:%M:%S}"


def left_by_the_dead(sources: Collection[str]) -> list[SyncRun]:
    """The last run of each source, where a process that is gone or silent has left it, or its cluster's stop;
    not where that happened to the three last ones: what kills its worker is for the clock."""
    for running in SyncRun.objects.filter(state=RunState.RUNNING, source_id__in=sources):
        if _left(running):
            active_run(running.source_id)
    found = []
    for source in sources:
        last = list(SyncRun.objects.filter(source_id=source).order_by("-pk")[:_DEATHS])
        if last and _was_left(last[0]) and not (len(last) == _DEATHS and all(map(_was_left, last))):
            found.append(last[0])
    return found


def _was_left(run: SyncRun) -> bool:
    """Abandoned, be it with its cluster; a command that was asked to stop has done what somebody wanted."""
    stopped = run.trigger == SyncRun.Trigger.COMMAND and run.error.startswith(_STOPPED)
    return run.state == RunState.ABANDONED and not stopped


def waits(run: SyncRun) -> list[int]:
    """The ids of the runs that have to end before this queued one may begin, fewer and fewer.

    A run whose process is gone has ended, and becomes `abandoned` on the way: nothing waits for ever.
    """
    if run.state != RunState.QUEUED or not run.waits_for:
        return []
    ahead = SyncRun.objects.active().filter(pk__in=run.waits_for).order_by("pk")
    return [other.pk for other in ahead if (now := active_run(other.source_id)) and now.pk == other.pk]


def force_queued(run: SyncRun) -> None:
    """Somebody asked again, with force: a queued run ignores "unchanged". One that began goes on as it is."""
    if SyncRun.objects.filter(pk=run.pk, state=RunState.QUEUED).update(force=True):
        run.force = True


def wait_also(run: SyncRun, others: Sequence[int]) -> None:
    """Have a queued run wait for more runs; one that began meanwhile does not."""
    run.waits_for = sorted({*run.waits_for, *others})
    SyncRun.objects.filter(pk=run.pk, state=RunState.QUEUED).update(waits_for=run.waits_for)


def queue(
    source: str,
    trigger: str,
    force: bool = False,
    requested_by: str = "",
    after: Sequence[int] = (),
    at_once: bool = False,
    is_idle: bool = False,
) -> tuple[SyncRun, bool]:
    """A queued run of the source, or the one that is already queued or running; and whether it is new.

    A new one begins when the runs `after` have ended; `at_once`: it goes on, and this process works on it.
    `is_idle`: there was none of the source a moment ago.
    """
    if not is_idle and (run := active_run(source)):
        return run, False
    try:
        # what fails is taken back by itself, unless it is a part of more
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            run = SyncRun.objects.create(
                source_id=source,
                trigger=trigger,
                force=force,
                requested_by=requested_by,
                waits_for=sorted(after),
                **(_taken_up() if at_once else {}),
            )
    except IntegrityError:  # somebody was quicker, in the last millisecond
        return SyncRun.objects.active().get(source_id=source), False
    return run, True


def claim(run: SyncRun) -> bool:
    """Take a queued run to work on; False when somebody else has it."""
    taken = SyncRun.objects.filter(pk=run.pk, state=RunState.QUEUED).update(**_taken_up())
    run.refresh_from_db(from_queryset=SyncRun.objects.select_related("source"))
    return bool(taken)


def reclaim(run: SyncRun, **columns: Any) -> bool:
    """Take a held run up again, for its release; False when it is not held any more.

    Raises IntegrityError when another run of the source is active.
    """
    now = timezone.now()
    taken = SyncRun.objects.filter(pk=run.pk, state=RunState.QUARANTINED).update(
        state=RunState.RUNNING, holder=holder(), lease_until=now + _term(), **columns
    )
    run.refresh_from_db()
    return bool(taken)


def begin(
    source: str, trigger: str, force: bool = False, requested_by: str = "", *, is_idle: bool = False
) -> SyncRun:
    """A run that this process works on: a new one, or one that waits in the queue. `is_idle`: as of `queue`.
    Raises RunInProgress."""
    run, is_new = queue(source, trigger, force, requested_by, at_once=True, is_idle=is_idle)
    if is_new:
        return run
    if ahead := waits(run):
        others = f"run{'s' if len(ahead) > 1 else ''} {' and '.join(str(pk) for pk in ahead)}"
        raise RunInProgress(f"Run {run.pk} of {source} is queued and waits for {others} to end.", run.pk)
    if run.state == RunState.QUEUED and claim(run):
        if force and not run.force:
            run.force = True
            run.save(update_fields=["force"])
        return run
    since = timezone.localtime(run.started_at or run.requested_at)
    by = Process.read(run.holder) or run.holder or "queued"
    raise RunInProgress(f"Run {run.pk} of {source} is going on since {since:%H:%M:%S} ({by}).", run.pk)


class Renewal:
    """Renews the lease of a run whenever a third of it has passed. Raises LeaseLost when it is gone, and
    Stopped when somebody asked the run to end."""

    def __init__(self, run: SyncRun) -> None:
        self.run = run
        self._next = time.monotonic() + settings.LEASE_SECONDS / 3

    def __call__(self) -> None:
        stop.check()
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + settings.LEASE_SECONDS / 3
        until = timezone.now() + _term()
        if not _ours(self.run).update(lease_until=until):
            raise LeaseLost(f"Run {self.run.pk} was taken over by another; it stops here.")
        self.run.lease_until = until


def unleased() -> None:
    """In place of a renewal: nothing is written, so nothing can be lost. Raises Stopped all the same."""
    stop.check()


def still_held(run: SyncRun) -> bool:
    """Lock the run's row in the load's transaction; whether an older run of its source waits for a steward.
    Raises LeaseLost when the run is no longer ours."""
    locked = _ours(run).select_for_update().annotate(is_awaited=Exists(_older_held(run)))
    found = list(locked.values_list("is_awaited", flat=True))
    if not found:
        raise LeaseLost(f"Run {run.pk} was taken over by another before it could load; it wrote nothing.")
    return bool(found[0])


def end(run: SyncRun) -> bool:
    """Save the run in the load's transaction where it is still ours and no older run of its source waits for
    a steward, in one statement, which locks its row; else False, and nothing is written."""
    columns = [field.attname for field in run._meta.concrete_fields if not field.primary_key]
    alone = _ours(run).exclude(Exists(_older_held(run)))
    return bool(alone.update(**{name: getattr(run, name) for name in columns}))


def _ours(run: SyncRun) -> QuerySet[SyncRun]:
    """The run's row, as long as this process works on it."""
    return SyncRun.objects.filter(pk=run.pk, state=RunState.RUNNING, holder=run.holder)


def _older_held(run: SyncRun) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(source=run.source_id, state=RunState.QUARANTINED, pk__lt=run.pk)


def _taken_up() -> dict[str, Any]:
    """The columns of a run that this process works on from now on."""
    now = timezone.now()
    return {
        "state": RunState.RUNNING,
        "started_at": now,
        "holder": holder(),
        "lease_until": now + _term(),
    }


def _term() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)
