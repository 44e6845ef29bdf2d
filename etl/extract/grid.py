"""DevExpress grids (ASPxGridView) and tree lists (ASPxTreeList): the rows that are data, and only those.

Facts on the markup: row ids and classes of DevExpress' WebForms controls, with and without theme suffix.
Written for speed: a grid has tens of thousands of cells, most of them plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.extract.document import Document, PlacedTable
from etl.extract.gridheader import (
    NO_DATA,
    Column,
    columns_without_header,
    field_names,
    flat_columns,
    header_columns,
)
from etl.extract.groups import Groups
from etl.extract.html import Element, has_class, is_hidden, text_of, words_of
from etl.extract.links import best_links, cell_link, linked_columns
from etl.extract.pager import grid_pager, grid_parts
from etl.extract.types import Pager, Table

_ROW_ID = re.compile(r"^(.*)_DX(DataRow|HeadersRow|GroupRow|GroupRowExp|EmptyRow)(?:-?\d+|new)?(?:_\d+)?$")
_RECORD_LINE = re.compile(r"_DXDataRow-?\d+_(\d{1,4})$")
_KINDS = {"DataRow": "data", "HeadersRow": "header", "GroupRow": "group", "GroupRowExp": "group"}
_CLASSES = (("dxgvDataRow", "data"), ("dxgvGroupRow", "group"), ("dxtlNode", "data"), ("dxtlAltNode", "data"),
            ("dxtlFocusedNode", "data"), ("dxtlSelectedNode", "data"))  # fmt: skip
_TREE_HEADER = re.compile(r"_HDR\d*$")


def grid_id(table: Element) -> str | None:
    """The client id of the grid whose rows this table holds ("" where only its classes say so), or None."""
    own = table.get("id") or ""
    if own.endswith(("_DXHeaderTable", "_DXFooterTable")) or has_class(table, "dxcvTable"):
        return None  # a card view calls its table of cards like a grid's table of rows
    if own.endswith("_DXMainTable"):
        return own[: -len("_DXMainTable")]
    if has_class(table, "dxgvTable"):
        return own
    if has_class(table, "dxtlDataTable"):
        return own.removesuffix("_D")
    for number, row in enumerate(rows_of(table)):
        if match := _ROW_ID.match(row.get("id") or ""):
            return match[1]
        if has_class(row, "dxgvDataRow", "dxgvEmptyDataRow", "dxtlNode"):
            return own
        if number > 4:
            break
    return None


def rows_of(table: Element) -> Iterator[Element]:
    """The table's own rows, not those of tables within it."""
    for child in table:
        tag = child.tag
        if tag == "tr":
            yield child
        elif tag in ("tbody", "thead", "tfoot"):
            yield from child.iterchildren("tr")


def read_grids(document: Document) -> list[PlacedTable]:
    """All grids of the page, nested ones (in detail rows) as tables of their own, empty ones included."""
    parts = grid_parts(document)
    found = []
    for table in document.all("table"):
        client_id = grid_id(table)
        if client_id is not None:
            document.taken.add(table)
            control = document.control(client_id) if client_id else None
            grid = _Grid(document, client_id, parts, field_names(control))
            grid.read(table)
            found.append(PlacedTable(table, grid.table(grid_pager(parts, client_id, control))))
    return found


@dataclass(slots=True)
class _Plan:
    """The columns of a grid, and for rows of each length the positions of their data cells."""

    columns: list[Column]
    same: tuple[int, list[int]] | None  # length of rows laid out like the header, and the positions shown
    positions: dict[int, list[int]] = field(default_factory=dict)

    def of(self, cells: list[Element]) -> list[int]:
        """Positions of the cells that hold data, in the columns' order."""
        plan = self.positions.get(len(cells))
        if plan is None:
            same = self.same is not None and self.same[0] == len(cells)
            plan = self.same[1] if same and self.same else data_positions(cells)[: len(self.columns)]
            self.positions[len(cells)] = plan
        return plan


@dataclass(slots=True)
class _Grid:
    """One grid while it is read. Rows become strings at once: elements kept would cost more than parsing."""

    document: Document
    client_id: str
    parts: dict[str, Element]
    names: dict[int, tuple[str, bool]]
    headers: list[list[Element]] = field(default_factory=list)
    plan: _Plan | None = None
    rows: list[list[str]] = field(default_factory=list)
    links: list[dict[int, str]] = field(default_factory=list)
    groups: Groups = field(default_factory=Groups)
    kinds: dict[str, str] = field(default_factory=dict)

    def read(self, table: Element) -> None:
        """Collect the table's rows."""
        lines: list[Element] = []  # the cells of a record that takes several lines
        for row in rows_of(table):
            kind = self._kind(row)
            if kind == "data":
                cells = list(row.iterchildren("td", "th"))
                line = _RECORD_LINE.search(row.get("id") or "") if lines or not self.rows else None
                if line is None:
                    self._add(cells)
                elif int(line[1]) == 0:
                    self._add(lines, True)
                    lines = cells
                else:
                    lines = lines + cells
            elif kind == "header":
                self.headers.append(list(row.iterchildren("td", "th")))
            elif kind == "group":
                self._add_group(row)
        self._add(lines, True)

    def _kind(self, row: Element) -> str:
        """data, header, group or "" (all that is no data), from the class where it says so, else the id."""
        classes = row.get("class") or ""
        kind = self.kinds.get(classes)
        if kind is None:
            kind = self.kinds[classes] = _kind_of_class(classes)
        if not kind:
            kind = _kind_of_id(row)
        style = row.get("style")
        return "" if kind and style and is_hidden(row) else kind

    def _add(self, cells: list[Element], several_lines: bool = False) -> None:
        if not cells:
            return
        plan = self.plan = self.plan or self._planned(cells, several_lines)
        row: list[str] = []
        links: dict[int, str] = {}
        positions = plan.of(cells)
        for at in positions:
            cell = cells[at]
            if len(cell):
                row.append(self._rich(cell, len(row), links))
            else:
                text = cell.text
                row.append(" ".join(text.split()) if text else "")
        if len(positions) < len(cells):
            self._look_for_buttons(cells, positions, links)
        if len(row) < len(plan.columns):
            row.extend([""] * (len(plan.columns) - len(row)))
        self.rows.append(row)
        self.links.append(links)

    def _rich(self, cell: Element, column: int, links: dict[int, str]) -> str:
        """Text and link of a cell with markup; by far the most are one plain link."""
        child = cell[0]
        if child.tag == "a" and len(cell) == 1 and not len(child) and not cell.text:
            url = self.document.links.absolute(child.get("href"))
            if url:
                links[column] = url
            text = f"{child.text or ''}{child.tail or ''}"
            return " ".join(text.split())
        if url := cell_link(cell, self.document.links):
            links[column] = url
        return text_of(cell)

    def _look_for_buttons(self, cells: list[Element], positions: list[int], links: dict[int, str]) -> None:
        """A button column is no data, but its link may be the only one of the row: column −1."""
        for at, cell in enumerate(cells):
            if at not in positions and len(cell) and (url := cell_link(cell, self.document.links)):
                links.setdefault(-1, url)

    def _add_group(self, row: Element) -> None:
        cells = list(row.iterchildren("td", "th"))
        level = sum(1 for cell in cells if has_class(cell, "dxgvIndentCell"))
        texts = [text for cell in cells if (text := words_of(cell))]
        self.groups.open(level, texts[-1] if texts else "", len(self.rows))

    def _planned(self, sample: list[Element], several_lines: bool) -> _Plan:
        """The columns that are shown, seen from the first record."""
        if not self.headers:
            self.headers = self._headers_apart()
        columns = flat_columns(self.headers) if several_lines else header_columns(self.headers)
        body = data_positions(sample)
        if not columns:
            found = columns_without_header([sample[at] for at in body], self.names)
            return _Plan(found[: len(body)] if sample else found, None)
        if not sample or len(columns) == len(sample):
            kept = [at for at, column in enumerate(columns) if _is_shown(column, at in body, bool(sample))]
            return _Plan([columns[at] for at in kept], (len(sample), kept))
        columns = [
            column for column in columns if column.caption and not column.no_data and not column.hidden
        ]
        return _Plan(columns + [Column("")] * (len(body) - len(columns)), None)

    def _headers_apart(self) -> list[list[Element]]:
        """The header's rows from the table of its own that a scrolling grid has."""
        apart = self.parts.get(f"{self.client_id}_DXHeaderTable")
        if apart is None:
            return []
        self.document.taken.add(apart)
        return [list(row.iterchildren("td", "th")) for row in rows_of(apart) if self._kind(row) == "header"]

    def table(self, pager: Pager | None) -> Table:
        """The finished table: group columns first, columns that say nothing left out."""
        columns = (self.plan or self._planned([], False)).columns
        captions = [column.caption or self._field_name(column) for column in columns]
        rows = self.rows
        links = best_links(self.links, self.document.identifying(captions))
        shown = [at for at, caption in enumerate(captions) if caption or any(row[at] for row in rows)]
        if len(shown) < len(columns):
            rows = [[row[at] for at in shown] for row in rows]
        names, values = self.groups.columns(len(rows))
        if names:
            rows = [before + row for before, row in zip(values, rows, strict=True)]
        headers = names + [captions[at] for at in shown]
        fields = [""] * len(names) + [self._field_name(columns[at]) for at in shown]
        everywhere = linked_columns(self.links)
        linked = {len(names) + place for place, at in enumerate(shown) if at in everywhere}
        return Table("grid", self.client_id, headers, rows, links, pager, fields, linked)

    def _field_name(self, column: Column) -> str:
        return self.names[column.index][0] if column.index in self.names and column.index is not None else ""


def _kind_of_class(classes: str) -> str:
    for name in classes.split():
        for prefix, kind in _CLASSES:
            if name.startswith(prefix):
                return kind
    return ""


def _kind_of_id(row: Element) -> str:
    own = row.get("id") or ""
    if match := _ROW_ID.match(own):
        return _KINDS.get(match[2], "")
    if _TREE_HEADER.search(own):
        return "header"
    first = next(row.iterchildren("td", "th"), None)
    return "header" if not own and first is not None and has_class(first, "dxgvHeader", "dxtlHeader") else ""


def data_positions(cells: list[Element]) -> list[int]:
    """Where a row's data cells stand among its cells."""
    return [at for at, cell in enumerate(cells) if not has_class(cell, *NO_DATA) and not is_hidden(cell)]


def _is_shown(column: Column, in_body: bool, has_body: bool) -> bool:
    if column.hidden or column.no_data:
        return False
    return in_body if has_body else bool(column.caption) or column.index is not None
