"""Lists shown in steps: "Load more", or a next part that a script fetches while one scrolls. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from etl.extract.document import Document
from etl.extract.html import Element, text_of
from etl.extract.pager import POSTBACK
from etl.extract.types import Pager

_MORE = re.compile(
    r"(?:show|load|view|see|display|wys|laai)\s+(?:the\s+next\s+)?(?:\d+\s+)?(?:more|meer)\b"
    r"|more\s+(?:results|projects|rows|items|records)",
    re.I,
)
_LONGEST = 40  # characters of a button's text
# An address that says which part of a list it is
_PART = re.compile(
    r"[?&](?:p|pg|page|page_?(?:no|num|number|index)|offset|start|skip|cursor)=|/page/\d", re.I
)
_ATTRIBUTES = ("data-next-url", "data-next-page", "data-next", "data-next-href", "data-url", "data-href",
               "data-more", "data-load-more", "data-src")  # fmt: skip


def step_pager(document: Document) -> Pager | None:
    """What shows the list's next part: an address, a postback, or a button of the form."""
    if document.mentions("more", "meer"):
        for element in document.root.iter("a", "button", "input"):
            pager = _of_button(element, document) if _says_more(element) else None
            if pager:
                return pager
    for name in filter(document.mentions, _ATTRIBUTES):
        for value in document.root.xpath(f"//@{name}"):
            url = document.links.absolute(str(value)) if _PART.search(str(value)) else None
            if url:
                return Pager(1, None, None, "link", "", {"next": url})
    return None


def _says_more(element: Element) -> bool:
    text = text_of(element) or element.get("value") or ""
    return len(text) <= _LONGEST and bool(_MORE.match(text))


def _of_button(element: Element, document: Document) -> Pager | None:
    code = f"{element.get('href') or ''} {element.get('onclick') or ''}"
    if match := POSTBACK.search(unquote(code)):
        return Pager(1, None, None, "more", match[1], {"postback": match[2]})
    if element.get("name") and (element.get("type") or "submit").lower() == "submit" and element.tag != "a":
        return Pager(1, None, None, "more", element.get("name") or "", {"submit": element.get("value") or ""})
    url = document.links.absolute(element.get("href"))
    return Pager(1, None, None, "link", "", {"next": url}) if url and _PART.search(url) else None
