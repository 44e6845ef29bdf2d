"""Plain tables: asp:GridView, RadGrid, DataTables, tables written by hand; layout tables are left alone."""

from __future__ import annotations

from dataclasses import dataclass

from etl.extract.document import IDENTIFYING, Document, PlacedTable
from etl.extract.groups import Groups, without_totals
from etl.extract.html import Element, has_class, is_hidden, text_of, words_of
from etl.extract.links import best_links, cell_link, linked_columns
from etl.extract.pager import postback_pager
from etl.extract.pairs import table_pairs
from etl.extract.plainheader import captions, header_rows, is_calendar
from etl.extract.plainrows import OwnRows, TableRow, own_rows, spans_all
from etl.extract.spans import Cell, rectangle, span
from etl.extract.types import Table

# Controls whose inner tables are never data; panels, popups and tab pages may hold some
_CONTROL_PARTS = ("dxgv", "dxtl", "dxe", "dxp-", "dxpLite", "dxpCtrl", "dxm", "dxlp", "dxnb-header", "dxic",
                  "ui-datepicker", "calendar", "rcMainTable", "rcCalendar", "navbox", "navbar")  # fmt: skip
_LAYOUT_ROLES = ("presentation", "none")
_LONG = 600  # characters: a cell that holds a page's worth of text is layout


@dataclass(slots=True)
class _Shape:
    """A plain table's rows told apart."""

    header: list[TableRow]
    body: list[TableRow]
    width: int


def read_tables(document: Document) -> list[PlacedTable]:
    """All plain data tables that no other reader has taken, those that lie on their side turned.

    Tables of labels beside values are put aside: `document.labelled`.
    """
    found: list[PlacedTable] = []
    head_apart: _Shape | None = None
    head_table: Element | None = None
    for table in document.all("table"):
        if table in document.taken or not _is_candidate(table, document):
            continue
        rows = own_rows(table, document)
        if result := _turned(table, rows, document):
            document.taken.add(table)
            found.append(PlacedTable(table, result))
            continue
        if pairs := table_pairs(table, document):
            document.labelled[table] = pairs
            continue
        shape = _shape(rows, document)
        if shape is None and head_apart is not None:
            shape = _joined(head_apart, rows)
            document.taken.update([head_table] if shape is not None else [])
        head_table = table
        head_apart = shape if shape is not None and not shape.body else None
        if shape is None or not shape.body or _is_layout(table, shape):
            continue
        result = _read(table, shape, rows, document)
        if result is not None:
            document.taken.add(table)
            found.append(PlacedTable(table, result))
    return found


def _is_candidate(table: Element, document: Document) -> bool:
    """Whether the table stands where data may stand: not in a control, not hidden, not marked as layout."""
    if (
        table.get("role") in _LAYOUT_ROLES
        or has_class(table, "dx", "rcMainTable", "navbox", "calendar")
        or is_hidden(table)
    ):
        return False
    for parent in table.iterancestors():
        if parent.tag == "nav" or parent.tag == "footer":
            return False
        classes = parent.get("class")
        if not classes:
            continue
        if has_class(parent, "dxgvDetailRow", "dxgvDetailCell", "dxgvEditForm"):
            return True
        if parent.tag != "body" and has_class(parent, *_CONTROL_PARTS):
            return False
    return True


def _turned(table: Element, own: OwnRows, document: Document) -> Table | None:
    """A table with labels down its first column and a project in each further one; None for all others."""
    lines = [row.cells for row in own.rows]
    if len(lines) < 2 or len({len(cells) for cells in lines}) > 1 or len(lines[0]) < 3:
        return None
    known = [document.field_of(text_of(cells[0]).rstrip(":").strip()) for cells in lines]
    if len(set(known) - {None}) < 2 or sum(field is not None for field in known) * 2 < len(lines):
        return None
    if any(span(cell, name, 99) > 1 for cells in lines for cell in cells for name in ("colspan", "rowspan")):
        return None
    lines = [cells for cells in lines if any(map(text_of, cells))]
    headers = [text_of(cells[0]).rstrip(":").strip() for cells in lines]
    columns = [[cells[at] for cells in lines] for at in range(1, len(lines[0]))]
    texts = [[text_of(cell) for cell in column] for column in columns]
    kept = [at for at, row in enumerate(texts) if any(mark.isalnum() for text in row for mark in text)]
    rows = [texts[at] for at in kept]
    if len(rows) < 2 or not _identify(document, headers, rows):
        return None
    links = [_links(columns[at], document) for at in kept]
    best = best_links(links, document.identifying(headers))
    return Table("table", table.get("id") or "", headers, rows, best, None, [""] * len(headers))


def _identify(document: Document, headers: list[str], rows: list[list[str]]) -> bool:
    """Whether each row identifies itself, each differently, and none holds labels (label | value | label)."""
    fields = [document.field_of(header) for header in headers]
    at = next((fields.index(field) for field in IDENTIFYING if field in fields), None)
    if at is None or not all(row[at] for row in rows) or len({row[at] for row in rows}) < len(rows):
        return False
    labels = [sum(document.field_of(text.rstrip(": ")) is not None for text in row) for row in rows]
    return all(count * 2 < len(headers) for count in labels) and sum(labels) < len(headers)


def _links(cells: list[Element | None], document: Document) -> dict[int, str]:
    """The links of a row's cells by their place."""
    found = (
        (at, cell_link(cell, document.links))
        for at, cell in enumerate(cells)
        if cell is not None and len(cell)
    )
    return {at: url for at, url in found if url}


def _shape(rows: OwnRows, document: Document) -> _Shape | None:
    found = rows.rows
    if not found:
        return None
    width = max(sum(span(cell, "colspan", 1000) for cell in row.cells) for row in found)
    if width < 2:
        return None
    place = header_rows(found, width, document.field_of)
    return _Shape(found[place[0] : place[1]], found[place[1] :], width) if place else None


def _joined(head: _Shape, rows: OwnRows) -> _Shape | None:
    """A header that stands in a table of its own, with the table of rows that follows it."""
    widths = {len(row.cells) for row in rows.rows}
    return _Shape(head.header, rows.rows, head.width) if widths == {head.width} else None


def _is_layout(table: Element, shape: _Shape) -> bool:
    """Whether the table only arranges others: a table in its header, or real tables in most of its rows."""
    if any(cell.find(".//table") is not None for row in shape.header for cell in row.cells):
        return not any(row.heads() for row in shape.header)
    if table.find(".//table") is None:
        return False
    nested = sum(1 for row in shape.body if any(_holds_table(cell) for cell in row.cells))
    has_heads = any(row.heads() for row in shape.header)
    return nested * 2 > len(shape.body) and not (has_heads and len(shape.body) > 1)


def _holds_table(cell: Element) -> bool:
    inner = cell.find(".//table") if len(cell) else None
    return inner is not None and sum(1 for _ in zip(inner.iter("tr"), range(2), strict=False)) > 1


def _read(table: Element, shape: _Shape, rows: OwnRows, document: Document) -> Table | None:
    header = rectangle([row.cells for row in shape.header])
    body, groups = _body(shape)
    filled = rectangle([row.cells for row in body])
    document.is_clipped |= len(filled) < len(body)
    width = max(len(filled[0]) if filled else 0, len(header[0]) if header else 0)
    headers = captions(header, width)
    filled, links = _data(filled, headers, groups, document)
    if not filled or is_calendar(headers):
        return None
    kept = [at for at in range(width) if headers[at] or any(_says_something(row, at) for row in filled)]
    texts = [[_text(row, at) for at in kept] for row in filled]
    if len(kept) < 2 or _is_prose(texts) or not any(any(row) for row in texts):
        return None
    group_captions, group_values = groups.columns(len(texts))
    if group_captions:
        texts = [before + row for before, row in zip(group_values, texts, strict=True)]
    everywhere = linked_columns(links)
    return Table(
        kind="table",
        id=table.get("id") or "",
        headers=group_captions + [headers[at] for at in kept],
        rows=texts,
        links=best_links(links, document.identifying(headers)),
        pager=next(filter(None, map(postback_pager, rows.pagers)), None),
        field_names=[""] * (len(group_captions) + len(kept)),
        linked={len(group_captions) + place for place, at in enumerate(kept) if at in everywhere},
    )


def _body(shape: _Shape) -> tuple[list[TableRow], Groups]:
    """Data rows, and the group rows between them. A spanning row behind the last data row is a note."""
    body: list[TableRow] = []
    groups = Groups()
    levels: dict[tuple[str, ...], int] = {}
    hanging = 0  # rows that a cell of an earlier row still covers
    for row in shape.body:
        if not hanging and _is_group(row, shape.width):
            if text := " ".join(filter(None, map(words_of, row.cells))):
                groups.open(levels.setdefault(_signature(row), len(levels)), text, len(body))
            continue
        hanging = max(
            [hanging - 1, *(span(cell, "rowspan", 10_000) - 1 for cell in row.cells if cell.get("rowspan"))]
        )
        hanging = max(hanging, 0)
        body.append(row)
    return body, Groups() if groups.are_details(len(body)) else groups


def _is_group(row: TableRow, width: int) -> bool:
    if spans_all(row, width) or (len(row.cells) == 1 and width > 1):
        return True
    return "rgGroupHeader" in (row.element.get("class") or "")


def _signature(row: TableRow) -> tuple[str, ...]:
    """What tells the levels of group rows apart: their looks."""
    cell = row.cells[-1]
    return (row.classes, cell.tag, *(cell.get(name) or "" for name in ("class", "style", "bgcolor", "align")))


def _data(
    filled: list[list[Cell | None]], headers: list[str], groups: Groups, document: Document
) -> tuple[list[list[Cell | None]], list[dict[int, str]]]:
    """OwnRows that are data (no blank row, no repeated header, no sums), and their links per column."""
    texts = [[cell.text if cell is not None else "" for cell in row] for row in filled]
    filled_rows = [number for number, row in enumerate(texts) if any(row) and row != headers[: len(row)]]
    kept = without_totals(texts, filled_rows, {group.start for group in groups.found})
    groups.keep(kept)
    return [filled[number] for number in kept], [
        _links([cell and cell.element for cell in filled[number]], document) for number in kept
    ]


def _text(row: list[Cell | None], at: int) -> str:
    cell = row[at] if at < len(row) else None
    return cell.text if cell is not None else ""


def _says_something(row: list[Cell | None], at: int) -> bool:
    """Whether the cell holds words that are more than a button's or an image's."""
    cell = row[at] if at < len(row) else None
    if cell is None or not cell.text:
        return False
    if not len(cell.element):
        return True
    buttons = [part for part in cell.element.iter("a", "button") if _is_button(part)]
    return words_of(cell.element) not in ("", " ".join(filter(None, map(words_of, buttons))))


def _is_button(part: Element) -> bool:
    return part.tag == "button" or (part.get("href") or "javascript:").startswith(("javascript:", "#"))


def _is_prose(rows: list[list[str]]) -> bool:
    longest = [max(map(len, row)) for row in rows]
    return sum(longest) > _LONG * len(rows)
