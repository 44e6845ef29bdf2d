"""Pagers: which numbers they show, and the markup of the DevExpress "Lite" pager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

BUTTONS = 10


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of a table: 0-based page, rows on a full page, rows in all; `claimed` where that is a lie."""

    page: int
    size: int
    items: int
    claimed: int | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-self.items // self.size))

    @property
    def shown_total(self) -> int:
        """Rows in all, as the pager has it."""
        return self.items if self.claimed is None else self.claimed

    @property
    def said_pages(self) -> int:
        """Pages in all, as the pager has it."""
        return max(1, -(-self.shown_total // self.size))

    @property
    def first(self) -> int:
        return self.page * self.size

    @property
    def last(self) -> int:
        """One past the last row of this page."""
        return min(self.first + self.size, self.items)

    def moved(self, command: str) -> Paging:
        """The page that a pager command asks for, kept within bounds; page sizes (PSP) are ignored, as
        servers that fix theirs do."""
        steps = {"PBF": 0, "PBP": self.page - 1, "PBN": self.page + 1, "PBL": self.pages - 1}
        page = steps.get(command, self.page)
        if command.startswith("PN") and command[2:].isdigit():
            page = int(command[2:])
        return replace(self, page=min(max(page, 0), self.pages - 1))

    def numbers(self) -> range:
        """The page numbers (0-based) that have a button: ten around the current one."""
        first = max(0, min(self.page - BUTTONS // 2, self.said_pages - BUTTONS))
        return range(first, max(min(first + BUTTONS, self.said_pages), 1))


class Where(NamedTuple):
    """Where a pager stands: its id, the class of the panel around it, and how a button calls the server."""

    id: str
    panel: str
    click: Callable[[str], str]  # command → attributes of the anchor


def in_grid(cid: str) -> Where:
    """The pager below a grid and how its buttons call."""
    return Where(
        f"{cid}_DXPagerBottom",
        "dxgvPagerBottomPanel",
        lambda command: f"onclick=\"ASPx.GVPagerOnClick('{cid}','{command}');\"",
    )


def lite_pager(where: Where, paging: Paging, theme: str) -> str:
    """The panel below a list; nothing where there is one page only (unless it has a lie to tell)."""
    if paging.said_pages == 1 and paging.claimed is None:
        return ""
    summary = f"Page {paging.page + 1} of {paging.said_pages} ({paging.shown_total} items)"
    return (
        f'<div class="{where.panel}{theme}"><div class="dxpLite{theme}" id="{where.id}">'
        f'<b class="dxp-lead dxp-summary">{summary}</b>'
        + _arrow(where, "PBP", "Prev", paging.page > 0, theme)
        + _numbers(where, paging)
        + _arrow(where, "PBN", "Next", paging.page < paging.said_pages - 1, theme)
        + '<b class="dxp-spacer"></b></div></div>'
    )


def _arrow(where: Where, command: str, alt: str, enabled: bool, theme: str) -> str:
    css = f"dxWeb_p{alt}{'' if enabled else 'Disabled'}{theme}"
    image = f'<img class="{css}" src="/pmd/DXR.axd?r=1_85-12mkn" alt="{alt}">'
    if not enabled:
        return f'<b class="dxp-button dxp-bi dxp-disabledButton">{image}</b>'
    return f'<a class="dxp-button dxp-bi" id="{where.id}_{command}" {where.click(command)}>{image}</a>'


def _numbers(where: Where, paging: Paging) -> str:
    shown = paging.numbers()
    ellipsis = '<b class="dxp-sep dxp-ellip">…</b>'
    parts = [_number(where, 0), ellipsis] if shown[0] > 0 else []
    for page in shown:
        here = f'<b class="dxp-num dxp-current">{page + 1}</b>'
        parts.append(here if page == paging.page else _number(where, page))
    if shown[-1] < paging.said_pages - 1:
        parts += [ellipsis, _number(where, paging.said_pages - 1)]
    return "".join(parts)


def _number(where: Where, page: int) -> str:
    return f'<a class="dxp-num" {where.click(f"PN{page}")}>{page + 1}</a>'
