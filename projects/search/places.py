"""Municipalities and towns by any of their names, once a process made of our tables of facts.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from projects.facts import MunicipalityFact, municipalities
from projects.facts.names import other_names
from projects.facts.towns import Near, Town, nearest_seats, towns
from projects.search.names import Match, Names, Way
from projects.search.words import Query


@dataclass(frozen=True, slots=True)
class FoundMunicipality:
    """`matched`: the name by which it was found: its own, its code, a former one, or a town's."""

    fact: MunicipalityFact
    matched: str
    is_sure: bool  # found as it was typed

    @property
    def also(self) -> str:
        """What it was found by, where that is neither its name nor its code."""
        return "" if self.matched in (self.fact.name, self.fact.code) else self.matched


@dataclass(frozen=True, slots=True)
class FoundTown:
    """`municipality` where a source says which one it lies in; else `nearest`, the nearest three by their
    seats. `matched`: the one of its names."""

    town: Town
    matched: str
    is_sure: bool
    municipality: MunicipalityFact | None
    nearest: tuple[Near, ...]

    @property
    def code(self) -> str | None:
        return self.municipality.code if self.municipality else None

    @property
    def also(self) -> str:
        return "" if self.matched == self.town.name else self.matched


@cache
def by_code() -> dict[str, MunicipalityFact]:
    """Code → what is known of the municipality."""
    return {fact.code: fact for fact in municipalities()}


@cache
def municipality_names() -> Names[str]:
    """Names, codes and other names → code."""
    return Names(_of_municipalities())


def _of_municipalities() -> Iterator[tuple[str, str]]:
    for code, fact in by_code().items():
        yield fact.name, code
        yield code, code
        for other in other_names().get(code, ()):
            yield other.name, code


@cache
def town_names() -> Names[Town]:
    """Names and other names → town."""
    return Names((name, town) for town in towns() for name in (town.name, *town.other_names))


def find_places(query: Query, number: int) -> tuple[list[FoundMunicipality], list[FoundTown]]:
    """So many of each that fit, the best first. Where some fit as typed, what is misspelt is left out.

    Also municipalities in which a town of that name lies or has their seat.
    """
    towns_found = town_names().find(query)
    found = {match.thing: match for match in municipality_names().find(query)}
    for match in _by_towns(towns_found):
        known = found.get(match.thing)
        if known is None or match.rank < known.rank:
            found[match.thing] = match
    of_code = sorted(found.values(), key=_order_of_municipalities)
    towns_found.sort(key=lambda match: (*match.rank, -match.thing.population, match.thing.name))
    if any(match.is_sure for match in of_code) or any(match.is_sure for match in towns_found):
        of_code = [match for match in of_code if match.is_sure]
        towns_found = [match for match in towns_found if match.is_sure]
    places = [FoundMunicipality(by_code()[m.thing], m.name, m.is_sure) for m in of_code[:number]]
    return places, [_town(match) for match in towns_found[:number]]


def codes_of(text: str) -> list[str]:
    """The codes of all municipalities that a search finds, the best first."""
    return [place.fact.code for place in find_places(Query(text), len(by_code()))[0]]


def _town(match: Match[Town]) -> FoundTown:
    town = match.thing
    known = by_code().get(town.municipality or "")
    near = () if known else tuple(nearest_seats(town.latitude, town.longitude))
    return FoundTown(town, match.name, match.is_sure, known, near)


def _order_of_municipalities(match: Match[str]) -> tuple[int, float, bool, int, str]:
    fact = by_code()[match.thing]
    return (*match.rank, fact.category == "C", -(fact.population_2016 or 0), fact.code)


def _by_towns(found: Iterable[Match[Town]]) -> Iterator[Match[str]]:
    """A town counts where it is named whole, by its words or nearly so: not each that begins like it."""
    for match in found:
        if match.way not in (Way.START, Way.WORDS_START, Way.INSIDE, Way.NEAR_START):
            for code in _codes_of(match.thing):
                yield Match(code, match.name, match.way, match.distance + 0.5)


@cache
def _codes_of(town: Town) -> tuple[str, ...]:
    """The municipality in which the source says that it lies, and those that have their seat there."""
    point = (town.latitude, town.longitude)
    seats = [fact.code for fact in municipalities() if (fact.latitude, fact.longitude) == point]
    return tuple(dict.fromkeys(filter(None, [town.municipality, *seats])))


__all__ = ["FoundMunicipality", "FoundTown", "by_code", "codes_of", "find_places"]
