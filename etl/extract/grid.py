"""DevExpress grids (ASPxGridView) and tree lists (ASPxTreeList): the rows that are data, and only those.

Facts on the markup: row ids and classes of DevExpress' WebForms controls, with and without theme suffix.
Written for speed: a grid has tens of thousands of cells, most of them plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.extract.document import Document, Found
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
from etl.extract.pager import grid_pager, grid_parts
from etl.extract.rowlinks import best_links, cell_link
from etl.extract.types import Table

_ROW_ID = re.compile(r"^(.*)_DX(DataRow|HeadersRow|GroupRow|GroupRowExp|EmptyRow)(?:-?\d+|new)?(?:_\d+)?$")
_RECORD_LINE = re.compile(r"_DXDataRow-?\d+_(\d+)$")
_KINDS = {"DataRow": "data", "HeadersRow": "header", "GroupRow": "group", "GroupRowExp": "group"}
_CLASSES = (("dxgvDataRow", "data"), ("dxgvGroupRow", "group"), ("dxtlNode", "data"), ("dxtlAltNode", "data"),
            ("dxtlFocusedNode", "data"), ("dxtlSelectedNode", "data"), ("dxgvHeaderRow", "header"))  # fmt: skip
_TREE_HEADER = re.compile(r"_HDR\d*$")


def grid_id(table: Element) -> str | None:
    """The client id of the grid whose rows this table holds ("" where only its classes say so), or None."""
    own = table.get("id") or ""
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


def read_grids(document: Document) -> list[Found]:
    """All grids of the page, nested ones (in detail rows) as tables of their own, empty ones included."""
    parts = grid_parts(document.root)
    found = []
    for table in document.root.iter("table"):
        client_id = grid_id(table)
        if client_id is not None:
            document.taken.add(table)
            found.append(Found(table, _Grid(document, client_id, parts).read(table)))
    return found


@dataclass(slots=True)
class _Grid:
    """One grid while it is read."""

    document: Document
    client_id: str
    parts: dict[str, Element]
    headers: list[list[Element]] = field(default_factory=list)
    lines: list[list[Element]] = field(default_factory=list)  # per record, its cells
    groups: Groups = field(default_factory=Groups)
    kinds: dict[str, str] = field(default_factory=dict)
    several_lines: bool = False

    def read(self, table: Element) -> Table:
        self._collect(table)
        if not self.headers and (apart := self.parts.get(self.client_id + "_DXHeaderTable")) is not None:
            self.document.taken.add(apart)
            self.headers = [_cells(row) for row in rows_of(apart) if self._kind(row) == "header"]
        control = self.document.control(self.client_id) if self.client_id else None
        names = field_names(control)
        columns, kept = self._columns(names)
        rows, links = self._read_rows(kept, columns)
        captions = [_caption(column, names) for column in columns]
        shown = [at for at, caption in enumerate(captions) if caption or any(row[at] for row in rows)]
        if len(shown) < len(columns):
            rows = [[row[at] for at in shown] for row in rows]
        group_captions, group_values = self.groups.columns(len(rows))
        if group_captions:
            rows = [before + row for before, row in zip(group_values, rows, strict=True)]
        return Table(
            kind="grid",
            id=self.client_id,
            headers=group_captions + [captions[at] for at in shown],
            rows=rows,
            links=best_links(links, self._telling(captions)),
            pager=grid_pager(self.parts, self.client_id, control),
            field_names=[""] * len(group_captions) + [_field_name(columns[at], names) for at in shown],
        )

    def _telling(self, captions: list[str]) -> list[int]:
        """Positions of the columns whose link is the record's own: identity, then name."""
        return [at for at, caption in enumerate(captions) if self.document.field_of(caption) in ("external_id", "name")]

    def _collect(self, table: Element) -> None:
        for row in rows_of(table):
            kind = self._kind(row)
            if kind == "data":
                self._add_record(row)
            elif kind == "header":
                self.headers.append(_cells(row))
            elif kind == "group":
                self._add_group(row)

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

    def _add_record(self, row: Element) -> None:
        cells = _cells(row)
        match = _RECORD_LINE.search(row.get("id") or "") if self.several_lines or not self.lines else None
        if match:
            self.several_lines = True
            if int(match[1]) > 0 and self.lines:
                self.lines[-1].extend(cells)
                return
        self.lines.append(cells)

    def _add_group(self, row: Element) -> None:
        cells = _cells(row)
        level = sum(1 for cell in cells if has_class(cell, "dxgvIndentCell"))
        texts = [text for cell in cells if (text := words_of(cell))]
        self.groups.open(level, texts[-1] if texts else "", len(self.lines))

    def _columns(self, names: dict[int, tuple[str, bool]]) -> tuple[list[Column], list[int] | None]:
        """The columns that are shown, and (where header and body have the same cells) their positions."""
        sample = self.lines[0] if self.lines else []
        columns = flat_columns(self.headers) if self.several_lines else header_columns(self.headers)
        body = _data_positions(sample)
        if not columns:
            return columns_without_header([sample[at] for at in body], names)[: len(body) or None], None
        if not sample or len(columns) == len(sample):
            shown = set(body) if sample else set(range(len(columns)))
            kept = [at for at, column in enumerate(columns) if _is_shown(column, at, shown, bool(sample))]
            return [columns[at] for at in kept], kept
        columns = [column for column in columns if column.caption and not column.no_data and not column.hidden]
        return columns + [Column("") for _ in range(len(body) - len(columns))], None

    def _read_rows(
        self, kept: list[int] | None, columns: list[Column]
    ) -> tuple[list[list[str]], list[dict[int, str]]]:
        """Texts and links of all records, each row as long as `columns`."""
        plans: dict[int, list[int]] = {}
        width, sample = len(columns), len(self.lines[0]) if self.lines else 0
        rows, links = [], []
        for cells in self.lines:
            plan = plans.get(len(cells))
            if plan is None:
                same = kept is not None and len(cells) == sample
                plan = plans[len(cells)] = kept if same and kept is not None else _data_positions(cells)
            row = [_text(cells[at]) for at in plan[:width]]
            if len(row) < width:
                row.extend([""] * (width - len(row)))
            rows.append(row)
            links.append(self._links(cells, plan))
        return rows, links

    def _links(self, cells: list[Element], plan: list[int]) -> dict[int, str]:
        """Column (−1 for a button column) → link, of the cells that hold more than text."""
        found: dict[int, str] = {}
        for at, cell in enumerate(cells):
            if len(cell) and (url := cell_link(cell, self.document.links)):
                found.setdefault(plan.index(at) if at in plan else -1, url)
        return found


def _text(cell: Element) -> str:
    if len(cell):
        return text_of(cell)
    text = cell.text
    return " ".join(text.split()) if text else ""


def _cells(row: Element) -> list[Element]:
    return list(row.iterchildren("td", "th"))


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


def _data_positions(cells: list[Element]) -> list[int]:
    return [at for at, cell in enumerate(cells) if not has_class(cell, *NO_DATA) and not is_hidden(cell)]


def _is_shown(column: Column, at: int, body: set[int], has_body: bool) -> bool:
    if column.hidden or column.no_data or at not in body:
        return False
    return has_body or bool(column.caption) or column.index is not None


def _caption(column: Column, names: dict[int, tuple[str, bool]]) -> str:
    return column.caption or _field_name(column, names)


def _field_name(column: Column, names: dict[int, tuple[str, bool]]) -> str:
    return names[column.index][0] if column.index is not None and column.index in names else ""
