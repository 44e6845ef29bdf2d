"""Words and the things that bear them, held in memory: found whole, by their beginning, or misspelt.

SQLite has no index that finds a misspelling, and PostgreSQL's would find others: here both say the same.
Pure: no Django.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import inf

from rapidfuzz import process
from rapidfuzz.distance import OSA

from projects.folding import folded

LONGEST = 200  # characters of a query
_MOST_WORDS = 12  # of a query; what comes after them is not looked at
_LETTERS_FOR_EACH_MISTAKE = 5
_MOST_BEGINNINGS = 500
# What a word costs that is not quite the one that was typed. A mistake costs more than all of these together.
_BEGINNING, _BESIDE, MISTAKE = 0.1, 0.3, 10.0

# Thing → what it costs to find it by these words; the least is the best.
Costs = dict[int, float]


@dataclass(frozen=True)
class Query:
    """What was asked for, as it is looked up."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        return folded(self.text).split()[:_MOST_WORDS]

    @cached_property
    def together(self) -> str:
        """Without spaces: `mosselbay` is Mossel Bay."""
        return "".join(self.words)

    @property
    def mistakes(self) -> int:
        """How many letters may be wrong, missing, too many or in the wrong order."""
        return len(self.together) // _LETTERS_FOR_EACH_MISTAKE


class Words:
    """Word → the numbers of the things that bear it. Things are only added: who leaves one out forgets it."""

    def __init__(self) -> None:
        self._things: dict[str, array[int]] = {}
        self._sorted: list[str] = []
        self._spelt: list[str] = []  # without digits: a wrong digit is another number, no misspelling

    def add(self, words: Iterable[str], thing: int) -> None:
        for word in set(words):
            things = self._things.get(word)
            if things is None:
                things = self._things[word] = array("I")
            things.append(thing)

    def things(self, word: str) -> Sequence[int]:
        return self._things.get(word, ())

    def beginning(self, start: str) -> Iterator[str]:
        """The words that begin so, itself left out."""
        known = self._in_order()
        at = bisect_left(known, start)
        while at < len(known) and known[at].startswith(start):
            if known[at] != start:
                yield known[at]
            at += 1

    def near(self, word: str, mistakes: int) -> list[tuple[str, int]]:
        """The words that differ in 1 to so many letters, or begin with one that does; and in how many."""
        if not mistakes or not word.isalpha():
            return []
        self._in_order()
        found: dict[str, int] = {}
        starts = [known[: len(word)] for known in self._spelt]
        for candidates in (self._spelt, starts):
            near = process.extract_iter(word, candidates, scorer=OSA.distance, score_cutoff=mistakes)
            for _, distance, at in near:
                known = self._spelt[at]
                found[known] = min(int(distance), found.get(known, mistakes))
        return [(known, distance) for known, distance in found.items() if distance]

    def nearest(self, word: str, mistakes: int) -> str | None:
        """The word with the fewest other letters; of several the one that most things bear."""
        whole = [(d, -len(self.things(w)), w) for w, d in self.near(word, mistakes)]
        return min(whole)[2] if whole else None

    def _in_order(self) -> list[str]:
        if len(self._sorted) != len(self._things):
            self._sorted = sorted(self._things)
            self._spelt = [word for word in self._sorted if word.isalpha()]
        return self._sorted


def with_all(query: Query, own: Words, beside: Words | None = None, mistakes: int = 0) -> Costs:
    """The things that bear each word of the query, misspelt in no more than `mistakes` letters altogether.

    `beside`: words that are said of a thing and are not its name; a thing found by its name comes first.
    """
    found: Costs | None = None
    # Of one word alone some hundred beginnings are more than are ever shown.
    most = _MOST_BEGINNINGS if len(query.words) == 1 else None
    for costs in sorted((_of_word(word, own, beside, mistakes, most) for word in query.words), key=len):
        found = costs if found is None else _both(found, costs, mistakes)
        if not found:
            return {}
    return found or {}


def _both(some: Costs, others: Costs, mistakes: int) -> Costs:
    most = MISTAKE * (mistakes + 1)
    sums = ((thing, cost + others[thing]) for thing, cost in some.items() if thing in others)
    return {thing: cost for thing, cost in sums if cost < most}


def _of_word(word: str, own: Words, beside: Words | None, mistakes: int, most: int | None) -> Costs:
    costs = _bearers(word, own, mistakes, most)
    if beside is not None:
        for thing, cost in _bearers(word, beside, mistakes, most).items():
            if cost + _BESIDE < costs.get(thing, inf):
                costs[thing] = cost + _BESIDE
    return costs


def _bearers(word: str, words: Words, mistakes: int, most: int | None) -> Costs:
    costs: Costs = {}
    # The dearest first: of several ways to one thing the last one counts.
    for known, cost in sorted(_ways(word, words, mistakes, most), key=lambda way: -way[1]):
        costs.update(dict.fromkeys(words.things(known), cost))
    return costs


def _ways(word: str, words: Words, mistakes: int, most: int | None) -> Iterator[tuple[str, float]]:
    """The known words that the typed one may stand for, and what each costs."""
    yield word, 0.0
    for known in islice(words.beginning(word), most):
        yield known, _BEGINNING
    # Mistakes are counted over the whole query, and may have met one word of it.
    for known, distance in words.near(word, min(mistakes, (len(word) + 1) // 3)):
        yield known, distance * MISTAKE


__all__ = ["LONGEST", "MISTAKE", "Costs", "Query", "Words", "with_all"]
