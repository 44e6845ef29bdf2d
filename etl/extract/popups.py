"""Markers of a map as a table: what names each, where it is, and the labelled values of its popup."""

from __future__ import annotations

from collections import Counter

from etl.exceptions import PageChanged
from etl.extract.arrays import LATITUDE, LONGITUDE, TITLE
from etl.extract.columns import side_by_side
from etl.extract.document import Document
from etl.extract.html import BLOCKS, Element, parse, squash
from etl.extract.links import best_links, cell_link
from etl.extract.markers import Marker
from etl.extract.pairs import Record, read_record
from etl.extract.types import Table

_POPUP = "Popup"  # what the whole text is called of a popup without labelled values
_LONGEST_LABEL = 60
_FEWEST = 2  # one marker alone is where an office is


def markers_table(document: Document, markers: list[Marker]) -> Table | None:
    """One row per marker; None where there is one alone, or where nothing names them."""
    if len(markers) < _FEWEST:
        return None
    roots = [_root(marker.popup) for marker in markers]
    taught = _labels(roots)
    rows: list[dict[str, str]] = []
    links: list[dict[int, str]] = []
    for marker, root in sorted(zip(markers, roots, strict=True), key=lambda pair: pair[0].at):
        record = None if root is None else read_record(root, _part(document, root), taught)
        if not marker.latitude and not _is_like_others(record, taught):
            continue
        rows.append(_row(marker, root, record))
        url = cell_link(root, document.links) if root is not None else None
        links.append({0: url} if url else {})
    if sum(1 for row in rows if row.get(TITLE) or len(row) > 2) * 10 < len(rows) * 9:
        return None
    headers = list(dict.fromkeys(label for row in rows for label in row))
    order = [header for header in (TITLE, LATITUDE, LONGITUDE) if header in headers]
    headers = order + [header for header in headers if header not in order]
    texts = [[row.get(header, "") for header in headers] for row in rows]
    return Table("json", "", headers, texts, best_links(links), None, [""] * len(headers))


def _is_like_others(record: Record | None, taught: frozenset[str]) -> bool:
    """Whether a popup that stands at no marker has the labels of those that do."""
    return record is not None and sum(pair.label in taught for pair in record.pairs) > 1


def _root(popup: str) -> Element | None:
    try:
        return parse(f"<div>{popup}</div>")[0] if popup else None
    except PageChanged:
        return None


def _part(document: Document, root: Element) -> Document:
    return Document(root, "", "", document.labels, document.links)


def _row(marker: Marker, root: Element | None, record: Record | None) -> dict[str, str]:
    row = {LATITUDE: marker.latitude, LONGITUDE: marker.longitude}
    pairs: dict[str, list[str]] = {}
    for pair in record.pairs if record else ():
        pairs.setdefault(pair.label, []).append(pair.value)
    title = squash(marker.title) or (record.heading if record else "")
    lines = _lines(root) if root is not None else []
    if not title and lines and not any(lines[0].startswith(label) for label in pairs):
        title = lines[0]
    if title:
        row[TITLE] = title
    if not pairs and lines not in ([], [title]):
        row[_POPUP] = " ".join(lines)
    return row | {label: side_by_side(values) for label, values in pairs.items() if label not in row}


def _labels(roots: list[Element | None]) -> frozenset[str]:
    """Words before a colon that begin a line in most popups."""
    filled = [root for root in roots if root is not None]
    times: Counter[str] = Counter()
    for root in filled:
        starts = {line.partition(":")[0].strip() for line in _lines(root) if ":" in line}
        times.update(label for label in starts if 1 < len(label) <= _LONGEST_LABEL)
    return frozenset(label for label, count in times.items() if count > 1 and count * 10 >= len(filled) * 6)


def _lines(root: Element) -> list[str]:
    """What a person reads of a popup, line by line."""
    parts: list[str] = []
    for element in root.iter():
        if element.tag in BLOCKS:
            parts.append("\n")
        parts.append(element.text or "" if isinstance(element.tag, str) else "")
        closed = element if not len(element) else root
        while closed is not root:  # what ends with this element, and what stands behind it
            parts.append(("\n" if closed.tag in BLOCKS else "") + (closed.tail or ""))
            closed = closed.getparent() if closed.getnext() is None else root
    return [line for line in map(squash, "".join(parts).split("\n")) if line]
