"""What the values of a column are: shares of money, numbers, dates, codes, words. Pure.

A column is judged by at most `SAMPLES` of its different texts; how often each stands is not needed for that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from etl.values.amounts import parse_money, read_shape
from etl.values.coordinates import parse_point
from etl.values.dates import parse_date
from etl.values.text import LONGEST_FIGURE, is_blank, one_line

SAMPLES = 200
_SOME = 6  # rows
_LONG = 40  # characters: no longer text says that there is none
_TELLING = 3  # figures

_CURRENCY = re.compile(
    r"^\W*(?:R|ZAR)\s?-?\(?\s?\d|\b(?:million|billion|mil|bn|miljoen|miljard)\b|\d\s*(?:rands?|ZAR)\b"
    r"|^\W*R\s?\d",
    re.IGNORECASE,
)
_SIGN = re.compile(r"\W*(?:R|ZAR)", re.IGNORECASE)
_NUMBER = re.compile(r"^[(\[-]?\s*\d(?:[\d ,.]*\d)?\s*[)\]-]?$")
_WHOLE = re.compile(r"\(?-?\s?(?:R|ZAR)[\s\d.,-]+\)?")
_PERCENT = re.compile(r"^-?\s*\d[\d ,.]*\s*(?:/\s*100$|(?:/\s*100\s*)?(?:%|percent|per cent))", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"\d[\d ,.]*")
_CODE = re.compile(r"^(?=.*\d)(?=.*[A-Za-z/_-])[\w./()-]{2,40}$")
_SLASHED = re.compile(r"^(?:[A-Za-z]{3,9}\.?,? )?(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:\D.*)?$")
_MONTHLY = re.compile(
    r"^(?:jan|feb|m[aä]r|maart|mrt|apr|ma[yi]|mei|jun|jul|aug|sep|o[ck]t|nov|de[cs])[a-z]{0,6}"
    r"[ '-]*(?:\d{4}|\d{2})$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class ColumnValues:
    """The different texts of one column, blanks apart, up to `most`; `rows` and `blanks` count all."""

    most: int = SAMPLES
    texts: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    blanks: int = 0
    repeats: bool = False  # whether a text stands in two rows of one table
    variety: float = 1.0  # the least share of different texts in a table of some rows

    def add(self, column: Iterable[str]) -> None:
        """The column's texts in one more table."""
        texts = list(column)
        distinct = dict.fromkeys(texts)
        blanks = [
            text for text in distinct if len(text) < _LONG and not text[-1:].isdigit() and is_blank(text)
        ]
        self.rows += len(texts)
        counted = Counter(texts) if blanks or len(distinct) < len(texts) else Counter()
        filled = len(texts) - sum(counted[text] for text in blanks)
        if filled >= _SOME:
            self.variety = min(self.variety, (len(distinct) - len(blanks)) / filled)
        self.blanks += sum(counted[text] for text in blanks)
        for text in blanks:
            del distinct[text]
        self.repeats |= any(counted[text] > 1 for text in distinct)
        for text in distinct:
            if len(self.texts) >= self.most:
                break
            self.texts[text] = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a column's texts are, as shares 0–1 of the different ones."""

    count: int
    money: float = 0.0  # with a mark of currency or a word of scale
    number: float = 0.0  # without
    percent: float = 0.0  # with a mark of percent
    date: float = 0.0
    month: float = 0.0  # months and years alone
    code: float = 0.0
    words: float = 0.0
    point: float = 0.0
    unique: bool = False
    low: Decimal | None = None  # the least and the greatest number
    high: Decimal | None = None
    between: int = 0  # numbers strictly between 0 and 1
    small: float = 0.0  # share of the numbers but 0 that are below a thousand
    length: float = 0.0  # of a text, on average

    @property
    def figures(self) -> float:
        return self.money + self.number + self.percent


def profile(values: ColumnValues) -> Profile:
    """Judge a column."""
    kinds: Counter[str] = Counter()
    numbers: list[Decimal] = []
    for text in values.texts:
        kind, number = _kind(text)
        kinds[kind] += 1
        if number is not None:
            numbers.append(number)
    count = len(values.texts)
    low, high = min(numbers, default=None), max(numbers, default=None)
    share = {kind: round(times / count, 3) for kind, times in kinds.items()}
    return Profile(
        count,
        **share,
        unique=not values.repeats and not values.blanks and values.rows > 1,
        low=low,
        high=high,
        between=sum(0 < number < 1 for number in numbers) if low is not None and low < 1 else 0,
        small=sum(-1000 < number < 1000 for number in numbers if number) / max(1, sum(map(bool, numbers))),
        length=sum(map(len, values.texts)) / count if count else 0.0,
    )


@lru_cache(maxsize=16384)  # places, dates and shares come again on each page
def _kind(text: str) -> tuple[str, Decimal | None]:
    plain = one_line(text)
    if len(plain) > LONGEST_FIGURE or not any(map(str.isdigit, plain)):
        return "words", None
    if _PERCENT.match(plain):
        first = _FIRST_NUMBER.search(plain)
        shape = read_shape(first[0].strip(" ,.")) if first else None
        return "percent", shape.number if shape else None
    if _NUMBER.match(plain):
        shape = read_shape(plain.strip("()[]- "))
        if shape is not None:
            number = shape.number * (1000 if shape.doubt == "," else 1)
            return "number", -number if plain[0] in "(-" else number
    if (_SIGN.match(plain) or _names_scale(plain)) and _CURRENCY.search(plain):
        money = parse_money(plain)
        return "money", money.value
    dated = parse_date(plain)
    if dated.value is not None or _SLASHED.match(plain):
        return "date", None
    if _MONTHLY.match(plain) or dated.problem in ("month only", "financial year"):
        return "month", None
    if parse_point(plain).value is not None:
        return "point", None
    return ("code", None) if _CODE.match(plain) else ("words", None)


def _names_scale(text: str) -> bool:
    """Whether a word of scale or of rand may stand in the text: without one, and no sign, it is no money."""
    lowered = text.lower()
    return any(word in lowered for word in ("mil", "bn", "rand", "billion", "zar"))


def greatest_whole(texts: Iterable[str]) -> Decimal:
    """The greatest amount with a sign "R" and no word of scale, 0 where there is none."""
    amounts = (parse_money(text).value for text in texts if _WHOLE.fullmatch(one_line(text)))
    return max((abs(amount) for amount in amounts if amount is not None), default=Decimal(0))


def day_first(texts: Iterable[str]) -> bool | None:
    """Whether 03/04/2027 is the 3rd of April in a column: None where its texts do not tell, or contradict
    each other."""
    first = second = False
    for text in texts:
        if match := _SLASHED.match(one_line(text)):
            first |= int(match[1]) > 12
            second |= int(match[3]) > 12
    return None if first == second else first


def has_slashed_dates(texts: Iterable[str]) -> bool:
    """Whether the column writes days and months as two numbers before a year."""
    return any(_SLASHED.match(one_line(text)) for text in texts)


def decimal_mark(texts: Iterable[str]) -> str:
    """ "." or "," where three of a column's figures show which it is and none contradicts, else ""."""
    found: Counter[str] = Counter()
    for text in texts:
        marks = re.findall(r"[.,](?=\d)", text)
        tail = re.search(r"([.,])(\d+)\D*$", text)
        if len(set(marks)) == 2 and tail:
            found[tail[1]] += 1
        elif len(marks) > 1 and len(set(marks)) == 1:
            found["." if marks[0] == "," else ","] += 1
        elif tail and len(tail[2]) != 3:
            found[tail[1]] += 1
    return next(iter(found)) if len(found) == 1 and found.total() >= _TELLING else ""
