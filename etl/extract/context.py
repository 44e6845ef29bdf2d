"""What a page says of a table as a whole: the heading of its section or panel, caption, notes beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from etl.extract.html import UNSHOWN, Element, has_class, holds_table, is_hidden, words_of
from etl.extract.totals import is_note

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend", "summary"})
_TITLES = (
    "panel-heading", "panel-title", "card-header", "card-title", "dxrpHeader", "dxpnlHeader", "widget-title",
    "portlet-title", "box-title", "box-header", "section-title", "table-title", "heading", "accordion-header",
    "dxgvTitlePanel", "title",
)  # fmt: skip
_WITHIN = frozenset("div td tr tbody section header span center font p article".split())
_SAYS = re.compile(
    r"\b(?:R\s?'?\s?000|R\s?(?:m|million|billion)|rands?|thousands?|millions?|billions?|VAT|per\s?cent|percent)\b"
    r"|\bas (?:at|of|on)\b|%|'000",
    re.IGNORECASE,
)
_LONGEST = 300  # characters
_MOST = 8
_LEVELS = 12  # ancestors whose earlier parts are looked at
_PARTS = 60  # elements that are looked at on each side of one table
_SMALL = 40  # elements within one part


def read_context(table: Element, others: set[Element], within: list[str]) -> list[str]:
    """The short texts that speak of the whole table, in reading order.

    `others`: the elements of all data tables: what stands beyond one of them belongs to that one. `within`:
    the titles in the table itself.
    """
    heading, above = _above(table, others)
    caption = next((words_of(part) for part in islice(table, 3) if part.tag == "caption"), "")
    texts = [heading, *above, caption, *within, *_below(table)]
    return [text for text in dict.fromkeys(texts) if 0 < len(text) <= _LONGEST][:_MOST]


def _above(table: Element, others: set[Element]) -> tuple[str, list[str]]:
    """The nearest heading before the table, and the notes between the two."""
    notes: list[str] = []
    for part in islice(_before(table), _PARTS):
        if _holds(part, others):
            break
        if heading := _heading(part):
            return heading, notes[::-1]
        text = _short_text(part)
        if text and (is_note(text) or _SAYS.search(text)):
            notes.append(text)
    return "", notes[::-1]


def _before(element: Element) -> Iterator[Element]:
    """What stands before the element, the nearest first: earlier siblings, then those of what holds it."""
    for _ in range(_LEVELS):
        for part in element.itersiblings(preceding=True):
            if type(part.tag) is str and part.tag not in UNSHOWN and not is_hidden(part):
                yield part
        element = element.getparent()
        if element is None or element.tag in ("body", "html"):
            return


def _holds(part: Element, others: set[Element]) -> bool:
    return part in others or (len(part) > 0 and any(inner in others for inner in part.iter("table")))


def _heading(part: Element) -> str:
    """The heading that the part is, or that is the last one in it; a longer part is no heading's place."""
    if part.tag in _HEADINGS:
        return words_of(part)
    if _is_title(part):
        text = _short_text(part)
        return text
    if part.tag in _WITHIN or part.tag == "table":
        inner = list(islice(part.iter(), _SMALL + 1))
        if len(inner) <= _SMALL:
            heads = [
                child
                for child in inner
                if child.tag in _HEADINGS or (type(child.tag) is str and _is_title(child))
            ]
            return words_of(heads[-1])[: _LONGEST + 1] if heads else ""
    return ""


def _is_title(part: Element) -> bool:
    return type(part.tag) is str and bool(part.get("class")) and has_class(part, *_TITLES)


def _below(table: Element) -> list[str]:
    """The notes right below the table: up to the next table, heading or longer text."""
    notes: list[str] = []
    for part in islice(_after(table), _PARTS):
        if part.tag in _HEADINGS or part.tag == "table" or holds_table(part):
            break
        text = _short_text(part)
        if text and (is_note(text) or _SAYS.search(text)):
            notes.append(text)
        elif text or words_of(part):
            break
    return notes


def _after(element: Element) -> Iterator[Element]:
    """What follows the element: later siblings, then those of what holds it."""
    for _ in range(_LEVELS):
        for part in element.itersiblings():
            if type(part.tag) is str and part.tag not in UNSHOWN and not is_hidden(part):
                yield part
        element = element.getparent()
        if element is None or element.tag in ("body", "html"):
            return


def _short_text(part: Element) -> str:
    """The part's text where it is a line or two, else ""."""
    if sum(1 for _ in islice(part.iter(), _SMALL + 1)) > _SMALL or holds_table(part):
        return ""
    text = words_of(part)
    return text if len(text) <= _LONGEST else ""
