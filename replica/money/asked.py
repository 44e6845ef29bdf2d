"""The parameters of a question, checked against the cube as babbage 0.3.6 checks them, with its messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from replica.money import syntax
from replica.money.errors import BadQuery, Refused
from replica.money.shape import Concept, Cube

_NO_AGGREGATES_HERE = "(psycopg2.errors.GroupingError) aggregate functions are not allowed in WHERE\n"


@dataclass(frozen=True)
class Question:
    """The parameters as sent (None: not sent). `most`: the largest page."""

    cut: str | None = None
    drilldown: str | None = None
    aggregates: str | None = None
    fields: str | None = None
    order: str | None = None
    page: str | None = None
    pagesize: str | None = None
    most: int = 10000

    @property
    def size(self) -> int:
        """Rows a page, without its clamp. Raises Refused for what is no number."""
        try:
            return int(self.pagesize or 10000)
        except ValueError as error:
            raise Refused(str(error)) from error

    def paging(self) -> tuple[int, int]:
        """(page, rows a page) that count."""
        try:
            page = max(1, int(self.page or 0))
        except ValueError:
            page = 1
        size = self.size
        return page, max(0, min(self.most, size))


def cuts_of(cube: Cube, question: Question) -> list[syntax.Cut]:
    """The cuts, each value of the type of its ref. Raises Refused."""
    if question.cut is None:
        return []
    found = syntax.cuts(question.cut, cube.concepts.__contains__)
    for cut in found:
        concept = cube.concepts[cut.ref]
        for value in cut.values:
            _check_type(cut.ref, concept, value)
        if cut.ref in cube.aggregates:
            raise Refused(_NO_AGGREGATES_HERE)
    return found


def _check_type(ref: str, concept: Concept, value: syntax.Value) -> None:
    """A date is of no type at all in the service, not even of type date."""
    type_of = {str: "string", int: "integer"}.get(type(value))
    if concept.type is not None and type_of != concept.type:
        raise BadQuery(
            f"Invalid value {value!r} parsed as type '{type_of}' for cut {ref} of type '{concept.type}'"
        )


def drilldown_of(cube: Cube, source: str | None) -> tuple[str, ...]:
    """The refs to group by; a dimension stands for all its attributes, key first. Raises Refused."""
    allowed = {dimension.name for dimension in cube.dimensions} | set(cube.attributes)
    refs = [] if source is None else syntax.refs(source, "|")
    return _expanded(cube, refs, allowed, "drilldown")


def fields_of(cube: Cube, source: str | None) -> tuple[str, ...]:
    """The refs to show; all of them where none is asked for. Raises Refused."""
    if source is None:
        return (*cube.attributes, *(measure.name for measure in cube.measures))
    return _expanded(cube, syntax.refs(source, ","), set(cube.concepts) - set(cube.aggregates), "field")


def _expanded(cube: Cube, refs: Iterable[str], allowed: set[str], what: str) -> tuple[str, ...]:
    found: list[str] = []
    for ref in refs:
        if ref not in allowed:
            raise BadQuery(f"Invalid {what}: {ref!r}")
        found += cube.matched(ref)
    return tuple(dict.fromkeys(found))


def aggregates_of(cube: Cube, source: str | None) -> tuple[str, ...]:
    """The sums to make; all of them where none is asked for. Raises Refused."""
    if source is None:
        return cube.aggregates
    refs = syntax.refs(source, "|")
    for ref in refs:
        if ref not in cube.aggregates:
            raise BadQuery(f"Invalid aggregate: {ref!r}")
    return tuple(dict.fromkeys(refs))


def orders_of(cube: Cube, source: str | None) -> list[syntax.Order]:
    """What to sort by. Raises Refused."""
    orders = [] if source is None else syntax.orders(source)
    for order in orders:
        if order.ref not in cube.concepts:
            raise BadQuery(f"Invalid sorting criterion: {order.source!r}")
    return orders
