"""What a family of layouts is, and the markup that families share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from replica.renderings.sheet import Cell, Column, Sheet, clock
from replica.renderings.style import Wants

ENTRY = "/pmd/list.aspx"
_ANY = Wants()
Pages = dict[str, str]  # path → HTML; the entry page is at ENTRY


@dataclass(slots=True)
class Drawn:
    """`pages`: path → HTML. `posts`: event argument → HTML, of what is posted to the entry page."""

    pages: Pages
    posts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """`draw`: a sheet's pages. `grouped`: it needs the projects of a municipality side by side."""

    name: str
    draw: Callable[[Sheet], Drawn]
    wants: Wants = _ANY
    grouped: bool = False


def one(name: str, body: Callable[[Sheet], str], wants: Wants = _ANY, *, grouped: bool = False) -> Family:
    """A family whose whole site is one page with this body."""
    return Family(name, lambda sheet: Drawn({ENTRY: page(sheet, body(sheet))}), wants, grouped)


def text(words: str) -> str:
    return escape(words, quote=False)


_TITLES = ("Water Projects", "Project List", "Infrastructure Projects per Municipality", "Projects: Progress")


def page(sheet: Sheet, body: str, *, title: str = "", bare: bool = False) -> str:
    """A page: heading, what it says of units around its body, and a clock."""
    title = title or ("Waterprojekte" if sheet.style.afrikaans else sheet.style.layout_rng.choice(_TITLES))
    above, below = ("", "") if bare else (said_above(sheet), said_below(sheet))
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n<body>\n'
        f"<h1>{title}</h1>\n{above}{body}\n{below}"
        f'<div class="footer">Page generated {clock(sheet.look)}</div>\n</body></html>\n'
    )


def _sentence(sheet: Sheet) -> str:
    if sheet.style.afrikaans:
        return f"Alle bedrae in {sheet.style.unit_word}"
    return f"All amounts in {sheet.style.unit_word}"


def said_above(sheet: Sheet) -> str:
    return f"<p>{text(_sentence(sheet))}.</p>\n" if sheet.style.unit_place == "note above" else ""


def said_below(sheet: Sheet) -> str:
    return (
        f"<p><i>Note: {text(_sentence(sheet))}.</i></p>\n" if sheet.style.unit_place == "note below" else ""
    )


def caption(sheet: Sheet) -> str:
    if sheet.style.unit_place != "caption":
        return ""
    return f"<caption>Projects ({text(sheet.style.unit_word)})</caption>"


def title_row(sheet: Sheet, width: int) -> str:
    """A row above the header that spans the table and says the unit, where the style says it there."""
    if sheet.style.unit_place != "title":
        return ""
    return f'<tr><td colspan="{width}"><b>Water projects ({text(sheet.style.unit_word)})</b></td></tr>\n'


def cells_row(cells: Iterable[str], tag: str = "td", attributes: str = "") -> str:
    return f"<tr{attributes}>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>\n"


def head_row(columns: Sequence[Column], tag: str = "th") -> str:
    return cells_row([column.head for column in columns], tag)


def data_row(cells: Sequence[Cell], attributes: str = "") -> str:
    return cells_row([cell.html for cell in cells], "td", attributes)


def data_rows(sheet: Sheet) -> list[str]:
    return [data_row(sheet.row(number)) for number in range(len(sheet))]


def table(sheet: Sheet, head: str, rows: Iterable[str], attributes: str = ' border="1"') -> str:
    """A table with what it says of units above its header."""
    width = len(sheet.columns)
    return f"<table{attributes}>{caption(sheet)}\n{title_row(sheet, width)}{head}{''.join(rows)}</table>\n"
