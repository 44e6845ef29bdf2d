"""A plain table's own rows that may be header, group or data; pager, filter and totals rows are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.extract.document import Document
from etl.extract.html import Element, is_hidden
from etl.extract.spans import span

_NO_DATA = re.compile(
    r"(?:^|[\s_-]|rg|dx\w{2})(?:pager?|pagination|pagenation|paging|pgr|footer|foot|filter(?:row)?|commandrow|command"
    r"|norecords?|emptydata\w*|totals?|grandtotal|subtotals?|jqgfirstrow|editform)(?=$|[\s_-]|row)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSTBACK_PAGE = re.compile(r"Page(?:\$|%24)")
_ENTRIES = ("input", "select", "textarea")
_FILTERS_WITHIN = 4
_HEADING = re.compile(r"head|hdr|(?:^|\s)th\b|caption", re.IGNORECASE)
SECTIONS = ("thead", "tbody", "tfoot")
_WRAPPERS = frozenset(
    (*SECTIONS, "form", "div", "center", "span", "font", "b", "i", "strong", "em", "p", "a")
)


@dataclass(slots=True)
class Row:
    """One `<tr>` of a table with its cells."""

    element: Element
    cells: list[Element]
    section: str  # "thead", "tbody", "tfoot" or "" where the page names none
    classes: str = ""

    def heads(self) -> int:
        """How many of its cells are `<th>`."""
        return sum(1 for cell in self.cells if cell.tag == "th")


@dataclass(slots=True)
class Rows:
    """The rows of one table in order; `pagers` are its pager rows, which are not among them."""

    rows: list[Row] = field(default_factory=list)
    pagers: list[Element] = field(default_factory=list)


def own_rows(table: Element, document: Document) -> Rows:
    """All rows that may be header, group or data."""
    found = document.rows.get(table)
    if not isinstance(found, Rows):
        found = document.rows[table] = _read_rows(table)
    return found


def _read_rows(table: Element) -> Rows:
    found = Rows()
    for element, section, cells in _row_elements(table):
        cells = [cell for cell in cells if not (cell.attrib and is_hidden(cell))]
        if not cells or (element.attrib and is_hidden(element)):
            continue
        row = Row(element, cells, section, _CAMEL.sub("-", element.get("class") or ""))
        if _is_pager(row):
            found.pagers.append(element)
        elif section == "tfoot" or _NO_DATA.search(row.classes):
            continue
        # filter boxes stand in or under the header: further down, boxes are data
        elif len(found.rows) > _FILTERS_WITHIN or not _is_entry(row):
            found.rows.append(row)
    return found


def _row_elements(table: Element) -> Iterator[tuple[Element, str, list[Element]]]:
    """Row, section and cells, also of wrong nesting that browsers forgive (`<font><tr>`, cells in no row)."""
    loose: list[Element] = []  # cells that stand in no row make one
    waiting = [(iter(table), "")]
    while waiting:
        children, section = waiting[-1]
        child = next(children, None)
        tag = child.tag if child is not None else None
        if tag in ("td", "th"):
            loose.append(child)
            continue
        if loose and (child is None or tag == "tr" or tag in _WRAPPERS):
            yield loose[0], section, loose
            loose = []
        if child is None:
            waiting.pop()
        elif tag == "tr":
            yield child, section, list(child.iterchildren("td", "th"))
        elif tag in _WRAPPERS and not (child.attrib and is_hidden(child)):
            waiting.append((iter(child), tag if tag in SECTIONS else section))


def _is_pager(row: Row) -> bool:
    if len(row.cells) == 1 and len(row.cells[0]):
        for anchor in row.element.iter("a"):
            return bool(_POSTBACK_PAGE.search(anchor.get("href") or "")) or _is_page_numbers(row)
    return "pager" in row.classes.lower() or "page-nation" in row.classes.lower()


def _is_page_numbers(row: Row) -> bool:
    """One cell with nothing but short numbers and arrows, two links at least."""
    text = "".join(row.element.itertext()).split()
    anchors = sum(1 for _ in row.element.iter("a"))
    return anchors > 1 and len(text) <= 30 and all(len(word) <= 4 and not word.isalpha() for word in text)


def _is_entry(row: Row) -> bool:
    """A row of filter boxes: most of its cells hold nothing but an input."""
    entries = sum(
        1 for cell in row.cells if len(cell) and next(_boxes(cell), None) is not None and not _words(cell)
    )
    return entries > 0 and entries * 2 >= len(row.cells) and not any(_words(cell) for cell in row.cells)


def _boxes(cell: Element) -> Iterator[Element]:
    for box in cell.iter(*_ENTRIES):
        if box.get("type", "").lower() not in ("hidden", "checkbox", "radio") and not box.get("value"):
            yield box


def _words(cell: Element) -> bool:
    """Whether the cell has text outside of its boxes and options."""
    return any(
        text.strip()
        for text in cell.xpath(".//text()[not(ancestor::option or ancestor::textarea or ancestor::script)]")
    )


def spans_all(row: Row, width: int) -> bool:
    """Whether one cell stands across the whole table (a title, a group, a note)."""
    return width > 1 and len(row.cells) == 1 and (span(row.cells[0], "colspan", 1000) >= max(width, 2))


def looks_like_heading(row: Row) -> bool:
    """Whether classes or bold type set the row off as a header that has no `<th>`."""
    words = f"{row.classes} {row.element.get('id') or ''}".lower()
    if "head" in words or "hdr" in words:
        return True
    filled = [cell for cell in row.cells if "".join(cell.itertext()).strip()]
    return len(filled) > 1 and all(
        _is_bold(cell) or _HEADING.search(cell.get("class") or "") for cell in filled
    )


def _is_bold(cell: Element) -> bool:
    if "bold" in (cell.get("style") or "").lower():
        return True
    children = [child for child in cell if isinstance(child.tag, str)]
    while len(children) == 1 and not (cell.text or "").strip() and not (children[0].tail or "").strip():
        cell = children[0]
        if cell.tag in ("b", "strong") or "bold" in (cell.get("style") or "").lower():
            return True
        children = [child for child in cell if isinstance(child.tag, str)]
    return False


def is_bold(cell: Element) -> bool:
    """Whether all of the cell's text is set in bold type."""
    return _is_bold(cell)
