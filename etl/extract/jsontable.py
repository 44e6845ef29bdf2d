"""Tables whose rows are in a script as data, for a script to draw: no cell of them is in the markup."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from etl.exceptions import PageChanged
from etl.extract.arrays import LATITUDE, LONGITUDE
from etl.extract.cellkinds import kind_of
from etl.extract.document import IDENTIFYING, Document, PlacedTable
from etl.extract.html import Element, parse, text_of
from etl.extract.links import Links, best_links, cell_link
from etl.extract.markers import Marker, read_markers
from etl.extract.popups import markers_table
from etl.extract.scriptdata import RecordList, read_records
from etl.extract.types import Pager, Table

_JSON_TYPES = ("application/json", "application/ld+json", "text/json")
MARKUP = re.compile(r"<[A-Za-z/][^<>]*>")
_LINK_KEY = re.compile(r"(?:url|href|link|uri|path|page)$", re.IGNORECASE)
_FEWEST_KEYS = 4
_FEWEST_TYPED = 2
_SAMPLE = 200  # rows
_URL = re.compile(r"(?:https?:/)?/?[\w.~%+/-]*(?:/|\.aspx|\.html?|\.php)[^\s<>\"]*$", re.IGNORECASE)


def is_address(value: str) -> bool:
    """Whether a value reads like the address of a page."""
    return _URL.match(value) is not None


def script_records(script: Element) -> list[RecordList]:
    """The lists of records in a script element."""
    kind = (script.get("type") or "").partition(";")[0].strip().lower()
    found = read_records(script.text or "", is_data=kind in _JSON_TYPES)
    for records in found if kind in _JSON_TYPES else ():
        records.name = script.get("id") or ""
    return found


def read_json_tables(document: Document) -> list[PlacedTable]:
    """Lists of records, told by their keys (two known labels, one of them a number or a name) or by
    their values; and the markers of each map."""
    found = []
    is_list = document.mentions("[{", "[[", "[ ", "[\n", "[\r", "[\t")
    has_markers = document.mentions("marker", "l.circle")
    for script in document.all("script") if is_list or has_markers else ():
        tables = [_table(document, records) for records in script_records(script)] if is_list else []
        markers = read_markers(script.text or "") if has_markers else []
        tables.append(markers_table(document, markers))
        found += [PlacedTable(script, table) for table in tables if table is not None]
    return found


def _table(document: Document, records: RecordList) -> Table | None:
    keys = list(dict.fromkeys(key for row in records.rows for key in row))
    fields = {field for key in keys if (field := document.field_of(key))}
    is_known = len(fields) > 1 and bool(fields.intersection(IDENTIFYING))
    if not is_known and (on_map := _of_popups(document, keys, records)):
        return on_map
    if not is_known and not records.is_placed and not _are_records(keys, records.rows):
        return None
    leads = [key for key in keys if _leads(key, records.rows)]
    kept = [key for key in keys if key not in leads]
    identifying = document.identifying(kept)
    named = sum(any(row.get(kept[at]) for at in identifying) for row in records.rows)
    if is_known and named * 10 < len(records.rows) * 9:  # they are not of one kind
        return None
    rows, links = [], []
    for record in records.rows:
        row, found = _row(record, kept, document.links)
        rows.append(row)
        for at, key in enumerate(leads, start=len(kept)):  # addresses are numbered behind the columns
            if url := document.links.absolute(record.get(key)):
                found[at] = url
        links.append(found)
    preferred = [*identifying, *range(len(kept), len(keys))]
    pager = _pager(records)
    return Table("json", records.name, kept, rows, best_links(links, preferred), pager, list(kept))


def _of_popups(document: Document, keys: list[str], records: RecordList) -> Table | None:
    """The features of a map whose facts stand in the markup of their popups, and what else they have."""
    rows = records.rows
    popups = [key for key in keys if all("<" in row.get(key, "") for row in rows)]
    if len(popups) != 1 or not all(row.get(LATITUDE) and row.get(LONGITUDE) for row in rows):
        return None
    markers = [
        Marker(row[LATITUDE], row[LONGITUDE], "", row[popups[0]], at=at) for at, row in enumerate(rows)
    ]
    table = markers_table(document, markers)
    if table is None or len(table.headers) < _FEWEST_KEYS:  # no labelled values: a text like any other
        return None
    others = [key for key in keys if key not in (LATITUDE, LONGITUDE, *popups) and key not in table.headers]
    texts = [
        [*shown, *(row.get(key, "") for key in others)] for shown, row in zip(table.rows, rows, strict=True)
    ]
    return replace(
        table,
        headers=[*table.headers, *others],
        rows=texts,
        field_names=[""] * len(texts[0]),
        pager=_pager(records),
    )


def _pager(records: RecordList) -> Pager | None:
    return None if records.total is None else Pager(1, 1, records.total, "link", "")


def _are_records(keys: list[str], rows: list[dict[str, str]]) -> bool:
    """Whether rows whose keys nobody knows are records: of one shape, each with a name of its own in words,
    and with several columns of figures or dates (a menu, a legend and a chart's settings have none)."""
    shared = [key for key in keys if sum(key in row for row in rows) * 10 >= len(rows) * 8]
    if len(rows) < 2 or len(shared) < _FEWEST_KEYS or len(shared) * 10 < len(keys) * 6:
        return False
    columns = [[text for row in rows[:_SAMPLE] if (text := row.get(key, ""))] for key in shared]
    kinds = [_kind(column) for column in columns]
    if sum(kind in ("figure", "date") for kind in kinds) < _FEWEST_TYPED:
        return False
    of_words = [column for column, kind in zip(columns, kinds, strict=True) if kind == "words"]
    least = min(len(rows), _SAMPLE) * 9 / 10
    return any(
        len(set(column)) >= least and sum(" " in text for text in column) * 2 > len(column)
        for column in of_words
    )


def _kind(column: list[str]) -> str:
    """What most of a column's texts are, blank ones left aside."""
    kinds = Counter(kind for text in column if (kind := kind_of(text)))
    kind, count = kinds.most_common(1)[0] if kinds else ("", 0)
    return kind if count * 10 >= sum(kinds.values()) * 8 else ""


def _leads(key: str, rows: list[dict[str, str]]) -> bool:
    """Whether the key holds addresses: where a row leads is no text of it (and may differ each time)."""
    values = [value for row in rows[:200] if (value := row.get(key))]
    is_named = bool(_LINK_KEY.search(key))
    return bool(values) and all(
        is_address(value) and (is_named or value.lower().startswith("http")) for value in values
    )


def _row(record: dict[str, str], keys: list[str], links: Links) -> tuple[list[str], dict[int, str]]:
    """The record's texts, and the links in those that are markup."""
    row: list[str] = []
    found: dict[int, str] = {}
    for at, key in enumerate(keys):
        text = record.get(key, "")
        if "<" in text and MARKUP.search(text):
            text, url = _shown(text, links)
            if url:
                found[at] = url
        row.append(text)
    return row, found


def _shown(markup: str, links: Links) -> tuple[str, str | None]:
    """What a person reads of a value that is markup, and the page that it links to."""
    try:
        root, _ = parse(f"<div>{markup}</div>")
    except PageChanged:
        return markup, None
    return text_of(root), cell_link(root, links)
