"""Several projects in one row, their numbers, names, amounts each over as many lines: a row each. Pure."""

from __future__ import annotations

from copy import deepcopy
from itertools import islice

from etl.extract.cellkinds import kind_of
from etl.extract.document import Document
from etl.extract.html import Element, holds_table, squash, words_of

_MOST_PARTS = 200_000
_MOST_LINES = 12
Line = list[Element | str]  # what stands in one line of a cell
_LINES = frozenset({"br", "p", "div", "li"})


def part_stacked_rows(document: Document) -> None:
    """Give each project of a row a row of its own, where the lines of all its cells go together.

    A cell of one line reaches down beside them: it stands for all of them together.
    """
    for row in rows_with_lines(document):
        cells = list(row.iterchildren("td", "th"))
        if len(cells) < 2 or not any(has_lines(cell) for cell in cells):
            continue
        lines = [lines_of(cell) for cell in cells]
        count = max(map(len, lines))
        if _are_stacked(lines, count) and not any(cell.get("rowspan") for cell in cells):
            _part(row, cells, lines, count)
            document.changed()


def rows_with_lines(document: Document) -> list[Element]:
    """The rows of which a cell holds lines, in the page's order."""
    found: dict[Element, None] = {}
    for line in islice(document.walk(*_LINES), _MOST_PARTS):
        cell = line.getparent()
        if cell is not None and cell.tag in ("td", "th") and (row := cell.getparent()).tag == "tr":
            found[row] = None
    return list(found)


def has_lines(cell: Element) -> bool:
    """Whether the cell is made of lines, and of no table."""
    return sum(child.tag in _LINES for child in cell) > 0 and not holds_table(cell)


def lines_of(cell: Element) -> list[Line]:
    """The cell's lines, each as what stands in it; one line where it is not made of lines alone."""
    found: list[Line] = [[cell.text or ""]]
    for child in cell:
        if child.tag in _LINES:
            found.append([] if child.tag == "br" else [child])
            if child.tag != "br":
                found.append([])
        else:
            found[-1].append(child)
        found[-1].append(child.tail or "")
    return [line for line in found if said(line)]


def said(line: Line) -> str:
    """The words of a line."""
    return squash(" ".join(part if isinstance(part, str) else words_of(part) for part in line))


def _are_stacked(lines: list[list[Line]], count: int) -> bool:
    """Whether a cell holds so many different codes, another as many figures or dates, and none a number of
    lines between: a long name over two lines parts nothing."""
    if not 2 <= count <= _MOST_LINES or any(len(cell) not in (0, 1, count) for cell in lines):
        return False
    several = [[said(line) for line in cell] for cell in lines if len(cell) == count]
    codes = [texts for texts in several if all(kind_of(text) == "code" for text in texts)]
    figures = [texts for texts in several if all(kind_of(text) in ("figure", "date") for text in texts)]
    return bool(figures) and any(len(set(texts)) == count for texts in codes)


def _part(row: Element, cells: list[Element], lines: list[list[Line]], count: int) -> None:
    for number in reversed(range(count)):
        new = row.makeelement("tr", dict(row.attrib))
        for cell, own in zip(cells, lines, strict=True):
            if len(own) == count:
                new.append(made_of(cell, own[number]))
            elif number == 0:
                shared = deepcopy(cell)
                shared.tail = None
                shared.set("rowspan", str(count))
                new.append(shared)
        row.addnext(new)
    parent = row.getparent()
    parent.remove(row)


def made_of(cell: Element, line: Line) -> Element:
    """A cell like the given one that holds the line alone."""
    made = cell.makeelement(cell.tag, dict(cell.attrib))
    made.text = ""
    for part in line:
        if isinstance(part, str):
            if len(made):
                made[-1].tail = (made[-1].tail or "") + part
            else:
                made.text += part
        else:
            copied = deepcopy(part)
            copied.tail = None
            made.append(copied)
    return made
