"""Columns that do not stand where their headings say: headings short of a cell, one heading over a number and
a name, a row short of a cell, "ditto". By what kind of text each column holds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from etl.extract.cellkinds import CellKind, kind_of
from etl.extract.gridlines import Line
from etl.extract.innerlabels import REFERENCE
from projects.fields import FIELDS, Kind

FieldOf = Callable[[str], str | None]
_SAMPLE = 60  # rows
_DITTO = frozenset({'"', "\u201c", "\u201d", "\u2033", "\u3003", "''", '-"-', '" "', "ditto", "do.", "idem"})
_OF_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.MONEY: ("figure",), Kind.PERCENT: ("figure",), Kind.DATE: ("date", "figure"), Kind.TEXT: ("words",),
    Kind.PLACE: ("words",), Kind.STATUS: ("words",),
}  # fmt: skip
_KINDS = {field.name: _OF_KIND[field.kind] for field in FIELDS if field.kind in _OF_KIND}
_KINDS["external_id"] = ("code", "figure")
_COUNTED = ("figure", "date")


def rightly_headed(
    headers: list[str], head: Sequence[Line], body: Sequence[Line], field_of: FieldOf
) -> list[str]:
    """The headings over the columns that they fit: where the last column has none they may all stand one
    place too far left; and a name's heading that goes over a column of codes too is not theirs."""
    kinds = [_kind(body, at) for at in range(len(headers))]
    if head and len(headers) > 2 and all(line.cells[-1] is None for line in head) and kinds[-1]:
        moved = ["", *headers[:-1]]
        if _fit(moved, kinds, field_of) > _fit(headers, kinds, field_of):
            headers = moved
    for at in range(len(headers) - 1):
        is_over_both = headers[at] == headers[at + 1] and field_of(headers[at]) == "name"
        if is_over_both and (kinds[at], kinds[at + 1]) == ("code", "words") and REFERENCE not in headers:
            headers = [*headers[:at], REFERENCE, *headers[at + 1 :]]
    return headers


def _kind(body: Sequence[Line], at: int) -> CellKind:
    """What most texts of a column are, "" where it has none."""
    counts = Counter(kind for line in body[:_SAMPLE] if (kind := kind_of(line.texts[at])))
    return counts.most_common(1)[0][0] if counts else ""


def _fit(headers: Sequence[str], kinds: Sequence[CellKind], field_of: FieldOf) -> int:
    """How many headings that are known stand over columns of their kind, less those that do not."""
    known = [(_KINDS.get(field_of(header) or ""), kind) for header, kind in zip(headers, kinds, strict=True)]
    return sum(1 if kind in wanted else -1 for wanted, kind in known if wanted and kind)


def misplaced_rows(body: Sequence[Line]) -> set[int]:
    """Numbers of the rows that lack a cell, and whose texts are of other kinds than their columns."""
    short = {number for number, line in enumerate(body) if line.cells[-1] is None}
    if not short or len(short) * 4 > len(body):
        return set()
    whole = [line for number, line in enumerate(body) if number not in short]
    kinds = [_kind(whole, at) for at in range(len(body[0].cells))]
    return {number for number in short if _is_misplaced(body[number], kinds)}


def _is_misplaced(line: Line, kinds: Sequence[CellKind]) -> bool:
    pairs = [(kind_of(text), kind) for text, kind in zip(line.texts, kinds, strict=True)]
    return any(own and kind and own != kind and (own in _COUNTED or kind in _COUNTED) for own, kind in pairs)


def say_again(texts: list[list[str]]) -> None:
    """Put the text above in the place of marks that say "the same"."""
    for above, row in pairwise(texts):
        for at, text in enumerate(row):
            if text and len(text) < 6 and text.casefold() in _DITTO and above[at]:
                row[at] = above[at]


def say_breaks(texts: list[list[str]], blocks: Sequence[int]) -> None:
    """Put the text that heads a block of rows into the blank cells below it.

    A report with breaks says once what its rows share, and sums them below. `blocks`: of each row the number
    of sums above it. Taken for one is a first column that has a text in the first row of each of several
    blocks, and in no other.
    """
    firsts = [at == 0 or blocks[at - 1] != blocks[at] for at in range(len(texts))]
    if sum(firsts) < 2 or all(firsts) or len(texts[0]) < 2:
        return
    if [bool(row[0]) for row in texts] == firsts:
        for above, row in pairwise(texts):
            row[0] = row[0] or above[0]
