"""Texts in the cells of a spreadsheet: none is a formula; marks against it are read away.

Pure. A CSV is divided where the reader's spreadsheet divides it, whatever we wrote: Excel in South Africa
takes `;` for what stands between two cells, and no comma. So what is behind one begins a cell too.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

# A cell that begins with one of these is a formula to a spreadsheet, to some in full width or small too.
_FORMULA = frozenset("=+-@")
# Kinds of characters that no eye sees, and letters and signs that are blank all the same.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_BREAKS = ("\t", "\r", "\n")
_DIVIDED = re.compile(r"(?<=[;\t\r\n])[^;\t\r\n]+")
_MARK = "'"


def is_formula(text: str) -> bool:
    """Behind blanks and what the eye cannot see too: some spreadsheets skip these."""
    if text[:1].isascii() and text[:1].isalnum():
        return False
    return text.startswith(_BREAKS) or normalize("NFKC", next(filter(_is_seen, text), "")) in _FORMULA


def _is_seen(char: str) -> bool:
    return not (char.isspace() or char in _BLANK or category(char) in _UNSEEN)


def defused(text: str) -> str:
    """The text as it goes into a cell."""
    divided = _DIVIDED.sub(lambda part: _marked(part[0]), text)
    return f"{_MARK}{divided}" if is_formula(text) else divided


def _marked(text: str) -> str:
    return f"{_MARK}{text}" if is_formula(text) else text


def plain(text: str) -> str:
    """The text of a cell that was `defused`."""
    whole = _unmarked(text)
    return _DIVIDED.sub(lambda part: _unmarked(part[0]), whole) if _MARK in whole else whole


def _unmarked(text: str) -> str:
    return text[1:] if text.startswith(_MARK) and is_formula(text[1:]) else text


__all__ = ["defused", "is_formula", "plain"]
