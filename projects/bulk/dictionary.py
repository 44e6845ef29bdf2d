"""The data dictionary: what each column of each table is, from `projects/fields.py`, the objects of the API
and the models. The page, the CSV, and the schemas of the data package are made of the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from rest_framework import serializers as s

from projects.api.naming import with_names
from projects.api.tables import Column, columns_of
from projects.bulk.tables import TABLES, Table
from projects.bulk.words import SAID
from projects.fields import BY_NAME, Field, Kind
from projects.models import Project

_UNITS = {Kind.MONEY: "rand", Kind.PERCENT: "percent", Kind.DEGREES: "degrees, WGS84"}
# Types as a data package calls them.
_TYPES: tuple[tuple[Any, str], ...] = (
    (s.BooleanField, "boolean"), (s.IntegerField, "integer"), ((s.DecimalField, s.FloatField), "number"),
    (s.DateTimeField, "datetime"), (s.DateField, "date"),
)  # fmt: skip
HEADS = ("table", "column", "title", "type", "unit", "description", "codes")


@dataclass(frozen=True, slots=True)
class Entry:
    """A column of a file. `codes`: {code: what it stands for}, of a column that has no others."""

    table: str
    column: str
    title: str
    type: str
    unit: str
    description: str
    codes: dict[str, str]

    @property
    def cells(self) -> tuple[str, ...]:
        codes = "; ".join(f"{code}: {name}" for code, name in self.codes.items())
        return (self.table, self.column, self.title, self.type, self.unit, self.description, codes)


@cache
def entries_of(table: Table) -> tuple[Entry, ...]:
    """The columns of a table's CSV, in their order."""
    columns = {column.name: column for column in columns_of(table.shape)}
    names, _ = with_names(list(columns), [])
    return tuple(_entry(table, name, columns) for name in names)


def entries() -> Iterator[Entry]:
    for table in TABLES:
        yield from entries_of(table)


def _entry(table: Table, name: str, columns: dict[str, Column]) -> Entry:
    column = columns.get(name)
    if column is None:
        of = _entry(table, name.removesuffix("_name"), columns)
        about = f"What “{of.column}” stands for; blank where nobody knows the code."
        return Entry(table.name, name, f"{of.title}: name", "string", "", about, {})
    typed = BY_NAME.get(name) if table.model is Project else None
    about = _about(table, column, typed)
    return Entry(
        table.name, name, _title(name, typed), _type(column), _unit(typed, about), about, _codes(column)
    )


def _title(name: str, typed: Field | None) -> str:
    return typed.label if typed else name.replace("_", " ").capitalize()


def _type(column: Column) -> str:
    if column.is_json:
        return "object" if isinstance(column.field, s.DictField | s.JSONField) else "array"
    return next((name for kinds, name in _TYPES if isinstance(column.field, kinds)), "string")


def _unit(typed: Field | None, about: str) -> str:
    if typed:
        return _UNITS.get(typed.kind, "")
    return next((unit for unit in ("rand", "percent") if about.lower().startswith(unit)), "")


def _about(table: Table, column: Column, typed: Field | None) -> str:
    """What the object says of it, else what the model does, else only its name."""
    told = str(column.field.help_text or "") or _help_of_the_model(table, column)
    if not told and typed:
        told = f"{typed.label}, as it was read; the words of the source are in “published”"
    told = told or SAID.get(column.name) or _title(column.name, typed)
    return f"{told[:1].upper()}{told[1:]}".rstrip(".") + "."


def _help_of_the_model(table: Table, column: Column) -> str:
    try:
        found = table.model._meta.get_field(str(column.field.source).removesuffix("_id"))
    except FieldDoesNotExist:
        return ""
    return str(getattr(found, "help_text", ""))


def _codes(column: Column) -> dict[str, str]:
    if not isinstance(column.field, s.ChoiceField):
        return {}
    return {str(code): str(name) for code, name in column.field.choices.items() if code != ""}


__all__ = ["HEADS", "Entry", "entries", "entries_of"]
