"""Units that a column's label carries: "(R'000)", "R million", "(%)". Pure.

The unit is part of the label, not of the field's name: "Budget (R'000)" is the field "Budget", in thousands.
A rate such as "(R/kWh)" is no unit of money and stays in the label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from etl.values.text import one_line


@dataclass(frozen=True, slots=True)
class Unit:
    """What a bare number under a label counts: percent, or `factor` rand (1, 1000, 1000000, …)."""

    kind: Literal["money", "percent"]
    factor: Decimal
    text: str


_THOUSAND = r"'?\s?000(?:'?s)?|thousands?|k"
_MILLION = r"millions?|mill?|mn|m"
_BILLION = r"billions?|bn"
_SCALE = rf"(?:(?P<thousand>{_THOUSAND})|(?P<million>{_MILLION})|(?P<billion>{_BILLION}))"
_VAT = r"(?:incl|excl)[a-z]*\.?(?:\s+of)?\s+vat"
_IN_BRACKETS = (
    rf"[(\[]\s*(?:in\s+)?(?:(?P<percent>%|percent|per\s?cent)"
    rf"|(?:r|zar|rands?)\s*{_SCALE}?|'\s?000(?:'?s)?|thousands?|millions?|billions?)"
    rf"(?:\s*,?\s*{_VAT})?\s*[)\]]"
)
_BRACKETED = re.compile(rf"{_IN_BRACKETS}$", re.IGNORECASE)
_WITHIN = re.compile(rf"(?<=\S)\s*{_IN_BRACKETS}\s+(?=\S)", re.IGNORECASE)  # of a band: "Budget (Rm) Spent"
# Outside brackets only what cannot be a word of the label: "Budget R'000", "Cost Rm", "Value R", "Progress %"
_BARE = re.compile(
    r"(?:(?<=[\s,:-])(?:in\s+)?(?:R\s?"
    r"(?:(?P<thousand>'?\s?000(?:'?s)?|(?i:thousands?))|(?P<million>(?i:millions?)|m)|(?P<billion>(?i:billions?)|bn))?"
    r"|(?P<rand>(?i:in\s+rands?|zar)))|(?P<percent>%))$"
)
# Any other spelling, anywhere in a label: a figure read in rand that counts thousands is the worst of errors
_LOOSE = re.compile(
    r"(?P<million>\bR?millions?\b(?!\s+(?:lit|m3|m\u00b3|kl|people|households))|\bmiljoene?\b|\bmn\b"
    r"|\bmill?\b\.?(?=\s*(?:rands?|ZAR|[)\]]|$))|\b(?:R|ZAR)\s?'?m\b|\bm\s?(?:rands?|ZAR)\b|\(\s*m\s*\)"
    r"|\(R\)\s?m\b|\bR\s?1[ ,]000[ ,]000(?!\d)"
    r"|(?:\bR\s?)?'?(?<![\d,.])000[ ']{1,2}000(?!\d))"
    r"|(?P<billion>\bbillions?\b|\bbn\b|\bmiljard\b)"
    r"|(?P<thousand>\bthousands?\b|\bduisende?\b|\b(?:Rk|kR)\b|\(\s*k\s*\)|(?<=\s)k$"
    r"|[x\u00d7*]\s?R?\s?1[ ,]?000(?!\d)|\bR\s?1[ ,]?000(?:'?s)?(?!\d)"
    r"|(?<![\d,.])(?<!\d )(?:\bR|\bZAR)?[\s'.,/(-]{0,3}(?<!\d)(?:000|ooo)(?:'?s)?(?!\d))",
    re.IGNORECASE,
)
_RAND_BEHIND = re.compile(r"\s(?:R|ZAR)$", re.IGNORECASE)
_IN_KEYS = re.compile(r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OF_MONEY = re.compile(
    r"budget|cost|value|amount|expend|spen[dt]|fund|alloc|begroting|koste|uitgaw|bedrag|waarde|price",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"[(\[][\s,;'./-]*(?:in|of|r|zar|rands?)?[\s,;'./-]*[)\]]|\s(?=\s)", re.IGNORECASE)
_VAT_NOTE = re.compile(rf"(?<=\S)\s*[(\[]?\s*{_VAT}\s*[)\]]?$", re.IGNORECASE)
_LONGEST_UNIT = 200  # characters; of the end of a label, where all but one of these stand
_MOST_UNITS = 8  # of one label: time grows with its length only
_MARKS = " :*.;,-"
_FACTORS = {"thousand": Decimal(1000), "million": Decimal(10**6), "billion": Decimal(10**9)}


def _without_marks(label: str) -> str:
    """The label without colons, asterisks and dashes at its end; a label of nothing else is kept."""
    return label.rstrip(_MARKS).lstrip(" *:") or label


def _unit_of(match: re.Match[str]) -> Unit:
    groups = match.groupdict()
    text = match.group().strip(" ()[]")
    if groups.get("percent"):
        return Unit("percent", Decimal(1), text)
    for scale, factor in _FACTORS.items():
        # "(thousands)" and "('000)" stand without a currency and so outside the named groups
        if groups.get(scale) or scale in text.casefold():
            return Unit("money", factor, text)
    return Unit("money", Decimal(1000) if "000" in text else Decimal(1), text)


@lru_cache(maxsize=4096)
def split_unit(label: str) -> tuple[str, Unit | None]:
    """A label without what follows it, and the last unit found there, or else the one in its midst.

    ("Budget (R'000):" → "Budget", thousands of rand). A label that is only a unit stays as it is.
    """
    rest, unit = _split_once(label)
    for _ in range(_MOST_UNITS if rest != label else 0):
        again, other = _split_once(rest)
        if again == rest:
            break
        rest, unit = again, unit or other
    return rest, unit


def _split_once(label: str) -> tuple[str, Unit | None]:
    rest, unit = _without_marks(one_line(label).replace("\u2033", "'")), None
    for _ in range(_MOST_UNITS):
        at = max(0, len(rest) - _LONGEST_UNIT)
        match = _BRACKETED.search(rest, at) or _BARE.search(rest, at) or _VAT_NOTE.search(rest, at)
        if match is None:
            break
        shorter = _without_marks(rest[: match.start()])
        if not shorter.strip(_MARKS):
            break
        if match.re is not _VAT_NOTE and (unit is None or (unit.kind == "money" and unit.factor == 1)):
            unit = _unit_of(match)
        rest = shorter
    match = None if unit else _WITHIN.search(rest)
    if match and not (_unit_of(match).factor == 1 and _LOOSE.search(rest)):
        return " ".join(f"{rest[: match.start()]} {rest[match.end() :]}".split()), _unit_of(match)
    if unit is None or (unit.kind == "money" and unit.factor == 1):
        is_key = bool(rest) and " " not in rest  # "budget_thousands", "CostRm"
        return _loosely(_IN_KEYS.sub(" ", rest) if is_key else rest) or _loosely(rest) or (rest, unit)
    return rest, unit


def _loosely(label: str) -> tuple[str, Unit] | None:
    """A label and its unit of thousands or millions in any other spelling; None where there is none."""
    match = _LOOSE.search(label) if len(label) <= _LONGEST_UNIT else None
    if match is None:
        return None
    rest = _EMPTY.sub(" ", f"{label[: match.start()]} {label[match.end() :]}").strip(" ()[],;'-/")
    rest = _RAND_BEHIND.sub("", " ".join(rest.split()))
    is_measure = match.group().strip(" ()").casefold() in ("m", "k") and not _OF_MONEY.search(label)
    if is_measure or rest.casefold() in ("", "r", "zar", "rand", "rands"):
        return None
    factor = next(_FACTORS[name] for name, text in match.groupdict().items() if text)
    return rest, Unit("money", factor, match.group().strip(" ()[]"))


# What rand is not: figures under such a label are no amounts in rand, whatever else it says
_FOREIGN = re.compile(
    r"US\$|N\$|(?<![A-Za-z])\$|[€£¥]"
    r"|(?<![A-Za-z])(?:USD|EUR|GBP|BWP|NAD|LSL|SZL|MZN|CHF|JPY|CNY"
    r"|(?i:(?:US )?dollars?|euros?|pula|maloti|meticais))(?![A-Za-z])"
)


def names_foreign_money(label: str) -> bool:
    """Whether a label says that its figures count another money than rand."""
    return _FOREIGN.search(label) is not None


def label_unit(text: str) -> Unit | None:
    """The unit at the end of a label, or None where the label names none."""
    return split_unit(text)[1]
