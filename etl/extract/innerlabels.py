"""A column whose cells hold a second field, "Pipeline Project No: WP1", "Pipeline (WP1)": it is two. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from etl.extract.cellkinds import kind_of
from etl.extract.types import Table
from etl.values.places import MUNICIPAL_CODE
from etl.values.units import label_unit
from etl.values.words import likely_field

FieldOf = Callable[[str], str | None]
_MOST_WORDS = 5  # of a label
_FEWEST_ROWS = 2
REFERENCE = "Reference"  # what the column of codes is called that stood in brackets behind the names
_CODED = (
    re.compile(r"(?P<name>.{6,}?)\s*[(\[]\s*(?P<code>[^\s()\[\]]{5,30})\s*[)\]]"),
    re.compile(r"(?P<code>[^\s()\[\]:]{5,30})\s*(?:\s[-–—|]|:)\s+(?P<name>.{6,})"),
)
_FEWEST_CODES = 3
_MARKS = re.compile(r"[\d\s.,]")
_TWO = re.compile(r"\s+(?:[-–—/|&]|and|to|en|tot)\s+")
_COUNTED = re.compile(r"(\d{1,4})\s?[.)]\s+(\S.+)")
# Municipalities and parts of a scheme have codes too, and no project has a number of one digit
_NO_NUMBER = re.compile(
    MUNICIPAL_CODE.pattern + r"$|(?:phase|fase|ph|ward|wyk|lot|stage|part|zone|unit|block)\b|\D*\d\D*$",
    re.IGNORECASE,
)


def part_columns(table: Table, field_of: FieldOf) -> None:
    """Give each known label that all cells of a column name, behind other words, a column of its own."""
    at = 0
    while at < len(table.headers):
        label = _label(table, at, field_of)
        if label and label not in table.headers:
            _part(table, at, label)
        else:
            at += 1


def part_pairs(table: Table, field_of: FieldOf) -> None:
    """Make two columns of one whose heading names two fields and whose cells all hold two figures or two
    days, parted alike: "Start – Completion" over "01/03/2025 – 30/11/2026"."""
    for at in range(len(table.headers) - 1, -1, -1):
        labels = _TWO.split(table.headers[at])
        if (
            len(labels) != 2
            or len({field_of(label) or likely_field(label) for label in labels} - {None}) != 2
        ):
            continue
        if (
            not set(labels).isdisjoint(table.headers)
            or label_unit(table.headers[at])
            or any(table.column_notes)
        ):
            continue  # a unit may be that of one of them alone
        said = [row[at] for row in table.rows if row[at]]
        parts = [_TWO.split(text) for text in said]
        if len(said) >= _FEWEST_ROWS and all(len(some) == 2 and _are_alike(*some) for some in parts):
            pairs = [(row[at], _TWO.split(row[at])) for row in table.rows]
            table.headers[at] = labels[0]
            _insert(table, at, labels[1], [(some[0], some[1]) if text else ("", "") for text, some in pairs])


def _are_alike(one: str, other: str) -> bool:
    if kind_of(one) == kind_of(other) == "figure":
        return _MARKS.sub("", one) == _MARKS.sub("", other)  # "45 / 12 million" are both millions, or not
    return kind_of(one) == kind_of(other) == "date"


def drop_counts(table: Table, field_of: FieldOf) -> None:
    """Take the numbers off names that count them from the first row to the last: "1. Pipeline"."""
    for at, header in enumerate(table.headers):
        if header != "Title" and field_of(header) != "name":
            continue
        counted = [_COUNTED.fullmatch(row[at]) for row in table.rows]
        numbers = [int(match[1]) for match in counted if match]
        if len(numbers) == len(counted) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            for row, match in zip(table.rows, counted, strict=True):
                row[at] = match[2] if match else row[at]


def part_numbers(table: Table, field_of: FieldOf) -> None:
    """Give the codes that stand in brackets behind all names, or before them, a column of their own, where no
    column is the projects' number."""
    fields = [field_of(header) for header in table.headers]
    if "external_id" in fields or REFERENCE in table.headers or len(table.rows) < _FEWEST_CODES:
        return
    for at, header in enumerate(table.headers):
        if fields[at] != "name" and header != "Title":
            continue
        for shape in _CODED:
            found = [shape.fullmatch(row[at]) for row in table.rows]
            parts = [(match["name"], match["code"]) for match in found if match]
            if len(parts) == len(found) and are_numbers([code for _, code in parts]):
                _insert(table, at, REFERENCE, parts)
                return


def are_numbers(codes: list[str]) -> bool:
    """Whether codes of one build, each another, may be numbers of projects; a municipality's is none."""
    builds = {re.sub(r"[A-Za-z]+", "A", re.sub(r"\d+", "9", code)) for code in codes}
    is_coded = all(kind_of(code) == "code" and not _NO_NUMBER.match(code) for code in codes)
    return is_coded and len(builds) == 1 and len(set(codes)) == len(codes)


def _label(table: Table, at: int, field_of: FieldOf) -> str:
    """The last label in the cells of the column, where it is the same in all that say something."""
    texts = [row[at] for row in table.rows if row[at]]
    if len(texts) < _FEWEST_ROWS or not all(": " in text for text in texts):
        return ""
    words = texts[0].rpartition(": ")[0].rstrip(" :").split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        label = " ".join(words[-count:])
        if field_of(label) and all(f" {label}: " in text for text in texts):
            return label
    return ""


def _part(table: Table, at: int, label: str) -> None:
    parts = [row[at].rpartition(f" {label}: ") for row in table.rows]
    _insert(table, at, label, [(before.strip(), after.strip()) for before, _, after in parts])


def _insert(table: Table, at: int, label: str, parts: list[tuple[str, str]]) -> None:
    """Put a column behind another; `parts`: per row what stays and what moves there."""
    table.headers.insert(at + 1, label)
    for row, pair in zip(table.rows, parts, strict=True):
        row[at : at + 1] = pair
    for left_out in table.left_out:
        if left_out.kind == "total" and len(left_out.row) == len(table.headers) - 1:
            left_out.row.insert(at + 1, "")
    for more in (table.field_names, table.column_notes):
        if more:
            more.insert(at + 1, "")
    table.linked = {place + (place > at) for place in table.linked}
