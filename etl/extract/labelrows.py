"""Tables of which every row is a label and its value, or two or three such side by side."""

from __future__ import annotations

from typing import NamedTuple

from etl.extract.document import Document
from etl.extract.html import Element, text_of, words_of
from etl.extract.plainrows import is_bold, own_rows
from etl.extract.spans import span

LONGEST_LABEL = 80  # characters


class LabelledCell(NamedTuple):
    """Two cells that stand side by side, and their texts."""

    label: Element
    value: Element
    name: str
    text: str


def labelled_cells(table: Element, document: Document) -> list[LabelledCell]:
    """The labels of the table with their values; none where its rows are something else."""
    lines = _without_spacers([row.cells for row in own_rows(table, document).rows if len(row.cells) > 1])
    if any(len(cells) not in (2, 4, 6) for cells in lines) or _holds_tables(lines):
        return []
    texts = {cell: text_of(cell) for cells in lines for cell in cells}
    lines = [cells for cells in lines if any(map(texts.__getitem__, cells))]
    if len(lines) < 2 or any(span(cell, "rowspan", 99) > 1 for cells in lines for cell in cells):
        return []
    if all(texts[cell].endswith(":") for cell in lines[0]):  # nothing but labels: they head columns
        return []
    has_header = all(cell.tag == "th" for cell in lines[0])
    lines = lines[1:] if has_header else lines
    if not any(_is_given(value) for cells in lines for value in cells[1::2]):
        return []
    columns: list[list[LabelledCell]] = [[], [], []]  # the first, second and third of each row
    found = []
    for cells in lines:
        for column, label, value in zip(columns, cells[::2], cells[1::2], strict=False):
            if name := texts[label]:
                found.append(LabelledCell(label, value, name, texts[value]))
                column.append(found[-1])
    # under a header ("Item | Value") marks say nothing: only known words make labels of the first cells
    are_labels = _are_known(found, document) if has_header else _are_labels(found, document)
    if not are_labels or not all(_are_labels(column, document) for column in columns[1:] if len(column) > 1):
        return []
    return [cell for cell in found if 0 < len(cell.name.rstrip(": ")) <= LONGEST_LABEL]


def _without_spacers(lines: list[list[Element]]) -> list[list[Element]]:
    """Lines of an odd number of cells without the columns that are blank in all of them."""
    width = len(lines[0]) if lines else 0
    if width % 2 == 0 or any(len(cells) != width for cells in lines):
        return lines
    kept = [at for at in range(width) if any(text_of(cells[at]) for cells in lines)]
    return [[cells[at] for at in kept] for cells in lines]


def _is_given(value: Element) -> bool:
    """Whether a value is published: a search form's empty boxes and lists are not, nor is a menu of links."""
    if not len(value):
        return bool(text_of(value))
    boxes = list(value.iter("input", "select", "textarea"))
    if not boxes:
        text = words_of(value)
        links = [words_of(anchor) for anchor in value.iter("a")]
        is_menu = len(links) > 1 and "".join(links).replace(" ", "") == text.replace(" ", "")
        return bool(text_of(value)) and not is_menu
    for box in boxes:
        if box.tag == "select":
            is_filled = box.find(".//option[@selected]") is not None
        else:
            is_filled = bool(box.text if box.tag == "textarea" else box.get("value"))
        if is_filled and box.get("type") != "submit":
            return True
    return False


def _holds_tables(lines: list[list[Element]]) -> bool:
    inner = [next(cell.iterdescendants("table"), None) for cells in lines for cell in cells if len(cell)]
    return any(table is not None and sum(1 for _ in table.iter("tr")) > 1 for table in inner)


def _are_labels(cells: list[LabelledCell], document: Document) -> bool:
    """Whether the first cells are labels: `<th>`, a colon, known words or bold type, in nearly all rows."""
    if len(cells) < 2 or _values_known(cells, document):
        return False
    return sum(map(_is_marked, cells)) * 5 >= len(cells) * 4 or _are_known(cells, document)


def _are_known(cells: list[LabelledCell], document: Document) -> bool:
    known = [document.field_of(cell.name) is not None for cell in cells]
    return sum(known) > 1 and sum(known) * 2 >= len(known) and known[0] and not _values_known(cells, document)


def _values_known(cells: list[LabelledCell], document: Document) -> bool:
    """Whether the second cells are labels themselves: a header of several columns."""
    return sum(document.field_of(cell.text) is not None for cell in cells) * 2 > len(cells)


def _is_marked(cell: LabelledCell) -> bool:
    if cell.value.tag != "td":
        return False
    is_label = cell.label.tag == "th" or words_of(cell.label).endswith(":")
    return is_label or (is_bold(cell.label) and not is_bold(cell.value))
