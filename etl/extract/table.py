"""Plain tables: asp:GridView, RadGrid, DataTables, tables written by hand; layout tables are left alone.

The grid comes first (`gridlines`), then its header (`plainheader`), then the verdict whether it is data
(`judgement`), then each row's kind (`rowkinds`).
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from etl.extract.cellkinds import are_units, read_figure
from etl.extract.continued import ABOVE_ALL
from etl.extract.document import IDENTIFYING, Document, PlacedTable
from etl.extract.gridlines import Grid, Line, continues, grid_of, shared_figures
from etl.extract.halves import cut, halved, unfolded, width_of_halves
from etl.extract.html import Element, has_class, holds_table, is_hidden, text_of, words_of
from etl.extract.judgement import is_aside, reason_against, reason_against_head
from etl.extract.links import best_links, cell_link, linked_columns
from etl.extract.misplaced import rightly_headed, say_again, say_breaks
from etl.extract.pager import postback_pager
from etl.extract.pairs import table_pairs
from etl.extract.plainheader import Header, captions, find_header
from etl.extract.plainrows import OwnRows, TableRow, own_rows
from etl.extract.rowkinds import Body, is_heading, tell_apart
from etl.extract.rowpostbacks import row_postbacks
from etl.extract.spans import Cell, span
from etl.extract.types import NotData, Table

# Controls whose inner tables are never data; panels, popups and tab pages may hold some
_CONTROL_PARTS = ("dxgv", "dxtl", "dxe", "dxp-", "dxpLite", "dxpCtrl", "dxm", "dxlp", "dxnb-header", "dxic",
                  "ui-datepicker", "rcMainTable", "rcCalendar")  # fmt: skip
_PHASE = re.compile(r"\b(?:phase|fase)\b", re.IGNORECASE)
_MOST_ANCESTORS = 500
_MOST_HEADS = 6
_MOST_PARTS = 40


@dataclass(slots=True)
class _Shape:
    """A plain table's grid with the place of its header."""

    grid: Grid
    header: Header
    head: list[Line]  # the header's lines, which may stand in a table of their own
    units: list[str]  # per column the unit that the header's last line gives, or []
    rows: OwnRows

    @property
    def body(self) -> list[Line]:
        """The lines below the header."""
        return self.grid.lines[self.header.end :]


def read_tables(document: Document) -> list[PlacedTable]:
    """All plain data tables that no other reader has taken, those that lie on their side turned.

    Tables of labels beside values are put aside: `document.labelled`; those that are no data, too:
    `document.not_data`.
    """
    found: list[PlacedTable] = []
    head_apart: tuple[Element, _Shape] | None = None
    for table in document.all("table"):
        if table in document.taken:
            continue
        if reason := _is_no_candidate(table):
            document.not_data[table] = NotData(table.get("id") or "", 0, reason)
            continue
        rows = own_rows(table, document)
        if turned := _turned(table, rows, document):
            document.taken.add(table)
            found.append(PlacedTable(table, turned))
            continue
        if not is_aside(table) and (pairs := table_pairs(table, document)):
            document.labelled[table] = pairs
            continue
        if not rows.rows or _is_layout(table, rows):
            continue
        shape = _shape(rows, document)
        if _heads_with_tables(shape):
            continue
        if head_apart is not None and (joined := _joined(head_apart[1], shape)):
            document.taken.add(head_apart[0])
            document.not_data.pop(head_apart[0], None)
            shape = joined
        head_apart = (table, shape) if shape.head and not shape.body else None
        if not shape.body:
            if shape.head:
                reason = reason_against_head(shape.head)
                document.not_data[table] = _no_data(table, shape, reason)
            continue
        for part in _parts(shape, document):
            result = _read(table, part, document)
            if isinstance(result, NotData):
                document.not_data[table] = result
            else:
                document.taken.add(table)
                found.append(PlacedTable(table, result))
    return _without_repeated_labels(found, document)


def _without_repeated_labels(found: list[PlacedTable], document: Document) -> list[PlacedTable]:
    """Two columns without a header whose first says the same in table after table are labels with values:
    each table is a record, for the reader of blocks."""
    firsts: dict[tuple[str, ...], list[PlacedTable]] = {}
    for item in found:
        if item.table.headers == ["Column 1", "Column 2"] and len(item.table.rows) > 1:
            firsts.setdefault(tuple(row[0] for row in item.table.rows), []).append(item)
    labelled = [item for items in firsts.values() if len(items) > 1 for item in items]
    document.taken.difference_update(item.element for item in labelled)
    return [item for item in found if item not in labelled]


def _parts(shape: _Shape, document: Document) -> list[_Shape]:
    """The table, or where other headings stand in the middle of it the tables that it is made of."""
    lines, starts = shape.grid.lines, []
    known = [line.texts for line in shape.head]
    for at in range(shape.header.end + 1, len(lines) - 1):
        if is_heading(lines[at]) and not is_heading(lines[at - 1]) and lines[at].texts not in known:
            starts.append(at)
            known = [lines[at].texts]
    if not starts or not shape.head or len(starts) > _MOST_PARTS or not _is_marked(shape):
        return [shape]
    parts = []
    for start, end in pairwise([0, *starts, len(lines)]):
        grid = Grid(lines[start:end], shape.grid.width)
        header = find_header(grid.lines, document.field_of)
        rows = OwnRows(pagers=shape.rows.pagers, apart=[] if start else shape.rows.apart)
        parts.append(_Shape(grid, header, *_head(grid, header), rows))
    return parts


def _is_marked(shape: _Shape) -> bool:
    """Whether `<th>` says something in this table: most rows of its body have none."""
    body = shape.body[:_MOST_PARTS]
    return sum(map(is_heading, body)) * 2 < len(body)


def _is_no_candidate(table: Element) -> str:
    """Why the table stands where no data can stand (in a control's own parts, hidden), or ""."""
    if is_hidden(table):
        return "It is hidden."
    if has_class(table, "dx", "rcMainTable", "ui-datepicker"):
        return "It is part of a control of the page."
    for parent in islice(table.iterancestors(), _MOST_ANCESTORS):
        if not parent.get("class"):
            continue
        if has_class(parent, "dxgvDetailRow", "dxgvDetailCell", "dxgvEditForm"):
            return ""
        if parent.tag != "body" and has_class(parent, *_CONTROL_PARTS):
            return "It is part of a control of the page."
    return ""


def _turned(table: Element, own: OwnRows, document: Document) -> Table | None:
    """A table with labels down its first column and a project in each further one; None for all others."""
    lines = [row.cells for row in own.rows if not _is_band(row)]
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
    turned = Table("table", table.get("id") or "", headers, rows, best, None, [""] * len(headers))
    turned.context = [text_of(row.cells[0]) for row in own.rows if _is_band(row)]
    return turned


def _is_band(row: TableRow) -> bool:
    """Whether one cell stands across several columns, and alone: a heading of the rows below it."""
    return len(row.cells) == 1 and span(row.cells[0], "colspan", 99) > 2


def _identify(document: Document, headers: list[str], rows: list[list[str]]) -> bool:
    """Whether each row identifies itself, each differently, and none holds labels (label | value | label)."""
    fields = [document.field_of(header) for header in headers]
    at = next((fields.index(field) for field in IDENTIFYING if field in fields), None)
    if at is None or not all(row[at] for row in rows) or len({row[at] for row in rows}) < len(rows):
        return False
    labels = [
        sum(text.endswith(":") or document.field_of(text.rstrip(": ")) is not None for text in row)
        for row in rows
    ]
    return all(count * 2 < len(headers) for count in labels) and sum(labels) < len(headers)


def _links(cells: list[Element | None], document: Document) -> dict[int, str]:
    """The links of a row's cells by their place."""
    found = (
        (at, cell_link(cell, document.links))
        for at, cell in enumerate(cells)
        if cell is not None and len(cell)
    )
    return {at: url for at, url in found if url}


def _is_layout(table: Element, rows: OwnRows) -> bool:
    """Whether the table only arranges others: tables in most of its rows, or more in them than around."""
    if not holds_table(table):
        return False
    nested = sum(1 for row in rows.rows if any(map(_holds_table, row.cells)))
    if any(row.heads() > 1 for row in rows.rows[:_MOST_HEADS]):
        return nested * 2 > len(rows.rows) and len(rows.rows) < 3
    lines = sum(1 for _ in table.iter("tr"))
    return nested * 2 > len(rows.rows) or (nested > 0 and lines > 4 * len(rows.rows))


def _holds_table(cell: Element) -> bool:
    inner = next(cell.iterdescendants("table"), None) if len(cell) else None
    return inner is not None and sum(1 for _ in zip(inner.iter("tr"), range(2), strict=False)) > 1


def _heads_with_tables(shape: _Shape) -> bool:
    """Whether what would be the header holds tables, and no `<th>`."""
    rows = [line.row for line in shape.head]
    has_tables = any(_holds_table(cell) for row in rows for cell in row.cells)
    return has_tables and not any(row.heads() for row in rows)


def _shape(rows: OwnRows, document: Document) -> _Shape:
    grid = grid_of(rows)
    document.is_clipped |= grid.is_clipped
    header = find_header(grid.lines, document.field_of) if grid.lines else Header(0, 0)
    return _Shape(grid, header, *_head(grid, header), rows)


def _head(grid: Grid, header: Header) -> tuple[list[Line], list[str]]:
    """The header's lines, and per column the unit that a line of nothing but units below them gives."""
    head = grid.lines[header.start : header.end]
    starts = head[-1].starts if len(head) > 1 else []
    if not starts or len(starts) == grid.width or not are_units(cell.text for _, cell in starts):
        return head, []
    above = list(filter(None, captions(head[:-1], grid.width)))
    if len(set(above)) < len(above):  # the units tell the columns apart: "2023/24 R'000", "2023/24 %"
        return head, []
    units = [""] * grid.width
    for at, cell in starts:
        units[at : at + max(1, cell.colspan)] = [cell.text] * len(units[at : at + max(1, cell.colspan)])
    return head[:-1], units


def _joined(head: _Shape, below: _Shape) -> _Shape | None:
    """A header that stands in a table of its own, with the table of rows that follows it."""
    if below.head or _columns(head.rows) != _columns(below.rows):
        return None
    rows = OwnRows(head.rows.rows + below.rows.rows, below.rows.pagers, head.rows.apart + below.rows.apart)
    grid = grid_of(rows)
    header = Header(head.header.start, head.header.end, head.header.score, head.header.basis)
    return _Shape(grid, header, *_head(grid, header), rows)


def _columns(rows: OwnRows) -> int:
    return max((sum(span(cell, "colspan", 1000) for cell in row.cells) for row in rows.rows), default=0)


def _no_data(table: Element, shape: _Shape, reason: str) -> NotData:
    return NotData(table.get("id") or "", len(shape.grid.lines), reason)


def _in_one_line(shape: _Shape, document: Document) -> _Shape:
    """The table with each record of two lines in one."""
    header = shape.header
    grid = unfolded(shape.grid, header.start, header.end, document.field_of) if len(shape.head) == 2 else None
    if grid is None:
        return shape
    head = grid.lines[header.start : header.start + 1]
    return replace(shape, grid=grid, header=replace(header, end=header.start + 1), head=head, units=[])


def _read(table: Element, shape: _Shape, document: Document) -> Table | NotData:
    shape = _in_one_line(shape, document)
    headers = captions(shape.head, shape.grid.width)
    if width := width_of_halves(headers, document.field_of):
        shape = replace(shape, grid=halved(shape.grid, shape.header.end, width), units=shape.units[:width])
        shape.head, headers = [cut(line, 0, width) for line in shape.head], headers[:width]
    headers = rightly_headed(headers, shape.head, shape.body, document.field_of)
    if reason := reason_against(table, shape.header, shape.body, headers):
        return _no_data(table, shape, reason)
    known = [at for at, header in enumerate(headers) if document.field_of(header) == "external_id"]
    titles = shape.grid.lines[: shape.header.start]
    body = tell_apart(shape.body, shape.head, headers, known, titles)
    if not body.data:
        return _no_data(table, shape, "It has a heading, and below it no row of data.")
    shown = _shown(headers, body)
    if not shown:
        return _no_data(table, shape, "Its cells hold buttons only.")
    links = [_links([cell and cell.element for cell in line.cells], document) for line in body.data]
    texts = [[line.texts[at] for at in shown] for line in body.data]
    say_again(texts)
    if document.field_of(headers[shown[0]]) not in IDENTIFYING:
        say_breaks(texts, _blocks(body))
    identity = _identity(headers, document)
    for row, at, count in shared_figures(body.data, shown, identity):
        texts[row][at] += f" (of {count} rows together)"
    names, values = body.groups.columns(len(texts))
    if names:
        texts = [before + row for before, row in zip(values, texts, strict=True)]
    if not shape.head:
        headers = [f"Column {place}" for place in range(1, len(headers) + 1)]
    everywhere = linked_columns(links)
    blank = [""] * len(names)
    result = Table(
        kind="table",
        id=table.get("id") or "",
        headers=names + [headers[at] for at in shown],
        rows=texts,
        links=best_links(links, document.identifying(headers)),
        pager=next(filter(None, map(postback_pager, shape.rows.pagers)), None),
        field_names=[""] * (len(names) + len(shown)),
        linked={len(names) + place for place, at in enumerate(shown) if at in everywhere},
    )
    result.continued = {
        at for at in range(1, len(body.data)) if continues(body.data[at - 1], body.data[at], identity)
    }
    placed = [row for _, row in body.left_out if row.kind == "total" or row.reason == ABOVE_ALL]
    for total in placed:
        total.row = blank + [total.row[at] for at in shown]
    left_out = sorted(body.left_out + shape.rows.apart, key=lambda item: item[0])
    result.left_out = [row for _, row in left_out]
    if units := body.column_notes or shape.units:
        result.column_notes = blank + [units[at] for at in shown]
    if document.mentions("dopostback"):
        result.postbacks = row_postbacks(
            [[cell and cell.element for cell in line.cells] for line in body.data]
        )
    result.context = [" ".join(cell.text for _, cell in line.starts) for line in titles]
    return result


def _blocks(body: Body) -> list[int]:
    """Of each row how many lines that close rows (sums, remarks) stand above it."""
    closing = sorted(place for place, left in body.left_out if left.kind in ("total", "note"))
    return [bisect(closing, line.row.place) for line in body.data]


def _shown(headers: list[str], body: Body) -> list[int]:
    """The columns that say something: by their heading, in a row of data or where a total begins."""
    totals = [row for _, row in body.left_out if row.kind == "total"]
    return [
        at
        for at, header in enumerate(headers)
        if (header or _says_something(body.data, at) or any(_begins(total.row, at) for total in totals))
        and not _holds_currency(body.data, headers, at)
    ]


def _identity(headers: list[str], document: Document) -> list[int]:
    """The columns that tell a project from all others, where a row that has them from above is one more line
    of it: a number and a name, and no phase that parts it in several."""
    found = [at for at, header in enumerate(headers) if document.field_of(header) in IDENTIFYING]
    is_whole = len({document.field_of(headers[at]) for at in found}) == len(IDENTIFYING)
    return found if is_whole and not any(map(_PHASE.search, headers)) else []


def _begins(row: list[str], at: int) -> bool:
    """Whether a text of a total's stands in this column, and not only reaches across it."""
    return bool(row[at]) and (at == 0 or row[at] != row[at - 1])


def _says_something(lines: list[Line], at: int) -> bool:
    return any(_has_words(line.cells[at]) for line in lines)


def _holds_currency(lines: list[Line], headers: list[str], at: int) -> bool:
    """Whether the column holds the mark of the amounts in the next one (or of the shares in the one before),
    under the same heading."""
    marks = {line.texts[at].strip() for line in lines} - {"", "-"}
    beside = at - 1 if marks == {"%"} else at + 1 if marks in ({"R"}, {"ZAR"}) else -1
    if not 0 <= beside < len(headers) or headers[beside] != headers[at]:
        return False
    return any(read_figure(line.texts[beside]) for line in lines)


def _has_words(cell: Cell | None) -> bool:
    """Whether the cell holds words that are more than a button's or an image's."""
    if cell is None or not cell.text:
        return False
    if not len(cell.element):
        return True
    buttons = [part for part in cell.element.iter("a", "button") if _is_button(part)]
    return words_of(cell.element) not in ("", " ".join(filter(None, map(words_of, buttons))))


def _is_button(part: Element) -> bool:
    return part.tag == "button" or (part.get("href") or "javascript:").startswith(("javascript:", "#"))
