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
_VAT_NOTE = re.compile(rf"(?<=\S)\s*[(\[]?\s*{_VAT}\s*[)\]]?$", re.IGNORECASE)
_LONGEST_UNIT = 200  # characters; of the end of a label, where all but one of these stand
_MOST_UNITS = 20  # of one label: time grows with its length only
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
    rest, unit = _without_marks(one_line(label)), None
    for _ in range(_MOST_UNITS):
        at = max(0, len(rest) - _LONGEST_UNIT)
        match = _BRACKETED.search(rest, at) or _BARE.search(rest, at) or _VAT_NOTE.search(rest, at)
        if match is None:
            break
        shorter = _without_marks(rest[: match.start()])
        if not shorter.strip(_MARKS):
            break
        if match.re is not _VAT_NOTE:
            unit = unit or _unit_of(match)
        rest = shorter
    if unit is None and (match := _WITHIN.search(rest)):
        return f"{rest[: match.start()]} {rest[match.end() :]}", _unit_of(match)
    return rest, unit


def label_unit(text: str) -> Unit | None:
    """The unit at the end of a label, or None where the label names none."""
    return split_unit(text)[1]
