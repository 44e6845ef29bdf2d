"""One parsed page with what its readers share: where links lead, what labels mean, what is taken already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from etl.extract.html import Element
from etl.extract.types import Control, Table
from etl.extract.whole import is_cut
from etl.values.vocabulary import FIELD_LABELS, field_of

# What the readers ask for, collected in one walk: each walk of its own costs a tenth of the parsing
_COLLECTED = ("a", "area", "base", "dl", "form", "link", "script", "table", "title")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Links:
    """Makes hrefs absolute without touching their query: an `enc=` value keeps its `+` byte for byte.

    Without an address of the page (a saved file), a relative href stays as it is written.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._origin, self._folder, self._scheme = _parts(base)
        self._known: dict[str, str | None] = {}

    def absolute(self, href: str | None) -> str | None:
        """The http(s) URL without fragment, or None (script, mail, the page itself, nonsense)."""
        if not href:
            return None
        if href not in self._known:
            self._known[href] = self._made(href)
        return self._known[href]

    def _made(self, href: str) -> str | None:
        href = href.strip().partition("#")[0].replace("\n", "").replace("\r", "").replace("\t", "")
        if not href:
            return None
        if _SCHEME.match(href):
            return href if href[:8].lower().startswith(("http://", "https://")) else None
        if not self._base:
            return None if href.startswith("//") else href
        if href.startswith("//"):
            return f"{self._scheme}:{href}"
        if "./" in href.partition("?")[0] or href.startswith("?"):
            return self._joined(href)
        return self._origin + href if href.startswith("/") else self._folder + href

    def _joined(self, href: str) -> str | None:
        try:
            return urljoin(self._base, href)
        except ValueError:
            return None


def _parts(base: str) -> tuple[str, str, str]:
    """Origin, folder (with its slash) and scheme of an address; three blanks where it is none."""
    try:
        split = urlsplit(base)
    except ValueError:
        return "", "", ""
    origin = f"{split.scheme}://{split.netloc}"
    return origin, origin + (split.path.rpartition("/")[0] or "") + "/", split.scheme


@dataclass(slots=True)
class Document:
    """What every reader of one page gets. `taken`: elements whose content a reader has already used."""

    root: Element
    source: str  # the markup in lower case: a look at it saves walks over the tree
    links: Links = field(default_factory=lambda: Links(""))
    controls: list[Control] = field(default_factory=list)
    labels: Mapping[str, str] | None = None
    taken: set[Element] = field(default_factory=set)
    labelled: dict[Element, list[Any]] = field(
        default_factory=dict
    )  # tables of labels beside values: their pairs
    is_clipped: bool = False  # a table's spans ask for more cells than are filled out
    notes: dict[Element, Any] = field(default_factory=dict)  # what one reader found out that another needs
    _meanings: dict[str, str | None] = field(default_factory=dict)
    _elements: dict[str, list[Element]] = field(default_factory=dict)

    def all(self, tag: str) -> list[Element]:
        """All elements of one of the collected tags, in document order."""
        if not self._elements:
            self._elements = {name: [] for name in _COLLECTED}
            for element in self.root.iter(*_COLLECTED):
                self._elements[element.tag].append(element)
        return self._elements[tag]

    def field_of(self, label: str) -> str | None:
        """The field that a label means in this page's vocabulary, or None."""
        if label not in self._meanings:
            labels = FIELD_LABELS if self.labels is None else self.labels
            self._meanings[label] = field_of(label, labels) if 0 < len(label) <= 120 else None
        return self._meanings[label]

    def take(self, element: Element) -> None:
        """The element is used, and all that stands in it."""
        self.taken.update(element.iter())

    def breaks_off(self) -> bool:
        """Whether the page has a beginning and no end (a transfer that was cut)."""
        return is_cut(self.source)

    def mentions(self, *words: str) -> bool:
        """Whether the markup holds one of the words (lower case) anywhere."""
        return any(word in self.source for word in words)

    def control(self, client_id: str) -> Control | None:
        """The control of that client id, or None."""
        return next((control for control in self.controls if control.client_id == client_id), None)


@dataclass(slots=True)
class Found:
    """A table and the element that it stands at (for the order on the page)."""

    element: Element
    table: Table
