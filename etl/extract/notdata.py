"""What became of the tables that no reader took: each that a person can read is named, with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from etl.extract.document import Document
from etl.extract.html import UNSHOWN, Element, has_class, holds_table, squash, words_of
from etl.extract.judgement import NO_EVIDENCE
from etl.extract.types import ListingLine, NotData, Table

_LAYOUT = "It only arranges other parts of the page."
_CODE = re.compile(r"\b[A-Z]{2,3}\d{0,3}\b")  # of a municipality
_MOST_ANCESTORS = 200
_MOST_PARTS = 20_000  # elements of one table that are looked at


def other_tables(document: Document, tables: list[Table], lines: Sequence[ListingLine]) -> list[NotData]:
    """The tables of the page that are no data, in order: those that were judged, and all others with text.

    What a list of cards, a page of fields or a municipality's line shows is read, wherever it stands.
    """
    codes = {line.code for line in lines}
    shown = _shown_elsewhere(tables)
    found = []
    for element in document.all("table"):
        judged = document.not_data.get(element)
        if judged is None and (element in document.taken or element in document.labelled):
            continue
        texts = list(_own_texts(element))
        words = [text for row in texts for text in row]
        if not words or _is_inside(element, document):
            continue
        if sum(text in shown or text.rstrip(": ") in shown for text in words) * 2 >= len(words):
            continue
        if codes and sum(not codes.isdisjoint(_CODE.findall(" ".join(row))) for row in texts) * 2 >= len(
            texts
        ):
            continue
        is_leaf = not holds_table(element)
        is_grid = sum(len(row) > 1 for row in texts) > 1
        if not is_grid and not (is_leaf and len(words) > 1):
            continue
        reason = judged.reason if judged else NO_EVIDENCE
        if reason == NO_EVIDENCE and not is_leaf:
            reason = _LAYOUT
        found.append(NotData(element.get("id") or "", len(texts), reason))
    return found


def _shown_elsewhere(tables: list[Table]) -> set[str]:
    shown: set[str] = set()
    for table in tables:
        if table.kind in ("cards", "fields", "list"):
            shown.update(table.headers, *table.rows)
    return shown - {""}


def _is_inside(element: Element, document: Document) -> bool:
    """Whether the table stands in a cell of one that was taken, so that its text is that cell's.

    A grid's detail row is no cell of it.
    """
    for parent in islice(element.iterancestors(), _MOST_ANCESTORS):
        if has_class(parent, "dxgvDetail"):
            return False
        if parent.tag == "table" and parent in document.taken:
            return True
    return False


def _own_texts(table: Element) -> Iterator[list[str]]:
    """Per row that says something the texts of its cells, those of tables within them left out."""
    looked_at = 0
    waiting = [iter(table)]
    while waiting:
        child = next(waiting[-1], None)
        looked_at += 1
        if child is None or looked_at > _MOST_PARTS:
            waiting.pop()
        elif child.tag == "tr":
            cells = (cell for cell in child if cell.tag in ("td", "th"))
            if texts := [text for cell in cells if (text := own_text(cell))]:
                yield texts
        elif type(child.tag) is str and child.tag not in UNSHOWN and child.tag not in ("table", "td", "th"):
            waiting.append(iter(child))


def own_text(cell: Element) -> str:
    """What a cell says itself, the tables in it left out."""
    if not holds_table(cell):
        return words_of(cell)
    parts: list[str] = [cell.text or ""]
    for child in cell:
        if type(child.tag) is str and child.tag != "table" and child.tag not in UNSHOWN:
            parts.append(words_of(child) if not holds_table(child) else own_text(child))
        parts.append(child.tail or "")
    return squash(" ".join(parts))
