"""Where one can go from a page: its links, and the letters of an alphabet filter."""

from __future__ import annotations

import re

from etl.extract.document import Document
from etl.extract.html import Element, text_of
from etl.extract.types import Control, Link

_PERFORM = re.compile(r"(?<![\w.])([A-Za-z_$][\w$]*)\.PerformCallback\(")
_FUNCTION = re.compile(r"function\s+([A-Za-z_$][\w$]*)\s*\(\s*([\w$]+)\s*\)\s*\{")
_JUMPS = re.compile(r"\blocation\b|window\.open|\.href\b|navigate|goto|jump", re.I)
_COMMENT = re.compile(r"(?<!:)//[^\n]*")
_LETTER = r"\(\s*(?:'([^']{1,12})'|\"([^\"]{1,12})\")\s*\)"


def read_links(document: Document) -> list[Link]:
    """All links to pages, in order, each URL and text once, with the tree nodes that only a script names."""
    found: dict[tuple[str, str], Link] = {}
    absolute = document.links.absolute
    for anchor in document.all("a") + document.all("area"):
        url = absolute(anchor.get("href"))
        if url is not None:
            text = text_of(anchor)
            found.setdefault((text, url), Link(text, url))
    for option in _jumps(document):
        url = absolute(option.get("value"))
        if url is not None:
            found.setdefault((text_of(option), url), Link(text_of(option), url))
    known = {link.url for link in found.values()}
    for control in document.controls:
        for href in _node_hrefs(control):
            url = absolute(href)
            if url is not None and url not in known:
                known.add(url)
                found[("", url)] = Link("", url)
    return list(found.values())


def _jumps(document: Document) -> list[Element]:
    """The options of menus that lead to the address which was chosen."""
    if not document.mentions("<select"):
        return []
    menus = (box for box in document.root.iter("select") if _JUMPS.search(box.get("onchange") or ""))
    return [option for box in menus for option in box.iter("option")]


def _node_hrefs(control: Control) -> list[str]:
    """`'nodesInfo':{'0_1':['T','T','Name_916','level.aspx?…','']}` of a tree view."""
    nodes = control.props.get("nodesInfo")
    if not isinstance(nodes, dict):
        return []
    rows = [node for node in nodes.values() if isinstance(node, list) and len(node) > 3]
    return [node[3] for node in rows if isinstance(node[3], str) and node[3]]


def read_alphabet(document: Document, scripts: list[str]) -> tuple[str, list[str]] | None:
    """The panel that filters by letter (its unique id, "" in an answer without scripts) and the letters."""
    code = "\n".join(_COMMENT.sub("", script) for script in scripts if "PerformCallback" in script)
    names = {control.name: control for control in document.controls if control.name}
    panels = [names[name] for name in dict.fromkeys(_PERFORM.findall(code)) if name in names]
    panels = [panel for panel in panels if "CallbackPanel" in panel.kind] or panels
    callers = _callers(code, {panel.name for panel in panels}) or ({"MoveToPage"} if not scripts else set())
    functions = callers | {f"{panel.name}.PerformCallback" for panel in panels}
    functions = {name for name in functions if f"{name.lower()}(" in document.source}
    letters = _letters(document.root, functions)
    if not panels:
        return ("", letters) if letters else None
    return panels[0].unique_id, letters


def _callers(code: str, panels: set[str]) -> set[str]:
    """Functions of one parameter that hand it on to a panel's PerformCallback."""
    found = set()
    for match in _FUNCTION.finditer(code):
        call = re.compile(rf"(?<![\w.])([\w$]+)\.PerformCallback\(\s*{re.escape(match[2])}\s*\)")
        inside = call.search(code, match.end(), match.end() + 600)
        if inside and inside[1] in panels:
            found.add(match[1])
    return found


def _letters(root: Element, functions: set[str]) -> list[str]:
    if not functions:
        return []
    call = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(functions)))}){_LETTER}")
    found: dict[str, None] = {}
    for value in root.xpath("//@href | //@onclick"):
        if match := call.search(value):
            found[match[1] or match[2]] = None
    return list(found)
