"""Which project each row of a reading is: by its number, else by name and place; known or new. Pure.

A number is compared folded, and the known spelling stays. Where a word says since which column has the
numbers, the names or the places (or that none has) each keeps its id all the same: its last texts are read
under today's words. Rows of one list that share a number (or, without one, name and place) and differ in
name or phase are projects of their own. Who is who among them is judged by what each known one says now,
never by which of them came first: nobody takes another's place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from etl.compare.part import Part
from etl.normalise.projects import Identifying
from etl.normalise.records import digest_of
from etl.values.identifiers import folded, is_unnumbered, number_within, told_apart

if TYPE_CHECKING:
    from etl.compare.known import Known, KnownProject

Sheet = tuple[str, frozenset[str]]  # a list's key, and the headings of the table in it
Own = tuple[str, str]  # name and phase, folded
Reads = Callable[[dict[str, str], Sequence[str]], Identifying]
Ids = Callable[[Mapping[str, str], Sequence[str]], Iterable[str]]
Within = Callable[[str], str | None]


@dataclass(slots=True)
class Row:
    """One line as it stands in one or several lists. `number`: as published, "" where there is none;
    `area`: where it was listed, for a row without number; `areas`: all places whose lists show it."""

    part: Part
    number: str
    area: str | None
    sheets: Counter[Sheet] = field(default_factory=Counter)
    areas: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Group:
    """The rows that one project may be, with what each says. `base`: the id that it has where it is alone.
    `why`: it was left out."""

    base: str
    rows: list[Row]
    said: list[Identifying] = field(default_factory=list)
    why: str = ""


@dataclass(slots=True)
class Resolved:
    """`rows`: external id → its rows. `twins`: external id → whom it shares its number with, by their names.
    `doubtful`: new ids that may be known projects which go by another name now. `left_out`: groups of rows
    that cannot be told apart. `unnamed`: rows with neither number nor name."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    left_out: list[Group] = field(default_factory=list)
    unnamed: list[Row] = field(default_factory=list)


class Identities:
    """Gives rows their identities. `reads`: what a line says of itself, with the places that list it;
    `ids_of`: the ids that it has under whichever words; `within`: what a place is part of; `is_listed`:
    whether lists have a column of that heading. `is_told`: a steward says which column has the numbers, or
    has none, so that ids may be numbers of another column."""

    def __init__(
        self,
        known: Known,
        reads: Reads,
        ids_of: Ids,
        within: Within,
        is_listed: Callable[[str], bool],
        is_told: bool = False,
    ) -> None:
        self.known, self.reads, self.ids_of, self.within = known, reads, ids_of, within
        self.is_listed, self.is_told = is_listed, is_told
        self._by_name: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        # folded name that the last texts say → its projects, until the rows are resolved
        self._called: dict[str, list[tuple[str, KnownProject]]] = {}
        self._by_text: dict[str, list[str]] = {}  # folded number that they say → its projects
        self._numbers: set[str] = set()  # those that say one
        self._is_gathered = False
        self._gone: list[str] | None = None  # the ids that are no number of the reading, once that is known
        self._own: dict[str, Own] = {}
        self._here: dict[str, list[str]] = {}  # folded number → its projects in this reading

    @cached_property
    def _by_number(self) -> dict[str, list[str]]:
        """Folded number → the known projects that have it in their ids."""
        found: dict[str, list[str]] = {}
        for external_id in self.known.keys:
            found.setdefault(folded(number_within(external_id)), []).append(external_id)
        return found

    @cached_property
    def _unnumbered(self) -> list[str]:
        return sorted(filter(is_unnumbered, self.known.keys))

    def resolve(self, rows: Iterable[Row]) -> Resolved:
        """The identities of all rows of a reading."""
        found = Resolved()
        numbered, named = self._groups(rows, found)
        self._gone = sorted(
            external_id
            for number in self._by_number.keys() - numbered.keys()
            for external_id in self._by_number[number]
        )
        for number, group in numbered.items():
            self._here[number] = self._assign(group, self._numbered(group.base), found)
        left = []
        for group in named:
            if known := self._named(group.said[0]):
                self._assign(group, known, found)
            else:
                left.append(group)
        for group in left:
            had = self._had(group)
            known = [had] if had else self._worded_otherwise(group)
            self._assign(
                group, [external_id for external_id in known if external_id not in found.rows], found
            )
        self._called = {}
        return found

    def of_page(self, number: str, texts: dict[str, str], area: str | None) -> str:
        """The project of a page of its own that no line led to; "" where it says neither number nor name, or
        could be one of several."""
        said = self.reads(texts, [area] if area else [])
        if number := number or said.number:
            known = self._here.get(folded(number)) or self._numbered(number)
            alike = [external_id for external_id in known if self._own_of(external_id) == said.own]
            return number if not known else known[0] if len(known) == 1 else alike[0] if alike else ""
        if not said.name:
            return ""
        known = self._named(said)
        return known[0] if known else said.named

    def have_one_name(self, one: dict[str, str], other: dict[str, str]) -> bool:
        """Whether two pages give one name."""
        return self.name_of(one) == self.name_of(other) != ""

    def name_of(self, texts: dict[str, str]) -> str:
        """The name that a page gives, as names are compared; "" for none."""
        return self.reads(texts, ()).own[0]

    def _groups(self, rows: Iterable[Row], found: Resolved) -> tuple[dict[str, Group], list[Group]]:
        numbered: dict[str, Group] = {}
        named: dict[tuple[str, tuple[str, ...]], Group] = {}
        for row in rows:
            said = None if row.number else self.reads(row.part.published, [row.area] if row.area else [])
            number = row.number or (said.number if said else "")
            if number:
                group = numbered.setdefault(folded(number), Group(number, []))
                group.base = min(group.base, number)
                group.rows.append(row)
            elif said and said.name:
                group = named.setdefault(said.key, Group(said.named, []))
                group.base = min(group.base, said.named)
                group.rows.append(row)
                group.said.append(said)
            else:
                found.unnamed.append(row)
        return numbered, list(named.values())

    def _numbered(self, number: str) -> list[str]:
        """The known projects of a number, in whichever spelling: by their ids, else by their last texts; by
        these first where the ids may be of another column."""
        known = self._by_number.get(folded(number), [])
        if known and not self.is_told:
            return known
        self._gather()
        said = self._by_text.get(folded(number), [])
        return said or [external_id for external_id in known if external_id not in self._numbers]

    def _named(self, said: Identifying) -> list[str]:
        """The known projects without number that go by that name in that place."""
        self._gather()
        return self._by_name.get(said.key, [])

    def _gather(self) -> None:
        """Read once what those say whose ids are no number of the reading."""
        if self._is_gathered:
            return
        self._is_gathered = True
        unnumbered = set(self._unnumbered)
        gone = self._unnumbered if self._gone is None else self._gone
        if self.is_told:
            gone = sorted(self.known.keys)
        for external_id, project in self.known.in_full(gone).items():
            said = self.said_last(project)
            self._own[external_id] = said.own
            if said.number:
                self._by_text.setdefault(folded(said.number), []).append(external_id)
                self._numbers.add(external_id)
            if external_id in unnumbered or not said.number:  # else the site itself left its number out
                self._by_name.setdefault((said.own[0], place_of(project.values)), []).append(external_id)
                self._called.setdefault(said.own[0], []).append((external_id, project))

    def _had(self, group: Group) -> str:
        """The known project that had this name and place when it was first read, and has that name still."""
        had = group.base
        return had if self._own.get(had, ("", ""))[0] == group.said[0].own[0] else ""

    def _worded_otherwise(self, group: Group) -> list[str]:
        """The known projects that have this name and place by what their last texts say under today's words:
        other words said before where they lie."""
        area, said = group.rows[0].area, group.said[0]
        listed_under = [area] if area else []
        return [
            external_id
            for external_id, project in self._called.get(said.own[0], ())
            if (not area or area in self._areas_of(project))
            and self.reads(project.listed(self.is_listed), listed_under).where == said.where
        ]

    def _areas_of(self, project: KnownProject) -> set[str]:
        """The areas whose lists may have shown a known project, and those that they are part of."""
        areas = {*project.lists, *project.values["municipalities"], project.values["province"] or ""}
        for _ in range(2):  # a local municipality's district, and the province of that
            areas |= {self.within(code) or "" for code in areas}
        return areas

    def said_last(self, project: KnownProject) -> Identifying:
        """What a known project's last texts say."""
        return self.reads(project.listed(self.is_listed), project.values["municipalities"] or ())

    def _own_of(self, external_id: str) -> Own:
        if external_id not in self._own:
            known = self.known.in_full([external_id]).get(external_id)
            self._own[external_id] = self.said_last(known).own if known else ("", "")
        return self._own[external_id]

    def _assign(self, group: Group, known: list[str], found: Resolved) -> list[str]:
        """Whose the rows of a group are; the ids."""
        if len(known) > 1 or _may_be_several(group.rows):
            if not group.said:
                group.said = [self.reads(row.part.published, sorted(row.areas)) for row in group.rows]
            if len(known) > 1 or _beside_others(group):
                return self._tell_apart(group, known, found)
        external_id = known[0] if known else self._free(self._base(group, found), found)
        self._take(external_id, group.rows, found)
        return [external_id]

    def _base(self, group: Group, found: Resolved) -> str:
        """The id of a project that is new; in a replay the one by which the record came to know it, which it
        may have been given under other words."""
        ever, row = self.known.ever, group.rows[0]
        if not ever or group.base in ever:
            return group.base
        known = {
            external_id
            for external_id in self.ids_of(row.part.published, [row.area] if row.area else sorted(row.areas))
            if external_id in ever and external_id not in self.known.keys and external_id not in found.rows
        }
        return known.pop() if len(known) == 1 else group.base

    def _take(self, external_id: str, rows: list[Row], found: Resolved) -> None:
        if not rows[0].number and _contradict(rows):
            found.left_out.append(
                Group(external_id, rows, why="several rows of one name and no numbers were left out.")
            )
            return
        found.rows.setdefault(external_id, []).extend(rows)

    def _tell_apart(self, group: Group, known: list[str], found: Resolved) -> list[str]:
        """The ids of the projects that share a number (or name and place).

        What says what a known one says is that one; of those that are left over each is new, for now: it may
        be a known one that goes by another name, which the end of the reading tells. What one list calls
        otherwise where another shows several could be any of them.
        """
        apart, beside = _told_apart(group), _beside_others(group)
        own = {external_id: self._own_of(external_id) for external_id in known}
        taken: dict[Own, str] = {}
        for says in apart:
            alike = [i for i in known if own[i] == says and i not in taken.values()]
            alike.sort(key=lambda external_id: (not self.known.keys[external_id].is_present, external_id))
            if alike:
                taken[says] = alike[0]
        missing = [i for i in known if self.known.keys[i].is_present and i not in taken.values()]
        if (
            len(apart) == len(missing) == 1 and not taken
        ):  # one of them is left on both sides: its number tells
            taken[next(iter(apart))] = missing[0]
        for says in sorted(apart.keys() - taken.keys()):
            if beside and says not in beside:
                why = "a list calls it otherwise than those that show several of that number."
                found.left_out.append(Group(group.base, apart[says], why=why))
                continue
            is_first = not known and says == min(apart)
            taken[says] = (
                self._free(group.base, found)
                if is_first
                else self._free(told_apart(group.base, digest_of({"own": list(says)})), found)
            )
            if missing:
                found.doubtful.add(taken[says])
        for says, external_id in taken.items():
            self._own[external_id] = says
            self._take(external_id, apart[says], found)
        if group.rows[0].number:
            _name_twins(group, taken, found)
        return list(taken.values())

    def _free(self, wanted: str, found: Resolved) -> str:
        """The id of a new project: a known one that goes by another name now keeps the id that it had."""
        free, times = wanted, 0
        while free in self.known.keys or free in found.rows:
            times += 1
            free = told_apart(number_within(wanted), digest_of({"wanted": wanted, "again": times}))
        return free


def place_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a record's project lies, as `Identifying.where` has it."""
    codes = tuple(sorted(values.get("municipalities") or ()))
    return codes or (values.get("municipality_as_published") or "", values.get("province") or "")


def _name_twins(group: Group, taken: dict[Own, str], found: Resolved) -> None:
    """Say of each of several which others have its number."""
    called = {external_id: _called(own, group) for own, external_id in taken.items()}
    for external_id in called if len(called) > 1 else ():
        found.twins[external_id] = "; ".join(sorted(n for i, n in called.items() if i != external_id))


def _called(own: Own, group: Group) -> str:
    said = next(said for said in group.said if said.own == own)
    return " ".join(filter(None, (f"“{said.name}”" if said.name else "", said.phase)))


def _may_be_several(rows: list[Row]) -> bool:
    sheets = [sheet for row in rows for sheet in row.sheets]
    return len(set(sheets)) < len(sheets)


def _told_apart(group: Group) -> dict[Own, list[Row]]:
    """The rows by name and phase. One that lacks either is with the only one that it does not contradict."""
    apart: dict[Own, list[Row]] = {}
    for row, said in zip(group.rows, group.said, strict=True):
        apart.setdefault(said.own, []).append(row)
    for own in [own for own in apart if not all(own)]:
        fitting = [other for other in apart if other != own and _fits(own, other)]
        if len(fitting) == 1:
            apart[fitting[0]] += apart.pop(own)
    return apart


def _fits(own: Own, other: Own) -> bool:
    return all(mine == theirs or not mine for mine, theirs in zip(own, other, strict=True))


def _beside_others(group: Group) -> set[Own]:
    """What stands in one list beside another one of its number."""
    sheets: dict[Sheet, set[Own]] = {}
    for row, said in zip(group.rows, group.said, strict=True):
        for sheet in row.sheets:
            sheets.setdefault(sheet, set()).add(said.own)
    return {
        own
        for owns in sheets.values()
        for own in owns
        if any(not _fits(own, other) and not _fits(other, own) for other in owns)
    }


def _contradict(rows: list[Row]) -> bool:
    """Whether one list shows different rows of one name and no number: which is which cannot be told."""
    by_list: dict[str, list[Row]] = {}
    for row in rows:
        for listing in {listing for listing, _ in row.sheets}:
            by_list.setdefault(listing, []).append(row)
    return any(_differ(some) for some in by_list.values() if len({row.part.texts for row in some}) > 1)


def _differ(rows: list[Row]) -> bool:
    first, *others = [row.part.compared for row in rows]
    return any(first[label] != other[label] for other in others for label in first.keys() & other.keys())
