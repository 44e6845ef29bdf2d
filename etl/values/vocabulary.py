"""From published words to ours: labels to fields, status words to statuses. Pure; a steward can extend it.

What a heading means follows from its words (`words.py`), what a status or a programme is called stands in
`meanings.py`; a steward's rows lie over both (`Vocabulary.extended`) and win.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from etl.values.meanings import PROGRAMMES, PROJECT_TYPES, PROVINCES, STATUS_WORDS, STATUSES
from etl.values.text import one_line
from etl.values.thesaurus import FIELDS
from etl.values.units import Unit, label_unit, split_unit
from etl.values.words import LONGEST, likely_field
from projects.fields import Kind, of

__all__ = [
    "CLOCK_LABELS", "DEFAULT", "FIELDS", "NOTHING_TAUGHT", "PART_LABELS", "POSITION_LABELS", "PROGRAMMES",
    "PROJECT_TYPES", "PROVINCES", "STATUSES", "STATUS_WORDS", "Unit", "Vocabulary", "field_of", "is_volatile",
    "label_unit", "normal_label", "normal_word", "province_of", "taught",
]  # fmt: skip

# A row's place in the page, or the clock: what columns of these names show until a reading tells otherwise
# (`etl.understand.clocks`). Such a column is never compared: a sorted grid and a passing day are no change.
POSITION_LABELS: frozenset[str] = frozenset(
    {"#", "no", "nr", "row", "row no", "row number", "line no", "s/n", "sr no"}
)
CLOCK_LABELS: frozenset[str] = frozenset(
    {
        "days remaining", "days left", "days overdue", "days elapsed", "last refreshed", "last refresh",
        "printed on", "generated on", "date printed", "date generated", "report generated", "current date",
    }
)  # fmt: skip

# These name a part of a scheme: rows of one number and name that differ in them are projects of their own.
PART_LABELS: frozenset[str] = frozenset(
    {
        "phase", "project phase", "phase no", "phase number", "phase name", "fase", "projekfase", "fase no",
        "sub project", "sub-project", "subproject", "sub project name", "component", "komponent", "lot",
        "package", "work package",
    }
)  # fmt: skip

NOTHING_TAUGHT: Mapping[str, str] = MappingProxyType({})
_FIELDS_OF_UNIT = {"percent": of(Kind.PERCENT), "money": of(Kind.MONEY)}
_MOST_FOLDS = 8
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


@lru_cache(maxsize=4096)
def normal_label(text: str) -> str:
    """A label as the tables spell it: one case, single spaces, no unit, colon or asterisk at the end.

    "Total Project Cost  (R'000):" → "total project cost". A label of marks only ("#", "%") stays.
    """
    label = ""
    for _ in range(_MOST_FOLDS):  # small letters may show one unit more
        label, before = _folded(re.sub(r"\s*/\s*", "/", split_unit(text)[0])), text
        if label == before:
            break
        text = label
    return label


def _spellings(label: str, unit: Unit | None) -> Iterator[str]:
    """The ways to look a label up: as it is, as "% …" where its unit is percent, as separate words."""
    yield normal_label(label)
    if unit and unit.kind == "percent":
        yield "% " + normal_label(label)
    yield normal_label(_CAMEL.sub(" ", label.replace("_", " ")))


def taught(label: str, labels: Mapping[str, str]) -> tuple[str, str] | None:
    """(the spelling in a steward's table, its field) of a heading; "" for one that is no field of ours.

    "ProjectName" and "project_name" are tried as words. A unit that does not fit the field says that the
    label speaks of something else: "Expenditure (%)" is no expenditure in rand.
    """
    if not labels or not 0 < len(label) <= LONGEST:
        return None
    unit = label_unit(label)
    wanted = _FIELDS_OF_UNIT.get(unit.kind) if unit else None
    for spelling in _spellings(label, unit):
        found = labels.get(spelling)
        if found is not None and (not found or wanted is None or found in wanted):
            return spelling, found
    return None


def field_of(label: str, labels: Mapping[str, str] = NOTHING_TAUGHT) -> str | None:
    """The field that a text means, if it is a heading, or None: a hint, which values have not yet borne out.

    `labels`: a steward's whole headings, normalised; what they say goes before what the words say.
    """
    if told := taught(label, labels):
        return told[1] or None
    return _hint(label)


@lru_cache(maxsize=8192)
def _hint(label: str) -> str | None:
    """What the words mean; None for a text that stands under headings: "Practical Completion" is a status."""
    field = likely_field(label)
    return None if field and _is_value(label) else field


def _is_value(text: str) -> bool:
    reads = (DEFAULT.status_of, DEFAULT.programme_of, DEFAULT.project_type_of, province_of)
    return any(read(text) for read in reads)


_PERCENT_NOTE = re.compile(r"[(\[]?\s*\b\d{1,3}\s*%(?:\s*-\s*\d{1,3}\s*%)?\s*[)\]]?$")
_NUMBERING = re.compile(r"^(?:(?:stage|phase|step)\s+)?\d{1,2}\s*[.):-]\s*(?=[a-z])")
_SCHEDULE = re.compile(r"[(\[]?\s*\b(?:(?:schedule|sched|sch)\b\.?\s*)?[56]\s?b\b\s*[)\]]?")
_IN_KIND = re.compile(
    r"[(\[]?\s*\b(?:(?:sched|schedule)\s+6(?:,?\s+in[- ]kind)?|(?:in)?direct|(?:allocation\s+)?in[- ]kind)"
    r"\s*[)\]]?$"
)
_BRACKETS = re.compile(r"^(?P<before>[^()\[\]]+?)\s*[(\[](?P<inside>[^()\[\]]+)[)\]]$")


_AROUND_MARKS = re.compile(r"\s*([-/])\s*")
_PROVINCE = re.compile(r"\s+province$")


def normal_word(text: str) -> str:
    """A published word as the tables of meanings spell it: "Pre - Feasibility" → "pre-feasibility"."""
    word = _folded(one_line(text))
    if "-" in word or "/" in word:
        word = _AROUND_MARKS.sub(r"\1", word)
    return word.strip(" .:;,*")


def _meaning(text: str, words: Mapping[str, str]) -> str | None:
    """The word itself, or "Name (ABBR)" where both sides that are known mean the same."""
    word = normal_word(text)
    if word in words:
        return words[word] or None
    match = _BRACKETS.match(word)
    if not match:
        return None
    found = {words[part] for part in (match["before"].strip(), match["inside"].strip()) if words.get(part)}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Vocabulary:
    """The words that one normalisation uses. `fields`: whole headings that a steward taught, which go before
    what their words say; earlier ones win where two give the same field."""

    fields: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=lambda: dict(STATUS_WORDS))
    programmes: dict[str, str] = field(default_factory=lambda: dict(PROGRAMMES))
    project_types: dict[str, str] = field(default_factory=lambda: dict(PROJECT_TYPES))

    def field_of(self, label: str) -> str | None:
        """The field that a published label means by a steward's word or by its own words, or None."""
        return field_of(label, self.fields)

    def status_of(self, text: str) -> str | None:
        """The status of the contract, or None for a word that nobody has given a meaning.

        A share of the works behind a stage ("Construction 76% - 99%") and a number before it are passed over.
        """
        word = _NUMBERING.sub("", _folded(one_line(text)))
        return self.statuses.get(normal_word(text)) or _meaning(_PERCENT_NOTE.sub("", word), self.statuses)

    def programme_of(self, text: str) -> str | None:
        """The programme's code ("RBIG"), its schedule (5B, 6B) left aside; None where unknown."""
        word = _folded(one_line(text))
        plain = _IN_KIND.sub("", _SCHEDULE.sub(" ", word)).strip(" -/,")
        return self.programmes.get(normal_word(text)) or _meaning(plain, self.programmes)

    def project_type_of(self, text: str) -> str | None:
        """Our name of an explicitly published type, or None; never guessed from a project's name."""
        return _meaning(text, self.project_types)

    def extended(self, entries: Iterable[tuple[str, str, str]]) -> Vocabulary:
        """This vocabulary with a steward's rows `(kind, text, meaning)` laid over it.

        kind: "field", "status", "programme" or "project_type" (else ValueError). An empty meaning takes a
        built-in word away, and says of a heading that it is no field of ours. A steward's heading comes
        before all others of its field.
        """
        added: dict[str, dict[str, str]] = {"field": {}, "status": {}, "programme": {}, "project_type": {}}
        for kind, text, meaning in sorted(entries):  # no order of a database decides which comes first
            if kind not in added:
                raise ValueError(f"unknown kind of vocabulary entry: {kind!r}")
            added[kind][normal_label(text) if kind == "field" else normal_word(text)] = meaning
        return Vocabulary(
            fields=_overlaid(self.fields, added["field"]),
            statuses=_overlaid(self.statuses, added["status"]),
            programmes=_overlaid(self.programmes, added["programme"]),
            project_types=_overlaid(self.project_types, added["project_type"]),
        )

    def digest(self) -> str:
        """SHA-256 (hex) of all words in their order: two equal digests normalise alike. What the words of a
        heading mean is code (`etl.runs.parser_version`) and stands beside it in the parser's digest."""
        content = [list(self.fields.items()), *(sorted(t.items()) for t in self._tables())]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def _tables(self) -> tuple[dict[str, str], ...]:
        return self.statuses, self.programmes, self.project_types


def _overlaid(words: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    return added | {word: meaning for word, meaning in words.items() if word not in added}


DEFAULT = Vocabulary()


@lru_cache(maxsize=4096)
def is_volatile(label: str) -> bool:
    """Whether a column is called as those are that show a position or the clock."""
    return normal_label(label) in POSITION_LABELS | CLOCK_LABELS


def province_of(text: str) -> str | None:
    """The Demarcation Board's code of a province named or coded in the text, or None."""
    word = _PROVINCE.sub("", normal_word(text))
    return _meaning(word, PROVINCES)
