"""What the strings of one row are called: by their headings alone, never by where a column stands.

A column that is moved is no change. So columns that cannot be told apart by a heading share one name, and
where they differ their texts stand under it side by side, sorted: nothing is lost, and no field is read from
a text that may be the other column's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from etl.values.vocabulary import normal_label

NO_HEADING = "Column 1"  # all columns without a heading: their order among themselves is no name either
HEADING = "Heading"  # what a page is headed that is one project's own
_BETWEEN = " | "
BUTTON_HEADINGS = frozenset(
    {"action", "actions", "command", "commands", "view", "details", "detail", "select", "edit", "link",
     "links", "open", "more", "options", "more info", "view details", "map"}
)  # fmt: skip
# A blank under these is left out: it may be a button column's, which another page of the list shows filled
_MAY_BE_NO_DATA = BUTTON_HEADINGS | {""}


def published_rows(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """`published` of each row; quick where each heading stands once and says something."""
    plain = len(set(headers)) == len(headers) and all(normal_label(h) not in _MAY_BE_NO_DATA for h in headers)
    if plain:
        return [dict(zip(headers, row, strict=True)) for row in rows]
    return [published(headers, row) for row in rows]


def published(headers: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """Name → text of one row. Columns of one heading share it; a blank without a heading is left out."""
    found: dict[str, list[str]] = {}
    for header, text in zip(headers, row, strict=True):
        if text or normal_label(header) not in _MAY_BE_NO_DATA:
            found.setdefault(header or NO_HEADING, []).append(text)
    return {name: side_by_side(texts) for name, texts in found.items()}


def side_by_side(texts: Sequence[str]) -> str:
    """The different texts in an order that does not depend on theirs; one alone as it is."""
    if len(texts) == 1:
        return texts[0]
    return _BETWEEN.join(sorted(set(texts) - {""}))


def shared_headings(headers: Sequence[str]) -> list[str]:
    """Headings that several columns have."""
    return [header for header, times in Counter(headers).items() if header and times > 1]
