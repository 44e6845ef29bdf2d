"""Large figures with their labels below, `<b>R5m</b><small>Budget</small>`: the label goes before its value.

Every reader of labels takes what stands behind one: here that would be the next label's value. So it is with
small tables of two rows, a row of labels over or under a row of values: each label gets its value behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, islice

from etl.extract.cellkinds import kind_of
from etl.extract.document import IDENTIFYING, Document
from etl.extract.html import Element, holds_table, squash, text_of
from etl.extract.lines import COUNT_HEADER

FieldOf = Callable[[str], str | None]
Pair = tuple[Element, Element]
_HOLDERS = ("div", "li", "section", "article", "p", "span", "ul", "a")
_DECORATION = frozenset({"br", "hr", "i", "svg", "img"})
_LONGEST_LABEL = 40
_MOST_PARTS = 40
_FEWEST_PAIRS = 2
_FEWEST_TABLES = 3


def turn_pairs(document: Document) -> None:
    """Turn the pairs of a block round where all of its values stand before their labels."""
    blocks: dict[Element, list[Pair]] = {}
    for holder in document.walk(*_HOLDERS):
        parts = _parts(holder)
        if len(parts) == 2:
            around = holder.getparent()
            if around is not None:
                blocks.setdefault(around, []).append((parts[0], parts[1]))
        elif len(parts) > 3:
            some = parts[len(parts) % 2 :]  # a name may stand first
            _turn(list(zip(some[::2], some[1::2], strict=True)), document)
    for pairs in blocks.values():
        _turn(pairs, document)


def _parts(holder: Element) -> list[Element]:
    """The elements in the holder that say something; none where text of its own stands between them."""
    if len(holder) < 2 or len(holder) > _MOST_PARTS or squash(holder.text):
        return []
    parts = [part for part in holder if isinstance(part.tag, str) and part.tag not in _DECORATION]
    if any(squash(part.tail) for part in holder) or any(len(part) > 2 for part in parts):
        return []
    return parts


def _turn(pairs: list[Pair], document: Document) -> None:
    if len(pairs) < _FEWEST_PAIRS or not all(_may_be_label(text_of(label)) for _, label in pairs):
        return
    said = [(text_of(value), text_of(label)) for value, label in pairs]
    if any(not value or value.endswith(":") or document.field_of(value) for value, _ in said):
        return
    known = sum(document.field_of(label.rstrip(": ")) is not None for _, label in said)
    figures = sum(kind_of(value) in ("figure", "date") for value, _ in said)
    if known * 2 >= len(pairs) and known > 1 and figures:
        for value, label in pairs:
            label.tag = "label" if label.tag in ("small", "em", "i", "span") else label.tag
            value.addprevious(label)
        document.changed()


def _may_be_label(text: str) -> bool:
    if not 0 < len(text) <= _LONGEST_LABEL or ":" in text[:-1]:
        return False
    return not any(map(str.isdigit, text)) and kind_of(text) == "words"


def turn_tables(document: Document) -> None:
    """Make lists of labels with their values of the small tables whose row of labels is the same in all."""
    alike: dict[tuple[str, ...], list[tuple[Element, list[Element], list[Element]]]] = {}
    for table in document.all("table"):
        rows = [list(row.iterchildren("td", "th")) for row in islice(table.iter("tr"), 3)]
        if len(rows) != 2 or len(rows[0]) < 2 or len(rows[0]) != len(rows[1]) or holds_table(table):
            continue
        for labels, values in (rows, rows[::-1]):
            alike.setdefault(tuple(map(text_of, labels)), []).append((table, labels, values))
    for names, found in alike.items():
        if len(found) >= _FEWEST_TABLES and _are_labels(names, document.field_of):
            for table, labels, values in found:
                _turn_table(table, labels, values)
            document.changed()


def _are_labels(names: tuple[str, ...], field_of: FieldOf) -> bool:
    """Whether most of the texts are labels, and none of them says that the values are a list's row."""
    fields = [field_of(name.rstrip(": ")) for name in names]
    known = sum(field is not None for field in fields)
    if known < 2 or known * 2 < len(names) or not set(fields).isdisjoint(IDENTIFYING):
        return False
    return all(map(_may_be_label, names)) and not any(map(COUNT_HEADER.match, names))


def _turn_table(table: Element, labels: list[Element], values: list[Element]) -> None:
    pairs = list(chain.from_iterable(zip(labels, values, strict=True)))
    for at, cell in enumerate(pairs):
        cell.tag = "dd" if at % 2 else "dt"
        cell.tail = None
    table[:] = pairs
    table.tag = "dl"
