"""What can be subscribed to: the filters of the lists, in one spelling, and which changes they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Model
from django.http import QueryDict

from projects.api.past_values import BEFORE
from projects.api.records import last_whole, project_writer
from projects.change_filters import NewsFilter
from projects.filters import ProjectFilter
from projects.languages import gettext
from projects.models import DataChangeLog, EntityType, Project
from projects.wording.flags import FLAGS
from projects.wording.phrases import LABELS, label
from projects.wording.phrases import choices as said_choices
from projects.wording.topics import TOPICS

CHANGES, PROJECTS = "changes", "projects"
# What an alert cannot ask for: a time, one reading, an order, a part of the list.
_OF_ONE_LOOK = frozenset("after since until changed_since run kind ordering".split())
# Of the live feed's filters those that are called as here.
_OF_SOCKET = frozenset({"project", "municipality", "province", "severity"})
_CHUNK = 500


class NotUnderstood(ValueError):
    """A filter has a value that it cannot have; `problems`: pairs of its name and a sentence."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Search:
    """`scope`: whose filters they are; `query`: those that are set, sorted, as `a=1&b=2`."""

    scope: str
    query: str

    @classmethod
    def of(cls, scope: str, asked: QueryDict) -> Search:
        """What is asked for of a list, in one spelling. Raises NotUnderstood."""
        if scope not in (CHANGES, PROJECTS):
            raise NotUnderstood([("of", f"“{scope}” is no list; known are: {CHANGES}, {PROJECTS}.")])
        filterset = _filterset(scope, asked)
        if not filterset.is_valid():
            raise NotUnderstood([(name, text) for name, texts in filterset.errors.items() for text in texts])
        given = filterset.form.cleaned_data
        pairs = [(name, _spelt(given[name])) for name in sorted(given) if name not in _OF_ONE_LOOK]
        return cls(scope, urlencode([(name, text) for name, text in pairs if text]))

    @property
    def asked(self) -> QueryDict:
        return QueryDict(self.query)

    @property
    def address(self) -> str:
        """Of the list with these filters."""
        return f"/{self.scope}/" + (f"?{self.query}" if self.query else "")

    @property
    def subscribe_address(self) -> str:
        return f"/subscribe/?of={self.scope}" + (f"&{self.query}" if self.query else "")

    @property
    def feed_address(self) -> str:
        """The Atom feed that tells the same."""
        query = "&".join(filter(None, [f"of={PROJECTS}" if self.scope == PROJECTS else "", self.query]))
        return "/changes/feed.atom" + (f"?{query}" if query else "")

    @property
    def socket_query(self) -> str | None:
        """What the live feed is asked for the same with; None where it cannot be."""
        return None if self.asked.keys() - _OF_SOCKET else self.query

    def words(self) -> list[tuple[str, str]]:
        """Pairs `Province`, `Limpopo` of what is asked for."""
        filterset = _filterset(self.scope, self.asked)
        if not filterset.is_valid():
            return [(gettext("Filters"), self.query)]
        given = filterset.form.cleaned_data
        return [(_called(name, filterset), _said(name, filterset, given[name])) for name in self.asked]

    def title(self) -> str:
        """`Province: Limpopo · Flag: Overdue`; `Every change` where nothing is asked for."""
        named = " · ".join(f"{label}: {text}" for label, text in self.words())
        return named or (gettext("Every change") if self.scope == CHANGES else gettext("Every project"))

    def latest(self, number: int) -> list[DataChangeLog]:
        """The newest changes that this would have told of."""
        filterset = _filterset(self.scope, self.asked)
        if self.scope == CHANGES:
            return list(filterset.told.newest_first()[:number])
        # Of the projects that changed last: a walk back through the log for a rare one would be long.
        newest = filterset.qs.order_by("-last_changed_at").values_list("pk", flat=True)[:number]
        rows = DataChangeLog.objects.by_source().filter(entity_type=EntityType.PROJECT)
        return list(rows.filter(entity_id__in=list(newest)).order_by("-pk")[:number])

    def found(self, window: Window) -> list[int]:
        """Ids of the changes in the window, oldest first. Raises NotUnderstood: filters may go out of use."""
        filterset = _filterset(self.scope, self.asked)
        if self.scope == CHANGES:
            filterset.queryset = window.changes()
        if not filterset.is_valid():
            raise NotUnderstood([(name, text) for name, texts in filterset.errors.items() for text in texts])
        if self.scope == CHANGES:
            return sorted(set(filterset.told.order_by().values_list("pk", flat=True)))
        now = window.changes().by_source().of_projects(filterset.qs)
        inside = set(now.order_by().values_list("pk", flat=True))
        return sorted(inside.union(_of_leavers(filterset, window, inside)))


class Window:
    """The changes behind the id `start` up to the id `end`."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self._records: dict[int, dict[str, Any]] = {}

    def changes(self) -> Any:
        return DataChangeLog.objects.filter(pk__gt=self.start, pk__lte=self.end).order_by("pk")

    @cached_property
    def moves(self) -> list[DataChangeLog]:
        """What the sources changed of projects that were known, newest first."""
        rows = (
            self.changes().by_source().filter(entity_type=EntityType.PROJECT).exclude(change_type="created")
        )
        return list(rows.order_by("-pk").only("entity_id", "change_type", "field_changes"))

    def records(self, ids: list[int]) -> dict[int, dict[str, Any]]:
        """{project: its record as the API has it now}."""
        missing = sorted(set(ids) - self._records.keys())
        written = project_writer(last_whole()) if missing else None
        for at in range(0, len(missing), _CHUNK):
            for row in Project.objects.for_api().filter(pk__in=missing[at : at + _CHUNK]):
                self._records[row.pk] = written(row)  # type: ignore[misc]
        return self._records


def _of_leavers(filterset: Any, window: Window, inside: set[int]) -> Iterator[int]:
    """Changes by which a project left the search: it is found no more, and was before them."""
    names = filterset.asked_names()
    asked = [row for row in window.moves if row.pk not in inside and names & _moved(row).keys()]
    if not asked:
        return
    projects = {row.entity_id for row in asked}
    wanted, records = {row.pk for row in asked}, window.records(sorted(projects))
    then = {pk: dict(records[pk]) for pk in projects if pk in records}
    for row in window.moves:
        if row.entity_id not in then:
            continue
        then[row.entity_id] |= _moved(row)
        if row.pk in wanted and filterset.passes(then[row.entity_id]):
            yield row.pk


def _moved(row: DataChangeLog) -> dict[str, Any]:
    """What stood in the project's record before the change."""
    moved = {name: pair[0] for name, pair in row.field_changes.items()}
    if row.change_type in BEFORE:
        moved["presence"] = BEFORE[row.change_type]
    return moved


def _filterset(scope: str, asked: QueryDict) -> Any:
    if scope == CHANGES:
        return NewsFilter(asked, queryset=DataChangeLog.objects.all())
    return ProjectFilter(asked, queryset=Project.objects.all())


def _spelt(value: Any) -> str:
    """One spelling of a cleaned value; blank where nothing is asked for."""
    if value is None or isinstance(value, datetime):
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list | tuple):
        return ",".join(sorted(str(each) for each in value))
    return str(value).strip()


def _called(name: str, filterset: Any) -> str:
    """Labels that are made of a column's name are English; ours are in the language of the page."""
    given = filterset.filters[name].label or name
    return label(name) if name in LABELS else str(given)


def _choices_of(name: str, field: Any) -> Any:
    tables: dict[str, Any] = {"topic": TOPICS, "flag": FLAGS}
    return tables[name].items() if name in tables else field.extra.get("choices", ())


def _said(name: str, filterset: Any, value: Any) -> str:
    field = filterset.filters[name]
    if isinstance(value, Model):
        return str(getattr(value, "name", "") or value)
    if name == "project":
        project = Project.objects.filter(pk=value).first()
        return str(project) if project else gettext("number {number}").format(number=value)
    if isinstance(field, django_filters.MultipleChoiceFilter):
        choices = {str(code): text for code, text in said_choices(_choices_of(name, field))}
        return gettext(" or ").join(choices.get(str(each), str(each)) for each in value)
    return f"“{value}”" if name in ("q", "contractor") else str(value)


__all__ = ["CHANGES", "PROJECTS", "NotUnderstood", "Search", "Window"]
