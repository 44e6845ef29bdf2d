"""Pagers that no class or `rel` marks: links to the page's own address with another number in it. Pure.

The number says which part of the list it is: the next or the one before, counted in pages or in rows. What
the link is called has to fit: the page's number itself, or a word or a sign for going on or back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from etl.extract.document import Document
from etl.extract.html import Element, text_of
from etl.extract.pager import BACK
from etl.extract.types import Pager

_ON = re.compile(
    r"(?:next|more|further|older|onward|volgende|meer|verder)\b.{0,20}|[\W_]*(?:>|›|»|→|▶|⟩)+", re.I
)
_BACK = re.compile(r"(?:prev(?:ious)?|back|newer|vorige|terug)\b.{0,20}|(?:<|‹|«|←|◀|⟨)+[\W_]*", re.I)
_SIGNS = re.compile(r"^(?:<|‹|«|←|◀|⟨|\s)+(?=\w)|(?<=\w)(?:>|›|»|→|▶|⟩|\s)+$")
_LONGEST = 30  # characters of a link's text
_NEXT = "next"
Query = dict[str, str]


def address_pager(document: Document, url: str, rows: int) -> Pager | None:
    """The pager of the list of so many rows that the page of this address shows; None where it has none."""
    if not url or not rows or not document.mentions("?"):
        return None
    own = urlsplit(url)
    query = dict(parse_qsl(own.query, keep_blank_values=True))
    found: dict[str, dict[str, tuple[int, str]]] = {}  # parameter → label → number, address
    for label, target in _labelled(document):
        parts = urlsplit(target)
        if (parts.netloc, parts.path) == (own.netloc, own.path):
            other = dict(parse_qsl(parts.query, keep_blank_values=True))
            for name, number in _differs(query, other):
                found.setdefault(name, {}).setdefault(label, (number, target))
    pagers = (_pager(ways, _number(query.get(name, "")), rows) for name, ways in found.items())
    return next(filter(None, pagers), None)


def _labelled(document: Document) -> Iterator[tuple[str, str]]:
    """Links outside of what was read as data, each with the number of a page, "next" or "prev"."""
    for anchor in document.all("a"):
        if anchor in document.taken and not _is_of_pager_row(anchor):
            continue
        text = text_of(anchor) or anchor.get("aria-label") or anchor.get("title") or ""
        label = _label(text) if len(text) <= _LONGEST else ""
        url = document.links.absolute(anchor.get("href")) if label else None
        if url:
            yield label, url


def _is_of_pager_row(anchor: Element) -> bool:
    """Whether nothing but its cell stands in the row of a table."""
    row = next(anchor.iterancestors("tr"), None)
    return row is not None and len(row) == 1


def _label(text: str) -> str:
    bare = _SIGNS.sub("", text.strip().strip("[]()")).strip()
    if bare.isascii() and bare.isdigit():
        return bare if len(bare) < 5 else ""
    if _ON.fullmatch(bare):
        return _NEXT
    return BACK if _BACK.fullmatch(bare) else ""


def _differs(own: Query, other: Query) -> Iterator[tuple[str, int]]:
    """The one parameter in which the addresses differ, where it is a whole number there."""
    named = {name for name in own.keys() | other.keys() if own.get(name, "") != other.get(name, "")}
    if len(named) == 1:
        name = named.pop()
        number = _number(other.get(name, ""))
        if number is not None and (own.get(name, "") == "" or _number(own[name]) is not None):
            yield name, number


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _pager(ways: dict[str, tuple[int, str]], own: int | None, rows: int) -> Pager | None:
    """Where the numbers are such as a pager has."""
    fits = {label: url for label, (number, url) in ways.items() if _fits(label, number, own, rows)}
    if not fits:
        return None
    shown = {int(label) for label in fits if label.isdigit()}
    page = next(at for at in range(1, len(shown) + 2) if at not in shown)
    return Pager(page, None, None, "link", "", fits)


def _fits(label: str, number: int, own: int | None, rows: int) -> bool:
    """Whether a number leads where its link says: pages are counted from 0 or 1 on, or rows are, of which the
    last page may show fewer than the others."""
    if label.isdigit():
        before = int(label) - 1
        return number - before in (0, 1) or (before > 0 and number % before == 0 and number // before >= rows)
    if own is None:
        return number in (1, 2, rows, rows + 1) if label == _NEXT else number in (0, 1)
    step = number - own if label == _NEXT else own - number
    return step in (1, rows) or (label == BACK and step >= rows)
