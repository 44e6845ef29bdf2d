"""A damaged page is read twice, by two parsers; which reading holds is one decision, and it is said.

An undamaged page is read once. Damage is a tag that swallows what stands behind it, and a table that is torn.
"""

from __future__ import annotations

from collections.abc import Callable

from etl.exceptions import PageChanged
from etl.extract.damage import Mended, is_overloaded, mended
from etl.extract.html import Parsed, parse_page
from etl.extract.html5 import parse_html5
from etl.extract.types import PageContent
from projects.charset import storable

Read = Callable[[str, Parsed], PageContent]


def read_twice(text: str, read: Read, parse: Callable[[str], Parsed] = parse_page) -> PageContent:
    """The page's content; where the page is damaged, the better of two readings, with the other in `other`.

    Raises PageChanged where neither parser finds any markup.
    """
    repaired = mended(text)
    try:
        parsed = parse(text)
    except PageChanged:
        second = _second(text, repaired, read) if repaired else None
        if second is None:
            raise
        second.damage = _sentence(second, repaired)
        return second
    first = read(text, parsed)
    if repaired is None and not parsed.is_misnested:
        return first
    second = _second(text, repaired, read)
    if second is None:
        return first
    first.damage = _sentence(first, repaired) if repaired else ""
    second.damage = _sentence(second, repaired)
    return better(first, second)


def better(one: PageContent, other: PageContent) -> PageContent:
    """The reading with the more complete records, the other one in its `other`; else the first."""
    chosen, left = (other, one) if _completeness(other) > _completeness(one) else (one, other)
    chosen.other, left.other = left, None
    return chosen


def _completeness(content: PageContent) -> tuple[int, int, int, int]:
    """Projects, filled values of theirs, municipality lines, filled cells of tables."""
    values = sum(1 for project in content.projects for text in project.published.values() if text)
    cells = sum(1 for table in content.tables for row in table.rows for text in row if text)
    return len(content.projects), values, len(content.listings), cells


def _second(text: str, repaired: Mended | None, read: Read) -> PageContent | None:
    """What a browser's tree says, of the repaired text where there is one; None where it cannot be had."""
    source = repaired.text if repaired else text
    if is_overloaded(source):
        return None
    root = parse_html5(source)
    if root is not None:
        content = read(source, Parsed(root, True))
        content.parsed_by = "html5lib"
        return content
    if repaired is None:
        return None
    try:
        return read(source, parse_page(source))  # too large for the slow parser, but the text is mended
    except PageChanged:
        return None


def _sentence(chosen: PageContent, repaired: Mended | None) -> str:
    what = "tags of its tables are missing"
    if repaired:
        what = f"{_ARTICLES[repaired.missing]} {repaired.missing} is missing near “{storable(repaired.near)}”"
    parser = "HTML5 parser" if chosen.parsed_by == "html5lib" else "usual parser"
    return f"The page's markup is damaged ({what}); it was read with the {parser}."


_ARTICLES = {"quote": "a", "angle bracket": "an"}
