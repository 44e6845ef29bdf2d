"""Rows of one text alone, without the number that all others have: a long text that goes on, or a heading of
the rows below it. No project of its own stands there. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from etl.extract.cellkinds import kind_of
from etl.extract.gridlines import Line
from etl.extract.totals import total_label
from etl.extract.types import Table

_GOES_ON = re.compile(r"[a-z(&,;/–-]|and\b|of\b|en\b|van\b")
_OPEN = re.compile(r"[,;&/(–-]$|\b(?:and|of|the|to|for|in|at|en|van|die|vir|na|by)$", re.IGNORECASE)
_FEWEST_COLUMNS = 3
GOES_ON = "It goes on with the text of the row above."
HEADS = "It has one text alone and no number: it heads the rows below it, or says more of the one above."


PART = "It has no number, and says a part of the row above it."
_PART = re.compile(
    r"(?:[-–•]\s*)?(?:of which|waarvan|incl(?:uding|\.)?|insluitend|less|minus)\b", re.IGNORECASE
)
ABOVE_ALL = "It has one text alone and no number, above the first row: it heads the rows below it."


def rows_of_one_text(rows: Sequence[Line], identity: int | None) -> dict[int, str]:
    """Number of each such row → why it is no data. A text that goes on is added to the one above it.

    Which of both they are is told of all together: no text goes on above the first row, none heads what is
    below the last one. Where neither tells, a small letter or an open end does.
    """
    if identity is None:
        return {}
    found = [number for number, line in enumerate(rows) if _is_one_text(line, identity)]
    if not found or len(found) * 2 > len(rows):
        return {}
    heads = found[0] == 0
    ends = found[-1] == len(rows) - 1 and not heads
    reasons = {}
    for number in found:
        at, cell = rows[number].starts[0]
        row = number - 1
        while row in reasons:
            row -= 1
        above = rows[row].texts if row >= 0 else []
        goes_on = ends or _GOES_ON.match(cell.text) or (above and _OPEN.search(above[at]))
        if goes_on and not heads and above and above[at]:
            above[at] = f"{above[at]} {cell.text}"
            reasons[number] = GOES_ON
        else:
            reasons[number] = HEADS if number else ABOVE_ALL
    return reasons


def below_in_a_tree(rows: Sequence[Line], identity: int | None) -> dict[int, str]:
    """Number of each row of a tree that stands below one with a number, and has none → why it is no data."""
    levels = [_level(line) for line in rows]
    if identity is None or len(set(levels)) < 2 or 0 in levels:
        return {}
    numbered = {level for level, line in zip(levels, rows, strict=True) if line.texts[identity]}
    if len(numbered) != 1:
        return {}
    return {number: PART for number, level in enumerate(levels) if level > max(numbered)}


def _level(line: Line) -> int:
    text = line.row.element.get("aria-level") or ""
    return int(text) if text.isdecimal() and len(text) < 3 else 0


def parts_of_rows(rows: Sequence[Line], identity: int | None) -> dict[int, str]:
    """Number of each row that says a part of the row above it → why it is no data: it has no number where
    others have one, and begins so ("of which …"), or is called the same again and again."""
    if identity is None:
        return {}
    bare = {number: _first(line) for number, line in enumerate(rows) if not line.texts[identity]}
    if not bare or len(bare) * 4 > len(rows) * 3:
        return {}
    times = Counter(map(str.casefold, bare.values()))
    named = Counter(_first(line, identity).casefold() for line in rows)
    return {
        number: PART
        for number, text in bare.items()
        if number
        and (
            _PART.match(text)
            or (times[text.casefold()] > 1 and times[text.casefold()] == named[text.casefold()])
        )
    }


def _first(line: Line, identity: int | None = None) -> str:
    """The row's first text beside its number."""
    return next((text for at, text in enumerate(line.texts) if text and at != identity), "")


def join_headless(tables: Sequence[Table]) -> list[Table]:
    """The tables, with the rows of one without headings given back to the one right before it, whose columns
    hold the same kinds of texts: a table that breaks over a page goes on as another one."""
    found: list[Table] = []
    for table in tables:
        if found and _goes_on(found[-1], table):
            above, count = found[-1], len(found[-1].rows)
            above.rows += table.rows
            above.links += table.links
            above.postbacks = above.postbacks and [*above.postbacks, *([None] * len(table.rows))]
            above.continued |= {count + row for row in table.continued}
            above.left_out += table.left_out
            above.pager = above.pager or table.pager
        else:
            found.append(table)
    return found


def _goes_on(above: Table, below: Table) -> bool:
    """Whether a table has no headings of its own, says nothing that the one before does not, and has texts of
    the same kinds in as many columns."""
    width = len(below.headers)
    if width < _FEWEST_COLUMNS or len(above.headers) != width or above.kind != below.kind:
        return False
    numbered = [f"Column {at}" for at in range(1, width + 1)]
    if below.headers != numbered or above.headers == numbered or any(below.postbacks):
        return False
    pairs = [(_kind(above, at), _kind(below, at)) for at in range(width)]
    if not set(below.context) <= set(above.context) or any(one != two for one, two in pairs if one and two):
        return False
    coded = [at for at, (one, two) in enumerate(pairs) if one == two == "code"]
    if any(_builds(above, at).isdisjoint(_builds(below, at)) for at in coded):
        return False
    return any(one == two and one in ("figure", "date") for one, two in pairs)


def _builds(table: Table, at: int) -> set[str]:
    """What codes begin with: "RBIG/" and "WSIG/"."""
    return {re.split(r"\d", row[at], maxsplit=1)[0] for row in table.rows if kind_of(row[at]) == "code"}


def _kind(table: Table, at: int) -> str:
    """The kind of most texts of a column, "" where all are blank."""
    counts = Counter(kind for row in table.rows if (kind := kind_of(row[at])))
    return counts.most_common(1)[0][0] if counts else ""


def join_pages(tables: Sequence[Table]) -> None:
    """Give a text that stands alone above the first row of a table back to the last row of the table before,
    where both are one table that breaks over a page: the same headings, nothing said between them, and no
    other row of one text in either."""
    for above, below in pairwise(tables):
        if above.headers != below.headers or not above.rows or not set(below.context) <= set(above.context):
            continue
        left_out = (row for table in (above, below) for row in table.left_out)
        alone = [row for row in left_out if row.reason in (HEADS, ABOVE_ALL)]
        if len(alone) != 1 or alone[0].reason != ABOVE_ALL or alone[0] not in below.left_out:
            continue
        at = next((at for at, text in enumerate(alone[0].row) if text), 0)
        if last := above.rows[-1][at]:
            above.rows[-1][at] = f"{last} {alone[0].row[at]}"
            alone[0].reason = GOES_ON


def _is_one_text(line: Line, identity: int) -> bool:
    if not line.says_one_thing() or line.is_lone() or len(line.cells) < 3:
        return False
    at, cell = line.starts[0]
    if total_label(cell.text) == 2:  # a total or an average whose figures are blank goes on with nothing
        return False
    return at != identity and cell.colspan == 1 and kind_of(cell.text) == "words"
