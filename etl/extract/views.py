"""Lists of DevExpress that show each record as a block of its own: ASPxDataView and ASPxCardView."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from etl.extract.document import Document, PlacedTable
from etl.extract.fields import records_table
from etl.extract.html import Element, has_class, squash
from etl.extract.pager import POSTBACK, control_pager, grid_pager, grid_parts
from etl.extract.types import Pager

_ITEMS = frozenset({"dxdvItem", "dxdvFlowItem"})
_CARDS = frozenset({"dxcvCard", "dxcvFlowCard"})
_INNER = ("_ICell", "_CCell", "_DXMainTable")  # parts of a control that hold its blocks
_CLICK = re.compile(r"DVPagerClick\(\s*['\"][^'\"]*['\"]\s*,\s*['\"](\w{1,12})['\"]")
_PANELS = ("_PGB", "_PGT")


def read_views(document: Document) -> list[PlacedTable]:
    """Data views (one item and none are views too) and card views, with their pagers."""
    found = []
    for view, items in _by_control(document, _ITEMS, "dxdvControl", "dxdvContent").items():
        client_id = _control_id(view)
        if table := records_table(document, client_id, items):
            table.pager = _view_pager(document, client_id, len(items))
            document.take(view)
            found.append(PlacedTable(view, table))
    card_views = _by_control(document, _CARDS, "dxcvControl", "dxcvTable")
    parts = grid_parts(document) if card_views else {}
    for view, cards in card_views.items():
        client_id = _control_id(view)
        if table := records_table(document, client_id, cards):
            table.pager = grid_pager(parts, client_id, document.control(client_id))
            document.take(view)
            found.append(PlacedTable(view, table))
    return found


def _by_control(document: Document, names: frozenset[str], *controls: str) -> dict[Element, list[Element]]:
    """Blocks by the control that they stand in; of nested blocks the inner ones."""
    if not document.mentions(controls[0][:4]):
        return {}
    marks = " or ".join(f"contains(@class, '{name}')" for name in sorted(names))
    blocks = [
        part
        for part in document.root.xpath(f"//*[{marks}]")
        if any(name.partition("_")[0] in names for name in part.get("class").split())
    ]
    outer = {parent for block in blocks for parent in block.iterancestors()}
    found: dict[Element, list[Element]] = {}
    for block in blocks:
        if block not in outer:
            found.setdefault(_control_of(block, *controls), []).append(block)
    return found


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


def _view_pager(document: Document, client_id: str, shown: int) -> Pager | None:
    """A data view's pager: its buttons carry `p<page index>:<page size>:<command>`. `shown`: items here."""
    ids = {f"{client_id}{end}" for end in _PANELS}
    element = next((part for part in document.root.iter("div", "table") if part.get("id") in ids), None)
    if element is None:
        return None
    control = document.control(client_id)
    pager = control_pager(element, control)
    state: Any = control.props.get("stateObject") if control else None
    sizes = [state.get(name) for name in ("pageSize", "ps")] if isinstance(state, dict) else []
    size = next((size for size in sizes if isinstance(size, int) and size > 0), shown)
    for anchor in element.iter("a"):
        code = unquote(f"{anchor.get('href') or ''} {anchor.get('onclick') or ''}")
        label = squash("".join(anchor.itertext()))
        command = _CLICK.search(code) or POSTBACK.search(code)
        if label.isdigit() and command:  # `PN1`, or the whole argument of a postback
            text = command[command.re.groups]
            pager.arguments[label] = text if ":" in text else f"p{pager.page - 1}:{size}:{text}"
    return pager
