"""Forms that ask: what stands in their boxes is what somebody may look for, and nothing that is published.

By HTTP a form that is sent by GET asks and changes nothing (RFC 9110, 9.2.1). So a box of it that can be
filled in, beside a button that sends it, is no value of a record, whatever it says at first. The form of a
record is sent by POST, or its boxes cannot be changed.
"""

from __future__ import annotations

from itertools import islice

from etl.extract.document import Document
from etl.extract.html import Element
from etl.extract.types import NotData

_REASON = "It is a form that asks: its boxes hold what may be looked for."
_MOST_BOXES = 200
_MOST_ROWS = 100
_BOXES = ("input", "select", "textarea")
_SENDS = ("submit", "image")
_NO_BOX = frozenset({"hidden", "submit", "image", "button", "reset", "checkbox", "radio"})


def asking_forms(document: Document) -> list[Element]:
    """The page's forms that ask."""
    return [form for form in document.all("form") if _is_get(form) and _has_button(form)]


def set_aside_questions(document: Document) -> None:
    """Of forms that ask, the tables of which every row is a label with its box are no data."""
    for form in asking_forms(document):
        for table in islice(form.iter("table"), _MOST_BOXES):
            rows = list(islice(table.iter("tr"), _MOST_ROWS + 1))
            if 0 < len(rows) <= _MOST_ROWS and all(len(row) < 7 and holds_box(row) for row in rows):
                document.take(table)
                document.not_data[table] = NotData(table.get("id") or "", len(rows), _REASON)


def asked(labels: list[Element], document: Document) -> set[Element]:
    """Those of the labels that stand beside the box of a form that asks; that is said of each form."""
    found: set[Element] = set()
    for form in asking_forms(document) if labels else ():
        inside = [label for label in labels if any(around is form for around in label.iterancestors("form"))]
        here = {label for label in inside if _has_box(label)}
        if here:
            document.blocks.append(NotData(form.get("id") or "", len(here), _REASON))
        found |= here
    return found


def _has_box(label: Element) -> bool:
    """Whether a box is the label's value: in it, or right behind it."""
    if holds_box(label):
        return True
    if (label.tail or "").strip():
        return False
    behind, parent = label.getnext(), label.getparent()
    if behind is None and parent is not None and not (parent.tail or "").strip():
        behind = parent.getnext()
    return behind is not None and isinstance(behind.tag, str) and holds_box(behind)


def holds_box(element: Element) -> bool:
    """Whether there is a box in the element that can be filled in."""
    boxes = islice(element.iter(*_BOXES), _MOST_BOXES)
    return any(
        (box.get("type") or "").lower() not in _NO_BOX
        and box.get("readonly") is None
        and box.get("disabled") is None
        for box in boxes
    )


def _is_get(form: Element) -> bool:
    return (form.get("method") or "get").strip().lower() == "get"


def _has_button(form: Element) -> bool:
    buttons = islice(form.iter("button", "input"), _MOST_BOXES)
    return any(
        (one.get("type") or ("submit" if one.tag == "button" else "")).lower() in _SENDS for one in buttons
    )
