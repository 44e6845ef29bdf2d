"""How values are written: each format gives the text, and the value that a reader can take from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NBSP, THIN = "\u00a0", "\u202f"
_MONTHS = (
    "January February March April May June July August September October November December".split(),
    "Januarie Februarie Maart April Mei Junie Julie Augustus September Oktober November Desember".split(),
)


@dataclass(frozen=True, slots=True)
class MonthOnly:
    """A date of which the page gives the month alone: no day is to be taken from it."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class MoneyFormat:
    """`factor`: what the number counts in rand. `word`: of the scale, in the cell itself."""

    group: str
    mark: str
    decimals: int
    prefix: str = ""
    factor: int = 1
    word: str = ""
    brackets: bool = False

    def write(self, amount: Decimal) -> tuple[str, Decimal]:
        """The text, and the amount in rand that it says."""
        unit = Decimal(1).scaleb(-self.decimals)
        number = (amount / self.factor).quantize(unit, rounding=ROUND_HALF_UP)
        digits = f"{abs(number):,.{self.decimals}f}"
        text = digits.replace(",", "\0").replace(".", self.mark).replace("\0", self.group)
        text = f"{self.prefix}{text}{self.word}"
        if number < 0:
            text = f"({text})" if self.brackets else f"-{text}"
        return text, number * self.factor


# (group, decimal mark, decimals, prefix)
_FULL = (
    (" ", ".", 0, "R "), (" ", ".", 0, "R"), (",", ".", 2, "R"), (",", ".", 2, "R "), (" ", ",", 2, "R "),
    (NBSP, ",", 2, "R"), (THIN, ".", 0, "R "), (NBSP, ".", 0, ""), (" ", ",", 2, ""), ("", ".", 0, ""),
    ("", ".", 2, ""), (",", ".", 2, ""), (" ", ".", 2, ""), (",", ".", 0, "R"), ("", ",", 2, "R"),
    (".", ",", 2, "R "), (" ", ".", 0, "ZAR "),
)  # fmt: skip
_THOUSANDS = ((" ", ".", 0, ""), (",", ".", 0, ""), ("", ".", 0, ""), (NBSP, ",", 1, ""), (" ", ",", 0, ""))
_MILLIONS = ((" ", ".", 1, ""), ("", ".", 2, ""), ("", ",", 1, ""), ("", ",", 2, ""), (",", ".", 1, ""))
_WORDS = (("", ".", 1, "R", "m"), ("", ".", 1, "R ", " million"), ("", ",", 2, "R", " million"))


def money_formats(factor: int, in_cell: bool = False) -> list[MoneyFormat]:
    """The formats of amounts in units of `factor` rand; in the cell itself, with a word of the scale."""
    if in_cell:
        return [MoneyFormat(*shape[:4], 10**6, shape[4]) for shape in _WORDS]
    shapes = {1: _FULL, 1000: _THOUSANDS, 10**6: _MILLIONS}[factor]
    return [MoneyFormat(*shape, factor, brackets=bool(n % 2)) for n, shape in enumerate(shapes)]


def _english(day: date) -> str:
    return _MONTHS[0][day.month - 1]


def _afrikaans(day: date) -> str:
    return _MONTHS[1][day.month - 1]


DATES = {
    "yyyy/mm/dd": lambda day: f"{day:%Y/%m/%d}",
    "yyyy-mm-dd": lambda day: f"{day:%Y-%m-%d}",
    "dd/mm/yyyy": lambda day: f"{day:%d/%m/%Y}",
    "dd-mm-yyyy": lambda day: f"{day:%d-%m-%Y}",
    "dd.mm.yyyy": lambda day: f"{day:%d.%m.%Y}",
    "mm/dd/yyyy": lambda day: f"{day:%m/%d/%Y}",
    "d Month yyyy": lambda day: f"{day.day} {_english(day)} {day.year}",
    "dd Month yyyy": lambda day: f"{day.day:02d} {_english(day)} {day.year}".upper(),
    "dd-Mon-yy": lambda day: f"{day.day:02d}-{_english(day)[:3]}-{day.year % 100:02d}",
    "dd Mon yyyy": lambda day: f"{day.day} {_english(day)[:3]} {day.year}",
    "Month d, yyyy": lambda day: f"{_english(day)} {day.day}, {day.year}",
    "dth Month yyyy": lambda day: f"{day.day}{_ordinal(day.day)} {_english(day)} {day.year}",
    "iso time": lambda day: f"{day:%Y-%m-%d}T00:00:00",
    "with time": lambda day: f"{day:%Y/%m/%d} 00:00",
    "d Maand yyyy": lambda day: f"{day.day} {_afrikaans(day)} {day.year}",
    "Month yyyy": lambda day: f"{_english(day)} {day.year}",
    "Mon-yy": lambda day: f"{_english(day)[:3]}-{day.year % 100:02d}",
    "mm/yyyy": lambda day: f"{day:%m/%Y}",
}
MONTH_ONLY = frozenset({"Month yyyy", "Mon-yy", "mm/yyyy"})


def _ordinal(day: int) -> str:
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def write_date(day: date, style: str) -> tuple[str, date | MonthOnly]:
    """The text, and the day or the month that it says."""
    return DATES[style](day), MonthOnly(day.year, day.month) if style in MONTH_ONLY else day


def date_style(style: str, columns: Sequence[Sequence[date]]) -> str:
    """The style, where its order of day and month can be told from each column; else one that is plain."""
    if style == "mm/dd/yyyy" and any(sum(day.day > 12 for day in days) < 3 for days in columns):
        return "yyyy/mm/dd"
    return style


PERCENTS = {
    "71%": lambda n: f"{n}%", "71 %": lambda n: f"{n} %", "71": lambda n: f"{n}",
    "71.0": lambda n: f"{n:.1f}", "71,00%": lambda n: f"{n:.2f}%".replace(".", ","),
    "0.71": lambda n: f"{n / 100:.2f}", "71/100": lambda n: f"{n}/100",
    "71% complete": lambda n: f"{n}% complete", "bar": lambda n: f"{n}%", "bar without text": lambda n: "",
}  # fmt: skip


def percent_style(style: str, values: Sequence[Decimal]) -> str:
    """The style, where fractions can be told from percentages; else one that is plain."""
    if style == "0.71" and sum(0 < value < 100 for value in values) < 4:
        return "71%"
    return style


def percent_markup(style: str, number: Decimal) -> str | None:
    """The HTML of a bar, or None where the text is all there is."""
    if not style.startswith("bar"):
        return None
    text = "" if "without" in style else f"{number}%"
    return (
        f'<div class="progress"><div class="progress-bar" role="progressbar" style="width:{number}%">'
        f"{text}</div></div>"
    )


def _degrees(value: float, marks: str) -> tuple[str, float]:
    size, seconds = abs(value), round(abs(value) * 3600, 1)
    whole, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    text = f"{int(whole)}°{int(minutes):02d}'{left:04.1f}\"{marks[value < 0]}"
    said = (int(whole) + int(minutes) / 60 + left / 3600) * (-1 if value < 0 else 1)
    assert abs(abs(said) - size) < 0.001
    return text, said


COORDINATES = ("plain", "plain", "four", "comma", "degrees", "letters")


def write_degrees(value: float, style: str, *, is_latitude: bool) -> tuple[str, float]:
    """The text of a latitude or longitude, and the degrees that it says."""
    marks = "NS" if is_latitude else "EW"
    if style == "degrees":
        return _degrees(value, marks)
    if style == "letters":
        return f"{abs(value):.5f} {marks[value < 0]}", value
    if style == "four":
        return f"{value:.4f}", round(value, 4)
    return f"{value:.5f}".replace(".", "," if style == "comma" else "."), value


def said(value: Any) -> str:
    """A published value in words, for reports."""
    return "–" if value is None else f"{value}"
