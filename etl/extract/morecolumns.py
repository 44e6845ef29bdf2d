"""Labels with their values inside a row: in a small table of one of its cells, or opened below it as a row of
one cell. They are more columns of that row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from etl.extract.document import Document
from etl.extract.html import Element, holds_table, is_hidden, words_of
from etl.extract.plainrows import is_bold

_MOST_PAIRS = 20
_MOST_PARTS = 200
_MOST_ROWS = 20_000
_LONGEST_LABEL = 40  # characters
_LABELLED = re.compile(r"([^:\n]{2,40}):\s*(\S.*)")
FieldOf = Callable[[str], str | None]
Pairs = list[tuple[str, str]]


def add_opened_columns(document: Document) -> None:
    """Give rows the columns that stand in them as pairs, where the table has a heading to take the labels."""
    found: dict[Element, dict[Element, tuple[Element, Pairs]]] = {}  # table → row → what holds the pairs
    for holder in islice(_holders(document), _MOST_ROWS):
        is_opened = holder.tag == "tr"
        row = holder.getprevious() if is_opened else next(holder.iterancestors("tr"), None)
        if row is None or row.tag != "tr" or (is_opened and _lone_cell(row) is not None):
            continue
        pairs = _pairs_below(holder) if is_opened else _pairs_of_table(holder)
        table = next(row.iterancestors("table"), None)
        if pairs and table is not None:
            found.setdefault(table, {})[row] = holder, pairs
    for table, rows in found.items():
        _add(table, rows, document)


def _holders(document: Document) -> Iterator[Element]:
    """What may hold pairs: rows of one wide cell, and tables alone in a cell beside others."""
    for cell in document.root.iter("td") if document.mentions("colspan") else ():
        if not len(cell) or not cell.get("colspan") or holds_table(cell):
            continue
        row = cell.getparent()
        if _lone_cell(row) is cell:
            yield row
    whole: dict[Element, str] = {}  # what cells say, which may hold many tables
    for table in document.all("table"):
        cell = table.getparent()
        row = cell.getparent() if cell is not None and cell.tag == "td" else None
        if row is None or row.tag != "tr" or sum(1 for _ in row.iterchildren("td")) < 3:
            continue
        is_small = sum(1 for _ in islice(table.iter("tr"), _MOST_PAIRS + 1)) <= _MOST_PAIRS
        if not is_small:
            continue
        if cell not in whole:
            whole[cell] = words_of(cell)
        if whole[cell] == words_of(table):
            yield table


def _lone_cell(row: Element) -> Element | None:
    """The cell of a row that has no other but blank ones."""
    cells = list(islice(row.iterchildren("td", "th"), 4)) if row is not None else []
    filled = [cell for cell in cells if len(cell) or (cell.text or "").strip()]
    return filled[0] if len(filled) == 1 and len(cells) < 4 else None


def _pairs_of_table(table: Element) -> Pairs:
    rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
    if not rows or any(len(cells) != 2 for cells in rows):
        return []
    return _usable([(words_of(label), words_of(value)) for label, value in rows])


def _pairs_below(row: Element) -> Pairs:
    """The pairs that the lone cell of a row is made of; none where it says anything else."""
    cell = _lone_cell(row)
    if cell is None:
        return []
    pairs: Pairs = []
    taken: list[str] = []
    for part in islice(cell.iter(), 1, _MOST_PARTS):
        said = words_of(part) if type(part.tag) is str else ""
        children = [child for child in part if type(child.tag) is str]
        if not children and (match := _LABELLED.fullmatch(said)):
            pairs.append((match[1], match[2]))
            taken.append(said)
        elif sides := _sides(children, part):
            pairs.append(sides)
            taken.append(said)
    is_whole = "".join("".join(taken).split()) == "".join(words_of(cell).split())
    return _usable(pairs) if is_whole else []


def _sides(children: list[Element], part: Element) -> tuple[str, str] | None:
    """Label and value, where an element holds these two and no more than a colon between."""
    if not 2 <= len(children) <= 3 or (part.text or "").strip():
        return None
    said = [words_of(child) for child in children]
    between = [*said[1:-1], *((child.tail or "").strip() for child in children)]
    if any(text not in ("", ":") for text in between) or any(len(child) > 1 for child in children):
        return None
    return said[0], said[-1]


def _usable(pairs: Pairs) -> Pairs:
    pairs = [(label.rstrip(": "), value) for label, value in pairs]
    labels = [label for label, _ in pairs]
    is_sound = all(0 < len(label) <= _LONGEST_LABEL for label in labels) and len(set(labels)) == len(labels)
    return pairs if is_sound and len(pairs) <= _MOST_PAIRS else []


def _add(table: Element, rows: dict[Element, tuple[Element, Pairs]], document: Document) -> None:
    labels = list(dict.fromkeys(label for _, pairs in rows.values() for label, _ in pairs))
    head = _heading(table, rows)
    if head is None or len(rows) < 2 or len(labels) > _MOST_PAIRS or not any(map(document.field_of, labels)):
        return
    width = _width(head)
    if any(_width(row) != width for row in rows):
        return
    cells = enumerate(head.iterchildren("td", "th"))
    shown = {words_of(cell): at for at, cell in cells if not is_hidden(cell)}
    if not all(_are_there(row, pairs, shown) for row, (_, pairs) in rows.items()):
        return
    labels = [label for label in labels if label not in shown]
    for label in labels:
        cell = head.makeelement("th", {})
        cell.text = label
        head.append(cell)
    for row, (holder, pairs) in rows.items():
        values = dict(pairs)
        for label in labels:
            cell = row.makeelement("td", {})
            cell.text = values.get(label, "")
            row.append(cell)
        holder.getparent().remove(holder)
    document.changed()


def _are_there(row: Element, pairs: Pairs, shown: dict[str, int]) -> bool:
    """Whether the row says itself what the pairs say under its headings."""
    texts = [words_of(cell) for cell in row.iterchildren("td", "th")]
    return all(texts[shown[label]] == value for label, value in pairs if label in shown)


def _heading(table: Element, rows: dict[Element, tuple[Element, Pairs]]) -> Element | None:
    """The table's row of headings, which stands before all of these."""
    for row in table.iter("tr"):
        if row in rows:
            return None
        cells = [cell for cell in row.iterchildren("td", "th") if words_of(cell)]
        if len(cells) > 1 and all(cell.tag == "th" or is_bold(cell) for cell in cells):
            return row
    return None


def _width(row: Element) -> int:
    return sum(1 for _ in row.iterchildren("td", "th"))
