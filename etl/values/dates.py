"""Dates as South African pages write them: day first, or year first. Pure.

A date is taken only where the page gives a day. "March 2021" is a month: the contract wants a date or null,
and the first of the month would be an invention, so the value stays null, the text stays in `published` and
the record says why. "10/22/2021" is no day-first date; it is never turned round.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from etl.values.text import LONGEST_FIGURE, Parsed, is_blank, one_line, without_former

DAY_FIRST, MONTH_FIRST = "day first", "month first"
NO_ORDER = "day and month cannot be told apart, in this column or any other"
IMPOSSIBLE = "no such date, day first"
MONTH_ONLY = "month only"
NOT_DATE = "cannot be read as a date"
OUT_OF_RANGE = "year out of range"
PLACEHOLDER = "placeholder for no date"
SERIAL = "a spreadsheet's serial number"
TWO_DIGIT_YEAR = "two-digit year among numbers"
YEAR_ONLY = "year only"
FINANCIAL_YEAR = "financial year"

_PLACEHOLDERS = {date(1970, 1, 1), date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1, 1, 1)}
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_CENTURY_PIVOT = 70  # "Sep-04" is 2004, "Sep-98" is 1998

_MONTH_NAMES = (
    "january januarie", "february februarie", "march maart", "april", "may mei", "june junie", "july julie",
    "august augustus", "september", "october oktober", "november", "december desember",
)  # fmt: skip
_MONTHS = {
    spelling: number
    for number, names in enumerate(_MONTH_NAMES, start=1)
    for name in names.split()
    for spelling in (name, name[:3], *(("sept",) if number == 9 else ()))
}

_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ", re.IGNORECASE)
# What a date is, in brackets behind it
_REMARK = re.compile(
    r"(?<=\d) ?[(\[](?:revised|rev\.?|actual|planned|expected|anticipated|estimated?|est\.?|hersien)[)\]]$",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:,?(?: [-–])?[ T]|^)(?:at )?[0-2]?[0-9][:hH][0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
    r"(?: ?[ap]m)?Z?(?: on |$)",
    re.IGNORECASE,
)
# An instant: its day depends on the clock that it is read by. .NET writes some in milliseconds since 1970
_INSTANT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]+)?"
    r" ?(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)",
    re.IGNORECASE,
)
_TICKS = re.compile(r"\\?/Date\((?P<milliseconds>-?[0-9]{1,15})(?:[+-][0-9]{4})?\)\\?/")
_SOUTH_AFRICA = timezone(timedelta(hours=2))  # all year round, and since 1944
# A word that stands in no date: three letters, and no beginning of a month, a weekday, a remark, a time
_OTHER_WORD = re.compile(
    r"(?<![a-z])(?!jan|feb|maa|mar|apr|may|mei|jun|jul|aug|sep|oct|okt|nov|dec|des|mon|tue|wed|thu|fri|sat|sun"
    r"|rev|act|pla|exp|ant|est|her|dat|tat|amz|pmz|st|nd|rd|th)[a-z]{3}",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"[0-9./-]+")
_NAME = r"(?P<name>[a-z]{3,10})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?: ?(?:st|nd|rd|th))?"
_FULL = [
    re.compile(r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"),
    re.compile(rf"{_DAY}[ -/.]*(?:of )?{_NAME}[, -/.]*(?P<year>[0-9]{{4}}|[0-9]{{2}})", re.IGNORECASE),
    re.compile(rf"{_NAME} ?{_DAY},? (?P<year>[0-9]{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<year>[0-9]{{4}})[ -/.]{_NAME}[ -/.]{_DAY}", re.IGNORECASE),
]
_TWO_NUMBERS = _FULL[1]
_MONTH_YEAR = re.compile(rf"{_NAME}[, -/.']*(?:[0-9]{{4}}|[0-9]{{2}})", re.IGNORECASE)
_MONTH_NUMBER = re.compile(r"[01]?[0-9][-/][0-9]{4}")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")
_SERIAL = re.compile(r"[3-6][0-9]{4}(?:[.,][0-9]+)?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_PAIR = re.compile(
    r"(?:fy ?)?(?P<first>[0-9]{4})[-/](?P<second>[0-9]{2}|[0-9]{4})(?: fy)?", re.IGNORECASE
)


# A day or a month in a sentence: "at the end of July 2026", "as at 31 July 2026"
_NAMED_DAY = re.compile(
    r"(?:(?<![0-9])(?P<day>[0-9]{1,2}) )?\b(?P<name>[a-z]{3,10})\.?,? (?P<year>20[0-9]{2})(?![0-9/-])", re.I
)
_ISO_DAY = re.compile(r"(?<![0-9])(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9])")


def latest_named(text: str) -> tuple[int, int, int]:
    """The last day, or month (day 0), that a sentence names: (2026, 7, 31); (0, 0, 0) where it names none."""
    found = [(0, 0, 0)]
    for match in _NAMED_DAY.finditer(text):
        if month := _MONTHS.get(match["name"].casefold()):
            found.append((int(match["year"]), month, int(match["day"] or 0)))
    found += [(int(m["year"]), int(m["month"]), int(m["day"])) for m in _ISO_DAY.finditer(text)]
    return max(found)


_NO_DATE: Parsed[date] = Parsed(None, NOT_DATE)


def _partial_problem(text: str) -> str:
    """The name of what is less than a date: a month, a year, a financial year, a serial number."""
    month = _MONTH_YEAR.fullmatch(text)
    if (month and month["name"].casefold() in _MONTHS) or _MONTH_NUMBER.fullmatch(text):
        return MONTH_ONLY
    if pair := _YEAR_PAIR.fullmatch(text):
        following = (int(pair["first"]) + 1) % 100 == int(pair["second"]) % 100
        return FINANCIAL_YEAR if following else MONTH_ONLY if len(pair["second"]) == 2 else NOT_DATE
    if _SHORT_YEAR.fullmatch(text):
        return TWO_DIGIT_YEAR
    if _SERIAL.fullmatch(text):
        return SERIAL
    return YEAR_ONLY if _YEAR.fullmatch(text) else NOT_DATE


def _parts(match: re.Match[str]) -> tuple[int, int, int] | None:
    """(year, month, day) of a full shape, or None where its word is no month."""
    groups = match.groupdict()
    month = _MONTHS.get(groups["name"].casefold()) if "name" in groups else int(groups["month"])
    if month is None:
        return None
    year = int(groups["year"])
    if len(groups["year"]) == 2:
        year += 2000 if year < _CENTURY_PIVOT else 1900
    return year, month, int(groups["day"])


def _checked(year: int, month: int, day: int) -> Parsed[date]:
    try:
        found = date(year, month, day)
    except ValueError:
        return Parsed(None, IMPOSSIBLE)
    if found in _PLACEHOLDERS:
        return Parsed(None, PLACEHOLDER)
    return Parsed(found) if _FIRST_YEAR <= year <= _LAST_YEAR else Parsed(None, OUT_OF_RANGE)


def _day_of(instant: re.Match[str]) -> Parsed[date]:
    """The day in South Africa at an instant."""
    groups = instant.groupdict()
    try:
        if "milliseconds" in groups:
            found = datetime(1970, 1, 1, tzinfo=_SOUTH_AFRICA) + timedelta(
                hours=2, milliseconds=int(groups["milliseconds"])
            )
        else:
            zone = groups["zone"].upper()
            found = datetime.fromisoformat(f"{groups['day']}T{groups['time']}{zone}").astimezone(
                _SOUTH_AFRICA
            )
    except (ValueError, OverflowError):  # the first day of all, where a clock shows it as the day before
        return Parsed(None, PLACEHOLDER if groups.get("day") == "0001-01-01" else IMPOSSIBLE)
    return _checked(found.year, found.month, found.day)


def parse_date(text: str, order: str | None = DAY_FIRST) -> Parsed[date]:
    """The day that a string names, by shape; a weekday before it and a time of day are passed over.

    `order`: which of two numbers before a year is the day; None where the column does not tell.

    A time with an offset is an instant: its day in South Africa is meant.
    """
    if is_blank(text):
        return Parsed(None)
    plain = one_line(text)
    if len(plain) > LONGEST_FIGURE:
        return _NO_DATE
    if _OTHER_WORD.search(plain):
        plain = without_former(plain)
        if _OTHER_WORD.search(plain):
            return _NO_DATE
    if not _NUMBERS.fullmatch(plain):
        if instant := _INSTANT.fullmatch(plain) or _TICKS.fullmatch(plain):
            return _day_of(instant)
        plain = _TIME.sub("", _WEEKDAY.sub("", _REMARK.sub("", plain)))
    plain = plain.strip(" ,.")
    for shape in _FULL:
        match = shape.fullmatch(plain)
        parts = _parts(match) if match else None
        if parts and shape is _TWO_NUMBERS and order != DAY_FIRST:
            year, month, day = parts
            if order is None and month <= 12 and day <= 12 and month != day:
                return Parsed(None, NO_ORDER)
            parts = (year, day, month) if order or month > 12 else parts
        if parts:
            return _checked(*parts)
    return Parsed(None, _partial_problem(plain))
