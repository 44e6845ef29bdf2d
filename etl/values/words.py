"""What a heading's words say: for each field how well they mean it, 0 to 1. Pure.

This is the one place that knows which field a heading may mean. No heading is listed whole anywhere: the
words of `etl.values.thesaurus` are all there is; `etl.values.vocabulary` lays a steward's own headings over
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from etl.values.text import one_line
from etl.values.thesaurus import EITHER, NEUTRAL, OTHER, PHRASES, STAND_INS, WORDS
from etl.values.units import Unit, split_unit
from projects.fields import Kind, of

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TO_DATE = re.compile(r"\b(?:to[\s_-]date|tot op datum|tot datum|to dt)\b", re.IGNORECASE)
_BROKEN = re.compile(r"(?<=[a-z])- (?=[a-z])")  # a word over two lines: "Munici- pality"
_COUNT = re.compile(r"\b(?:no|nr|num|number|aantal|#)s?\.?\s+(?:of|van)\s", re.IGNORECASE)
_YEARS = re.compile(
    r"\b(?:fy\s*)?(?:(?:19|20)\d\d(?:\s*[/-]\s*(?:\d\d){1,2})?|\d\d\s*[/-]\s*\d\d)\b|\b[qy]\s?[1-9]\b",
    re.IGNORECASE,
)
_OR = re.compile(r"(?<!\d)(?<!\d\s)/|/(?!\s?\d)")  # of two things that a heading names; "2025/26" is one year
_PARTIAL = re.compile(r"\b(?:phase|fase)\s*(?:\d|[ivx]+\b)", re.IGNORECASE)  # one of several
_RATE = re.compile(
    r"/\s?(?:km|m[23²³]|kl|ml|hh|households?|capita|person|unit|month|year|annum|p\.?a)\b", re.IGNORECASE
)
_RUNNING = re.compile(r"\bo\s?(?:&|and|en)\s?m\b", re.IGNORECASE)  # operation and maintenance
# co-ordinates, agent(s)
_WRITTEN_APART = re.compile(
    r"(?<=\bco)[\s-]+(?=ord)|(?<=\w)\((?=s\))", re.IGNORECASE
)  # co-ordinates, agent(s)
_WORD = re.compile(r"[^\W\d_]+|%|#|\d+")
_SAYING = re.compile(r"[^\W\d_]|[%#]")  # what no heading is without
LONGEST = 120  # characters of a heading
_UNKNOWN, _OTHER = 0.12, 0.6  # what a word that nobody knows costs, and one with which it is something else
CLEAR = 0.8  # the least score of a heading that needs no values that fit
VAGUE = 0.7  # … of one that is vague, and yet nothing but the words of its field
MARGIN = 0.1  # by how much the best meaning of a heading is better than the next
_BESIDE_VAGUE = 0.3
_EACH_WORD = 0.01  # what each word of a phrase is worth: the longer one says more
_HELPER = 0.001  # what a word costs that fits: of two headings the plainer one is the surer
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
_FIELDS_OF: dict[str, set[str]] = {}  # word → the fields of whose phrases it is one
for _field, _some in _FIELDS.items():
    for _word in {word for _, phrase in _some.weighed for word in phrase}:
        _FIELDS_OF.setdefault(_word, set()).add(_field)
# what a word that is written together may be made of
_PARTS = {
    word
    for word in (
        *WORDS,
        *EITHER,
        *NEUTRAL,
        *(w for p in _FIELDS.values() for _, phrase in p.weighed for w in phrase),
    )
    if len(word) > 3 or word in ("id", "no", "nr", "of", "lat", "end")
}
_LONGEST_PART = max(map(len, _PARTS))


def plain_words(label: str) -> Iterator[frozenset[str]]:
    """The heading's words in their plain English form; several sets where a word may be two things."""
    text = _CAMEL.sub(" ", _BROKEN.sub("", one_line(label)[:LONGEST]).replace("_", " "))
    text = _TO_DATE.sub(" todate ", _RATE.sub(" per unit ", _RUNNING.sub(" operating ", text)))
    text = _PARTIAL.sub(" partial ", text)
    text = _YEARS.sub(" annual ", _COUNT.sub(" count ", _WRITTEN_APART.sub("", text)))
    words: list[str] = []
    for word in _WORD.findall(text.casefold()):
        words += {"%": ("percent",), "#": ("number",)}.get(word) or WORDS.get(word) or _apart(word)
    choices = [EITHER.get(word, (word,)) for word in words[:12]]
    for some in product(*choices):
        yield frozenset(some)


@lru_cache(maxsize=8192)
def _apart(word: str) -> tuple[str, ...]:
    """ "projectname" as the words that it is made of; a word that is not made of known ones stays."""
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(word)  # the fewest words up to each letter
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_PART), end):
            before, part = ways[start], word[start:end]
            if before is None or part not in _PARTS or (len(before) > 3):
                continue
            found = (*before, *(WORDS.get(part) or (part,)))
            if ways[end] is None or len(found) < len(ways[end] or ()):
                ways[end] = found
    return ways[-1] or (word,)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A field that a heading may mean. `score`: how well its words say so, 0 to 1. `order`: of several
    headings of one field the greatest is read first; what only stands in for the field comes after what is
    it. `is_whole`: the heading is made of the words of that field, and of nothing else."""

    field: str
    score: float
    order: float
    is_whole: bool


@lru_cache(maxsize=8192)
def readings(label: str) -> tuple[Meaning, ...]:
    """All fields that the heading may mean, the best first."""
    rest, unit = split_unit(label)
    found: dict[str, Meaning] = {}
    _weigh(found, plain_words(rest), unit)
    if "/" in rest and not _RATE.search(rest) and not any(meaning.is_whole for meaning in found.values()):
        parts = [part for part in _OR.split(rest) if part.strip()]
        _weigh(found, (words for part in parts for words in plain_words(part)), unit, is_part=True)
    return tuple(sorted(found.values(), key=lambda meaning: (-meaning.score, meaning.field)))


def meanings(label: str) -> tuple[tuple[str, float], ...]:
    """(field, how well the words mean it) of all fields that they may mean, best first."""
    return tuple((meaning.field, meaning.score) for meaning in readings(label))


def order_of(label: str, field: str) -> float:
    """How much the heading is preferred among those of the field; 0 where its words do not mean it."""
    return next((meaning.order for meaning in readings(label) if meaning.field == field), 0.0)


@lru_cache(maxsize=8192)
def likely_field(label: str) -> str | None:
    """The field that a text means for certain, if it is a heading: it says nothing else. None for all others,
    the name of a municipality or a project among them."""
    if not 0 < len(label) <= LONGEST or _SAYING.search(label) is None:
        return None
    best, *others = readings(label) or (None,)
    if best is None or not best.is_whole or best.score < VAGUE:
        return None
    return None if others and best.score - others[0].score < MARGIN else best.field


@lru_cache(maxsize=4096)
def stands_in(label: str) -> bool:
    """Whether a heading speaks of another thing that stands in where the plain one is not published (a
    planned beside an actual date, a stage beside a status): it may differ without contradicting it."""
    return all(not words.isdisjoint(STAND_INS) for words in plain_words(label))


def _weigh(
    found: dict[str, Meaning], ways: Iterable[frozenset[str]], unit: Unit | None, is_part: bool = False
) -> None:
    """Add what the words mean, in each of the ways that they can be read. `is_part`: they are one of several
    things that a heading names ("Project / Intervention"), and not all of it."""
    for words in ways:
        if unit and unit.kind == "percent":
            words |= {"percent"}
        for field in _allowed(unit, words):
            meaning = _meaning(field, words)
            if meaning and is_part:
                meaning = replace(meaning, is_whole=False)
            if meaning and (field not in found or _key(meaning) > _key(found[field])):
                found[field] = meaning


def _allowed(unit: Unit | None, words: frozenset[str]) -> set[str]:
    """The fields of which some phrase has one of the words, and that the unit of a label leaves:
    "Expenditure (%)" is no expenditure in rand."""
    fields = {field for word in words for field in _FIELDS_OF.get(word, ())}
    return fields if unit is None else fields & _BY_UNIT[unit.kind]


def _key(meaning: Meaning) -> tuple[float, bool, float]:
    return meaning.score, meaning.is_whole, meaning.order


def _meaning(field: str, words: frozenset[str]) -> Meaning | None:
    phrases, best = _FIELDS[field], None
    for weight, phrase in phrases.weighed:
        if phrase <= words:
            rest = words - phrase
            raw = weight + _EACH_WORD * len(phrase) - _cost(rest, phrases, weight)
            score = round(min(raw, 1.0), 3)
            if score <= 0:
                continue
            aside = sum(STAND_INS.get(word, 0.0) for word in words)
            order = round(raw - _HELPER * len(rest) - aside, 4)
            meaning = Meaning(field, score, order, _is_whole(rest, phrases, weight))
            best = meaning if best is None or _key(meaning) > _key(best) else best
    return best


def _is_whole(rest: frozenset[str], phrases: _Phrases, weight: float) -> bool:
    """Whether nothing is left that has no part in the field; beside a vague word nothing at all may be."""
    return rest <= NEUTRAL or (weight >= CLEAR and rest <= NEUTRAL | (phrases.helps - phrases.never))


def _cost(rest: frozenset[str], phrases: _Phrases, weight: float) -> float:
    """What the words beside a phrase cost; beside a vague one a word that nobody knows may change all."""
    others = rest & phrases.never
    unknown = [word for word in rest - phrases.never - phrases.helps - NEUTRAL if len(word) > 1]
    return _OTHER * len(others) + (_UNKNOWN if weight >= CLEAR else _BESIDE_VAGUE) * len(unknown)


def is_of_another_thing(label: str) -> bool:
    """Whether the words speak of something that is no field of ours: then values alone say nothing."""
    return any(not words.isdisjoint(OTHER) for words in plain_words(label))
