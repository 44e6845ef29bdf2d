"""Pagers that no class or `rel` marks: links to the page's own address with another number in it. Pure.

The number says which part of the list it is: the next or the one before, counted in pages or in rows. What
the link is called has to fit: the page's number itself, or a word or a sign for going on or back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from etl.extract.document import Document
from etl.extract.html import Element, text_of
from etl.extract.pager import BACK
from etl.extract.types import Pager

_ON = re.compile(
    r"(?:next|more|further|older|onward|volgende|meer|verder)\b.{0,20}|[\W_]*(?:>|›|»|→|▶|⟩)+", re.I
)
_BACK = re.compile(r"(?:prev(?:ious)?|back|newer|vorige|terug)\b.{0,20}|(?:<|‹|«|←|◀|⟨)+[\W_]*", re.I)
_SIGNS = re.compile(r"^(?:<|‹|«|←|◀|⟨|\s)+(?=\w)|(?<=\w)(?:>|›|»|→|▶|⟩|\s)+$")
_QUOTED = re.compile(r"'([^'\s<>]{3,800})'|\"([^\"\s<>]{3,800})\"")
_ADDRESS = re.compile(r"(?:https?://|\.{0,2}/|[\w~-]+/|\?)[^'\"]*|[\w~-]+\.\w{2,5}(?:\?.*)?$", re.I)
_LONGEST = 30  # characters of a link's text
_NEXT = "next"
Query = dict[str, str]


def address_pager(document: Document, url: str, rows: int) -> Pager | None:
    """The pager of the list of so many rows that the page of this address shows; None where it has none."""
    if not url or not rows or not document.mentions("?", "<button", "submit"):
        return None
    own = _split(url)
    query = dict(parse_qsl(own.query, keep_blank_values=True))
    ways: dict[str, str] = {}
    for label, target in _labelled(document, own.netloc + own.path):
        parts = _split(target)
        other = dict(parse_qsl(parts.query, keep_blank_values=True))
        is_own = (parts.netloc, parts.path) == (own.netloc, own.path)
        if is_own and _leads(label, query, other, rows):
            ways.setdefault(label, target)
    if not ways:
        return None
    return Pager(_page_of(query, ways), None, None, "link", "", ways)


def _page_of(own: Query, ways: dict[str, str]) -> int:
    """The number that no link has; 1 where all have one and the page's own address names none yet."""
    shown = {int(label) for label in ways if label.isdigit()}
    page = next(at for at in range(1, len(shown) + 2) if at not in shown)
    first = dict(parse_qsl(_split(ways["1"]).query, keep_blank_values=True)) if "1" in ways else {}
    is_unnumbered = any(value and not own.get(name) for name, value in first.items())
    return 1 if is_unnumbered and page > max(shown) else page


def _split(url: str) -> SplitResult:
    """The URL's parts; of what is no URL at all, none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _labelled(document: Document, place: str) -> Iterator[tuple[str, str]]:
    """Links outside of what was read as data, each with the number of a page, "next" or "prev". `place`: host
    and path of the page; of links that lead elsewhere, of which lists have thousands, no word is read."""
    for anchor in document.all("a"):
        url = document.links.absolute(anchor.get("href"))
        if url and url.partition("?")[0].partition("://")[2] != place:
            continue
        if anchor in document.taken and not _is_of_pager_row(anchor):
            continue
        label = page_label(anchor)
        url = url or address_in(anchor, document) if label else None
        if url:
            yield label, url
    asked: dict[Element, str | None] = {}  # form → what each of its buttons asks for before its own name
    for button in document.all("button") + document.all("input") if document.all("form") else ():
        label = page_label(button)
        form = next(button.iterancestors("form"), None) if label and button.get("name") else None
        if form is None:
            continue
        if form not in asked:
            asked[form] = _asked_by(form, document)
        if (address := asked[form]) is not None:
            own = urlencode([(button.get("name") or "", button.get("value") or "")])
            yield label, f"{address}{own}"


def _asked_by(form: Element, document: Document) -> str | None:
    """The address that a form asks for which changes nothing and takes no words, up to its button's name."""
    if (form.get("method") or "get").strip().lower() != "get":
        return None
    boxes = [box for box in form.iter("input") if (box.get("type") or "text").lower() != "submit"]
    action = document.links.absolute(form.get("action"))
    if action is None or any((box.get("type") or "text").lower() != "hidden" for box in boxes):
        return None
    pairs = urlencode([(box.get("name") or "", box.get("value") or "") for box in boxes if box.get("name")])
    return f"{action.partition('?')[0]}?{pairs}{'&' if pairs else ''}"


def page_label(part: Element) -> str:
    """The number of the page to which a link or button leads, "next", "prev", or "" for any other."""
    texts = (text_of(part), part.get("value"), part.get("aria-label"), part.get("title"), *_pictured(part))
    text = next(filter(None, texts), "")
    return _label(text) if len(text) <= _LONGEST else ""


def address_in(part: Element, document: Document) -> str | None:
    """The address that the script of a click names, where it names one."""
    code = (
        f"{part.get('onclick') or ''} {part.get('href') or ''}" if part.get("onclick") else part.get("href")
    )
    found = [match[1] or match[2] for match in _QUOTED.finditer(code or "")]
    found = [text.replace("\\u0026", "&").replace("\\u002f", "/") for text in found]
    return next((document.links.absolute(text) for text in found if _ADDRESS.match(text)), None)


def _pictured(part: Element) -> Iterator[str]:
    return (image.get("alt") or "" for image in part.iter("img"))


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


def _leads(label: str, own: Query, other: Query, rows: int) -> bool:
    """Whether the addresses differ in one whole number that leads where the label says. What goes on or back
    may differ in more, where the number counts rows, or where the rest are numbers or new."""
    names = [name for name in own.keys() | other.keys() if own.get(name, "") != other.get(name, "")]
    numbers = {name: number for name in names if (number := _number(other.get(name, ""))) is not None}
    fits = {n: number for n, number in numbers.items() if _fits(label, number, _number(own.get(n, "")), rows)}
    if label.isdigit():
        return len(names) == 1 and bool(fits)
    is_plain = all(name in numbers or not (own.get(name) and other.get(name)) for name in names)
    counts_rows = any(
        abs(number - (_number(own.get(n, "")) or 0)) in (rows, rows + 1) for n, number in fits.items()
    )
    return bool(fits) and (is_plain or (counts_rows and rows > 1))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


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
