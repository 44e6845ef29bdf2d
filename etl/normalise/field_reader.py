"""Which of a record's labels gives a field, and what its text means. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl.extract.columns import HEADING
from etl.normalise.records import Issue
from etl.understand import plan as plans
from etl.understand.lookup import Lookup
from etl.understand.plan import Choice
from etl.values.amounts import parse_count, parse_money, parse_percent
from etl.values.coordinates import parse_coordinate, parse_point
from etl.values.dates import DAY_FIRST, MONTH_FIRST, parse_date
from etl.values.text import Parsed, is_blank, is_to_come
from etl.values.units import Unit, label_unit
from etl.values.vocabulary import Vocabulary, province_of
from etl.values.words import stands_in
from projects.fields import FIELDS, Kind, of

TOO_SMALL = "too small to be an amount in rand, and no unit is named"
NOT_IN_VOCABULARY = "not in the vocabulary"

_TEXTS = [field.name for field in FIELDS if field.kind is Kind.TEXT and field.labelled]
# Two labels that give one of these differently are a doubt; texts and places are put in many ways.
_COMPARED = frozenset(of(Kind.STATUS, Kind.PERCENT, Kind.MONEY, Kind.COUNT, Kind.DATE))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One label of the record that means a field. `order`: the lower, the more it is preferred."""

    label: str
    text: str
    unit: Unit | None
    stand_in: bool
    order: tuple[bool, bool, bool, int, str]
    format: str = ""  # how its column writes figures and dates, as the plan says


def plain(text: str) -> str:
    """A text as the record has it: NFC, single spaces."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _word(value: str | None) -> Parsed[str]:
    """What a word means: an unknown one is a problem."""
    return Parsed(value, None if value else NOT_IN_VOCABULARY)


# "7.5", where nothing says in what: no project costs so many rand
_SMALL = re.compile(r"-?\d{1,3}[.,](?!00$)\d{1,3}")


def _money(candidate: Candidate, words: Vocabulary) -> Parsed[Any]:
    if candidate.unit is None and _SMALL.fullmatch(candidate.text.strip()):
        return Parsed(None, TOO_SMALL)
    return parse_money(candidate.text, candidate.unit, _MARKS.get(candidate.format, ""))


_MARKS = {plans.DECIMAL_COMMA: ",", plans.DECIMAL_POINT: "."}
_ORDERS = {plans.MONTH_FIRST: MONTH_FIRST, plans.NO_ORDER: None}
Parser = Callable[[Candidate, Vocabulary], Parsed[Any]]
# What a text says under the words of the day, by the kind of its field.
_PARSERS: dict[Kind, Parser] = {
    Kind.MONEY: _money,
    Kind.PERCENT: lambda candidate, words: parse_percent(
        candidate.text, is_share=candidate.format == plans.SHARE
    ),
    Kind.COUNT: lambda candidate, words: parse_count(candidate.text),
    Kind.DATE: lambda candidate, words: parse_date(candidate.text, _ORDERS.get(candidate.format, DAY_FIRST)),
    Kind.STATUS: lambda candidate, words: _word(words.status_of(candidate.text)),
    Kind.PROGRAMME: lambda candidate, words: _word(words.programme_of(candidate.text)),
    Kind.PROJECT_TYPE: lambda candidate, words: _word(words.project_type_of(candidate.text)),
}
_PARSED = [(field.name, _PARSERS[field.kind]) for field in FIELDS if field.kind in _PARSERS]


class FieldReader:
    """Reads the fields of one record, and notes the issues and which label gave what.

    Of several labels of a field the project's own page comes before the list line, a plain unit before a
    scaled one (R'000 is rounded), then what its words (or a steward) put first. A blank or unreadable
    one gives way.
    """

    def __init__(
        self, line: Mapping[str, str], page: Mapping[str, str], vocabulary: Vocabulary, lookup: Lookup
    ) -> None:
        self.vocabulary = vocabulary
        self._may_be_named = lookup.may_be_named
        self.issues: list[Issue] = []
        self.sources: dict[str, str] = {}
        self._fields: dict[str, list[Candidate]] = {}
        for label, text in {**line, **page}.items():
            choice = lookup.choice(label, "page" if label in page else "line")
            if choice and not is_blank(text) and not (choice.field in _TEXTS and is_to_come(text)):
                self._add(choice, label, text, on_page=label in page)
        for candidates in self._fields.values():
            candidates.sort(key=lambda candidate: candidate.order)

    def _add(self, choice: Choice, label: str, text: str, *, on_page: bool) -> None:
        unit = Unit("money", Decimal(choice.factor), choice.unit) if choice.factor else label_unit(label)
        scaled = unit is not None and unit.factor != 1
        is_last = label == HEADING  # it may say more than the name: what is called one comes before it
        order = (is_last, not on_page, scaled, choice.rank, label)
        candidate = Candidate(label, text, unit, stands_in(label), order, choice.format)
        self._fields.setdefault(choice.field or "", []).append(candidate)

    def candidates(self, field: str) -> list[Candidate]:
        """The labels that give a field and are not blank, best first."""
        return list(self._fields.get(field, ()))

    def text(self, field: str) -> str | None:
        """The best text of a field as published (NFC, single spaces), or None."""
        return next((plain(candidate.text) for candidate in self.candidates(field)), None)

    def _sourced_text(self, field: str) -> str | None:
        for candidate in self.candidates(field)[:1]:
            self.sources[field] = candidate.label
        return self.text(field)

    def note(self, field: str, candidate: Candidate, problem: str) -> None:
        """Record an issue on a published text."""
        self.issues.append(Issue(field=field, label=candidate.label, text=candidate.text, problem=problem))

    def sorted_issues(self) -> list[Issue]:
        return sorted(self.issues, key=lambda issue: tuple(issue.values()))

    def read(self) -> dict[str, Any]:
        """All typed values but those of place (`etl.normalise.placing`)."""
        values: dict[str, Any] = {field: self._sourced_text(field) for field in _TEXTS}
        if values["name"] is None and values["description"] is not None and not self._may_be_named:
            # Lists without a column of names describe the works instead; that text is what names the project
            values["name"], self.sources["name"] = values["description"], self.sources["description"]
        for field, parse in _PARSED:
            values[field] = self.value(field, parse)
        values["status_as_published"] = self._status_text()
        return values | self._point()

    def province(self) -> str | None:
        """The code of the published province, or None."""
        return self.value("province", lambda candidate, words: _word(province_of(candidate.text)))

    def value(self, field: str, parse: Parser) -> Any:
        """The first readable value; texts that cannot be read and figures that disagree are noted."""
        best: tuple[Candidate, Parsed[Any]] | None = None
        for candidate in self.candidates(field):
            parsed = parse(candidate, self.vocabulary)
            if parsed.problem and not (best and candidate.stand_in):
                self.note(field, candidate, parsed.problem)
            if parsed.value is None:
                continue
            if best is None:
                best = candidate, parsed
                self.sources[field] = candidate.label
            elif field in _COMPARED and _disagree(best, (candidate, parsed)):
                self.note(field, candidate, f"differs from {best[0].label!r}: {best[0].text!r}")
        return best[1].value if best else None

    def amount(self, field: str) -> tuple[Decimal | None, Decimal]:
        """What a field of money comes to, in rand, and how many rand its figures count: 1000 for R'000."""
        value = self.value(field, _PARSERS[Kind.MONEY])
        units = {candidate.label: candidate.unit for candidate in self.candidates(field)}
        unit = units.get(self.sources.get(field, ""))
        return value, unit.factor if unit else Decimal(1)

    def _status_text(self) -> str | None:
        """The words behind the status that was read, or the best words where none was."""
        texts = {candidate.label: candidate.text for candidate in self.candidates("status")}
        label = self.sources.get("status") or next(iter(texts), None)
        if label is None:
            return None
        self.sources["status_as_published"] = label
        return plain(texts[label])

    def _point(self) -> dict[str, float | None]:
        latitude = self.value("latitude", lambda c, _: parse_coordinate(c.text, "latitude"))
        longitude = self.value("longitude", lambda c, _: parse_coordinate(c.text, "longitude"))
        if latitude is None and longitude is None:
            point = self.value("coordinates", lambda c, _: parse_point(c.text))
            if point:
                self.sources |= dict.fromkeys(("latitude", "longitude"), self.sources.pop("coordinates"))
                latitude, longitude = point
        return {"latitude": latitude, "longitude": longitude}


def _disagree(one: tuple[Candidate, Parsed[Any]], other: tuple[Candidate, Parsed[Any]]) -> bool:
    """Whether two labels of a field contradict each other: beyond rounding, and neither only stands in."""
    if one[0].stand_in or other[0].stand_in:
        return False
    first, second = one[1].value, other[1].value
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        return abs(first - second) > max(one[1].quantum, other[1].quantum)
    return bool(first != second)
