"""What a heading's words say: for each field how well they mean it, 0 to 1. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from etl.understand.thesaurus import EITHER, NEUTRAL, OTHER, PHRASES, WORDS
from etl.values.text import one_line
from etl.values.units import Unit, split_unit
from etl.values.vocabulary import FIELD_LABELS, field_of, normal_label
from projects.fields import Kind, of

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TO_DATE = re.compile(r"\b(?:to[\s_-]date|tot op datum|tot datum|to dt)\b", re.IGNORECASE)
_BROKEN = re.compile(r"(?<=[a-z])- (?=[a-z])")  # a word over two lines: "Munici- pality"
_COUNT = re.compile(r"\b(?:no|nr|num|number|aantal|#)s?\.?\s+(?:of|van)\s", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:fy\s*)?(?:19|20)\d\d(?:\s*[/-]\s*(?:\d\d){1,2})?\b|\bq[1-4]\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|%|#|\d+")
_LONGEST = 120  # characters of a heading
_UNKNOWN, _OTHER = 0.12, 0.6  # what a word that nobody knows costs, and one with which it is something else
_CLEAR, _VAGUE = 0.8, 0.3
_BY_UNIT = {"percent": frozenset(of(Kind.PERCENT)), "money": frozenset(of(Kind.MONEY))}


@dataclass(frozen=True, slots=True)
class _Phrases:
    weighed: tuple[tuple[float, frozenset[str]], ...]
    helps: frozenset[str]
    never: frozenset[str]


def _read(parts: Mapping[str, str]) -> _Phrases:
    weighed = [
        (float(weight), frozenset(phrase.split()))
        for weight, phrases in parts.items()
        if weight[0].isdigit()
        for phrase in phrases.split("|")
    ]
    return _Phrases(
        tuple(weighed), frozenset(parts.get("helps", "").split()), frozenset(parts.get("never", "").split())
    )


_FIELDS = {field: _read(parts) for field, parts in PHRASES.items()}
# what a word that is written together may be made of
_PARTS = {
    word
    for word in (
        *WORDS,
        *EITHER,
        *NEUTRAL,
        *(w for p in _FIELDS.values() for _, phrase in p.weighed for w in phrase),
    )
    if len(word) > 3 or word in ("id", "no", "of", "lat", "end")
}


def plain_words(label: str) -> Iterator[frozenset[str]]:
    """The heading's words in their plain English form; several sets where a word may be two things."""
    text = _CAMEL.sub(" ", _BROKEN.sub("", one_line(label)[:_LONGEST]).replace("_", " "))
    text = _TO_DATE.sub(" todate ", text)
    text = _YEARS.sub(" annual ", _COUNT.sub(" count ", text))
    words: list[str] = []
    for word in _WORD.findall(text.casefold()):
        words += {"%": ("percent",), "#": ("number",)}.get(word) or WORDS.get(word) or _apart(word)
    choices = [EITHER.get(word, (word,)) for word in words[:12]]
    for some in product(*choices):
        yield frozenset(some)


def _apart(word: str) -> tuple[str, ...]:
    """ "projectname" as the words that it is made of; a word that is not made of known ones stays."""
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(word)  # the fewest words up to each letter
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 14), end):
            before, part = ways[start], word[start:end]
            if before is None or part not in _PARTS or (len(before) > 3):
                continue
            found = (*before, *(WORDS.get(part) or (part,)))
            if ways[end] is None or len(found) < len(ways[end] or ()):
                ways[end] = found
    return ways[-1] or (word,)


@lru_cache(maxsize=4096)
def meanings(label: str) -> tuple[tuple[str, float], ...]:
    """(field, how well the words mean it) of all fields that they may mean, best first."""
    rest, unit = split_unit(label)
    found: dict[str, float] = {}
    alternatives = [part for part in rest.split("/") if part.strip()] if "/" in rest else []
    for words in (*plain_words(rest), *(words for part in alternatives for words in plain_words(part))):
        if unit and unit.kind == "percent":
            words |= {"percent"}
        for field, phrases in _FIELDS.items():
            if score := _score(words, phrases):
                found[field] = max(found.get(field, 0.0), score)
    return tuple(sorted(_fitting(found, unit).items(), key=lambda item: (-item[1], item[0])))


def _score(words: frozenset[str], phrases: _Phrases) -> float:
    best = 0.0
    for weight, phrase in phrases.weighed:
        if phrase <= words:
            best = max(best, weight + 0.01 * len(phrase) - _cost(words - phrase, phrases, weight))
    return round(min(max(best, 0.0), 1.0), 3)


def _cost(rest: frozenset[str], phrases: _Phrases, weight: float) -> float:
    """What the words beside a phrase cost; beside a vague one a word that nobody knows may change all."""
    others = rest & phrases.never
    unknown = [word for word in rest - phrases.never - phrases.helps - NEUTRAL if len(word) > 1]
    return _OTHER * len(others) + (_UNKNOWN if weight >= _CLEAR else _VAGUE) * len(unknown)


def _fitting(found: dict[str, float], unit: Unit | None) -> dict[str, float]:
    """Without what the unit of the label rules out: "Expenditure (%)" is no expenditure in rand."""
    allowed = _BY_UNIT.get(unit.kind) if unit else None
    return found if allowed is None else {field: score for field, score in found.items() if field in allowed}


def is_of_another_thing(label: str) -> bool:
    """Whether the words speak of something that is no field of ours: then values alone say nothing."""
    return any(not words.isdisjoint(OTHER) for words in plain_words(label))


def known_label(label: str, labels: Mapping[str, str]) -> str | None:
    """The field that a table of whole labels gives a heading: a steward's rows lie over the built-in ones."""
    return field_of(label, labels) if 0 < len(label) <= _LONGEST else None


def is_built_in(label: str, field: str) -> bool:
    return FIELD_LABELS.get(normal_label(label)) == field
