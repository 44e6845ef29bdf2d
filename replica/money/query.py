"""Answers of one cube to aggregate and facts, as babbage 0.3.6 gives them on PostgreSQL.

The counts are as unreliable as there: a question that touches one dimension's table and nothing else is
counted in that table, without a look at the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from replica.money import syntax
from replica.money.asked import Question, aggregates_of, cuts_of, drilldown_of, fields_of, orders_of
from replica.money.errors import Refused
from replica.money.shape import Concept, Cube, Dimension

Row = list[Any]
Rows = Sequence[Row]
Record = dict[str, Any]
Listed = Callable[[list[Any]], list[Any]]
Get = Callable[[Any], Any]
_NOT_GROUPED = '(psycopg2.errors.GroupingError) column must appear in the GROUP BY clause: "{}"\n'


def aggregate(cube: Cube, rows: Rows, question: Question, listed: Listed = list) -> Record:
    """Sums by the drilldown. Raises Refused."""
    cuts = cuts_of(cube, question)
    attributes = drilldown_of(cube, question.drilldown)
    aggregates = aggregates_of(cube, question.aggregates)
    orders = orders_of(cube, question.order)
    for order in orders:
        if order.ref not in cube.aggregates and cube.concepts[order.ref].ref not in attributes:
            raise Refused(_NOT_GROUPED.format(order.ref))
    kept = _kept(cube, rows, cuts)
    groups = _groups(cube, kept, attributes) if attributes else {(): kept}
    shown = tuple(dict.fromkeys((*aggregates, *(o.ref for o in orders if o.ref in cube.aggregates))))
    cells = [
        dict(zip(attributes, key, strict=True)) | _sums(cube, group, shown) for key, group in groups.items()
    ]
    cells = _arranged(cells, [(*attributes, *aggregates)], [])
    cells = _arranged(cells, [], [(_resolved(cube, order.ref), order.direction) for order in orders])
    page, size = question.paging()
    names = tuple(dict.fromkeys((*attributes, *aggregates)))
    return {
        "total_cell_count": _cell_count(cube, cuts, attributes, kept, len(groups)),
        "cells": [{name: cell[name] for name in names} for cell in _page(listed(cells), page, size)],
        "summary": _sums(cube, kept, aggregates),
        "cell": [{"ref": cut.ref, "operator": ":", "value": cut.values} for cut in cuts],
        "aggregates": list(aggregates),
        "attributes": list(attributes),
        "order": [[order.ref, order.direction] for order in orders],
        "page": page,
        "page_size": size,
    }


def facts(cube: Cube, rows: Rows, question: Question, listed: Listed = list) -> Record:
    """Single facts. Raises Refused."""
    cuts = cuts_of(cube, question)
    fields = fields_of(cube, question.fields)
    orders = orders_of(cube, question.order)
    for order in orders:
        if order.ref in cube.aggregates:
            raise Refused(_NOT_GROUPED.format(order.ref))
    kept = _kept(cube, rows, cuts)
    gets = [(ref, _getter(cube.concepts[ref])) for ref in fields]
    by = [(_getter(cube.concepts[order.ref]), order.direction) for order in orders]
    everything = [] if orders else [tuple(get for _, get in gets)]
    page, size = question.paging()
    found = _page(listed(_arranged(list(kept), everything, by)), page, size)
    return {
        "total_fact_count": len(kept),
        "data": [{ref: get(row) for ref, get in gets} for row in found],
        "cell": question.cut,
        "fields": list(fields),
        "order": [[order.ref, order.direction] for order in orders],
        "page": page,
        "page_size": size,
    }


def _resolved(cube: Cube, ref: str) -> str:
    """The ref of a column: a dimension is ordered by its key."""
    return ref if ref in cube.aggregates else cube.concepts[ref].ref


def _getter(concept: Concept) -> Get:
    """A fact → the concept's value in it."""
    if concept.lookup is None:
        return itemgetter(concept.index)
    index, lookup = concept.index, concept.lookup
    return lambda row: lookup.get(row[index])


def _kept(cube: Cube, rows: Rows, cuts: Iterable[syntax.Cut]) -> Rows:
    for cut in cuts:
        concept = cube.concepts[cut.ref]
        wanted: set[Any] = set(cut.values)
        if concept.lookup is not None:
            wanted = {key for key, value in concept.lookup.items() if value in wanted}
        index = concept.index
        rows = [row for row in rows if row[index] in wanted]
    return rows


def _groups(cube: Cube, rows: Rows, refs: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    """Values of the refs → the facts that have them; grouped by the facts' own columns first (quick)."""
    concepts = [cube.concepts[ref] for ref in refs]
    indexes = list(dict.fromkeys(concept.index for concept in concepts))
    raw: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        raw.setdefault(tuple([row[index] for index in indexes]), []).append(row)
    gets = [_getter(concept) for concept in concepts]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for same in raw.values():
        groups.setdefault(tuple(get(same[0]) for get in gets), []).extend(same)
    return groups


def _sums(cube: Cube, rows: Rows, aggregates: Iterable[str]) -> Record:
    return {ref: len(rows) if ref == "_count" else _sum(cube, rows, ref) for ref in aggregates}


def _sum(cube: Cube, rows: Rows, aggregate_ref: str) -> float | int | None:
    """Nothing to add is null; a sum of a bigint is a numeric in PostgreSQL and a float in JSON."""
    concept = cube.concepts[aggregate_ref.removesuffix(".sum")]
    values = [row[concept.index] for row in rows if row[concept.index] is not None]
    if not values:
        return None
    return sum(values) if concept.whole else float(sum(values))


def _arranged(things: list[Any], whole: Sequence[Sequence[Any]], by: Sequence[tuple[Any, str]]) -> list[Any]:
    """Sorted by all columns of `whole` upwards, then by each of `by`, first one first; nulls always last.

    A column is a name of a record or a getter.
    """
    for columns in whole:
        gets = [_get(column) for column in columns]
        things = sorted(things, key=lambda thing: [_sortable(get(thing)) for get in gets])
    for column, direction in reversed(by):
        get = _get(column)
        filled = [thing for thing in things if get(thing) is not None]
        filled.sort(key=get, reverse=direction == "desc")
        things = filled + [thing for thing in things if get(thing) is None]
    return things


def _get(column: Any) -> Get:
    return column if callable(column) else itemgetter(column)


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


def _page(things: list[Any], page: int, size: int) -> list[Any]:
    return things[(page - 1) * size : page * size]


def _alone(cube: Cube, tables: set[str]) -> Dimension | None:
    """The dimension whose table is the only one that a question touches."""
    if len(tables) != 1 or "" in tables:
        return None
    return cube.of_reference(next(iter(tables)))


def _table_records(dimension: Dimension, cuts: Iterable[syntax.Cut]) -> list[Record]:
    names = [dimension.ref(attribute.name) for attribute in dimension.attributes]
    records = [dict(zip(names, values, strict=True)) for values in dimension.table.rows.values()]
    for cut in cuts:
        name = names[0] if cut.ref == dimension.name else cut.ref
        records = [record for record in records if record[name] in cut.values]
    return records


def _cell_count(cube: Cube, cuts: Sequence[syntax.Cut], refs: Sequence[str], kept: Rows, groups: int) -> int:
    tables = {cube.concepts[ref].table for ref in (*refs, *(cut.ref for cut in cuts))}
    if not tables:
        return 1
    alone = _alone(cube, tables)
    if alone is None:
        return groups if refs else len(kept)
    records = _table_records(alone, cuts)
    return len({tuple(record[ref] for ref in refs) for record in records}) if refs else len(records)
