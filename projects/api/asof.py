"""The projects as they were known at a past moment: today's rows, with all later changes taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from projects.api.corrections import corrections, overridden_at, past_corrections
from projects.api.records import LastWhole, last_whole, project_writer
from projects.fields import Kind, of
from projects.filters import ORDERINGS, ProjectFilter
from projects.models import DataChangeLog, Presence, Project
from projects.wording import phrases
from projects.wording.figures import instant

Record = dict[str, Any]
_BEFORE = {"missing": "present", "withdrawn": "missing", "returned": "missing"}
_STEP = ("entity_id", "change_type", "field_changes", "evidence", "overridden")
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

    def corrections(self, pk: int) -> list[dict[str, Any]]:
        return corrections(pk)

    def other_texts(self, pk: int) -> dict[str, str] | None:
        """{label: what the list or the page says, where `published` has it from the other of the two}."""
        return Project.objects.values_list("other_texts", flat=True).get(pk=pk)


DEFAULT_ORDER = (F("name").asc(nulls_last=True), "pk")


class Past:
    """The same at the end of a moment. Rows that have not changed since are filtered by the database, the
    others taken back and filtered here.
    """

    def __init__(
        self, filterset: ProjectFilter, moment: datetime, projects: QuerySet[Project] | None = None
    ) -> None:
        self.wanted = filterset.form.cleaned_data
        self.filterset, self.moment = filterset, moment
        self.log = DataChangeLog.objects.filter(entity_type="project")
        if projects is not None:
            self.log = self.log.filter(entity_id__in=projects.values("pk"))
        self.later = self.log.filter(at__gt=moment)
        self.unborn = self.later.filter(change_type="created").values("entity_id")

    def ids(self) -> Sequence[int]:
        terms = self.wanted["ordering"] or ["name"]
        names = [term.removeprefix("-") for term in terms]
        untouched = Project.objects.exclude(pk__in=self.later.values("entity_id"))
        columns = [ORDERINGS[name] for name in names]
        rows = list(self.filterset.filter_queryset(untouched).order_by("pk").values_list("pk", *columns))
        rows += [(pk, *(_typed(name, past[name]) for name in names)) for pk, past in self._matching()]
        rows.sort(key=lambda row: row[0])
        for place, term in reversed(list(enumerate(terms, 1))):
            rows.sort(key=_sort_key(place, term.startswith("-")), reverse=term.startswith("-"))
        return [row[0] for row in rows]

    def records(self, ids: Iterable[int]) -> list[Record]:
        wanted = list(ids)
        missing = [pk for pk in wanted if pk not in self.changed]
        rows = Project.objects.for_api().in_bulk(missing) if missing else {}
        found = {pk: self.written(row) for pk, row in rows.items()} | self.changed
        return [found[pk] for pk in wanted if pk in found]

    @cached_property
    def whole(self) -> LastWhole:
        return last_whole(self.moment)

    @cached_property
    def written(self) -> Callable[[Project], Record]:
        return project_writer(self.whole)

    @cached_property
    def changed(self) -> dict[int, Record]:
        """{id: record as it was} of the projects that were there then and changed since."""
        touched = self.later.exclude(entity_id__in=self.unborn)
        steps: dict[int, list[DataChangeLog]] = {}
        for step in touched.order_by("-pk").only(*_STEP):
            steps.setdefault(step.entity_id, []).append(step)
        ids = touched.values("entity_id")
        before = self.log.filter(at__lte=self.moment, entity_id__in=ids).values_list("entity_id").order_by()
        both = before.annotate(changed=Max("at"), read=Max("at", filter=Q(run__isnull=False)))
        dates = {pk: (changed, read) for pk, changed, read in both}
        corrected = overridden_at(ids, self.moment)
        past = {}
        for row in Project.objects.for_api().filter(pk__in=ids):
            record = taken_back(self.written(row), steps[row.pk])
            record["overridden"] = corrected.get(row.pk, [])
            _date_back(record, *dates.get(row.pk, (None, None)), self.whole.of(row))
            past[row.pk] = record
        return past

    def corrections(self, pk: int) -> list[dict[str, Any]]:
        return past_corrections(pk, self.moment)

    def other_texts(self, pk: int) -> None:
        """Not known of a past day: what does not speak is not in the log."""

    def _matching(self) -> list[tuple[int, Record]]:
        return [(pk, past) for pk, past in self.changed.items() if self.filterset.passes(past)]


def taken_back(record: Record, steps: Iterable[DataChangeLog]) -> Record:
    """The record before the steps (newest first): old values, old published strings, old presence."""
    record = {**record, "published": dict(record["published"])}
    for step in steps:
        record["presence"] = _BEFORE.get(step.change_type, record["presence"])
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
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.casefold() if isinstance(value, str) else value
