"""Labels that stand with their values, whatever the markup: one scan, for a page and for a block of a list.

A structure says itself what is a label: `<dl>`, a form layout, a table of labels beside values. In running
markup a label ends in a colon, or is a known word that is set apart. In a block that is known to show one
record, each cell of a layout table counts as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Literal

from lxml import etree

from etl.extract.document import Document
from etl.extract.html import (
    BLOCKS,
    UNSHOWN,
    Element,
    has_class,
    holds_table,
    is_hidden,
    squash,
    text_of,
    words_of,
)
from etl.extract.labelrows import LONGEST_LABEL, labelled_cells
from etl.extract.symbols import holds_bar

# Where the value stands: in a structure; in a cell beside or under the label's; in the line of plain text
# that the label begins; behind the label's element in its line; in the element after the label's parent
Place = Literal["structure", "cell", "line", "behind", "below"]

_LABELS = frozenset({"b", "strong", "label", "span", "em", "div", "p", "h4", "h5", "h6", "font"})
MARKED = frozenset({"label", "b", "strong"})
_NO_LABELS = ("http", "Note:", "*")
_LOOKED_AT = BLOCKS | _LABELS | {"a"}
_LINE = re.compile(r"\s*([^:\n]{2,60}):(?:\s+(.*)|\s*)$", re.DOTALL)
ELSEWHERE = UNSHOWN | {"footer", "nav", "aside", "button", "option", "textarea"}
_NUMBERED = re.compile(r"\s*((?:[^\W\d]+\s){1,3}[^\W\d]{2,9}\.?)\s+((?=\S*\d)[\w./-]{3,30})\s*")
_ROLES = {  # what the beginning of a class says of an element
    "label": ("label", "caption", "field-label", "field-name", "control-label", "key", "dxeBase", "lbl"),
    "caption": ("dxflCaption",),
    "heading": ("card-title", "card-header", "item-title"),
    "elsewhere": (
        "footer", "nav", "menu", "breadcrumb", "dxgv", "dxtl", "dxm", "dxnb-header", "dxpc", "cookie"
    ),
}  # fmt: skip
_BETWEEN = re.compile(r"(?:^|\s+)[|·•]$|^[-–—]\s+(?=\w)")  # a mark between label and value
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend"})
BUTTONS = frozenset(
    {"view", "details", "view details", "detail", "more", "more details", "read more", "more info", "open",
     "select", "edit", "show", "view project", "project details", "map", "view on map", "click here"}
)  # fmt: skip
# Marks beside a heading that are no part of it: "New", "Construction"
_BADGE = re.compile(r"(?:^|[\s_-])(?:badge|label|pill|chip|tag|status)(?:$|[\s_-])", re.IGNORECASE)
LONGEST_TITLE = 200  # characters of a line that names a record
_LONG_LABEL = 60  # characters of a label that only its place in running markup makes one
_LONGEST_VALUE = 2000
_MOST_PARTS = 200  # elements of one value: keeps the time linear
_MOST_ELEMENTS = 3000  # of one block: one that holds more is no record


@dataclass(slots=True)
class Pair:
    """One label, without its colon, with its value, "" where it has none."""

    element: Element  # the label's
    label: str
    value: str
    place: Place
    structure: Element | None = None  # the list, form layout or table that the label belongs to

    def __post_init__(self) -> None:
        self.label = self.label.rstrip(": ")


@dataclass(slots=True)
class Record:
    """A block that shows one record: its element, its pairs in order, and what names it ("" for nothing).

    `heading`: in the block; `title`: that, else its first link that is no button and no value, else its first
    line.
    """

    element: Element
    pairs: list[Pair]
    heading: str = ""
    title: str = ""


def read_pairs(document: Document) -> list[Pair]:
    """The pairs of the page that stand in nothing which another reader has taken."""
    scan = _Scan(document)
    captions: Iterable[Element] = ()
    if document.mentions("dxflcaption"):
        captions = document.root.xpath("//*[contains(@class, 'dxflCaption')]")
    for structure in chain(document.all("dl"), captions, document.labelled):
        if structure not in document.taken:
            scan.look(structure)
    for part in scan.parts(document.root):
        scan.look(part)
    return scan.pairs


def read_record(element: Element, document: Document, taught: frozenset[str] = frozenset()) -> Record:
    """The pairs within a block of a list, and its title. `taught`: words that the list shows to be labels."""
    scan = _Scan(document, is_record=True, taught=taught)
    for number, part in enumerate(scan.parts(element)):
        if number > _MOST_ELEMENTS:
            return Record(element, [])
        scan.look(part)
    return Record(element, settled(scan.pairs), scan.heading, scan.title() or scan.first_line(element))


def table_pairs(table: Element, document: Document) -> list[Pair]:
    """The pairs of a table of labels beside values; none where it is another table."""
    cells = labelled_cells(table, document)
    pairs = [Pair(cell.label, cell.name, cell.text, "structure", table) for cell in cells]
    return pairs if are_fields(pairs) else []


def are_fields(pairs: list[Pair]) -> bool:
    """Whether pairs are one record's fields: several, not all of them blank, no articles, no questions."""
    filled = [pair.value for pair in pairs if pair.value]
    if len(pairs) < 2 or not filled or max(map(len, filled)) > _LONGEST_VALUE:
        return False
    return not any(pair.label.endswith("?") for pair in pairs)


def settled(pairs: list[Pair]) -> list[Pair]:
    """Where labels have their values behind them, what stands below a label like them is not its value."""
    behind = Counter(_looks(pair) for pair in pairs if pair.place == "behind")
    below = [pair for pair in pairs if pair.place == "below" and pair.value]
    times = Counter(map(_looks, below))
    for pair in below:
        if behind[_looks(pair)] > max(1, times[_looks(pair)]):
            pair.value = ""
    return pairs


def _looks(pair: Pair) -> tuple[str | None, str]:
    return pair.element.get("class"), pair.element.getparent().tag


@dataclass(slots=True)
class _Scan:
    """A page or a block while it is read. `used`: elements that are a label's or a value's already."""

    document: Document
    is_record: bool = False
    taught: frozenset[str] = frozenset()
    pairs: list[Pair] = field(default_factory=list)
    used: set[Element] = field(default_factory=set)
    heading: str = ""  # of a block
    links: list[str] = field(default_factory=list)

    def parts(self, root: Element) -> Iterator[Element]:
        """The element, and what in it may hold labels: nothing hidden or taken, no menu or footer."""
        yield root
        taken = self.document.taken
        waiting = [iter(root)]
        while waiting:
            for part in waiting[-1]:
                if type(part.tag) is not str or part.tag in ELSEWHERE or part in taken:
                    continue
                if part.tag != "body" and is_elsewhere(part):
                    continue
                yield part
                if len(part) and part not in self.used:
                    waiting.append(iter(part))
                    break
            else:
                waiting.pop()

    def look(self, part: Element) -> None:
        """Take the pairs that the element holds or begins."""
        tag = part.tag
        if tag not in _LOOKED_AT or part in self.used:
            return
        if tag == "dl":
            self._take(part, _definitions(part))
            self.used.difference_update(part.iterdescendants("dl"))  # they have pairs of their own
        elif tag == "table":
            pairs = self.document.labelled.get(part, [])
            if self.is_record and not pairs:
                pairs = table_pairs(part, self.document)
            self._take(part, pairs)
        elif not (
            ("caption" in roles_of(part) and self._caption(part))
            or (self.is_record and tag in ("td", "th") and self._cell(part))
            or (tag in _LABELS and self._text(part))
            or self._lines(part)
        ):
            self._title(part)

    def title(self) -> str:
        """The block's first heading, else the first link that is no button and no value."""
        values = {pair.value for pair in self.pairs}
        return self.heading or next((text for text in self.links if text not in values), "")

    def first_line(self, block: Element) -> str:
        """The block's first line where it is no pair's: a bold line, a row of one cell, plain words."""
        line = _first_line(block)
        if not 1 < len(line) <= LONGEST_TITLE or line.endswith(":") or not any(map(str.isalpha, line)):
            return ""
        if line.casefold().strip(" .»›>") in BUTTONS:
            return ""
        start = line.replace(" ", "")
        is_pairs = any(
            line in (pair.value, pair.label)
            or line.startswith(f"{pair.label}:")
            or (pair.value and start.startswith(f"{pair.label}{pair.value}".replace(" ", "")))
            for pair in self.pairs
        )
        return "" if is_pairs else line

    def _title(self, part: Element) -> None:
        if not self.is_record or self.heading:
            return
        if part.tag in HEADINGS or "heading" in roles_of(part):
            self.heading, badges = without_badges(part)
            self.pairs += [Pair(badge, "Badge", text_of(badge), "structure", part) for badge in badges]
        elif part.tag == "a" and self.document.links.absolute(part.get("href")):
            text = words_of(part)
            if text.casefold().strip(" .»›>") not in BUTTONS:
                self.links.append(text)

    def _take(self, structure: Element, pairs: list[Pair]) -> None:
        if pairs and (self.is_record or are_fields(pairs)):
            self.pairs += pairs
            self.used.update(structure.iter())

    def _add(self, pair: Pair, *used: Element) -> bool:
        self.pairs.append(pair)
        for element in used:
            self.used.update(element.iter())
        return True

    def _caption(self, part: Element) -> bool:
        """A form layout's caption."""
        label = words_of(part)
        item, value = _form_value(part)
        if not label or value is None or value in self.used or value in self.document.taken:
            return False
        return self._add(Pair(part, label, text_of(value), "structure", _layout_of(item)), part, value)

    def _cell(self, part: Element) -> bool:
        """A cell whose value stands beside it, or below it where its neighbour is a label too."""
        if holds_table(part):
            return False
        label = words_of(part)
        is_known, is_marked = self._is_known(label), label.endswith(":")
        if not 1 < len(label) <= _LONG_LABEL or not (is_known or is_marked):
            return False
        for value in (next(part.itersiblings("td", "th"), None), _cell_below(part) if is_known else None):
            if value is not None and not self._is_label(value, label):
                return self._add(Pair(part, label, text_of(value), "cell"), part, value)
        return False

    def _text(self, part: Element) -> bool:
        """A label before its value in running markup."""
        start = part.text
        if not start or len(start) > 200 or start.isspace() or len(part) > 2 or any(map(len, part)):
            return False
        label = words_of(part)
        is_marked = label.endswith(":")
        if not 1 < len(label) <= _LONG_LABEL or (is_marked and label.startswith(_NO_LABELS)):
            return False
        is_known = self._is_known(label)
        if not is_known and (not is_marked or squash(start).rstrip(": ") != label.rstrip(": ")):
            return False  # prose that ends in a colon: "Enter <code>this</code>:"
        if not is_marked and not self._is_set_apart(part):
            return False
        place: Place = "behind"
        value = self._behind(part.tail, part.itersiblings(), part)
        if value is None:
            value = _bar_behind(part)
        if value is None and (is_marked or label in self.taught):
            place, value = "below", self._below(part)
            value = "" if value is None and is_known else value
        return value is not None and self._add(Pair(part, label, value, place), part)

    def _lines(self, part: Element) -> bool:
        """Lines of plain text in the element's own, `Budget: R5`, `Project No. 12/5`; known labels count."""
        text = part.text
        numbered = _NUMBERED.fullmatch(text or "") if self.is_record and not len(part) else None
        if numbered and self.document.field_of(numbered[1]) == "external_id":
            return self._add(Pair(part, numbered[1], numbered[2], "line"))
        if (not text or ":" not in text) and not (
            len(part) and any(":" in (child.tail or "") for child in part)
        ):
            return False
        found = False
        breaks = (child for child in part if child.tag in BLOCKS)
        starts = chain([(part.text, iter(part))], ((child.tail, child.itersiblings()) for child in breaks))
        for text, following in starts:
            match = _LINE.match(text or "")
            if match and self._is_known(match[1]):
                value = self._behind(match[2], following)
                if value is not None or part.tag not in ("td", "th"):  # there, it stands in the next cell
                    found = self._add(Pair(part, match[1], value or "", "line"))
        return found

    def _is_known(self, label: str) -> bool:
        bare = label.rstrip(":").strip()
        return bare in self.taught or self.document.field_of(bare) is not None

    def _is_label(self, element: Element, label: str) -> bool:
        """Whether the element is one more label; where labels have colons, known words alone are none."""
        text = words_of(element)
        return text.endswith(":") or (not label.endswith(":") and self._is_known(text))

    def _is_set_apart(self, part: Element) -> bool:
        """Whether a word is marked as a label, or is the first of two that are alone in their parent."""
        if part.tag in MARKED or "label" in roles_of(part) or words_of(part) in self.taught:
            return True
        parent = part.getparent()
        if parent is None or len(parent) != 2 or parent[0] is not part or (part.tail or "").strip():
            return False
        other = parent[1]
        return isinstance(other.tag, str) and not self._is_known(text_of(other))

    def _behind(
        self, text: str | None, following: Iterable[Element], label: Element | None = None
    ) -> str | None:
        """The text up to a line break, a block of its own or the next label; None where nothing follows."""
        parts = [text or ""]
        elements = 0
        for number, other in enumerate(following):
            if number > _MOST_PARTS:
                return None
            if not isinstance(other.tag, str) or is_hidden(other):
                parts.append(other.tail or "")
                continue
            elements += 1
            is_block = other.tag in BLOCKS
            if other.tag in ("br", "hr") or (is_block and squash("".join(parts))) or self._begins_pair(other):
                break
            # the first of the label's looks may be the value: <span>Budget</span><span>R5</span>
            is_first = elements == 1 and not squash(parts[0]) and (not is_block or _are_two(label))
            is_next = label is not None and self._is_alike(other, label)
            if is_next and not (is_first and not self._is_label(other, words_of(label))):
                break
            parts.append(f" {text_of(other)} {'' if is_block else other.tail or ''}")
            if is_block:
                break
        value = _BETWEEN.sub("", squash("".join(parts)))
        return value if value or elements else None

    def _below(self, label: Element) -> str | None:
        """The text of the element after the label's parent, where that holds nothing but the label."""
        parent = label.getparent()
        if parent is None or parent.tag in ("body", "html", "form") or len(parent) > 1:
            return None
        if words_of(parent) != words_of(label) or (parent.tail or "").strip():
            return None
        following = next((other for other in parent.itersiblings() if isinstance(other.tag, str)), None)
        return None if following is None or self._begins_pair(following) else text_of(following)

    def _begins_pair(self, element: Element) -> bool:
        """Whether the element is, or begins with, one more label."""
        text = words_of(element)
        if len(text) <= _LONG_LABEL and text.endswith(":"):
            return True
        match = _LINE.match(text)
        return match is not None and self._is_known(match[1])

    def _is_alike(self, other: Element, label: Element) -> bool:
        """Whether the element is the next label by its looks, where labels have no colon."""
        if other.tag != label.tag or other.get("class") != label.get("class"):
            return False
        return bool(label.get("class")) or (label.tag in MARKED and self._is_known(words_of(other)))


def _are_two(label: Element | None) -> bool:
    """Whether the label and one element more are alone in their parent."""
    parent = None if label is None else label.getparent()
    return parent is not None and len(parent) == 2


def without_badges(heading: Element) -> tuple[str, list[Element]]:
    """A heading's words without the badges that stand first or last in it, and these; all of its words where
    there is nothing else."""
    words, found = words_of(heading), []
    for part in islice(heading.iter("span", "small", "em", "i", "b", "div"), _MOST_PARTS):
        said = text_of(part) if _BADGE.search(part.get("class") or "") else ""
        rest = words.removesuffix(said).removeprefix(said).strip()
        if said and rest and rest != words:
            words = rest
            found.append(part)
    return words, found


def _first_line(block: Element) -> str:
    """The words up to the first line break, or the end of the first element of a line of its own."""
    words = ""
    walk = etree.iterwalk(block, events=("start", "end"))
    for event, part in islice(walk, _MOST_PARTS):
        if words.strip() and part.tag in BLOCKS:
            break
        if event == "end":
            words += part.tail or "" if part is not block else ""
        elif part.tag in ELSEWHERE or is_hidden(part):
            walk.skip_subtree()
        else:
            words += part.text or ""
    return squash(words)


def roles_of(part: Element) -> frozenset[str]:
    """What the element's classes say of it: "label", "caption", "heading", "elsewhere"."""
    return _roles(part.get("class", ""))


def is_elsewhere(part: Element) -> bool:
    """Whether the element is hidden, or a menu, a footer or a control's part by its class."""
    return is_hidden(part) or "elsewhere" in roles_of(part)


@lru_cache(maxsize=4096)
def _roles(classes: str) -> frozenset[str]:
    names = classes.split()
    return frozenset(
        role for role, starts in _ROLES.items() if any(name.startswith(starts) for name in names)
    )


def _bar_behind(label: Element) -> str | None:
    """What the bar says that was to stand in the label's paragraph: a block ends a paragraph before it."""
    parent = label.getparent()
    if parent is None or parent.tag != "p" or label.getnext() is not None or squash(label.tail):
        return None
    following = parent.getnext()
    if following is None or following.tag != "div" or squash(parent.tail) or not holds_bar(following):
        return None
    return text_of(following)


def _definitions(container: Element) -> list[Pair]:
    """`<dt>` and `<dd>`, wrapped in divs or not."""
    pairs: list[Pair] = []
    for part in _defined(container):
        if part.tag == "dt":
            pairs.append(Pair(part, text_of(part), "", "structure", container))
        elif pairs and not is_hidden(part):
            pairs[-1].value = f"{pairs[-1].value} {text_of(part)}".strip()
    return [pair for pair in pairs if 0 < len(pair.label) <= LONGEST_LABEL]


def _defined(container: Element) -> Iterator[Element]:
    """The `<dt>` and `<dd>` of a list, and not those of lists within it."""
    below = [iter(container)]
    while below:
        part = next(below[-1], None)
        if part is None:
            below.pop()
            continue
        if part.tag in ("dt", "dd"):
            yield part
        if part.tag != "dl":
            below.append(iter(part))


def _form_value(caption: Element) -> tuple[Element, Element | None]:
    """The item around a caption, and the cell with its value."""
    item = caption
    for parent in caption.iterancestors():
        item = parent
        cells = (part for part in parent.iter("td", "div") if has_class(part, "dxflNestedControlCell"))
        if (cell := next(cells, None)) is not None:
            return item, cell
        if has_class(parent, "dxflItem", "dxflFormLayout", "dxflGroup"):
            break
    return item, None


def _layout_of(item: Element) -> Element:
    """The outermost form layout around an item (its groups are tables too), or the card that it stands in."""
    outer = item
    for parent in item.iterancestors():
        if has_class(parent, "dxcvCard", "dxcvFlowCard", "dxdvItem", "dxdvFlowItem"):
            return parent
        if has_class(parent, "dxfl"):
            outer = parent
    return outer


def _cell_below(cell: Element) -> Element | None:
    """The cell at the same place of the next row, where that row is as long."""
    row = cell.getparent()
    following = next(row.itersiblings("tr"), None)
    above = list(row.iterchildren("td", "th"))
    below = [] if following is None else list(following.iterchildren("td", "th"))
    return below[above.index(cell)] if 1 < len(above) == len(below) else None
