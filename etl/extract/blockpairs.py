"""Labels and values within one block that shows one record: a data view's item, a card, a list's entry.

What stands in a block is the page author's business: nested layout tables, form layouts, definition lists,
bold labels, plain lines. Every way is looked for at once, in the block's order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.extract.document import Document
from etl.extract.html import BLOCKS, Element, has_class, is_hidden, text_of, words_of
from etl.extract.loosepairs import LABEL_TAGS, is_label, own_value, value_of
from etl.extract.pairs import Pair, form_value

_TAGS = tuple(dict.fromkeys((*LABEL_TAGS, "td", "th", "dt", "li", "a", "h1", "h2", "h3")))
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINE = re.compile(r"\s*([^:\n]{2,60}):(?:\s+(.*)|\s*)$", re.DOTALL)
_LONG_LABEL = 60
_MAX_ELEMENTS = 3000  # of one block: a block that holds more is no record
_BUTTONS = frozenset(
    {"view", "details", "view details", "detail", "more", "more details", "read more", "more info", "open",
     "select", "edit", "show", "view project", "project details", "map", "view on map", "click here"}
)  # fmt: skip


@dataclass(slots=True)
class Block:
    """One record: its element, its pairs in order, and the words that head it ("" where none do)."""

    element: Element
    pairs: list[Pair] = field(default_factory=list)
    title: str = ""


def read_block(element: Element, document: Document) -> Block:
    """The pairs within the element; a label without a value has ""."""
    reading = _Reading(document)
    for number, part in enumerate(element.iter(*_TAGS)):
        if number > _MAX_ELEMENTS:
            return Block(element)
        if part not in reading.used:
            reading.look(part)
    reading.finish()
    return Block(element, reading.pairs, reading.heading or reading.link)


@dataclass(slots=True)
class _Reading:
    """A block while it is read. `used`: elements that are a label's or a value's already."""

    document: Document
    pairs: list[Pair] = field(default_factory=list)
    used: set[Element] = field(default_factory=set)
    heading: str = ""
    link: str = ""
    own: int = 0  # labels with their value in the same line
    below: list[int] = field(default_factory=list)  # pairs whose value stands below the label

    def look(self, part: Element) -> None:
        """Take what the element begins: a pair, several lines of pairs, or the block's title."""
        if part.attrib and is_hidden(part):
            self._use(part)
        elif not (self._cells(part) or self._caption(part) or self._loose(part) or self._lines(part)):
            self._title(part)

    def _add(self, label: str, value: str, *elements: Element) -> bool:
        self.pairs.append((label.rstrip(":").strip(), value))
        for element in elements:
            self._use(element)
        return True

    def _use(self, element: Element) -> None:
        self.used.update(element.iter())

    def _cells(self, part: Element) -> bool:
        """A cell whose value stands beside it, or below it where its neighbour is a label too."""
        if part.tag not in ("td", "th") or part.find(".//table") is not None:
            return False
        label = words_of(part)
        known, marked = self._is_known(label), label.endswith(":")
        if not 1 < len(label) <= _LONG_LABEL or not (known or marked):
            return False
        places = [_cell_beside(part), _cell_below(part) if known else None]
        value = next((v for v in places if v is not None and not self._is_label(v, marked)), None)
        return value is not None and self._add(label, text_of(value), part, value)

    def _is_label(self, cell: Element, marked: bool) -> bool:
        """Whether the cell is one more label; where labels have colons (`marked`), known words are none."""
        text = words_of(cell)
        return text.endswith(":") or (not marked and self._is_known(text))

    def _is_known(self, label: str) -> bool:
        return self.document.field_of(label.rstrip(":").strip()) is not None

    def _caption(self, part: Element) -> bool:
        """A form layout's caption, or a definition's term."""
        if part.tag == "dt":
            values = list(_definitions(part))
            return self._add(words_of(part), " ".join(filter(None, map(text_of, values))), part, *values)
        if not has_class(part, "dxflCaption") or not words_of(part):
            return False
        _, value = form_value(part)
        return value is not None and self._add(words_of(part), text_of(value), part, value)

    def _loose(self, part: Element) -> bool:
        """A label that stands before its value in running markup."""
        if part.tag not in LABEL_TAGS or len(part) > 2 or not (part.text or "").strip():
            return False
        text = words_of(part)
        if not 1 < len(text) <= _LONG_LABEL or not is_label(part, text, self.document):
            return False
        beside = self._beside(part, text.endswith(":"))
        if beside is not None:
            return self._add(text, text_of(beside), part, beside)
        own = own_value(part)
        value = value_of(part) if own is None else own
        if own is not None:
            self.own += 1
        elif value:
            self.below.append(len(self.pairs))
        return (value is not None or self._is_known(text)) and self._add(text, value or "", part)

    def _beside(self, part: Element, marked: bool) -> Element | None:
        """The value in an element like the label's own: `<span>Budget</span><span>R5</span>`."""
        other = part.getnext()
        if other is None or other.tag != part.tag or other.tag in BLOCKS or (part.tail or "").strip():
            return None
        alike = part.get("class") == other.get("class")
        return other if alike and not self._is_label(other, marked) and words_of(other) else None

    def finish(self) -> None:
        """Where labels have their values beside them, what stands below a label is none of its value."""
        if self.own >= 2 and self.own > len(self.below):
            for at in self.below:
                self.pairs[at] = (self.pairs[at][0], "")

    def _lines(self, part: Element) -> bool:
        """Plain lines, `Budget: R5`, in the element's own text; only labels that are known count."""
        found = False
        for label, value, elements in _known_lines(part, self.document):
            found = self._add(label, value, *elements)
        return found

    def _title(self, part: Element) -> None:
        if part.tag in _HEADINGS or has_class(part, "card-title", "card-header", "item-title"):
            self.heading = self.heading or words_of(part)
        elif part.tag == "a" and not self.link and self.document.links.absolute(part.get("href")):
            text = words_of(part)
            self.link = "" if text.casefold().strip(" .»›>") in _BUTTONS else text


def _cell_beside(cell: Element) -> Element | None:
    return next(cell.itersiblings("td", "th"), None)


def _cell_below(cell: Element) -> Element | None:
    """The cell at the same place of the next row, where that row is as long."""
    row = cell.getparent()
    following = next(row.itersiblings("tr"), None)
    above = list(row.iterchildren("td", "th"))
    below = [] if following is None else list(following.iterchildren("td", "th"))
    return below[above.index(cell)] if 1 < len(above) == len(below) else None


def _definitions(term: Element) -> Iterator[Element]:
    for element in term.itersiblings():
        if element.tag == "dt":
            return
        if element.tag == "dd":
            yield element


def plain_lines(part: Element, document: Document) -> list[Pair]:
    """The pairs that stand as plain lines in the element's own text."""
    return [(label, value) for label, value, _ in _known_lines(part, document)]


def _known_lines(part: Element, document: Document) -> Iterator[tuple[str, str, list[Element]]]:
    """Label, value and the inline elements in it, of each own line that begins with a known label."""
    if ":" not in (part.text or "") and not any(":" in (child.tail or "") for child in part):
        return
    for line, elements in _own_lines(part):
        match = _LINE.match(line)
        if match and document.field_of(match[1].strip()) is not None:
            value = " ".join([match[2] or "", *map(text_of, elements)])
            yield match[1].strip(), " ".join(value.split()), elements


def _own_lines(part: Element) -> Iterator[tuple[str, list[Element]]]:
    """The element's own text, line after line (`<br>`), each with the inline elements that end it."""
    line = part.text or ""
    elements: list[Element] = []
    for child in part:
        tag = child.tag
        if tag == "br" or tag in BLOCKS:
            yield line, elements
            line, elements = child.tail or "", []
        elif isinstance(tag, str) and not (child.tail or "").strip():
            elements.append(child)
    yield line, elements
