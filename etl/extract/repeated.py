"""Blocks that are repeated, one for each project: cards made with `<div>`, items of a list, small tables.

The readers of labels and values find each of them alone. Where the label that identifies is repeated with
several values, what stands around each of them is one row of a list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from etl.extract.blockpairs import plain_lines
from etl.extract.blocks import blocks_table
from etl.extract.document import Document, Found
from etl.extract.html import Element
from etl.extract.types import Table
from etl.values.vocabulary import normal_label

_MAX_DEPTH = 60  # ancestors that are looked at: keeps the time linear in deep markup
_RANKS = {"external_id": 0, "name": 1}  # fields that identify, the better one first
_LEAST_COMMON = 2  # labels that all blocks have


def join_repeated(document: Document, found: list[Found]) -> list[Found]:
    """The same, with the `fields` tables of repeated blocks as one `cards` table."""
    fields = [item for item in found if item.table.kind == "fields"]
    if len(fields) < 2:
        return found
    for label in _repeated(document, fields):
        marked = [item for item in fields if label in _labels(item.table)]
        values = {item.table.rows[0][_labels(item.table).index(label)] for item in marked} - {""}
        blocks = _around([item.element for item in marked])
        if len(values) * 2 <= len(marked) or len(values) < 2 or len(blocks) < len(marked):
            continue
        name = blocks[0].getparent().get("id") if blocks[0].getparent() is not None else ""
        table = blocks_table(document, name or "", blocks)
        if table is not None and len(table.rows) == len(blocks) and _are_alike(table):
            within = {item.element for item in fields if _stands_in(item.element, set(blocks))}
            kept = [item for item in found if item.element not in within or item.table.kind != "fields"]
            return [*kept, Found(blocks[0], table)]
    return found


def read_plain_blocks(document: Document) -> list[Found]:
    """Blocks of plain lines, `Project No: WP1`, where the page marks up nothing else that identifies."""
    seeds: dict[str, list[tuple[Element, str]]] = {}
    for part in document.root.iter("li", "p", "div", "td", "span"):
        for label, value in plain_lines(part, document):
            if value and document.field_of(label) in _RANKS:
                seeds.setdefault(normal_label(label), []).append((part, value))
    for label in sorted(seeds, key=lambda label: _RANKS[document.field_of(label) or ""]):
        marked = seeds[label]
        blocks = _around([part for part, _ in marked])
        if len({value for _, value in marked}) < 2 or len(blocks) < len(marked):
            continue
        table = blocks_table(document, "", blocks)
        if table is not None and len(table.rows) == len(blocks) and _are_alike(table):
            return [Found(blocks[0], table)]
    return []


def _labels(table: Table) -> list[str]:
    return [normal_label(header) for header in table.headers]


def _repeated(document: Document, fields: list[Found]) -> list[str]:
    """Labels that identify and stand in two blocks or more: numbers before names, frequent ones first."""
    counts = Counter(label for item in fields for label in dict.fromkeys(_labels(item.table)))
    found = [label for label, times in counts.items() if times > 1 and document.field_of(label) in _RANKS]
    return sorted(found, key=lambda label: (_RANKS[document.field_of(label) or ""], -counts[label]))


def _around(elements: list[Element]) -> list[Element]:
    """For each element the outermost one around it that holds none of the others; each once."""
    counts = Counter(parent for element in elements for parent in _upwards(element))
    found = []
    for element in elements:
        alone = [parent for parent in _upwards(element) if counts[parent] == 1]
        found.append(alone[-1] if alone else element)
    return list(dict.fromkeys(found))


def _upwards(element: Element) -> Iterator[Element]:
    yield element
    yield from islice(element.iterancestors(), _MAX_DEPTH)


def _stands_in(element: Element, blocks: set[Element]) -> bool:
    return any(parent in blocks for parent in _upwards(element))


def _are_alike(table: Table) -> bool:
    """Whether the blocks are of one kind: nearly all have the labels that any two of them share."""
    filled = [sum(1 for row in table.rows if row[at]) for at in range(len(table.headers))]
    return sum(count * 10 >= len(table.rows) * 6 for count in filled) >= _LEAST_COMMON
