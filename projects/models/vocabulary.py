"""How pages are understood: the words that a steward taught, and the plans that were made with them."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from projects.fields import FIELDS
from projects.models.project import Status
from projects.models.provenance import Source, SyncRun

_CODE = re.compile(r"[\w-]{1,40}")
# What a label or a status word can mean; programmes and types are codes of our own.
MEANINGS = {
    "field": frozenset(
        {"external_id", "district", "coordinates", *(field.name for field in FIELDS if field.labelled)}
    ),
    "status": frozenset(Status.values),
}


class Vocabulary(models.Model):
    """`text` as a source publishes it, and the `meaning` it has here (a field or a code)."""

    class Kind(models.TextChoices):
        FIELD = "field", "column label → field"
        STATUS = "status", "status word → status"
        PROGRAMME = "programme", "programme name → programme"
        PROJECT_TYPE = "project_type", "type → project type"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=200, help_text="as published")
    meaning = models.CharField(
        max_length=60, blank=True, help_text="a field or a code; blank takes a built-in meaning away"
    )
    reason = models.TextField(blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    def clean(self) -> None:
        """The text as it is looked up, once a kind; a meaning that the record has a place for."""
        self.text = " ".join(self.text.split()).rstrip(": ")
        twins = Vocabulary.objects.filter(kind=self.kind, text__iexact=self.text).exclude(pk=self.pk)
        if twins.exists():
            raise ValidationError({"text": "This text has a meaning already."})
        known = MEANINGS.get(self.kind)
        if self.meaning and known and self.meaning not in known:
            raise ValidationError({"meaning": f"One of: {', '.join(sorted(known))}."})
        if self.meaning and not known and not _CODE.fullmatch(self.meaning):
            raise ValidationError({"meaning": "A code of up to 40 letters, digits, - and _."})

    class Meta:
        ordering = ["kind", "text"]
        verbose_name_plural = "vocabulary"
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="one_meaning_per_text")]

    def __str__(self) -> str:
        return f"{self.text} → {self.meaning}"


def is_none(column: dict[str, Any]) -> bool:
    """Whether a steward says of a column of a plan that it is no field of ours."""
    return column.get("told", False) and not column["proposal"]


class ReadingPlan(models.Model):
    """One version of a source's plan: it is kept when a reading understood some column otherwise than the
    last. `shapes`: `etl.understand.plan.ShapePlan.as_json`, one each; `digest`: of what decides on values."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    shapes = models.JSONField()
    notes = models.JSONField(default=list)
    run = models.ForeignKey(SyncRun, on_delete=models.SET_NULL, null=True, related_name="plans")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["source", "version"], name="one_plan_a_version")]

    def __str__(self) -> str:
        return f"{self.source_id}: plan {self.version}"

    def waiting(self) -> list[dict[str, Any]]:
        """The columns that wait for a steward, each label once, those of lists and projects' pages first."""
        shapes = sorted(self.shapes, key=lambda shape: shape["part"] == "table")
        columns = [column for shape in shapes for column in shape["columns"]]
        understood = {column["label"] for column in columns if column["field"]}
        found: dict[str, dict[str, Any]] = {}
        for column in columns:
            is_unread = column["field"] is None and column["samples"] and not is_none(column)
            if is_unread and column["label"] not in understood:
                found.setdefault(column["label"], column)
        return list(found.values())
