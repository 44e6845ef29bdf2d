"""Large figures with their labels below, `<b>R5m</b><small>Budget</small>`: the label goes before its value.

Every reader of labels takes what stands behind one: here that would be the next label's value.
"""

from __future__ import annotations

from collections.abc import Callable

from etl.extract.cellkinds import kind_of
from etl.extract.html import Element, squash, text_of

FieldOf = Callable[[str], str | None]
Pair = tuple[Element, Element]
_HOLDERS = ("div", "li", "section", "article", "p", "span", "ul", "a")
_DECORATION = frozenset({"br", "hr", "i", "svg", "img"})
_LONGEST_LABEL = 40
_MOST_PARTS = 40
_FEWEST_PAIRS = 2


def turn_pairs(root: Element, field_of: FieldOf) -> None:
    """Turn the pairs of a block round where all of its values stand before their labels."""
    blocks: dict[Element, list[Pair]] = {}
    for holder in root.iter(*_HOLDERS):
        parts = _parts(holder)
        if len(parts) == 2:
            around = holder.getparent()
            if around is not None:
                blocks.setdefault(around, []).append((parts[0], parts[1]))
        elif len(parts) > 3:
            some = parts[len(parts) % 2 :]  # a name may stand first
            _turn(list(zip(some[::2], some[1::2], strict=True)), field_of)
    for pairs in blocks.values():
        _turn(pairs, field_of)


def _parts(holder: Element) -> list[Element]:
    """The elements in the holder that say something; none where text of its own stands between them."""
    if len(holder) < 2 or len(holder) > _MOST_PARTS or squash(holder.text):
        return []
    parts = [part for part in holder if isinstance(part.tag, str) and part.tag not in _DECORATION]
    if any(squash(part.tail) for part in holder) or any(len(part) > 2 for part in parts):
        return []
    return parts


def _turn(pairs: list[Pair], field_of: FieldOf) -> None:
    if len(pairs) < _FEWEST_PAIRS or not all(_may_be_label(text_of(label)) for _, label in pairs):
        return
    said = [(text_of(value), text_of(label)) for value, label in pairs]
    if any(not value or value.endswith(":") or field_of(value) for value, _ in said):
        return
    known = sum(field_of(label.rstrip(": ")) is not None for _, label in said)
    figures = sum(kind_of(value) in ("figure", "date") for value, _ in said)
    if known * 2 >= len(pairs) and known > 1 and figures:
        for value, label in pairs:
            label.tag = "label" if label.tag in ("small", "em", "i", "span") else label.tag
            value.addprevious(label)


def _may_be_label(text: str) -> bool:
    if not 0 < len(text) <= _LONGEST_LABEL or ":" in text[:-1]:
        return False
    return not any(map(str.isdigit, text)) and kind_of(text) == "words"
