"""One run per source: the run's row is the lease, renewed while it works, taken over when it ran out."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from etl.exceptions import LeaseLost, RunInProgress
from etl.runs import stop
from projects.models import RunState, SyncRun


def holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_dead(holder: str) -> bool:
    """Whether the holder was a process of this host that is gone; a process elsewhere cannot be asked."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def active_run(source: str) -> SyncRun | None:
    """The queued or running run of the source; one whose holder is gone is `abandoned` on the way."""
    run = SyncRun.objects.active().filter(source_id=source).first()
    if run is None or run.state == RunState.QUEUED:
        return run
    if not (run.lease_ran_out(timezone.now()) or _is_dead(run.holder)):
        return run
    # a first reading loads what is proven as it goes
    loaded = "what was loaded until then stays" if run.created else "nothing of the run was loaded"
    abandoned = SyncRun.objects.filter(pk=run.pk, state=RunState.RUNNING, lease_until=run.lease_until)
    abandoned.update(
        state=RunState.ABANDONED,
        finished_at=timezone.now(),
        error=f"The process that ran this ({run.holder}) is gone; {loaded}.",
    )
    return active_run(source)


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
    source: str, trigger: str, force: bool = False, requested_by: str = "", after: Sequence[int] = ()
) -> tuple[SyncRun, bool]:
    """A queued run of the source, or the one that is already queued or running; and whether it is new.

    A new one begins when the runs `after` have ended.
    """
    if run := active_run(source):
        return run, False
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                source_id=source,
                trigger=trigger,
                force=force,
                requested_by=requested_by,
                waits_for=sorted(after),
            )
    except IntegrityError:  # somebody was quicker, in the last millisecond
        return SyncRun.objects.active().get(source_id=source), False
    return run, True


def claim(run: SyncRun) -> bool:
    """Take a queued run to work on; False when somebody else has it."""
    now = timezone.now()
    taken = SyncRun.objects.filter(pk=run.pk, state=RunState.QUEUED).update(
        state=RunState.RUNNING, started_at=now, holder=holder(), lease_until=now + _term()
    )
    run.refresh_from_db()
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


def begin(source: str, trigger: str, force: bool = False, requested_by: str = "") -> SyncRun:
    """A run that this process works on: a new one, or one that waits in the queue. Raises RunInProgress."""
    run, _ = queue(source, trigger, force, requested_by)
    if ahead := waits(run):
        others = f"run{'s' if len(ahead) > 1 else ''} {' and '.join(str(pk) for pk in ahead)}"
        raise RunInProgress(f"Run {run.pk} of {source} is queued and waits for {others} to end.", run.pk)
    if run.state == RunState.QUEUED and claim(run):
        if force and not run.force:
            run.force = True
            run.save(update_fields=["force"])
        return run
    since = timezone.localtime(run.started_at or run.requested_at)
    raise RunInProgress(
        f"Run {run.pk} of {source} is going on since {since:%H:%M:%S} ({run.holder or 'queued'}).", run.pk
    )


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
        held = SyncRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING, holder=self.run.holder)
        if not held.update(lease_until=until):
            raise LeaseLost(f"Run {self.run.pk} was taken over by another; it stops here.")
        self.run.lease_until = until


def unleased() -> None:
    """In place of a renewal: nothing is written, so nothing can be lost. Raises Stopped all the same."""
    stop.check()


def still_held(run: SyncRun) -> None:
    """Lock the run's row in the load's transaction. Raises LeaseLost when the run is no longer ours."""
    locked = SyncRun.objects.select_for_update().filter(pk=run.pk, state=RunState.RUNNING, holder=run.holder)
    if not locked.exists():
        raise LeaseLost(f"Run {run.pk} was taken over by another before it could load; it wrote nothing.")


def _term() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)
