"""Where a plain table's header stands: `<thead>`, rows of `<th>`, known labels, bold type, or by contrast."""

from __future__ import annotations

import re
from collections.abc import Callable

from etl.extract.html import text_of
from etl.extract.plainrows import TableRow, looks_like_heading, spans_all
from etl.extract.spans import Cell

FieldOf = Callable[[str], str | None]

_SEARCHED = 6  # rows from the top among which a header is looked for
_FIGURE = re.compile(
    r"^[^A-Za-z]*\d[^A-Za-z]*$|^-?\s*R\s*[\d ,.]+(?:\s*(?:million|billion|m|bn))?$|^\d{1,2} \w{3,9} \d{4}$"
)
_DAYS = frozenset("mon tue wed thu fri sat sun mo tu we th fr sa su m t w f s".split())


def header_rows(rows: list[TableRow], width: int, field_of: FieldOf) -> tuple[int, int] | None:
    """First row of the header and the first row behind it, or None where the table has no header."""
    for find in (_by_section, _by_cells):
        if found := find(rows, width):
            return found
    for number, row in enumerate(rows[:_SEARCHED]):
        if _has_known_labels(row, field_of):
            return number, number + 1
    return _by_look(rows, width, field_of)


def _by_section(rows: list[TableRow], width: int) -> tuple[int, int] | None:
    size = next((number for number, row in enumerate(rows) if row.section != "thead"), len(rows))
    if size == len(rows):
        size = min(size, 1)  # a table that puts every row in its head: the first one is the header
    start = next((number for number in range(size) if not _is_title(rows[number], width)), size)
    return (start, size) if start < size and any(map(_has_text, rows[start:size])) else None


def _by_cells(rows: list[TableRow], width: int) -> tuple[int, int] | None:
    for start, row in enumerate(rows[:_SEARCHED]):
        if _is_title(row, width) or not _has_text(row):
            continue
        if not _all_heads(row):
            return None
        end = start + 1
        while end < len(rows) and _all_heads(rows[end]) and not spans_all(rows[end], width):
            end += 1
        return start, end
    return None


def _is_title(row: TableRow, width: int) -> bool:
    return spans_all(row, width) or (len(row.cells) == 1 and width > 2)


def _has_text(row: TableRow) -> bool:
    return any(text_of(cell) for cell in row.cells)


def _all_heads(row: TableRow) -> bool:
    """All cells that say something are `<th>`, and there are two at least (or one that spans)."""
    heads = row.heads()
    if heads == len(row.cells):
        return heads > 1 or row.cells[0].get("colspan") is not None
    return heads > 1 and all(cell.tag == "th" or not text_of(cell) for cell in row.cells)


def _has_known_labels(row: TableRow, field_of: FieldOf) -> bool:
    if len(row.cells) < 2:
        return False
    texts = [text for cell in row.cells if (text := text_of(cell))]
    if any(text.endswith(":") for text in texts):  # label: value, side by side
        return False
    known = {field for text in texts if (field := field_of(text))}
    return (
        len(known) >= 2
        and (len(known) * 2 >= len(texts) or len(known) > 2)
        and not any(map(is_figure, texts))
    )


def _by_look(rows: list[TableRow], width: int, field_of: FieldOf) -> tuple[int, int] | None:
    """The first row that says something: by its type, its background, or its words above figures."""
    searched = enumerate(rows[:_SEARCHED])
    start = next((at for at, row in searched if not _is_title(row, width) and _has_text(row)), None)
    if start is None or start + 1 >= len(rows) or len(rows[start].cells) < 2:
        return None
    texts = [text_of(cell) for cell in rows[start].cells]
    plain = [text for text in texts if text and not is_figure(text) and len(text) <= 60]
    if len(plain) < max(2, len(texts) - 1) or len(set(plain)) < len(plain):
        return None
    below = rows[start + 1 :]
    if looks_like_heading(rows[start]) and not looks_like_heading(below[0]):
        # words alone may be a portal's box: two rows at least hold a figure, a date or a code
        data = sum(any(_is_datum(text_of(cell)) for cell in row.cells) for row in below[:200])
        return (start, start + 1) if any(map(field_of, plain)) or data > 1 else None
    if len(plain) == len(texts) and _is_shaded(rows[start : start + 4]):
        return start, start + 1
    alike = [row for row in below if len(row.cells) == len(texts)]
    if len(alike) < 3:
        return None
    columns = ([text_of(row.cells[at]) for row in alike[:20]] for at in range(len(texts)))
    return (start, start + 1) if any(all(map(is_figure, column)) for column in columns) else None


def _is_datum(text: str) -> bool:
    return is_figure(text) or (len(text) <= 40 and " " not in text and any(map(str.isdigit, text)))


def _is_shaded(rows: list[TableRow]) -> bool:
    """Whether the first of some rows has a background of its own."""
    styles = [row.element.get("style") or "" for row in rows]
    shades = [
        row.element.get("bgcolor") or (style if "background" in style.lower() else "")
        for row, style in zip(rows, styles, strict=True)
    ]
    return len(rows) > 2 and bool(shades[0]) and shades[0] not in shades[1:]


def is_figure(text: str) -> bool:
    """Whether a text is a number, an amount or a date rather than words."""
    return len(text) <= 40 and bool(_FIGURE.match(text))


def captions(header: list[list[Cell | None]], width: int) -> list[str]:
    """One caption per column: the texts from top to bottom, a spanning cell's once ("Top Sub")."""
    found = []
    for at in range(width):
        cells = [cell for row in header if at < len(row) and (cell := row[at]) is not None]
        stack = list({id(cell): cell for cell in cells}.values())
        found.append(" ".join(dict.fromkeys(cell.text for cell in stack if cell.text)))
    return found


def is_calendar(headers: list[str]) -> bool:
    """Whether the headers are the days of a week."""
    words = [header.casefold()[:3] for header in headers if header]
    return len(words) >= 7 and sum(word in _DAYS for word in words) >= 7 and len(headers) <= 8
