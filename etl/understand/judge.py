"""What each column of one shape means: its words, its values and what stands around it, weighed. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from etl.extract.groups import GROUP, SECTION
from etl.understand import plan as plans
from etl.understand.context import NamedUnit, column_unit
from etl.understand.evidence import (
    ColumnValues,
    Profile,
    day_first,
    decimal_mark,
    greatest_whole,
    has_slashed_dates,
    profile,
)  # fmt: skip
from etl.understand.plan import Choice
from etl.values.places import names_a_municipality
from etl.values.units import names_foreign_money
from etl.values.vocabulary import DEFAULT, province_of, taught
from etl.values.words import CLEAR, MARGIN, VAGUE, is_of_another_thing, likely_field, meanings, order_of
from projects.fields import BY_NAME, Kind

# Scores of words: more likely than not, enough for a proposal
_LIKELY, _PROPOSED = 0.5, 0.35
_BEST = 1.1  # the order of no heading is greater
_LEAST = 3  # different texts from which on values can speak against a known heading
_GREATEST = Decimal(10**11)  # rand: no budget of a water project reaches a hundred billion
_GREATEST_SIGNED = Decimal(10**10)  # … nor, where each has a sign "R", is it likely in thousands or millions
_SMALL = 0.8  # share of figures below R1 000 from which on a column counts something larger than rand
# what a status says of a column of what heads several projects: it is called nothing, and all of it is one
_OF_GROUPS = 0.36
_IN_OUR_WORDS = 1.5  # how well values fit that are words with a meaning: more than any figures do
_SHOWN = 5
_FIGURES = 0.7  # the least share of figures in a column that may be money
_OWN_WORDS = 0.8  # … where each is a project's name
NO_LABELS: Mapping[str, str] = {}
_R_NUMBER = re.compile(r"R\d{1,6}")  # under a heading of numbers, as well a number as an amount
# What is counted: "Projects: 12" on a tile is how many there are
_COUNTED = re.compile(r"(?:\w+ )?(?:projects|schemes|projekte|skemas)", re.IGNORECASE)
_VARIETY = 0.5  # the least share of different texts where each is a project's number


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it stands: its heading, its unit row's text, its texts."""

    label: str
    values: ColumnValues
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Claim:
    """One meaning that a column may have. `words`: 0–1; `fit`: −1 contradicted … 1 supported by values."""

    field: str
    words: float
    fit: float
    why: tuple[str, ...]
    is_told: bool = False  # by a steward
    by_values: bool = False  # the heading says nothing

    @property
    def total(self) -> float:
        return self.words + 0.3 * self.fit + (2 if self.is_told else 0)


def judge(
    columns: Sequence[Column],
    around: Sequence[NamedUnit],
    labels: Mapping[str, str],
    renamed: Mapping[str, str] = NO_LABELS,
) -> list[Choice]:
    """One choice a column. `labels`: whole headings that a steward taught, with their fields; "" forbids.
    `renamed`: headings that say nothing themselves, with the fields that they continued under a new name."""
    choices = [_choose(column, around, labels, renamed.get(column.label)) for column in columns]
    return _named(_one_each(_unclaimed(choices), columns))


def _choose(
    column: Column, around: Sequence[NamedUnit], labels: Mapping[str, str], before: str | None
) -> Choice:
    told, values = taught(column.label, labels), column.values
    if told or around or before:
        place = list(labels).index(told[0]) if told else len(labels)
        return _chosen(column, around, told and told[1], place, before)
    counts = (values.rows, values.blanks, values.repeats, values.variety)
    return _chosen_again(column.label, column.note, tuple(values.texts), counts, len(labels))


@lru_cache(maxsize=1024)
def _chosen_again(
    label: str, note: str, texts: tuple[str, ...], counts: tuple[int, int, bool, float], place: int
) -> Choice:
    """What is said of a column that stands as it stood before, as most do from poll to poll."""
    values = ColumnValues(len(texts), dict.fromkeys(texts), *counts)
    return _chosen(Column(label, values, note), (), None, place, None)


def _chosen(
    column: Column, around: Sequence[NamedUnit], told: str | None, place: int, before: str | None
) -> Choice:
    """`told`: what a steward says that it means; `place`: where that stands among what stewards said."""
    seen = profile(column.values)
    claims = _claims(column, seen, told)
    if before and told is None:
        claims = _renamed(before, column, seen) or claims
    claims.sort(key=lambda claim: -claim.total)
    samples = tuple(list(column.values.texts)[:_SHOWN])
    is_money = seen.money + seen.number >= _FIGURES and seen.percent == 0
    if told == "" or not claims:
        forbidden = f"A steward says that “{column.label}” is no field of ours."
        why = forbidden if told == "" else _look(seen)
        return Choice(
            column.label,
            None,
            evidence=(why,),
            samples=samples,
            may_be_money=is_money,
            told=told == "",
        )
    best = claims[0]
    other = next((claim for claim in claims[1:] if claim.field != best.field), None)
    as_well = other if other and not best.is_told and best.total - other.total < MARGIN else None
    is_read = as_well is None and _is_enough(best, seen)
    choice = Choice(
        column.label,
        best.field if is_read else None,
        best.field,
        certainty=round(min(max(best.words + 0.2 * best.fit, 0.0), 1.0), 2),
        rank=place if told else place + _rank(column.label, best),
        evidence=(*best.why, f"It could as well be {name_of(as_well.field)}.") if as_well else best.why,
        samples=samples,
        by_values=best.by_values,
        may_be_money=is_money,
        told=best.is_told,
    )
    return _formatted(choice, column, seen, around) if is_read else choice


def _rank(label: str, claim: _Claim) -> int:
    """Where a column stands among those of its field, by its words: the lower, the more it is preferred."""
    return round(1000 * (_BEST - (order_of(label, claim.field) or claim.words)))


def _is_enough(claim: _Claim, seen: Profile) -> bool:
    if claim.is_told:
        return True
    if not seen.count and not claim.by_values:  # nothing can be misread, and a word may be all there is
        return claim.words >= VAGUE
    if claim.fit <= -1 and seen.count >= _LEAST:
        return False
    return claim.words >= CLEAR or (claim.fit > 0 and claim.words + 0.3 * claim.fit >= CLEAR)


def _claims(column: Column, seen: Profile, told: str | None) -> list[_Claim]:
    """What the column may mean. `told`: what a steward says that it means."""
    label = column.label
    if told:
        return [_Claim(told, 1.0, 0.0, (f"A steward says that “{label}” is {name_of(told)}.",), True)]
    claims = []
    for field, words in meanings(label):
        if words < _PROPOSED:
            continue
        fit, sentence = _fit(field, column.values, seen)
        is_count = field == "external_id" and seen.number == 1 and _COUNTED.fullmatch(label.strip(" :"))
        if is_count or (words < _LIKELY and fit <= -1):
            continue
        are = "are" if words >= _LIKELY else "may be"
        claims.append(_Claim(field, words, fit, (f"“{label}” {are} words for {name_of(field)}.", sentence)))
    return claims or ([] if is_of_another_thing(label) else _by_values(label, column.values, seen))


def _renamed(field: str, column: Column, seen: Profile) -> list[_Claim]:
    """What a column was found to continue outlasts the reading in which its name changed, for as long as its
    values are of that kind: the heading of before is not there any more to be compared with."""
    fit, sentence = _fit(field, column.values, seen)
    why = "It continued another column when its name changed."
    return [_Claim(field, 1.0, fit, (why, sentence))] if fit > 0 or not seen.count else []


# field → (the share of a column's texts that have its meaning, what that is worth)
_BY_VALUES = {
    "municipality": (0.8, 0.6),
    "province": (0.9, 0.6),
    "programme": (0.9, 0.6),
    "coordinates": (0.9, 0.6),
    "status": (0.8, 0.3),
    "project_type": (0.9, 0.3),
}


def _by_values(label: str, values: ColumnValues, seen: Profile) -> list[_Claim]:
    """What values alone say, under a heading that says nothing."""
    if not seen.count:
        return []
    found = []
    for field, (least, words) in _BY_VALUES.items():
        share = _share(field, values, seen)
        if label in (GROUP, SECTION) and field == "status" and share == 1:
            words = _OF_GROUPS
        if share >= least and (seen.count > 1 or field in ("municipality", "coordinates")):
            why = f"{_percent(share)} of its texts are read as {name_of(field)}."
            found.append(_Claim(field, words, _IN_OUR_WORDS, (why,), by_values=True))
    if not found and seen.count >= _LEAST:
        if seen.unique and seen.code >= 0.9:
            found.append(_Claim("external_id", 0.4, 0.5, ("Every row has a code of its own.",)))
        elif seen.words >= 0.9 and values.variety > _OWN_WORDS and 8 < seen.length < 90:
            found.append(_Claim("name", 0.4, 0.5, ("Every row has words of its own.",)))
        elif seen.money >= 0.8:
            found.append(_Claim("budget", 0.36, 0.5, ("It holds amounts of money.",)))
        elif seen.percent >= 0.8:
            found.append(_Claim("progress_percentage", 0.36, 0.5, ("It holds percentages.",)))
        elif seen.date >= 0.8:
            found.append(_Claim("completion_date", 0.36, 0.5, ("It holds dates.",)))
    return found


def _share(field: str, values: ColumnValues, seen: Profile) -> float:
    """The share of the texts that have a meaning in the words of that field."""
    if field == "coordinates":
        return seen.point
    some = list(values.texts)[:60]
    return sum(_has_meaning(field, text) for text in some) / len(some) if some else 0.0


_MEANS: dict[str, Callable[[str], object]] = {
    "municipality": names_a_municipality,
    "province": province_of,
    "programme": DEFAULT.programme_of,
    "status": DEFAULT.status_of,
    "project_type": DEFAULT.project_type_of,
}


@lru_cache(maxsize=16384)  # the same few words come again in column after column, page after page
def _has_meaning(field: str, text: str) -> bool:
    return bool(_MEANS[field](text))


def _fit(field: str, values: ColumnValues, seen: Profile) -> tuple[float, str]:
    """How well the values are those of the field, −1 to 1, and a sentence."""
    if not seen.count:
        return 0.0, "No row has a text there."
    fit = _FITS[_kind(field)](field, values, seen)
    how = "are" if fit > 0 else "may be" if fit > -1 else "are not"
    return fit, f"Its {seen.count} different texts {how} those of {name_of(field)}: {_look(seen)}"


def _money(field: str, values: ColumnValues, seen: Profile) -> float:
    share = seen.money + seen.number
    return 1.0 if share >= 0.7 and seen.percent < 0.3 else -1.0 if share <= 0.2 else 0.0


def _percentage(field: str, values: ColumnValues, seen: Profile) -> float:
    if seen.percent + seen.number >= 0.7:
        return 1.0 if seen.high is None or seen.high <= 100 else 0.0 if seen.percent >= 0.5 else -1.0
    return -1.0 if seen.money + seen.date + seen.code >= 0.5 else 0.0


def _date(field: str, values: ColumnValues, seen: Profile) -> float:
    if seen.date >= 0.5:
        return 1.0
    return (
        -1.0
        if seen.figures >= 0.7 and (seen.high is None or seen.high > 2200)
        else 0.3
        if seen.month
        else 0.0
    )


def _coded(field: str, values: ColumnValues, seen: Profile) -> float:
    share = _share(field, values, seen)
    if share >= 0.5:
        return _IN_OUR_WORDS if share >= 0.8 and (seen.count > 1 or field == "municipality") else 1.0
    return -1.0 if seen.figures + seen.date >= 0.6 else 0.0


def _identity(field: str, values: ColumnValues, seen: Profile) -> float:
    if seen.money + seen.percent + seen.date >= 0.5 and not all(map(_R_NUMBER.fullmatch, values.texts)):
        return -1.0
    if values.variety < _VARIETY:
        return -1.0
    return (
        1.0
        if seen.code + seen.number + seen.money >= 0.7
        else 0.3
        if seen.unique and seen.length < 25
        else 0.0
    )


def _words(field: str, values: ColumnValues, seen: Profile) -> float:
    if seen.figures + seen.date >= 0.6:
        return -1.0
    if field == "name" and seen.code >= 0.8 and seen.count >= _LEAST:
        return -1.0
    return 1.0 if seen.words >= 0.6 else 0.3


def _degrees(field: str, values: ColumnValues, seen: Profile) -> float:
    if seen.low is None or seen.high is None or seen.number < 0.6:
        return 0.0
    low, high = abs(seen.low), abs(seen.high)
    least, most = (21, 36) if field == "latitude" else (16, 34)
    return 1.0 if least <= min(low, high) and max(low, high) <= most else -1.0


def _point(field: str, values: ColumnValues, seen: Profile) -> float:
    return 1.0 if seen.point >= 0.5 else -1.0 if seen.number >= 0.6 else 0.0


_FITS: dict[str, Callable[[str, ColumnValues, Profile], float]] = {
    Kind.MONEY: _money, Kind.PERCENT: _percentage, Kind.DATE: _date, Kind.STATUS: _coded,
    Kind.PROGRAMME: _coded, Kind.PROJECT_TYPE: _coded, Kind.PROVINCE: _coded, Kind.PLACE: _coded,
    Kind.TEXT: _words, Kind.COUNT: _money, Kind.DEGREES: _degrees, "identity": _identity, "point": _point,
}  # fmt: skip
_OWN_KINDS = {"external_id": "identity", "coordinates": "point", "district": Kind.TEXT}


def _kind(field: str) -> str:
    return _OWN_KINDS.get(field) or BY_NAME[field].kind


def _formatted(choice: Choice, column: Column, seen: Profile, around: Sequence[NamedUnit]) -> Choice:
    """The choice with its unit and format; not understood where these cannot be told."""
    kind = _kind(choice.field or "")
    if kind == Kind.MONEY:
        return _in_rand(choice, column, seen, around)
    if kind == Kind.PERCENT:
        return _in_percent(choice, column, seen)
    if kind == Kind.DATE and has_slashed_dates(column.values.texts):
        first = day_first(column.values.texts)
        order = plans.NO_ORDER if first is None else plans.DAY_FIRST if first else plans.MONTH_FIRST
        return replace(choice, format=order)
    return choice


def _in_rand(choice: Choice, column: Column, seen: Profile, around: Sequence[NamedUnit]) -> Choice:
    if names_foreign_money(column.label):
        return _doubted(choice, f"“{column.label}” names another money than rand.")
    named, is_doubtful = column_unit(column.label, column.note, around)
    if is_doubtful:
        return _doubted(choice, "The page names several units: " + "; ".join(one.where for one in around))
    if named and named.unit.kind != "money":
        return _doubted(choice, f"“{named.where}” names another unit than rand.")
    mark = decimal_mark(column.values.texts)
    choice = replace(choice, format={"": "", ",": plans.DECIMAL_COMMA, ".": plans.DECIMAL_POINT}[mark])
    factor = named.unit.factor if named else Decimal(1)
    if named:
        why = (*choice.evidence, f"“{named.where}” names the unit: {named.unit.text}.")
        choice = replace(choice, unit=named.unit.text, evidence=why)
    if seen.high is None:
        return choice
    whole = greatest_whole(column.values.texts) * factor if factor > 1 and seen.money > 0.5 else 0
    if (seen.number > 0.5 and abs(seen.high) * factor > _GREATEST) or whole > _GREATEST_SIGNED:
        return _doubted(choice, f"Read in {choice.unit or 'rand'} its figures are too large for any project.")
    if factor == 1 and not named and seen.money == 0 and seen.count >= 5 and seen.small >= _SMALL:
        return _doubted(choice, "Its figures are too small for rand, and no unit is named.")
    return choice


def _in_percent(choice: Choice, column: Column, seen: Profile) -> Choice:
    if seen.high is None or seen.percent or seen.number < 0.7 or seen.high > 1:
        return choice
    if seen.between >= 3:
        why = (*choice.evidence, "All its figures lie between 0 and 1: they are shares.")
        return replace(choice, format=plans.SHARE, evidence=why)
    if seen.between:
        return _doubted(choice, "Its few figures lie between 0 and 1: shares, or percentages below 1.")
    return choice


def _doubted(choice: Choice, why: str) -> Choice:
    return replace(choice, field=None, certainty=min(choice.certainty, 0.5), evidence=(*choice.evidence, why))


def _unclaimed(choices: list[Choice]) -> list[Choice]:
    """What values alone say of a column counts where no heading says it of another."""
    claimed = {choice.field for choice in choices if not choice.by_values}
    return [
        replace(choice, field=None) if choice.by_values and choice.field in claimed else choice
        for choice in choices
    ]


def _one_each(choices: list[Choice], columns: Sequence[Column]) -> list[Choice]:
    """Of columns that claim one field by their words alone none counts where they say different things and
    none is clearly the better. Headings that say nothing else have an order of their own, by their words."""
    by_field: dict[str, list[int]] = {}
    for at, choice in enumerate(choices):
        if choice.field:
            by_field.setdefault(choice.field, []).append(at)
    for field, places in by_field.items():
        kind = _kind(field)
        told_by_values = [at for at in places if choices[at].by_values]
        if len({tuple(columns[at].values.texts) for at in told_by_values}) > 1:  # a district beside its parts
            for at in told_by_values:
                choices[at] = _doubted(choices[at], f"Another column holds {name_of(field)} as well.")
            continue
        if len(places) < 2 or kind not in (Kind.MONEY, Kind.PERCENT, "identity"):
            continue
        places.sort(key=lambda at: choices[at].rank)
        best, second = places[0], places[1]
        if choices[best].rank != choices[second].rank and any(
            likely_field(choices[at].label) == field for at in (best, second)
        ):
            continue
        if abs(choices[best].rank - choices[second].rank) >= 1000 * MARGIN:
            continue
        if choices[best].label == choices[second].label:
            continue
        if list(columns[best].values.texts) != list(columns[second].values.texts):
            for at in (best, second):
                other = choices[second if at == best else best].label
                choices[at] = _doubted(choices[at], f"“{other}” could be {name_of(field)} as well.")
    return choices


def _named(choices: list[Choice]) -> list[Choice]:
    """Where no heading means a name, and one column alone has words of its own in every row, that is it."""
    if any(choice.field == "name" for choice in choices):
        return choices
    likely = [at for at, choice in enumerate(choices) if choice.field is None and choice.proposal == "name"]
    if len(likely) != 1 or not any(choice.field == "external_id" for choice in choices):
        return choices
    (at,) = likely
    why = "No other column has words of its own in every row, and none is called a name."
    choices[at] = replace(choices[at], field="name", evidence=(*choices[at].evidence, why))
    return choices


def name_of(field: str) -> str:
    """What a field is called in a sentence."""
    named = {"external_id": "the project's number", "district": "the district", "coordinates": "coordinates"}
    if field in named:
        return named[field]
    label = BY_NAME[field].label
    return f"the {label[0].lower()}{label[1:]}"


def _look(seen: Profile) -> str:
    """What the texts look like, in a sentence."""
    if not seen.count:
        return "No row has a text there."
    shares = (
        (seen.money, "amounts of money"),
        (seen.number, "numbers"),
        (seen.percent, "percentages"),
        (seen.date, "dates"),
        (seen.month, "months or years"),
        (seen.code, "codes"),
        (seen.words, "words"),
        (seen.point, "coordinates"),
    )
    some = [item for item in shares if item[0]]
    some.sort(key=lambda item: -item[0])
    return ", ".join([f"{_percent(share)} {name}" for share, name in some]) + "."


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"
