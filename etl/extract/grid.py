"""DevExpress grids (ASPxGridView) and tree lists (ASPxTreeList): the rows that are data, and only those.

Facts on the markup: row ids and classes of DevExpress' WebForms controls, with and without theme suffix.
Written for speed: a grid has tens of thousands of cells, most of them plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from etl.extract.document import Document, PlacedTable
from etl.extract.gridheader import (
    NO_DATA,
    Column,
    columns_without_header,
    field_names,
    flat_columns,
    header_columns,
    leaf_columns,
)
from etl.extract.gridrows import BLANK, UNKNOWN, other_kind
from etl.extract.groups import Groups
from etl.extract.html import Element, has_class, is_hidden, text_of, words_of
from etl.extract.links import best_links, cell_link, linked_columns
from etl.extract.notdata import own_text
from etl.extract.pager import grid_pager, grid_parts
from etl.extract.plainrows import is_unseen
from etl.extract.rowkinds import is_unit_row
from etl.extract.rowpostbacks import each_its_own, row_postback
from etl.extract.spans import Filling, span
from etl.extract.totals import Marks, Totals, identity_column
from etl.extract.types import LeftOut, Pager, RowPostback, Table

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
            if not grid.read(table) and not has_class(table, "dx"):
                document.taken.discard(table)  # a name alone makes no grid: the reader of plain tables looks
                continue
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
            plan = self.same[1] if same and self.same else data_positions(cells)
            # a row of more cells than the header has columns (or the first row had cells) loses none
            self.columns += [Column("")] * (len(plan) - len(self.columns))
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
    postbacks: list[RowPostback | None] = field(default_factory=list)
    has_postbacks: bool = field(init=False)
    groups: Groups = field(default_factory=Groups)
    kinds: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[int, LeftOut]] = field(default_factory=list)
    totals: dict[int, list[Element]] = field(default_factory=dict)  # place in `left_out` → cells of a footer
    places: list[int] = field(default_factory=list)  # per row, where it stood in the table
    place: int = 0
    filling: Filling = field(default_factory=Filling)
    wide: set[int] = field(default_factory=set)  # rows of which a cell goes across columns
    has_spans: bool = False
    is_tree: bool = False

    def __post_init__(self) -> None:
        self.has_postbacks = self.document.mentions("dopostback")

    def read(self, table: Element) -> bool:
        """Collect the table's rows; whether one of them is of a known kind."""
        self.is_tree = has_class(table, "dxtlDataTable")
        self.has_spans = self.document.mentions("rowspan", "colspan")
        lines: list[Element] = []  # the cells of a record that takes several lines
        for self.place, row in enumerate(rows_of(table)):
            kind = self._kind(row)
            if kind == "data":
                cells = list(row.iterchildren("td", "th"))
                line = _RECORD_LINE.search(row.get("id") or "") if lines or not self.rows else None
                if line is None and self.is_tree and self._heads_nodes(row, cells):
                    self._leave_out(row, "group")
                elif line is None:
                    self._add(self._filled(cells))
                elif int(line[1]) == 0:
                    self._add(lines, True)
                    lines = cells
                else:
                    lines = lines + cells
            elif not kind and self._is_plain_row(row):
                self._add(self._filled(list(row.iterchildren("td", "th"))))
            elif kind == "header" and not self.rows and not lines:
                self.headers.append(list(row.iterchildren("td", "th")))
            else:
                self._leave_out(row, kind)
        self._add(lines, True)
        is_known = any(left.reason != UNKNOWN for _, left in self.left_out)
        return bool(self.rows or self.headers or self.groups.found or is_known)

    def _heads_nodes(self, row: Element, cells: list[Element]) -> bool:
        """Whether a tree's node is a heading of those below it: it says one thing, across the columns or in
        the first of them, the nodes right below it being deeper."""
        columns = [cell for cell in (self.headers or [[]])[-1] if words_of(cell)]
        body = [cells[at] for at in data_positions(cells)]
        if len(columns) < 2 or not body or any(map(text_of, body[1:])):
            return False
        if len(body) == 1:
            return span(body[0], "colspan", 1000) > 1
        below = next((other for other in row.itersiblings("tr") if self._kind(other) == "data"), None)
        return below is not None and _depth(list(below.iterchildren("td", "th"))) > _depth(cells)

    def _is_plain_row(self, row: Element) -> bool:
        """A row that says nothing of its kind, and has a cell for each column, is one of data."""
        if row.attrib or not self.headers:
            return False
        cells = list(row.iterchildren("td"))
        return len(cells) == len(row) == len(self.headers[-1]) and any(map(words_of, cells))

    def _filled(self, cells: list[Element]) -> list[Element]:
        """The row's cells with those that come down from the rows above, where the page spans any."""
        if not self.has_spans:
            return cells
        filled = self.filling.row(cells)
        if filled is cells:
            return cells
        if any(one is two for one, two in pairwise(filled)):
            self.wide.add(len(self.rows))
        if self.is_tree:  # its cells span their indents: each counts once
            filled = [cell for at, cell in enumerate(filled) if at == 0 or cell is not filled[at - 1]]
        return [BLANK if cell is None else cell for cell in filled]

    def _leave_out(self, row: Element, kind: str) -> None:
        """A row that is no data: a group is a column of the rows below it, all others are named."""
        cells = list(row.iterchildren("td", "th"))
        if self.has_spans and self.filling.hanging:
            self.filling.row(cells)
        other, reason = other_kind(row, kind)
        texts = [text for cell in cells if (text := own_text(cell))]
        if kind == "group":
            self._add_group(cells)
        elif other == "total":
            self.totals[len(self.left_out)] = cells
        if texts or kind == "group":
            self.left_out.append((self.place, LeftOut(texts, other, reason)))
        else:
            self.totals.pop(len(self.left_out), None)

    def _kind(self, row: Element) -> str:
        """data, header, group or "" (all that is no data), from the class where it says so, else the id."""
        classes = row.get("class") or ""
        kind = self.kinds.get(classes)
        if kind is None:
            kind = self.kinds[classes] = _kind_of_class(classes)
        if not kind:
            kind = _kind_of_id(row)
        style = row.get("style")
        return "" if kind and style and is_unseen(row) else kind

    def _add(self, cells: list[Element], several_lines: bool = False) -> None:
        if not cells:
            return
        plan = self.plan = self.plan or self._planned(cells, several_lines)
        links: dict[int, str] = {}
        positions = plan.of(cells)
        shown = cells if len(positions) == len(cells) else [cells[at] for at in positions]
        row = [
            self._rich(cell, column, links)
            if len(cell)
            else " ".join(text.split())
            if (text := cell.text)
            else ""
            for column, cell in enumerate(shown)
        ]
        if len(positions) < len(cells):
            self._look_for_buttons(cells, positions, links)
        self.rows.append(row)
        self.links.append(links)
        self.postbacks.append(None if links or not self.has_postbacks else row_postback(cells))
        self.places.append(self.place)

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

    def _add_group(self, cells: list[Element]) -> None:
        level = sum(1 for cell in cells if has_class(cell, "dxgvIndentCell", "dxtlIndent"))
        texts = [text for cell in cells if (text := words_of(cell))]
        self.groups.open(level, texts[-1] if texts else "", len(self.rows))

    def _planned(self, sample: list[Element], several_lines: bool) -> _Plan:
        """The columns that are shown, seen from the first record."""
        if not self.headers:
            self.headers = self._headers_apart()
        body = data_positions(sample)
        if self.is_tree and self.headers and not several_lines:
            return _Plan(_tree_columns(leaf_columns(self.headers), len(body)), None)
        columns = flat_columns(self.headers) if several_lines else header_columns(self.headers)
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
        plan = self.plan or self._planned([], False)
        columns = plan.columns
        for row in self.rows:
            if len(row) < len(columns):
                row.extend([""] * (len(columns) - len(row)))
        captions = [column.caption or self._field_name(column) for column in columns]
        self._footer_apart()
        self._say_which_are_empty()
        left_out = [*self.left_out]
        for at, cells in self.totals.items():
            left_out[at][1].row = _under(plan, cells, len(columns))
        notes = self._without_units()
        left_out += self._without_totals(captions)
        rows = self.rows
        links = best_links(self.links, self.document.identifying(captions))
        totals = [row for _, row in left_out if row.kind == "total"]
        said = [*rows, *(total.row for total in totals)]
        shown = [at for at, caption in enumerate(captions) if caption or any(row[at] for row in said)]
        names, values = self.groups.columns(len(rows))
        for total in totals:
            total.row = [""] * len(names) + [total.row[at] for at in shown]
        if len(shown) < len(columns):
            rows = [[row[at] for at in shown] for row in rows]
        if names:
            rows = [before + row for before, row in zip(values, rows, strict=True)]
        if not any(captions):
            captions = [f"Column {place}" for place in range(1, len(captions) + 1)]
        headers = names + [captions[at] for at in shown]
        fields = [""] * len(names) + [self._field_name(columns[at]) for at in shown]
        everywhere = linked_columns(self.links)
        linked = {len(names) + place for place, at in enumerate(shown) if at in everywhere}
        table = Table("grid", self.client_id, headers, rows, links, pager, fields, linked)
        table.postbacks = each_its_own(self.postbacks)
        table.left_out = [row for _, row in sorted(left_out, key=lambda item: item[0])]
        table.column_notes = [""] * len(names) + [notes[at] for at in shown] if notes else []
        return table

    def _say_which_are_empty(self) -> None:
        """A group below which no row stands is collapsed: its rows are not on the page."""
        groups = self.groups.found
        shown = (row for _, row in self.left_out if row.kind == "group")
        for group, after, row in zip(groups, [*groups[1:], None], shown, strict=False):
            start, level = (len(self.rows), 0) if after is None else (after.start, after.level)
            if start == group.start and level <= group.level:
                row.reason = "It is a group whose rows are not shown."

    def _footer_apart(self) -> None:
        """The sums that a scrolling grid shows in a table of their own."""
        apart = self.parts.get(f"{self.client_id}_DXFooterTable")
        if apart is None or apart.tag != "table":
            return
        self.document.taken.add(apart)
        self.place += 1
        for row in rows_of(apart):
            self._leave_out(row, "")

    def _without_units(self) -> list[str]:
        """Take a row of units out of the rows; its texts, [] where there is none."""
        if not self.headers or len(self.rows) < 2 or not is_unit_row(self.rows[0]):
            return []
        notes = self.rows[0]
        self._keep(list(range(1, len(self.rows))))
        return notes

    def _without_totals(self, captions: list[str]) -> list[tuple[int, LeftOut]]:
        """Take the rows that sum up others out of the rows."""
        known = [
            at for at, caption in enumerate(captions) if self.document.field_of(caption) == "external_id"
        ]
        identity = identity_column(self.rows, known)
        starts = {group.start for group in self.groups.found}
        wide = self.wide if len(self.wide) * 4 <= len(self.rows) + 3 else set()
        found = Totals(
            self.rows, identity, starts, lambda number: Marks(number in wide), wide, not self.is_tree
        ).find()
        left_out = [(self.places[at], LeftOut(self.rows[at], "total", found[at])) for at in found]
        if found:
            self._keep([number for number in range(len(self.rows)) if number not in found])
        return left_out

    def _keep(self, kept: list[int]) -> None:
        self.groups.keep(kept)
        self.wide = {place for place, number in enumerate(kept) if number in self.wide}
        self.rows = [self.rows[number] for number in kept]
        self.links = [self.links[number] for number in kept]
        self.postbacks = [self.postbacks[number] for number in kept]
        self.places = [self.places[number] for number in kept]

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


def _depth(cells: list[Element]) -> int:
    """How deep in a tree a node stands, by its indents."""
    return sum(span(cell, "colspan", 100) for cell in cells if has_class(cell, "dxtlIndent"))


def _tree_columns(columns: list[Column], count: int) -> list[Column]:
    """A tree list's columns; those without a caption only where the rows have as many cells."""
    shown = [column for column in columns if not column.no_data and not column.hidden]
    if len(shown) != count:
        shown = [column for column in shown if column.caption]
    return shown + [Column("")] * (count - len(shown))


def _under(plan: _Plan, cells: list[Element], count: int) -> list[str]:
    """A footer's texts under the columns that they stand in."""
    filled = [cell for cell in Filling().row(cells) if cell is not None]
    is_alike = plan.same is not None and plan.same[0] == len(filled)
    positions = plan.same[1] if is_alike and plan.same else data_positions(filled)
    texts = [text_of(filled[at]) for at in positions][:count]
    return texts + [""] * (count - len(texts))


def data_positions(cells: list[Element]) -> list[int]:
    """Where a row's data cells stand among its cells."""
    return [at for at, cell in enumerate(cells) if not has_class(cell, *NO_DATA) and not is_hidden(cell)]


def _is_shown(column: Column, in_body: bool, has_body: bool) -> bool:
    if column.hidden or column.no_data:
        return False
    return in_body if has_body else bool(column.caption) or column.index is not None
