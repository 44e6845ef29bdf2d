"""Figures as people read them in South Africa: `R353 000 000`, `62%`, `28 February 2027`. Pure.

In each language: `R4.36 billion` is `R4,36 miljard` in Afrikaans, which has a comma before decimals.

Every reader here takes whatever the log holds and answers None for what it cannot read: a value that is
odd is shown as it stands, it never raises and never becomes a number.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from projects.languages import Words, current, gettext, ngettext

HERE = ZoneInfo("Africa/Johannesburg")
MONTHS_IN_ENGLISH = (
    "January February March April May June July August September October November December".split()
)
MONTHS = Words({str(number): name for number, name in enumerate(MONTHS_IN_ENGLISH, start=1)})
# Narrow no-break space: a number must not break at the end of a line.
THIN = "\u202f"
# Beyond this many digits a "number" is a typing error or an attack, and is shown as text.
_MOST_DIGITS = 24
_DAYS_A_MONTH = Decimal("30.436875")  # of 400 years
_ONE_MONTH = range(28, 32)  # days
_LONG_MONTHS = 36  # so many and more are told in years
_FEW_DAYS = 57  # below that two months would say too much


def number(value: Any) -> Decimal | None:
    """The Decimal of a canonical string (or of a number), None where it is not a plain finite one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    if isinstance(value, str) and len(value) > 80:
        return None
    try:
        parsed = Decimal(str(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not parsed.is_finite() or abs(parsed.adjusted()) > _MOST_DIGITS:
        return None
    return parsed


def pairs(field_changes: Any) -> dict[str, tuple[Any, Any]]:
    """A change's {field: (old, new)}, without what is no pair."""
    if not isinstance(field_changes, dict):
        return {}
    return {
        str(name): (pair[0], pair[1])
        for name, pair in field_changes.items()
        if isinstance(pair, list | tuple) and len(pair) == 2
    }


def day(value: Any) -> date | None:
    """The date of an ISO string `2027-02-28`, None where it is none."""
    if isinstance(value, datetime):
        return value.astimezone(HERE).date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def grouped(value: Decimal | int) -> str:
    """`1 234 567` with plain spaces; decimals only where there are any, at most two."""
    text = f"{Decimal(value).quantize(Decimal('0.01')):,f}".replace(",", " ")
    return with_mark(text.removesuffix(".00"))


def with_mark(text: str) -> str:
    """A written number with the decimal mark of the language: `62.5`, in Afrikaans `62,5`."""
    return text.replace(".", current().decimal_mark)


def rand(value: Decimal | int) -> str:
    """`R353 000 000`, `-R15 561 925.50`."""
    return f"{'-' if value < 0 else ''}R{grouped(Decimal(value).copy_abs())}"


_LARGE = ((Decimal("1e9"), "billion"), (Decimal("1e6"), "million"))
SIZES = Words({"billion": "{amount} billion", "million": "{amount} million"})


def short_rand(value: Decimal | int) -> str:
    """`R4.36 billion`, `R353 million`, `R12 500`: for headlines; the full figure belongs beside it."""
    amount = Decimal(value)
    for size, word in _LARGE:
        if amount.copy_abs() >= size:
            text = _bare(rand((amount / size).quantize(Decimal("0.01"))))
            return SIZES[word].format(amount=text)
    return rand(value)


def percent(value: Decimal | int) -> str:
    """`62%`, `62.5%`, `1 200%`."""
    return _bare(grouped(value)) + "%"


def _bare(text: str) -> str:
    """Without zeros at the end of its decimals."""
    mark = current().decimal_mark
    return text.rstrip("0").rstrip(mark) if mark in text else text


def long_date(value: date) -> str:
    """`28 February 2027`."""
    return f"{value.day} {MONTHS[str(value.month)]} {value.year}"


def moment(value: datetime) -> str:
    """`28 February 2027, 06:30`, South African time."""
    local = value.astimezone(HERE)
    return f"{long_date(local.date())}, {local:%H:%M}"


def instant(value: datetime | None) -> str | None:
    """`2027-02-28T04:30:00.123456Z`, as JSON and `<time datetime>` want it."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def unbroken(text: str) -> str:
    """The same text with digit groups that do not break over two lines (only for display)."""
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", THIN, text)


def later_by(value: date, months: int) -> date | None:
    """The same day some months on (or the month's last day); None beyond the calendar's end."""
    index = value.year * 12 + value.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(value.day, monthrange(year, month + 1)[1]))


def months_of(days: int) -> int:
    """So many days in months, to the nearest: 90 days are 3, in whichever season."""
    return int((Decimal(days) / _DAYS_A_MONTH).to_integral_value(ROUND_HALF_UP))


def days_of(months: int) -> int:
    """The fewest days that are so many months."""
    return int(((months - Decimal("0.5")) * _DAYS_A_MONTH).to_integral_value(ROUND_CEILING))


def duration(first: date, last: date) -> str:
    """`3 months`, `45 days` (first ≤ last): in days below two months, unless they are one month."""
    days = (last - first).days
    if days < _FEW_DAYS and days not in _ONE_MONTH:
        return ngettext("{number} day", "{number} days", days).format(number=days)
    return in_years(months_of(days))


def in_years(months: int) -> str:
    """`3 months`, `35 months`, `3 years`, `7 years and 1 month`."""
    years, rest = divmod(months, 12)
    if months < _LONG_MONTHS:
        return _months(months)
    said = ngettext("{number} year", "{number} years", years).format(number=grouped(years))
    return gettext("{years} and {months}").format(years=said, months=_months(rest)) if rest else said


def _months(number: int) -> str:
    return ngettext("{number} month", "{number} months", number).format(number=number)
