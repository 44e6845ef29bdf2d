"""Rows of one text alone, without the number that all others have: a long text that goes on, or a heading of
the rows below it. No project of its own stands there. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from etl.extract.cellkinds import kind_of
from etl.extract.gridlines import Line
from etl.extract.totals import total_label
from etl.extract.types import Table

_GOES_ON = re.compile(r"[a-z(&,;/–-]|and\b|of\b|en\b|van\b")
_OPEN = re.compile(r"[,;&/(–-]$|\b(?:and|of|the|to|for|in|at|en|van|die|vir|na|by)$", re.IGNORECASE)
GOES_ON = "It goes on with the text of the row above."
HEADS = "It has one text alone and no number: it heads the rows below it, or says more of the one above."


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
