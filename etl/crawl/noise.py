"""The values of a page that are others each time it is sent: put aside before it is read, put back into what
it says. Pure, linear.

View state, the state of controls, what names a session or an encrypted address: none of it says anything, but
what the page offers next holds it. Two pages that differ in nothing else are one page with other values.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from etl.fetch.page import Page

_MARK = "zq7x"  # begins what stands in a value's place; a page that holds it is read as it is
_IN_PLACE = re.compile(r"zq7x(\d{6})[x]*x7qz")
_SHORT, _LONG = 14, 72  # characters in a value's place: what counts as a blob stays one
_LEAST = 64  # characters of a value that is a blob whatever its name is
_MOST = 999_999  # values of one page

# Letters and digits alone: no entity, quote or backslash is in them; they read the same wherever they stand.
# Each begins with letters of its own, by which it is found at once, and looks no further than it has to.
_VALUES = tuple(
    re.compile(pattern)
    for pattern in (
        # a callback's answer begins with its validation, and how long that is
        rb"\A\d{1,9}\|([A-Za-z0-9+/=]{8,})(?=/\*DX\*/)",
        # a WebForms page's hidden fields, a script's number, a control's state, an encrypted address
        rb"name=\"__[A-Z]{1,40}\"[^<>]{0,200}?value=\"([A-Za-z0-9+/=]{8,})(?=\")",
        rb"id=\"dxss_(\d{3,})(?=\")",
        rb"callbackState[\"']?:[\"']([A-Za-z0-9+/=]{8,})(?=[\"'])",
        rb"enc=([A-Za-z0-9+/=%_-]{8,})",
    )
)
_ANSWER = _VALUES[0]


@dataclass(slots=True)
class Masked:
    """`page`: the page with marks in place of `values`, the first of them being that of number 0."""

    page: Page
    values: list[str] = field(default_factory=list)


class NotWhole(Exception):
    """A mark was taken apart by whoever read the page: it is to be read as it is."""


def masked(page: Page) -> Masked:
    """The page with its passing values put aside; the same value has the same mark wherever it stands."""
    if _MARK.encode() in page.body or _MARK in page.url:
        return Masked(page)
    numbers: dict[bytes, bytes] = {}

    def mark(found: re.Match[bytes]) -> bytes:
        value = found[1]
        number = numbers.get(value)
        if number is None:
            if len(numbers) >= _MOST:
                return found[0]
            number = numbers[value] = b"%06d" % len(numbers)
        if found.re is _ANSWER:
            return b"%d|%s" % (_LONG, _in_place(number, _LONG))
        lead = found[0][: found.start(1) - found.start()]
        return lead + _in_place(number, _LONG if len(value) >= _LEAST else _SHORT)

    url, body = page.url.encode("utf-8", "surrogatepass"), page.body
    for pattern in _VALUES:
        url, body = pattern.sub(mark, url), pattern.sub(mark, body)
    if not numbers:
        return Masked(page)
    page = replace(page, url=url.decode("utf-8", "surrogatepass"), body=body)
    return Masked(page, [value.decode() for value in numbers])


@lru_cache(maxsize=8192)
def _in_place(number: bytes, size: int) -> bytes:
    return b"zq7x%sx7qz" % number.ljust(size - 8, b"x")


def holds_marks(data: bytes) -> bool:
    """Whether a mark, or a part of one, is in it."""
    return _MARK.encode() in data


class MarkPickler(pickle.Pickler):
    """Pickles what a masked page says; the texts with marks in them are set apart."""

    def persistent_id(self, part: object) -> str | None:
        return part if type(part) is str and _MARK in part else None


def pickled(content: object) -> bytes:
    """What a masked page says, its texts with marks as persistent ids."""
    data = io.BytesIO()
    MarkPickler(data, pickle.HIGHEST_PROTOCOL).dump(content)
    return data.getvalue()


def values_back(values: list[str]) -> Callable[[str], str]:
    """What puts its values back into a text of a masked page. It raises NotWhole."""

    def value(found: re.Match[str]) -> str:
        return values[int(found[1])]

    def put_back(text: str) -> str:
        whole = _IN_PLACE.sub(value, text)
        if values and (_MARK in whole or "x7qz" in whole):
            raise NotWhole
        return whole

    return put_back if values else str
