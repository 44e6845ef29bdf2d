"""A steward's file of corrections, CSV or XLSX, as the rows that `importing` holds against the record.

    project,field,value,reason,until
    WP10234,budget,12500000.00,Their letter of 3 May 2026,
    WP10235,Completion date,2027-02-28,,2026-12-31

What is read is bounded before it is parsed: a workbook of a few kilobytes unpacks to millions of cells.
"""

from __future__ import annotations

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import openpyxl
from import_export.formats.base_formats import Format
from openpyxl.utils.exceptions import InvalidFileException
from tablib import Dataset

from projects.charset import storable
from projects.folding import folded

MOST_BYTES, MOST_ROWS = 1_500_000, 1000
# Of a workbook when it is unpacked. A mark is a "<": parsing costs its time by marks, not by bytes.
_MOST_UNPACKED, _MOST_MARKS = 15_000_000, 150_000
_MOST_LINES, _MOST_COLUMNS = 20_000, 50  # blank ones too
_COLUMNS = {
    "project": ("project", "project no", "project number", "number", "external id"),
    "id": ("id",),
    "field": ("field",),
    "value": ("value", "corrected value", "new value"),
    "reason": ("reason", "why"),
    "until": ("until", "expires at", "expires"),
}
HEADERS = ("row", *_COLUMNS)  # of what is read; `row`: its number in the file, as a spreadsheet counts
# What openpyxl and zipfile raise of what is none, a broken or an encrypted one, or one that is packed oddly.
_NOT_A_WORKBOOK = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, InvalidFileException,
    LookupError, ValueError, ArithmeticError, SyntaxError, TypeError, AttributeError, RuntimeError,
)  # fmt: skip
_BY_HEADING = {heading: name for name, headings in _COLUMNS.items() for heading in headings}


class FileRefused(ValueError):
    """The file is none of corrections; the message is a sentence for the steward."""


class CorrectionsFile(Format):
    """One format for both: a file is told by what is in it, not by its name."""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return "CSV or XLSX"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """The rows, all texts, under `HEADERS`. Raises FileRefused."""
        if len(in_stream) > MOST_BYTES:
            raise FileRefused(f"The file is larger than {MOST_BYTES / 1e6} MB.")
        table = _of_workbook(in_stream) if in_stream[:2] == b"PK" else _of_csv(in_stream)
        head: dict[str, int] = {}
        found = Dataset(headers=HEADERS)
        for number, cells in enumerate(table, 1):
            if number > _MOST_LINES:
                raise FileRefused(
                    f"The file goes on after line {_MOST_LINES}, with blank lines: take them out."
                )
            if not any(cells):
                continue
            if not head:
                head = _head(cells)
                continue
            if len(found) == MOST_ROWS:
                raise FileRefused(f"The file has more than {MOST_ROWS} rows: divide it.")
            found.append([str(number), *(_under(name, head, cells) for name in _COLUMNS)])
        if not len(found):
            raise FileRefused("The file has no rows under its headings.")
        return found


def _under(name: str, head: dict[str, int], cells: list[str]) -> str:
    at = head.get(name, len(cells))
    return cells[at] if at < len(cells) else ""


def _head(cells: list[str]) -> dict[str, int]:
    """Which column has what."""
    known = [(_BY_HEADING[folded(text)], at) for at, text in enumerate(cells) if folded(text) in _BY_HEADING]
    head = dict(known)
    if "field" not in head or "value" not in head or not {"project", "id"} & set(head):
        raise FileRefused("The first row has to name the columns: project, field, value, reason, until.")
    if len(head) < len(known):
        raise FileRefused("Two columns have the same heading.")
    return head


def _of_csv(body: bytes) -> Iterator[list[str]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_plain(cell) for cell in cells[:_MOST_COLUMNS]]
    except csv.Error as problem:
        raise FileRefused(f"The file cannot be read as CSV: {problem}.") from problem


def _of_workbook(body: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            _bounded(packed)
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        for cells in book.worksheets[0].iter_rows(values_only=True, max_col=_MOST_COLUMNS):
            is_blank = cells.count(None) == len(cells)  # quick: a sheet may have a million of them
            yield [] if is_blank else [_plain(_text(cell)) for cell in cells]
    except FileRefused:
        raise
    except _NOT_A_WORKBOOK as problem:
        raise FileRefused("The file cannot be read as an XLSX workbook.") from problem


def _bounded(packed: zipfile.ZipFile) -> None:
    """Raises FileRefused of more than corrections can need. Unpacks no more than a piece at a time."""
    parts = packed.infolist()
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise FileRefused("The workbook is too large when it is unpacked.")
    marks = 0
    for part in parts:
        with packed.open(part) as unpacked:
            marks += sum(piece.count(b"<") for piece in _pieces(unpacked))
        if marks > _MOST_MARKS:
            raise FileRefused("The workbook has too many cells: keep the rows of corrections alone.")


def _pieces(unpacked: IO[bytes]) -> Iterator[bytes]:
    while piece := unpacked.read(1 << 16):
        yield piece


def _text(cell: Any) -> str:
    """A cell as it would have been typed."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return format(Decimal(repr(cell)).normalize(), "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _plain(text: str) -> str:
    """Without the mark that keeps a spreadsheet from taking a text for a formula."""
    bare = storable(text).strip()
    return bare[1:] if bare[:1] == "'" and bare[1:2] in tuple("=+-@") else bare


__all__ = ["HEADERS", "MOST_BYTES", "MOST_ROWS", "CorrectionsFile", "FileRefused"]
