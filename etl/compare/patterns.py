"""Changes that no world makes: all figures of an area a power of ten apart, all its days turned round. Pure.

What one municipality's page says in thousands of rand, when it said rand before, are no falls in budgets. The
area is held for a person, and the others go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from typing import TYPE_CHECKING

from etl.compare.breaker import HeldArea, Reason
from etl.compare.changes import Changes, places
from etl.compare.drift import TURNED, UNREAD, way_of
from etl.compare.survey import Survey
from etl.normalise.records import digest_of
from etl.understand.judge import name_of
from projects.fields import BY_NAME

_LEAST = 3  # changed values: one or two may well have been put right
_RULE = "pattern"
_PAIRS = (("budget", "expenditure"), ("start_date", "completion_date"))  # what stands side by side
_WAYS = {
    TURNED: "day and month of {what} have changed places, or it cannot be read any more,",
    UNREAD: "{what} cannot be read any more",
}
if TYPE_CHECKING:
    from etl.compare.known import Known

PlacesOf = Callable[[int], set[str]]
ACCEPTED, REJECTED = "accepted", "rejected"  # what a steward said of a held area


def found(reading: Survey, changes: Changes, known: Known) -> dict[str, list[Reason]]:
    """Area → why it is to be held."""
    places_of = known.places_of
    others = misplaced(reading, known)
    found = _in_values(changes, places_of) | others
    if not found.keys() & reading.unplaced.keys():
        return found
    # a list of all municipalities is not held for what one of them accounts for
    beside = changes.outside([code for code in found if code not in reading.unplaced], places_of)
    alone = _in_values(beside, places_of).keys() | others.keys()
    return {code: why for code, why in found.items() if code not in reading.unplaced or code in alone}


def _in_values(changes: Changes, places_of: PlacesOf) -> dict[str, list[Reason]]:
    return patterns(changes, places_of) | swapped(changes, places_of) | exchanged(changes, places_of)


def held(
    changes: Changes,
    why: Mapping[str, list[Reason]],
    decided: Mapping[str, tuple[str, str]],
    places_of: PlacesOf,
) -> tuple[dict[str, HeldArea], bool]:
    """The areas that are held, and whether one of them says what nobody was asked about yet.

    `decided`: area → the digest of what was held of it last, and what was said to that.
    """
    areas, is_new = {}, False
    for code, digest in digests(changes, why, places_of).items():
        before = decided.get(code, ("", ""))
        if before == (digest, ACCEPTED):
            continue
        areas[code] = HeldArea(why[code], digest, before == (digest, REJECTED))
        is_new |= before[0] != digest
    return areas, is_new


def patterns(changes: Changes, places_of: PlacesOf) -> dict[str, list[Reason]]:
    """Area → why it is to be held. `places_of`: a known project's codes."""
    moved: Counter[tuple[str, str]] = Counter()  # (area, field) → values that changed
    ways: Counter[tuple[str, str, str]] = Counter()
    for change in changes.projects:
        if change.pk is None:
            continue
        codes = places(change, places_of)
        for name, (old, new) in change.field_changes.items():
            if name not in BY_NAME or not old:
                continue
            way = UNREAD if new in (None, "") else way_of(BY_NAME[name].kind, old, new)
            moved.update((code, name) for code in codes)
            ways.update((code, name, way) for code in codes if way)
    found: dict[str, list[Reason]] = {}
    for (code, name), number in sorted(moved.items()):
        way, alike = _misread({way: n for (*where, way), n in ways.items() if where == [code, name]})
        if alike >= _LEAST and 3 * alike >= 2 * number:  # beside them some may really have changed
            sentence = _sentence(name, way, alike, number)
            found.setdefault(code, []).append(Reason(_RULE, f"[{code}]: {sentence}."))
    return found


def _misread(ways: Mapping[str, int]) -> tuple[str, int]:
    """The way in which most values changed, and in how many: a page that is read in a wrong way has some that
    cannot be read at all (there is no 25th month)."""
    unread = ways.get(UNREAD, 0)
    others = {way: number for way, number in ways.items() if way != UNREAD}
    if not others:
        return UNREAD, unread
    way = max(sorted(others), key=others.__getitem__)
    return way, others[way] + unread


def misplaced(reading: Survey, known: Known) -> dict[str, list[Reason]]:
    """Area → that its list is no list of it: it shows none of its projects, but others (each has another
    number, or it is the page of another list); or all of another area's too (it is filtered no more)."""
    had: dict[str, set[str]] = {}
    for external_id, key in known.keys.items():
        for code in known.places_of(key.pk) if key.is_present else ():
            had.setdefault(code, set()).add(external_id)
    shown = reading.shown()
    alike = Counter(map(frozenset, shown.values()))
    found = {}
    for code, ids in sorted(shown.items()):
        before = had.get(code, set())
        least = 1 if alike[frozenset(ids)] > 1 else _LEAST
        told = ""
        if min(len(before), len(ids)) >= least and not before & ids:
            told = f"all of its {len(before)} projects are gone, and {len(ids)} others have come."
        elif reading.is_municipality(code) and (other := _shown_too(reading, ids - before, had)):
            told = f"it shows all of the {len(had[other])} projects of [{other}] as well."
        if told:
            found[code] = [Reason(_RULE, f"[{code}]: {told}")]
    return found


def _shown_too(reading: Survey, new: Set[str], had: Mapping[str, set[str]]) -> str:
    """Another municipality all of whose projects are new here, and stay where they were; "" for none."""
    if len(new) < _LEAST:
        return ""
    others = (other for other, ids in sorted(had.items()) if len(ids) >= _LEAST and ids <= new)
    return next((other for other in others if had[other] <= reading.listed.get(other, set())), "")


def swapped(changes: Changes, places_of: PlacesOf) -> dict[str, list[Reason]]:
    """Area → that each of two fields has what the other had: their headings have changed places."""
    moved: Counter[tuple[str, tuple[str, str]]] = Counter()
    alike: Counter[tuple[str, tuple[str, str]]] = Counter()
    for change in changes.projects:
        for pair in _PAIRS if change.pk is not None else ():
            one, other = (change.field_changes.get(name, [None, None]) for name in pair)
            is_swapped = one[0] not in (None, "") and one == other[::-1]
            if one != other:
                codes = places(change, places_of)
                moved.update((code, pair) for code in codes)
                alike.update((code, pair) for code in codes if is_swapped)
    found: dict[str, list[Reason]] = {}
    for (code, pair), number in sorted(alike.items()):
        of = moved[code, pair]
        if number >= _LEAST and 3 * number >= 2 * of:
            some = f"all of the {number}" if number == of else f"{number} of the {of}"
            what = " and ".join(map(name_of, pair))
            sentence = f"[{code}]: {what} have changed places in {some} projects in which they changed."
            found.setdefault(code, []).append(Reason(_RULE, sentence))
    return found


def exchanged(changes: Changes, places_of: PlacesOf) -> dict[str, list[Reason]]:
    """Area → that its projects bear each other's names: its numbers only count the rows, which have moved."""
    renamed: dict[str, list[list[str]]] = {}
    for change in changes.projects:
        if change.pk is not None and "name" in change.field_changes:
            for code in places(change, places_of):
                renamed.setdefault(code, []).append(change.field_changes["name"])
    found = {}
    for code, pairs in sorted(renamed.items()):
        before = {old for old, _ in pairs if old}
        alike = sum(new in before for _, new in pairs)
        if alike >= _LEAST and 3 * alike >= 2 * len(pairs):
            some = f"all of the {alike}" if alike == len(pairs) else f"{alike} of the {len(pairs)}"
            sentence = f"[{code}]: in {some} projects whose name changed it is that of another project there."
            found[code] = [Reason(_RULE, sentence)]
    return found


def _sentence(name: str, way: str, alike: int, number: int) -> str:
    what, some = name_of(name), f"all of the {number}" if alike == number else f"{alike} of the {number}"
    where = f"in {some} projects in which it changed"
    if way in _WAYS:
        return f"{_WAYS[way].format(what=what)} {where}"
    how = "multiplied" if int(way) > 0 else "divided"
    factor = f"{10 ** abs(int(way)):,}".replace(",", "\u00a0")
    return f"{what} is what it was {how} by {factor} {where}"


def digests(changes: Changes, codes: Iterable[str], places_of: PlacesOf) -> dict[str, str]:
    """SHA-256 of what each area would change: two equal ones are one decision."""
    said: dict[str, dict[str, object]] = {code: {} for code in codes}
    for change in changes.projects:
        for code in places(change, places_of) & said.keys():
            said[code][change.record.external_id] = [change.change_type, change.field_changes]
    for absence in changes.absences:
        for code in places_of(absence.pk) & said.keys():
            said[code][absence.external_id] = [absence.step]
    return {code: digest_of(each) for code, each in said.items()}
