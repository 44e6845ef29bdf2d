"""What a page's own `<style>` says of its elements: hidden ones, and those that are set like a table's parts.

Only rules for one class, id or tag are looked at, and no media rules: what a screen shows at first is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.extract.html import Element

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SELECTOR = re.compile(r"([A-Za-z][\w-]*)?(?:([.#])([\w-]+))?")
_DISPLAY = re.compile(r"(?:^|;)\s*display\s*:\s*([a-z-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:^|;)\s*visibility\s*:\s*hidden", re.IGNORECASE)
# What may be shown at a click is no hidden text: tabs, panels, whole lists
_HOLDS_MORE = (
    "table",
    "tr",
    "dl",
    "ul",
    "ol",
    "div",
    "p",
    "section",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "form",
)
_LONGEST = 500_000  # characters of style that are looked at

Styles = dict[
    tuple[str, str, str], str
]  # (tag or "", "." or "#" or "", name) → its display; "none" for hidden


def read_styles(root: Element) -> Styles:
    """What the page's rules set: selector → display. The last rule for a selector counts."""
    found: Styles = {}
    text = "".join(style.text or "" for style in root.iter("style"))[:_LONGEST]
    for selectors, declarations in _rules(_COMMENT.sub(" ", text)):
        display = _DISPLAY.search(declarations)
        value = display[1].lower() if display else "none" if _HIDDEN.search(declarations) else ""
        for selector in selectors.split(",") if value else ():
            if match := _SELECTOR.fullmatch(selector.strip()):
                found[(match[1] or "").lower(), match[2] or "", match[3] or ""] = value
    return found


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of each rule that stands in no other."""
    depth, start, selectors = 0, 0, ""
    for match in re.finditer(r"[{};]", text):
        before = text[start : match.start()] if depth < 2 else ""
        if match[0] == "{":
            selectors = before.strip() if depth == 0 else selectors
            depth += 1
        elif match[0] == "}":
            depth = max(depth - 1, 0)
            if depth == 0 and selectors and not selectors.startswith("@"):
                yield selectors, before
            selectors = selectors if depth else ""
        if depth == 0 or (depth == 1 and match[0] == "{"):
            start = match.end()


def display_of(element: Element, styles: Styles) -> str:
    """How the page's rules set the element, "" where they say nothing."""
    tag = element.tag
    if own := styles.get((tag, "#", element.get("id") or "")) or styles.get(
        ("", "#", element.get("id") or "")
    ):
        return own
    for name in (element.get("class") or "").split():
        if own := styles.get((tag, ".", name)) or styles.get(("", ".", name)):
            return own
    return styles.get((tag, "", ""), "")


def hide(root: Element, styles: Styles) -> None:
    """Give the texts that the rules hide the attribute that says so."""
    if "none" not in styles.values():
        return
    for element in root.iter("*"):
        if (
            display_of(element, styles) == "none"
            and next(element.iterdescendants(*_HOLDS_MORE), None) is None
        ):
            element.set("hidden", "")
