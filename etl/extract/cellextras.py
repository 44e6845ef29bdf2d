"""What stands in a cell beside its value, no part of it: buttons, menus, words for screen readers, "New!".

Only where more stands in the cell: a lone button or badge is all that the cell says. Links stay links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from etl.extract.document import Document
from etl.extract.html import BLOCKS, Element, holds_table, is_hidden, squash, words_of
from etl.extract.pairs import BUTTONS
from etl.extract.plainrows import STRUCK

_FOR_READERS = re.compile(  # as part of a name too: "slds-assistive-text", "govuk-visually-hidden"
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader|assistive-text|element-invisible|wb-inv|a11y-hidden)",
    re.IGNORECASE,
)
_MENU = re.compile(r"(?:^|\s)(?:dropdown-menu|dropdown-toggle|context-menu|action-menu)(?:\s|$)")
_MORE_BUTTONS = frozenset({"action", "actions", "options", "menu", "delete", "print", "share", "map"})
_BADGE = re.compile(r"badge|label|pill|chip|\bnew\b|flag|marker", re.IGNORECASE)
_NEWS = frozenset({"new", "updated", "latest"})
_MAY_SAY = frozenset({"a", "button", "span", "sup", "b"})
_MOST_PARTS = 60
_MOST_AROUND = 6  # ancestors of what is struck out within its cell
_LONGEST = 40  # characters: no word of a button or a badge is longer


def hide_extras(document: Document) -> None:
    """Hide in each cell what is not its value; what is struck out; actions in lists."""
    struck: dict[Element, list[Element]] = {}  # by what they stand in: its words are looked at once
    for old in _struck_out(document):
        around = islice(old.iterancestors(), _MOST_AROUND)
        struck.setdefault(next((part for part in around if part.tag in BLOCKS), old), []).append(old)
    for block, old_ones in struck.items():
        _hide_struck(block, old_ones)
    for terms in document.all("dl"):
        _hide_actions(terms)
    for cell in document.root.iter("td", "th"):
        if not len(cell):
            continue
        first = cell[0]
        if len(cell) == 1 and not len(first):
            parts: Iterable[Element] = (first,) if type(first.tag) is str else ()
        elif holds_table(cell):
            continue
        else:
            parts = islice(cell.iter("*"), 1, _MOST_PARTS)
        extras = [part for part in parts if _is_extra(part, cell.tag)]
        if extras:
            _hide(cell, extras)


def _struck_out(document: Document) -> Iterator[Element]:
    """What stands there with a line through it: another text has taken its place."""
    yield from document.walk(*STRUCK)
    if document.mentions("line-through"):
        yield from (part for part in document.walk("span", "font", "b", "em", "i", "u") if _is_struck(part))


def _hide_struck(block: Element, parts: list[Element]) -> None:
    """Hide what is struck out in a block; where nothing is left of it then, the last that says something
    stays."""
    last = next((part for part in reversed(parts) if _says_something(part)), None)
    for part in parts:
        part.set("hidden", "")
    if last is not None and not _says_something(block):
        around = {last, *last.iterancestors()}
        for part in parts:
            if part in around:
                del part.attrib["hidden"]


def _says_something(part: Element) -> bool:
    return any(mark.isalnum() for mark in words_of(part))


def _is_struck(part: Element) -> bool:
    return "line-through" in (part.get("style") or "").lower()


def _hide_actions(terms: Element) -> None:
    """Hide what stands beside the values of a list of terms and says the same of each: "Change"."""
    actions = [
        one
        for one in terms.iter("dd")
        if len(one) == 1
        and one[0].tag in ("a", "button")
        and (before := one.getprevious()) is not None
        and before.tag == "dd"
        and not (one.text or one[0].tail or "").strip()
    ]
    if len(actions) > 1 and len({squash(one[0].text) for one in actions}) == 1:
        for one in actions:
            one.set("hidden", "")


def _hide(cell: Element, extras: list[Element]) -> None:
    """Hide parts of a cell, unless nothing is left of it then."""
    for part in extras:
        part.set("hidden", "")
    if not _says_something(cell):
        for part in extras:
            del part.attrib["hidden"]


def _is_extra(part: Element, cell: str) -> bool:
    classes = part.get("class") or ""
    is_for_readers, is_menu = _kind(classes) if classes else (False, False)
    may_say = part.tag in _MAY_SAY and (len(part) > 0 or len((part.text or "").strip()) <= _LONGEST)
    if not (is_for_readers or is_menu or may_say) or is_hidden(part):
        return False
    if is_for_readers:
        return True
    if cell == "th":
        return False  # there a button may be the heading
    if is_menu:
        return True
    said = words_of(part).casefold().strip(" .»›>!…[]()")
    if part.tag in ("a", "button"):
        return said in BUTTONS or said in _MORE_BUTTONS
    return said in _NEWS and _BADGE.search(classes) is not None


@lru_cache(maxsize=1024)
def _kind(classes: str) -> tuple[bool, bool]:
    """Whether it is for readers of screens, and whether it is a menu."""
    return _FOR_READERS.search(classes) is not None, _MENU.search(classes) is not None
