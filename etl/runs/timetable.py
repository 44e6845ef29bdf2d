"""The clock's entries in django-q2's table: for each source, pruning, the heartbeat, alerts, downloads, and
one a day each for the flags and for what readers left to be reached by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from projects.declared import Declaration
from projects.models import Source
from projects.wording.figures import HERE

HEARTBEAT, PRUNING, FLAGS, DOWNLOADS = "heartbeat", "pruning", "flags", "downloads"
ALERTS, FORGETTING, CONTACTS = "alerts", "forgetting", "contacts"
_POLL, _BEAT, _PRUNE = "etl.scheduler.poll", "etl.scheduler.beat", "etl.scheduler.prune_snapshots"
_FLAGS, _CONTACTS = "projects.flags.telling.told", "projects.stewards.reports.forgotten"
_TELL, _FORGET = "projects.subscriptions.worker.tell", "projects.subscriptions.worker.forget_old"
_DOWNLOADS = "projects.bulk.making.made"
_BEAT_MINUTES = 1
_PRUNE_MINUTES = 6 * 60  # where a reading goes on it waits for the next time
_DAY_MINUTES = 24 * 60
# Whether those of the day are made: what failed, or had to wait for a first reading, is not lost for a day.
_DOWNLOADS_MINUTES = 5
# Results of no interest: they would push those of the polls out of the table.
_UNSAVED = "{'q_options': {'save': False}}"
_PAST_MIDNIGHT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """What the table is to hold under a name; `first` is when a new entry is due, in minutes from now."""

    name: str
    minutes: int
    func: str
    args: str
    kwargs: str | None
    first: int

    def columns(self) -> dict[str, Any]:
        return {
            "func": self.func,
            "args": self.args,
            "kwargs": self.kwargs,
            "schedule_type": Schedule.MINUTES,
            "minutes": self.minutes,
            "repeats": -1,
        }


def wanted(sources: Iterable[Declaration]) -> Iterator[ScheduleEntry]:
    """The entries of the sources, each at its own interval."""
    for source in sources:
        minutes = source.interval
        yield ScheduleEntry(source.name, minutes, _POLL, repr((source.name,)), None, first=minutes)
    if settings.PRUNE_AFTER_DAYS:
        yield ScheduleEntry(PRUNING, _PRUNE_MINUTES, _PRUNE, "()", None, first=_PRUNE_MINUTES)
    yield ScheduleEntry(HEARTBEAT, _BEAT_MINUTES, _BEAT, "()", _UNSAVED, first=0)
    yield ScheduleEntry(ALERTS, _BEAT_MINUTES, _TELL, "()", _UNSAVED, first=0)
    yield ScheduleEntry(FORGETTING, _DAY_MINUTES, _FORGET, "()", None, first=_DAY_MINUTES)
    yield ScheduleEntry(DOWNLOADS, _DOWNLOADS_MINUTES, _DOWNLOADS, "()", _UNSAVED, first=2)
    night = _to_the_next_day(timezone.now())
    yield ScheduleEntry(FLAGS, _DAY_MINUTES, _FLAGS, "()", None, first=night)
    yield ScheduleEntry(CONTACTS, _DAY_MINUTES, _CONTACTS, "()", None, first=night)


def _to_the_next_day(now: datetime) -> int:
    """Minutes until shortly after a South African midnight, when dates of yesterday have passed."""
    local = now.astimezone(HERE)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight + _PAST_MIDNIGHT - local).total_seconds() // 60) % _DAY_MINUTES


def keep(sources: Collection[Declaration]) -> list[tuple[str, int]]:
    """Have exactly one entry a name, whoever else does the same at this moment; returns (name, minutes).

    A next run is only ever brought forward, to within one interval. Entries of sources that nobody reads any
    more go away.
    """
    with transaction.atomic():
        # The table knows no unique names: whoever keeps it holds the sources' rows. (A run's row refers to
        # one, which this lock does not hinder.)
        locked = {row.pk for row in Source.objects.select_for_update(no_key=True).order_by("pk")}
        if any(source.name not in locked for source in sources):
            Source.objects.keep(sources)
        entries = list(wanted(sources))
        for entry in entries:
            _keep(entry)
        names = [entry.name for entry in entries]
        ours = [_POLL, _BEAT, _PRUNE, _FLAGS, _CONTACTS, _TELL, _FORGET, _DOWNLOADS]
        Schedule.objects.filter(func__in=ours).exclude(name__in=names).delete()
    return [(entry.name, entry.minutes) for entry in entries]


def _keep(entry: ScheduleEntry) -> None:
    now = timezone.now()
    found = list(Schedule.objects.filter(name=entry.name).order_by("pk"))
    if not found:
        first = now + timedelta(minutes=entry.first)
        Schedule.objects.create(name=entry.name, next_run=first, **entry.columns())
        return
    kept, doubles = found[0], found[1:]
    Schedule.objects.filter(pk__in=[row.pk for row in doubles]).delete()
    latest = now + timedelta(minutes=entry.minutes)
    columns = entry.columns()
    if kept.next_run is None or kept.next_run > latest:
        columns["next_run"] = latest
    if any(getattr(kept, name) != value for name, value in columns.items()):
        Schedule.objects.filter(pk=kept.pk).update(**columns)
