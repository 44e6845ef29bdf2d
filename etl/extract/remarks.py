"""Short sentences of a page outside of its tables that name a unit: "All amounts in R'000". Pure.

Extraction does not judge what they mean; it hands on those that may say what figures count.
"""

from __future__ import annotations

import re

from etl.extract.document import Document
from etl.extract.html import BLOCKS, UNSHOWN, Element, is_hidden, text_of

_MAY_NAME_A_UNIT = re.compile(
    r"'\s?000|\bR ?000|thousand|million|billion|duisend|miljo|\bR ?(?:m|bn|mil|mn)\b|\bin (?:\w+ )?rand",
    re.IGNORECASE,
)
_LONGEST, _MOST = 200, 8
_CELLS = frozenset(("td", "th", "dt", "dd", "label", "option", "button", "a", "li"))


def read_remarks(document: Document) -> list[str]:
    """The sentences in the page's order, each once; none that stand in a cell of a table that was read."""
    if not _MAY_NAME_A_UNIT.search(document.source):
        return []
    found: dict[str, None] = {}
    for element in document.root.iter():
        if not isinstance(element.tag, str) or element.tag in UNSHOWN:
            continue
        for text, holder in ((element.text, element), (element.tail, element.getparent())):
            if not text or holder is None or not _MAY_NAME_A_UNIT.search(text):
                continue
            block = _block(holder)
            if _stands_apart(block, document):
                sentence = text_of(block)
                sentence = sentence if len(sentence) <= _LONGEST else " ".join(text.split())
                if 0 < len(sentence) <= _LONGEST:
                    found[sentence] = None
        if len(found) >= _MOST:
            break
    return list(found)


def _block(element: Element) -> Element:
    """The block that a text runs in: bold words in a sentence are part of it."""
    while element.tag not in BLOCKS and element.tag not in _CELLS and element.getparent() is not None:
        element = element.getparent()
    return element


def _stands_apart(block: Element, document: Document) -> bool:
    if block.tag in ("label", "option", "button", "a"):
        return False
    for part in (block, *block.iterancestors()):
        if part in document.taken or part in document.labelled or is_hidden(part):
            return False
        if part.tag in UNSHOWN or part.tag in ("dl", "caption"):
            return False
    return True
