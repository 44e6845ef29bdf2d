"""One mass edit is one event: the changes of one reading that are of one kind, shown as one entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q

from projects.models import DataChangeLog
from projects.models.querysets import ChangeQuerySet
from projects.wording import event_phrases, rules

# So many changes of one run and one kind are an event; fewer are told one by one.
LEAST = 10
# A page is gathered in at most so many steps, each of which leaps over the events that the last one met.
_STEPS = 5
_KEY = ("run_id", "kind", "cause")
Key = tuple[int | None, str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """`row` is the newest of the `count` changes, whose ids lie between `first` and `last`."""

    row: DataChangeLog
    count: int
    first: int
    last: int
    majors: int
    minors: int

    @property
    def assessment(self) -> rules.Assessment:
        row = self.row
        return rules.assess_event(
            row.entity_type, row.change_type, row.field_changes, self.count, self.majors, self.minors
        )

    @property
    def telling(self) -> list[str]:
        """The fields that changed on each, where it is about fields."""
        row = self.row
        is_update = row.change_type == "updated"
        return event_phrases.telling(row.entity_type, row.field_changes) if is_update else []

    @property
    def query(self) -> str:
        """What finds its changes, on the page and in the API."""
        return urlencode({"run": self.row.run_id, "kind": self.row.kind, "cause": self.row.cause})


@dataclass(slots=True)
class Entries:
    """What a page shows, newest first; `older` is the id to go on before, None at the log's beginning."""

    rows: list[DataChangeLog | Event] = field(default_factory=list)
    older: int | None = None


def groups(changes: ChangeQuerySet) -> Any:
    """The events among the changes: `run_id kind cause count first last majors minors`, newest first."""
    kinds = changes.exclude(kind="").exclude(run=None).order_by().values(*_KEY)
    counted = kinds.annotate(
        count=Count("pk"),
        first=Min("pk"),
        last=Max("pk"),
        majors=Count("pk", filter=Q(severity=rules.MAJOR)),
        minors=Count("pk", filter=Q(severity=rules.MINOR)),
    )
    return counted.filter(count__gte=LEAST).order_by("-last")


def entries(changes: ChangeQuerySet, wanted: int, before: int | None = None) -> Entries:
    """Up to `wanted` entries older than the id `before`: events, and the changes that belong to none.

    The number of queries is bounded, however many changes an event has.
    """
    return _Gathering(changes, wanted, before).gathered()


class _Gathering:
    def __init__(self, changes: ChangeQuerySet, wanted: int, before: int | None) -> None:
        self.changes, self.wanted, self.before = changes, wanted, before
        self.known: dict[Key, dict[str, Any] | None] = {}
        self.rows: list[DataChangeLog | Event] = []

    def gathered(self) -> Entries:
        for _ in range(_STEPS):
            chunk = self._chunk()
            self._learn(chunk)
            self.rows += filter(None, map(self._entry, chunk))
            if len(chunk) <= self.wanted:
                return self._cut(None)
            self.before = chunk[-1].pk
            if len(self.rows) > self.wanted:
                break
        return self._cut(self.before)

    def _cut(self, older: int | None) -> Entries:
        if len(self.rows) <= self.wanted:
            return Entries(self.rows, older)
        rows = self.rows[: self.wanted]
        last = rows[-1]
        return Entries(rows, last.last if isinstance(last, Event) else last.pk)

    def _chunk(self) -> list[DataChangeLog]:
        """The next rows, less those of the events that are known by now."""
        rows = self.changes.order_by("-pk")
        if self.before is not None:
            rows = rows.filter(pk__lt=self.before)
        for key, group in self.known.items():
            if group:
                rows = rows.exclude(**dict(zip(_KEY, key, strict=True)))
        return list(rows[: self.wanted + 1])

    def _learn(self, chunk: Iterable[DataChangeLog]) -> None:
        """Which of the rows' kinds are events: one query."""
        fresh = {_key(row) for row in chunk if row.run_id and row.kind} - self.known.keys()
        if not fresh:
            return
        self.known.update(dict.fromkeys(fresh))
        runs, kinds = {key[0] for key in fresh}, {key[1] for key in fresh}
        for group in groups(self.changes.filter(run_id__in=runs, kind__in=kinds)):
            key = tuple(group[name] for name in _KEY)
            if key in fresh:
                self.known[key] = group

    def _entry(self, row: DataChangeLog) -> DataChangeLog | Event | None:
        """The row, its event where it is the newest of one, or None where the event stands elsewhere."""
        group = self.known.get(_key(row))
        if not group:
            return row
        return of_group(row, group) if row.pk == group["last"] else None


def _key(row: DataChangeLog) -> Key:
    return (row.run_id, row.kind, row.cause)


def of_group(row: DataChangeLog, group: dict[str, Any]) -> Event:
    """The event of a group of `groups()` and the newest row of it."""
    return Event(row, group["count"], group["first"], group["last"], group["majors"], group["minors"])


__all__ = ["LEAST", "Entries", "Event", "entries", "groups", "of_group"]
