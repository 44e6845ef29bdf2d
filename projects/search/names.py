"""Things that have names, found by the whole name, by its beginning, by words of it, or misspelt.

For some thousands of names: municipalities, towns, contractors. Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from projects.folding import folded
from projects.search.words import MISTAKE, Query, Words, with_all

Thing = TypeVar("Thing")
_LEAST_INSIDE = 4  # letters: `dukuza` is in KwaDukuza


class Way(IntEnum):
    """How a name was found, the best first."""

    WHOLE = 0
    WORDS = 1  # each word of the query is one of the name's
    START = 2
    WORDS_START = 3
    INSIDE = 4
    NEAR = 5  # here on it is misspelt
    NEAR_WORDS = 6
    NEAR_START = 7
    PART = 8  # the query has the whole name and other words too


@dataclass(frozen=True, slots=True)
class Match(Generic[Thing]):
    """`name`: the one of the thing's names that was found; `distance`: how many letters of it are others."""

    thing: Thing
    name: str
    way: Way
    distance: float

    @property
    def is_sure(self) -> bool:
        return self.way < Way.NEAR

    @property
    def rank(self) -> tuple[int, float]:
        return self.way, self.distance


class Names(Generic[Thing]):
    """All names of things: pairs of a name as it is written, and the thing that has it."""

    def __init__(self, named: Iterable[tuple[str, Thing]]) -> None:
        self._named = [(name, thing) for name, thing in named if folded(name)]
        self._folded = [folded(name) for name, _ in self._named]
        self._together = [name.replace(" ", "") for name in self._folded]
        self._words = Words()
        for number, name in enumerate(self._folded):
            self._words.add(name.split(), number)

    def find(self, query: Query) -> list[Match[Thing]]:
        """Each thing once, by the name of it that fits best; in no order. What is misspelt only where nothing
        fits as it is."""
        if not query.together:
            return []
        found = self._as_typed(query) or self._misspelt(query) or self._within(query)
        best: dict[Thing, Match[Thing]] = {}
        for number, (way, distance) in found.items():
            name, thing = self._named[number]
            match = Match(thing, name, way, distance)
            if thing not in best or match.rank < best[thing].rank:
                best[thing] = match
        return list(best.values())

    def _as_typed(self, query: Query) -> dict[int, tuple[Way, float]]:
        typed, found = query.together, {}
        by_words = with_all(query, self._words)
        for number, name in enumerate(self._together):
            way = _way(typed, name, by_words.get(number))
            if way is not None:
                found[number] = (way, 0.0)
        return found

    def _misspelt(self, query: Query) -> dict[int, tuple[Way, float]]:
        typed, most = query.together, query.mistakes
        if not most:
            return {}
        found: dict[int, tuple[Way, float]] = {}
        starts = [name[: len(typed)] for name in self._together]
        for way, names in ((Way.NEAR, self._together), (Way.NEAR_START, starts)):
            for _, distance, number in process.extract_iter(
                typed, names, scorer=OSA.distance, score_cutoff=most
            ):
                found[number] = min((way, float(distance)), found.get(number, (way, float(distance))))
        for number, cost in with_all(query, self._words, mistakes=most).items():
            near = (Way.NEAR_WORDS, cost / MISTAKE)
            found[number] = min(near, found.get(number, near))
        return found

    def _within(self, query: Query) -> dict[int, tuple[Way, float]]:
        """The names that are some of the query's words, one beside another: `water in giyani`."""
        words, numbers = query.words, self._number_of
        runs = [words[i : i + size] for size in (3, 2, 1) for i in range(len(words) - size + 1)]
        wanted = {"".join(run) for run in runs if len("".join(run)) >= _LEAST_INSIDE}
        return {number: (Way.PART, 0.0) for name in wanted for number in numbers(name)}

    def _number_of(self, together: str) -> list[int]:
        return [number for number, name in enumerate(self._together) if name == together]

    def nearest(self, query: Query) -> str | None:
        """A name to propose where none was found: with a third of its letters others, at most."""
        typed = query.together
        near = process.extractOne(
            typed, self._together, scorer=OSA.distance, score_cutoff=max(1, len(typed) // 3)
        )
        return self._named[near[2]][0] if near and len(typed) > 2 else None


def _way(typed: str, name: str, by_words: float | None) -> Way | None:
    if name == typed:
        return Way.WHOLE
    if by_words == 0:
        return Way.WORDS
    if name.startswith(typed):
        return Way.START
    if by_words is not None:
        return Way.WORDS_START
    return Way.INSIDE if len(typed) >= _LEAST_INSIDE and typed in name else None


__all__ = ["Match", "Names", "Way"]
