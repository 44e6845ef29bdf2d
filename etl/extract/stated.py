"""What a page says in words of how many rows its list has: "Showing 1 to 40 of 45 entries"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl.extract.document import Document
from etl.extract.html import words_of
from etl.extract.lines import count_column
from etl.extract.types import Pager, Table

_NUMBER = r"(?<![\d.,])(\d{1,3}(?:[ ,.'’]\d{3}){1,2}(?!\d)|\d{1,7})"
_THINGS = r"(?:records?|items?|entries|results?|rows?|rekords?|inskrywings|resultate|rye)"
_RANGE = re.compile(
    rf"{_NUMBER} ?(?:to|tot|through|[-–—]) ?{_NUMBER} ?(?:of|van|out of|/) (?:about )?{_NUMBER}(?!\d|[.,]\d)",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\b(?:page|bladsy) (\d{1,5}) (?:of|van) (\d{1,5})\b"
    rf"(?:[ ,;:–—-]*\(?{_NUMBER} (?:{_THINGS}|projects?|projekte?)\b)?",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"\b(?:total|aantal|number)(?: number)?(?: of)? {_THINGS}(?: found)? ?[:=]? ?{_NUMBER}(?!\d)"
    rf"|{_NUMBER} (?:{_THINGS}|projects?|projekte?)(?: ?\(s\))? (?:found|gevind|in total|altesaam)\b",
    re.IGNORECASE,
)
_FOOT = re.compile(
    rf"\b(?:projects?|projekte?|{_THINGS}|count|aantal)(?: found)? ?[:=]? ?{_NUMBER}(?!\d|[.,%]\d?)"
    rf"|{_NUMBER} (?:projects?|projekte?|{_THINGS})\b|^(?:grand )?totaa?l ?\({_NUMBER}\)",
    re.IGNORECASE,
)
_OF_PAGE = re.compile(r"\b(?:page|bladsy)\b", re.IGNORECASE)


def note_stated(document: Document, tables: Sequence[Table]) -> None:
    """Hold what the page says of its list against it: the list's pager then names the rows or pages."""
    listed = [table for table in tables if table.rows and not (table.pager and table.pager.items is not None)]
    if not listed:
        return
    text = words_of(document.root)
    for first, last, total in _ranges(text):
        shown = [table for table in listed if len(table.rows) == last - first + 1]
        if len(shown) == 1 and total >= last >= first:
            _say(shown[0], total, 1)
            return
    if len(listed) == 1 == sum(bool(table.rows) for table in tables):
        _say(listed[0], *_of_one(text, listed[0]))


def _of_one(text: str, table: Table) -> tuple[int | None, int]:
    """Rows and pages of the page's only list."""
    page = _PAGE.search(text)
    if page and 1 <= int(page[1]) <= int(page[2]):
        return _number(page[3]), int(page[2])
    if count_column(table) is not None:  # its rows are no projects
        return None, 1
    total = _TOTAL.search(text)
    if total:
        return _number(total[1] or total[2]), 1
    feet = [" ".join(filter(None, left.row)) for left in table.left_out if left.kind == "total"]
    foot = _FOOT.search(feet[0]) if len(feet) == 1 and not _OF_PAGE.search(feet[0]) else None
    return (_number(foot[1] or foot[2] or foot[3]) if foot else None), 1


def _say(table: Table, items: int | None, pages: int) -> None:
    if table.pager:
        table.pager.items = items if table.pager.how != "more" else None
    elif items is not None or pages > 1:
        table.pager = Pager(1, pages, items, "link", "")


def _ranges(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _RANGE.finditer(text):
        first, last, total = (_number(part) or 0 for part in match.groups())
        yield first, last, total


def _number(text: str | None) -> int | None:
    return int(re.sub(r"\D", "", text)) if text else None
