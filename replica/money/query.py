"""The questions that are asked of a cube, answered as babbage 0.3.6 on PostgreSQL answers them.

A cut is by equality with quoted texts or whole numbers: `item.code:"0430"|financial_year_end.year:2026;2027`.
`drilldown` and `aggregates` are refs parted by `|`, `fields` and `order` refs parted by commas; the order is
upwards. babbage reads more, and ignores in silence what it cannot read: here anything else is refused, in
babbage's words where it has some. One parameter that babbage has not is let through, as there: clients add it
to have an answer of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from replica.money.cells import Row
from replica.money.cubes import Cube

Rows = Sequence[Row]
Record = dict[str, Any]
Parameters = dict[str, str]
Listed = Callable[[list[Record]], list[Record]]
_VALUE = re.compile(r'"(?P<text>[^"\\]+)"|(?P<number>[0-9]{1,18})')
_TYPES = {str: "string", int: "integer"}
UNREAD = "last_updated"  # the parameter of a client's own


class Refused(Exception):
    """An answer that is an error. `status` 400 is babbage's own, 500 an exception that nobody caught."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.status = message, status


class _Cut(NamedTuple):
    ref: str
    values: list[str | int]


def aggregate(cube: Cube, rows: Rows, parameters: Parameters, listed: Listed) -> Record:
    """Sums by the drilldown, which must be there as the aggregates must. Raises Refused."""
    _check_names(parameters, "drilldown", "aggregates", "cut", "order", "page", "pagesize")
    cuts = _cuts(cube, parameters)
    refs = _refs(parameters.get("drilldown", "").split("|"), cube.attributes, "drilldown")
    sums = _refs(parameters.get("aggregates", "").split("|"), cube.aggregates, "aggregate")
    order = _order(parameters, refs)
    kept = _kept(cube, rows, cuts)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    reads = [cube.attributes[ref].read for ref in refs]
    for row in kept:
        groups.setdefault(tuple([read(row) for read in reads]), []).append(row)
    cells = [dict(zip(refs, key, strict=True)) | _sums(cube, group, sums) for key, group in groups.items()]
    page, size = _paging(parameters, 20_000)
    return {
        "total_cell_count": len(cells),
        "cells": _page(listed(_sorted(cells, (*order, *refs))), page, size),
        "summary": _sums(cube, kept, sums),
        "cell": [{"ref": cut.ref, "operator": ":", "value": cut.values} for cut in cuts],
        "aggregates": sums,
        "attributes": refs,
        "order": [[ref, "asc"] for ref in order],
        "page": page,
        "page_size": size,
    }


def facts(cube: Cube, rows: Rows, parameters: Parameters, listed: Listed) -> Record:
    """Single facts, of all fields where none is asked for. Raises Refused."""
    _check_names(parameters, "fields", "cut", "order", "page", "pagesize")
    cuts = _cuts(cube, parameters)
    fields = list(cube.fields)
    if "fields" in parameters:
        fields = _refs(parameters["fields"].split(","), cube.fields, "field")
    order = _order(parameters, fields)
    found = [{ref: cube.fields[ref](row) for ref in fields} for row in _kept(cube, rows, cuts)]
    page, size = _paging(parameters, 10_000)
    return {
        "total_fact_count": len(found),
        "data": _page(listed(_sorted(found, (*order, *fields))), page, size),
        "cell": parameters.get("cut"),
        "fields": fields,
        "order": [[ref, "asc"] for ref in order],
        "page": page,
        "page_size": size,
    }


def _check_names(parameters: Parameters, *known: str) -> None:
    for name in parameters:
        if name not in (*known, UNREAD):
            raise Refused(f"The replica has no parameter {name!r} here")


def _refs(refs: list[str], known: Collection[str], what: str) -> list[str]:
    for ref in refs:
        if ref not in known:
            raise Refused(f"Invalid {what}: {ref!r}")
    return list(dict.fromkeys(refs))


def _order(parameters: Parameters, shown: Collection[str]) -> list[str]:
    """What to sort by, of the columns that are shown."""
    if "order" not in parameters:
        return []
    refs = [part.removesuffix(":asc") for part in parameters["order"].split(",")]
    return _refs(refs, shown, "sorting criterion")


def _cuts(cube: Cube, parameters: Parameters) -> list[_Cut]:
    return [_cut(cube, part) for part in parameters["cut"].split("|")] if "cut" in parameters else []


def _cut(cube: Cube, part: str) -> _Cut:
    """One cut, each value of the type of its ref."""
    ref, colon, values = part.partition(":")
    if not colon:
        raise Refused("expecting ':'")
    if ref not in cube.attributes:
        raise Refused(f"Invalid cut: {ref!r}")
    cut = _Cut(ref, [_value(text) for text in values.split(";")])
    wanted = cube.attributes[ref].type
    for value in cut.values:
        type_ = _TYPES[type(value)]
        if type_ != wanted:
            raise Refused(
                f"Invalid value {value!r} parsed as type '{type_}' for cut {ref} of type '{wanted}'"
            )
    return cut


def _value(text: str) -> str | int:
    match = _VALUE.fullmatch(text)
    if match is None:
        raise Refused(f"The replica reads quoted texts and whole numbers in a cut, not {text!r}")
    return match["text"] or int(match["number"])


def _paging(parameters: Parameters, most: int) -> tuple[int, int]:
    """(page, rows a page); more rows than the most are fewer without a word."""
    try:
        page, size = int(parameters.get("page", 1)), int(parameters.get("pagesize", 10_000))
    except ValueError as error:
        raise Refused(str(error), 500) from error
    if page < 1 or size < 1:
        raise Refused(f"The replica has no page {page} of {size} rows")
    return page, min(most, size)


def _kept(cube: Cube, rows: Rows, cuts: list[_Cut]) -> Rows:
    for cut in cuts:
        read, wanted = cube.attributes[cut.ref].read, set(cut.values)
        rows = [row for row in rows if read(row) in wanted]
    return rows


def _sums(cube: Cube, rows: Rows, aggregates: list[str]) -> Record:
    return {ref: _sum(map(cube.amounts[ref.removesuffix(".sum")], rows)) for ref in aggregates}


def _sum(amounts: Iterable[Any]) -> float | None:
    """Nothing to add is null; a sum of a bigint is a numeric there, and a float in JSON."""
    values = [amount for amount in amounts if amount is not None]
    return float(sum(values)) if values else None


def _sorted(records: list[Record], refs: Sequence[str]) -> list[Record]:
    """Upwards by all of these, nulls last."""
    return sorted(records, key=lambda record: [(record[ref] is None, record[ref]) for ref in refs])


def _page(records: list[Record], page: int, size: int) -> list[Record]:
    return records[(page - 1) * size : page * size]
