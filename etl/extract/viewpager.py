"""The pager of an ASPxDataView: its buttons carry `p<page index>:<page size>:<command>`."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import unquote

from etl.extract.document import Document
from etl.extract.html import Element, squash
from etl.extract.pager import POSTBACK, addressed, paging_shown
from etl.extract.types import Control, Pager

_CLICK = re.compile(r"DVPagerClick\(\s*['\"][^'\"]*['\"]\s*,\s*['\"](\w{1,12})['\"]")
_PANELS = ("_PGB", "_PGT")
_SIZES = ("pageSize", "ps")


def view_pager(document: Document, client_id: str, shown: int) -> Pager | None:
    """The pager of a data view, or None. `shown`: items on this page."""
    ids = {f"{client_id}{end}" for end in _PANELS}
    element = next((part for part in document.root.iter("div", "table") if part.get("id") in ids), None)
    if element is None:
        return None
    control = document.control(client_id)
    page, pages, items = paging_shown(element, control)
    target, by_postback = addressed(element, control)
    how: Literal["callback", "postback"] = "postback" if by_postback else "callback"
    start = f"p{page - 1}:{_page_size(control, shown)}:"
    arguments = {label: text if ":" in text else start + text for label, text in _buttons(element)}
    return Pager(page, pages, items, how, target, arguments)


def _page_size(control: Control | None, shown: int) -> int:
    state: Any = control.props.get("stateObject") if control else None
    sizes = [state.get(name) for name in _SIZES] if isinstance(state, dict) else []
    return next((size for size in sizes if isinstance(size, int) and size > 0), shown)


def _buttons(element: Element) -> list[tuple[str, str]]:
    """(page label, command) of each numbered button: `PN1`, or the whole argument of a postback."""
    found = []
    for anchor in element.iter("a"):
        code = unquote(f"{anchor.get('href') or ''} {anchor.get('onclick') or ''}")
        label = squash("".join(anchor.itertext()))
        clicked, posted = _CLICK.search(code), POSTBACK.search(code)
        if label.isdigit() and (clicked or posted):
            found.append((label, clicked[1] if clicked else posted[2] if posted else ""))
    return found
