"""All projects by their words, in the memory of this process; follows the log.

One query tells what the log has that is not here; a log that goes on otherwise (a restored database) has all
read anew. Names of more than `MOST` projects are not held: those are found by whole words in the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from heapq import nsmallest
from threading import Lock
from typing import Any

from django.db.models import Q

from projects.folding import folded
from projects.models import DataChangeLog, EntityType, Project
from projects.search.names import Match, Names
from projects.search.places import by_code
from projects.search.words import Costs, Query, Words, with_all

MOST = 200_000  # projects
_MOST_NEW = 5_000  # changes; beyond them all is read anew
_FIELDS = ("pk", "external_id", "name", "municipality_id", "contractor", "implementing_agent", "presence")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a project. `length` of its name: of two that fit, the shorter fits better."""

    pk: int
    length: int
    name: str
    contractor: str
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """`ids` of projects, the best first; `is_sure`: found as typed. `words`: the query as it would be spelt
    right, where nothing fits as typed. `contractors`: the best first."""

    ids: list[int]
    is_sure: bool
    words: str | None
    contractors: list[Match[str]]


class Memory:
    """One a process, made at the first search."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._at: tuple[int, str] | None = None  # the newest change that is in here, and its digest
        self._held: list[Held | None] = []
        self._number: dict[int, int] = {}
        self._names, self._beside = Words(), Words()
        self._contractors: Counter[str] = Counter()
        self._contractor_names: Names[str] | None = None
        self._is_whole = True

    def find(self, query: Query, number: int) -> Hits:
        """So many projects and contractors of each kind. One query, two more where the log has moved."""
        with self._lock:
            self._catch_up()
            contractors = self._by_contractor(query)[:number]
            if not self._is_whole:
                return Hits(_in_database(query, number), True, None, contractors)
            costs, mistakes = self._costs(query, 0), 0
            if not costs and query.mistakes:
                mistakes = query.mistakes
                costs = self._costs(query, mistakes)
            ids = self._best(costs, number)
            return Hits(ids, not mistakes, self._spelt(query) if not costs or mistakes else None, contractors)

    def _costs(self, query: Query, mistakes: int) -> Costs:
        found = with_all(query, self._names, self._beside, mistakes)
        return {number: cost for number, cost in found.items() if self._held[number] is not None}

    def _best(self, costs: Costs, number: int) -> list[int]:
        def order(at: int) -> tuple[float, bool, int, str, int]:
            held = self._held[at]
            assert held is not None
            return costs[at], not held.is_listed, held.length, held.name, held.pk

        return [held.pk for at in nsmallest(number, costs, key=order) if (held := self._held[at])]

    def _spelt(self, query: Query) -> str | None:
        """The query with the nearest known word for each that nothing bears; None where one has none."""
        spelt = []
        for word in query.words:
            known = self._names.things(word) or self._beside.things(word)
            near = word if known else self._names.nearest(word, max(1, len(word) // 3))
            if near is None:
                return None
            spelt.append(near)
        return " ".join(spelt) if spelt != query.words else None

    def _by_contractor(self, query: Query) -> list[Match[str]]:
        if self._contractor_names is None:
            self._contractor_names = Names((name, name) for name, count in self._contractors.items() if count)
        found = [match for match in self._contractor_names.find(query) if match.is_sure]
        return sorted(found, key=lambda match: (*match.rank, -self._contractors[match.thing], match.name))

    def _catch_up(self) -> None:
        at = self._at or (0, "")
        rows = DataChangeLog.objects.filter(pk__gte=at[0]).order_by("pk")
        wanted = rows.values_list("pk", "digest", "entity_type", "entity_id")
        new = list(wanted[: _MOST_NEW + 1])
        follows = self._at is not None and (new[:1] == [] if at[0] == 0 else [n[:2] for n in new[:1]] == [at])
        if not follows or len(new) > _MOST_NEW:
            self._read_all()
            return
        changed = {entity for _, _, kind, entity in new[1:] if kind == EntityType.PROJECT}
        if changed:
            self._take(Project.objects.filter(pk__in=changed), changed)
        self._at = new[-1][:2] if new else self._at

    def _read_all(self) -> None:
        self._forget()
        newest = DataChangeLog.objects.order_by("-pk").values_list("pk", "digest").first()
        self._is_whole = Project.objects.count() <= MOST
        if self._is_whole:
            self._take(Project.objects.all(), ())
        self._at = newest or (0, "")

    def _take(self, projects: Any, instead_of: Collection[int]) -> None:
        for pk in instead_of:
            self._leave_out(pk)
        rows = projects.order_by().values_list(*_FIELDS).iterator(chunk_size=5000)
        for row in rows:
            self._add(*row)
        self._contractor_names = None

    def _leave_out(self, pk: int) -> None:
        number = self._number.pop(pk, None)
        if number is None:
            return
        held = self._held[number]
        if held is not None and held.contractor:
            self._contractors[held.contractor] -= 1
        self._held[number] = None

    def _add(
        self,
        pk: int,
        external_id: str,
        name: str | None,
        code: str | None,
        contractor: str | None,
        agent: str | None,
        presence: str,
    ) -> None:
        own, number = folded(name), len(self._held)
        self._names.add([*own.split(), *_number_words(external_id)], number)
        place = by_code()[code].name if code in by_code() else ""
        self._beside.add(folded(" ".join(filter(None, [place, code, contractor, agent]))).split(), number)
        self._held.append(Held(pk, len(own), own, (contractor or "").strip(), presence != "withdrawn"))
        self._number[pk] = number
        if contractor and contractor.strip():
            self._contractors[contractor.strip()] += 1


def _number_words(external_id: str) -> Iterable[str]:
    """`WP10/01` is found by its parts and as one."""
    parts = folded(external_id).split()
    return [*parts, "".join(parts)]


def _in_database(query: Query, number: int) -> list[int]:
    found = Project.objects.filter(*(Q(search_text__contains=word) for word in query.words))
    return list(found.order_by("pk").values_list("pk", flat=True)[:number])


memory = Memory()

__all__ = ["Hits", "Memory", "memory"]
