"""How the site looks today: which rendering each part uses, switchable while it runs.

Which of these the real site uses for its inner pages is not known; all of them are [inference] from the
controls' style sheets and scripts on the landing page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

THEMES = ("Moderno", "Office365", "Glass", "none")


@dataclass(frozen=True)
class Layout:
    """Which rendering the lines of a list, the tables of projects and a project's page use."""

    name: str
    lines: Literal["navbar", "dataview", "grid", "tree"]
    projects: Literal["callback", "postback", "gridview"]
    details: Literal["form", "inputs", "plain"]
    group_by: str = ""  # attribute that a grid is grouped by


# To come with the drift tests: cards (ASPxCardView), dataview (project blocks without a header row),
# json (figures in an inline script). Add a renderer in pages/ and a row here.
LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("grid", lines="navbar", projects="callback", details="form"),
        Layout("postback", lines="dataview", projects="postback", details="inputs"),
        Layout("table", lines="grid", projects="gridview", details="plain"),
        Layout("tree", lines="tree", projects="callback", details="form", group_by="status"),
    )
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
