"""Labels and values that no structure ties together: `<b>Label:</b> value<br>`, a span and a paragraph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from etl.extract.document import Document, Found
from etl.extract.html import BLOCKS, Element, has_class, is_hidden, squash, text_of, words_of
from etl.extract.pairs import fields_table

LABEL_TAGS = ("b", "strong", "label", "span", "em", "div", "p", "h4", "h5", "h6", "font")
_LABEL_CLASSES = ("label", "caption", "field-label", "field-name", "control-label", "key", "dxeBase", "lbl")
_ELSEWHERE = frozenset(
    {"footer", "nav", "aside", "a", "button", "option", "script", "style", "head", "li-nav"}
)
_ELSEWHERE_CLASSES = (
    "footer",
    "nav",
    "menu",
    "breadcrumb",
    "dxgv",
    "dxtl",
    "dxm",
    "dxnb-header",
    "dxpc",
    "cookie",
)
_LONG_LABEL = 60
_MAX_PAIRS = 3000
_MAX_DEPTH = 60  # ancestors that are looked at: keeps the time linear in deep markup


@dataclass(slots=True)
class _LoosePair:
    element: Element
    label: str
    value: str


def read_loose_pairs(document: Document) -> list[Found]:
    """Blocks of at least two such pairs: known labels, or three and more that look alike."""
    pairs = []
    for element in _labels(document):
        value = value_of(element)
        if value is not None and _stands_free(element, document):
            pairs.append(_LoosePair(element, words_of(element), value))
        if len(pairs) >= _MAX_PAIRS:
            break
    found = []
    for container, block in _blocks(pairs).items():
        if not _is_believable(block, document):
            continue
        table = fields_table(container.get("id") or "", [(pair.label, pair.value) for pair in block])
        if table is not None:
            found.append(Found(container, table))
    return found


def _labels(document: Document) -> Iterator[Element]:
    for element in document.root.iter(*LABEL_TAGS):
        text = element.text
        if not text or len(text) > 200 or len(element) > 2:
            continue
        text = squash(text)
        if 1 < len(text) <= _LONG_LABEL and is_label(element, text, document):
            yield element


def is_label(element: Element, text: str, document: Document) -> bool:
    """Whether the element, of that text, is a label: a colon, or a known word that is marked as one."""
    if text.endswith(":") and words_of(element) == text:
        return not text.startswith(("http", "Note:", "*"))
    if document.field_of(text) is None:
        return False
    is_marked = element.tag in ("label", "b", "strong") or has_class(element, *_LABEL_CLASSES)
    if not is_marked and not _is_first_of_two(element, document):
        return False
    return words_of(element) == text and own_value(element) is not None


def _is_first_of_two(element: Element, document: Document) -> bool:
    """Whether label and value are a couple, alone in their parent (and no two headings of columns)."""
    parent = element.getparent()
    if parent is None or len(parent) != 2 or parent[0] is not element or (element.tail or "").strip():
        return False
    other = parent[1]
    return isinstance(other.tag, str) and document.field_of(text_of(other)) is None


def _stands_free(element: Element, document: Document) -> bool:
    """Not in a block that is read already, nor in a menu, footer or control."""
    if element in document.taken:
        return False
    for parent in islice(element.iterancestors(), _MAX_DEPTH):
        if parent in document.taken or parent.tag in _ELSEWHERE:
            return False
        if parent.tag != "body" and has_class(parent, *_ELSEWHERE_CLASSES):
            return False
        if parent.attrib and is_hidden(parent):
            return False
    return True


def value_of(label: Element) -> str | None:
    """The text that belongs to the label; None where nothing stands at a value's place."""
    own = own_value(label)
    if own is not None:
        return own
    parent = label.getparent()
    if parent is None or parent.tag in ("body", "html", "form") or len(parent) > 1:
        return None
    if words_of(parent) != words_of(label):
        return None
    following = _next_element(parent)
    return None if following is None or _ends_in_colon(following) else text_of(following)


def own_value(label: Element) -> str | None:
    """What follows the label within its parent, up to a line break, a block of its own or the next label."""
    parts = [label.tail or ""]
    for following in label.itersiblings():
        if not isinstance(following.tag, str):
            parts.append(following.tail or "")
            continue
        said = squash("".join(parts))
        if following.tag in ("br", "hr") or _ends_in_colon(following) or _looks_alike(label, following):
            break
        if following.tag in BLOCKS and said:
            break
        parts.append(f" {_shown(following)} {'' if following.tag in BLOCKS else following.tail or ''}")
        if following.tag in BLOCKS:
            break
    else:
        return squash("".join(parts)) or None
    return squash("".join(parts))


def _shown(element: Element) -> str:
    if element.tag == "input":
        return element.get("value", "") if element.get("type", "text").lower() == "text" else ""
    if element.tag == "textarea":
        return element.text or ""
    return text_of(element)


def _looks_alike(label: Element, other: Element) -> bool:
    """The next label of the same looks (labels without a colon)."""
    return other.tag == label.tag and bool(label.get("class")) and other.get("class") == label.get("class")


def _ends_in_colon(element: Element) -> bool:
    text = words_of(element)
    return len(text) <= _LONG_LABEL and text.endswith(":")


def _next_element(element: Element) -> Element | None:
    if (element.tail or "").strip():
        return None
    return next((other for other in element.itersiblings() if isinstance(other.tag, str)), None)


def _blocks(pairs: list[_LoosePair]) -> dict[Element, list[_LoosePair]]:
    """Pairs by the element that holds them: rows of one form are one block, repeated forms are several."""
    counts = Counter(parent for pair in pairs for parent in _holders(pair))
    blocks: dict[Element, list[_LoosePair]] = {}
    for pair in pairs:
        holder = next((parent for parent in _holders(pair) if counts[parent] > 1), None)
        if holder is not None:
            blocks.setdefault(holder, []).append(pair)
    for _ in range(4):
        merged = _merged(blocks)
        if len(merged) == len(blocks):
            break
        blocks = merged
    return blocks


def _holders(pair: _LoosePair) -> Iterator[Element]:
    return islice(pair.element.iterancestors(), _MAX_DEPTH)


def _merged(blocks: dict[Element, list[_LoosePair]]) -> dict[Element, list[_LoosePair]]:
    """Neighbouring blocks of different labels under one parent are parts of one form."""
    parents: dict[Element, list[Element]] = {}
    for holder in blocks:
        parent = holder.getparent()
        parents.setdefault(holder if parent is None or parent.tag in ("html", "body") else parent, []).append(
            holder
        )
    merged: dict[Element, list[_LoosePair]] = {}
    for parent, holders in parents.items():
        labels = [pair.label for holder in holders for pair in blocks[holder]]
        if len(holders) > 1 and len(set(labels)) == len(labels):
            merged.setdefault(parent, []).extend(pair for holder in holders for pair in blocks[holder])
        else:
            for holder in holders:
                merged.setdefault(holder, []).extend(blocks[holder])
    return merged


def _is_believable(block: list[_LoosePair], document: Document) -> bool:
    filled = sum(1 for pair in block if pair.value)
    if filled * 2 < len(block) or len({pair.label for pair in block}) < len(block):
        return False
    if sum(document.field_of(pair.label) is not None for pair in block) * 3 >= len(block):
        return True
    looks = Counter((pair.element.tag, pair.element.get("class")) for pair in block)
    if not all(_opens_line(pair.element) for pair in block):  # words set off within running text
        return False
    return len(block) > 2 and looks.most_common(1)[0][1] * 5 >= len(block) * 4 and _average(block) <= 200


def _opens_line(element: Element) -> bool:
    before = element.getprevious()
    parent = element.getparent()
    if before is None:
        return parent is not None and not (parent.text or "").strip()
    return not (before.tail or "").strip() and (before.tag in BLOCKS or not isinstance(before.tag, str))


def _average(block: list[_LoosePair]) -> float:
    return sum(len(pair.value) for pair in block) / len(block)
