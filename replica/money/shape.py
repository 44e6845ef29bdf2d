"""What a cube is made of: the model that says so in JSON, and how each of its refs is read from a fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from replica.money.reference import column_of

Json = dict[str, Any]
Read = Callable[[list[Any]], Any]  # a fact → a value in it


class Attribute(NamedTuple):
    """`column`: where the service has it; part of the model, and nothing else."""

    name: str
    column: str
    label: str
    type: str = "string"


@dataclass(frozen=True)
class Dimension:
    """`table`: that of its codes, which the facts join by the key; without one all values are in the facts.

    `described`: the model has descriptions of it. Ours are empty.
    """

    name: str
    label: str
    attributes: tuple[Attribute, ...]  # the key first
    label_attribute: str
    table: str = ""
    join: str | list[str] = ""
    fixed: bool = False  # "non_aggregatable": sums over it mean nothing
    described: bool = True

    def ref(self, attribute: str) -> str:
        return f"{self.name}.{attribute}"

    def as_json(self) -> Json:
        key = self.attributes[0].name
        content: Json = {
            "label": self.label,
            "key_attribute": key,
            "label_attribute": self.label_attribute,
            "attributes": {a.name: self._attribute(a) | self._description for a in self.attributes},
            "ref": self.name,
            "label_ref": self.ref(self.label_attribute),
            "key_ref": self.ref(key),
            "cardinality_class": None,
            "hierarchy": self.name,
        }
        content |= {"join_column": self.join} if self.join else {}
        return content | self._description | ({"non_aggregatable": True} if self.fixed else {})

    @property
    def _description(self) -> Json:
        return {"description": ""} if self.described else {}

    def _attribute(self, attribute: Attribute) -> Json:
        _, column, label, type_ = attribute
        return {"column": column, "label": label, "type": type_, "ref": self.ref(attribute.name)}


class Measure(NamedTuple):
    name: str
    column: str
    label: str
    type: str = ""

    def as_json(self) -> Json:
        content = {"column": self.column, "label": self.label, "ref": self.name}
        return content | ({"type": self.type} if self.type else {})


class Concept(NamedTuple):
    """What an attribute's ref stands for. `type`: that of the values it can be cut to."""

    read: Read
    type: str


@dataclass(frozen=True)
class Cube:
    """`updates_table` "": nobody ever updates it."""

    name: str
    label: str
    fact_table: str
    updates_table: str
    dimensions: tuple[Dimension, ...]
    measure: Measure | None = None
    cycle: str = "quarter"

    def as_json(self, last_updated: str) -> Json:
        """The `model` of the answer."""
        content = {
            "fact_table": self.fact_table,
            "label": self.label,
            "description": "Made up by the replica.",
            "update_cycle": self.cycle,
        }
        content |= {"updates_table": self.updates_table} if self.updates_table else {}
        return content | {
            "last_updated": last_updated,
            "dimensions": {dimension.name: dimension.as_json() for dimension in self.dimensions},
            "measures": {self.measure.name: self.measure.as_json()} if self.measure else {},
            "aggregates": self._aggregates(),
            "hierarchies": {},
        }

    def _aggregates(self) -> Json:
        content = {"_count": {"label": "Facts", "ref": "_count", "function": "count"}}
        if self.measure:
            ref, of = f"{self.measure.name}.sum", self.measure
            content[ref] = {"label": of.label, "ref": ref, "function": "sum", "measure": of.name}
        return content

    @cached_property
    def aggregates(self) -> tuple[str, ...]:
        return tuple(self._aggregates())

    @cached_property
    def attributes(self) -> dict[str, Concept]:
        """By ref. A fact has the key of a dimension with a table, and all attributes of the others."""
        found: dict[str, Concept] = {}
        width = 0
        for dimension in self.dimensions:
            key = width
            for number, attribute in enumerate(dimension.attributes):
                joined = dimension.table and number
                read = _joined(dimension.table, attribute.name, key) if joined else itemgetter(width)
                width += 0 if joined else 1
                found[dimension.ref(attribute.name)] = Concept(read, attribute.type)
        return found

    @cached_property
    def fields(self) -> dict[str, Read]:
        """All that a fact says, by ref; the measure is its last column."""
        fields = {ref: concept.read for ref, concept in self.attributes.items()}
        return fields | ({self.measure.name: itemgetter(-1)} if self.measure else {})


def _joined(table: str, column: str, key: int) -> Read:
    values = column_of(table, column)
    return lambda row: values.get(row[key])
