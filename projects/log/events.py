"""One mass edit is one event: the changes of one reading that are of one kind, shown as one entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q, QuerySet

from projects.models import ChangeEvent, DataChangeLog
from projects.models.querysets import ChangeQuerySet
from projects.wording import event_phrases, flag_rules, rules

# So many changes of one run and one kind are an event; fewer are told one by one.
LEAST = 10
# Where columns are but worded otherwise (another spelling, another remark), it takes fewer: nobody is to read
# that of a whole column project by project.
LEAST_WORDED = 3
# Changes that are counted anew, where filters leave some of an event's.
MOST_GROUPED = 2_000
_WORDED = Q(kind__regex=r"^[a-z_]+:updated:published\.") & ~Q(kind__regex=r",[a-z_]+(,|$)")
_ENOUGH = Q(count__gte=LEAST) | (Q(count__gte=LEAST_WORDED) & _WORDED)
# A page is gathered in at most so many steps, each of which leaps over the events that the last one met.
_STEPS = 5
_KEY = ("run_id", "kind", "cause")
# What one reading found; flags are told without one, once a day, which their kind names.
_OF_ONE = Q(run__isnull=False) | Q(kind__startswith=f"project:{flag_rules.STEP}:")
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
    place: str | None = None  # the code of the municipality, where all of them are of one

    @property
    def assessment(self) -> rules.Assessment:
        row = self.row
        if flag_rules.is_kind(row.kind):
            return flag_rules.assess_event(row.kind, self.count, rules.MINOR if self.minors else rules.INFO)
        return rules.assess_event(
            row.entity_type, row.change_type, row.field_changes, self.count, self.majors, self.minors
        )

    @property
    def telling(self) -> list[str]:
        """The fields that changed on each, where it is about fields."""
        row = self.row
        is_update = row.change_type == "updated"
        if flag_rules.is_kind(row.kind):
            return [flag_rules.FIELD]
        return event_phrases.telling(row.entity_type, row.field_changes) if is_update else []

    @property
    def query(self) -> str:
        """What finds its changes, on the page and in the API."""
        run = {} if self.row.run_id is None else {"run": self.row.run_id}
        return urlencode({**run, "kind": self.row.kind, "cause": self.row.cause})


@dataclass(slots=True)
class Entries:
    """What a page shows, newest first; `older` is the id to go on before, None at the log's beginning."""

    rows: list[DataChangeLog | Event] = field(default_factory=list)
    older: int | None = None


def groups(changes: ChangeQuerySet) -> Any:
    """The events among the changes, newest first: `run_id kind cause count first last majors minors`, and
    `places` and `place`: how many municipalities they are of, and one of these."""
    kinds = changes.exclude(kind="").filter(_OF_ONE).order_by().values(*_KEY)
    counted = kinds.annotate(
        count=Count("pk"),
        first=Min("pk"),
        last=Max("pk"),
        majors=Count("pk", filter=Q(severity=rules.MAJOR)),
        minors=Count("pk", filter=Q(severity=rules.MINOR)),
        places=Count("municipality", distinct=True),
        place=Min("municipality"),
    )
    return counted.filter(_ENOUGH).order_by("-last")


def listed(**of_all: Any) -> QuerySet[ChangeEvent]:
    """The events, newest first, as they were counted when they were logged. `of_all` narrows by what is the
    same for all changes of an event: `run_id kind cause source_id entity_type change_type`.
    """
    return ChangeEvent.objects.filter(_ENOUGH, count__gte=LEAST_WORDED, **of_all).order_by("-last")


class Groups(list[dict[str, Any]]):
    """Those of `groups`; `is_cut` says that older ones were left out."""

    is_cut = False


def newest_groups(changes: ChangeQuerySet) -> Groups:
    """Those of the newest runs: of as many as hold `MOST_GROUPED` of the changes."""
    ordered = changes.exclude(run=None).newest_first().values_list("run", flat=True)
    beyond = list(ordered[MOST_GROUPED : MOST_GROUPED + 1])
    if beyond:
        # The id is only for the database's sake: no change of these runs is older.
        first = ChangeEvent.objects.filter(run_id__gte=beyond[0]).aggregate(first=Min("first"))["first"]
        changes = changes.filter(run__gte=beyond[0], pk__gte=first or 0)
    found = Groups(groups(changes))
    found.is_cut = bool(beyond)
    return found


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
        rows = self.changes.newest_first()
        for key, group in self.known.items():
            if group:
                rows = rows.exclude(_is(key))
        if self.before is not None:
            return rows.filter(pk__lt=self.before).sliced(0, self.wanted + 1, self.before)
        return list(rows[: self.wanted + 1])

    def _learn(self, chunk: Iterable[DataChangeLog]) -> None:
        """Which of the rows' kinds are events: one query."""
        fresh = {_key(row) for row in chunk if _is_of_one(row)} - self.known.keys()
        if not fresh:
            return
        self.known.update(dict.fromkeys(fresh))
        runs, kinds = {key[0] for key in fresh}, {key[1] for key in fresh}
        of_runs = Q(run_id__in=runs - {None}) | Q(run=None)
        for group in groups(self.changes.filter(of_runs, kind__in=kinds)):
            key = tuple(group[name] for name in _KEY)
            if key in fresh:
                self.known[key] = group

    def _entry(self, row: DataChangeLog) -> DataChangeLog | Event | None:
        """The row, its event where it is the newest of one, or None where the event stands elsewhere."""
        group = self.known.get(_key(row))
        if not group:
            return row
        return of_group(row, group) if row.pk == group["last"] else None


def _is_of_one(row: DataChangeLog) -> bool:
    return bool(row.kind) and (row.run_id is not None or flag_rules.is_kind(row.kind))


def _is(key: Key) -> Q:
    run, kind, cause = key
    return Q(kind=kind, cause=cause) & (Q(run=None) if run is None else Q(run_id=run))


def _key(row: DataChangeLog) -> Key:
    return (row.run_id, row.kind, row.cause)


def of_row(row: DataChangeLog, counted: ChangeEvent) -> Event:
    """The event of a row of `listed()` and the newest of its changes."""
    place = None if counted.is_spread else counted.place
    return Event(row, counted.count, counted.first, counted.last, counted.majors, counted.minors, place)


def of_group(row: DataChangeLog, group: dict[str, Any]) -> Event:
    """The event of a group of `groups()` and the newest row of it."""
    place = group["place"] if group["places"] == 1 else None
    return Event(row, group["count"], group["first"], group["last"], group["majors"], group["minors"], place)


__all__ = [
    "LEAST",
    "LEAST_WORDED",
    "Entries",
    "Event",
    "Groups",
    "entries",
    "groups",
    "listed",
    "newest_groups",
    "of_group",
    "of_row",
]
