"""Names as words, folded so that one name is one: no case, accents, dots and hyphens; initials are one word.

A name is looked for in a text letter by letter over its words, so that "Kwa Dukuza" is KwaDukuza and "O. R.
Tambo" OR Tambo, and never within a word. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from itertools import groupby

Words = tuple[str, ...]

_SAME = {"five": "5", "dept": "department"}  # "Big 5 Hlabisa"
# Long words that are often misspelt ("Muncipality"), and how like one another two spellings are at least
_MISSPELT, _ALIKE = ("municipality", "district", "metropolitan"), 0.88
_SHORTEST_MISSPELT = 6
# What stands in a municipality's name and may be left out, or be added
_BESIDE = frozenset({"city", "of", "the", "dr", "greater", "local", "municipality", "council"})
_VOWELS = "aeiou"
MOST_WORDS = 8  # of one name


@lru_cache(maxsize=4096)
def words(text: str) -> Words:
    """The words of a text, folded; letters that stand alone one behind the other are one word."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\s[&+]\s", " and ", text.casefold()))
    bare = "".join(mark for mark in plain if not unicodedata.combining(mark))
    found = re.findall(r"[a-z0-9]+", bare)
    runs = groupby(found, key=lambda word: len(word) == 1 and word.isalpha())
    merged = (["".join(run)] if are_initials else list(run) for are_initials, run in runs)
    return tuple(_spelt(word) for run in merged for word in run)


@lru_cache(maxsize=4096)
def _spelt(word: str) -> str:
    if len(word) < _SHORTEST_MISSPELT:
        return _SAME.get(word, word)
    return next(iter(get_close_matches(word, _MISSPELT, 1, _ALIKE)), word)


def folded(text: str) -> str:
    """A name as it is compared with another as a whole."""
    return " ".join(words(text))


def core(name: str) -> str:
    """What a municipality's name comes down to, in one: `City of Cape Town` is `capetown`."""
    every = words(name)
    return joined([word for word in every if word not in _BESIDE] or every)


def initialled(name: str) -> str:
    """The name in one with initials for all words but the last: `jtgaetsewe` of John Taolo Gaetsewe."""
    *first, last = [word for word in words(name) if word not in _BESIDE] or [""]
    return joined([*(word[0] for word in first), last])


def joined(some: Iterable[str]) -> str:
    """Words in one; the u that isiZulu names begin with may be left out: uMhlathuze, Mhlathuze."""
    letters = "".join(some)
    return letters[1:] if len(letters) > 4 and letters[0] == "u" and letters[1] not in _VOWELS else letters


def parts(some: Words) -> set[str]:
    """All that could be a name among the words, each in one."""
    starts = range(len(some))
    return {
        joined(some[at:end]) for at in starts for end in range(at + 1, min(at + MOST_WORDS, len(some)) + 1)
    }


def span(some: Words, name: str) -> tuple[int, int] | None:
    """Where a name (as `joined` gives it) stands first among the words: from and to."""
    for start in range(len(some)):
        for end in range(start + 1, len(some) + 1):
            if joined(some[start:end]) == name:
                return start, end
            if sum(map(len, some[start:end])) > len(name):
                break
    return None


def without(some: Words, name: str) -> tuple[Words, bool]:
    """The words without the first occurrence of the name, and whether it was there."""
    at = span(some, name)
    return (some[: at[0]] + some[at[1] :], True) if at else (some, False)
