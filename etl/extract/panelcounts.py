"""What tabs and headings of a page with several lists say of each: "Limpopo (12)" over twelve rows.

A number may be a ward's or a phase's, and no word tells "Completed (8)" from "Phase (2)": what is read there
does. They count where most of a page's say how many rows stand under them, and none says fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from etl.extract.document import Document, PlacedTable
from etl.extract.html import Element, text_of
from etl.extract.types import PanelCount

_LONGEST = 80
_NUMBER = r"(?<![\d.,])(\d{1,3}(?:[ ,.'’]\d{3}){1,2}|\d{1,7})(?![\d%]|[.,]\d)"
_ALONE = re.compile(r"[0-9]{1,5}")
_ENDS = re.compile(rf".{{1,80}}?(?:[(\[:–—-] ?|(?<=[^\d\s]) ){_NUMBER}(?: [^\W\d]{{3,20}})?[)\]]?", re.DOTALL)
_TARGET = re.compile(r"#?([\w:.-]{1,100})")
_MOST_ANCESTORS = 60
_MOST_PANELS = 500


def panel_counts(document: Document, found: list[PlacedTable]) -> list[PanelCount]:
    """The numbers that a page gives of its lists, each with the rows that stand there."""
    lists = [item for item in found if item.table.kind != "fields"]
    if any(item.table.pager is not None for item in lists):  # what is shown is a part
        return []
    counts = [*_of_tabs(document, lists)] or [*_of_headings(lists)]
    return counts if are_counts([(one.claimed, one.found) for one in counts]) else []


def _of_tabs(document: Document, lists: list[PlacedTable]) -> Iterator[PanelCount]:
    """The tabs that show a part of the page: also of a part without a list, whose number is of rows too."""
    said = dict(islice(_targets(document), _MOST_PANELS))
    if len(said) < 2:
        return
    rows = dict.fromkeys(said, 0)
    for item in lists:
        for around in islice(_upwards(item.element), _MOST_ANCESTORS):
            if around.get("id") in rows:
                rows[around.get("id", "")] += len(item.table.rows)
                break
    for name, text in said.items():
        yield PanelCount(text, number_in(text) or 0, rows[name])


def _targets(document: Document) -> Iterator[tuple[str, str]]:
    """(the id of a part of the page, the text with a number of what leads there)."""
    for anchor in document.all("a"):
        target = anchor.get("data-bs-target") or anchor.get("data-target") or anchor.get("href") or ""
        match = _TARGET.fullmatch(target) if target.startswith("#") else None
        if match and number_in(text := text_of(anchor)) is not None:
            yield match[1], text


def _of_headings(lists: list[PlacedTable]) -> Iterator[PanelCount]:
    for item in lists:
        said = [text for text in item.table.context if number_in(text) is not None]
        if len(said) == 1:
            yield PanelCount(said[0], number_in(said[0]) or 0, len(item.table.rows))


def _upwards(element: Element) -> Iterator[Element]:
    yield element
    yield from element.iterancestors()


def number_in(text: str) -> int | None:
    """The number that a short text is, or ends with, in brackets or before one word ("Completed: 8
    projects"); None where it has none, or several."""
    if not 0 < len(text) <= _LONGEST or not (text[-1].isalnum() or text[-1] in ")]"):
        return None
    if _ALONE.fullmatch(text):
        return int(text)
    match = _ENDS.fullmatch(text)
    if match is None or any(sign.isdecimal() for sign in text[: match.start(1)]):
        return None
    return int(re.sub(r"\D", "", match[1]))


def are_counts(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether numbers (what is said, what was read there) are counts: most of them agree with what was read,
    two or more that are not nought, and none says fewer. Ranks ("Phase 1", "Phase 2") may agree by chance."""
    alike = [said for said, found in pairs if said == found]
    are_ranks = sorted(said for said, _ in pairs) == list(range(1, len(pairs) + 1))
    if are_ranks or sum(map(bool, alike)) < 2 or 2 * len(alike) <= len(pairs):
        return False
    return all(said >= found for said, found in pairs)
