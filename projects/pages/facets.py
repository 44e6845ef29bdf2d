"""How many projects, or changes, of a list are of each province, status and so on: links that narrow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst

from projects.change_filters import NewsFilter
from projects.filters import NOT_KNOWN, ProjectFilter
from projects.languages import MARKED, gettext
from projects.log.counted import head_of_log, once
from projects.log.paging import ENOUGH
from projects.models import ChangeTopic, ChangeType, DataChangeLog, EntityType, Project
from projects.models.querysets import LOOKED_AT
from projects.pages.render import place
from projects.wording.codes import WORDS
from projects.wording.phrases import PROVINCES, shown
from projects.wording.topics import BY_COLUMN, NEW, TOPICS

_MOST = 9  # choices of one facet; the form has them all
_MOST_READ = 2_000  # changes
_READ = ("pk", "province", "severity", "change_type", "entity_type")


@dataclass(frozen=True, slots=True)
class Choice:
    """`query`: of the list with this choice made, or with it taken back where it `is_made`."""

    label: str
    number: int
    query: str
    is_made: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`more`: choices that are not shown. `of_newest`: only so many rows were counted, 0 where it is all."""

    title: str
    choices: list[Choice]
    more: int
    of_newest: int = 0


# Parameter of the list, title, column, and how a value is written
_FACETS: tuple[tuple[str, str, str, Callable[[str], str]], ...] = (
    ("province", "Province", "province", lambda code: PROVINCES.get(code, code)),
    ("status", "Status", "status", lambda status: shown("status", status)),
    ("programme", "Programme", "programme", str),
    ("municipality", "Municipality", "municipality", place),
)
_OF_CHANGES: tuple[tuple[str, str, str | None, Callable[[str], str]], ...] = (
    ("topic", "What happened", None, lambda topic: TOPICS[topic]),
    ("province", "Province", "province", lambda code: PROVINCES.get(code, code)),
    (
        "severity",
        "Importance",
        "severity",
        lambda severity: WORDS["severity"].get(severity, severity).capitalize(),
    ),
)
MARKED.update(title for _, title, _, _ in (*_FACETS, *_OF_CHANGES))
# Those of which the list can be asked for what is not known.
_WITH_UNKNOWN = ("status",)


def facets(request: HttpRequest) -> list[Facet]:
    """Of each, what the other filters leave; one query each. Those with nothing to choose are left out."""
    return _worth_showing(_of_projects(request.GET, *facet) for facet in _FACETS)


def facets_of_changes(request: HttpRequest) -> list[Facet]:
    """Of each, what the other filters leave of the log; of the newest `_MOST_READ` changes: that costs the
    same however long the log is. Two queries for each facet, and two more where none of them is chosen."""
    newest = _Newest()
    return _worth_showing(_of_changes(request.GET, newest, *facet) for facet in _OF_CHANGES)


def _worth_showing(found: Iterable[Facet]) -> list[Facet]:
    return [facet for facet in found if len(facet.choices) > 1 or any(c.is_made for c in facet.choices)]


def _of_projects(
    asked: QueryDict, name: str, title: str, column: str, written: Callable[[str], str]
) -> Facet:
    others = _others(asked, name)
    rows = ProjectFilter(others, queryset=Project.objects.all()).qs.order_by()
    counts = list(rows.values_list(column).annotate(number=Count("pk")).order_by("-number", column))
    if name not in _WITH_UNKNOWN:
        counts = [(value, number) for value, number in counts if value is not None]
    return _facet(asked, others, name, title, counts, written)


class _Newest:
    """The newest changes that fit a query, read once for all facets that ask for it."""

    def __init__(self) -> None:
        newest, self.head = head_of_log()
        self.after = max(0, newest - LOOKED_AT)
        self.known: dict[str, tuple[list[Any], bool]] = {}

    def of(self, asked: QueryDict) -> tuple[list[Any], bool]:
        """Rows `pk province severity change_type entity_type`, and whether older ones fit, too."""
        key = asked.urlencode()
        if key not in self.known:
            self.known[key] = self._read(NewsFilter(asked, queryset=DataChangeLog.objects.all()).qs)
        return self.known[key]

    def _read(self, fitting: Any) -> tuple[list[Any], bool]:
        rows = fitting.order_by("-pk").values_list(*_READ)
        if self.after:
            found = list(rows.filter(pk__gt=self.after)[: _MOST_READ + 1])
            if len(found) >= ENOUGH:
                is_cut = len(found) > _MOST_READ or rows.filter(pk__lte=self.after).exists()
                return found[:_MOST_READ], is_cut
        # Few of those looked at fit: what is so rare is found by an index, or there is no more to look at.
        found = list(rows[: _MOST_READ + 1])
        return found[:_MOST_READ], len(found) > _MOST_READ


def _of_changes(
    asked: QueryDict,
    newest: _Newest,
    name: str,
    title: str,
    column: str | None,
    written: Callable[[str], str],
) -> Facet:
    others = _others(asked, name, "before")

    def counted() -> tuple[list[tuple[Any, int]], int]:
        rows, is_cut = newest.of(others)
        counts = _by_topic(rows) if column is None else _by_column(rows, _READ.index(column))
        return counts, len(rows) if is_cut else 0

    counts, of_newest = once((name, others.urlencode()), newest.head, counted)
    return replace(_facet(asked, others, name, title, counts, written), of_newest=of_newest)


def _by_column(rows: list[Any], place: int) -> list[tuple[Any, int]]:
    counts = Counter(row[place] for row in rows if row[place] is not None)
    return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))


def _by_topic(rows: list[Any]) -> list[tuple[Any, int]]:
    """The kept topics, and what is first seen, which the row itself says."""
    kept = ChangeTopic.objects.filter(change__in=[row[0] for row in rows]).order_by()
    counts = dict(kept.values_list("topic").annotate(number=Count("pk")))
    counts[NEW] = sum(row[-2:] == (ChangeType.CREATED, EntityType.PROJECT) for row in rows)
    known = [topic for topic in TOPICS if counts.get(topic) and (topic == NEW or topic not in BY_COLUMN)]
    return [(topic, counts[topic]) for topic in known]


def _others(asked: QueryDict, *names: str) -> QueryDict:
    """What else is asked for, from the list's beginning."""
    others = asked.copy()
    for name in (*names, "page"):
        others.pop(name, None)
    return others


def _facet(
    asked: QueryDict,
    others: QueryDict,
    name: str,
    title: str,
    counts: list[tuple[Any, int]],
    written: Callable[[str], str],
) -> Facet:
    made = asked.get(name, "").lower()
    choices = [_choice(others, name, value, number, written, made) for value, number in counts]
    kept = [choice for at, choice in enumerate(choices) if at < _MOST or choice.is_made]
    return Facet(gettext(title), kept, len(choices) - len(kept))


def _choice(
    others: QueryDict, name: str, value: Any, number: int, written: Callable[[str], str], made: str
) -> Choice:
    code = NOT_KNOWN if value is None else str(value)
    is_made, query = code.lower() == made, others.copy()
    if not is_made:
        query[name] = code
    label = capfirst(gettext("not known")) if value is None else written(code)
    return Choice(label, number, query.urlencode(), is_made)


__all__ = ["Choice", "Facet", "facets", "facets_of_changes"]
