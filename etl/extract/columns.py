"""What the strings of one row are called: by their headings alone, never by where a column stands.

A column that is moved is no change. So columns that cannot be told apart by a heading share one name, and
where they differ their texts stand under it side by side, sorted: nothing is lost, and no field is read from
a text that may be the other column's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from etl.extract.document import Document
from etl.extract.types import Table
from etl.values.vocabulary import normal_label

NO_HEADING = "Column 1"  # all columns without a heading: their order among themselves is no name either
_BETWEEN = " | "
_BUTTON = re.compile(
    r"(?:(?:view|see|show|read|more|open|select|edit|delete|update|details?|info|information|map|project|on|the"
    r"|click|here|go|to|link|zoom)[\s.|/>»›…]*)+",
    re.IGNORECASE,
)
_BUTTON_HEADINGS = frozenset(
    {"action", "actions", "command", "commands", "view", "details", "detail", "select", "edit", "link",
     "links", "open", "more", "options", "more info", "view details", "map"}
)  # fmt: skip
# A blank under these is left out: it may be a button column's, which another page of the list shows filled
_MAY_BE_NO_DATA = _BUTTON_HEADINGS | {""}


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


def data_columns(document: Document, table: Table) -> list[int]:
    """Positions of the columns that say something of the project: all but buttons ("View", "Details")."""
    return [at for at in range(len(table.headers)) if not _is_button(document, table, at)]


def _is_button(document: Document, table: Table, at: int) -> bool:
    header = table.headers[at]
    if document.field_of(header) or (header and normal_label(header) not in _BUTTON_HEADINGS):
        return False
    texts = [row[at] for row in table.rows if row[at]]
    if all(_BUTTON.fullmatch(text) for text in texts):
        return True
    return not header and at in table.linked and len(texts) == len(table.rows) > 1 and len(set(texts)) == 1
