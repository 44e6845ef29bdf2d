"""Where links lead: to which address, and which of a row's links to the row's own page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from etl.extract.html import Element

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|xlsx?|docx?|csv|zip|png|jpe?g|gif|pptx?|kmz|kml)(?:$|\?)", re.IGNORECASE)
_PROJECT = re.compile(r"proj|scheme|detail", re.IGNORECASE)


class Links:
    """Makes hrefs absolute without touching their query: an `enc=` value keeps its `+` byte for byte.

    Without an address of the page (a saved file), a relative href stays as it is written.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._origin, self._folder, self._scheme = _parts(base)
        self._known: dict[str, str | None] = {}

    def absolute(self, href: str | None) -> str | None:
        """The http(s) URL without fragment, or None (script, mail, the page itself, nonsense)."""
        if not href:
            return None
        if href not in self._known:
            self._known[href] = self._made(href)
        return self._known[href]

    def _made(self, href: str) -> str | None:
        href = href.strip().partition("#")[0].replace("\n", "").replace("\r", "").replace("\t", "")
        if not href:
            return None
        if _SCHEME.match(href):
            return href if href[:8].lower().startswith(("http://", "https://")) else None
        if not self._base:
            return None if href.startswith("//") else href
        if href.startswith("//"):
            return f"{self._scheme}:{href}"
        if "./" in href.partition("?")[0] or href.startswith("?"):
            return self._joined(href)
        return self._origin + href if href.startswith("/") else self._folder + href

    def _joined(self, href: str) -> str | None:
        try:
            return urljoin(self._base, href)
        except ValueError:
            return None


def _parts(base: str) -> tuple[str, str, str]:
    """Origin, folder (with its slash) and scheme of an address; three blanks where it is none."""
    try:
        split = urlsplit(base)
    except ValueError:
        return "", "", ""
    origin = f"{split.scheme}://{split.netloc}"
    return origin, origin + (split.path.rpartition("/")[0] or "") + "/", split.scheme


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
