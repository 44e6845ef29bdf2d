"""Which link of a table's row leads to the row's own page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.extract.document import Links
from etl.extract.html import Element

_FILE = re.compile(r"\.(?:pdf|xlsx?|docx?|csv|zip|png|jpe?g|gif|pptx?|kmz|kml)(?:$|\?)", re.IGNORECASE)
_PROJECT = re.compile(r"proj|scheme|detail", re.IGNORECASE)


def cell_link(cell: Element, links: Links) -> str | None:
    """The first link of a cell that leads to a page."""
    for anchor in cell.iter("a"):
        url = links.absolute(anchor.get("href"))
        if url:
            return url
    return None


def best_links(rows: list[dict[int, str]], preferred: Iterable[int] = ()) -> list[str | None]:
    """Per row the link of the column that suits best: a preferred one (identity, name), else a telling one.

    `rows`: per row, column position → absolute URL. Links that repeat from row to row (a municipality's page)
    and files say little about the row.
    """
    columns: dict[int, list[str]] = {}
    for row in rows:
        for column, url in row.items():
            columns.setdefault(column, []).append(url)
    if not columns:
        return [None] * len(rows)
    wanted = set(preferred)
    order = sorted(columns, key=lambda column: _rank(column, columns[column], wanted))
    return [next((row[column] for column in order if column in row), None) for row in rows]


def linked_columns(rows: list[dict[int, str]]) -> set[int]:
    """Columns with a link in every row."""
    return set.intersection(*map(set, rows)) if rows else set()


def _rank(column: int, urls: list[str], wanted: set[int]) -> tuple[bool, bool, bool, bool, int]:
    own = len(set(urls)) * 10 >= len(urls) * 9
    files = sum(1 for url in urls[:50] if _FILE.search(url)) * 2 > min(len(urls), 50)
    return files, column not in wanted, not own, not _PROJECT.search(urls[0]), column
