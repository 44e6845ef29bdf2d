"""What was written down in English while reading, said in the language of whoever reads it. Pure.

Runs, areas, questions and plans keep their sentences as they were made, and nothing of that is ever changed:
here such a sentence is recognised by the pattern that made it, `{moved} of {had} projects changed.`, and said
anew with its values. `projects/locale/recorded.json` has the patterns, gathered out of the code by
`buka/dev/recorded.py`. What none of them fits stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from projects.fields import FIELDS
from projects.languages import ENGLISH, MARKED, Words, current, gettext
from projects.wording import figures

_FILE = Path(__file__).resolve().parents[1] / "locale" / "recorded.json"
_PLACE = re.compile(r"\{(\w*)\}")
_LETTERS = re.compile(r"[^\W\d_]")
# Neither between quotes nor between brackets.
_COMMA, _SEMICOLON = (re.compile(rf"{mark} (?![^“]*”)(?![^()]*\))") for mark in ",;")
_OF_A_YEAR = re.compile(r"(.+) (\d{4}-\d\d)")
_YEARS = re.compile(r"(\d{4}[-/]\d{2}) to (\d{4}[-/]\d{2})")
_LAST, _NEXT = (".", "?"), re.compile(r"[.?] [A-Z]")
_SMALL, _NAMES = re.compile("[a-z]"), re.compile(r"\{\w*\}|Municipal Money")
_LONGEST_WORD = 60
_LONGEST = 4_000  # characters
_DEEPEST = 4  # sentences within sentences
_MOST_SENTENCES = 12
_KEPT = 4_096
# What a source or a person wrote, or an address: it is never translated, whatever it looks like.
_AS_PUBLISHED = frozenset(
    "name label text code key url host external_id shown path answer same_number".split()
)
_NUMBERLESS = 6  # letters that a part of a sentence has at least which begins or ends with any words
_OF_NUMBERS = ("number", "share", "found", "claimed")  # places
_OF_ROWS = ("sentence", "what", "note", "problem")
_ENDS = re.compile(r"(?<=[.?!”)]) (?=\S)")
_CODE = re.compile("[A-Z]{2,6}")  # of a grant
_NUMBER = re.compile(r"-?R?\d[\d \u202f]*(?:\.\d+)?%?")
_LARGE = re.compile(r"(-?R[\d \u202f]*\d(?:\.\d+)?)\u00a0?\s?(billion|million)")
_DAY = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")
_MONTH = re.compile(r"([A-Z][a-z]+) (\d{4})")
_MONTH_NUMBERS = {name: number for number, name in enumerate(figures.MONTHS_IN_ENGLISH, start=1)}


_THE_FIELD = "the {field}"
_LABELS = {f"{field.label[0].lower()}{field.label[1:]}" for field in FIELDS}
# Parts of sentences that no text of the code shows as a whole.
MORE = (
    "lists",
    "projects",
    _THE_FIELD,
    "{number} project",
    "{number} projects",
    "{number} {family} project",
    "{number} {family} projects",
    "{number} municipality",
    "{number} municipalities",
    "{number} figure: {kinds}",
    "{number} figures: {kinds}",
    "{share} amounts of money",
    "{share} numbers",
    "{share} percentages",
    "{share} dates",
    "{share} months or years",
    "{share} codes",
    "{share} words",
    "{share} coordinates",
    "“{name}” ({number} project)",
    "“{name}” ({number} projects)",
    "DWS, {until}",
    "{family} spent",
    "{family} allocated",
    "all its capital on",
    "its whole capital budget for",
)
MARKED.update(MORE)
_WORDS = Words({one: one for one in ("spent", "allocated", "Spent", "Allocated")})


@dataclass(frozen=True, slots=True)
class _Pattern:
    """`words`: the English; `texts`: what stands around its places, one more than there are `names`."""

    words: str
    texts: tuple[str, ...]
    names: tuple[str, ...]
    weight: int

    @property
    def is_sentence(self) -> bool:
        return self.words[-1] in ".?!:;," or len(self.texts[0]) > 1

    def values(self, text: str) -> Iterator[list[str]]:
        """What may stand in its places: with each part as far to the left as can be, or to the right."""
        if not self.names:
            if text == self.words:
                yield []
            return
        first, *middle, last = self.texts
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return
        found = _from_left(text, middle, len(first), end)
        if found is None or not self._are_whole(found):
            return
        yield found
        other = _from_right(text, middle, len(first), end)
        if other is not None and other != found and self._are_whole(other):
            yield other

    def _are_whole(self, values: list[str]) -> bool:
        """Nothing may stand between quotes alone, and no other quote."""
        around = zip(values, self.texts, self.texts[1:], strict=False)
        return all(
            "”" not in value if before[-1:] == "“" and after[:1] == "”" else value
            for value, before, after in around
        )


def _from_left(text: str, parts: list[str], at: int, end: int) -> list[str] | None:
    found = []
    for part in parts:
        place = _find(text, part, at, end)
        if place < 0:
            return None
        found.append(text[at:place])
        at = place + len(part)
    return [*found, text[at:end]]


def _from_right(text: str, parts: list[str], start: int, end: int) -> list[str] | None:
    found = []
    for part in reversed(parts):
        place = text.rfind(part, start, end)
        if place < 0:
            return None
        found.append(text[place + len(part) : end])
        end = place
    return [text[start:end], *reversed(found)]


def _find(text: str, part: str, start: int, end: int) -> int:
    """Where the part begins; a space within a number is none that parts two places."""
    place = text.find(part, start, end)
    while part == " " and 0 < place < end - 1 and text[place - 1].isdigit() and text[place + 1].isdigit():
        place = text.find(part, place + 1, end)
    return place


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(sorted(map(_pattern, json.loads(_FILE.read_text("utf-8"))), key=lambda one: -one.weight))


def _pattern(words: str) -> _Pattern:
    parts = _PLACE.split(words)
    texts = tuple(parts[::2])
    return _Pattern(words, texts, tuple(parts[1::2]), sum(len(_LETTERS.findall(text)) for text in texts))


def said(text: str) -> str | None:
    """A text that was written down, in the language of here and now; None where it cannot be said in it."""
    language = current()
    if language is ENGLISH or not text:
        return text
    return _said(text, language.code) if len(text) <= _LONGEST else None


def in_words(text: str) -> str:
    """The same where there is no way to mark what stays English."""
    translated = said(text)
    return text if translated is None else translated


def in_words_within(value: Any) -> Any:
    """The same of each sentence of a list, and of what a row of one says."""
    if isinstance(value, str):
        return in_words(value)
    if isinstance(value, list):
        return [in_words_within(one) for one in value]
    if isinstance(value, dict):
        return value | {name: in_words(str(value[name])) for name in _OF_ROWS if value.get(name)}
    return value


@lru_cache(maxsize=_KEPT)
def _said(text: str, language: str) -> str | None:
    """`language`: the one that is active, for the cache."""
    return _again(text, 0)


def _again(text: str, depth: int) -> str | None:
    bare = text.strip()
    if not bare or depth > _DEEPEST:
        return None
    ways = (_whole, _in_a_row, _of_a_name, _list, _of_a_figure)
    found = next(filter(None, (way(bare, depth) for way in ways)), None)
    if found is None:
        return None
    start = len(text) - len(text.lstrip())
    return f"{text[:start]}{found}{text[start + len(bare) :]}"


def _whole(text: str, depth: int) -> str | None:
    for words in (text, text[0].swapcase() + text[1:]):
        for pattern in _patterns():
            values = next((each for each in pattern.values(words) if _fits(pattern, each)), None)
            if values is None:
                continue
            translated = gettext(pattern.words)
            if translated == pattern.words and _SMALL.search(_NAMES.sub("", translated)):
                return None
            found = _filled(translated, dict(zip(pattern.names, values, strict=True)), depth)
            return found if words == text else found[:1].swapcase() + found[1:]
    return None


def _fits(pattern: _Pattern, values: list[str]) -> bool:
    """Whether it can be: a part of a sentence that begins or ends with a place is one of numbers, or else any
    name with an `of` in it would be taken for one."""
    named = zip(pattern.names, values, strict=True)
    if any(name in _OF_NUMBERS and not _NUMBER.fullmatch(value) for name, value in named):
        return False
    if pattern.words == _THE_FIELD:
        return values[0] in _LABELS
    if values and pattern.texts[-1] in _LAST and _NEXT.search(values[-1]):
        return False  # what follows is another sentence
    if pattern.is_sentence or not values:
        return True
    at_ends = [
        value for value, text in ((values[0], pattern.texts[0]), (values[-1], pattern.texts[-1])) if not text
    ]
    return all(
        _NUMBER.fullmatch(value) or _CODE.fullmatch(value) or pattern.weight > _NUMBERLESS
        for value in at_ends
    )


def _in_a_row(text: str, depth: int) -> str | None:
    """Several sentences, one after the other: each as long as it can be."""
    ends = [found.start() for found in _ENDS.finditer(text)][:_MOST_SENTENCES]
    for end in reversed(ends):
        first = _whole(text[:end], depth)
        if first is not None:
            rest = _again(text[end + 1 :], depth)
            return None if rest is None else f"{first} {rest}"
    return None


def _of_a_name(text: str, depth: int) -> str | None:
    """`Greater Giyani: all of its 5 projects are gone.`"""
    name, mark, rest = text.partition(": ")
    found = _whole(rest, depth) or _in_a_row(rest, depth) if mark else None
    return None if found is None else f"{name}: {found}"


def _list(text: str, depth: int) -> str | None:
    """`62% numbers, 38% words.`"""
    found = []
    for part in _COMMA.split(text[:-1]) if text[-1] == "." else ():
        translated = _whole(part, depth) if part else None
        if translated is None:
            return None
        found.append(translated)
    return f"{', '.join(found)}." if found else None


def _of_a_figure(text: str, _depth: int) -> str | None:
    """`Regional Bulk Infrastructure Grant, spent (monthly, unaudited) 2026-27`, by its last words."""
    named = _OF_A_YEAR.fullmatch(text)
    *what, kind = _COMMA.split(named[1]) if named else [""]
    if not named or not what or (translated := _word(kind)) == kind:
        return None
    return f"{', '.join([*map(_word, what), translated])} {named[2]}"


def _filled(translated: str, values: dict[str, str], depth: int) -> str:
    """The translation with the values, themselves translated where they are words of ours."""
    parts = _PLACE.split(translated)
    for at in range(1, len(parts), 2):
        name = parts[at]
        value = values.get(name, "")
        quoted = parts[at - 1].endswith("“")
        published = quoted or name.rstrip("0123456789") in _AS_PUBLISHED
        parts[at] = value if published else _value(value, depth + 1)
    return "".join(parts)


def _value(text: str, depth: int) -> str:
    figure = _figure(text)
    if figure is not None:
        return figure
    found = _again(text, depth)
    if found is not None:
        return found
    for mark, pattern in (("; ", _SEMICOLON), (", ", _COMMA)):
        if len(parts := pattern.split(text)) > 1:
            return mark.join(_value(part, depth) if part else part for part in parts)
    if " and " in text and len(text) < 60:
        before, _, after = text.rpartition(" and ")
        if _figure(before) is not None and _figure(after) is not None:
            return gettext("{first} and {second}").format(first=_figure(before), second=_figure(after))
    if text.endswith("."):
        return f"{_value(text[:-1], depth)}."
    return _word(text)


def _word(text: str) -> str:
    """A word that stands in one of the tables of words, in small letters or with a capital."""
    if len(text) > _LONGEST_WORD or text.startswith("“"):
        return text
    found = gettext(text)
    if found == text and text[:1].islower():
        capital = text[:1].upper() + text[1:]
        found = gettext(capital)
        return text if found == capital else found[:1].lower() + found[1:]
    return found


def _figure(text: str) -> str | None:
    """A number, an amount or a day as the language writes it."""
    if _NUMBER.fullmatch(text):
        return figures.with_mark(text)
    if found := _LARGE.fullmatch(text):
        return figures.SIZES[found[2]].format(amount=figures.with_mark(found[1]))
    if (found := _DAY.fullmatch(text)) and found[2] in _MONTH_NUMBERS and 1 <= int(found[1]) <= 28:
        return figures.long_date(date(int(found[3]), _MONTH_NUMBERS[found[2]], int(found[1])))
    if (found := _DAY.fullmatch(text)) and found[2] in _MONTH_NUMBERS:
        return f"{found[1]} {figures.MONTHS[str(_MONTH_NUMBERS[found[2]])]} {found[3]}"
    if (found := _MONTH.fullmatch(text)) and found[1] in _MONTH_NUMBERS:
        return f"{figures.MONTHS[str(_MONTH_NUMBERS[found[1]])]} {found[2]}"
    if found := _YEARS.fullmatch(text):
        return gettext("{first} to {last}").format(first=found[1], last=found[2])
    return None
