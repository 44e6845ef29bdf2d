"""How the service reads `cut`, `drilldown`, `aggregates`, `fields` and `order`.

Its grammar has no end: what comes after the last part that it understands is ignored without a word, so that
`drilldown=a,b` is `a`. A value is dates, else whole numbers, else texts; an unquoted text runs to the next
`|`, semicolons and stray quotes included. Held against babbage 0.3.6 itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from replica.money.errors import BadQuery, Refused

Value = str | int | date
_REF = re.compile(r"[A-Za-z0-9._]*[A-Za-z0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"[0-9]+")
_NO_INTEGER = re.compile(r"[^0-9|;]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\[\'"\\nrtbfv]|\\u[a-fA-F0-9]{4})*"')
_UNQUOTED = re.compile(r"[^|]*")
_DIRECTION = re.compile(r"asc|desc")
_SPACE = re.compile(r"\s*")


class Cut(NamedTuple):
    ref: str
    values: list[Value]


class Order(NamedTuple):
    ref: str
    direction: str  # asc or desc
    source: str | list[str]  # as the service would repeat it in an error


class _Text:
    """A text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """The piece that is next, or None."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match.group() if match else None

    def sees(self, mark: str) -> bool:
        """Is this mark next? It is passed over then, with the white space around it."""
        before = self.at
        self.skip()
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        self.at = before
        return False


def _ref(text: _Text) -> str:
    text.skip()
    found = text.take(_REF)
    if found is None:
        raise BadQuery("Expecting <ref>")
    return found


def _several(source: str, mark: str, read: Callable[[_Text], object]) -> Iterator[_Text]:
    """Stop before each part that starts; the first must be one, a later one that does not start ends it."""
    text = _Text(source)
    yield text
    while text.sees(mark):
        before = text.at
        try:
            read(text)
        except BadQuery:
            return
        text.at = before
        yield text


def refs(source: str, mark: str) -> list[str]:
    """The refs of `drilldown` and `aggregates` (mark `|`) or `fields` (mark `,`). Raises BadQuery."""
    return [_ref(text) for text in _several(source, mark, _ref)]


def orders(source: str) -> list[Order]:
    """The refs of `order` with their directions. Raises BadQuery."""
    return [_order(text) for text in _several(source, ",", _ref)]


def _order(text: _Text) -> Order:
    ref = _ref(text)
    before = text.at
    if text.sees(":"):
        text.skip()
        direction = text.take(_DIRECTION)
        if direction and not text.text[text.at : text.at + 1].isalnum():
            return Order(ref, direction, [ref, ":", direction])
    text.at = before
    return Order(ref, "asc", ref)


def cuts(source: str, known: Callable[[str], bool]) -> list[Cut]:
    """The cuts; `known` says whether a ref is one of the cube's. Raises BadQuery and Refused."""
    found = []
    for text in _several(source, "|", _cut_head):
        ref = _cut_head(text)
        values = _values(text)
        if not known(ref):
            raise BadQuery(f"Invalid cut: {ref!r}")
        found.append(Cut(ref, values))
    return found


def _cut_head(text: _Text) -> str:
    ref = _ref(text)
    if not text.sees(":"):
        raise BadQuery("expecting ':'")
    text.skip()
    return ref


def _values(text: _Text) -> list[Value]:
    day = text.take(_DATE)
    if day is not None:
        return [_date(day), *(_date(value) for value in _more(text, _DATE))]
    start = text.at
    number = text.take(_INTEGER)
    if number is not None and not _NO_INTEGER.match(text.text, text.at):
        return [int(number), *(int(value) for value in _more(text, _INTEGER))]
    text.at = start
    return _strings(text)


def _more(text: _Text, pattern: re.Pattern[str]) -> Iterator[str]:
    """The dates or numbers behind the first one: once it is a list of those, all must be."""
    while text.sees(";"):
        text.skip()
        value = text.take(pattern)
        if value is None:
            raise BadQuery(f"expecting '{pattern.pattern}'")
        if pattern is _INTEGER and _NO_INTEGER.match(text.text, text.at):
            raise BadQuery("failed lookahead")
        yield value


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{error}: {value}") from error


def _strings(text: _Text) -> list[Value]:
    found: list[Value] = [_string(text)]
    while text.sees(";"):
        found.append(_string(text))
    return found


def _string(text: _Text) -> str:
    before = text.at
    text.skip()
    quoted = text.take(_QUOTED)
    if quoted is None:
        text.at = before
        value = text.take(_UNQUOTED) or ""
    else:
        value = quoted
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = _unescaped(value)
    if not value:
        raise Refused("list index out of range")  # an empty text is one that the service trips over
    return value


def _unescaped(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except json.JSONDecodeError as error:
        raise Refused(str(error)) from error
