"""Lists shown in steps: "Load more", or a next part that a script fetches while one scrolls. Pure.

Where only the page's own script can get the next part, that is said: such a list is known to be cut short.
"""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import unquote

from etl.extract.addresspager import page_label
from etl.extract.document import Document
from etl.extract.html import Element, is_hidden, squash, text_of
from etl.extract.pager import POSTBACK
from etl.extract.types import Pager, Table

_MORE = re.compile(
    r"(?:show|load|view|see|display|wys|laai)\s+(?:the\s+next\s+)?(?:\d+\s+)?(?:more|meer)\b"
    r"|more\s+(?:results|projects|rows|items|records)",
    re.I,
)
# Nothing but this: "Show more filters" and the "Show more" of a single text are no steps of a list
_ONLY_MORE = re.compile(
    r"(?:show|load|view|display|wys|laai)\s+(?:the\s+)?(?:next\s+)?(?:\d+\s+)?(?:more|meer)"
    r"(?:\s+(?:results|projects|schemes|rows|items|records|entries|projekte|resultate))?\W*"
    r"|more\s+(?:results|projects|schemes|rows|items|records|entries)\W*",
    re.I,
)
_SCROLLS = re.compile(r"(?:^|[\s_-])(?:infinite-?scroll|load-?more|js-more)(?:$|[\s_-])", re.I)
_UNSEEN = re.compile(r"(?:^|\s)(?:d-none|hidden|hide|invisible|disabled)(?:\s|$)")
_VIEWER = re.compile(r"report-?_?viewer|crystal-?_?report|document-?_?viewer", re.I)
_HOLDERS = ("div", "table", "span", "iframe", "frame", "embed", "object")
_PAGES = re.compile(r"paginat|pager|page-numbers|paging", re.I)
_MOST_ENTRIES = 200
_MOST_AROUND = 20
_MOST_STEPS = 2  # over and under a list
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
    if document.mentions("next", "volgende"):
        for element in document.root.iter("button", "input"):
            is_next = page_label(element) == "next" and _is_of_bare_form(element)
            pager = _of_button(element, document) if is_next else None
            if pager and pager.how == "more":
                return pager
    for name in filter(document.mentions, _ATTRIBUTES):
        for value in document.root.xpath(f"//@{name}"):
            url = document.links.absolute(str(value)) if _PART.search(str(value)) else None
            if url:
                return Pager(1, None, None, "link", "", {"next": url})
    return None


def _is_of_bare_form(button: Element) -> bool:
    """Whether nothing is filled in where the button stands: a questionnaire's "Next" is no step of a list."""
    form = next(button.iterancestors("form"), None)
    if form is None or next(form.iter("textarea"), None) is not None:
        return False
    kinds = {(box.get("type") or "text").lower() for box in form.iter("input")}
    return kinds <= {"hidden", "submit", "image", "button"}


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


def unread_steps(document: Document) -> str:
    """A sentence where a list has a button or a place to scroll to that only the page's script can follow;
    "" where there is none. Asked where no pager was found."""
    if not document.mentions("more", "meer", "infinite"):
        return ""
    found = [
        part for part in document.root.iter("a", "button", "input", "div", "span") if _is_step(part, document)
    ]
    if not 1 <= len(found) <= _MOST_STEPS or len({text_of(part) for part in found}) > 1:
        return ""  # one in each of its entries: texts that open, and no list
    said = squash(text_of(found[0]) or found[0].get("value"))[:_LONGEST]
    how = f"“{said}”" if said else "scrolling on"
    return f"{how} would show more of its list; only the page's script can do that, and it was not read."


def unread_pages(document: Document) -> str:
    """A sentence where a list has a pager whose pages only the page's script can show; "" where it has none.
    Asked where no pager was found that can be followed."""
    if not document.mentions("paginat", "pager", "page-numbers", "paging"):
        return ""
    for part in document.root.iter("div", "ul", "nav", "ol", "span"):
        if _PAGES.search(f"{part.get('class') or ''} {part.get('id') or ''}") and _stands_alone(
            part, document
        ):
            entries = islice(part.iter("a", "button", "li", "span"), _MOST_ENTRIES)
            if {"1", "2"} <= {squash(text_of(entry)) for entry in entries}:
                return "its list has pages that only the page's script can show, and they were not read."
    return ""


def hidden_rows(tables: list[Table]) -> str:
    """A sentence where rows like those of a list are hidden, as by a script that shows them page by page."""
    for table in tables:
        hidden = [row.row for row in table.left_out if row.kind == "hidden"]
        alike = [row for row in hidden if _is_like(row, table) and row not in table.rows]
        if alike and table.pager is None:
            return f"{len(alike)} rows like those of its list are hidden on the page, and they were not read."
    return ""


def _is_like(row: list[str], table: Table) -> bool:
    """Whether a hidden row fills the cells that all shown ones fill, with texts of its own."""
    if len(row) != len(table.headers) or any("{" in text or "${" in text for text in row):
        return False
    filled = [at for at in range(len(row)) if all(shown[at] for shown in table.rows)]
    return len(filled) > 1 and all(row[at] for at in filled)


def _is_step(part: Element, document: Document) -> bool:
    if part.tag in ("div", "span"):
        may_be = len(part) == 0 and _SCROLLS.search(part.get("class") or "") is not None
    else:
        may_be = _ONLY_MORE.fullmatch(squash(text_of(part) or part.get("value"))) is not None
    return may_be and part.get("disabled") is None and _stands_alone(part, document)


def _stands_alone(part: Element, document: Document) -> bool:
    """Whether a person sees it, and it is no part of an entry of the list: at a list's end sites hide it."""
    for one in (part, *islice(part.iterancestors(), _MOST_AROUND)):
        if one in document.taken and one.tag != "table":
            return False
        if is_hidden(one) or _UNSEEN.search(one.get("class") or "") or (one.tag == "tr" and len(one) > 1):
            return False
    return True


def unread_viewer(document: Document, is_filled: bool) -> str:
    """A sentence where a report viewer shows nothing that could be read, or one page of several; else "".

    `is_filled`: whether the page holds a list.
    """
    if not document.mentions("viewer", "crystalreport", "crystal-report"):
        return ""
    viewers = (part for part in document.root.iter(*_HOLDERS) if _VIEWER.search(_names(part)))
    if next(viewers, None) is None:
        return ""
    if not is_filled:
        return "it holds a report viewer that a script fills; what that shows was not read."
    for part in document.root.iter("span", "div", "td", "input"):
        if (part.get("id") or "").endswith("TotalPages"):
            total = squash(text_of(part) or part.get("value"))
            if total and total != "1":
                return f"its report viewer shows one page of “{total[:_LONGEST]}”; the others were not read."
    return ""


def _names(part: Element) -> str:
    return " ".join(part.get(name) or "" for name in ("id", "class", "src", "data"))
