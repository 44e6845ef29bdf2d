"""Any list of answers as a table: a column for each field, those of a nested object beside each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers as s
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request

from projects.api.exports import FILES, Content, in_parts, streamed
from projects.api.marks import DemoMarked
from projects.api.refusals import require_all_open

Record = dict[str, Any]
Shape = Any  # a class of serializers
_NUMBERS = (s.DecimalField, s.IntegerField, s.FloatField)


@dataclass(frozen=True, slots=True)
class Column:
    """`path`: where its value is in the JSON object; `field`: what that is there."""

    name: str
    path: tuple[str, ...]
    field: Any

    @property
    def is_number(self) -> bool:
        return isinstance(self.field, _NUMBERS)

    @property
    def is_json(self) -> bool:
        """Whether it holds what no cell can: an object, or a list of others than words."""
        if isinstance(self.field, s.ListField):
            return not isinstance(self.field.child, s.CharField | s.ChoiceField | s.IntegerField)
        return isinstance(self.field, s.DictField | s.ListSerializer | s.JSONField)

    def of(self, record: Record) -> Any:
        value: Any = record
        for name in self.path:
            value = None if value is None else value.get(name)
        return json.dumps(value, ensure_ascii=False) if self.is_json and value is not None else value


@cache
def columns_of(shape: Shape) -> tuple[Column, ...]:
    """The columns of an object's class, in the order of its fields."""
    return tuple(_columns(shape(), (), ""))


def _columns(shape: Any, path: tuple[str, ...], before: str) -> Iterator[Column]:
    for name, field in shape.fields.items():
        if isinstance(field, s.Serializer):
            yield from _columns(field, (*path, name), f"{before}{name}_")
        else:
            yield Column(f"{before}{name}", (*path, name), field)


def flat(shape: Shape, records: Iterable[Record]) -> list[Record]:
    """Objects as rows of a table."""
    columns = columns_of(shape)
    return [{column.name: column.of(record) for column in columns} for record in records]


def numbers_of(shape: Shape) -> frozenset[str]:
    return frozenset(column.name for column in columns_of(shape) if column.is_number)


def content_of(name: str, shape: Shape, parts: Iterator[list[Record]], format: str) -> Content:
    """A file of objects: in JSON Lines as they are, else as rows."""
    rows = parts if format == "jsonl" else (flat(shape, part) for part in parts)
    return Content(name, [column.name for column in columns_of(shape)], numbers_of(shape), rows)


class Rows:
    """The rows of a queryset, in its order, as `write` has it. `given`: what is done for some of them at a
    time before."""

    def __init__(
        self,
        rows: QuerySet[Any],
        write: Callable[[Any], Record],
        given: Callable[[list[Any]], object] = lambda rows: None,
    ) -> None:
        self.rows, self.write, self.given = rows, write, given

    def ids(self) -> QuerySet[Any]:
        return self.rows.values_list("pk", flat=True)

    def records(self, ids: Iterable[Any]) -> list[Record]:
        """One that went away meanwhile is left out."""
        wanted = [*ids]
        found = {row.pk: row for row in self.rows.filter(pk__in=wanted)}
        some = [found[pk] for pk in wanted if pk in found]
        self.given(some)
        return [self.write(row) for row in some]


class ListFiles(DemoMarked, ListModelMixin):
    """A view whose list can be had whole, as a file, in the order and with the filters of its pages."""

    exports: ClassVar = {"list": FILES}
    file_name: ClassVar[str]

    def require_open(self, rows: Any) -> None:
        """Raises PermissionDenied (403) where no licence is known that allows to hand them on as a list."""
        require_all_open(rows)

    def give(self, rows: list[Any]) -> None:
        """What the rows need before they can be written."""

    # The last one: behind it `list` means this. No docstring: the document has that of the view.
    def list(  # type: ignore[override]
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        view: Any = self
        format = request.accepted_renderer.format
        if format == "json":
            return super().list(request, *args, **kwargs)
        rows = view.filter_queryset(view.get_queryset())
        self.require_open(rows)
        shape = view.get_serializer_class()
        parts = in_parts(Rows(rows, view.get_serializer().to_representation, self.give))
        return streamed(request._request, content_of(self.file_name, shape, parts, format), format)


__all__ = ["Column", "ListFiles", "Rows", "columns_of", "content_of", "flat", "numbers_of"]
