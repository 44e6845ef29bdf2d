"""Blocks of one structure that are repeated are records, whatever their labels are called.

Elements with the same way of tags and classes to them are of one kind. In a kind of records each element
shows the same labels, with values that differ; so the words that come again in each block are learned as
labels, and the blocks are read with them. Menus, teasers, forms and questions are repeated too: what speaks
against records is judged for the whole kind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from etl.extract.document import Document, PlacedTable
from etl.extract.fields import are_names, read_records, table_of
from etl.extract.html import Element, squash, words_of
from etl.extract.looks import look_of
from etl.extract.namedfields import may_name_fields, named_table
from etl.extract.pairs import BUTTONS, ELSEWHERE, MARKED, Record, is_elsewhere, roles_of
from etl.extract.types import NotData, Table

_MAY_BE_BLOCK = frozenset(
    "a article dd details div dl fieldset form li ol p section table tbody td tr ul".split()
)
_MOST_ELEMENTS = 200_000  # of one page that are looked at
_MOST_TEXTS = 400_000  # texts of blocks that are looked at: a block is looked at with all that are around it
_LONG_LABEL = 60
_LONG_VALUE = 300


@dataclass(slots=True)
class _Kind:
    """All elements with one way of tags and classes to them; `parent`: number of the kind around them."""

    parent: int
    tag: str
    is_named: bool = False  # by a class or an attribute
    elements: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class _Text:
    """A run of text in a block. `place`: what stands at the same place in another block has the same."""

    place: tuple[int, bool]
    text: str
    is_marked: bool  # the markup says that it is a label


def read_blocks(document: Document) -> list[PlacedTable]:
    """A `cards` table of each kind of blocks that are records; others go to `document.blocks`."""
    found: list[PlacedTable] = []
    finder = _Finder(document)
    inside: set[int] = set()  # kinds within records
    refused: dict[int, NotData] = {}
    for number, kind in enumerate(finder.kinds):
        if kind.parent in inside:
            inside.add(number)
            continue
        if len(kind.elements) < 2 or kind.tag not in _MAY_BE_BLOCK or kind.parent < 0:
            continue
        table, reason = finder.judge(kind.elements)
        if table is None and not reason and finder.may_name_fields:
            table = named_table(document, _name(kind.elements[0]), kind.elements)
        if table is not None:
            inside.add(number)
            found.append(PlacedTable(kind.elements[0], table))
            for element in kind.elements:
                document.take(element)
        elif reason and len(kind.elements) > 2 and kind.parent not in refused:
            refused[number] = NotData(_name(kind.elements[0]), len(kind.elements), reason)
        elif kind.parent in refused:  # the same blocks, seen closer
            refused[number] = refused[kind.parent]
    document.blocks += {id(entry): entry for entry in refused.values()}.values()
    return found


def _name(block: Element) -> str:
    parent = block.getparent()
    return "" if parent is None else parent.get("id") or ""


class _Finder:
    """The kinds of a page's elements, the outer ones first."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._said: list[_Text] = []
        self._begins: dict[Element, int] = {}  # where in it each element's words begin, and where they end
        self._ends: dict[Element, int] = {}
        self._left = _MOST_TEXTS
        self.kinds: list[_Kind] = []
        self._sort()
        # three blocks of three fields, all of which have a class or an attribute of their own
        named = [element for kind in self.kinds if kind.is_named for element in kind.elements]
        self.may_name_fields = len(named) > 8 and may_name_fields(document, named)

    def _sort(self) -> None:
        """Give each element its kind, and list what the page says: what a block says is one part of it."""
        known: dict[tuple[int, str, str], int] = {}
        waiting: list[tuple[Element, int, bool]] = [(self._document.root, -1, False)]
        while waiting:
            element, parent, is_end = waiting.pop()
            if is_end:
                self._ends[element] = len(self._said)
                self._say(element.tail, (parent, True), False)
                continue
            if len(self._begins) >= _MOST_ELEMENTS:
                continue
            key = (parent, element.tag, look_of(element.get("class")))
            number = known.setdefault(key, len(self.kinds))
            if number == len(self.kinds):
                self.kinds.append(_Kind(parent, element.tag, bool(element.attrib)))
            self.kinds[number].elements.append(element)
            self._begins[element] = len(self._said)
            if element.text and not element.text.isspace():
                self._say(element.text, (number, False), _is_marked(element))
            waiting.append((element, parent, True))
            for child in reversed(element):
                if self._is_shown(child):
                    waiting.append((child, number, False))
                elif child.tail:
                    waiting.append((child, number, True))

    def _say(self, text: str | None, place: tuple[int, bool], is_marked: bool) -> None:
        if text and not text.isspace():
            self._said.append(_Text(place, squash(text), is_marked))

    def _is_shown(self, element: Element) -> bool:
        if type(element.tag) is not str or element.tag in ELSEWHERE or element in self._document.taken:
            return False
        return not element.attrib or element.tag == "body" or not is_elsewhere(element)

    def judge(self, blocks: list[Element]) -> tuple[Table | None, str]:
        """The table of the blocks, or None with what speaks against it; "" where nothing speaks for it."""
        texts = [self._texts(block) for block in blocks if self._left > 0]
        if self._left <= 0 or sum(len(part) > 1 for part in texts) * 10 < len(blocks) * 8:
            return None, ""
        records = read_records(self._document, blocks, frozenset(_labels(texts)))
        shared = _shared_labels(records)
        if len(records) * 10 < len(blocks) * 8 or len(records) < 2 or len(shared) < 2:
            return None, ""
        known = sum(self._document.field_of(label) is not None for label in shared)
        if len(records) == 2 and not known and len(shared) < 3:
            return None, ""
        if _are_several_each(records):
            return None, ""
        if reason := _against(records, shared):
            return None, reason
        return table_of(self._document, _name(blocks[0]), records), ""

    def _texts(self, block: Element) -> list[_Text]:
        """What the block says, from its beginning to its end."""
        texts = self._said[self._begins[block] : self._ends[block]]
        self._left -= len(texts)
        return texts


def _is_marked(element: Element) -> bool:
    return element.tag in MARKED or element.tag in ("dt", "th") or "label" in roles_of(element)


def _labels(blocks: list[list[_Text]]) -> set[str]:
    """The words that come again in most blocks and stand before words that do not."""
    often = len(blocks) * 6 / 10
    times = Counter(key for texts in blocks for key in {(part.place, _label_of(part)) for part in texts})
    again = {key for key, count in times.items() if count >= max(2, often) and _may_be_label(key[1])}
    places: dict[tuple[int, bool], list[list[bool]]] = {}
    followed: Counter[tuple[int, bool]] = Counter()
    marked: set[tuple[int, bool]] = set()
    for texts in blocks:
        here: dict[tuple[int, bool], list[bool]] = {}
        for part, following in zip_longest(texts, texts[1:]):
            is_label = (part.place, _label_of(part)) in again
            here.setdefault(part.place, []).append(is_label)
            ends_in_colon = ":" in part.text
            has_value = ends_in_colon and not part.text.endswith(":")
            if is_label and (
                has_value or (following and (following.place, _label_of(following)) not in again)
            ):
                followed[part.place] += 1
            if part.is_marked or ends_in_colon:
                marked.add(part.place)
        for place, are_labels in here.items():
            places.setdefault(place, []).append(are_labels)
    kept = {place for place, rows in places.items() if _holds_labels(rows, place in marked, followed[place])}
    return {label for place, label in again if place in kept}


def _holds_labels(blocks: list[list[bool]], is_marked: bool, followed: int) -> bool:
    """Whether labels stand at a place. `blocks`: per block, whether each of its texts there comes again."""
    labels = sum(map(sum, blocks))
    if not labels or followed * 10 < labels * 8:
        return False
    if labels * 10 < sum(map(len, blocks)) * 9:  # labels and values in turn
        return all(row[0] and all(map(any, pairwise(row))) for row in blocks)
    return is_marked or labels >= 2 * len(blocks)


def _label_of(part: _Text) -> str:
    """What would be the label of it: the words before a colon, else all of it."""
    return part.text.partition(":")[0].strip()


def _may_be_label(text: str) -> bool:
    if not 1 < len(text) <= _LONG_LABEL or not any(map(str.isalpha, text)):
        return False
    return text.casefold().strip(" .»›>") not in BUTTONS


def _shared_labels(records: list[Record]) -> set[str]:
    """Labels that have a value in most records."""
    filled = Counter(label for record in records for label in {p.label for p in record.pairs if p.value})
    return {label for label, count in filled.items() if count * 10 >= len(records) * 6}


def _are_several_each(records: list[Record]) -> bool:
    """Whether blocks show their labels several times: what they hold are records, and they are none."""
    several = 0
    for record in records:
        times = Counter(pair.label for pair in record.pairs)
        several += sum(count > 1 for count in times.values()) * 2 > len(times)
    return several * 5 > len(records)


def _against(records: list[Record], shared: set[str]) -> str:
    """What speaks against records, as a sentence; "" where nothing does."""
    values = [pair.value for record in records for pair in record.pairs if pair.value]
    said = Counter(tuple(pair.value for pair in record.pairs) for record in records)
    if len(said) * 2 < len(records) and not are_names([record.title for record in records]):
        return "Its blocks all say the same."
    if any(label.endswith("?") for label in shared):
        return "Its blocks are questions and answers."
    if sum(_is_form(record.element) for record in records) * 2 > len(records):
        return "Its blocks are parts of a form."
    if sum(map(len, values)) > _LONG_VALUE * len(values):
        return "Its blocks are texts, not fields."
    shown = sum(len(words_of(record.element)) for record in records)
    named = sum(len(pair.label) + len(pair.value) for record in records for pair in record.pairs)
    titles = sum(len(record.title) for record in records)
    if (named + titles) * 10 < shown * 6:
        return "Most of its text stands under no label."
    linked = sum(len(words_of(anchor)) for record in records for anchor in record.element.iter("a"))
    if (linked - titles) * 10 > shown * 6:
        return "Its blocks are lists of links."
    return ""


def _is_form(block: Element) -> bool:
    """Whether the block asks for something: most of its boxes are empty."""
    boxes = [box for box in block.iter("input", "select", "textarea") if box.get("type") != "hidden"]
    blank = sum(not (box.get("value") or (box.text or "").strip() or _is_chosen(box)) for box in boxes)
    return blank * 2 > len(boxes)


def _is_chosen(box: Element) -> bool:
    return box.tag == "select" and box.find(".//option[@selected]") is not None
