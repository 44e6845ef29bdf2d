"""Lists that show each record as a block of its own: ASPxDataView, ASPxCardView. No header row is there."""

from __future__ import annotations

from collections.abc import Iterable

from etl.extract.blockpairs import Block, read_block
from etl.extract.columns import side_by_side
from etl.extract.document import Document, Found
from etl.extract.html import Element, has_class, words_of
from etl.extract.pager import grid_pager, grid_parts
from etl.extract.rowlinks import best_links
from etl.extract.types import Table
from etl.extract.viewpager import view_pager

_ITEMS = frozenset({"dxdvItem", "dxdvFlowItem"})
_CARDS = frozenset({"dxcvCard", "dxcvFlowCard"})
_INNER = ("_ICell", "_CCell", "_DXMainTable")  # parts of a control that hold its blocks
_TITLE = "Title"  # what a block's heading is called, where no label of the block means a name


def read_data_views(document: Document) -> list[Found]:
    """ASPxDataView: nested layout tables in each item; a view of one item, and an empty one, count too."""
    if not document.mentions("dxdv"):
        return []
    found = []
    for view, items in _by_control(document, _ITEMS, "dxdvControl", "dxdvContent").items():
        client_id = _control_id(view)
        if table := blocks_table(document, client_id, items):
            table.pager = view_pager(document, client_id, len(items))
            document.take(view)
            found.append(Found(view, table))
    return found


def read_card_views(document: Document) -> list[Found]:
    """ASPxCardView: a form layout in each card; paged like a grid."""
    if not document.mentions("dxcv"):
        return []
    parts = grid_parts(document)
    found = []
    for view, cards in _by_control(document, _CARDS, "dxcvControl", "dxcvTable").items():
        client_id = _control_id(view)
        if table := blocks_table(document, client_id, cards):
            table.pager = grid_pager(parts, client_id, document.control(client_id))
            document.take(view)
            found.append(Found(view, table))
    return found


def blocks_table(document: Document, client_id: str, elements: Iterable[Element]) -> Table | None:
    """One row per block, under the union of their labels; None where the blocks hold no pairs."""
    blocks = [read_block(element, document) for element in elements]
    paired = [block for block in blocks if len(block.pairs) > 1 and any(value for _, value in block.pairs)]
    if not paired or len(paired) * 2 < len(blocks):
        return None
    rows = [_by_label(block) for block in paired]
    headers = list(dict.fromkeys(label for row in rows for label in row))
    titles = [block.title for block in paired]
    if _are_names(document, headers, titles):
        headers.insert(0, _TITLE)
        for row, title in zip(rows, titles, strict=True):
            row[_TITLE] = title
    texts = [[row.get(header, "") for header in headers] for row in rows]
    links = [_links(document, block, row) for block, row in zip(paired, texts, strict=True)]
    telling = [at for at, label in enumerate(headers) if document.field_of(label) in ("external_id", "name")]
    return Table("cards", client_id, headers, texts, best_links(links, telling), None, [""] * len(headers))


def _by_label(block: Block) -> dict[str, str]:
    """Label → value; several different values of one label side by side."""
    row: dict[str, list[str]] = {}
    for label, value in block.pairs:
        row.setdefault(label, []).append(value)
    return {label: side_by_side(values) for label, values in row.items()}


def _are_names(document: Document, headers: list[str], titles: list[str]) -> bool:
    if _TITLE in headers or any(document.field_of(header) == "name" for header in headers):
        return False
    return all(titles) and len(set(titles)) * 10 >= len(titles) * 9


def _links(document: Document, block: Block, row: list[str]) -> dict[int, str]:
    """Links of a block by the column that shows their text; others, buttons mostly, at −1 and below."""
    found: dict[int, str] = {}
    for number, anchor in enumerate(block.element.iter("a"), start=1):
        url = document.links.absolute(anchor.get("href"))
        if url:
            text = words_of(anchor)
            found.setdefault(row.index(text) if text and text in row else -number, url)
    return found


def _by_control(document: Document, names: frozenset[str], *controls: str) -> dict[Element, list[Element]]:
    """Blocks by the control that they stand in; of nested blocks the inner ones."""
    marks = " or ".join(f"contains(@class, '{name}')" for name in sorted(names))
    blocks = [part for part in document.root.xpath(f"//*[{marks}]") if _is_block(part, names)]
    outer = {parent for block in blocks for parent in block.iterancestors() if _is_block(parent, names)}
    found: dict[Element, list[Element]] = {}
    for block in blocks:
        if block not in outer:
            found.setdefault(_control_of(block, *controls), []).append(block)
    return found


def _is_block(element: Element, names: frozenset[str]) -> bool:
    return any(name.partition("_")[0] in names for name in (element.get("class") or "").split())


def _control_of(block: Element, *controls: str) -> Element:
    """The outermost part of the nearest control around a block; its table where no class says so."""
    inner = None
    for parent in block.iterancestors():
        if has_class(parent, controls[0]):
            return parent
        is_inner = has_class(parent, *controls) or (parent.get("id") or "").endswith(_INNER)
        inner = parent if inner is None and is_inner else inner
    return inner if inner is not None else block.getparent()


def _control_id(view: Element) -> str:
    own = view.get("id") or ""
    return next((own.removesuffix(end) for end in _INNER if own.endswith(end)), own)
