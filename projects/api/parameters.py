"""What the OpenAPI document says of a query: the form field that checks a value is what documents it."""

from __future__ import annotations

from typing import Any

from django import forms
from django_filters.fields import ModelChoiceField
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.utils import OpenApiParameter

from projects.declared import declared
from projects.filters import ChoicesField, ListField, MomentField
from projects.models import Source

Schema = dict[str, Any]

# No text of a query has a NUL: neither database takes one.
_TEXT = r"^[^\u0000]*$"
_CODE = r"^[A-Za-z]{2,3}[0-9]{0,3}$"
# One with a comma-separated list, one that comes again for each word: both are read.
_LIST = {"style": "form", "explode": False}
EXAMPLES: dict[str, Any] = {
    "after": 1840,
    "as_of": "2026-05-01",
    "changed_since": "2026-05-01",
    "field": "budget",
    "financial_year": 2025,
    "max_budget": 50000000,
    "min_progress": 50,
    "municipality": "LIM331",
    "page_size": 100,
    "programme": "RBIG",
    "province": ["LIM"],
    "q": "bulk",
    "since": "2026-05-01T06:30:00+02:00",
}


class FormExtension(DjangoFilterExtension):
    """In place of what drf-spectacular guesses of a filter from the model."""

    priority = 1
    match_subclasses = True

    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, field_name: str, filter_field: Any
    ) -> list[Schema]:
        return [query_parameter(field_name, filter_field.field)]


def query_parameter(name: str, field: Any) -> Schema:
    """The OpenAPI parameter of a form's field."""
    schema = schema_of(field)
    found = build_parameter_type(
        name=name,
        schema=schema,
        location=OpenApiParameter.QUERY,
        description=_described(field),
        **(_LIST if schema.get("type") == "array" else {}),
    )
    example = EXAMPLES.get(name)
    if example is not None:
        found["example"] = (
            [example] if schema.get("type") == "array" and not isinstance(example, list) else example
        )
    return found


def schema_of(field: Any) -> Schema:
    """What a form's field takes, as far as JSON Schema can say it."""
    match field:
        case MomentField():
            return {
                "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
            }
        case ModelChoiceField() if field.queryset.model is Source:
            return {"type": "string", "enum": [source.name for source in declared()]}
        case ModelChoiceField():
            return {"type": "string", "pattern": _CODE}
        case ListField() | ChoicesField():
            return {"type": "array", "items": _item(field)}
        case forms.ChoiceField():
            return {"type": "string", "enum": _words(field)}
        case forms.DecimalField(decimal_places=int(places), max_digits=int(digits)) if places:
            most = 10 ** (digits - places)
            bounds = {"minimum": -most, "maximum": most, "exclusiveMinimum": True, "exclusiveMaximum": True}
            return {"type": "number", "multipleOf": 10**-places, **bounds}
        case forms.DecimalField() | forms.IntegerField():
            return _bounded({"type": "integer"}, field)
        case _:
            limit = {"maxLength": field.max_length} if getattr(field, "max_length", None) else {}
            return {"type": "string", "pattern": _TEXT, **limit}


def _item(field: Any) -> Schema:
    """An element of a list; a blank one counts as none (`projects.filters.listed`)."""
    if getattr(field, "choices", None):
        return {"type": "string", "enum": [*_words(field), ""]}
    return {"anyOf": [_bounded({"type": "integer"}, field), {"type": "string", "maxLength": 0}]}


def _bounded(schema: Schema, field: Any) -> Schema:
    bounds = {"minimum": field.min_value, "maximum": field.max_value}
    return schema | {name: int(value) for name, value in bounds.items() if value is not None}


def _words(field: Any) -> list[str]:
    return [str(value) for value, _ in field.choices if value != ""]


def _described(field: Any) -> str:
    """Its label, and what each of its words means where that is not the word again."""
    label = str(field.label or "")
    choices = [] if isinstance(field, ModelChoiceField) else getattr(field, "choices", None) or []
    meant = [f"* `{value}` {name}" for value, name in choices if value != "" and not _same(value, name)]
    return "\n".join(filter(None, [label, *meant]))


def _same(value: Any, name: Any) -> bool:
    return str(name).lower().replace(" ", "_") in (str(value).lower(), str(value).lower().removeprefix("-"))


__all__ = ["EXAMPLES", "FormExtension", "query_parameter", "schema_of"]
