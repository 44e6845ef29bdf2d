"""A rendering: the independent choices of how a world is shown. Drawn once, kept for all looks at a site."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from random import Random

from replica.renderings import formats, thesaurus
from replica.renderings.formats import MoneyFormat

GROUPS = (
    ("external_id", "name"), ("description",), ("municipality", "district", "province"),
    ("programme", "project_type"), ("status", "progress_percentage"), ("budget", "expenditure"),
    ("start_date", "completion_date"), ("contractor", "implementing_agent"), ("latitude", "longitude"),
)  # fmt: skip
MONEY = ("budget", "expenditure")
CASES = ("as is", "UPPER", "colon", "camel", "snake")
UNIT_WORDS = {1: ("R", "Rand"), 1000: ("R'000", "R thousand"), 10**6: ("R million", "Rm")}
# Where a table can say in which unit its amounts are
OF_TABLES = ("label", "caption", "title", "note above", "note below", "cell", "none")
OF_BLOCKS = ("label", "note above", "cell", "none")


@dataclass(frozen=True, slots=True)
class Wants:
    """What a family of layouts needs. `shows`: fields that it cannot do without; `at_most`: fields beside
    name and number; `units`: where it can say a unit; `case`: how it spells its labels."""

    shows: tuple[str, ...] = ()
    at_most: int = 17
    units: tuple[str, ...] = OF_TABLES
    cases: tuple[str, ...] = ("as is", "as is", "as is", "UPPER", "colon")
    banded: bool = False
    bars: bool = True
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """`labels`: key of a column → label; `halves`: → known or held_out. `keys`: the columns in order."""

    seed: int
    family: str
    half: str
    afrikaans: bool
    keys: tuple[str, ...]
    labels: dict[str, str]
    halves: dict[str, str]
    unit_place: str
    unit_word: str
    money: MoneyFormat
    date: str
    percent: str
    coordinates: str
    place_form: str
    province_form: str
    programme_form: str
    status_words: str
    blank: str
    order: str
    case: str
    bands: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Which words it uses: known, held_out, mixed or afrikaans."""
        return "afrikaans" if self.afrikaans else self.half

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(key for key in self.keys if ":" not in key)

    @property
    def layout_rng(self) -> Random:
        """The same draws at each look at the site."""
        return Random(f"layout {self.seed}")


def draw_style(seed: int, family: str, wants: Wants) -> Style:
    """The choices that a seed gives for a family."""
    rng = Random(f"style {seed}")
    afrikaans = rng.random() < 0.15
    half = rng.choice(("known", "known", "held_out", "mixed"))
    keys = _keys(rng, wants, afrikaans)
    place, factor, word = _unit(rng, wants)
    style = Style(
        seed=seed,
        family=family,
        half=half,
        afrikaans=afrikaans,
        keys=keys,
        labels={},
        halves={},
        unit_place=place,
        unit_word=word,
        money=rng.choice(formats.money_formats(factor, place == "cell")),
        date=rng.choice(_dates(afrikaans)),
        percent=rng.choice([style for style in formats.PERCENTS if wants.bars or "bar" not in style]),
        coordinates=rng.choice(formats.COORDINATES),
        place_form=rng.choice(("name [code]", "name [code]", "name (code)", "code", "name", "name kind")),
        province_form=rng.choice(("name", "name", "code")),
        programme_form=rng.choice(("code", "code", "name")),
        status_words=_status_words(rng, half, afrikaans),
        blank=rng.choice(thesaurus.BLANKS),
        order=rng.choice(("name", "external_id", "made")),
        case=rng.choice(wants.cases),
    )
    if "province" not in keys and style.place_form.startswith("name") and "code" not in style.place_form:
        style = replace(style, place_form="name [code]")  # a name alone may be two municipalities
    return _labelled(style, rng, wants)


def _dates(afrikaans: bool) -> list[str]:
    """The formats of dates in a language."""
    other = "on" if afrikaans else "aan"  # "Month", "Mon" in English, "Maand" in Afrikaans
    return [style for style in sorted(formats.DATES) if other not in style]


def _status_words(rng: Random, half: str, afrikaans: bool) -> str:
    if afrikaans:
        return "afrikaans"
    return "held_out" if half == "held_out" and rng.random() < 0.5 else rng.choice(("known", "known_too"))


def _keys(rng: Random, wants: Wants, afrikaans: bool) -> tuple[str, ...]:
    """Which columns there are, in order: fields, traps ("trap:…") and noise ("noise:…")."""
    groups = [list(group) for group in GROUPS[1:]]
    rng.shuffle(groups)
    wanted = {name for group in GROUPS for name in group if rng.random() < 0.72} | {"name", *wants.shows}
    if rng.random() < 0.85:
        wanted.add("external_id")
    if not wanted & {"budget", "expenditure", "progress_percentage"}:
        wanted.add("budget")
    if ("latitude" in wanted) != ("longitude" in wanted):
        wanted |= {"latitude", "longitude"}
    point = rng.random() < 0.4 and {"latitude", "longitude"} <= wanted
    fields = [name for group in [list(GROUPS[0]), *groups] for name in group if name in wanted]
    if rng.random() < 0.2 and fields[0] == "external_id":
        fields[:2] = fields[1::-1]
    spare = [name for name in fields if name not in ("name", "external_id", *wants.shows)]
    for name in spare[wants.at_most :]:
        fields.remove(name)
    if point and {"latitude", "longitude"} <= set(fields):
        fields[fields.index("latitude")] = "coordinates"
        fields.remove("longitude")
    elif ("latitude" in fields) != ("longitude" in fields):
        fields = [name for name in fields if name not in ("latitude", "longitude")]
    return tuple(_with_others(fields, rng, wants, afrikaans))


def _with_others(fields: list[str], rng: Random, wants: Wants, afrikaans: bool) -> list[str]:
    if wants.at_most < 8:
        return fields
    traps = sorted(_traps(rng, afrikaans))
    keys = list(fields)
    for label in rng.sample(traps, rng.choice((0, 0, 1, 2, 3))):
        keys.insert(rng.randint(2, len(keys)), f"trap:{label}")
    if rng.random() < 0.35:
        noise = rng.choice(sorted(thesaurus.NOISE))
        keys.insert(0 if thesaurus.NOISE[noise] == "row" else len(keys), f"noise:{noise}")
    return keys


def _traps(rng: Random, afrikaans: bool) -> dict[str, str]:
    if afrikaans:
        return thesaurus.TRAPS_AFRIKAANS
    return thesaurus.TRAPS if rng.random() < 0.6 else thesaurus.TRAPS_HELD_OUT


def _unit(rng: Random, wants: Wants) -> tuple[str, int, str]:
    place = rng.choice(wants.units)
    factor = 1 if place == "none" else 10**6 if place == "cell" else rng.choice((1, 1000, 1000, 10**6))
    return place, factor, rng.choice(UNIT_WORDS[factor])


def _labelled(style: Style, rng: Random, wants: Wants) -> Style:
    labels, halves, bands = {}, {}, {}
    for key in style.keys:
        if ":" in key:
            labels[key] = key.split(":", 1)[1]
            continue
        half = rng.choice(("known", "held_out")) if style.half == "mixed" else style.half
        if style.afrikaans:
            half, choice = "held_out", thesaurus.AFRIKAANS
        else:
            choice = thesaurus.KNOWN if half == "known" else thesaurus.HELD_OUT
        label = rng.choice(choice[key])
        if wants.banded and key in thesaurus.BANDS and not style.afrikaans:
            bands[key], label = thesaurus.BANDS[key]
            half = "held_out" if key in MONEY else "known"
        labels[key], halves[key] = label, half
    for key, label in labels.items():
        labels[key] = spelt(label, style.case)
    has_band = any(key in bands for key in MONEY)
    unit_place = "label" if style.unit_place == "band" and not has_band else style.unit_place
    if unit_place == "label":
        for key in filter(is_money, labels):
            labels[key] = _with_unit(labels[key], style.unit_word)
    return replace(style, labels=labels, halves=halves, bands=bands, unit_place=unit_place)


def is_money(key: str) -> bool:
    """Whether amounts in the table's unit stand in the column."""
    return key in MONEY or thesaurus.ALL_TRAPS.get(key.removeprefix("trap:")) == "money"


def _with_unit(label: str, word: str) -> str:
    bare = label.rstrip(":")
    return f"{bare} ({word})" + (":" if label.endswith(":") else "")


def spelt(label: str, case: str) -> str:
    """A label in one of the `CASES`; "camel" and "snake" are how scripts name fields."""
    if case == "UPPER":
        return label.upper()
    if case == "colon":
        return f"{label.rstrip(':')}:" if label else label
    words = re.findall(r"[^\W_]+|%", label)
    if case == "camel":
        return "".join(word.replace("%", "Perc")[:1].upper() + word[1:] for word in words) or label
    return "_".join(words).lower().replace("%", "perc") if case == "snake" and words else label
