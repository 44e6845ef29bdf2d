"""Marks of footnotes, `Budget<sup>1</sup>`: a person reads the words without them, and so do we. Pure.

A mark is no digit of the figure that it stands behind and no letter of the name. What is raised for another
reason stays: m³, 10⁶, 1st, degrees.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree

from etl.extract.html import Element, squash

_RAISED = etree.XPath(
    "//sup | //*[contains(@style, 'super') and contains(@style, 'vertical-align')]"
    " | //a[contains(@href, '#_ftn') or contains(@href, '#cite_note') or contains(@href, '#footnote')"
    " or (starts-with(@href, '#') and starts-with(normalize-space(.), '['))]"
)
_SAID = re.compile(r"<sup|vertical-align:\s*super|#_ftn|#cite_note|#footnote|href=.?#[^>]*>\s*\[")
# A number, a letter (not e, m, o: 2e, Rm, 23o), a sign; in brackets or not, several by commas
_ONE = r"(?:\d{1,2}|[a-df-lnp-z]|[ivx]{2,4}|[*†‡§¶#]{1,3}|note \d)"
# … or words in square brackets, as "[citation needed]"
_MARK = re.compile(rf"[\[(]?{_ONE}(?:\s?,\s?{_ONE})*[\])]?|\[[^\[\]]{{3,40}}\]", re.IGNORECASE)
_POWER = re.compile(r"(?:(?<![A-Za-z])(?:[kcdm]?m|Mm|ft|sec|s)\s?|(?<!\d)10)$")
# A sign behind a text that no markup raises is one where a note of the page begins with it
_TRAILED = re.compile(r"(?:(?<=[^\s<>])|(?<=[^\s<>]\s))[*†‡§¶]{1,3}\s*<")
_NOTED = re.compile(r"[>.;]\s*([*†‡§¶]{1,3})(?:\s|</sup>)*\w")
_SIGNS = re.compile(r"(?<=\S)\s?([*†‡§¶]{1,3})\s*$")
_NOTABLE = ("td", "th", "dd", "li", "h1", "h2", "h3", "h4", "h5")
_DEEPEST = 8
_MOST = 20_000
_MOST_BEFORE = 50


def drop_footnote_marks(root: Element, source: str) -> None:
    """Take the marks of footnotes out of the tree. `source`: the page's markup in lower case."""
    if _TRAILED.search(source) and (marks := set(_NOTED.findall(source))):
        _drop_signs(root, marks)
    if not _SAID.search(source):
        return
    found: Any = _RAISED(root)
    for element in found[:_MOST]:
        parent = element.getparent()
        if parent is None or not _MARK.fullmatch(squash("".join(islice(element.itertext(), 20)))):
            continue
        if (element.tail or "")[:1].isalpha():
            continue  # within a word: McDonald
        before = _before(element)
        if before.strip() and not (_POWER.search(before) and element.tag != "a"):
            _drop(element, parent)


def _drop_signs(root: Element, marks: set[str]) -> None:
    """Take these signs from the ends of what is noted."""
    for element in root.iter(*_NOTABLE):
        holder, name = _end_of(element)
        text = getattr(holder, name) or ""
        match = _SIGNS.search(text[-10:])
        if match and match[1] in marks:
            setattr(holder, name, text[: len(text) - len(match.group())])


def _end_of(element: Element) -> tuple[Element, str]:
    """Where the element's last text stands: the element, and "text" or "tail"."""
    for _ in range(_DEEPEST):
        if not len(element):
            return element, "text"
        last = element[-1]
        if (last.tail or "").strip():
            return last, "tail"
        element = last
    return element, "text"


def _before(element: Element) -> str:
    """The words that the mark stands behind, in its block: "" where it heads them, as in a footnote."""
    for _ in range(_MOST_BEFORE):
        parent, above = element.getparent(), element.getprevious()
        text = (above.tail if above is not None else parent.text if parent is not None else "") or ""
        if text.strip():
            return text.rstrip()
        if above is not None:
            if above.tag == "br":
                return ""
            if inner := "".join(islice(above.itertext(), 500)).strip():
                return inner
            element = above
        elif parent is None or parent.tag in _BLOCKS:
            return ""
        else:
            element = parent
    return ""


_BLOCKS = frozenset("p div li td th dd dt body h1 h2 h3 h4 h5 h6 caption tr table".split())


def _drop(element: Element, parent: Element) -> None:
    tail, above = element.tail or "", element.getprevious()
    if above is not None:
        above.tail = (above.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
