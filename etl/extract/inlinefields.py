"""Fields that follow each other in one line, `Ref: 5 | Budget: R6 | Status: Design`: each gets its own."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree

from etl.extract.html import Element

_MARKS = ("|", ";", "•", "·")
_FEWEST_FIELDS = 3
_LONGEST = 10_000  # characters of one line
# Each field begins with a label and its colon; a mark that no label follows is part of a value
_BREAKS = {mark: re.compile(rf"\s*{re.escape(mark)}\s+(?=[^:{mark}]{{0,60}}:(?:\s|$))") for mark in _MARKS}
_FIELD = re.compile(r"\s*[^:]{0,60}:(?:\s|$)")
_KEPT = frozenset({"script", "style", "td", "th", "pre", "textarea", "option"})
_MOST_LINES = 20_000
_MOST_ANCESTORS = 60
_TEXTS = etree.XPath(
    "//text()[contains(., ': ') and (" + " or ".join(f"contains(., '{mark} ')" for mark in _MARKS) + ")]"
)


# A mark with a label and its colon behind it, no ">" following: in no tag
_MAY_BREAK = re.compile(r"[|;•·]\s+[^:<>]{0,200}:(?=\s|<|\Z)(?:[^<>]{500}|[^<>]*+(?:<|\Z))")


def break_lines(root: Element, source: str) -> None:
    """Put a line break where one field ends and the next begins. Cells are left as they are published.

    `source`: the page's markup, or its pieces.
    """
    if not _MAY_BREAK.search(source):
        return
    texts: Any = _TEXTS(root)
    for text in texts[:_MOST_LINES]:
        fields = _fields(text) if len(text) <= _LONGEST else []
        element = text.getparent()
        if fields and not _is_kept(element.getparent() if text.is_tail else element):
            _put(element, fields, is_tail=text.is_tail)


def _is_kept(element: Element) -> bool:
    around = islice(element.iterancestors(), _MOST_ANCESTORS)
    return any(part.tag in _KEPT for part in (element, *around))


def _fields(text: str) -> list[str]:
    """The fields of a line, or none where it is something else."""
    for mark, breaks in _BREAKS.items():
        fields = breaks.split(text) if mark in text else []
        if len(fields) >= _FEWEST_FIELDS and all(map(_FIELD.match, fields)):
            return fields
    return []


def _put(element: Element, fields: list[str], *, is_tail: bool) -> None:
    if is_tail:
        element.tail = None
    for words in reversed(fields[1:]):
        line_break = element.makeelement("br")
        line_break.tail = words
        if is_tail:
            element.addnext(line_break)
        else:
            element.insert(0, line_break)
    if is_tail:
        element.tail = fields[0]
    else:
        element.text = fields[0]
