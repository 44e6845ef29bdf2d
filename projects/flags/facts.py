"""What the flags of projects are worked out from: the record, and what the log and the runs say beside it.

A fixed number of queries for any number of projects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from projects.fields import Kind, of
from projects.models import Cause, ChangeTopic, DataChangeLog, EntityType, Override, Presence, Project, Status
from projects.models.area import LastWhole, last_seen_at, last_whole
from projects.wording import figures, flags
from projects.wording.flags import Figures, History, Step
from projects.wording.topics import AMOUNT, DATE, DAYS, RAND

_FIELDS = {DATE: DAYS, AMOUNT: RAND}  # {field: the topics of its moves}
_CHUNK = 20_000  # ids a statement
_KINDS = (Kind.STATUS, Kind.PERCENT, Kind.MONEY, Kind.DATE)
# What the rules ask a record for: `projects.wording.flags` and `projects.wording.contradictions`.
_COLUMNS = (
    *("id", "source_id", "presence", *of(*_KINDS), "status_as_published"),
    *("first_seen_at", "last_listed_at", "last_changed_run_id"),
)


def here(moment: datetime) -> date:
    """The South African day."""
    return moment.astimezone(figures.HERE).date()


def flags_now(pks: Collection[int], now: datetime | None = None) -> dict[int, dict[str, Figures]]:
    """{project: {flag: its figures}} as the record stands; projects without a flag are there, too."""
    moment = now or timezone.now()
    whole = last_whole()
    rows = Project.objects.filter(pk__in=pks).only(*_COLUMNS).with_last_read()
    projects = list(rows.prefetch_related("municipalities") if whole.areas else rows)
    records = {row.pk: _record(row, whole) for row in projects}
    corrected = _corrected(Override.objects.active().filter(project_id__in=pks))
    return flags_of(records, corrected, moment)


def _record(row: Project, whole: LastWhole) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS} | {"last_seen_at": last_seen_at(row, whole)}


def _corrected(overrides: Any) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for pk, field in overrides.values_list("project_id", "field"):
        found.setdefault(pk, set()).add(field)
    return {pk: frozenset(fields) for pk, fields in found.items()}


def flags_of(
    records: Mapping[int, Mapping[str, Any]], corrected: Mapping[int, Collection[str]], moment: datetime
) -> dict[int, dict[str, Figures]]:
    """{project: {flag: its figures}} of records as they stood at a moment, rows or as the API gives them."""
    steps = _steps(records, moment)
    changed = _last_changed([pk for pk, record in records.items() if _is_watched(record, moment)], moment)
    day = here(moment)
    found = {}
    for pk, record in records.items():
        own, seen = frozenset(corrected.get(pk, ())), _at(record["last_seen_at"])
        found[pk] = flags.raised(record, History(steps.get(pk, ()), own, changed.get(pk), seen), day)
    return found


def _is_watched(record: Mapping[str, Any], moment: datetime) -> bool:
    """Whether it can have been unchanged for so long: only of these the log is asked."""
    first = _at(record["first_seen_at"])
    long_ago = moment - timedelta(days=flags.STALLED_DAYS)
    is_at_work = record["status"] == Status.CONSTRUCTION and record["presence"] == Presence.PRESENT
    return is_at_work and first is not None and first <= long_ago


def _at(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _steps(pks: Iterable[int], until: datetime) -> dict[int, list[Step]]:
    """{project: the moves of its date and its budget, newest first}, stewards' left out."""
    rows = DataChangeLog.objects.filter(
        entity_type=EntityType.PROJECT, entity_id__in=list(pks), field_changes__has_any_keys=[*_FIELDS]
    ).exclude(cause=Cause.STEWARD)
    # Those until then are sorted out here: for half of the time a database reads half of the log.
    columns = ("pk", "entity_id", "at", "cause", "field_changes")
    read = [row for row in rows.order_by("-pk").values_list(*columns) if row[2] <= until]
    told = _told([row[0] for row in read])
    found: dict[int, list[Step]] = {}
    for change, pk, at, cause, changes in read:
        for field, topics in _FIELDS.items():
            if not topics.isdisjoint(told.get(change, ())):
                found.setdefault(pk, []).append(Step(field, at, cause, *changes[field]))
    return found


def _told(changes: Sequence[int]) -> dict[int, set[str]]:
    """{change: those of the topics that it is about}; asked by the ids: joined, all that was ever kept of
    these topics is read for a few projects."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(changes), _CHUNK):
        kept = ChangeTopic.objects.filter(change__in=changes[start : start + _CHUNK], topic__in=DAYS | RAND)
        for change, topic in kept.order_by().values_list("change_id", "topic"):
            found.setdefault(change, set()).add(topic)
    return found


def _last_changed(pks: Collection[int], until: datetime) -> dict[int, datetime]:
    """{project: when its source last changed something of it}; that a flag was told is no change."""
    if not pks:
        return {}
    rows = DataChangeLog.objects.filter(entity_type=EntityType.PROJECT, entity_id__in=pks, at__lte=until)
    said = rows.filter(cause=Cause.SOURCE).of_records()
    return dict(said.order_by().values_list("entity_id").annotate(Max("at")))
