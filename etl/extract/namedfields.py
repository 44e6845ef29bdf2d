"""Records whose fields have no label that is shown: a class or an attribute of the markup names each.

`<div class="item"><span class="project-no">WP1</span>…` or `<p data-label="Budget">`. A class is a
programmer's word: it counts where the words of a block are a project's. An attribute is written for people.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from etl.extract.columns import side_by_side
from etl.extract.document import IDENTIFYING, Document
from etl.extract.html import Element, words_of
from etl.extract.links import best_links
from etl.extract.types import Table

_ATTRIBUTES = ("data-label", "data-title", "data-th", "data-header", "data-column", "data-heading")
_PREFIX = re.compile(
    r"^(?:.*__|(?:views-field|field--name|field-name|field|card|item|cell|col|td|list|row|box|data)[-_])+",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[-_\s]+|(?<=[a-z])(?=[A-Z])")
_GENERAL = frozenset(
    "active badge body bold btn button caption clearfix container content field first icon image img"
    " info inner item label last left link meta more muted primary pull right secondary small strong text"
    " value views wrapper".split()
)
_FEWEST_BLOCKS = 3
_FEWEST_FIELDS = 3
_MOST_ELEMENTS = 300  # of one block
_LONGEST_VALUE = 150  # characters, on average: a longer one is a teaser's text


@dataclass(slots=True)
class _Field:
    element: Element
    name: str
    is_label: bool  # an attribute says it, for people to read


def may_name_fields(document: Document, elements: Sequence[Element]) -> bool:
    """Whether there may be a table of named fields among the elements: people are told names, or classes and
    properties are words of a project. A look at what few names a page has saves one at each of its blocks."""
    told: set[str] = set()
    properties: set[str] = set()
    if document.mentions(*_ATTRIBUTES, "itemprop"):
        told = {label for element in elements for name in _ATTRIBUTES if (label := element.get(name))}
        properties = {element.get("itemprop") or "" for element in elements}
    classes = {element.get("class") or "" for element in elements}
    names = {*map(_words, properties), *(_name_of(document, each)[0] for each in classes)}
    known = {field for name in names if (field := document.field_of(name))}
    is_known = len(known) >= _FEWEST_FIELDS and bool(known.intersection(IDENTIFYING))
    return is_known or len(told) >= _FEWEST_FIELDS


def named_table(document: Document, name: str, blocks: list[Element]) -> Table | None:
    """One row per block under the names of its fields; None where they have none, or none of a project's."""
    if len(blocks) < _FEWEST_BLOCKS or max(len(_fields(document, block)) for block in blocks[:2]) < 2:
        return None
    found = [_fields(document, block) for block in blocks]
    times = Counter(name for fields in found for name in {field.name for field in fields})
    headers = [name for name, count in times.items() if count * 10 >= len(blocks) * 6]
    order = list(dict.fromkeys(field.name for fields in found for field in fields if field.name in headers))
    if len(order) < _FEWEST_FIELDS or not _are_believable(document, order, found):
        return None
    rows: list[list[str]] = []
    links: list[dict[int, str]] = []
    for block, fields in zip(blocks, found, strict=True):
        texts = {header: [words_of(f.element) for f in fields if f.name == header] for header in order}
        rows.append([side_by_side(texts[header] or [""]) for header in order])
        links.append(_links(document, block, fields, order))
    if any(sum(len(row[at]) for row in rows) > _LONGEST_VALUE * len(rows) for at in range(len(order))):
        return None
    shown = sum(len(words_of(block)) for block in blocks)
    if len({tuple(row) for row in rows}) * 2 < len(rows) or sum(map(len, chain(*rows))) * 10 < shown * 6:
        return None
    best = best_links(links, document.identifying(order))
    return Table("cards", name, order, rows, best, None, [""] * len(order))


def _fields(document: Document, block: Element) -> list[_Field]:
    """The block's named parts with text, the innermost of nested ones; none of a large block."""
    found: list[_Field] = []
    for number, element in enumerate(block.iterdescendants("*")):
        if number > _MOST_ELEMENTS:
            return []
        field = _field(document, element)
        if field is not None and words_of(element):
            around = found[-1].element if found else None
            if around is not None and any(parent is around for parent in element.iterancestors()):
                found.pop()
            found.append(field)
    return found


def _field(document: Document, element: Element) -> _Field | None:
    attributes = element.attrib
    if not attributes:
        return None
    for attribute in _ATTRIBUTES:
        if attribute in attributes and (label := " ".join(attributes[attribute].split())):
            return _Field(element, label.rstrip(": "), True)
    if prop := attributes.get("itemprop"):
        return _Field(element, _words(prop), False)
    name, is_known = _name_of(document, attributes.get("class") or "")
    if name and not is_known and any(part.get("class") for part in element.iterdescendants("*")):
        return None
    return _Field(element, name, False) if name else None


def _name_of(document: Document, classes: str) -> tuple[str, bool]:
    if classes not in document.class_names:
        document.class_names[classes] = _named_by(document, classes)
    return document.class_names[classes]


def _named_by(document: Document, classes: str) -> tuple[str, bool]:
    """The name that the classes give, "" where they give none, and whether it is a known word."""
    names = [_words(_PREFIX.sub("", token)) for token in classes.split()]
    known = next((name for name in names if document.field_of(name) is not None), "")
    own = next((name for name in names if len(name) > 2 and not _is_general(name)), "")
    return known or own, bool(known)


def _is_general(name: str) -> bool:
    """Whether the words say how something looks, not what it is."""
    return not name.replace(" ", "").isalpha() or all(word in _GENERAL for word in name.split())


def _words(token: str) -> str:
    return " ".join(part.lower() for part in _SPLIT.split(token) if part)


def _are_believable(document: Document, names: list[str], found: list[list[_Field]]) -> bool:
    """Whether people are told the names, or three of them and more are a project's."""
    labels = {field.name for fields in found for field in fields if field.is_label}
    if len(labels.intersection(names)) >= _FEWEST_FIELDS:
        return True
    known = {field for name in names if (field := document.field_of(name))}
    return len(known) >= _FEWEST_FIELDS and bool(known.intersection(IDENTIFYING))


def _links(document: Document, block: Element, fields: list[_Field], order: list[str]) -> dict[int, str]:
    """Links by the column that they stand in; others, and the block's own, at −1 and below."""
    places = {part: order.index(f.name) for f in fields if f.name in order for part in f.element.iter("a")}
    found: dict[int, str] = {}
    for number, anchor in enumerate(block.iter("a"), start=1):
        if url := document.links.absolute(anchor.get("href")):
            found.setdefault(places.get(anchor, -number), url)
    return found
