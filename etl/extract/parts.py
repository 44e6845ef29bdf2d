"""Parts of a page that come from addresses of their own: frames, panels, where it goes on by itself. Pure.

What a browser fills in without being asked, or at a click on a tab, is this page to whoever looks at it; its
address stands in the markup under one of a few attributes.
"""

from __future__ import annotations

import re

from etl.extract.addresspager import address_in, page_label
from etl.extract.document import Document
from etl.extract.html import Element, text_of
from etl.extract.types import Link

_FRAMES = {"frame": "src", "iframe": "src", "object": "data", "embed": "src"}
# HTMX, Bootstrap's and jQuery UI's tabs, PJAX, w3.js
_PANELS = ("data-url", "data-src", "data-href", "data-remote", "data-load", "data-load-url", "data-ajax-url",
           "data-content-url", "hx-get", "data-hx-get", "ic-get-from", "w3-include-html")  # fmt: skip
_REFRESH = re.compile(r"\s*\d*(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.I)
_MEDIA = frozenset({"img", "source", "video", "audio", "script", "link", "picture"})
_PASSIVE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|csv|zip|png|jpe?g|gif|svg|js|css|ico|woff2?|mp4|swf|kmz|kml)$", re.I
)
_FIELDS = frozenset({"input", "select", "option", "textarea", "body"})
_MOST = 60  # of one page


def read_parts(document: Document) -> list[Link]:
    """Frames, the page that a refresh leads to, and panels outside of tables, each address once."""
    found: dict[str, Link] = {}
    for element, href in _addresses(document):
        url = document.links.absolute(href)
        if url and not _PASSIVE.search(url.partition("?")[0]):
            text = text_of(element) or element.get("title") or element.get("name") or ""
            found.setdefault(url, Link(text, url))
    return list(found.values())[:_MOST]


def _addresses(document: Document) -> list[tuple[Element, str]]:
    found: list[tuple[Element, str]] = []
    if document.mentions("refresh"):
        for element in document.root.iter("meta"):
            is_refresh = (element.get("http-equiv") or "").strip().lower() == "refresh"
            match = _REFRESH.match(element.get("content") or "") if is_refresh else None
            found += [(element, match[1].strip())] if match else []
    if document.mentions("<frame", "<iframe", "<object", "<embed"):
        found += [(each, each.get(_FRAMES[each.tag]) or "") for each in document.root.iter(*_FRAMES)]
    if document.mentions("onclick"):
        clicked = [each for each in _panels("onclick", document) if each.tag not in _FIELDS]
        found += [(each, address_in(each, document) or "") for each in clicked if not page_label(each)]
    for name in filter(document.mentions, _PANELS):
        found += [(each, each.get(name) or "") for each in _panels(name, document)]
    return found


def _panels(name: str, document: Document) -> list[Element]:
    """The elements with such an attribute. What stands in a row or an entry of a list is about that entry:
    its page, a button that acts on it."""
    outside = f"//*[@{name}][not(ancestor-or-self::table or ancestor-or-self::tr)]"
    found: list[Element] = document.root.xpath(outside)
    return [each for each in found if each.tag not in _MEDIA and each not in document.taken]
