"""The cubes that are served: which columns a fact has, and the model that says so.

Of a code's label, its place in a return form and the like, which nobody asks, the replica knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

Json = dict[str, Any]
Read = Callable[[list[Any]], Any]  # a fact → a value in it
_TYPES = {"financial_year_end.year": "integer", "financial_period.period": "integer", "date.date": "date"}


class Concept(NamedTuple):
    """What an attribute's ref stands for. `type`: that of the values it can be cut to."""

    read: Read
    type: str


@dataclass(frozen=True)
class Cube:
    """`dimensions`: each with its attributes, in the order of the columns of a fact, whose last are the
    measures. `fixed`: those over which a sum means nothing. `is_updated`: else nobody ever updates it."""

    name: str
    dimensions: Mapping[str, tuple[str, ...]]
    measures: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    is_updated: bool = True

    def as_json(self, last_updated: str) -> Json:
        """The `model` of the answer, as far as anybody reads it."""
        content: Json = {"updates_table": f"{self.name}_update"} if self.is_updated else {}
        return content | {
            "last_updated": last_updated,
            "dimensions": {name: self._dimension(name) for name in self.dimensions},
            "measures": {name: {"ref": name} for name in self.measures},
            "aggregates": {ref: {"ref": ref} for ref in self.aggregates},
        }

    def _dimension(self, name: str) -> Json:
        attributes = {each: {"ref": f"{name}.{each}"} for each in self.dimensions[name]}
        content: Json = {"ref": name, "attributes": attributes}
        return content | ({"non_aggregatable": True} if name in self.fixed else {})

    @property
    def aggregates(self) -> tuple[str, ...]:
        return tuple(f"{name}.sum" for name in self.measures)

    @cached_property
    def attributes(self) -> dict[str, Concept]:
        """By ref."""
        refs = [f"{name}.{each}" for name, of in self.dimensions.items() for each in of]
        return {ref: Concept(itemgetter(place), _TYPES.get(ref, "string")) for place, ref in enumerate(refs)}

    @cached_property
    def fields(self) -> dict[str, Read]:
        """All that a fact says, by ref."""
        return {ref: concept.read for ref, concept in self.attributes.items()} | self.amounts

    @cached_property
    def amounts(self) -> dict[str, Read]:
        """By measure."""
        return {name: itemgetter(place - len(self.measures)) for place, name in enumerate(self.measures)}


_CODE: tuple[str, ...] = ("code",)
_DEMARCATION, _YEAR = {"demarcation": _CODE}, {"financial_year_end": ("year",)}
_TIME = {"period_length": ("length",), "financial_period": ("period",), "amount_type": _CODE}
_FIXED = frozenset({"financial_year_end", "period_length", "amount_type", "capital_type"})
_PLACE = (
    "demarcation_code", "name", "long_name", "parent_code", "province_name", "province_code", "category",
    "miif_category",
)  # fmt: skip
_CHANGE = ("old_demarcation", "new_demarcation", "old_code_transition", "new_code_transition")
_AMOUNT = ("amount",)
_BAD = ("bad_amount", "badi_amount")
_OWED = tuple(f"{age}_amount" for age in "g1 l1 l120 l150 l180 l30 l60 l90 total".split())


def _timed(name: str, *own: str, measures: tuple[str, ...] = _AMOUNT) -> Cube:
    """A cube with amount types and periods, from the financial year 2019-20 on (mSCOA)."""
    dimensions = _DEMARCATION | dict.fromkeys(own, _CODE) | _YEAR | _TIME
    return Cube(name, dimensions, measures, _FIXED & dimensions.keys())


_ALL = (
    _timed("capital_v2", "function", "item", "capital_type"),
    _timed("incexp_v2", "function", "item"),
    _timed("cflow_v2", "item"),
    _timed("grants_v2", "grant"),
    _timed("aged_creditor_v2", "item", measures=_OWED),
    _timed("aged_debtor_v2", "customer_group", "item", measures=_BAD + _OWED),
    Cube(
        "uifwexp",
        _DEMARCATION | {"item": _CODE} | _YEAR,
        _AMOUNT,
        frozenset({"item", "financial_year_end"}),
    ),
    Cube(
        "audit_opinions",
        _DEMARCATION | _YEAR | {"opinion": ("code", "label", "report_url")},
        fixed=frozenset({"financial_year_end"}),
    ),
    Cube("municipalities", {"municipality": _PLACE}, ("area",)),
    Cube("demarcation_changes", dict.fromkeys(_CHANGE, _CODE) | {"date": ("date",)}, is_updated=False),
)
CUBES = {cube.name: cube for cube in _ALL}
