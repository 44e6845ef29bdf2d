"""Days and moments as readers ask for them: South African time, and years that a record can be about."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from projects.figures import HERE

# Outside of these no project has a date, and a zone's offset could carry a moment over the calendar's end.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def year_problem(text: str, when: date) -> str | None:
    """A sentence where the year is none that can be asked for."""
    if FIRST_YEAR <= when.year <= LAST_YEAR:
        return None
    return f"“{text}” is outside the years {FIRST_YEAR} to {LAST_YEAR}."


class MomentField(forms.CharField):
    """A day `2026-05-01` or a moment `2026-05-01T06:30:00+02:00`; without a zone it is South African.

    A day means its first instant, or with `end` its last.
    """

    def __init__(self, *args: Any, end: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.end = end

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        # In a query string the + of an offset arrives as a space.
        moment = _moment(text.replace(" ", "+") if "T" in text else text, self.end)
        if moment is None:
            raise ValidationError(f"“{text}” is not a date such as 2026-05-01 or 2026-05-01T06:30:00+02:00.")
        if problem := year_problem(text, moment):
            raise ValidationError(problem)
        return moment


def _moment(text: str, end: bool) -> datetime | None:
    try:
        if len(text) == 10:
            clock = time.max if end else time.min
            return datetime.combine(date.fromisoformat(text), clock, tzinfo=HERE)
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=HERE)
    return moment


__all__ = ["FIRST_YEAR", "LAST_YEAR", "MomentField", "year_problem"]
