"""Pagers: which page this is, how many there are, and how the next one is asked for."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import unquote

from etl.extract.document import Document
from etl.extract.html import Element, has_class, squash, text_of
from etl.extract.links import Links
from etl.extract.types import Control, Pager

_NUMBER = re.compile(r"\d{1,3}(?:[ ,.\u00a0\u202f'’]\d{3})+(?!\d)|\d+")
POSTBACK = re.compile(r"__doPostBack\(\s*'([^']*)'\s*,\s*'([^']*)'")
_PAGING = re.compile(r"pagina|pager|paging|page-?numbers|pagenav", re.IGNORECASE)
_GAPS = {"...", "…", "»", "«", ">>", "<<", ">", "<"}


def grid_parts(document: Document) -> dict[str, Element]:
    """Pagers and separate header tables of all grids on the page, by id."""
    if not document.mentions("_dxpager", "_dxheadertable"):
        return {}
    named = ((element.get("id"), element) for element in document.root.iter("table", "div"))
    return {
        name: element for name, element in named if name and ("_DXPager" in name or "_DXHeaderTable" in name)
    }


def grid_pager(parts: dict[str, Element], grid_id: str, control: Control | None) -> Pager | None:
    """The pager of a DevExpress grid, from what it shows and what the script says, or None."""
    element = next(
        (parts[key] for end in ("Bottom", "Top") if (key := f"{grid_id}_DXPager{end}") in parts), None
    )
    pages = _count(control.props.get("pageCount")) if control else None
    if element is None and (pages is None or pages < 2):
        return None
    page, last, items = paging_shown(element, control)
    target, by_postback = addressed(element, control)
    how: Literal["callback", "postback"] = "postback" if by_postback else "callback"
    return Pager(page, last, items, how, target)


def paging_shown(element: Element | None, control: Control | None) -> tuple[int, int | None, int | None]:
    """Page, pages, items: as the pager says, else as the script does, else from the page numbers alone."""
    props = control.props if control else {}
    shown = _summary(element) if element is not None else None
    return shown or _from_script(props, _count(props.get("pageCount"))) or _from_numbers(element)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def numbers_in(text: str) -> list[int]:
    """Whole numbers of a text, thousands separators read."""
    return [int(re.sub(r"\D", "", match[0])) for match in _NUMBER.finditer(text[:200])]


def _summary(element: Element) -> tuple[int, int | None, int | None] | None:
    """ "Page 1 of 12 (113 items)" in any language that names page, pages and items in this order."""
    for part in element.iter("b", "td", "span", "div"):
        if not has_class(part, "dxp-summary", "dxpSummary"):
            continue
        numbers = numbers_in(text_of(part))
        if len(numbers) >= 2 and numbers[0] <= numbers[1]:
            return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None
    return None


def _from_script(props: dict[str, Any], pages: int | None) -> tuple[int, int | None, int | None] | None:
    index = _count(props.get("pageIndex"))
    return None if index is None or pages is None else (index + 1, pages, None)


def _from_numbers(element: Element | None) -> tuple[int, int | None, int | None]:
    """From the page numbers alone; the highest one is the last page (DevExpress always shows it)."""
    current, highest = 1, 0
    for part in element.iter("b", "a", "td", "span") if element is not None else ():
        if not has_class(part, "dxp-num", "dxpPageNumber", "dxpCurrentPageNumber"):
            continue
        numbers = numbers_in(text_of(part))
        if numbers:
            highest = max(highest, numbers[0])
            current = numbers[0] if has_class(part, "dxp-current", "dxpCurrentPageNumber") else current
    return current, max(highest, current) if highest else None, None


def addressed(element: Element | None, control: Control | None) -> tuple[str, bool]:
    """The unique id to address, and whether by full postback (callbacks switched off)."""
    target = control.unique_id if control else ""
    for anchor in element.iter("a") if element is not None else ():
        match = POSTBACK.search(unquote(f"{anchor.get('href') or ''} {anchor.get('onclick') or ''}"))
        if match:
            return target or match[1], True
    if control is None or "callBack" in control.props:
        return target, False
    enabled = control.props.get("callBacksEnabled")
    # a control whose script has no callback function at all was built with callbacks switched off
    return target, enabled is not True and bool(control.props) and (
        "uniqueID" in control.props or enabled is False
    )


def postback_pager(row: Element) -> Pager | None:
    """The pager of an asp:GridView from its pager row: `__doPostBack(target, 'Page$2')` in any encoding."""
    target, arguments, open_end = "", {}, False
    for anchor in row.iter("a"):
        match = POSTBACK.search(unquote(anchor.get("href") or ""))
        if not match or not match[2].startswith("Page$"):
            continue
        label = squash("".join(anchor.itertext())) or match[2][5:]
        target = match[1]
        arguments[label] = match[2]
        open_end = open_end or not label.isdigit()
    if not arguments:
        return None
    page = _current_number(row)
    numbers = [int(label) for label in arguments if label.isdigit()] + [page]
    return Pager(page, None if open_end else max(numbers), None, "gridview", target, arguments)


def _current_number(row: Element) -> int:
    """The number that is shown without being a link."""
    for part in row.iter("span", "b", "strong", "td"):
        text = squash("".join(part.itertext()))
        if text.isascii() and text.isdigit() and len(text) < 7 and next(part.iter("a"), None) is None:
            return int(text)
    return 1


def link_pager(document: Document) -> Pager | None:
    """A pager of plain links: numbered ones in a paging container, or `rel="next"`."""
    if not document.mentions("pagina", "pager", "paging", "page-num", "pagenum", "pagenav", "next"):
        return None
    root, links = document.root, document.links
    for container in root.iter("ul", "div", "nav", "p", "td", "ol", "span"):
        words = f"{container.get('class') or ''} {container.get('id') or ''}"
        if len(words) > 1 and _PAGING.search(words) and (pager := _numbered(container, links)):
            return pager
    following = next((a for a in root.iter("a", "link") if "next" in (a.get("rel") or "").split()), None)
    url = links.absolute(following.get("href")) if following is not None else None
    return Pager(1, None, None, "link", "", {"next": url}) if url else None


def _numbered(container: Element, links: Links) -> Pager | None:
    arguments: dict[str, str] = {}
    for anchor in container.iter("a"):
        url, label = links.absolute(anchor.get("href")), squash("".join(anchor.itertext()))
        if url and (label.isdigit() or label.casefold().startswith(("next", "prev")) or label in _GAPS):
            arguments[label] = url
    numbers = [int(label) for label in arguments if label.isascii() and label.isdigit() and len(label) < 7]
    if not numbers:
        return None
    page = _active_number(container)
    whole = "…" not in (text := "".join(container.itertext())) and "..." not in text
    return Pager(page, max([*numbers, page]) if whole else None, None, "link", "", arguments)


def _active_number(container: Element) -> int:
    for part in container.iter("li", "a", "span", "strong", "b", "em"):
        if has_class(part, "active", "current", "selected", "is-active") or part.get("aria-current"):
            numbers = numbers_in(squash("".join(part.itertext())))
            if numbers:
                return numbers[0]
    return _current_number(container)
