"""Pagers: which numbers they show, and the markup of the DevExpress "Lite" pager."""

from __future__ import annotations

from dataclasses import dataclass

BUTTONS = 10


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of a table: 0-based page, rows on a full page, rows in all."""

    page: int
    size: int
    items: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.items // self.size))

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
        return Paging(min(max(page, 0), self.pages - 1), self.size, self.items)

    def numbers(self) -> range:
        """The page numbers (0-based) that have a button: ten around the current one."""
        first = max(0, min(self.page - BUTTONS // 2, self.pages - BUTTONS))
        return range(first, min(first + BUTTONS, self.pages))


def lite_pager(cid: str, paging: Paging, theme: str) -> str:
    """The panel below a grid; nothing where there is one page only."""
    if paging.pages == 1:
        return ""
    summary = f"Page {paging.page + 1} of {paging.pages} ({paging.items} items)"
    return (
        f'<div class="dxgvPagerBottomPanel{theme}"><div class="dxpLite{theme}" id="{cid}_DXPagerBottom">'
        f'<b class="dxp-lead dxp-summary">{summary}</b>'
        + _arrow(cid, "PBP", "Prev", paging.page > 0, theme)
        + _numbers(cid, paging)
        + _arrow(cid, "PBN", "Next", paging.page < paging.pages - 1, theme)
        + '<b class="dxp-spacer"></b></div></div>'
    )


def _arrow(cid: str, command: str, alt: str, enabled: bool, theme: str) -> str:
    css = f"dxWeb_p{alt}{'' if enabled else 'Disabled'}{theme}"
    image = f'<img class="{css}" src="/pmd/DXR.axd?r=1_85-12mkn" alt="{alt}">'
    if not enabled:
        return f'<b class="dxp-button dxp-bi dxp-disabledButton">{image}</b>'
    call = f"ASPx.GVPagerOnClick('{cid}','{command}');"
    return f'<a class="dxp-button dxp-bi" id="{cid}_DXPagerBottom_{command}" onclick="{call}">{image}</a>'


def _numbers(cid: str, paging: Paging) -> str:
    shown = paging.numbers()
    ellipsis = '<b class="dxp-sep dxp-ellip">…</b>'
    parts = [_number(cid, 0), ellipsis] if shown[0] > 0 else []
    for page in shown:
        here = f'<b class="dxp-num dxp-current">{page + 1}</b>'
        parts.append(here if page == paging.page else _number(cid, page))
    if shown[-1] < paging.pages - 1:
        parts += [ellipsis, _number(cid, paging.pages - 1)]
    return "".join(parts)


def _number(cid: str, page: int) -> str:
    return f"""<a class="dxp-num" onclick="ASPx.GVPagerOnClick('{cid}','PN{page}');">{page + 1}</a>"""
