"""What other words for headings do to who is who among projects: a rehearsal over the rows of kept pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from etl.compare.assembler import Assembler
from etl.compare.identity import Row
from etl.compare.known import Known
from etl.compare.survey import Survey
from etl.normalise.projects import Identifying
from etl.values.identifiers import folded, number_within

Pair = tuple[str, str]
Place = tuple[str, str]  # a row's texts, as a digest, and the key of a list that shows it
_NOTHING = Identifying("", "", ("", ""), "")


@dataclass(slots=True)
class Moves:
    """`projects`: how many the kept pages show; `unshown`: how many are known to be there beside these, which
    are judged by what they said last. Of all `renamed` and `placed` go by another name or lie elsewhere,
    `numbered` have another number or none: what each was and would be, as published; `keyed` are known by
    another number, name or place. `together`: projects that would be one; `apart`: those that would be
    several; `taken`: those that would be taken for another one (its id), or get the number by which it is
    known; `lost`: those that would not be read. `gained`: rows that would be projects, and are none."""

    projects: int = 0
    unshown: int = 0
    renamed: list[Pair] = field(default_factory=list)
    placed: list[Pair] = field(default_factory=list)
    numbered: list[Pair] = field(default_factory=list)
    keyed: int = 0
    together: list[list[str]] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    taken: list[Pair] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    gained: int = 0


class Rows:
    """The rows of a survey that is not settled, as an assembler's words have them: what each says, and whose
    it is. A row stands in each of its lists: there it is found again under other words."""

    def __init__(self, survey: Survey, known: Known, assembler: Assembler) -> None:
        plan = survey.shapes.plan(assembler.words.fields, survey.earlier)
        self.who = assembler.identities(known, plan)
        self.rows = {place: row for row in survey.lists_rows() for place in _places(row)}
        owned = self.who.resolve(survey.lists_rows()).rows
        self.owners = {
            place: external_id
            for external_id, rows in owned.items()
            for row in rows
            for place in _places(row)
        }

    def says(self, place: Place) -> Identifying:
        """What the row there says; nothing where there is none."""
        row = self.rows.get(place)
        if row is None:
            return _NOTHING
        listed_under = [row.area] if row.area else sorted(row.areas)
        said = self.who.reads(row.part.published, listed_under)
        return replace(said, number=row.number or said.number)

    def owned(self) -> dict[str, list[Place]]:
        """Project → its rows."""
        found: dict[str, list[Place]] = {}
        for place, external_id in self.owners.items():
            found.setdefault(external_id, []).append(place)
        return found


def _places(row: Row) -> list[Place]:
    return [(row.part.texts, listing) for listing, _ in row.sheets]


def moves(known: Known, was: Rows, now: Rows) -> Moves:
    """What becomes of the known projects from one reading of the same pages to the other."""
    owned = was.owned()
    found = Moves(projects=len(owned))
    numbered: dict[str, list[str]] = {}
    for external_id in known.keys:
        numbered.setdefault(folded(number_within(external_id)), []).append(external_id)
    called: dict[str, str] = {}
    taken: dict[str, list[str]] = {}
    for external_id, places in owned.items():
        says, will = was.says(places[0]), now.says(places[0])
        called[external_id] = says.name or says.number or external_id
        _note(found, says, will)
        owners = {now.owners.get(place, "") for place in places}
        if len(owners) > 1:
            found.apart.append(called[external_id])
        elif other := _another(external_id, owners, numbered.get(folded(will.number), []), known):
            found.taken.append((called[external_id], other))
        for owner in owners:
            # rows that cannot be told apart are nobody's
            key = owner or (f"{will.where} {will.key[0]}" if will.name and not will.number else external_id)
            taken.setdefault(key, []).append(external_id)
        if owners == {""}:
            found.lost.append(external_id)
    shared = [ids for ids in taken.values() if len(ids) > 1]
    found.together = [sorted(called[external_id] for external_id in ids) for ids in shared]
    told = {external_id for ids in shared for external_id in ids}
    found.lost = [called[external_id] for external_id in found.lost if external_id not in told]
    found.gained = sum(not was.owners.keys() & set(places) for places in now.owned().values())
    _add_unshown(found, was, now, known)
    return found


def _add_unshown(found: Moves, was: Rows, now: Rows, known: Known) -> None:
    """The projects that are there, but on no page that is kept: lists that could not be read showed them."""
    shown = {external_id: places[0] for external_id, places in was.owned().items()}
    unshown = known.in_full(i for i, key in known.keys.items() if key.is_present and i not in shown)
    found.unshown = len(unshown)
    alike: dict[_Known, dict[_Known, str]] = {}  # by what they will be known by, then by what they were
    for external_id, place in shown.items() if unshown else ():
        _by_both(alike, was.says(place), now.says(place), external_id)
    for external_id, project in unshown.items():
        says, will = was.who.said_last(project), now.who.said_last(project)
        _note(found, says, will)
        called = says.name or says.number or external_id
        if not (will.number or will.name) and (says.number or says.name):
            found.lost.append(called)
        elif others := _by_both(alike, says, will, called):
            found.together.append(sorted([called, *others]))


_Known = tuple[str, tuple[str, ...]]


def _known_by(says: Identifying) -> _Known:
    return (folded(says.number), ()) if says.number else says.key


def _by_both(
    alike: dict[_Known, dict[_Known, str]], says: Identifying, will: Identifying, called: str
) -> list[str]:
    """Add one; those that were known by something else, and will be by the same."""
    group = alike.setdefault(_known_by(will), {})
    others = [other for before, other in group.items() if before != _known_by(says)]
    group.setdefault(_known_by(says), says.name or called)
    return others


def _another(external_id: str, owners: set[str], numbered: list[str], known: Known) -> str:
    """The id of another project that this one would be taken for: its rows' then, or one of its number."""

    def is_it(other: str) -> bool:
        return other == external_id or (other in known.keys and known.is_one(other, external_id))

    others = owners | (set() if any(map(is_it, numbered)) else set(numbered))
    return next((other for other in sorted(others - {""}) if not is_it(other)), "")


def _note(found: Moves, says: Identifying, will: Identifying) -> None:
    if says.name != will.name:
        found.renamed.append((says.name, will.name))
    if says.where != will.where:
        found.placed.append((_place(says), _place(will)))
    if says.number != will.number:
        found.numbered.append((says.number, will.number))
    found.keyed += (says.number or says.key) != (will.number or will.key)


def _place(says: Identifying) -> str:
    return ", ".join(filter(None, says.where))
