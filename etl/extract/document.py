"""One parsed page with what its readers share: where links lead, what labels mean, what is taken already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from etl.extract.html import Element, is_cut
from etl.extract.links import Links
from etl.extract.types import Control, NotData, PanelCount, Table
from etl.values.vocabulary import field_of

_TAG = re.compile(r"</?([a-z]+)")  # of a lone `</p>` html5lib makes an element, too
_IMPLIED = ("html", "head", "body", "p", "tbody")  # what a parser adds
# What the readers ask for, collected in one walk: each walk of its own costs a tenth of the parsing
_COLLECTED = ("a", "area", "base", "button", "dl", "form", "h1", "input", "link", "script", "table", "title")
IDENTIFYING = ("external_id", "name")  # fields that identify a project, the better one first


@dataclass(slots=True)
class Document:
    """What every reader of one page gets. `taken`: elements whose content a reader has already used."""

    root: Element
    source: str  # the markup in lower case: a look at it saves walks over the tree
    said: str  # the same without digits, each of its pieces once and in no order: for looks at single words
    labels: Mapping[str, str]  # normalised label → field, as a steward taught them
    links: Links = field(default_factory=lambda: Links(""))
    controls: list[Control] = field(default_factory=list)
    taken: set[Element] = field(default_factory=set)
    labelled: dict[Element, list[Any]] = field(
        default_factory=dict
    )  # tables of labels beside values: their pairs
    # tables that were judged to be no data, the first judgement of each
    not_data: dict[Element, NotData] = field(default_factory=dict)
    blocks: list[NotData] = field(default_factory=list)  # repeated blocks that were judged to be none
    pairs: list[Any] = field(default_factory=list)  # labels with their values, in no structure that was taken
    panel_counts: list[PanelCount] = field(default_factory=list)  # what tabs and headings say of its lists
    is_clipped: bool = False  # a table's spans ask for more cells than are filled out
    rows: dict[Element, Any] = field(default_factory=dict)  # a table's own, which several readers look at
    class_names: dict[str, tuple[str, bool]] = field(default_factory=dict)  # what classes call a field
    _plain: str | None = None
    _tags: frozenset[str] = field(init=False)  # of the markup, without digits
    _meanings: dict[str, str | None] = field(default_factory=dict)
    _elements: dict[str, list[Element]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tags = frozenset(_TAG.findall(self.said))
        self._tags |= {tag for tag in _IMPLIED if tag != "p" or "body" not in self._tags}

    def plain(self) -> str:
        """All texts of the page as they stand one behind the other, in lower case; for looks at words."""
        if self._plain is None:
            self._plain = etree.tostring(self.root, method="text", encoding="unicode").lower()
        return self._plain

    def walk(self, *tags: str) -> Iterator[Element]:
        """All elements of the tags, in document order: no walk where the markup has none of them.

        Not for what a reader makes of other elements (tables and what they hold, lists of terms).
        """
        there = [tag for tag in tags if tag.rstrip("123456") in self._tags]
        return self.root.iter(*there) if there else iter(())

    def all(self, tag: str) -> list[Element]:
        """All elements of one of the collected tags, in document order."""
        if not self._elements:
            self._elements = {name: [] for name in _COLLECTED}
            for element in self.root.iter(*_COLLECTED):
                self._elements[element.tag].append(element)
        return self._elements[tag]

    def changed(self) -> None:
        """Elements were taken out, moved or made: what was collected before is to be collected anew."""
        self._elements.clear()

    def field_of(self, label: str) -> str | None:
        """The field that a text means, if it is a label: a hint, which its values have not yet borne out."""
        if label not in self._meanings:
            self._meanings[label] = field_of(label, self.labels)
        return self._meanings[label]

    def identifying(self, headers: Sequence[str]) -> list[int]:
        """Positions of the headers that identify a project."""
        return [at for at, header in enumerate(headers) if self.field_of(header) in IDENTIFYING]

    def take(self, element: Element) -> None:
        """The element is used, and all that stands in it."""
        self.taken.update(element.iter())

    def breaks_off(self) -> bool:
        """Whether the page has a beginning and no end (a transfer that was cut)."""
        return is_cut(self.source)

    def mentions(self, *words: str) -> bool:
        """Whether the markup holds one of the words (lower case, without digits) anywhere."""
        return any(word in self.said for word in words)

    def control(self, client_id: str) -> Control | None:
        """The control of that client id, or None."""
        return next((control for control in self.controls if control.client_id == client_id), None)


@dataclass(slots=True)
class PlacedTable:
    """A table and the element that it stands at (for the order on the page)."""

    element: Element
    table: Table
