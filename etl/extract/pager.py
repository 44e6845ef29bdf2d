"""Pagers: which page this is, how many there are, and how the next one is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from etl.extract.document import Document
from etl.extract.html import Element, has_class, squash, text_of
from etl.extract.links import Links
from etl.extract.types import Control, Pager, Table

_NUMBER = re.compile(r"\d{1,3}(?:[ ,.\u00a0\u202f'’]\d{3})+(?!\d)|\d+")
POSTBACK = re.compile(r"__doPostBack\(\s*'([^']*)'\s*,\s*'([^']*)'")
_PAGING = re.compile(r"pagina|pager|paging|page-?numbers|pagenav", re.IGNORECASE)
BACK = "prev"  # the label of the link to the page before
_GRID_PARTS = ("_DXPager", "_DXHeaderTable", "_DXFooterTable")
_GAPS = {"...", "…", "»", "«", ">>", "<<", ">", "<"}


def grid_parts(document: Document) -> dict[str, Element]:
    """Pagers and separate header and footer tables of all grids on the page, by id."""
    if not document.mentions("_dxpager", "_dxheadertable", "_dxfootertable"):
        return {}
    named = ((element.get("id"), element) for element in document.root.iter("table", "div"))
    return {name: element for name, element in named if name and any(part in name for part in _GRID_PARTS)}


def grid_pager(parts: dict[str, Element], grid_id: str, control: Control | None) -> Pager | None:
    """The pager of a DevExpress grid, from what it shows and what the script says, or None."""
    keys = (f"{grid_id}_DXPagerBottom", f"{grid_id}_DXPagerTop")
    element = next((parts[key] for key in keys if key in parts), None)
    pages = _count(control.props.get("pageCount")) if control else None
    return None if element is None and (pages is None or pages < 2) else control_pager(element, control)


def control_pager(element: Element | None, control: Control | None) -> Pager:
    """The pager of a DevExpress control: where it is, and whom to ask for more in which way."""
    page, pages, items = _paging_shown(element, control.props if control else {})
    target = control.unique_id if control else ""
    for anchor in element.iter("a") if element is not None else ():
        match = POSTBACK.search(unquote(f"{anchor.get('href') or ''} {anchor.get('onclick') or ''}"))
        if match:
            return Pager(page, pages, items, "postback", target or match[1])
    if control is None or not control.props or "callBack" in control.props:
        return Pager(page, pages, items, "callback", target)
    enabled = control.props.get("callBacksEnabled")
    # a control whose script has no callback function at all was built with callbacks switched off
    by_postback = enabled is False or (enabled is not True and "uniqueID" in control.props)
    return Pager(page, pages, items, "postback" if by_postback else "callback", target)


def _paging_shown(element: Element | None, props: dict[str, Any]) -> tuple[int, int | None, int | None]:
    """Page, pages, items: as the pager says, else as the script does, else from the page numbers alone."""
    parts = [] if element is None else list(element.iter("b", "a", "td", "span", "div"))
    for part in parts:
        # "Page 1 of 12 (113 items)" in any language that names page, pages and items in this order
        numbers = numbers_in(text_of(part)) if has_class(part, "dxp-summary", "dxpSummary") else []
        if len(numbers) > 1 and numbers[0] <= numbers[1]:
            return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None
    index, pages = _count(props.get("pageIndex")), _count(props.get("pageCount"))
    if index is not None and pages is not None:
        return index + 1, pages, None
    current, highest = 1, 0  # the highest number is the last page: DevExpress always shows it
    for part in parts:
        is_number = has_class(part, "dxp-num", "dxpPageNumber", "dxpCurrentPageNumber")
        numbers = numbers_in(text_of(part)) if is_number else []
        if numbers:
            highest = max(highest, numbers[0])
            current = numbers[0] if has_class(part, "dxp-current", "dxpCurrentPageNumber") else current
    return current, max(highest, current) if highest else None, None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def numbers_in(text: str) -> list[int]:
    """Whole numbers of a text, thousands separators read."""
    return [int(re.sub(r"\D", "", match[0])) for match in _NUMBER.finditer(text[:200])]


def _is_number(label: str) -> bool:
    return label.isascii() and label.isdigit() and len(label) < 7


def postback_pager(row: Element) -> Pager | None:
    """The pager of an asp:GridView from its pager row: `__doPostBack(target, 'Page$2')` in any encoding."""
    target, open_end = "", False
    arguments: dict[str, str] = {}
    for anchor in row.iter("a"):
        match = POSTBACK.search(unquote(anchor.get("href") or ""))
        if not match or not match[2].startswith("Page$"):
            continue
        label = squash("".join(anchor.itertext())) or match[2][5:]
        target = match[1]
        if label in arguments:  # "…" stands before the numbers and behind them
            arguments[f"{label} {arguments[label][5:]}"] = arguments[label]
        arguments[label] = match[2]
        open_end = open_end or not _is_number(label)
    if not arguments:
        return None
    page = _current_number(row)
    numbers = [page, *(int(label) for label in arguments if _is_number(label))]
    return Pager(page, None if open_end else max(numbers), None, "gridview", target, arguments)


def _current_number(row: Element) -> int:
    """The number that is shown without being a link."""
    for part in row.iter("span", "b", "strong", "td"):
        text = squash("".join(part.itertext()))
        if _is_number(text) and next(part.iter("a"), None) is None:
            return int(text)
    return 1


def link_pager(document: Document) -> Pager | None:
    """A pager of plain links: numbered ones in a paging container, or `rel="next"` and `rel="prev"`."""
    if not document.mentions("pagina", "pager", "paging", "page-num", "pagenum", "pagenav", "next", BACK):
        return None
    root, links = document.root, document.links
    for container in root.iter("ul", "div", "nav", "p", "td", "ol", "span"):
        words = f"{container.get('class') or ''} {container.get('id') or ''}"
        if len(words) > 1 and _PAGING.search(words) and (pager := _numbered(container, links)):
            return pager
    found: dict[str, str] = {}
    for anchor in root.iter("a", "link"):
        for name in (anchor.get("rel") or "").split():
            url = links.absolute(anchor.get("href")) if name in ("next", BACK) else None
            if url:
                found.setdefault(name, url)
    return Pager(1, None, None, "link", "", found) if found else None


def _numbered(container: Element, links: Links) -> Pager | None:
    arguments: dict[str, str] = {}
    for anchor in container.iter("a"):
        url, label = links.absolute(anchor.get("href")), squash("".join(anchor.itertext()))
        if url and (label.isdigit() or label.casefold().startswith(("next", "prev")) or label in _GAPS):
            arguments[label] = url
    numbers = [int(label) for label in arguments if _is_number(label)]
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


def settle_pagers(field_of: Callable[[str], str | None], tables: Sequence[Table]) -> None:
    """A list of which another table of the page holds all rows need not be asked for more."""
    for table in tables:
        pager = table.pager
        if pager is None or pager.items is None or len(table.rows) >= pager.items:
            continue
        ids = _ids(field_of, table)
        if ids and any(
            other is not table and len(other.rows) >= pager.items and ids <= _ids(field_of, other)
            for other in tables
        ):
            table.pager = None


def _ids(field_of: Callable[[str], str | None], table: Table) -> set[str]:
    at = next((at for at, label in enumerate(table.headers) if field_of(label) == "external_id"), None)
    return set() if at is None else {row[at] for row in table.rows}
