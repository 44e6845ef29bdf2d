"""What is written by hand into an address of the admin, or into a form of it: an answer, whatever it is.

Django says so of what a field cannot read. What the database cannot take (a number that is too large, a NUL),
and what shows only when the rows are asked for, it lets through as a fault. All lists are made careful at one
door, `desk.dress`; other pages of the admin at another (`buka/refusals.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db import DataError, models, transaction
from django.http import HttpRequest, HttpResponseRedirect

_NOT_TAKEN = (ValueError, ArithmeticError, DataError, ValidationError)  # OverflowError is one of the second


@contextmanager
def _as_asked(request: HttpRequest) -> Iterator[None]:
    """What fails for what was asked for is said to be that; without a query it is a fault of our own."""
    if not request.GET:
        yield
        return
    try:
        with transaction.atomic():  # or PostgreSQL answers nothing more to what goes on around
            yield
    except _NOT_TAKEN as problem:
        raise IncorrectLookupParameters(problem) from problem


class _Careful:
    """Before a class of lists of rows (`ChangeList`)."""

    def get_filters(self, request: HttpRequest) -> Any:
        with _as_asked(request):
            return super().get_filters(request)  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest, *args: Any, **given: Any) -> Any:
        with _as_asked(request):
            return super().get_queryset(request, *args, **given)  # type: ignore[misc]

    def get_results(self, request: HttpRequest) -> None:
        with _as_asked(request):
            super().get_results(request)  # type: ignore[misc]


@cache
def _careful(kind: type) -> type:
    return type(kind.__name__, (_Careful, kind), {})


class CarefulAdmin:
    """Before a class of the admin."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No pattern is run over all rows: one that never ends is easily written. And Django hands a text on
        as the two ends of a range, letter by letter."""
        is_odd = lookup.rpartition("__")[2] in ("regex", "iregex", "range")
        return not is_odd and super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def get_changelist(self, request: HttpRequest, **given: Any) -> type:
        return _careful(super().get_changelist(request, **given))  # type: ignore[misc]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a link begins a form with: of each field what it can hold. Widgets fail on other values."""
        given = super().get_changeform_initial_data(request)  # type: ignore[misc]
        fields = {field.name: field for field in self.opts.concrete_fields}  # type: ignore[attr-defined]
        begun = {name: _held(fields[name], text) if name in fields else text for name, text in given.items()}
        return {name: value for name, value in begun.items() if value is not None}

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        page: Any = self
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not any(_held(page.opts.pk, text) is None for text in chosen):
            return super().response_action(request, queryset)  # type: ignore[misc]
        messages.warning(request, "What was chosen is no row of this list.")
        return HttpResponseRedirect(request.get_full_path())


def _held(field: Any, given: Any) -> Any:
    """The value of a text, or of what is one already, in a field; None of what the field cannot hold."""
    try:
        value = field.to_python(given)
        number = field.target_field if field.is_relation else field
        if isinstance(number, models.IntegerField):
            number.run_validators(value)  # of what the column can hold
    except ValidationError:
        return None
    return None if "\0" in str(given) else value


__all__ = ["CarefulAdmin"]
