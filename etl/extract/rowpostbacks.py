"""What opens a row that has no link: `javascript:__doPostBack('ctl00$Grid','Select$3')`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from etl.extract.html import Element, text_of
from etl.extract.types import RowPostback

_POSTBACK = re.compile(
    r"__doPostBack\(\s*['\"]([^'\"]{1,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]"
    r"|WebForm_PostBackOptions\(\s*['\"]([^'\"]{1,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]"
)
_OPENS = re.compile(r"select|view|detail|open|show|more|project|row", re.I)
# A row's other buttons: they change it, print it, or turn the list
_OTHERS = re.compile(
    r"edit|delet|remov|updat|insert|new\b|add|sav(?:e|ing)|cancel|approv|reject|print|export|download|mail|"
    r"sort|page\b|page\$|expand|collapse|move|copy|archive|lock|submit|upload",
    re.I,
)
_PARTS = ("a", "input", "button", "span", "img", "td")


def row_postbacks(rows: Iterable[Sequence[Element | None]]) -> list[RowPostback | None]:
    """Per row of cells what opens it; [] where nothing opens any of them."""
    return each_its_own([row_postback([cell for cell in row if cell is not None]) for row in rows])


def each_its_own(found: list[RowPostback | None]) -> list[RowPostback | None]:
    """The postbacks, or [] where there is none, or the same one for different rows."""
    named = [postback for postback in found if postback]
    return found if named and len(set(named)) == len(named) else []


def row_postback(cells: Sequence[Element]) -> RowPostback | None:
    """The postback that opens the row: one that says so, else the only one that it has."""
    found = dict(_candidates(cells))
    telling = [postback for postback, words in found.items() if _OPENS.search(words)]
    if telling:
        return telling[0]
    return next(iter(found)) if len(found) == 1 else None


def _candidates(cells: Sequence[Element]) -> Iterator[tuple[RowPostback, str]]:
    """The row's postbacks that do not change anything, each with the words that say what it does."""
    row = cells[0].getparent() if cells else None  # whole: a cell of buttons alone may be no cell of data
    for element in () if row is None else (row, *row.iter(*_PARTS)):
        code = f"{element.get('href') or ''} {element.get('onclick') or ''}"
        if "ost" not in code or not (match := _POSTBACK.search(unquote(code))):
            continue
        target, argument = match[1] or match[3], (match[2] or match[4] or "")
        label = "" if element is row else text_of(element) or element.get("value") or ""
        # a long label, or one with a number, is the row's own text and not a button's
        command = label if len(label) < 20 and not any(map(str.isdigit, label)) else ""
        words = f"{target.rpartition('$')[2]} {argument} {command}"
        if not _OTHERS.search(words):
            yield RowPostback(target, argument), words
