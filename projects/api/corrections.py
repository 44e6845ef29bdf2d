"""Stewards' corrections as JSON: of a project as it is known now, or as it was known at a past moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers as s

from projects.api.answers import Answer
from projects.models import Cause, DataChangeLog, Override


# Values are canonical strings as in the log; the name of the steward is for the stewards.
class CorrectionShape(Answer):
    field = s.CharField()
    value = s.JSONField(help_text="what is shown; spelt as in the log, null: not known")
    source_value = s.JSONField(help_text="what the source says now")
    source_value_then = s.JSONField(help_text="what the source said when the correction was made")
    reason = s.CharField()
    made_at = s.DateTimeField()
    expires_at = s.DateTimeField(allow_null=True)


def corrections(project_id: int) -> list[dict[str, Any]]:
    """Those in force, by field."""
    rows = Override.objects.active().filter(project_id=project_id).order_by("field")
    return [*map(CorrectionShape().to_representation, rows)]


def past_corrections(project_id: int, moment: datetime) -> list[dict[str, Any]]:
    """Those that were in force at the moment, with what the source said then."""
    rows = list(Override.objects.in_force_at(moment).filter(project_id=project_id).order_by("field"))
    later = DataChangeLog.objects.of_project(project_id).filter(at__gt=moment).exclude(cause=Cause.STEWARD)
    steps = list(later.order_by("pk").values_list("field_changes", flat=True)) if rows else []
    for row in rows:
        moves = (changes[row.field][0] for changes in steps if row.field in changes)
        row.source_value = next(moves, row.source_value)
    return [*map(CorrectionShape().to_representation, rows)]


def overridden_at(project_ids: Any, moment: datetime) -> dict[int, list[str]]:
    """{project: its fields that were corrected at the moment}, of ids or a query of them; one query."""
    found: dict[int, list[str]] = {}
    rows = Override.objects.in_force_at(moment).filter(project_id__in=project_ids).order_by("field")
    for pk, field in rows.values_list("project_id", "field"):
        found.setdefault(pk, []).append(field)
    return found
