"""Labelled pairs to tables: one row for each block that shows a record, else the fields of the page itself.

Where a label that identifies stands several times with several values, what stands around each of them is one
row of a list: a card made with `<div>`, an entry of a list, a small table. All other pairs are grouped by the
structure that they belong to, or by the element that holds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, zip_longest

from lxml import etree

from etl.extract.asking import asked
from etl.extract.columns import side_by_side
from etl.extract.document import IDENTIFYING, Document, PlacedTable
from etl.extract.groups import GROUP
from etl.extract.html import BLOCKS, Element, words_of
from etl.extract.innerlabels import REFERENCE
from etl.extract.leftover import unlabelled
from etl.extract.links import best_links
from etl.extract.lonepairs import lone_fields
from etl.extract.looks import look_of, sections_above
from etl.extract.pairs import (
    HEADINGS,
    LONGEST_TITLE,
    Pair,
    Record,
    are_fields,
    read_pairs,
    read_record,
    roles_of,
    settled,
)
from etl.extract.types import Table
from etl.values.vocabulary import normal_label

_MAX_DEPTH = 60  # ancestors that are looked at: keeps the time linear in deep markup
_BETWEEN = ("br", "hr", etree.Comment)  # what may stand between a heading and its block
_MOST_TEXTS = 1000  # of one block
_LONG_LABEL = 60  # characters
_TITLE = "Title"  # what a block's heading is called, where no label of the block means a name


def read_cards(document: Document) -> list[PlacedTable]:
    """A `cards` table of the blocks that a label tells apart which identifies a project."""
    pairs = read_pairs(document)
    questions = asked([pair.element for pair in pairs], document)
    document.pairs = [pair for pair in pairs if pair.element not in questions]
    found = list(_stacked(document))
    blocks, table = _repeated(
        document, [pair for pair in document.pairs if pair.element not in document.taken]
    )
    if table is None:
        return found
    for block in blocks:
        document.take(block)
    return [*found, PlacedTable(blocks[0], table)]


def _stacked(document: Document) -> Iterator[PlacedTable]:
    """A `cards` table of each structure whose labels return: the fields of one record, then of the next."""
    structures: dict[Element, list[Pair]] = {}
    for pair in document.pairs:
        if pair.structure is not None:
            structures.setdefault(pair.structure, []).append(pair)
    for structure, pairs in structures.items():
        rows = _turns(pairs)
        if not rows or structure in document.taken:
            continue
        headers = list(dict.fromkeys(label for row in rows for label in row))
        texts = [[row.get(header, "") for header in headers] for row in rows]
        named = [tuple(row[at] for at in document.identifying(headers)) for row in texts]
        if len(set(named)) < len(named):
            continue
        document.take(structure)
        name = structure.get("id") or ""
        yield PlacedTable(
            structure, Table("cards", name, headers, texts, [None] * len(rows), None, [""] * len(headers))
        )


def _turns(pairs: list[Pair]) -> list[dict[str, str]]:
    """The records of pairs whose first label comes again, each with most of the labels; else []."""
    rows: list[dict[str, str]] = []
    for pair in pairs:
        if pair.label == pairs[0].label:
            rows.append({})
        elif pair.label in rows[-1]:
            return []
        rows[-1][pair.label] = pair.value
    labels = {label for row in rows for label in row}
    is_regular = all(len(row) * 10 >= len(labels) * 6 for row in rows)
    return rows if len(rows) > 1 and len(labels) > 1 and is_regular else []


def read_fields(document: Document) -> list[PlacedTable]:
    """A `fields` table of each group of pairs that no other reader has taken."""
    found: list[PlacedTable] = []
    pairs = [pair for pair in document.pairs if pair.element not in document.taken]
    for holder, group in _groups(document, pairs):
        headers, row = [pair.label for pair in group], [pair.value for pair in group]
        name = holder.get("id") or ""
        found.append(
            PlacedTable(holder, Table("fields", name, headers, [row], [None], None, [""] * len(row)))
        )
    return found + lone_fields(document, found)


def read_records(document: Document, blocks: list[Element], taught: frozenset[str]) -> list[Record]:
    """The blocks that hold two pairs at least. `taught`: words that their list shows to be labels."""
    found = (read_record(block, document, taught) for block in blocks)
    return [record for record in found if len(record.pairs) > 1 and any(pair.value for pair in record.pairs)]


def records_table(
    document: Document, name: str, blocks: list[Element], taught: frozenset[str] = frozenset()
) -> Table | None:
    """One row per block, under the union of their labels; None where most blocks hold no pairs."""
    records = read_records(document, blocks, taught)
    return table_of(document, name, records) if records and len(records) * 2 >= len(blocks) else None


def table_of(document: Document, name: str, records: list[Record]) -> Table:
    """One row per record, under the union of their labels, and what names them where each has a name."""
    rows: list[dict[str, list[str]]] = [{} for _ in records]
    for row, record in zip(rows, records, strict=True):
        for pair in record.pairs:
            row.setdefault(pair.label, []).append(pair.value)
    above = _headings_above(records)
    if GROUP not in rows[0] and (sections := sections_above([record.element for record in records])):
        for row, section in zip(rows, sections, strict=True):
            row[GROUP] = [section]
    numbered = any(document.field_of(pair.label) == "external_id" for pair in records[0].pairs)
    for label, column in unlabelled(records):
        if label != REFERENCE or not numbered:
            for row, text in zip(rows, column, strict=True):
                row.setdefault(label, [text])
    headers = list(dict.fromkeys(label for row in rows for label in row))
    titles = [words_of(heading) for heading in above] or [record.title for record in records]
    is_named = _TITLE in headers or any(document.field_of(header) == "name" for header in headers)
    if not is_named and are_names(titles):
        headers.insert(0, _TITLE)
        for row, title in zip(rows, titles, strict=True):
            row[_TITLE] = [title]
    texts = [[side_by_side(row.get(header, [""])) for header in headers] for row in rows]
    around = zip_longest(records, texts, above)
    links = [_links(document, (heading, record.element), row) for record, row, heading in around]
    best = best_links(links, document.identifying(headers))
    return Table("cards", name, headers, texts, best, None, [""] * len(headers))


def are_names(titles: list[str]) -> bool:
    """Whether each record has a title, and nearly each its own."""
    return all(titles) and len(set(titles)) * 10 >= len(titles) * 9


def _headings_above(records: list[Record]) -> list[Element]:
    """The heading right before each block, where no block has one in it and all have one before them."""
    if any(record.heading for record in records):
        return []
    found = [_heading_above(record.element) for record in records]
    return found if None not in found and are_names([words_of(heading) for heading in found]) else []


def _heading_above(block: Element) -> Element | None:
    above = block.getprevious()
    while above is not None and above.tag in _BETWEEN and not (above.tail or "").strip():
        above = above.getprevious()
    if above is None or not isinstance(above.tag, str) or (above.tail or "").strip():
        return None
    inner = above
    while len(inner) == 1 and inner.tag not in HEADINGS and not (inner.text or inner[0].tail or "").strip():
        inner = inner[0]
    is_heading = inner.tag in HEADINGS or inner.tag in ("a", "b", "strong") or "heading" in roles_of(inner)
    return above if is_heading and len(words_of(above)) <= LONGEST_TITLE else None


def _links(document: Document, parts: tuple[Element | None, Element], row: list[str]) -> dict[int, str]:
    """Links of a block by the column that shows their text; others, buttons mostly, at −1 and below."""
    found: dict[int, str] = {}
    anchors = (anchor for part in parts if part is not None for anchor in part.iter("a"))
    for number, anchor in enumerate(anchors, start=1):
        url = document.links.absolute(anchor.get("href"))
        if url:
            text = words_of(anchor)
            found.setdefault(row.index(text) if text and text in row else -number, url)
    return found


def _repeated(document: Document, pairs: list[Pair]) -> tuple[list[Element], Table | None]:
    """The blocks that are told apart by a label which each of them has, and their table."""
    marked: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.value and document.field_of(pair.label) in IDENTIFYING:
            marked.setdefault(normal_label(pair.label), []).append(pair)
    # numbers before names, frequent labels first
    order = sorted(marked, key=lambda label: (document.field_of(label) == "name", -len(marked[label])))
    for label in order:
        values = {pair.value for pair in marked[label]}
        blocks = _around([pair.element for pair in marked[label]])
        if len(values) < 2 or len(values) * 2 <= len(marked[label]) or len(blocks) < len(marked[label]):
            continue
        parent = blocks[0].getparent()
        name = "" if parent is None else parent.get("id") or ""
        table = records_table(document, name, blocks, _returning(blocks))
        if table is None or len(table.rows) < len(blocks):
            continue
        # blocks of one kind have two labels at least in common
        filled = [sum(1 for row in table.rows if row[at]) for at in range(len(table.headers))]
        if sum(count * 10 >= len(table.rows) * 6 for count in filled) > 1:
            return blocks, table
    return [], None


def _returning(blocks: list[Element]) -> frozenset[str]:
    """Words before a colon that begin a line of most blocks: labels, whether they are known or not."""
    times: Counter[str] = Counter()
    for block in blocks:
        texts = (text for text in islice(block.itertext(), _MOST_TEXTS) if ":" in text)
        times.update({text.partition(":")[0].strip() for text in texts})
    often = max(2, len(blocks) * 6 / 10)
    return frozenset(
        label for label, count in times.items() if count >= often and 1 < len(label) <= _LONG_LABEL
    )


def _around(elements: list[Element]) -> list[Element]:
    """For each element the outermost one around it that holds none of the others; each once. Where these lie
    at several depths, as where a list of a board has one card alone, those of one kind."""
    counts = Counter(parent for element in elements for parent in _upwards(element))
    chains = [[part for part in _upwards(one) if counts[part] == 1] or [one] for one in elements]
    found = [chain[-1] for chain in chains]
    if len({sum(1 for _ in _upwards(part)) for part in found}) > 1:
        kinds = [{_kind(part): part for part in chain} for chain in chains]
        shared = set(kinds[0]).intersection(*kinds)
        if outer := [kind for kind in map(_kind, chains[0]) if kind in shared]:
            found = [kind[outer[-1]] for kind in kinds]
    return list(dict.fromkeys(found))


def _kind(part: Element) -> tuple[str, str]:
    return part.tag, look_of(part.get("class"))


def _upwards(element: Element) -> Iterator[Element]:
    yield element
    yield from islice(element.iterancestors(), _MAX_DEPTH)


def _groups(document: Document, pairs: list[Pair]) -> Iterator[tuple[Element, list[Pair]]]:
    """Groups of pairs that are fields of one thing, each with the element that holds it."""
    structures: dict[Element, list[Pair]] = {}
    running = []
    for pair in pairs:
        if pair.structure is None:
            running.append(pair)
        else:
            structures.setdefault(pair.structure, []).append(pair)
    for holder, group in structures.items():
        if are_fields(group):
            yield holder, group
    for holder, group in _by_holder(_without_lone_lines(running)).items():
        if are_fields(settled(group)) and _are_believable(document, group):
            yield holder, group


def _without_lone_lines(pairs: list[Pair]) -> list[Pair]:
    """A line of plain text counts in company, in its element or in those like it beside it.

    "Municipality: see the map." alone is a sentence.
    """

    def kin(element: Element) -> tuple[Element, str, str | None]:
        return element.getparent(), element.tag, element.get("class")

    within = Counter(pair.element if pair.place == "line" else pair.element.getparent() for pair in pairs)
    lone = [pair for pair in pairs if pair.place == "line" and within[pair.element] == 1]
    labels = Counter(kin for kin, _ in {(kin(pair.element), pair.label) for pair in lone})
    alone = {pair.element for pair in lone if labels[kin(pair.element)] == 1}
    return [pair for pair in pairs if pair.element not in alone]


def _by_holder(pairs: list[Pair]) -> dict[Element, list[Pair]]:
    """Pairs by the element that holds them: rows of one form are one group, repeated forms are several."""
    # a line's own element may hold other lines, a label's does not hold its value
    chains = [list(islice(_upwards(pair.element), pair.place != "line", None)) for pair in pairs]
    counts = Counter(parent for chain in chains for parent in chain)
    groups: dict[Element, list[Pair]] = {}
    for pair, chain in zip(pairs, chains, strict=True):
        holder = next((parent for parent in chain if counts[parent] > 1), None)
        if holder is not None:
            groups.setdefault(holder, []).append(pair)
    for _ in range(4):
        merged = _merged(groups)
        if len(merged) == len(groups):
            break
        groups = merged
    return groups


def _merged(groups: dict[Element, list[Pair]]) -> dict[Element, list[Pair]]:
    """Neighbouring groups of different labels under one parent are parts of one form."""
    parents: dict[Element, list[Element]] = {}
    for holder in groups:
        parent = holder.getparent()
        around = holder if parent is None or parent.tag in ("html", "body") else parent
        parents.setdefault(around, []).append(holder)
    merged: dict[Element, list[Pair]] = {}
    for parent, holders in parents.items():
        labels = [pair.label for holder in holders for pair in groups[holder]]
        is_form = len(holders) > 1 and len(set(labels)) == len(labels)
        for holder in holders:
            merged.setdefault(parent if is_form else holder, []).extend(groups[holder])
    return merged


def _are_believable(document: Document, group: list[Pair]) -> bool:
    """Whether labels of running markup are those of one form: known ones, or three and more alike."""
    known = sum(document.field_of(pair.label) is not None for pair in group)
    filled = sum(1 for pair in group if pair.value)
    unclear = sum(1 for pair in group if not pair.value and document.field_of(pair.label) is None)
    if unclear > filled or len({pair.label for pair in group}) < len(group):
        return False
    if known * 3 >= len(group):
        return True
    if len(group) < 3 or not all(_opens_line(pair.element) for pair in group):  # words set off within a text
        return False
    looks = Counter((pair.element.tag, pair.element.get("class")) for pair in group)
    is_prose = sum(len(pair.value) for pair in group) > 200 * len(group)
    return looks.most_common(1)[0][1] * 5 >= len(group) * 4 and not is_prose


def _opens_line(element: Element) -> bool:
    before = element.getprevious()
    if before is None:
        parent = element.getparent()
        return parent is not None and not (parent.text or "").strip()
    return not (before.tail or "").strip() and (before.tag in BLOCKS or not isinstance(before.tag, str))
