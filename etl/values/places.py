"""The municipalities as a pure look-up: by code, and by name only where the province or district agrees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from etl.values.text import is_blank, one_line
from etl.values.vocabulary import province_of
from projects.facts import municipalities

MUNICIPAL_CODE = re.compile(r"\b(EC|FS|GT|KZN|LIM|MP|NC|NW|WC|DC)[ -]?([0-9]{1,3})\b", re.IGNORECASE)
METRO_CODE = re.compile(
    r"[\[(]\s*(?:BUF|CPT|EKU|ETH|JHB|MAN|NMA|TSH)\s*[\])]|^\s*(?:BUF|CPT|EKU|ETH|JHB|MAN|NMA|TSH)\s*$"
)
_MUNICIPALITY = re.compile(
    r"\b(?:(?:local|metropolitan|district)\s+municipality|(?:plaaslike|metropolitaanse|distriks)?munisipaliteit"
    r"|(?<=\s)[LD]M)\b",
    re.IGNORECASE,
)
_IN_PROVINCE = re.compile(r"^([A-Za-z][A-Za-z -]{1,24}?)\s*(?:\s[-–]|[:,/>])\s*(\S.*)$")
_LETTERS = re.compile(r"[\[(]\s*([A-Z]{2,3})\s*[\])]|^\s*([A-Z]{2,3})\s*$", re.IGNORECASE)
_CODE_IN_BRACKETS = re.compile(r"[\[(]\s*([A-Z]{2,4}[0-9]{1,3})\s*[\])]", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*(?:[;/|,&]|\band\b)\s*", re.IGNORECASE)
_KINDS = [
    (re.compile(r"\b(?:metropolitan municipality|metropolitan|metro|mm)\b"), "A"),
    (re.compile(r"\b(?:district municipality|district|dm)\b"), "C"),
    (re.compile(r"\b(?:local municipality|lm)\b"), "B"),
]
_FILLERS = re.compile(r"\b(?:city of|municipality|municipal area|the)\b")


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    province: str
    district: str | None
    category: str  # A metropolitan, B local, C district


@dataclass(frozen=True, slots=True)
class Found:
    """Codes in the order of the text, and the problem where (a part of) the text named none."""

    codes: tuple[str, ...] = ()
    problem: str | None = None


def _bare(text: str) -> str:
    """A name for comparison: no case, accents, bracketed notes, hyphens and double spaces."""
    text = unicodedata.normalize("NFKD", re.sub(r"[(\[].*?[)\]]", " ", one_line(text)).casefold())
    text = "".join(mark for mark in text if not unicodedata.combining(mark))
    return " ".join(re.sub(r"[-'!*.]", " ", text).split())


@lru_cache(maxsize=2048)  # each poll names all municipalities
def _name_and_kind(text: str) -> tuple[str, str | None]:
    """("mopani", "C") of "Mopani District Municipality"; the kind is None where the text names none."""
    name, kind = _bare(text), None
    for words, category in _KINDS:
        if words.search(name):
            name, kind = words.sub(" ", name), category
            break
    return " ".join(_FILLERS.sub(" ", name).split()), kind


def in_province(text: str) -> tuple[str | None, str]:
    """ "Limpopo - Greater Giyani" as (the province's code, the rest); (None, the text) for any other."""
    match = _IN_PROVINCE.match(text.strip())
    province = province_of(match[1]) if match else None
    return (province, match[2]) if match and province else (None, text)


def names_a_municipality(text: str) -> bool:
    """Whether a text has the code of one, calls itself one, or stands behind a province's name."""
    if MUNICIPAL_CODE.search(text) or METRO_CODE.search(text) or _MUNICIPALITY.search(text):
        return True
    return in_province(text)[0] is not None or _name_and_kind(text)[0] in _known_names()


def is_a_municipality(text: str) -> bool:
    """Whether a text is the name of one and nothing else: "Limpopo - Greater Giyani (LIM331)"."""
    return _name_and_kind(in_province(text)[1])[0] in _known_names()


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    """The names of all municipalities, for telling a column of them from other words."""
    return frozenset(_name_and_kind(fact.name)[0] for fact in municipalities())


class Places:
    """Look-up built from rows `(code, name, province, district code or None or "", category)`.

    Several rows may share a code: the first gives the facts, all of them are names it is found by.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str, str | None, str]]) -> None:
        self._by_code: dict[str, Place] = {}
        self._by_name: dict[str, list[str]] = {}
        for code, name, province, district, category in rows:
            self._by_code.setdefault(code, Place(code, name, province, district or None, category))
            codes = self._by_name.setdefault(_name_and_kind(name)[0], [])
            if code not in codes:
                codes.append(code)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that is known of them."""
        told = repr([*self._by_code.values(), *self._by_name.items()])
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, code: str) -> Place | None:
        """The municipality with exactly this code."""
        return self._by_code.get(code)

    def code_in(self, text: str) -> list[str]:
        """Codes of known municipalities in the text: "[LIM331]", "(DC 12)", "LIM331; LIM332", "CPT" alone.

        Letters without digits count only in brackets or as the whole text: "MAN" is also a word.
        """
        found = {match.start(): (match[1] + match[2]).upper() for match in MUNICIPAL_CODE.finditer(text)}
        found |= {match.start(): (match[1] or match[2]).upper() for match in _LETTERS.finditer(text)}
        return list(dict.fromkeys(code for _, code in sorted(found.items()) if code in self._by_code))

    def find(self, text: str, province: str | None = None, context: Sequence[str] = ()) -> Found:
        """The municipalities that a published text names.

        A code decides. A name counts only beside evidence of where it is: the published province, or
        `context`, codes that the page gives otherwise (the list it stood in, the district). There are two
        Emalahlenis, so a name alone finds nothing and the problem names the candidates.
        """
        if is_blank(text):
            return Found()
        codes = self.code_in(text)
        unknown = [code for code in _CODE_IN_BRACKETS.findall(text) if code.upper() not in self._by_code]
        if unknown:
            return Found(tuple(codes), "unknown municipality code " + ", ".join(unknown))
        if codes:
            return Found(tuple(codes))
        within, name = in_province(text)
        if within and (codes := self.code_in(name)):
            return Found(tuple(codes))
        return self._by_names(name, within or province, context)

    def _by_names(self, text: str, province: str | None, context: Sequence[str]) -> Found:
        whole = self._named(text)
        parts = [text] if whole else [part for part in _SEVERAL.split(text) if part]
        codes: list[str] = []
        problems: list[str] = []
        for part in parts:
            named = self._named(part)
            fitting = [code for code in named if self._fits(code, province, context)]
            if len(fitting) == 1:
                codes += fitting
            else:
                problems.append(self._doubt(part, named))
        return Found(tuple(dict.fromkeys(codes)), "; ".join(problems) or None)

    def _named(self, text: str) -> list[str]:
        name, kind = _name_and_kind(text)
        return [code for code in self._by_name.get(name, ()) if kind in (None, self._by_code[code].category)]

    def _fits(self, code: str, province: str | None, context: Sequence[str]) -> bool:
        place = self._by_code[code]
        near = code in context or (place.district is not None and place.district in context)
        return near if context and not province else place.province == province or near

    def _doubt(self, text: str, named: list[str]) -> str:
        if not named:
            return f"no municipality is known as {text.strip()!r}"
        candidates = ", ".join(f"{code} ({self._by_code[code].province})" for code in named)
        return f"a name without a code, province or district; candidates: {candidates}"
