"""Labels and their values in structures that say so: `<dl>`, form layouts, two-column tables."""

from __future__ import annotations

from etl.extract.document import Document, Found
from etl.extract.html import Element, has_class, text_of, words_of
from etl.extract.plainrows import Row, is_bold, own_rows
from etl.extract.spans import span
from etl.extract.table import is_candidate
from etl.extract.types import Table

Pair = tuple[str, str]
_LONG_LABEL = 80
_LONG_VALUE = 2000


def fields_table(name: str, pairs: list[Pair]) -> Table | None:
    """A `fields` table of label/value pairs; None where they are too few or say nothing."""
    pairs = [(label.rstrip(":").strip(), value) for label, value in pairs]
    pairs = [(label, value) for label, value in pairs if 0 < len(label) <= _LONG_LABEL]
    filled = [value for _, value in pairs if value]
    if any(label.endswith("?") for label, _ in pairs):  # questions and answers
        return None
    if len(pairs) < 2 or not filled or max(map(len, filled)) > _LONG_VALUE:
        return None
    headers, row = [label for label, _ in pairs], [value for _, value in pairs]
    return Table("fields", name, headers, [row], links=[None], field_names=[""] * len(headers))


def read_definition_lists(document: Document) -> list[Found]:
    """`<dl>` with `<dt>` and `<dd>`, wrapped in divs or not."""
    found = []
    for container in document.all("dl"):
        if container in document.taken:
            continue
        table = fields_table(container.get("id") or "", _definitions(container))
        if table is not None:
            document.taken.add(container)
            found.append(Found(container, table))
    return found


def _definitions(container: Element) -> list[Pair]:
    pairs: list[Pair] = []
    for part in container.iter("dt", "dd"):
        text = text_of(part)
        if part.tag == "dt":
            pairs.append((text, ""))
        elif pairs:
            label, value = pairs[-1]
            pairs[-1] = (label, f"{value} {text}".strip())
    return pairs


def read_form_layouts(document: Document) -> list[Found]:
    """ASPxFormLayout: a caption cell and a nested control cell per item; groups are one block together."""
    blocks: dict[Element, list[Pair]] = {}
    if not document.mentions("dxflcaption"):
        return []
    for caption in document.root.xpath("//*[contains(@class, 'dxflCaption')]"):
        if (
            not has_class(caption, "dxflCaptionCell", "dxflCaption_")
            and caption.get("class") != "dxflCaption"
        ):
            continue
        if caption in document.taken:
            continue
        item, value = form_value(caption)
        label = words_of(caption)
        if value is None or not label or value in document.taken:
            continue
        document.taken.update((caption, value))
        blocks.setdefault(_layout_of(item), []).append((label, text_of(value)))
    tables = [
        (container, fields_table(container.get("id") or "", pairs)) for container, pairs in blocks.items()
    ]
    return [Found(container, table) for container, table in tables if table is not None]


def form_value(caption: Element) -> tuple[Element, Element | None]:
    """The item around a caption, and the cell with its value."""
    item = caption
    for parent in caption.iterancestors():
        item = parent
        cell = next(
            (part for part in parent.iter("td", "div") if has_class(part, "dxflNestedControlCell")), None
        )
        if cell is not None:
            return item, cell
        if has_class(parent, "dxflItem", "dxflFormLayout", "dxflGroup"):
            break
    return item, None


def _layout_of(item: Element) -> Element:
    """The outermost form layout around an item (its groups are tables too), or the card that it stands in."""
    outer = item
    for parent in item.iterancestors():
        if has_class(parent, "dxcvCard", "dxcvFlowCard", "dxdvItem", "dxdvFlowItem"):
            return parent
        if has_class(parent, "dxfl"):
            outer = parent
    return outer


def read_field_tables(document: Document) -> list[Found]:
    """Tables of which every row is label | value (or label | value | label | value)."""
    found = []
    for container in document.all("table"):
        if container in document.taken or not is_candidate(container, document):
            continue
        pairs = _row_pairs(own_rows(container, document).rows, document)
        table = fields_table(container.get("id") or "", pairs) if pairs else None
        if table is not None:
            document.taken.add(container)
            found.append(Found(container, table))
    return found


def _row_pairs(rows: list[Row], document: Document) -> list[Pair]:
    """The pairs of a table's rows, or none where its rows are something else."""
    lines = _without_spacers([row.cells for row in rows if len(row.cells) > 1])
    if any(len(cells) not in (2, 4, 6) for cells in lines) or _holds_tables(lines):
        return []
    lines = [cells for cells in lines if any(map(text_of, cells))]
    if len(lines) < 2 or any(span(cell, "rowspan", 99) > 1 for cells in lines for cell in cells):
        return []
    has_header = all(cell.tag == "th" for cell in lines[0])
    lines = lines[1:] if has_header else lines
    pairs = [(cells[at], cells[at + 1]) for cells in lines for at in range(0, len(cells), 2)]
    if not any(_is_given(value) for _, value in pairs):
        return []
    pairs = [(label, value) for label, value in pairs if text_of(label)]
    # under a header ("Item | Value") marks say nothing: only known words make labels of the first cells
    is_block = _are_known(pairs, document) if has_header else _are_labels(pairs, document)
    is_block = is_block and all(_are_labels(column, document) for column in _further_pairs(lines))
    return [(text_of(label), text_of(value)) for label, value in pairs] if is_block else []


def _further_pairs(lines: list[list[Element]]) -> list[list[tuple[Element, Element]]]:
    """The pairs behind each row's first, by their place: there too stand labels, or it is no such table."""
    width = max(map(len, lines), default=0)
    columns = [
        [(cells[at], cells[at + 1]) for cells in lines if len(cells) > at + 1 and text_of(cells[at])]
        for at in range(2, width, 2)
    ]
    return [column for column in columns if len(column) > 1]


def _without_spacers(lines: list[list[Element]]) -> list[list[Element]]:
    """Lines of an odd number of cells without the columns that are blank in all of them."""
    width = len(lines[0]) if lines else 0
    if width % 2 == 0 or any(len(cells) != width for cells in lines):
        return lines
    kept = [at for at in range(width) if any(text_of(cells[at]) for cells in lines)]
    return [[cells[at] for at in kept] for cells in lines]


def _is_given(value: Element) -> bool:
    """Whether a value is published: a search form's empty boxes and lists are not."""
    boxes = list(value.iter("input", "select", "textarea"))
    if not boxes:
        return bool(text_of(value)) and not _is_link_list(value)
    return any(_is_filled(box) for box in boxes)


def _is_filled(box: Element) -> bool:
    if box.tag == "select":
        return box.find(".//option[@selected]") is not None
    return bool(box.text if box.tag == "textarea" else box.get("value")) and box.get("type") != "submit"


def _is_link_list(value: Element) -> bool:
    """Several links and nothing beside them: a menu."""
    links = [words_of(anchor) for anchor in value.iter("a")]
    return len(links) > 1 and "".join(links).replace(" ", "") == words_of(value).replace(" ", "")


def _holds_tables(lines: list[list[Element]]) -> bool:
    inner = [cell.find(".//table") for cells in lines for cell in cells if len(cell)]
    return any(table is not None and sum(1 for _ in table.iter("tr")) > 1 for table in inner)


def _are_labels(pairs: list[tuple[Element, Element]], document: Document) -> bool:
    """Whether the first cells are labels: `<th>`, a colon, known words or bold type, in nearly all rows."""
    if len(pairs) < 2:
        return False
    if _values_known(pairs, document):
        return False
    by_mark = sum(1 for label, value in pairs if _is_marked(label, value))
    return by_mark * 5 >= len(pairs) * 4 or _are_known(pairs, document)


def _are_known(pairs: list[tuple[Element, Element]], document: Document) -> bool:
    known = [document.field_of(text_of(label)) is not None for label, _ in pairs]
    return sum(known) > 1 and sum(known) * 2 >= len(known) and known[0] and not _values_known(pairs, document)


def _values_known(pairs: list[tuple[Element, Element]], document: Document) -> bool:
    """Whether the second cells are labels themselves: a header of several columns."""
    return sum(document.field_of(text_of(value)) is not None for _, value in pairs) * 2 > len(pairs)


def _is_marked(label: Element, value: Element) -> bool:
    if label.tag == "th" and value.tag == "td":
        return True
    return value.tag == "td" and (words_of(label).endswith(":") or (is_bold(label) and not is_bold(value)))
