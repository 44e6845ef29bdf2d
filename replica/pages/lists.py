"""The lists of municipalities: `Name - [CODE] N Projects with a Total value: R…`, in four renderings.

The words of a line are reported; how the real site marks them up is not known. All four renderings, the
alphabet links and where a line leads are [inference].
"""

from __future__ import annotations

from dataclasses import dataclass

from replica.fields import money_commas
from replica.grid import Column, Grid, Row, grid_control
from replica.pager import Paging
from replica.pages.frame import PANEL, PANEL_ID, callback_panel
from replica.pages.landing import nav_bar, pager_panel
from replica.pages.menu import LABELS
from replica.places import PROVINCES, Place
from replica.view import View, control, script, text
from replica.webforms import Target
from replica.world import Tally

# id of a level → which lines it lists: provinces, districts, or locals together with metros.
LEVELS = {"7": "P", "628": "P", "361": "C", "629": "C", "362": "AB", "630": "AB"}
ALPHABET = ("All", "!", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LINES_GRID = f"{PANEL}$gvLevel"
LINES_ON_A_PAGE = 500
_PER_ROW = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line: heading `Name - [CODE]`, what follows it, and where it leads."""

    name: str
    heading: str
    figures: str
    href: str


def content(view: View) -> str:
    return callback_panel(inner(view))


def inner(view: View) -> str:
    """Alphabet, heading and lines of a level: what the panel's callback sends for a letter."""
    level = view.target.key
    letter = view.state.letter
    lines = [
        line for line in level_lines(view, level) if letter == "All" or line.name.upper().startswith(letter)
    ]
    return pager_panel(_alphabet(letter)) + rendered(view, LABELS[level], lines)


def level_lines(view: View, level: str) -> list[Line]:
    kinds = LEVELS[level]
    if kinds == "P":
        listed = {place.province for place in view.site.world.places}
        return _ordered(view, [_province_line(view, code) for code in PROVINCES if code in listed])
    return municipality_lines(view, [place for place in view.site.world.places if place.category in kinds])


def municipality_lines(view: View, places: list[Place]) -> list[Line]:
    """A line per municipality, by name; this session's order where row order is noise."""
    by_name = sorted(places, key=lambda place: place.name.lower())
    return _ordered(view, [_place_line(view, place) for place in by_name])


def _ordered(view: View, lines: list[Line]) -> list[Line]:
    return view.lies.reordered([lines[i] for i in view.permuted(len(lines), "row_order")])


def _place_line(view: View, place: Place) -> Line:
    world = view.site.world
    tally = view.lies.tally(world.tallies[place.code], world.listed[place.code])
    href = view.link(Target("municipality", place.code))
    return Line(place.name, place.label, _figures(tally), href)


def _province_line(view: View, code: str) -> Line:
    name = PROVINCES[code]
    projects = view.site.world.of_province(code)
    tally = Tally(len(projects), sum(project.budget or 0 for project in projects))
    figures = _figures(view.lies.tally(tally, projects))
    return Line(name, f"{name} - [{code}]", figures, view.link(Target("province", code)))


def _figures(tally: Tally) -> str:
    return f"{tally.projects} Projects with a Total value: {money_commas(tally.value)}"


def _alphabet(current: str) -> str:
    anchors = "".join(
        f'<a class="anchor{" active" if letter == current else ""}" href="javascript:void(0);" '
        f"onclick=\"MoveToPage('{letter}')\">{letter}</a>\n"
        for letter in ALPHABET
    )
    return f'<div class="container">{anchors}</div>'


def rendered(view: View, heading: str, lines: list[Line]) -> str:
    """The lines under their heading, as today's layout shows them."""
    renderers = {"navbar": _as_nav_bar, "dataview": _as_data_view, "grid": _as_grid, "tree": _as_tree}
    return renderers[view.layout.lines](view, heading, lines)


def _as_nav_bar(view: View, heading: str, lines: list[Line]) -> str:
    items = "".join(
        f'<li class="dxnb-item"><a class="dxnb-link dx" href="{line.href}"><span class="dx-vam">'
        f"{text(line.heading)}<br/>{line.figures}</span></a></li>"
        for line in lines
    )
    return nav_bar(view, [(f"Name_{view.target.key}", text(heading), "table_select", items)])


def _as_data_view(view: View, heading: str, lines: list[Line]) -> str:
    cells = [_data_view_item(i, line, view.theme) for i, line in enumerate(lines)]
    rows = ["".join(cells[i : i + _PER_ROW]) for i in range(0, len(cells), _PER_ROW)]
    empty = f'<tr><td class="dxdvEmptyItem{view.theme}"></td></tr>'
    body = "".join(f"<tr>{row}</tr>" for row in rows) or empty
    uid = f"{PANEL}$dvLevel"
    cid = uid.replace("$", "_")
    return (
        f'<h2 class="uppercasespan">{text(heading)}</h2>'
        f'<input id="{cid}_S" name="{uid}" value="0;{len(lines)};1;0" type="hidden"/>'
        f'<table class="dxdvControl{view.theme}" id="{cid}"><tr><td class="dxdvCtrl" id="{cid}_CCell">'
        f'<table cellspacing="0"><tr><td class="dxdvContent{view.theme}" id="{cid}_ICell">'
        f'<table cellspacing="0">{body}</table></td></tr></table></td></tr></table>'
        + script(control("ASPxClientDataView", uid))
    )


def _data_view_item(index: int, line: Line, theme: str) -> str:
    cid = f"{PANEL_ID}_dvLevel_IT{index}"
    return (
        f'<td class="dxdvItem{theme}"><table><tr><td><a class="dxeHyperlink{theme}" id="{cid}_lnkName" '
        f'href="{line.href}">{text(line.heading)}</a></td></tr><tr><td><span class="dxeBase{theme}" '
        f'id="{cid}_lblTotals">{line.figures}</span></td></tr></table></td>'
    )


def _as_grid(view: View, heading: str, lines: list[Line]) -> str:
    rows = [
        Row(
            str(i),
            [f'<a class="dxeHyperlink{view.theme}" href="{ln.href}">{text(ln.heading)} {ln.figures}</a>'],
        )
        for i, ln in enumerate(lines)
    ]
    grid = Grid(
        uid=LINES_GRID,
        name="levelGrid",
        columns=[Column(1, heading, "LevelDescription")],
        rows=rows,
        paging=Paging(0, LINES_ON_A_PAGE, len(rows)),
        theme=view.theme,
        callback_state=view.sealed("callbackState", 120, page=0),
        hidden=[Column(2, "", "LevelID")],
    )
    return grid_control(grid)


def _as_tree(view: View, heading: str, lines: list[Line]) -> str:
    uid = f"{PANEL}$tvLevel"
    cid = uid.replace("$", "_")
    theme = view.theme
    nodes = "".join(
        '<li class="dxtv-subnd"><span class="dxtv-elbNoLn tree-view-elbow"></span>'
        f'<a class="dxtv-nd tree-view-node" href="{line.href}"><span class="dxtv-ndTxt nodeClass dx-vam">'
        f"{text(line.heading)} {line.figures}</span></a></li>"
        for line in lines
    )
    return (
        f'<div class="dxtvControl{theme} dxtv-control" id="{cid}"><div id="{cid}_CD"><ul><li>'
        f'<span class="dxtv-elbNoLn tree-view-elbow"><img alt="Collapse" class="dxtv-btn '
        f'dxWeb_tvColBtn{theme}"/></span><div class="dxtv-nd tree-view-node"><span '
        f'class="dxtv-ndTxt nodeClass dx-vam" style="font-weight:bold;">{text(heading)}</span></div>'
        f'<b class="dxtv-clr"></b><ul>{nodes}</ul></li></ul></div></div>'
        + script(control("ASPxClientTreeView", uid))
    )
