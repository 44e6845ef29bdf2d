"""Tables in `<pre>`: columns of text in a fixed pitch get a table's tags, which the readers of tables see.

Columns are told by bars, tabs or commas between them, by a line of dashes in pieces, or by blank gutters that
run through all lines from the heading to the end.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from etl.extract.html import Element, holds_table

_RULE = re.compile(r"[\s|+]*(?:[-=_─═*]{3,}[\s|+]*)+")
_DASHES = re.compile(r"[-=_─═]+")
_GAP = re.compile(r"\s{2,}")
_TAB = 8
_FEWEST_COLUMNS = 3
_FEWEST_LINES = 3  # of values between commas
_MOST_TITLES = 8  # lines above the heading that are tried as one, where no rule is below it
_MOST_LINES = 20_000
_LONGEST_LINE = 2_000
_MOST_AROUND = 20
_LONGEST_HEADING = 80

Split = Callable[[str], list[str] | None]  # a line's cells; None for a line that is no row of the table


@dataclass(slots=True)
class _Layout:
    """Where the heading's lines `start` to `end` (not included) stand, and how lines are taken apart."""

    start: int
    end: int
    split: Split


def name_fixed_width(root: Element, source: str) -> None:
    """Turn each `<pre>` that holds a table into one. `source`: the page's markup in lower case."""
    if "<pre" not in source:
        return
    for block in list(root.iter("pre")):
        if holds_table(block) or _is_nested(block):
            continue
        lines = _lines(block)
        layout = _layout(lines) if 2 < len(lines) <= _MOST_LINES else None
        if layout is not None:
            _turn(block, lines, layout)


def _is_nested(block: Element) -> bool:
    """Whether it stands in so many others that reading the same lines for each of them would take long."""
    return len(list(islice(block.iterancestors("pre"), _MOST_AROUND))) == _MOST_AROUND


def _lines(block: Element) -> list[str]:
    """The lines that say something. Bars between columns become tabs, as both stand for nothing else."""
    for part in block.iter("br"):
        part.tail = f"\n{part.tail or ''}"
    lines = [line.rstrip() for line in "".join(block.itertext()).replace("\xa0", " ").splitlines()]
    lines = [line for line in lines if line.strip()]
    texts = [line for line in lines if not _RULE.fullmatch(line)]
    for mark in ("|", "\t", "│"):
        if sum(line.count(mark) > 1 for line in texts) * 10 >= len(texts) * 6:
            marked = [line.strip().strip(mark) if mark != "\t" else line for line in lines]
            return ["\t".join(map(str.strip, line.split(mark))) if mark in line else line for line in marked]
    for mark in (",", ";"):
        if parted := _parted(lines, mark):
            return parted
    return [line.expandtabs(_TAB) for line in lines]


def _parted(lines: list[str], mark: str) -> list[str]:
    """Lines of values between commas, in quotes or not, with tabs between them; none where they do not have
    as many values each as the first."""
    if len(lines) < _FEWEST_LINES or lines[0].count(mark) < _FEWEST_COLUMNS - 1:
        return []
    if any("\t" in line or len(line) > _LONGEST_LINE or line.count('"') % 2 for line in lines):
        return []
    rows = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
    if len({len(row) for row in rows}) > 1 or len(rows) < len(lines):
        return []
    return ["\t".join(map(str.strip, row)) for row in rows]


def _layout(lines: list[str]) -> _Layout | None:
    if any(len(line) > _LONGEST_LINE for line in lines):
        return None
    if any("\t" in line for line in lines):
        return _by_tabs(lines)
    ruled = next(
        (
            at
            for at, line in enumerate(lines)
            if at and _RULE.fullmatch(line) and _says_several(lines[at - 1])
        ),
        0,
    )
    if ruled:
        pieces = [match.start() for match in _DASHES.finditer(lines[ruled])]
        return (
            _by_starts(lines, ruled, pieces) if len(pieces) >= _FEWEST_COLUMNS else _by_gutters(lines, ruled)
        )
    tried = range(1, min(_MOST_TITLES + 1, len(lines) - 1))
    return next(filter(None, (_by_gutters(lines, end) for end in tried if _stands_first(lines, end))), None)


def _stands_first(lines: list[str], end: int) -> bool:
    """Whether the line before `end` is the first to say as much as it does: those above it are titles."""
    parts = [len(_GAP.split(line)) for line in lines[:end]]
    return all(count < parts[-1] for count in parts[:-1])


def _says_several(line: str) -> bool:
    """Whether the line says several things, far from each other."""
    return not _RULE.fullmatch(line) and len(_GAP.split(line.strip())) > 1


def _by_tabs(lines: list[str]) -> _Layout | None:
    width = max(line.count("\t") for line in lines) + 1
    start = next(at for at, line in enumerate(lines) if line.count("\t") == width - 1)
    heading = lines[start].split("\t")

    def split(line: str) -> list[str] | None:
        cells = line.split("\t")
        return [*cells, *[""] * (width - len(cells))] if len(cells) > 1 else None

    return _Layout(start, start + 1, split) if _are_headings(heading) else None


def _by_starts(lines: list[str], ruled: int, starts: list[int]) -> _Layout | None:
    """Columns under the pieces of a rule: values keep to them, whatever stands in the gaps of one line."""
    starts = [0, *starts[1:]]
    heading = _pieces(lines[ruled - 1], starts)
    split = _splitter(starts)
    return _Layout(_first_heading(lines, ruled, split), ruled, split) if _are_headings(heading) else None


def _by_gutters(lines: list[str], end: int) -> _Layout | None:
    """The heading's last line stands before `end`. None where no blank gutters part the columns."""
    below = [line for line in lines[end:] if _says_several(line)]
    heading = lines[end - 1]
    if len(below) < 2 or len(below) * 2 < len(lines) - end - 2:
        return None
    width = max(map(len, (heading, *below)))
    blank = [True] * width
    for line in (heading, *below):
        for at, mark in enumerate(line):
            blank[at] &= mark == " "
    starts = [at for at in range(width) if not blank[at] and all(blank[max(0, at - 2) : at])]
    starts = [0, *(at for at in _headed(starts, heading, below) if at > 1)]
    if not _are_headings(_pieces(heading, starts)):
        return None
    split = _splitter(starts)
    return _Layout(_first_heading(lines, end, split), end, split)


def _headed(starts: list[int], heading: str, below: list[str]) -> list[int]:
    """The columns with a heading, and one behind them that says the same words in all lines (a button's): all
    other gaps are within a column."""
    found = []
    for at, to in zip(starts, [*starts[1:], None], strict=True):
        words = {line[at:to].strip() for line in below} - {""}
        if heading[at:to].strip() or (at >= len(heading) and len(words) == 1):
            found.append(at)
    return found


def _are_headings(texts: list[str]) -> bool:
    """Whether each column has a heading, and no two columns run into each other under one."""
    texts = [text for text in map(str.strip, texts) if text]
    if len(texts) < _FEWEST_COLUMNS or len(set(texts)) < len(texts):
        return False
    return all(
        len(text) <= _LONGEST_HEADING and any(map(str.isalpha, text)) and not _GAP.search(text)
        for text in texts
    )


def _pieces(line: str, starts: list[int]) -> list[str]:
    return [line[at:to].strip() for at, to in zip(starts, [*starts[1:], None], strict=True)]


def _splitter(starts: list[int]) -> Split:
    def split(line: str) -> list[str] | None:
        if _RULE.fullmatch(line):
            return None
        crossed = any(" " not in line[at - 1 : at + 1] for at in starts[1:] if at < len(line))
        return None if crossed or not _says_several(line) else _pieces(line, starts)

    return split


def _first_heading(lines: list[str], end: int, split: Split) -> int:
    """Where the heading begins: its last line, or lines above it whose words keep to the same columns."""
    start = end - 1
    while start and not _RULE.fullmatch(lines[start - 1]) and split(lines[start - 1]) is not None:
        start -= 1
    return start


def _turn(block: Element, lines: list[str], layout: _Layout) -> None:
    """Make a table of the block: a line that is no row is a cell across all columns."""
    width = len(layout.split(lines[layout.end - 1]) or ())
    for child in list(block):
        block.remove(child)
    block.tag, block.text = "table", None
    for number, line in enumerate(lines):
        if _RULE.fullmatch(line):
            continue
        cells = None if number < layout.start else layout.split(line)
        row = block.makeelement("tr")
        block.append(row)
        is_heading = layout.start <= number < layout.end
        for text in cells or [line.replace("\t", " ").strip()]:
            cell = row.makeelement("th" if is_heading else "td", {} if cells else {"colspan": str(width)})
            cell.text = text
            row.append(cell)
