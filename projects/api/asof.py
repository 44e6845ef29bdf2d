"""The projects as they were known at a past moment: today's rows, with what changed since taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from projects.api.corrections import corrections, overridden_at, past_corrections
from projects.api.past_values import BEFORE, can_tell, changed_at, moved, steps_back
from projects.api.records import FlagShape, LastWhole, last_whole, project_writer
from projects.fields import Kind, of
from projects.filters import ORDERINGS, ProjectFilter
from projects.flags.facts import flags_of, here
from projects.models import DataChangeLog, Flag, Presence, Project
from projects.wording import phrases
from projects.wording.figures import instant

Record = dict[str, Any]
_AMOUNTS = frozenset(of(Kind.MONEY, Kind.PERCENT))


class Present:
    """The projects that a queryset gives, as they are known now."""

    def __init__(self, queryset: QuerySet[Project]) -> None:
        self.queryset = queryset

    def ids(self) -> Sequence[int] | QuerySet[Project, int]:
        """Ids in the order asked for; can be counted and sliced."""
        ordered = self.queryset if self.queryset.query.order_by else self.queryset.order_by(*DEFAULT_ORDER)
        return ordered.values_list("pk", flat=True)

    def records(self, ids: Iterable[int]) -> list[Record]:
        """The contract's projects, in the order of the ids; a fixed number of queries."""
        wanted = list(ids)
        rows, written = Project.objects.for_api().in_bulk(wanted), project_writer(last_whole())
        return [written(rows[pk]) for pk in wanted if pk in rows]

    facts = records

    def corrections(self, pk: int) -> list[dict[str, Any]]:
        return corrections(pk)

    def flag_details(self, pk: int) -> list[dict[str, Any]]:
        """The flags with their figures."""
        return flag_details(Flag.objects.up().in_order().filter(project=pk), timezone.now())

    def other_texts(self, pk: int) -> dict[str, str] | None:
        """{label: what the list or the page says, where `published` has it from the other of the two}."""
        return Project.objects.values_list("other_texts", flat=True).get(pk=pk)


DEFAULT_ORDER = (F("name").asc(nulls_last=True), "pk")


class Past:
    """The same at the end of a moment. What the order and the filters ask for is looked up of all projects,
    whole records are taken back only of those that are shown.
    """

    def __init__(
        self, filterset: ProjectFilter, moment: datetime, projects: QuerySet[Project] | None = None
    ) -> None:
        self.wanted = filterset.form.cleaned_data
        self.filterset, self.moment = filterset, moment
        self.is_narrow = projects is not None
        every: QuerySet[Project] = Project.everything.known_at(moment)
        self.projects = every if projects is None else projects

    @cached_property
    def unborn(self) -> set[int]:
        """The ids of the projects that were first seen after the moment."""
        later = DataChangeLog.objects.since(self.moment).filter(at__gt=self.moment)
        created = later.filter(change_type="created", entity_type="project")
        if self.is_narrow:
            created = created.filter(entity_id__in=self.projects.values("pk"))
        return set(created.order_by().values_list("entity_id", flat=True))

    def ids(self) -> Sequence[int]:
        terms = self.wanted["ordering"] or ["name"]
        names = [term.removeprefix("-") for term in terms]
        moved = self._moved({*names, *self.filterset.asked_names()})
        columns = [ORDERINGS[name] for name in names]
        today = self.filterset.filter_queryset(self.projects).order_by("pk").values_list("pk", *columns)
        rows = [row for row in today if row[0] not in moved and row[0] not in self.unborn]
        then = ((pk, past) for pk, past in moved.items() if self.filterset.passes(past))
        rows += [(pk, *(_typed(name, past[name]) for name in names)) for pk, past in then]
        rows.sort(key=lambda row: row[0])
        for place, term in reversed(list(enumerate(terms, 1))):
            rows.sort(key=_sort_key(place, term.startswith("-")), reverse=term.startswith("-"))
        return [row[0] for row in rows]

    def records(self, ids: Iterable[int]) -> list[Record]:
        records = {record["id"]: record for record in self.facts(ids)}
        for pk, flags in self._flags(records).items():
            records[pk]["flags"] = list(flags)
        return list(records.values())

    def facts(self, ids: Iterable[int]) -> list[Record]:
        """The records with the flags of today: those of that day cost as much as all else."""
        wanted = list(ids)
        dates, steps = self._dates(wanted), steps_back(wanted, self.moment)
        corrected = overridden_at([pk for pk in wanted if pk in dates], self.moment)
        found = {}
        for pk, row in Project.everything.for_api().in_bulk(wanted).items():
            record = found[pk] = self.written(row)
            if pk in dates:
                record = found[pk] = taken_back(record, steps.get(pk, ()))
                record["overridden"] = corrected.get(pk, [])
                _date_back(record, *dates[pk], self.whole.of(row))
        return [found[pk] for pk in wanted if pk in found]

    @cached_property
    def whole(self) -> LastWhole:
        return last_whole(self.moment)

    @cached_property
    def written(self) -> Callable[[Project], Record]:
        return project_writer(self.whole)

    def corrections(self, pk: int) -> list[dict[str, Any]]:
        return past_corrections(pk, self.moment)

    def flag_details(self, pk: int) -> list[dict[str, Any]]:
        """The flags of that day, with their figures."""
        records = {record["id"]: record for record in self.records([pk])}
        found = self._flags(records).get(pk, {})
        return flag_details([Flag(flag=flag, figures=said) for flag, said in found.items()], self.moment)

    def _flags(self, records: dict[int, Record]) -> dict[int, dict[str, Any]]:
        """As the rules find them in the records, not as they were told: of the days before we did, too."""
        return flags_of(records, {pk: record["overridden"] for pk, record in records.items()}, self.moment)

    def other_texts(self, pk: int) -> None:
        """Not known of a past day: what does not speak is not in the log."""

    def _moved(self, names: set[str]) -> dict[int, Record]:
        """{id: its record as it was, or the part that is asked for} of those that are not as they were."""
        if can_tell(names):
            found = moved(self.projects, sorted(names), self.moment)
        else:
            touched = self.projects.annotate(newest=changed_at()).filter(newest__gt=self.moment)
            ids = touched.values_list("pk", flat=True)
            found = {record["id"]: record for record in self.records(ids)}
        return {pk: record for pk, record in found.items() if pk not in self.unborn}

    def _dates(self, ids: Sequence[int]) -> dict[int, tuple[datetime | None, datetime | None]]:
        """{id: when it had last changed then, and when that was last read} of those that changed since."""
        then = Q(at__lte=self.moment, pk__lte=DataChangeLog.objects.last_id_at(self.moment))
        rows = (
            self.projects.filter(pk__in=ids)
            .order_by()
            .annotate(
                newest=changed_at(), changed=changed_at(then), read=changed_at(then & Q(run__isnull=False))
            )
        )
        since = rows.filter(newest__gt=self.moment).values_list("pk", "changed", "read")
        return {pk: (changed, read) for pk, changed, read in since}


def flag_details(rows: Iterable[Flag], moment: datetime) -> list[dict[str, Any]]:
    return [*map(FlagShape(context={"today": here(moment)}).to_representation, rows)]


def taken_back(record: Record, steps: Iterable[Any]) -> Record:
    """The record before the steps (newest first): old values, old published strings, old presence."""
    record = {**record, "published": dict(record["published"])}
    for step in steps:
        record["presence"] = BEFORE.get(step.change_type, record["presence"])
        for name, (old, _) in step.field_changes.items():
            if name in step.overridden:  # the source moved under a correction: what was shown did not
                continue
            if name.startswith(phrases.PUBLISHED):
                _set_back(record["published"], name.removeprefix(phrases.PUBLISHED), old)
            elif name in record:
                record[name] = (old or []) if name == "municipalities" else old
        for label, (old, _) in step.evidence.items():
            _set_back(record["published"], label, old)
    # Of the reading's doubts those are certain whose text stood there then too.
    published = record["published"]
    record["issues"] = [i for i in record["issues"] if published.get(i.get("label")) == i.get("text")]
    return record


def _set_back(published: dict[str, Any], label: str, old: Any) -> None:
    if old is None:
        published.pop(label, None)
    else:
        published[label] = old


def _date_back(
    record: Record, changed_at: datetime | None, read_at: datetime | None, whole: datetime | None
) -> None:
    """When it had last changed and been seen, seen from then; unknown where the log does not tell."""
    record["last_changed_at"] = instant(changed_at) or record["first_seen_at"]
    if record["presence"] == Presence.PRESENT:
        record["last_seen_at"] = max(filter(None, map(instant, (read_at, whole))), default=None)
    else:
        record["last_seen_at"] = None


def _typed(name: str, value: Any) -> Any:
    return Decimal(value) if name in _AMOUNTS and value is not None else value


def _sort_key(place: int, descending: bool) -> Callable[[tuple[Any, ...]], tuple[bool, Any]]:
    """Sorts by one column of the rows, with the unknown last in both directions."""

    def key(row: tuple[Any, ...]) -> tuple[bool, Any]:
        value = row[place]
        if value is None:
            return (not descending, 0)
        return (descending, _comparable(value))

    return key


def _comparable(value: Any) -> Any:
    """A moment of a row as the records spell it, whose texts are compared without their case."""
    if isinstance(value, datetime):
        return (instant(value) or "").casefold()
    if isinstance(value, date):
        return value.isoformat()
    return value.casefold() if isinstance(value, str) else value
