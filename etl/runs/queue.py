"""The tasks of queued runs: each queued run that may begin has one, and gets another when it was lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from etl.runs import lease
from projects.models import RunState, SyncRun

_PATIENCE = timedelta(minutes=1)  # a task that a worker is about to take up is in no table for a moment


def enqueue(run: SyncRun) -> None:
    """Have a worker do the run. Belongs in the transaction that made it, or it may lie without a task."""
    async_task("etl.scheduler.work_off", run.pk, task_name=_name(run))


def enqueue_if_idle(run: SyncRun, is_new: bool) -> None:
    """The task of a run that somebody asked for, unless it has one or may not begin yet."""
    if not lease.waits(run) and (is_new or _lost_its_task(run)):
        enqueue(run)


def take_up(sources: Iterable[str]) -> list[SyncRun]:
    """Give each queued run of the sources that may begin and has no task a new one: those that waited for
    others, and those whose task a worker took to its grave. A run with two tasks is no harm: only one can
    claim it.
    """
    queued = SyncRun.objects.filter(state=RunState.QUEUED, source_id__in=list(sources)).order_by("pk")
    found = [run for run in queued if not lease.waits(run) and _lost_its_task(run)]
    for run in found:
        enqueue(run)
    return found


def _lost_its_task(run: SyncRun) -> bool:
    """Whether a queued run waits in vain; one that waited for others has no task before they end."""
    if run.state != RunState.QUEUED:
        return False
    if not run.waits_for and timezone.now() - run.requested_at < _PATIENCE:
        return False
    waiting = OrmQ.objects.filter(lock__lte=timezone.now())
    return not any(task.name() == _name(run) for task in waiting)


def _name(run: SyncRun) -> str:
    return f"{run.source_id} run {run.pk}"
