"""Tables that lie on their side: labels down the first column, one project in each further column."""

from __future__ import annotations

from etl.extract.document import Document, Found
from etl.extract.html import Element, text_of
from etl.extract.plainrows import own_rows
from etl.extract.rowlinks import best_links, cell_link
from etl.extract.spans import span
from etl.extract.table import is_candidate
from etl.extract.types import Table

_LEAST_KNOWN = 2
_IDENTIFYING = ("external_id", "name")


def read_transposed(document: Document) -> list[Found]:
    """Each such table as a plain table of one row per project."""
    found = []
    for container in document.all("table"):
        if container in document.taken or not is_candidate(container, document):
            continue
        table = _turned(document, container)
        if table is not None:
            document.taken.add(container)
            found.append(Found(container, table))
    return found


def _turned(document: Document, container: Element) -> Table | None:
    """The table as rows, or None where its first column holds no labels, or not several projects stand by."""
    lines = [row.cells for row in own_rows(container, document).rows]
    if len(lines) < _LEAST_KNOWN or len({len(cells) for cells in lines}) > 1 or len(lines[0]) < 3:
        return None
    if not _has_labels(document, [cells[0] for cells in lines]) or any(map(_spans, lines)):
        return None
    lines = [cells for cells in lines if any(map(text_of, cells))]
    headers = [text_of(cells[0]).rstrip(":").strip() for cells in lines]
    columns = [[cells[at] for cells in lines] for at in range(1, len(lines[0]))]
    columns = [column for column in columns if any(map(_says_something, column))]
    rows = [[text_of(cell) for cell in column] for column in columns]
    if len(rows) < 2 or not _are_projects(document, headers, rows):
        return None
    links = [_links(document, column) for column in columns]
    telling = [at for at, header in enumerate(headers) if document.field_of(header) in _IDENTIFYING]
    name = container.get("id") or ""
    return Table("table", name, headers, rows, best_links(links, telling), None, [""] * len(headers))


def _has_labels(document: Document, cells: list[Element]) -> bool:
    known = [document.field_of(text_of(cell).rstrip(":").strip()) for cell in cells]
    count = len(set(known) - {None})
    return count >= _LEAST_KNOWN and sum(field is not None for field in known) * 2 >= len(cells)


def _spans(cells: list[Element]) -> bool:
    return any(span(cell, "colspan", 99) > 1 or span(cell, "rowspan", 99) > 1 for cell in cells)


def _says_something(cell: Element) -> bool:
    return any(mark.isalnum() for mark in text_of(cell))


def _are_projects(document: Document, headers: list[str], rows: list[list[str]]) -> bool:
    """Whether each row identifies itself, each differently, and none holds labels (label | value | label)."""
    fields = [document.field_of(header) for header in headers]
    for field in _IDENTIFYING:
        if field in fields:
            values = [row[fields.index(field)] for row in rows]
            break
    else:
        return False
    if not all(values) or len(set(values)) < len(values):
        return False
    labels = [sum(document.field_of(text.rstrip(": ")) is not None for text in row) for row in rows]
    return all(count * 2 < len(headers) for count in labels) and sum(labels) < len(headers)


def _links(document: Document, column: list[Element]) -> dict[int, str]:
    found = ((at, cell_link(cell, document.links)) for at, cell in enumerate(column))
    return {at: url for at, url in found if url}
