"""How the site looks today: which rendering each part uses, switchable while it runs.

Which of these the real site uses for its inner pages is not known; all of them are [inference] from the
controls' style sheets and scripts on the landing page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zlib import crc32

THEMES = ("Moderno", "Office365", "Glass", "none")


@dataclass(frozen=True)
class Layout:
    """Which rendering the lines of a list, the tables of projects and a project's page use."""

    name: str
    lines: Literal["navbar", "dataview", "grid", "tree"]
    projects: Literal["callback", "postback", "gridview", "dataview", "dataview_postback", "cards", "json"]
    details: Literal["form", "inputs", "plain"]
    group_by: str = ""  # attribute that a grid is grouped by
    columns: tuple[str, ...] = ()  # attributes that the lists show; none: all columns of the lines
    halves: tuple[str, str] | None = None  # two layouts in one site: the pages of a municipality take turns

    def of(self, code: str) -> Layout:
        """The layout of one municipality's pages ("": of all other pages); the code alone decides."""
        if self.halves is None:
            return self
        second = bool(code) and crc32(code.encode()) % 2 == 1
        return LAYOUTS[self.halves[second]]


def mixed(first: str, second: str, name: str = "") -> Layout:
    """Half of the municipalities in one layout, half in the other; all other pages in the first."""
    one = LAYOUTS[first]
    return Layout(name or f"{first}/{second}", one.lines, one.projects, one.details, halves=(first, second))


def named(name: str) -> Layout:
    """A layout by name; `first/second` mixes any two. Raises ValueError."""
    first, found, second = name.partition("/")
    plain = [layout.name for layout in LAYOUTS.values() if layout.halves is None]
    if found and {first, second} <= set(plain):
        return mixed(first, second)
    if name not in LAYOUTS:
        raise ValueError(f"Unknown layout {name!r}; known: {', '.join(LAYOUTS)}, and two of them as a/b")
    return LAYOUTS[name]


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("grid", lines="navbar", projects="callback", details="form"),
        Layout("postback", lines="dataview", projects="postback", details="inputs"),
        Layout("table", lines="grid", projects="gridview", details="plain"),
        Layout("tree", lines="tree", projects="callback", details="form", group_by="status"),
        Layout("dataview", lines="dataview", projects="dataview", details="inputs"),
        Layout("dataview_postback", lines="dataview", projects="dataview_postback", details="form"),
        Layout("cards", lines="navbar", projects="cards", details="plain"),
        Layout("json", lines="tree", projects="json", details="form"),
        Layout(
            "figures_on_page",
            lines="navbar",
            projects="callback",
            details="form",
            columns=("external_id", "name", "municipalities"),
        ),
    )
}
LAYOUTS["mixed"] = mixed("grid", "cards", "mixed")
HELP = {
    "grid": "ASPxGridView, paged by callbacks",
    "postback": "ASPxGridView, paged by full postbacks; own pages with read-only inputs",
    "table": "plain asp:GridView",
    "tree": "lines in a tree view; ASPxGridView grouped by status",
    "dataview": "ASPxDataView: a block per project, label and value in nested tables, paged by callbacks",
    "dataview_postback": "the same, paged by full postbacks behind numbered links",
    "cards": "ASPxCardView: a form layout per project, paged by callbacks",
    "json": "all rows of a list as JSON in an inline script, an empty element where they would be drawn",
    "figures_on_page": "lists with number, name and municipality only; all figures on the project's own page",
    "mixed": "half of the municipalities as grid, half as cards (any two: first/second)",
}

NOISE = {
    "viewstate": "hidden WebForms fields differ on every answer (as on the real site)",
    "scripts": "numbers in script ids and in callback states differ on every answer (as on the real site)",
    "enc": "links to the same page differ on every answer",
    "row_order": "each session sees rows and lines in an order of its own",
    "column_order": "each session sees the columns in an order of its own",
    "whitespace": "line breaks and indents between block elements",
    "theme": "the theme suffix of the class names changes from answer to answer",
    "clock": "a visible clock in the footer and in a script",
}
NOISE_AT_START = frozenset({"viewstate", "scripts", "enc"})
