"""The changes of one ISO week, as a newsroom asks for them: by kind, one row a project, the biggest first.

What moved to and fro within the week counts by what remained of it. Only what a source did is in it, and the
flags that were told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, NamedTuple

from django.db.models import Case, DecimalField, F, QuerySet, Sum, When

from projects.languages import Words, gettext
from projects.models import Cause, ChangeTopic, DataChangeLog, EntityType, Project
from projects.wording import figures, phrases
from projects.wording.flag_rules import FIELD, FIGURES, assess_flags
from projects.wording.flags import FLAGS
from projects.wording.topics import (
    AMOUNT,
    BACK,
    CHEAPER,
    DATE,
    DEARER,
    FINISHED,
    FLAGGED,
    SLIPPED,
    SOONER,
    STATUS,
    VANISHED,
)

# Of years that can be asked for; not each of them has a 53rd week.
WEEK = r"(19|20|21)[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])"
# {kind of the digest: the topics that it is made of}
KINDS = {
    SLIPPED: (SLIPPED, SOONER),
    DEARER: (DEARER, CHEAPER),
    FINISHED: (STATUS,),
    VANISHED: (VANISHED, BACK),
    FLAGGED: (FLAGGED,),
}
# The orders in which a week's first and last change are found.
_ENDS = (("at", "pk"), ("-at", "-pk"))
_SIZE = DecimalField(max_digits=24, decimal_places=2)
Pair = tuple[Any, Any]


class Change(NamedTuple):
    """What is read of a change: of thousands in a week no more than a row of the digest takes."""

    pk: int
    entity_id: int
    external_id: str
    name: str
    municipality: str | None
    province: str | None
    source_id: str
    demo: bool
    change_type: str
    field_changes: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week in South African time."""

    monday: date

    @classmethod
    def of(cls, text: str) -> Week | None:
        """The week of `2026-W48`; None where there is none, and of years before 1900 and from 2200 on."""
        if not re.fullmatch(WEEK, text):
            return None
        try:
            return cls(date.fromisocalendar(int(text[:4]), int(text[-2:]), 1))
        except ValueError:
            return None

    @classmethod
    def around(cls, day: date) -> Week:
        return cls(day - timedelta(days=day.weekday()))

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.monday, time.min, tzinfo=figures.HERE)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.sunday, time.max, tzinfo=figures.HERE)

    @property
    def named(self) -> str:
        """`16 to 22 November 2026`; with month and year of the Monday where the Sunday has others."""
        first, last = figures.long_date(self.monday), figures.long_date(self.sunday)
        if self.monday.year == self.sunday.year:
            first = first.removesuffix(f" {self.monday.year}")
        if self.monday.month == self.sunday.month:
            first = str(self.monday.day)
        return gettext("{first} to {last}").format(first=first, last=last)

    def by(self, weeks: int) -> Week:
        """That many weeks on."""
        return Week(self.monday + timedelta(weeks=weeks))


@dataclass(slots=True)
class Row:
    """One project in one kind. `size` is days, rand or nothing; `change` the last that made it so; `tell`
    gives its sentence, which is made only of what is shown."""

    kind: str
    project: int
    external_id: str
    name: str
    municipality: str | None
    province: str | None
    source: str
    demo: bool
    change: int
    before: Any
    after: Any
    tell: Callable[[], str]
    size: Decimal | None = None
    budget: Decimal | None = None

    @property
    def sentence(self) -> str:
        return self.tell()


@dataclass(slots=True)
class Section:
    """The rows of one kind. `total`: days or rand together, else the budgets of those that publish one."""

    kind: str
    rows: list[Row] = field(default_factory=list)

    @property
    def total(self) -> Decimal | None:
        amounts = [row.size if self.is_measured else row.budget for row in self.rows]
        known = [amount for amount in amounts if amount is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def is_measured(self) -> bool:
        return self.kind in (SLIPPED, DEARER)

    @property
    def by_flag(self) -> dict[str, int]:
        """{flag: on how many projects it was raised}."""
        raised = [flag for row in self.rows for flag in row.after] if self.kind == FLAGGED else []
        return {flag: raised.count(flag) for flag in FLAGS if flag in raised}


class Digest:
    """All sections of a week, of the country or of one province. Four queries."""

    def __init__(self, week: Week, province: str = "") -> None:
        self.week, self.province = week, province

    @cached_property
    def sections(self) -> list[Section]:
        """In the order of KINDS, each with its biggest first."""
        told = self._told()
        found = [Section(kind, list(_rows(kind, told.get(kind, {})))) for kind in KINDS]
        ids = {row.project for section in found for row in section.rows}
        budgets = dict(Project.objects.filter(pk__in=ids).order_by().values_list("pk", "budget"))
        for section in found:
            for row in section.rows:
                row.budget = budgets.get(row.project)
            section.rows.sort(key=_bigness)
        return found

    def section(self, kind: str) -> Section:
        return next(section for section in self.sections if section.kind == kind)

    @property
    def is_empty(self) -> bool:
        return not any(section.rows for section in self.sections)

    def sources(self) -> set[str]:
        """The names of those whose changes are in it."""
        return {row.source for section in self.sections for row in section.rows}

    def biggest(self, kind: str, number: int) -> list[Row]:
        """The first rows of a kind that is measured, without reading all changes of the week. Two
        queries, and once two more."""
        on, back = KINDS[kind]
        moved = Case(When(topic=back, then=-F("size")), default=F("size"), output_field=_SIZE)
        rows = self._rows().filter(topic__in=(on, back))
        sums = rows.order_by().values_list("change__entity_id").annotate(moved=Sum(moved))
        ids = [pk for pk, _ in sums.filter(moved__gt=0).order_by("-moved", "change__entity_id")[: 2 * number]]
        told = self._told(rows.filter(change__entity_id__in=ids)).get(kind, {}) if ids else {}
        return sorted(_rows(kind, told), key=_bigness)[:number]

    def _told(self, of: QuerySet[ChangeTopic] | None = None) -> dict[str, dict[int, list[Change]]]:
        """{kind: {project: its changes, oldest first}}, of all changes of the week or of some."""
        kinds = {topic: kind for kind, topics in KINDS.items() for topic in topics}
        found_rows = self._rows() if of is None else of
        columns = ("topic", "change_id", *(f"change__{name}" for name in Change._fields[1:]))
        found: dict[str, dict[int, list[Change]]] = {}
        rows = found_rows.filter(topic__in=kinds).order_by("change_id").values_list(*columns)
        for topic, *of_change in rows:
            change = Change(*of_change)
            found.setdefault(kinds[topic], {}).setdefault(change.entity_id, []).append(change)
        return found

    @cached_property
    def _ends(self) -> list[int | None]:
        """The ids of the week's first and last change."""
        log = DataChangeLog.objects.filter(at__gte=self.week.since, at__lte=self.week.until)
        return [log.order_by(*order).values_list("pk", flat=True).first() for order in _ENDS]

    def _rows(self) -> QuerySet[ChangeTopic]:
        """The topics of the week. Ids are in the order of time: they bound what is looked at."""
        ends = self._ends
        own: dict[str, Any] = {"change__entity_type": EntityType.PROJECT, "change__cause": Cause.SOURCE}
        if self.province:
            own["change__province"] = self.province
        span = {"change__at__gte": self.week.since, "change__at__lte": self.week.until}
        if None in ends:
            return ChangeTopic.objects.none()
        return ChangeTopic.objects.filter(change_id__gte=ends[0], change_id__lte=ends[1], **span, **own)


def _bigness(row: Row) -> tuple[Decimal, Decimal, str]:
    return (-(row.size or Decimal(0)), -(row.budget or Decimal(0)), row.name)


def _rows(kind: str, told: dict[int, list[Change]]) -> Iterator[Row]:
    for changes in told.values():
        last = changes[-1]
        if (remained := _REMAINED[kind](changes)) is None:
            continue
        before, after, tell, size = remained
        yield Row(
            kind=kind,
            project=last.entity_id,
            external_id=last.external_id,
            name=last.name or last.external_id,
            municipality=last.municipality,
            province=last.province,
            source=last.source_id,
            demo=last.demo,
            change=last.pk,
            before=before,
            after=after,
            tell=tell,
            size=size,
        )


Remained = tuple[Any, Any, Callable[[], str], Decimal | None] | None


def _ends(changes: Iterable[Change], name: str) -> Pair:
    """What stood before the first of the changes, and behind the last."""
    pairs = [change.field_changes[name] for change in changes if name in change.field_changes]
    return (pairs[0][0], pairs[-1][1]) if pairs else (None, None)


def _moved(name: str, old: Any, new: Any) -> str:
    return f"{phrases.phrase(name, old, new)}."


def _slipped(changes: list[Change]) -> Remained:
    old, new = _ends(changes, DATE)
    before, after = figures.day(old), figures.day(new)
    if before is None or after is None or after <= before:
        return None
    return old, new, partial(_moved, DATE, old, new), Decimal((after - before).days)


def _dearer(changes: list[Change]) -> Remained:
    old, new = _ends(changes, AMOUNT)
    before, after = figures.number(old), figures.number(new)
    if before is None or after is None or after <= before:
        return None
    return old, new, partial(_moved, AMOUNT, old, new), after - before


def _finished(changes: list[Change]) -> Remained:
    old, new = _ends(changes, "status")
    if new != "completed" or old in (None, "completed"):
        return None
    return old, new, partial(_moved, "status", old, new), None


_GONE = Words({
    "missing": "Not on the source’s list in the latest complete reading.",
    "withdrawn": "Withdrawn: complete readings no longer list it.",
})  # fmt: skip


def _vanished(changes: list[Change]) -> Remained:
    step = changes[-1].change_type
    return (*_ends(changes, "presence"), partial(_GONE.__getitem__, step), None) if step in _GONE else None


def _flagged(changes: list[Change]) -> Remained:
    old, new = _ends(changes, FIELD)
    raised = [flag for flag in new or () if flag not in (old or ())]
    if not raised:
        return None
    pairs = {name: pair for change in changes for name, pair in change.field_changes.items()}
    names = [f"{FIGURES}{flag}" for flag in raised]
    said = {FIELD: [[], raised], **{name: pairs[name] for name in names if name in pairs}}
    return [], raised, lambda: assess_flags(said).sentence, None


_REMAINED: dict[str, Callable[[list[Change]], Remained]] = {
    SLIPPED: _slipped,
    DEARER: _dearer,
    FINISHED: _finished,
    VANISHED: _vanished,
    FLAGGED: _flagged,
}
