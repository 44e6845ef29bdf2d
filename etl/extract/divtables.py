"""Tables that are made of other elements get a table's tags, so that the readers of tables see them.

Two say themselves what they are: ARIA roles (https://www.w3.org/TR/wai-aria/#table) and `display: table-row`;
a third kind is told by a row of headings above rows of as many elements. A spreadsheet saved as XML has rows
and cells by other names (`<Row><Cell ss:Index="3"><Data>`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator

from etl.extract.document import Document
from etl.extract.html import Element, text_of
from etl.extract.rowtables import join_row_tables
from etl.extract.sidebyside import join_rows
from etl.extract.styles import Styles, display_of

_TABLES = frozenset({"table", "grid", "treegrid"})
_CELLS = {"cell": "td", "gridcell": "td", "rowheader": "th", "columnheader": "th"}
_DISPLAY = re.compile(r"display\s*:\s*([a-z-]+)", re.IGNORECASE)
_PARTS = {"table": "table", "inline-table": "table", "table-row": "row", "table-cell": "cell"}
_OWN_TAGS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_KEPT_AROUND = frozenset({"table", "thead", "tbody", "tfoot", "div"})
_MAY_HOLD_ROWS = ("div", "section", "article", "main", "ul", "ol", "form", "body", "fieldset")
_MAY_BE_ROW = frozenset({"div", "li", "a", "article", "section", "ul"})
_MAY_BE_CELL = frozenset({"div", "span", "p", "li", "a", "b", "strong"})
_HEAD = re.compile(r"head|hdr|(?:^|[\s_-])th\b|title|caption|column-name", re.IGNORECASE)
_FEWEST_COLUMNS = 3
_LONGEST_HEADING = 60  # characters
_MOST_LOOKS = 6  # classes of rows: states and colours
_FEWEST_ROWS = 2  # of a table by its style: fewer rows only set things side by side

_SPREADSHEET = "schemas-microsoft-com:office:spreadsheet"
_MOST_COLUMNS = 500  # of a spreadsheet

FieldOf = Callable[[str], str | None]
Part = Callable[[Element], str]  # "table", "row", one of the roles of cells, or ""


def name_tables(document: Document, styles: Styles) -> None:
    """Turn what is a table by its roles, its style or its headings into one."""
    root, source = document.root, document.source
    if _SPREADSHEET in source[:5000]:
        for row in list(root.iter("row")):
            _name_sheet_row(row)
    if "dxvgtable" in source:  # DevExpress' vertical grid: a plain table on its side
        for table in root.xpath("//table[contains(@class, 'dxvgTable')]"):
            table.attrib.clear()
    join_row_tables(document, lambda row, width: _heads(row, width, document.field_of))
    if "role=" in source and ("gridcell" in source or "columnheader" in source or "cell" in source):
        for element in list(root.xpath("//*[@role='table' or @role='grid' or @role='treegrid']")):
            _turn(element, _role, fewest=1)
    if "table-row" in source or "table-row" in styles.values():
        for element in [part for part in root.iter("*") if _set_as(part, styles) == "table"]:
            _turn(element, lambda part: _set_as(part, styles), fewest=_FEWEST_ROWS)
    _name_rows(document)


def _name_sheet_row(row: Element) -> None:
    row.tag = "tr"
    column = 0
    for cell in list(row.iterchildren("cell")):
        cell.tag = "td"
        for _ in range(max(0, _number(cell, "index") - 1 - column)):
            cell.addprevious(cell.makeelement("td"))  # cells before it that the file leaves out
            column += 1
        across = _number(cell, "mergeacross")
        cell.set("colspan", str(across + 1))
        cell.set("rowspan", str(_number(cell, "mergedown") + 1))
        column += 1 + across


def _number(cell: Element, name: str) -> int:
    """A number that a spreadsheet's cell has in an attribute, 0 without."""
    text = next((value for key, value in cell.items() if key.lower().rpartition(":")[2] == name), "")
    return min(int(text), _MOST_COLUMNS) if text.isdecimal() and len(text) < 6 else 0


def _role(element: Element) -> str:
    role = (element.get("role") or "").lower()
    return "table" if role in _TABLES else role if role == "row" or role in _CELLS else ""


def _set_as(element: Element, styles: Styles) -> str:
    match = _DISPLAY.search(element.get("style") or "")
    return _PARTS.get(match[1].lower() if match else display_of(element, styles), "")


def _turn(table: Element, part: Part, fewest: int) -> None:
    """Give the tags of a table to the element and its own rows and cells, where they are others."""
    if table.tag in _OWN_TAGS:
        return
    rows = [(row, list(_own(row, part, _CELLS))) for row in _own(table, part, ("row",))]
    rows = join_rows([(row, cells) for row, cells in rows if cells and row.tag not in _OWN_TAGS])
    if len(rows) < fewest or max(len(cells) for _, cells in rows) < 2:
        return
    table.tag = "table"
    for row, cells in rows:
        for around in row.iterancestors():
            if around is table:
                break
            if around.tag not in _KEPT_AROUND:
                around.tag = "div"
        row.tag = "tr"
        for cell in cells:
            _name_cell(cell, part(cell))
        if any(cell.getparent() is not row for cell in cells):  # wrappers between say nothing
            row.extend(cells)


def _name_cell(cell: Element, role: str) -> None:
    cell.tag = _CELLS[role]
    for name in ("colspan", "rowspan"):
        if (span := cell.get(f"aria-{name}")) and not cell.get(name):
            cell.set(name, span)


def _own(element: Element, part: Part, wanted: Container[str]) -> Iterator[Element]:
    """The parts in the element that are asked for, not those of a table or row within it."""
    waiting = [iter(element)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif isinstance(child.tag, str):
            found = part(child)
            if found in wanted:
                yield child
            elif not found and len(child):
                waiting.append(iter(child))


def _name_rows(document: Document) -> None:
    """Turn rows of elements under a row that heads them into a table of their own."""
    for parent in list(document.walk(*_MAY_HOLD_ROWS)):
        if len(parent) < _FEWEST_ROWS or parent.tag in _OWN_TAGS:
            continue
        rows = [child for child in parent if child.tag in _MAY_BE_ROW and len(child) > 1]
        if len(rows) < _FEWEST_ROWS:
            continue
        width = len(rows[-1])
        rows = [row for row in rows if len(row) == width and all(cell.tag in _MAY_BE_CELL for cell in row)]
        head = next(
            (row for row in (*rows[:1], *_before(parent)) if _heads(row, width, document.field_of)), None
        )
        body = [row for row in rows if row is not head]
        if head is None or len(body) < _FEWEST_ROWS or len({row.get("class") for row in body}) > _MOST_LOOKS:
            continue
        table = parent.makeelement("table", {"id": parent.get("id") or ""})
        rows[0].addprevious(table)
        for row in (head, *body):
            row.tag = "tr"
            for cell in row:
                cell.tag = "th" if row is head else "td"
            table.append(row)


def _before(parent: Element) -> Iterator[Element]:
    """What may head the rows from outside: the element before theirs, and the only one in it."""
    before = next((part for part in parent.itersiblings(preceding=True) if isinstance(part.tag, str)), None)
    if before is not None and before.tag not in _OWN_TAGS:
        yield before
        yield from before if len(before) == 1 else ()


def _heads(row: Element, width: int, field_of: FieldOf) -> bool:
    """Whether the row holds the headings of rows: it or its cells are called so, or are known labels."""
    if len(row) != width or width < _FEWEST_COLUMNS or any(cell.tag not in _MAY_BE_CELL for cell in row):
        return False
    texts = [text_of(cell) for cell in row]
    if len(set(texts)) < width or any(len(text) > _LONGEST_HEADING or text.isdigit() for text in texts):
        return False
    if sum(field_of(text.rstrip(": ")) is not None for text in texts) > 1:
        return True
    is_named = _HEAD.search(row.get("class") or "") or all(
        _HEAD.search(cell.get("class") or "") for cell in row
    )
    return bool(is_named) and all(texts) and not any(map(str.isdigit, "".join(texts)))
