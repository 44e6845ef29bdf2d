"""Fields that follow each other in one line, `Ref: 5 | Budget: R6 | Status: Design`: each gets its own."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from etl.extract.html import Element

_MARKS = ("|", ";", "•", "·")
_FEWEST_FIELDS = 3
_LONGEST = 10_000  # characters of one line
# Each field begins with a label and its colon; a mark that no label follows is part of a value
_BREAKS = {mark: re.compile(rf"\s*{re.escape(mark)}\s+(?=[^:{mark}]{{0,60}}:(?:\s|$))") for mark in _MARKS}
_FIELD = re.compile(r"\s*[^:]{0,60}:(?:\s|$)")
_TEXTS = etree.XPath(
    "//text()[contains(., ': ') and ("
    + " or ".join(f"contains(., '{mark} ')" for mark in _MARKS)
    + ")][not(ancestor::script or ancestor::style or ancestor::td or ancestor::th or ancestor::pre"
    " or ancestor::textarea or ancestor::option)]"
)


def break_lines(root: Element) -> None:
    """Put a line break where one field ends and the next begins. Cells are left as they are published."""
    texts: Any = _TEXTS(root)
    for text in texts:
        fields = _fields(text) if len(text) <= _LONGEST else []
        if fields:
            _put(text.getparent(), fields, is_tail=text.is_tail)


def _fields(text: str) -> list[str]:
    """The fields of a line, or none where it is something else."""
    for mark, breaks in _BREAKS.items():
        fields = breaks.split(text) if mark in text else []
        if len(fields) >= _FEWEST_FIELDS and all(map(_FIELD.match, fields)):
            return fields
    return []


def _put(element: Element, fields: list[str], *, is_tail: bool) -> None:
    if is_tail:
        parent, at = element.getparent(), element.getparent().index(element) + 1
        element.tail = fields[0]
    else:
        parent, at = element, 0
        element.text = fields[0]
    for number, words in enumerate(fields[1:]):
        line_break = parent.makeelement("br")
        line_break.tail = words
        parent.insert(at + number, line_break)
