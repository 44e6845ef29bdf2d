"""The values of a project's fields: as columns hold them, as the log spells them, as a steward types them.

No query. Canonical is the log's spelling: "62.00", "2027-02-28", codes, text in NFC, degrees as
numbers, lists of codes; None for unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from projects.charset import storable
from projects.fields import BY_NAME, FIELDS, Kind
from projects.models import Project, Province, Status
from projects.wording.phrases import label

DEGREES = {"latitude": 90, "longitude": 180}

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_AMOUNT = re.compile(r"(?:\d{1,15}|\d{1,3}(?: \d{3}){1,4})(?:\.\d{1,2})?")
_COUNT = re.compile(r"\d{1,9}|\d{1,3}(?: \d{3}){1,2}")
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
# Of what the log spells otherwise than the column.
_TYPES: dict[Kind, Callable[[Any], Any]] = {
    Kind.MONEY: Decimal,
    Kind.PERCENT: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.DEGREES: float,
}


class NotAValue(ValueError):
    """What was typed is no value of that field; the message is a sentence that says what would be."""


def canonical(value: Any) -> Any:
    """A column's value in the log's spelling; a blank text is as unknown as None."""
    if isinstance(value, Decimal):
        return f"{value + 0:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value) or None
    if isinstance(value, tuple | list):
        return sorted(value)
    return value


def typed(field: str, value: Any) -> Any:
    """A canonical value as the column holds it; municipalities as a sorted tuple of codes."""
    if field == "municipalities":
        return tuple(sorted(value or ()))
    kind = BY_NAME[field].kind
    return value if value is None or kind not in _TYPES else _TYPES[kind](value)


def read(field: str, text: str) -> Any:
    """The canonical value of what a steward typed; blank is None, "not known". Raises NotAValue."""
    if field not in CORRECTABLE:
        raise NotAValue(f"“{field}” cannot be corrected. These can: {', '.join(CORRECTABLE)}.")
    bare = _SPACES.sub(" ", text).strip()
    if bare != storable(bare) or any(unicodedata.category(mark) == "Cc" for mark in bare):
        raise NotAValue("The text has characters in it that cannot be stored.")
    if bare:
        return CORRECTABLE[field](field, unicodedata.normalize("NFC", bare))
    if BY_NAME[field].required:
        raise NotAValue(f"{label(field)} cannot be left blank.")
    return None


def _amount(field: str, text: str) -> str:
    number = text.upper().removeprefix("R").strip()
    if not _AMOUNT.fullmatch(number):
        raise NotAValue(f"“{text}” is not an amount in rand such as 12500000.00 (a point before the cents).")
    return f"{Decimal(number.replace(' ', '')):.2f}"


def _count(field: str, text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise NotAValue(f"“{text}” is not a whole number such as 1200.")
    return int(text.replace(" ", ""))


def _percent(field: str, text: str) -> str:
    number = text.removesuffix("%").strip()
    share = Decimal(number) if _NUMBER.fullmatch(number) else None
    if share is None or not 0 <= share <= 100 or share != round(share, 2):
        raise NotAValue(f"“{text}” is not a percentage from 0 to 100 with at most two decimals.")
    return f"{share + 0:.2f}"


def _day(field: str, text: str) -> str:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise NotAValue(f"“{text}” is not a day such as 2027-02-28.")
    return day.isoformat()


def _degrees(field: str, text: str) -> float:
    most = DEGREES[field]
    if not _NUMBER.fullmatch(text) or abs(float(text)) > most:
        raise NotAValue(f"“{text}” is not a {field} in degrees, from -{most} to {most}, such as -23.3058.")
    return round(float(text), 6)


def _status(field: str, text: str) -> str:
    code = text.lower().replace(" ", "_").replace("-", "_")
    if code not in Status.values:
        raise NotAValue(f"“{text}” is not a status. These are: {', '.join(Status.values)}.")
    return code


def _province(field: str, text: str) -> str:
    if text.upper() not in Province.values:
        raise NotAValue(f"“{text}” is not a province's code. These are: {', '.join(Province.values)}.")
    return text.upper()


def _municipality(field: str, text: str) -> str:
    """Only its spelling: whether there is one with the code, the database knows."""
    return text.strip("[]").replace(" ", "").upper()


def _kind(field: str, text: str) -> str:
    code = text.lower().replace(" ", "_")
    if not _CODE.fullmatch(code):
        raise NotAValue(f"“{text}” is not a type such as bulk_water_supply.")
    return _text(field, code)


def _text(field: str, text: str) -> str:
    longest = getattr(Project._meta.get_field(field), "max_length", None)
    if longest and len(text) > longest:
        raise NotAValue(f"{label(field)} has {longest} characters at most; this has {len(text)}.")
    return text


_READERS: dict[Kind, Callable[[str, str], Any]] = {
    Kind.TEXT: _text,
    Kind.MONEY: _amount,
    Kind.PERCENT: _percent,
    Kind.COUNT: _count,
    Kind.DATE: _day,
    Kind.DEGREES: _degrees,
    Kind.STATUS: _status,
    Kind.PROGRAMME: _text,
    Kind.PROJECT_TYPE: _kind,
    Kind.PROVINCE: _province,
    Kind.PLACE: _municipality,
}
# What the source wrote (`…_as_published`) is its own; `municipalities` and `province` follow `municipality`.
CORRECTABLE = {field.name: _READERS[field.kind] for field in FIELDS if field.correctable}
