"""Money, counts and percentages as South African pages write them, read by shape. Pure.

Both "R1 234,56" and "R1,234.56" are in use, sometimes on one page (Unicode changed en-ZA in 2023), so no
separator has a fixed meaning. What decides is the shape: groups of three, the other mark, a word of scale.

Three digits behind a single mark are the doubtful case, decided only where one reading is impossible:

* "R2,505": cents have two digits, so a comma before three is a group mark: 2505, with the doubt recorded;
  under a heading in thousands ("291,786" under R'000) that is the plain convention and no doubt.
* "R2.505": no South African locale groups with a point, and cents have two digits: nothing is read.
* "R2.505 million", "353.125" under R'000: a point before a scale is a decimal point.
* "R2,505 million": both readings are usual: nothing is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from etl.values.text import LONGEST_FIGURE, Parsed, is_blank, one_line, without_former
from etl.values.units import Unit

AMBIGUOUS = "the separator can be read in two ways"
APPROXIMATE = "published as an approximate figure"
NOT_MONEY = "cannot be read as an amount of money"
NOT_PERCENT = "cannot be read as a percentage"
NOT_COUNT = "cannot be read as a whole number"
RANGE = "a range, not one figure"
OUTSIDE_PERCENT = "outside 0 to 100"
TOO_LARGE = "too large to be an amount in rand"

_CENT = Decimal("0.01")
_LARGEST = Decimal(10**15)
_MOST_DIGITS = 24

# (shape, group mark, decimal mark); the first shape that fits decides
_SHAPES = [
    (re.compile(r"[0-9]+"), "", ""),
    (re.compile(r"[0-9]{1,3}(?: [0-9]{3})+"), " ", ""),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}"), ",", ""),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}"), ".", ""),
    (re.compile(r"(?:[0-9]+|[0-9]{1,3}(?: [0-9]{3})+),[0-9]+"), " ", ","),
    (re.compile(r"(?:[0-9]+|[0-9]{1,3}(?: [0-9]{3})+)\.[0-9]+"), " ", "."),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+"), ",", "."),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"), ".", ","),
]
_DOUBT = re.compile(r"[1-9][0-9 .,]*[.,][0-9]{3}")
_SPLIT_DECIMAL = re.compile(r"(?<=[0-9][.,]) (?=[0-9])")  # "R9, 4 billion"


@dataclass(frozen=True, slots=True)
class Shape:
    """A number without its marks: `number`, its published `decimals`, and the mark that is in doubt.

    doubt: "" none, "," or "." a single mark before three digits, "mixed" a comma before three after groups
    of another mark ("1 234,567": decimals, or a hand that mixed its marks).
    """

    number: Decimal
    decimals: int
    doubt: str


def _doubt(text: str) -> str:
    marks = [mark for mark in text if mark in " .,"]
    if not _DOUBT.fullmatch(text) or len(text.split(marks[0])[0]) > 3:
        return ""
    if len(marks) == 1:
        return marks[0]
    return "mixed" if len(set(marks)) > 1 and marks[-1] == "," else ""


def read_shape(text: str) -> Shape | None:
    """The number that the marks' positions give, or None where they fit no number. No sign, no currency."""
    text = _SPLIT_DECIMAL.sub("", text)
    for shape, group, decimal in _SHAPES:
        if len(text) <= _MOST_DIGITS and shape.fullmatch(text):
            digits = text.replace(group, "") if group else text
            decimals = len(text.rpartition(decimal)[2]) if decimal else 0
            return Shape(Decimal(digits.replace(",", ".")), decimals, _doubt(text))
    return None


_SCALES = {
    "thousand": Decimal(1000), "k": Decimal(1000), "'000": Decimal(1000),
    "million": Decimal(10**6), "mil": Decimal(10**6), "mill": Decimal(10**6), "mn": Decimal(10**6),
    "m": Decimal(10**6), "billion": Decimal(10**9), "bn": Decimal(10**9), "b": Decimal(10**9),
    "trillion": Decimal(10**12), "duisend": Decimal(1000), "miljoen": Decimal(10**6),
    "miljard": Decimal(10**9),
}  # fmt: skip
_QUOTED_SCALE = "'000"
_SCALE_WORD = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_MONEY = re.compile(
    r"(?P<about>(?:\+/-|[~±]|ca?\.|about|approx(?:\.|imately)?|est\.|estimated|(?:more|less) than|over)\s*)?"
    r"(?P<open>\()?\s*(?P<sign>-)?\s*(?:ZAR|R)?\s*(?P<sign_inside>-)?\s*"
    r"(?P<number>[0-9](?:[0-9 .,]*[0-9])?)\s?(?P<more>\+)?\s*"
    rf"(?:(?P<scale>{_SCALE_WORD})\b\.?s?)?\s*(?:ZAR|R|rands?)?\s*(?P<sign_after>-)?\s*(?P<close>\))?",
    re.IGNORECASE,
)
_VAT = re.compile(
    r"\s*[(\[]?\s*(?:(?:in[ck]l|excl|uitsl)[a-z]*\.?(?:\s+of)?\s+(?:vat|btw)|(?:vat|btw)\s+(?:in[ck]l|excl)[a-z]*\.?)"
    r"\s*[)\]]?$",
    re.IGNORECASE,
)
_NO_CENTS = re.compile(r"(?<=[0-9])(?:-00|[.,]-{1,2})$")  # "R5 000-00", "R5 000,-"
# "45'500'000": each group behind a quote. Of "R45'000" the quote may belong to a word of scale ("'000").
_QUOTED = re.compile(r"(?<![0-9'.,])(?<![0-9] )[0-9]{1,3}(?:(?:'[0-9]{3}){2,}|'(?!000)[0-9]{3})(?![0-9'])")
_RANGE = re.compile(
    r"[0-9][^-]*(?:-|\bto\b|\band\b)\s*R?\s*[0-9]|\bor (?:more|less|above|below)\b", re.IGNORECASE
)


def _comma_or_point(shape: Shape, factor: Decimal, has_word: bool) -> tuple[Decimal | None, bool]:
    """The number that a shape in doubt means before its scale, and whether a doubt stays."""
    if shape.doubt == ",":
        if factor > 1000:
            return None, True
        return shape.number * 1000, factor == 1 and not has_word
    needed = 1000 if shape.doubt == "." else 10**6
    return (shape.number, False) if factor >= needed else (None, True)


def _signed(match: re.Match[str], amount: Decimal) -> Decimal | None:
    """The amount with its sign, or None where brackets or signs do not pair."""
    signs = sum(match[name] is not None for name in ("sign", "sign_inside", "sign_after", "open"))
    if (match["open"] is None) != (match["close"] is None) or signs > 1:
        return None
    return -amount if signs else amount


def _factor(word: str | None, unit: Unit | None) -> Decimal:
    if word:
        return _SCALES[word.casefold()]
    return unit.factor if unit and unit.kind == "money" else Decimal(1)


def _amount(match: re.Match[str], unit: Unit | None, mark: str) -> Parsed[Decimal]:
    shape = read_shape(match["number"])
    if shape is None:
        return Parsed(None, NOT_MONEY)
    word, factor = match["scale"], _factor(match["scale"], unit)
    if word == _QUOTED_SCALE and unit and unit.kind == "money" and unit.factor != 1:
        return Parsed(None, AMBIGUOUS)  # "12'000" under "R'000": the label's thousands once more, or a group
    number: Decimal | None = shape.number
    doubtful = False
    if mark and {shape.doubt, mark} == {",", "."}:  # the column shows that the other mark is the decimal one
        number = shape.number * 1000
    elif shape.doubt:
        number, doubtful = _comma_or_point(shape, factor, bool(word))
    if number is None:
        return Parsed(None, AMBIGUOUS)
    amount = _signed(match, number * factor)
    if amount is None:
        return Parsed(None, NOT_MONEY)
    if abs(amount) >= _LARGEST:
        return Parsed(None, TOO_LARGE)
    problem = AMBIGUOUS if doubtful else APPROXIMATE if match["more"] or match["about"] else None
    decimals = 0 if shape.doubt == "," or number != shape.number else shape.decimals
    return Parsed(_rounded(amount), problem, factor * Decimal(1).scaleb(-decimals))


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_CENT, rounding=ROUND_HALF_UP) + 0  # + 0 turns -0.00 into 0.00


def parse_money(text: str, unit: Unit | None = None, mark: str = "") -> Parsed[Decimal]:
    """An amount in rand with two decimals. `unit` is what the label says of bare numbers (R'000); `mark` the
    decimal mark of the whole column ("." or ","), "" where it is not known.

    A word of scale in the cell ("R61.6 million") is stronger than the label's unit. Blank words give None
    without a problem; "R24+ billion" is read and marked approximate; ranges and prose give None with one.
    """
    return _money(text, unit, mark) if len(text) <= LONGEST_FIGURE else _read_money(text, unit, mark)


@lru_cache(maxsize=16384)  # a figure is asked for by its column, by the sums of its area, by its record
def _money(text: str, unit: Unit | None, mark: str) -> Parsed[Decimal]:
    return _read_money(text, unit, mark)


def _read_money(text: str, unit: Unit | None, mark: str) -> Parsed[Decimal]:
    if is_blank(text):
        return Parsed(None)
    plain = _NO_CENTS.sub("", _VAT.sub("", one_line(text)).rstrip(" *"))
    if len(plain) > LONGEST_FIGURE:
        return Parsed(None, NOT_MONEY)
    if "'" in plain:
        plain = _QUOTED.sub(lambda found: found[0].replace("'", " "), plain)
    match = _MONEY.fullmatch(plain) or _MONEY.fullmatch(without_former(plain))
    if match:
        return _amount(match, unit, mark)
    return Parsed(None, RANGE if _RANGE.search(plain) else NOT_MONEY)


_PERCENT = re.compile(
    r"(?P<sign>-)?\s*(?P<number>[0-9](?:[0-9 .,]*[0-9])?)\s*(?:/\s*100)?\s*(?:%|percent|per cent|persent)?"
    r"\s*(?:complete|completed|completion|done)?",
    re.IGNORECASE,
)


def parse_percent(text: str, *, is_share: bool = False) -> Parsed[Decimal]:
    """A percentage 0–100 with two decimals. "0.62" is 0.62 percent unless the whole column holds shares of 1.

    "11 / 11", "Construction 10%", a range and anything outside 0–100 give None with a problem.
    """
    if is_blank(text):
        return Parsed(None)
    plain = one_line(text)
    match = _PERCENT.fullmatch(plain) if len(plain) <= LONGEST_FIGURE else None
    shape = read_shape(match["number"]) if match else None
    if match is None or shape is None:
        return Parsed(None, NOT_PERCENT)
    if shape.number > 100 or (match["sign"] and shape.number):
        return Parsed(None, OUTSIDE_PERCENT)
    scale = 100 if is_share and "%" not in plain else 1
    if shape.number * scale > 100:
        return Parsed(None, OUTSIDE_PERCENT)
    return Parsed(_rounded(shape.number * scale), None, scale * Decimal(1).scaleb(-shape.decimals))


_COUNT = re.compile(r"(?P<number>[0-9](?:[0-9 ,.]*[0-9])?)\s*(?:projects?)?", re.IGNORECASE)
_NO_PROJECTS = re.compile(r"(?:no|nil|zero|geen) projects", re.IGNORECASE)


def parse_count(text: str) -> Parsed[int]:
    """A whole number ("207", "1,120 Projects", "No projects", "12.0"); a comma before three digits groups."""
    if is_blank(text):
        return Parsed(None)
    plain = one_line(text)
    if _NO_PROJECTS.fullmatch(plain):
        return Parsed(0)
    match = _COUNT.fullmatch(plain) if len(plain) <= LONGEST_FIGURE else None
    shape = read_shape(match["number"]) if match else None
    if shape is None or shape.number >= 10**9:
        return Parsed(None, NOT_COUNT)
    if shape.doubt == ",":
        return Parsed(int(shape.number * 1000))
    is_whole = not shape.decimals or (shape.decimals < 3 and shape.number == int(shape.number))
    return Parsed(int(shape.number)) if is_whole else Parsed(None, NOT_COUNT)
