"""A steward's file of corrections, CSV or XLSX, as the rows that `importing` holds against the record.

    project,field,value,reason,until
    WP10234,budget,12500000.00,Their letter of 3 May 2026,
    WP10235,Completion date,2027-02-28,,2026-12-31

What is read is bounded before it is parsed: a workbook of a few kilobytes unpacks to millions of cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat
from typing import IO, Any

import openpyxl
from import_export.formats.base_formats import Format
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException
from tablib import Dataset

from projects.charset import storable
from projects.folding import folded
from projects.spreadsheets import plain

MOST_BYTES, MOST_ROWS = 1_500_000, 1000
# Of a workbook when it is unpacked. A mark is a "<": parsing costs its time by marks, not by bytes.
_MOST_UNPACKED, _MOST_MARKS = 15_000_000, 150_000
_MOST_LINES, _MOST_COLUMNS = 20_000, 50  # blank ones too
# What a cell may hold beside its value, in the markup of a sheet.
_BESIDE = re.compile(rb"<(?:\w+:)?(f|mergeCell)[\s/>]")
_LONGEST_MARK = 64  # bytes of one that two pieces share
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
        width = 0
        found = Dataset(headers=HEADERS)
        for number, cells in enumerate(table, 1):
            if number > _MOST_LINES:
                raise FileRefused(
                    f"The file goes on after line {_MOST_LINES}, with blank lines: take them out."
                )
            if not any(cells):
                continue
            if not head:
                head, width = _head(cells), max(at for at, cell in enumerate(cells, 1) if cell)
                continue
            if any(cells[width:]):
                # A comma between the thousands of an amount would leave the first of them as its value.
                raise FileRefused(
                    f"Row {number} has more cells than there are headings: “{cells[width][:40]}”."
                )
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
    text = _decoded(body)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        # Strict: a quotation mark that is not closed would make the rest of the file one cell.
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [_plain(cell) for cell in cells[:_MOST_COLUMNS]]
    except csv.Error as problem:
        raise FileRefused(f"The file cannot be read as CSV: {problem}.") from problem


def _decoded(body: bytes) -> str:
    """As spreadsheets write texts: UTF-8, UTF-16 with its mark, or what Windows wrote before."""
    is_wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("The letters of the file cannot be read: save it as “CSV UTF-8”.")


def _of_workbook(body: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            beside = _bounded(packed)
        if b"mergeCell" in beside:
            raise FileRefused(
                "The workbook has merged cells: of these only the first has a value. Divide them."
            )
        yield from _rows(body, has_formulas=b"f" in beside)
    except FileRefused:
        raise
    except _NOT_A_WORKBOOK as problem:
        raise FileRefused("The file cannot be read as an XLSX workbook.") from problem


def _rows(body: bytes, has_formulas: bool) -> Iterator[list[str]]:
    """Of its one sheet that has something."""
    book = _opened(body)
    sheet, *others = book.worksheets
    for other in others:
        if any(any(cell is not None for cell in row) for row in other.iter_rows(values_only=True)):
            raise FileRefused(
                f"Only one sheet is read, and “{other.title[:40]}” has something too: take it out."
            )
    # A formula whose result nobody has reckoned is blank like a cell without anything.
    formulas = _cells(_opened(body, data_only=False).worksheets[0]) if has_formulas else repeat(None)
    for cells, asked in zip(_cells(sheet), formulas, strict=False):
        is_blank = all(cell is EMPTY_CELL for cell in cells)  # quick: a sheet may have a million of them
        for at, cell in enumerate(() if is_blank and not asked else cells):
            if cell.data_type == "e" or (cell.value is None and asked and asked[at].value is not None):
                raise FileRefused(f"{asked[at].coordinate if asked else cell.coordinate} has no value.")
        yield [] if is_blank else [_plain(_text(cell)) for cell in cells]


def _opened(body: bytes, data_only: bool = True) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=data_only)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write smaller ones than the sheet has
    return book


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    return sheet.iter_rows(max_col=_MOST_COLUMNS)


def _bounded(packed: zipfile.ZipFile) -> set[bytes]:
    """What its sheets have beside values. Raises FileRefused of more than corrections can need. Unpacks no
    more than a piece at a time."""
    parts = packed.infolist()
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise FileRefused("The workbook is too large when it is unpacked.")
    marks, found = 0, set[bytes]()
    for part in parts:
        with packed.open(part) as unpacked:
            own, beside = _marks(unpacked)
        marks += own
        found |= beside if "worksheets/" in part.filename else set()
        if marks > _MOST_MARKS:
            raise FileRefused("The workbook has too many cells: keep the rows of corrections alone.")
    return found


def _marks(unpacked: IO[bytes]) -> tuple[int, set[bytes]]:
    """How many there are, and which of those that stand beside values."""
    number, beside, before = 0, set[bytes](), b""
    for piece in _pieces(unpacked):
        number += piece.count(b"<")
        beside.update(_BESIDE.findall(before + piece))
        before = piece[-_LONGEST_MARK:]
    return number, beside


def _pieces(unpacked: IO[bytes]) -> Iterator[bytes]:
    while piece := unpacked.read(1 << 16):
        yield piece


def _text(cell: Any) -> str:
    """A cell as it would have been typed."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        is_share = "%" in (cell.number_format or "")
        exact = Decimal(repr(value)) * (100 if is_share else 1)
        return f"{format(exact.normalize(), 'f')}{'%' if is_share else ''}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(text: str) -> str:
    """Without the mark that keeps a spreadsheet from taking a text for a formula."""
    return plain(storable(text).strip())


__all__ = ["HEADERS", "MOST_BYTES", "MOST_ROWS", "CorrectionsFile", "FileRefused"]
