"""What the API answers: the fields that an object declares are both its OpenAPI document and its answer.

A field is read from the attribute that its `source` names and written by its type alone: decimals as
strings, instants in UTC, unknown null. What to read and how to write it is worked out once a class: a list of
500 rows pays for its values, not for its declaration.

The docstring of an answer's class is its description in the document: what is for us stands in comments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from rest_framework import serializers as s

from projects.languages import ENGLISH, current
from projects.wording.figures import instant
from projects.wording.recorded import in_words_within

Write = Callable[[Any], Any]


# One object of an answer; a nested one is written likewise, in lists and dicts too. A nested serializer that
# is no Answer documents what is stored as JSON, and is given as it stands. Where the `source` of a field is
# "*", `derive` gives its value; a nested answer reads the row itself.
class Answer(s.Serializer[Any]):
    """`recorded`: fields of sentences that were written down while reading, said in the answer's language."""

    recorded: tuple[str, ...] = ()

    def derive(self, row: Any) -> dict[str, Any]:
        """{field: value as JSON has it} of the fields that are no attribute of the row."""
        raise NotImplementedError

    def to_representation(self, instance: Any) -> dict[str, Any]:
        plan = _plan(type(self))
        answer = plan.empty.copy()
        answer.update(zip(plan.read, plan.values(instance), strict=True))
        for name, write in plan.written:
            answer[name] = write(answer[name])
        for name, part in plan.parts:
            answer[name] = part(instance)
        if plan.derived:
            derived = self.derive(instance)
            for name in plan.derived:
                answer[name] = derived[name]
        if self.recorded and current() is not ENGLISH:
            answer.update({name: in_words_within(answer[name]) for name in self.recorded})
        return answer


@dataclass(frozen=True, slots=True)
class _Plan:
    """`empty` has all fields in their order; the others say where their values come from."""

    empty: dict[str, Any]
    read: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    written: tuple[tuple[str, Write], ...]
    parts: tuple[tuple[str, Write], ...]
    derived: tuple[str, ...]


@cache
def _plan(answer: type[Answer]) -> _Plan:
    fields: dict[str, Any] = dict(answer().fields.items())
    whole = [name for name, field in fields.items() if field.source == "*"]
    read = tuple(name for name in fields if name not in whole)
    parts = {name: fields[name].to_representation for name in whole if isinstance(fields[name], Answer)}
    writers = [(name, writer(fields[name])) for name in read]
    return _Plan(
        empty=dict.fromkeys(fields),
        read=read,
        values=_getter([str(fields[name].source) for name in read]),
        written=tuple((name, write) for name, write in writers if write),
        parts=tuple(parts.items()),
        derived=tuple(name for name in whole if name not in parts),
    )


def _getter(sources: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """attrgetter gives a tuple only for two or more."""
    if len(sources) > 1:
        return attrgetter(*sources)
    return lambda row: tuple(attrgetter(source)(row) for source in sources)


def writer(field: Any) -> Write | None:
    """How values of the field's type are written; None: as they stand. A blank text is unknown, too."""
    match field:
        case s.DateTimeField():
            return instant
        case s.ChoiceField() | s.CharField() if field.allow_null:
            return lambda text: str(text) if text else None
        case s.ChoiceField():
            return str
        case s.DecimalField():
            write: Write = f"{{:.{field.decimal_places}f}}".format
        case s.DateField():
            write = date.isoformat
        case s.BooleanField():
            write = bool
        case s.ListSerializer(child=Answer() as part):
            return lambda rows: [part.to_representation(row) for row in rows]
        case s.DictField(child=Answer() | s.DictField() as part) if each := writer(part):
            return lambda rows: {name: each(row) for name, row in rows.items()}
        case Answer():
            write = field.to_representation
        case _:
            return None
    return (lambda value: None if value is None else write(value)) if field.allow_null else write


def names(answer: type[Answer]) -> list[str]:
    """Its fields, in their order."""
    return list(answer().fields.keys())


def numbers(answer: type[Answer]) -> set[str]:
    """Those of its fields that are numbers, as such or as text."""
    fields: dict[str, Any] = dict(answer().fields.items())
    return {name for name, field in fields.items() if isinstance(field, s.DecimalField | s.IntegerField)}


def amount(value: Decimal | None) -> str | None:
    """Rand or percent with two decimals."""
    return None if value is None else f"{value:.2f}"


def text(**given: Any) -> Any:
    """A text that may be unknown: null, never blank."""
    return s.CharField(allow_null=True, **given)


def rand(**given: Any) -> Any:
    return s.DecimalField(20, 2, **{"allow_null": True, "help_text": "rand", **given})


def texts(**given: Any) -> Any:
    return s.ListField(child=s.CharField(), **given)


def pairs(help_text: str) -> Any:
    return s.DictField(child=s.ListField(min_length=2, max_length=2), help_text=help_text)
