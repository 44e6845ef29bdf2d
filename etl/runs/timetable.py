"""The clock's entries in django-q2's table of schedules: one for each source, and one for the heartbeat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from projects.declared import Declaration
from projects.models import Source

HEARTBEAT = "heartbeat"
_POLL, _BEAT = "etl.scheduler.poll", "etl.scheduler.beat"
_BEAT_MINUTES = 1


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
    # Its results are of no interest: they would push those of the polls out of the table.
    yield ScheduleEntry(HEARTBEAT, _BEAT_MINUTES, _BEAT, "()", "{'q_options': {'save': False}}", first=0)


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
        Schedule.objects.filter(func__in=[_POLL, _BEAT]).exclude(name__in=names).delete()
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
