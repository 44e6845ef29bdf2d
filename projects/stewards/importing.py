"""A steward's file of corrections: read, held against the record row by row, and then made. CSV or XLSX.

    project,field,value,reason,until
    WP10234,budget,12500000.00,Their letter of 3 May 2026,
    WP10235,Completion date,2027-02-28,,2026-12-31

A project is named by its number, or in a column `id` by its address here. Each row is a correction like any
other: with who and why, in the log, and to be undone.
"""

from __future__ import annotations

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
from django.utils import timezone
from openpyxl.utils.exceptions import InvalidFileException

from projects.charset import storable
from projects.fields import BY_NAME
from projects.folding import folded
from projects.models import Identity, Override, Project
from projects.stewards import overrides
from projects.stewards.overrides import CorrectionRefused
from projects.stewards.values import CORRECTABLE, NotAValue, canonical, read
from projects.wording.figures import HERE
from projects.wording.phrases import label, shown

MOST_BYTES, MOST_ROWS = 2_000_000, 1000
_MOST_UNPACKED = 30_000_000  # bytes of a workbook
_COLUMNS = {
    "project": ("project", "project no", "project number", "number", "external id"),
    "id": ("id",),
    "field": ("field",),
    "value": ("value", "corrected value", "new value"),
    "reason": ("reason", "why"),
    "until": ("until", "expires at", "expires"),
}
# What openpyxl and zipfile raise of what is none, a broken or an encrypted one, or one that is packed oddly.
_NOT_A_WORKBOOK = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, InvalidFileException,
    LookupError, ValueError, ArithmeticError, SyntaxError, TypeError, AttributeError, RuntimeError,
)  # fmt: skip
_BY_HEADING = {heading: name for name, headings in _COLUMNS.items() for heading in headings}


class FileRefused(ValueError):
    """The file is none of corrections; the message is a sentence for the steward."""


@dataclass(frozen=True, slots=True)
class Given:
    """One row as it stands in the file; `row`: its number there, as a spreadsheet counts."""

    row: int
    project: str = ""
    id: str = ""
    field: str = ""
    value: str = ""
    reason: str = ""
    until: str = ""


@dataclass(slots=True)
class Checked:
    """A row held against the record: what it will change (field, now, then), or why it is refused."""

    given: Given
    project: Project | None = None
    field: str = ""
    now: str = ""
    then: str = ""
    expires_at: datetime | None = None
    problem: str = ""

    @property
    def label(self) -> str:
        return label(self.field) if self.field else self.given.field


def rows_of(name: str, body: bytes, reason: str = "") -> list[Given]:
    """The rows of a file; `reason` is that of rows without one. Raises FileRefused."""
    if len(body) > MOST_BYTES:
        raise FileRefused(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    is_workbook = body[:2] == b"PK"
    table = _of_workbook(body) if is_workbook else _of_csv(body)
    head: dict[int, str] = {}
    found: list[Given] = []
    for number, cells in enumerate(table, 1):
        if not any(cells):
            continue
        if not head:
            head = _head(cells)
            continue
        if len(found) == MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS} rows: divide it.")
        given = {what: cells[at] for at, what in head.items() if at < len(cells)}
        given["reason"] = given.get("reason") or reason.strip()
        found.append(Given(number, **given))
    if not found:
        raise FileRefused(f"“{name[:80]}” has no rows under its headings.")
    return found


def checked(given: Iterable[Given]) -> list[Checked]:
    """Each row, with what it will change or why it is refused. Nothing is written."""
    rows = list(given)
    projects, seen = _projects(rows), set()
    found = []
    for row in rows:
        one = Checked(row)
        try:
            _check(one, projects)
            if (key := (one.project and one.project.pk, one.field)) in seen:
                raise CorrectionRefused("The file corrects this field of this project in a row before.")
            seen.add(key)
        except (NotAValue, CorrectionRefused) as problem:
            one.problem = str(problem)
        found.append(one)
    return found


def carry_out(given: Iterable[Given], user: Any) -> tuple[list[Override], list[Checked]]:
    """Make the corrections of all rows that can be made now; those, and the rows that were refused."""
    made, refused = [], []
    for one in checked(given):
        if one.problem or one.project is None:
            refused.append(one)
            continue
        try:
            made.append(overrides.correct(
                one.project, one.field, one.given.value,
                reason=one.given.reason, user=user, expires_at=one.expires_at,
            ))  # fmt: skip
        except (NotAValue, CorrectionRefused) as problem:
            one.problem = str(problem)
            refused.append(one)
    return made, refused


def as_json(given: Iterable[Given]) -> list[dict[str, Any]]:
    return [asdict(row) for row in given]


def of_json(rows: Iterable[dict[str, Any]]) -> list[Given]:
    return [Given(**row) for row in rows]


def _head(cells: list[str]) -> dict[int, str]:
    head = {at: _BY_HEADING[folded(text)] for at, text in enumerate(cells) if folded(text) in _BY_HEADING}
    names = list(head.values())
    if "field" not in names or "value" not in names or not {"project", "id"} & set(names):
        raise FileRefused("The first row has to name the columns: project, field, value, reason, until.")
    if len(set(names)) < len(names):
        raise FileRefused("Two columns have the same heading.")
    return head


def _check(one: Checked, projects: dict[str, list[Project]]) -> None:
    given = one.given
    one.project = _project(given, projects)
    one.field = _field(given.field)
    one.expires_at = _end_of(given.until)
    value = read(one.field, given.value)
    one.now = shown(one.field, canonical(getattr(one.project, BY_NAME[one.field].column)))
    one.then = "not known" if value is None else shown(one.field, value)
    overrides.rehearse(one.project, one.field, given.value, given.reason, one.expires_at)


def _field(text: str) -> str:
    wanted = folded(text)
    for name in CORRECTABLE:
        if wanted in (folded(name), folded(label(name))):
            return name
    known = ", ".join(label(name) for name in CORRECTABLE)
    raise NotAValue(f"“{text[:40]}” is no field that can be corrected. These are: {known}.")


def _project(given: Given, projects: dict[str, list[Project]]) -> Project:
    called = given.id or given.project
    found = projects.get(f"id {given.id}" if given.id else folded(given.project), [])
    if not called:
        raise CorrectionRefused("The row names no project.")
    if len(found) != 1:
        raise CorrectionRefused(
            f"There is no project “{called[:60]}”."
            if not found
            else f"Several projects have the number “{called[:60]}”: name it in a column `id`."
        )
    return found[0]


def _projects(rows: list[Given]) -> dict[str, list[Project]]:
    """The projects that are named, by `id 17` and by folded number. Four queries."""
    ids = {int(row.id) for row in rows if row.id.isascii() and row.id.isdigit() and len(row.id) < 19}
    numbers = {folded(row.project) for row in rows if row.project}
    known = Identity.objects.values_list("external_id", "project_id")
    by_number: dict[str, set[int]] = {}
    for external_id, pk in known.iterator():
        if (number := folded(external_id)) in numbers:
            by_number.setdefault(number, set()).add(pk)
    wanted = ids.union(*by_number.values())
    loaded = Project.objects.prefetch_related("municipalities").in_bulk(wanted)
    found = {f"id {pk}": [loaded[pk]] for pk in ids if pk in loaded}
    return found | {
        number: [loaded[pk] for pk in sorted(pks) if pk in loaded] for number, pks in by_number.items()
    }


def _end_of(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise NotAValue(f"“{text[:40]}” is not a day such as 2026-12-31.") from None
    end = datetime.combine(day, time.max, tzinfo=HERE)
    if end <= timezone.now():
        raise CorrectionRefused("The correction would have run out already.")
    return end


def _of_csv(body: bytes) -> Iterator[list[str]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_plain(cell) for cell in cells]
    except csv.Error as problem:
        raise FileRefused(f"The file cannot be read as CSV: {problem}.") from problem


def _of_workbook(body: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(each.file_size for each in packed.infolist()) > _MOST_UNPACKED:
                raise FileRefused("The workbook is too large when it is unpacked.")
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for cells in sheet.iter_rows(values_only=True, max_row=10 * MOST_ROWS, max_col=50):
            yield [_plain(_text(cell)) for cell in cells]
    except FileRefused:
        raise
    except _NOT_A_WORKBOOK as problem:
        raise FileRefused("The file cannot be read as an XLSX workbook.") from problem


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


__all__ = ["Checked", "FileRefused", "Given", "as_json", "carry_out", "checked", "of_json", "rows_of"]
