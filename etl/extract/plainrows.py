"""A plain table's own rows that may be header, group or data; pager, filter and hidden rows stand apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from etl.extract.document import Document
from etl.extract.html import Element, holds_table, is_hidden, text_of
from etl.extract.spans import span
from etl.extract.types import LeftOut, RowKind

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSTBACK_PAGE = re.compile(r"Page(?:\$|%24)")
_ENTRIES = ("input", "select", "textarea")
_FILTERS_WITHIN = 4
_NO_HEIGHT = re.compile(
    r"(?:^|;|\s)(?:max-)?height\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)|visibility\s*:\s*collapse",
    re.IGNORECASE,
)
_PAGER_WORD = re.compile(
    r"\d{1,4}|[<>«»‹›|.…]+|of|page|pages|next|prev|previous|first|last|go|size:?|items?|showing|to|entries|records?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"head|hdr|(?:^|\s)th\b|caption", re.IGNORECASE)
STRUCK = frozenset({"del", "s", "strike"})
SECTIONS = ("thead", "tbody", "tfoot")
_WRAPPERS = frozenset(
    (*SECTIONS, "form", "div", "center", "span", "font", "b", "i", "strong", "em", "p", "a")
)


@dataclass(slots=True)
class TableRow:
    """One `<tr>` of a table with its cells."""

    element: Element
    cells: list[Element]
    section: str  # "thead", "tbody", "tfoot" or "" where the page names none
    classes: str = ""
    group: Element | None = None  # the element of its section: no cell reaches beyond it
    place: int = 0  # among all rows of the table
    is_set_off: bool | None = None  # as a header is that has no `<th>`; None where nobody asked yet

    def heads(self) -> int:
        """How many of its cells are `<th>`."""
        return sum(1 for cell in self.cells if cell.tag == "th")


@dataclass(slots=True)
class OwnRows:
    """The rows of one table in order. Pager, filter and hidden rows are not among them but `apart`, with the
    place where each stood; `pagers` are the elements of its pager rows."""

    rows: list[TableRow] = field(default_factory=list)
    pagers: list[Element] = field(default_factory=list)
    apart: list[tuple[int, LeftOut]] = field(default_factory=list)

    def set_apart(self, row: TableRow, kind: RowKind, reason: str) -> None:
        """The row is no data; a blank one is not worth a word."""
        texts = [text_of(cell) for cell in row.cells]
        if any(texts):
            self.apart.append((row.place, LeftOut(texts, kind, reason)))


def own_rows(table: Element, document: Document) -> OwnRows:
    """All rows that may be header, group or data."""
    found = document.rows.get(table)
    if not isinstance(found, OwnRows):
        found = document.rows[table] = _read_rows(table)
    return found


def _read_rows(table: Element) -> OwnRows:
    found = OwnRows()
    elements = list(_row_elements(table))
    if table.find("tfoot") is not None:  # it is shown last, wherever it stands
        elements.sort(key=lambda row: row[1] is not None and row[1].tag == "tfoot")
    for place, (element, group, cells) in enumerate(elements):
        section = "" if group is None else group.tag
        row = TableRow(element, cells, section, _parted(element.get("class") or ""), group, place)
        row.cells = [cell for cell in cells if not is_hidden(cell)]
        if not row.cells or is_unseen(element):
            row.cells = cells
            found.set_apart(row, "hidden", "It is hidden.")
        elif _is_struck_out(row):
            found.set_apart(row, "note", "It is struck out.")
        elif _is_pager(row):
            found.pagers.append(element)
            found.set_apart(row, "pager", "It leads to other pages of the list.")
        elif len(found.rows) < _FILTERS_WITHIN and _letters_columns(row):
            found.set_apart(row, "heading", "It gives the columns letters, as a spreadsheet does.")
        elif len(row.cells) == 1 and _is_form(row.cells[0]):
            found.set_apart(row, "filter", "It is a form.")
        # filter boxes stand in or under the header: further down, boxes are data
        elif len(found.rows) <= _FILTERS_WITHIN and _is_entry(row):
            found.set_apart(row, "filter", "It holds boxes to search the columns with.")
        else:
            found.rows.append(row)
    return found


def _is_struck_out(row: TableRow) -> bool:
    """Whether a line goes through the whole row, or through all that each of its cells says."""
    if "line-through" in (row.element.get("style") or ""):
        return True
    return all(map(_all_struck, row.cells)) and any(map(len, row.cells))


def _all_struck(cell: Element) -> bool:
    """Whether the cell is blank or says one thing, with a line through it."""
    if "line-through" in (cell.get("style") or ""):
        return True
    if not len(cell):
        return not (cell.text or "").strip()
    around = (cell.text or "") + "".join(part.tail or "" for part in cell)
    return cell[0].tag in STRUCK and len(cell) == 1 and not around.strip()


@lru_cache(maxsize=1024)
def _parted(classes: str) -> str:
    """Classes with their words set apart: "GridHeader" is "Grid-Header"."""
    return _CAMEL.sub("-", classes)


def _letters_columns(row: TableRow) -> bool:
    """Whether the row counts its columns by A, B, C …"""
    if len(row.cells) < 3:
        return False
    texts = [text for cell in row.cells if (text := text_of(cell))]
    return len(texts) > 2 and texts == [chr(ord("A") + at) for at in range(len(texts))][:26]


def is_unseen(row: Element) -> bool:
    """Whether a row's own attributes keep a person from seeing it: hidden, or without height."""
    style = row.get("style")
    return is_hidden(row) or (style is not None and _NO_HEIGHT.search(style) is not None)


def _row_elements(table: Element) -> Iterator[tuple[Element, Element | None, list[Element]]]:
    """Row, the element of its section and cells, also of wrong nesting that browsers forgive.

    (`<font><tr>`, cells in no row.)
    """
    loose: list[Element] = []  # cells that stand in no row make one
    waiting: list[tuple[Iterator[Element], Element | None]] = [(iter(table), None)]
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
            waiting.append((iter(child), child if tag in SECTIONS else section))


def _is_pager(row: TableRow) -> bool:
    """Links of a postback pager, or one cell of nothing but short numbers and arrows, two links at least.

    A class says so only of a row that holds nothing else.
    """
    says_pager = _says_pager(row.classes)
    words = "".join(row.element.itertext()).split() if len(row.cells) == 1 or says_pager else []
    if len(row.cells) == 1 and len(row.cells[0]):
        links = [anchor.get("href") or "" for anchor in row.element.iter("a")]
        if links:
            are_numbers = len(words) <= 30 and all(len(word) <= 4 and not word.isalpha() for word in words)
            if _POSTBACK_PAGE.search(links[0]) or (len(links) > 1 and are_numbers):
                return True
    if not says_pager:
        return False
    if next(row.element.iter("a", "input", "select", "button"), None) is None:
        return len(row.cells) == 1 and all(map(is_pager_word, words))
    return len(row.cells) == 1 or all(map(is_pager_word, words))


@lru_cache(maxsize=1024)
def _says_pager(classes: str) -> bool:
    classes = classes.lower()
    return any(word in classes for word in ("pager", "pagination", "pagenation", "paging", "pgr"))


def is_pager_word(word: str) -> bool:
    """Whether a word is a page's number, an arrow or one that pagers are made of."""
    return _PAGER_WORD.fullmatch(word.strip(",:()")) is not None


def _is_entry(row: TableRow) -> bool:
    """A row of filter boxes: half of its cells hold an empty input, and none holds words."""
    entries = sum(
        any(
            box.get("type", "").lower() not in ("hidden", "checkbox", "radio") and not box.get("value")
            for box in cell.iter(*_ENTRIES)
        )
        for cell in row.cells
        if len(cell)
    )
    return entries > 0 and entries * 2 >= len(row.cells) and not any(map(_holds_words, row.cells))


def _is_form(cell: Element) -> bool:
    """Whether a cell across the table is there to be filled in: two boxes or more, or one without words."""
    if not len(cell) or holds_table(cell):
        return False
    boxes = [box for box in cell.iter(*_ENTRIES) if box.get("type", "").lower() != "hidden"]
    return len(boxes) > 1 or (len(boxes) == 1 and not _holds_words(cell))


def _holds_words(cell: Element) -> bool:
    """Whether the cell has text outside of its boxes and options."""
    outside = ".//text()[not(ancestor::option or ancestor::textarea or ancestor::script)]"
    return any(text.strip() for text in cell.xpath(outside))


def spans_all(row: TableRow, width: int) -> bool:
    """Whether one cell stands across the whole table (a title, a group, a note)."""
    return width > 1 and len(row.cells) == 1 and (span(row.cells[0], "colspan", 1000) >= max(width, 2))


def looks_like_heading(row: TableRow) -> bool:
    """Whether classes or bold type set the row off as a header that has no `<th>`."""
    if row.is_set_off is None:
        row.is_set_off = _is_set_off(row)
    return row.is_set_off


def _is_set_off(row: TableRow) -> bool:
    words = f"{row.classes} {row.element.get('id') or ''}".lower()
    if "head" in words or "hdr" in words:
        return True
    filled = 0
    for cell in row.cells:
        if _has_text(cell):
            filled += 1
            if not (is_bold(cell) or _HEADING.search(cell.get("class") or "")):
                return False
    return filled > 1


def _has_text(cell: Element) -> bool:
    text = "".join(cell.itertext()) if len(cell) else cell.text
    return bool(text) and not text.isspace()


def is_bold(cell: Element) -> bool:
    """Whether all of the cell's text is set in bold type."""
    if "bold" in (cell.get("style") or "").lower():
        return True
    children = [child for child in cell if isinstance(child.tag, str)]
    while len(children) == 1 and not (cell.text or "").strip() and not (children[0].tail or "").strip():
        cell = children[0]
        if cell.tag in ("b", "strong") or "bold" in (cell.get("style") or "").lower():
            return True
        children = [child for child in cell if isinstance(child.tag, str)]
    return False
