"""The columns of a DevExpress grid: captions of its header rows, or the script's field names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.extract.html import Element, has_class, is_hidden, text_of, words_of
from etl.extract.spans import Cell, rectangle
from etl.extract.types import Control

# Cells that hold no data: indents, expand and command buttons, the adaptive "…" column, fillers
NO_DATA = ("dxgvIndentCell", "dxgvDetailButton", "dxgvDIC", "dxgvCommandColumn", "dxgvAIC", "dxgvHEC",
           "dxtlIndent", "dxtlSelectionCell", "dxtlCommandCell")  # fmt: skip
_COLUMN_ID = re.compile(r"_(?:col|tcheader|groupcol)(\d{1,5})$")


@dataclass(slots=True)
class Column:
    """One column as the header shows it, at its position among the header's cells."""

    caption: str
    index: int | None = None  # in the script's columnProp
    no_data: bool = False
    hidden: bool = False


def header_columns(rows: list[list[Element]]) -> list[Column]:
    """Columns of one or several header rows (bands: "Band Caption")."""
    filled = rectangle(rows)
    return [_column([row[at] for row in filled]) for at in range(len(filled[0]))] if filled else []


def leaf_columns(rows: list[list[Element]]) -> list[Column]:
    """One column per header cell of the lowest row, however wide: a tree list's spans its indents."""
    filled = rectangle(rows)
    stacks = [[row[at] for row in filled] for at in range(len(filled[0]))] if filled else []
    found = []
    for at, stack in enumerate(stacks):
        if at == 0 or stack[-1] is None or stack[-1] is not stacks[at - 1][-1]:
            found.append(_column(stack))
    return found


def flat_columns(rows: list[list[Element]]) -> list[Column]:
    """Columns of a grid whose records take several lines: the header's cells, line after line."""
    return [_column([Cell(element, "")]) for row in rows for element in row]


def _column(cells: list[Cell | None]) -> Column:
    stack = list(dict.fromkeys(cell.element for cell in cells if cell is not None))
    if not stack:
        return Column("", no_data=True)
    captions = list(dict.fromkeys(filter(None, map(_caption, stack))))
    match = _COLUMN_ID.search(stack[-1].get("id") or "")
    return Column(
        caption=" ".join(captions),
        index=int(match[1]) if match else None,
        no_data=any(has_class(element, *NO_DATA) for element in stack),
        hidden=any(is_hidden(element) for element in stack),
    )


def _caption(cell: Element) -> str:
    """A header cell's caption: the first cell of its inner table (the others hold sort and filter images)."""
    inner = next(cell.iterdescendants("table"), None)
    if inner is None:
        return words_of(cell)
    first = next(inner.iter("td", "th"), None)
    return words_of(cell if first is None else first)


def field_names(control: Control | None) -> dict[int, tuple[str, bool]]:
    """Column index → (FieldName, visible) from the script's `columnProp`."""
    entries = control.props.get("columnProp") if control else None
    if not isinstance(entries, list):
        return {}
    found = {}
    for place, entry in enumerate(entries):
        if isinstance(entry, list) and entry:
            index = entry[0] if isinstance(entry[0], int) else place
            name = next((value for value in entry if isinstance(value, str) and value), "")
            found[index] = (name, len(entry) < 2 or entry[1] != 0)
    return found


def columns_without_header(cells: list[Element], names: dict[int, tuple[str, bool]]) -> list[Column]:
    """Columns of a grid that shows no header: the cells' aria-labels, else the script's visible fields."""
    spoken = [_spoken_caption(cell) for cell in cells]
    if cells and all(spoken):
        return [Column(caption) for caption in spoken]
    visible = [Column(name, index) for index, (name, shown) in names.items() if shown]
    missing = len(cells) - len(visible)
    return visible + [Column("") for _ in range(missing)]


def _spoken_caption(cell: Element) -> str:
    label = cell.get("aria-label") or ""
    text = text_of(cell)
    if text and label.endswith(": " + text):
        return label[: -len(text) - 2].strip()
    return label.partition(":")[0].strip() if ":" in label else ""
