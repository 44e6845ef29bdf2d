"""What a cell's text is by its shape: a figure, a date, a code or words; and the number that a figure shows.

Shape alone: what a column means is judged elsewhere, from all of its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from string import ascii_lowercase
from typing import Literal

from etl.values.amounts import read_shape
from etl.values.text import LONGEST_FIGURE, is_blank, one_line

CellKind = Literal["", "figure", "date", "code", "words"]
_LONGEST_CODE = 40

_SCALES = {"thousand": 3, "k": 3, "million": 6, "mil": 6, "mn": 6, "m": 6, "billion": 9, "bn": 9}
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+])?\s*(?:ZAR|USD|EUR|R|\$|€|£)?\s*(?P<inside>-)?\s*"
    rf"(?P<number>[0-9](?:[0-9 .,']*[0-9])?)\s*\+?\s*(?P<percent>%)?\s*(?:(?P<scale>{_SCALE})\b\.?)?"
    r"\s*(?:ZAR|R|rands?)?\s*(?P<after>-)?\s*(?P<close>\))?",
    re.IGNORECASE,
)
_MONTH = r"[a-z]{3,9}\.?"
_DATE = re.compile(
    r"(?:(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)"
    rf"|\d{{1,2}}[-/. ]?\s?{_MONTH}[-/., ]{{1,2}}(?:\d{{4}}|\d\d)"
    rf"|{_MONTH}[-/ ]\s?(?:\d{{1,2}},? )?(?:19|20)\d\d)"
    r"(?:[T ,]\s?\d{1,2}:\d\d.{0,14})?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:FY\s?|MTEF\s?)?(?:19|20)\d\d(?:\s?[-/]\s?(?:(?:19|20)\d\d|\d\d))?", re.IGNORECASE)
_FEW_LETTERS = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*")
_QUANTITY = re.compile(r"-?\d[\d ,.]*\s?[A-Za-z³²/%]{1,6}(?:/[A-Za-z]{1,5})?\.?")  # "3 m", "12 Ml/d"
_UNIT = re.compile(
    r"\(?\s*(?:in\s+)?(?:(?:R|ZAR|rands?)\s*"
    r"(?:'?\s?000(?:'?s)?|m|mn|bn|k|thousands?|millions?|billions?)?|'?\s?000(?:'?s)?"
    r"|%|percent|per cent|thousands?|millions?|billions?|rands?|days|months|years"
    r"|k?m|km²?|ha|m[23²³]|k[lℓ](?:/d(?:ay)?)?|m[lℓ](?:/d(?:ay)?)?|m[23²³]/[adhs]|[lℓ]/s|mw|kw|kwh"
    r"|dd/mm/yyyy|yyyy[-/]mm[-/]dd)\s*\)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def kind_of(text: str) -> CellKind:
    """The shape of one text; "" for a blank and for words that stand for one (TBC, n/a)."""
    if not text or is_blank(text):
        return ""
    if len(text) > LONGEST_FIGURE:
        return "words"
    plain = one_line(text)
    if not any(map(str.isdigit, plain)):
        return "words"
    if _DATE.fullmatch(plain):
        return "date"
    if _FEW_LETTERS.fullmatch(plain) or _NUMBER.fullmatch(plain) or _QUANTITY.fullmatch(plain):
        return "figure"
    return "code" if " " not in plain and len(plain) <= _LONGEST_CODE else "words"


@lru_cache(maxsize=16384)
def is_year(text: str) -> bool:
    """Whether the text is a year or a financial year ("2019", "2019/20", "FY 2019")."""
    return len(text) < 20 and _YEAR.fullmatch(text) is not None


def are_units(texts: Iterable[str]) -> bool:
    """Whether all that say something are units, one of them money, percent or a measure ("R'000", "%")."""
    said = [one_line(text) for text in texts if text]
    return bool(said) and all(len(text) < 25 and _UNIT.fullmatch(text) for text in said)


_RECKONED = re.compile(r"[a-z\d]{1,2}(?: ?[-+/*x×÷] ?(?:[a-z\d]{1,2}|100))+ ?%?")


def numbers_columns(texts: Sequence[str]) -> bool:
    """Whether a row counts its columns, 1, 2, 3 … or (a), (b), (c) …, some perhaps as reckoned: c = a / b."""
    said = [text.strip("()[] =").casefold() for text in texts if text]
    counted = [text for text in said if len(text) < 3 and text.isalnum()]
    if len(counted) < 3 or not all(text in counted or _RECKONED.fullmatch(text) for text in said):
        return False
    return counted in ([str(at) for at in range(1, len(counted) + 1)], list(ascii_lowercase[: len(counted)]))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as published, in single units; `quantum`: the size of its last digit."""

    number: Decimal
    quantum: Decimal


@lru_cache(maxsize=16384)
def read_figure(text: str) -> Figure | None:
    """The number that a text shows, tolerant of currency, percent and words of scale; None for all else.

    It is compared with others of its column and never kept: a comma or point that may be read in two ways
    is read in one.
    """
    if not text or len(text) > LONGEST_FIGURE or not any(mark.isdigit() for mark in text):
        return None
    match = _NUMBER.fullmatch(one_line(text))
    shape = read_shape(match["number"].replace("'", " ")) if match else None
    if match is None or shape is None:
        return None
    power = _SCALES[match["scale"].casefold()] if match["scale"] else 0
    number, decimals = shape.number, shape.decimals
    if shape.doubt == "," and not power:
        number, decimals = number * 1000, 0
    signs = sum(match[name] is not None for name in ("inside", "after", "open")) + (match["sign"] == "-")
    return Figure((number if signs == 0 else -number).scaleb(power), Decimal(1).scaleb(power - decimals))
