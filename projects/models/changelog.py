"""The log of every change: append-only, in commit order, each row chained to the one before it."""

from __future__ import annotations

from typing import Any

from django.db import models

from projects.models.municipality import Province
from projects.models.provenance import Snapshot, Source, SyncRun
from projects.models.querysets import ChangeQuerySet


class EntityType(models.TextChoices):
    PROJECT = "project"
    LISTING = "municipality_listing", "municipality listing"
    FIGURE = "municipal_figure", "municipal figure"
    DISCREPANCY = "discrepancy"
    # Of a municipality's books; the id is the end year, 0: of no one year.
    YEAR = "municipal_year", "municipal financial year"


class ChangeType(models.TextChoices):
    CREATED = "created"
    UPDATED = "updated"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    MERGED = "merged"
    SPLIT = "split"
    OPENED = "opened"
    CLOSED = "closed"
    REPLIED = "replied"


class Cause(models.TextChoices):
    SOURCE = "source"
    PARSER = "parser"
    STEWARD = "steward"
    MERGE = "merge"
    CORRECTION = "correction"


class Severity(models.TextChoices):
    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"


class LogIsAppendOnly(Exception):
    """Somebody tried to edit or delete a row of the change log."""


class DataChangeLog(models.Model):
    """One change. `field_changes` is {field: [old, new]} in canonical strings; `evidence` is the same for
    the published strings, label by label. Written by `projects.log.writer` alone, which allots id and digest.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    entity_type = models.CharField(max_length=20, choices=EntityType.choices)
    entity_id = models.BigIntegerField()
    external_id = models.CharField(max_length=200)
    name = models.TextField(blank=True)
    # Codes, not foreign keys: the row says what was published that day, whatever becomes of the map.
    municipality = models.CharField(max_length=20, null=True, blank=True)
    municipalities = models.JSONField(default=list, blank=True)
    province = models.CharField(max_length=3, choices=Province.choices, null=True, blank=True)
    # Its index is the one with the id, below: the newest change of a source, of a million.
    source = models.ForeignKey(Source, models.PROTECT, related_name="changes", db_index=False)
    change_type = models.CharField(max_length=10, choices=ChangeType.choices)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.SOURCE)
    severity = models.CharField(max_length=5, choices=Severity.choices)
    rules = models.JSONField(default=list, blank=True)
    field_changes = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict, blank=True)
    # Fields that a steward's correction covers: the source moved under it, the shown value did not.
    overridden = models.JSONField(default=list, blank=True)
    # Change type and field names: rows of one run and one kind are one event.
    kind = models.CharField(max_length=200, blank=True)
    # Rand that an amount moved by, 0 where none did: what `ordering=size` sorts by, and said nowhere.
    size = models.DecimalField(max_digits=20, decimal_places=2, db_default=0)
    run = models.ForeignKey(SyncRun, models.PROTECT, related_name="changes", null=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="changes", null=True)
    demo = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "change"
        indexes = [
            models.Index(fields=["entity_type", "entity_id", "-id"]),
            models.Index(fields=["entity_type", "-id"]),
            models.Index(fields=["change_type", "-id"]),
            models.Index(fields=["province", "-id"]),
            models.Index(fields=["severity", "-id"]),
            models.Index(fields=["source", "-id"]),
            models.Index(fields=["cause", "-id"]),
            models.Index(fields=["run", "kind"]),
            models.Index(fields=["at", "id"]),
            models.Index(fields=["-size", "-id"]),
        ]

    def __str__(self) -> str:
        return f"change {self.pk}: {self.change_type} {self.name or self.external_id}"

    def get_absolute_url(self) -> str:
        return f"/changes/{self.pk}/"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise LogIsAppendOnly("The change log is written by projects.log.writer.append() alone.")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise LogIsAppendOnly("A row of the change log is never deleted.")


class ChainHead(models.Model):
    """The last id and digest given out. Locked by whoever appends, so that id order is commit order."""

    last_id = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_chain_head")]

    def __str__(self) -> str:
        return f"change {self.last_id}"
