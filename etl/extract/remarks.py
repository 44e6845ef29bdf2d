"""Short sentences of a page outside of its tables that name a unit: "All amounts in R'000". Pure.

Extraction does not judge what they mean; it hands on those that may say what figures count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.extract.document import Document
from etl.extract.html import BLOCKS, UNSHOWN, Element, is_hidden, text_of

_MAY_NAME_A_UNIT = re.compile(
    r"'\s?000|\(000|1[ ,]?000\b|\bR ?000|thousand|million|billion|duisend|miljo|\bR ?(?:m|bn|mil|mn)\b"
    r"|\bin (?:\w+ )?rand|\busd\b|us\$|€|£|dollars?\b|\beuros?\b|\bgbp\b",
    re.IGNORECASE,
)
_LONGEST, _MOST = 200, 8
_NO_SENTENCES = frozenset(("label", "option", "button", "a"))
_SKIPPED = UNSHOWN | {"dl", "caption"}
_CELLS = frozenset(("td", "th", "dt", "dd", "label", "option", "button", "a", "li"))


def read_remarks(document: Document) -> list[str]:
    """The sentences in the page's order, each once; none that stand in a cell of a table that was read."""
    found: dict[str, None] = {}
    for holder, text in _texts_outside(document):
        if not _MAY_NAME_A_UNIT.search(text):
            continue
        block = _block(holder)
        if block.tag not in _NO_SENTENCES:
            sentence = text_of(block)
            sentence = sentence if len(sentence) <= _LONGEST else " ".join(text.split())
            if 0 < len(sentence) <= _LONGEST:
                found[sentence] = None
        if len(found) >= _MOST:
            break
    return list(found)


def _texts_outside(document: Document) -> Iterator[tuple[Element, str]]:
    """Each text outside of what was read and of what is not shown, with the element that holds it."""
    waiting = [document.root]
    while waiting:
        element = waiting.pop()
        is_read = element in document.taken or element in document.labelled
        if (
            isinstance(element.tag, str)
            and element.tag not in _SKIPPED
            and not is_read
            and not is_hidden(element)
        ):
            yield element, element.text or ""
            waiting += reversed(element)
        parent = element.getparent()
        if element.tail and parent is not None and element is not document.root:
            yield parent, element.tail


def _block(element: Element) -> Element:
    """The block that a text runs in: bold words in a sentence are part of it."""
    while element.tag not in BLOCKS and element.tag not in _CELLS and element.getparent() is not None:
        element = element.getparent()
    return element
