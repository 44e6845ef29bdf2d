"""Is a table data, or does it only arrange the page? By score, with the weightiest reason against it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

from etl.extract.cellkinds import kind_of
from etl.extract.gridlines import Line
from etl.extract.html import Element, has_class, words_of
from etl.extract.plainheader import Header, is_calendar
from etl.extract.plainrows import is_pager_word

_ENOUGH = 3.0
_SAMPLE = 40  # rows
_MOST_COLUMNS = 60
_MOST_ANCESTORS = 200
_LONG = 600  # characters: a cell that holds a page's worth of text is layout
_HEADER_POINTS = {"markup": 3.0, "known": 3.0, "shade": 3.0, "contrast": 2.0, "type": 1.0, "": 0.0}
_LAYOUT_ROLES = ("presentation", "none")
_FORM = "It is a form: its cells hold boxes to fill in."
_BOXES = ("input", "select", "textarea")
NO_EVIDENCE = "Nothing in it says that it is data: no heading, and no columns of figures, dates or codes."


def reason_against(table: Element, header: Header, body: Sequence[Line], headers: list[str]) -> str:
    """Why the table is no data; "" where it is. `body`: its rows below the header, at least one."""
    sample = body[:_SAMPLE]
    against: dict[str, float] = {}
    if is_calendar(headers) or _counts_days(sample):
        against["It is a calendar: its columns are days of the week."] = 10
    points = _HEADER_POINTS[header.basis]
    is_bold = header.basis == "contrast" and header.score > 2.5
    points += 1.0 if is_bold else 0.0
    typed, is_typed_well = _typed_columns(sample)
    points += min(typed, 1) * (2.0 if is_typed_well else 1.0) + (1.0 if typed > 1 and is_typed_well else 0.0)
    points += 1.0 if len(body) > 2 else 0.0
    if len(sample[0].cells) == 1 and (header.basis not in ("markup", "shade", "known") or len(body) < 2):
        against["It is one column without a heading, or one cell under it."] = 5
    if header.basis not in ("markup", "known", "shade"):
        if _all_links(sample):
            against["It is a menu: all of its cells are links."] = 4
        if _is_pager(table, sample):
            against["It leads to other pages of a list."] = 10
        if _is_long(sample):
            against["Its cells hold pages of text: it arranges them."] = 3
    elif header.basis == "markup" and typed == 0 and _all_links(sample) and len(body) < 3:
        against["It is a menu: all of its cells are links."] = 1
    if share := _filled_in(sample):
        against[_FORM] = share * (2 if header.basis == "markup" and typed else 6)
    if table.get("role") in _LAYOUT_ROLES:
        against["The page marks it as layout."] = 3
    against.update(_place(table))
    points -= sum(against.values())
    return "" if points >= _ENOUGH else max(against, key=lambda reason: against[reason], default=NO_EVIDENCE)


def reason_against_head(head: Sequence[Line]) -> str:
    """Why a table of nothing but headings is no data."""
    return _FORM if _filled_in(head) else "It has a heading and no rows."


def _typed_columns(sample: Sequence[Line]) -> tuple[int, bool]:
    """How many columns hold figures, dates or codes in most rows, and whether two rows at least show it."""
    typed, is_well = 0, False
    for at in range(min(len(sample[0].cells), _MOST_COLUMNS)):
        texts = [line.texts[at] for line in sample]
        kinds = [kind for text in texts if (kind := kind_of(text))]
        figures = sum(kind != "words" for kind in kinds)
        if figures and figures * 10 >= len(kinds) * 6:
            typed += 1
            is_well |= figures > 1
    return typed, is_well


def _counts_days(sample: Sequence[Line]) -> bool:
    """Whether the cells count the days of a month, a week to each row."""
    if not sample or len(sample[0].cells) not in (7, 8) or not 4 <= len(sample) <= 8:
        return False
    texts = [text for line in sample for text in line.texts if text]
    days = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 3]
    if len(days) * 10 < len(texts) * 8 or len(days) < 20 or max(days) > 53:
        return False
    rising = sum(two - one == 1 for one, two in pairwise(days))
    return rising * 10 >= len(days) * 7


def _all_links(sample: Sequence[Line]) -> bool:
    cells = [cell for line in sample for _, cell in line.starts]
    linked = sum(1 for cell in cells if len(cell.element) and _is_link(cell.element, cell.text))
    return len(cells) > 1 and linked * 10 >= len(cells) * 9


def _is_link(cell: Element, text: str) -> bool:
    words = [words_of(anchor) for anchor in islice(cell.iter("a"), 50)]
    return bool(words) and "".join(words).replace(" ", "") == text.replace(" ", "")


def _is_pager(table: Element, sample: Sequence[Line]) -> bool:
    words = [word for line in sample for _, cell in line.starts for word in cell.text.split()]
    return len(words) < 60 and next(table.iter("a"), None) is not None and all(map(is_pager_word, words))


def _is_long(sample: Sequence[Line]) -> bool:
    return sum(max(map(len, line.texts)) for line in sample) > _LONG * len(sample)


def _filled_in(sample: Sequence[Line]) -> float:
    """The share of rows that hold an empty box or a list to choose from; 0 where they are few."""
    rows = sum(any(_has_open_box(cell) for cell in line.row.cells if len(cell)) for line in sample)
    share = rows / len(sample)
    return share if share >= 0.5 else 0.0


def _has_open_box(cell: Element) -> bool:
    for box in islice(cell.iter(*_BOXES), 20):
        kind = (box.get("type") or "").lower()
        if box.tag == "select" or (box.tag == "textarea" and not box.text):
            return True
        if (
            box.tag == "input"
            and kind not in ("hidden", "checkbox", "radio", "image")
            and not box.get("value")
        ):
            return True
    return False


def is_aside(table: Element) -> bool:
    """Whether the page marks the table as layout, navigation or footer: what stands beside a label there
    (a menu's group, a telephone number) is no record."""
    if table.get("role") in _LAYOUT_ROLES or has_class(table, "navbox", "calendar"):
        return True
    return any(
        parent.tag in ("nav", "footer") or (parent.tag != "body" and has_class(parent, "navbox", "navbar"))
        for parent in islice(table.iterancestors(), _MOST_ANCESTORS)
    )


def _place(table: Element) -> dict[str, float]:
    """What stands against the table by where it stands; a hint, no more."""
    for parent in islice(table.iterancestors(), _MOST_ANCESTORS):
        if parent.tag == "nav" or parent.get("role") in ("navigation", "menu", "menubar"):
            return {"It stands in the page's navigation.": 3.0}
        if parent.tag == "footer":
            return {"It stands in the page's footer.": 0.5}
        if has_class(parent, "calendar", "navbar", "menu") and parent.tag != "body":
            return {"It stands in a calendar or a menu.": 0.5}
    if has_class(table, "navbox", "calendar", "menu"):
        return {"It calls itself a menu or a calendar.": 0.5}
    return {}
