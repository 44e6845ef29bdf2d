"""A section of a project's page that has one field alone: a table of one row, a list of one term.

One label beside one value is a sentence like any other. Where a page shows the fields of one thing in other
sections, and the label is a known one that none of these has, it is one more of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl.extract.document import Document, PlacedTable
from etl.extract.html import Element, text_of
from etl.extract.judgement import is_aside
from etl.extract.labelrows import LONGEST_LABEL
from etl.extract.plainrows import own_rows
from etl.extract.types import Table

_LONGEST_VALUE = 300


def lone_fields(document: Document, found: list[PlacedTable]) -> list[PlacedTable]:
    """A `fields` table of each section of one known label that the page's other fields, `found`, lack."""
    labels = {label for item in found for label in item.table.headers}
    known = {document.field_of(label) for label in labels} - {None}
    lone = list(_sections(document)) if len(known) > 1 else []
    fields = [document.field_of(label) for _, label, _ in lone]
    more = []
    for section, label, value in lone:
        meant = document.field_of(label)
        if meant is None or meant in known or fields.count(meant) > 1 or document.field_of(value):
            continue
        document.not_data.pop(section, None)
        name = section.get("id") or ""
        more.append(PlacedTable(section, Table("fields", name, [label], [[value]], [None], None, [""])))
    return more


def _sections(document: Document) -> Iterator[tuple[Element, str, str]]:
    """Each section of two texts that nobody has read: its element, label and value."""
    for section in document.all("table") + document.all("dl"):
        if section in document.taken or section in document.labelled or is_aside(section):
            continue
        parts = _parts(section, document)
        if len(parts) != 2:
            continue
        label, value = (text_of(part) for part in parts)
        if 0 < len(label) <= LONGEST_LABEL and 0 < len(value) <= _LONGEST_VALUE:
            yield section, label.rstrip(": "), value


def _parts(section: Element, document: Document) -> list[Element]:
    """The cells of a table's only row, the term of a list and what it means."""
    if section.tag == "table":
        rows = own_rows(section, document).rows
        cells = rows[0].cells if len(rows) == 1 else []
        is_plain = not any(next(cell.iter("table", "input", "select"), None) is not None for cell in cells)
        return cells if is_plain and [cell.tag for cell in cells] in (["th", "td"], ["td", "td"]) else []
    parts = list(section.iter("dt", "dd"))
    return parts if [part.tag for part in parts] == ["dt", "dd"] else []
