"""What a cell says without words: how far a progress bar is, what an icon stands for, a check box's state."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

Element = Any  # lxml publishes no class that type checkers agree on

_BAR = re.compile(r"(?<![a-z])(?:progress|meter|gauge|bar)(?![a-z])|progress-?bar", re.IGNORECASE)
_NO_BAR = re.compile(r"(?:tool|nav|side|scroll|search|menu|title|status)-?_?bar", re.IGNORECASE)
_BAR_ROLES = frozenset({"progressbar", "meter"})
_WIDTH = re.compile(r"(?:^|[;\s])width\s*:\s*(\d{1,3}(?:[.,]\d{1,6})?)\s*%", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_ICONS = ("img", "i", "svg", "span")  # what shows an icon
_BUTTONS = ("a", "button", "th")
_CONTROL = re.compile(r"\b(?:sort|expand|collapse|filter|ascending|descending)", re.IGNORECASE)
_LAID_OUT = frozenset({"table", "tr", "td", "th", "col", "img", "input", "select", "textarea", "button"})
_MOST_ELEMENTS = 60  # of one cell


def symbol_of(cell: Element) -> str:
    """Words for a cell without text: "71%", "On track", "Checked"; "" where nothing in it says any."""
    said = ""
    for part in islice(cell.iter(), _MOST_ELEMENTS):
        if type(part.tag) is not str:
            continue
        if share := _share(part, cell):
            return share
        said = said or " ".join((_state(part) or _icon(part, cell)).split())
    return said


def holds_bar(element: Element) -> bool:
    """Whether the element shows a share as a bar."""
    parts = islice(element.iter(), _MOST_ELEMENTS)
    return any(type(part.tag) is str and bool(_share(part, element)) for part in parts)


def _share(part: Element, cell: Element) -> str:
    """How far a bar is, as it is written, with a percent sign; "" for what is no bar."""
    if part.tag in ("progress", "meter"):
        return _percent(part.get("value"), part.get("min"), part.get("max", "1"))
    if part.get("role") in _BAR_ROLES and (share := _of_role(part)):
        return share
    width = _WIDTH.search(part.get("style") or "")
    return (
        f"{width[1]}%" if width and float(width[1].replace(",", ".")) <= 100 and _is_bar(part, cell) else ""
    )


def _of_role(part: Element) -> str:
    if (value := part.get("aria-valuenow")) is not None:
        return _percent(value, part.get("aria-valuemin"), part.get("aria-valuemax", "100"))
    return ""


def _percent(value: str | None, least: str | None, most: str) -> str:
    """A value of 0 to 100 as it is written, one of 0 to 1 times a hundred; "" for other scales."""
    if value is None or not _NUMBER.fullmatch(value) or _amount(least or "0") != 0:
        return ""
    if _amount(most) == 100:
        return f"{value}%"
    return f"{_amount(value) * 100:.6g}%" if _amount(most) == 1 and _amount(value) <= 1 else ""


def _amount(text: str) -> float:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else -1.0


def _is_bar(part: Element, cell: Element) -> bool:
    """Whether a width is a share: the element or one around it, within the cell, is called a bar."""
    for around in (part, *part.iterancestors()):
        names = f"{around.get('class') or ''} {around.get('id') or ''}"
        if around.get("role") in _BAR_ROLES or (_BAR.search(names) and not _NO_BAR.search(names)):
            return True
        if around is cell:
            break
    return False


def _state(part: Element) -> str:
    """A check box's state: HTML's own, or DevExpress's words for it, from its sprite class."""
    if part.tag == "input" and part.get("type", "").lower() in ("checkbox", "radio"):
        return part.get("aria-label") or ("Unchecked" if part.get("checked") is None else "Checked")
    classes = part.get("class") or ""
    if part.tag != "span" or "CheckBox" not in classes:
        return ""
    said = part.get("alt") or part.get("title") or part.get("aria-label")
    return said or (
        "Checked" if "CheckBoxChecked" in classes else "Unchecked" if "CheckBoxUnchecked" in classes else ""
    )


def _icon(part: Element, cell: Element) -> str:
    """What an icon stands for; "" for decoration and for the picture of a link or a button."""
    if part.tag not in _ICONS or part.get("aria-hidden") == "true" or part.get("alt") == "":
        return ""
    words = part.get("alt") or part.get("aria-label") or part.get("title") or ""
    if part.tag == "svg" and not words:
        words = next((child.text or "" for child in part if child.tag == "title"), "")
    if not words or _CONTROL.search(words) or part.get("onclick") or part.get("role") == "button":
        return ""
    for around in part.iterancestors() if part is not cell else ():
        if around is cell:
            break
        if around.tag in _BUTTONS or around.get("onclick"):
            return ""
    return words
