"""Who implements a project: the municipality itself, somebody else, or a name that nobody knows? Pure.

A name is a municipality's when nothing is left of it beside that name or a former one, its kind, and a
department behind a colon or in brackets. "Sedibeng Water", "Overberg Water" and "Mhlathuze Water" are water
boards that bear the names of municipalities. A name that is no municipality's, no known implementer's and
that no steward named is not recognised, nor is a text that names the municipality beside others: nothing is
said of whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from etl.correlating.facts import PlaceFact, ProjectFact
from etl.correlating.names import (
    MOST_WORDS,
    Words,
    core,
    folded,
    initialled,
    joined,
    parts,
    span,
    without,
    words,
)
from etl.values.text import is_blank
from etl.values.vocabulary import province_of
from projects.facts import municipalities
from projects.facts.names import WATER_BOARD, OtherName, implementers, other_names

BLANK = "DWS does not say who implements them"
OTHER = "somebody else than the municipality implements them"
SHARED = "several municipalities may be meant, and it is not said which of them implements"
NO_PLACE = "their municipality is not known"
UNKNOWN = "the name of who implements them is not recognised"

_AUTHORITY = "waterservicesauthority"
# What a municipality of each category may be called beside its name.
_KINDS = {
    "A": {"metropolitan", "metro", "mm", "metropolitaanse"},
    "B": {"local", "loc", "lm", "plaaslike"},
    "C": {"district", "dist", "dm", "distrik", "distriks", "distriksmunisipaliteit"},
}
_EVERY_KIND = frozenset().union(*_KINDS.values())
_ALONE = {"municipality", "munisipaliteit", "metro", "lm", "dm", "wsa"}  # a municipality without its name
_OF_A_DISTRICT = {"district", "dm"}
# "replica": the demo site marks what it made up
_FILLERS = frozenset(
    "municipality munisipaliteit municipal mun muni munic city of the as wsa wsp ia council dr greater"
    " implementing agent replica".split()
)
# What sets a municipality apart from a water board of its name
_MUNICIPAL = _EVERY_KIND | frozenset(
    "municipality munisipaliteit municipal mun muni munic city council wsa department directorate services"
    " authority".split()
)
_PARTED = re.compile(r"\s*[:,(]\s*|\s+[-–—]\s+")  # a municipality and a department of its own
_LISTED = re.compile(r"[/;,|&+(]|\sand\s", re.I)  # several in one
_UNITS = frozenset("department directorate division section unit branch office pmu".split())
_OF_UNITS = _UNITS | frozenset(
    "and of the technical engineering civil infrastructure works public water sanitation wastewater waste"
    " bulk services service utilities utility planning development operations maintenance project projects"
    " management community corporate basic supply human settlements housing roads electricity".split()
)
_MOST_KNOWN = 4096


def implementer(
    project: ProjectFact, places: Mapping[str, PlaceFact], named: Mapping[str, str] = MappingProxyType({})
) -> tuple[PlaceFact | None, str]:
    """The municipality that implements the project, its own or the district of its own, or None and why
    none of these does.

    `named`: what stewards said of names, folded: the code of a municipality, or "" for anybody else.
    """
    if not project.agent or is_blank(project.agent):
        return None, BLANK
    own = [places[code] for code in project.municipalities if code in places]
    if not own:
        return None, NO_PLACE
    told = named.get(folded(project.agent))
    if told is not None:
        near = {code for place in own for code in (place.code, place.district)}
        return (places[told], "") if told in near & places.keys() else (None, OTHER)
    around = _districts(own, project.agent, places)
    matches = {place.code: implements(project.agent, place) for place in [*own, *around]}
    for how in ("named", "meant"):
        found = [place for place in [*own, *around] if matches[place.code] == how]
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, SHARED
    parts_of_it = _LISTED.split(project.agent)
    if any(implements(part, place) == "named" for part in parts_of_it for place in [*own, *around]):
        return None, OTHER if _is_another(project.agent) else UNKNOWN  # "Amathole DM / Amatola Water"
    return None, OTHER if is_somebody_else(project.agent) else UNKNOWN


def _districts(own: list[PlaceFact], agent: str, places: Mapping[str, PlaceFact]) -> list[PlaceFact]:
    """The districts around local municipalities, which build in them where they are the water services
    authority; of one that is not named only where the words are a district's or an authority's."""
    codes = {place.code for place in own}
    around = sorted({place.district for place in own} & places.keys() - codes)
    some = words(agent)
    by_kind = bool(_OF_A_DISTRICT.intersection(some)) or "wsa" in some or without(some, _AUTHORITY)[1]
    return [places[code] for code in around if by_kind or implements(agent, places[code]) == "named"]


def implements(agent: str, place: PlaceFact) -> str:
    """`named`: the agent is the municipality by a name or code; `meant`: by its kind alone ("Local
    Municipality" of a local one); `` : not it."""
    if _is_a_board(words(agent)):
        return ""
    if how := _is(words(agent), place):
        return how
    parted = _PARTED.search(agent)
    if parted is None or not _is_a_department(agent[parted.end() :]):
        return ""
    # only a colon or a dash says that it is a part, not another: "Mopani DM (DWS)"
    if parted[0].strip() in (",", "(") and _bears_an_implementer(words(agent[parted.end() :])):
        return ""
    return _is(words(agent[: parted.start()]), place)


def _is(some: Words, place: PlaceFact) -> str:
    rest, is_authority = without(some, _AUTHORITY)
    named, kinds = False, set(_KINDS[place.category])
    for name, category in _names_of(place.code, place.name, place.category):
        rest, found = without(rest, name)
        named = named or found
        kinds |= _KINDS[category] if found else set()
    left = [word for word in rest if word not in _FILLERS and word not in kinds]
    if left and province_of(" ".join(left)) != place.province:
        return ""
    if named:
        return "named"
    return "meant" if is_authority or _ALONE.intersection(rest) else ""


@lru_cache(maxsize=_MOST_KNOWN)
def _names_of(code: str, name: str, category: str) -> tuple[tuple[str, str], ...]:
    """(a name in one, the category of whoever bore it), the longest first: one can be a part of another."""
    names = {code.casefold(): category, core(name): category}
    for other in (OtherName(name, category), *other_names().get(code, ())):
        names.setdefault(core(other.name), other.category)
        names.setdefault(initialled(other.name), other.category)
    return tuple(sorted(names.items(), key=lambda pair: -len(pair[0])))


def _is_a_department(text: str) -> bool:
    """Whether it is a part of a municipality that a text behind its name names."""
    some = set(words(text))
    if not some or not (some & _UNITS or some <= _OF_UNITS):
        return False
    return not some.isdisjoint(_UNITS) or not is_somebody_else(text)


@lru_cache(maxsize=_MOST_KNOWN)
def is_somebody_else(agent: str) -> bool:
    """Whether the name is known, and none of the municipality that it is not: a water board or a national
    body, another municipality, or a municipality of another kind."""
    return _bears_an_implementer(words(agent)) or _is_another(agent)


def _bears_an_implementer(some: Words) -> bool:
    return any(_stands_in(name, some) for name in _national()) or _is_a_board(some)


def _is_another(agent: str) -> bool:
    some = words(agent)
    kinds = set(some) - _FILLERS
    if kinds <= _EVERY_KIND and _ALONE.intersection(some):
        return True
    near = {place for name in parts(some) for place in _bearers().get(name, ())}
    return any(implements(agent, place) == "named" for place in near)


@lru_cache(maxsize=_MOST_KNOWN)
def _is_a_board(some: Words) -> bool:
    """Whether it is a water board that is named. One that bears a municipality's name is a board only where
    no word of a municipality stands beside it."""
    if without(some, "waterboard")[1]:
        return True
    for name, is_like_a_municipality in _boards():
        if _stands_in(name, some) and not (
            is_like_a_municipality and _MUNICIPAL.intersection(without(some, name)[0])
        ):
            return True
    return False


def _stands_in(name: str, some: Words) -> bool:
    """Whether the name stands among the words, and not in the midst of a municipality's: "West Rand Water" is
    not Rand Water."""
    at = span(some, name)
    if at is None:
        return False
    start, end = at
    before = range(max(0, start - MOST_WORDS), start)
    longer = (joined(some[begin:to]) for begin in before for to in range(start + 1, end + 1))
    return _bearers().keys().isdisjoint(longer)


@cache
def _boards() -> tuple[tuple[str, bool], ...]:
    """(name in one, whether it is a municipality's with "water" behind it)."""
    names = [joined(words(each.name)) for each in implementers() if each.kind == WATER_BOARD]
    return tuple((name, name.removesuffix("water") in _bearers()) for name in names)


@cache
def _national() -> tuple[str, ...]:
    return tuple(joined(words(each.name)) for each in implementers() if each.kind != WATER_BOARD)


@cache
def _bearers() -> Mapping[str, tuple[PlaceFact, ...]]:
    """A name in one → the municipalities that bear it, or bore it."""
    found: dict[str, list[PlaceFact]] = {}
    for f in municipalities():
        place = PlaceFact(f.code, f.name, f.category, f.province, f.district or "")
        for name, _ in _names_of(f.code, f.name, f.category):
            found.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in found.items()}
