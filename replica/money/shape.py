"""What a cube is made of, and the model that describes it in JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from replica.money.reference import Table, table

Json = dict[str, Any]


@dataclass(frozen=True)
class Attribute:
    name: str
    column: str
    label: str
    type: str = "string"
    description: str | None = ""  # None: the model has no such key


@dataclass(frozen=True)
class Dimension:
    """`reference` names the table of codes that the facts join; without one the values are in the facts."""

    name: str
    label: str
    attributes: tuple[Attribute, ...]  # the key first
    label_attribute: str
    description: str | None = ""
    reference: str = ""
    join: str | list[str] | None = None
    fixed: bool = False  # "non_aggregatable": sums over it mean nothing

    @property
    def key(self) -> Attribute:
        return self.attributes[0]

    @cached_property
    def table(self) -> Table:
        return table(self.reference, tuple(attribute.name for attribute in self.attributes))

    def ref(self, attribute: str) -> str:
        return f"{self.name}.{attribute}"

    def as_json(self) -> Json:
        content: Json = {
            "label": self.label,
            "key_attribute": self.key.name,
            "label_attribute": self.label_attribute,
            "attributes": {a.name: _attribute(self, a) for a in self.attributes},
            "ref": self.name,
            "label_ref": self.ref(self.label_attribute),
            "key_ref": self.ref(self.key.name),
            "cardinality_class": None,
            "hierarchy": self.name,
        }
        optional = {"description": self.description, "join_column": self.join}
        content |= {name: value for name, value in optional.items() if value is not None}
        return content | ({"non_aggregatable": True} if self.fixed else {})


def _attribute(dimension: Dimension, attribute: Attribute) -> Json:
    content: Json = {"column": attribute.column, "label": attribute.label, "type": attribute.type}
    if attribute.description is not None:
        content["description"] = attribute.description
    return content | {"ref": dimension.ref(attribute.name)}


@dataclass(frozen=True)
class Measure:
    """`whole`: the column is small, so that its sum is an integer in JSON and not a float."""

    name: str
    label: str
    column: str = ""
    type: str = ""
    whole: bool = False

    def as_json(self) -> Json:
        content: Json = {"column": self.column or self.name, "label": self.label, "ref": self.name}
        return content | ({"type": self.type} if self.type else {})


@dataclass(frozen=True)
class Concept:
    """What a ref stands for. `index`: its column in a fact; `lookup`: key → value of a joined table."""

    ref: str
    table: str  # "" for the facts
    type: str | None
    index: int = -1
    lookup: dict[str, Any] | None = None
    whole: bool = False


@dataclass(frozen=True)
class Cube:
    name: str
    label: str
    description: str
    fact_table: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...] = ()
    cycle: str = "quarter"
    updates_table: str = ""
    last_updated: str = "2020-10"
    return_forms: tuple[str, ...] = field(default=())

    def as_json(self, last_updated: str) -> Json:
        """The `model` of the answer."""
        content: Json = {"fact_table": self.fact_table, "label": self.label, "description": self.description}
        if self.return_forms:
            content["return_forms"] = list(self.return_forms)
        content["update_cycle"] = self.cycle
        if self.updates_table:
            content["updates_table"] = self.updates_table
        return content | {
            "last_updated": last_updated,
            "dimensions": {dimension.name: dimension.as_json() for dimension in self.dimensions},
            "measures": {measure.name: measure.as_json() for measure in self.measures},
            "aggregates": self._aggregates(),
            "hierarchies": {},
        }

    def _aggregates(self) -> Json:
        content: Json = {"_count": {"label": "Facts", "ref": "_count", "function": "count"}}
        for m in self.measures:
            ref = f"{m.name}.sum"
            content[ref] = {"label": m.label, "ref": ref, "function": "sum", "measure": m.name}
        return content

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What stands in a fact, in order: the key of a joined dimension, each attribute of the others."""
        names = []
        for d in self.dimensions:
            held = (d.key,) if d.reference else d.attributes
            names += [d.ref(attribute.name) for attribute in held]
        return (*names, *(measure.name for measure in self.measures))

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        return tuple(d.ref(attribute.name) for d in self.dimensions for attribute in d.attributes)

    @cached_property
    def aggregates(self) -> tuple[str, ...]:
        return ("_count", *(f"{measure.name}.sum" for measure in self.measures))

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """All refs: measures, aggregates, dimensions (by their key) and attributes."""
        found: dict[str, Concept] = {ref: Concept(ref, "", None) for ref in self.aggregates}
        for measure in self.measures:
            index = self.columns.index(measure.name)
            found[measure.name] = Concept(measure.name, "", None, index, whole=measure.whole)
        for dimension in self.dimensions:
            for attribute in dimension.attributes:
                concept = self._concept(dimension, attribute)
                found[concept.ref] = concept
                if attribute is dimension.key:
                    found[dimension.name] = concept
        return found

    def _concept(self, dimension: Dimension, attribute: Attribute) -> Concept:
        ref = dimension.ref(attribute.name)
        if not dimension.reference:
            return Concept(ref, "", attribute.type, self.columns.index(ref))
        index = self.columns.index(dimension.ref(dimension.key.name))
        lookup = dimension.table.values(attribute.name)
        return Concept(ref, dimension.reference, attribute.type, index, lookup)

    def matched(self, ref: str) -> tuple[str, ...]:
        """The refs that a ref stands for: all attributes of a dimension, key first; else itself."""
        for d in self.dimensions:
            if d.name == ref:
                return tuple(d.ref(attribute.name) for attribute in d.attributes)
        return (ref,)

    def of_reference(self, reference: str) -> Dimension:
        return next(d for d in self.dimensions if d.reference == reference)
