"""Where two sources do not fit together: a question, with both figures and where each comes from."""

from __future__ import annotations

from django.db import models

from projects.models.changelog import Severity
from projects.models.municipality import Municipality
from projects.models.project import Project
from projects.models.provenance import Snapshot, SyncRun
from projects.models.querysets_finance import DiscrepancyQuerySet


class DiscrepancyState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class Discrepancy(models.Model):
    """Opened, changed and closed by the correlation runs alone. `key` names the same question for good.

    "Last confirmed" is not stored: an open question is confirmed by each complete correlation run.
    """

    rule = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="discrepancies")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="discrepancies")
    programme = models.CharField(max_length=40, blank=True, help_text="the grant family: RBIG, WSIG, …")
    first_year = models.PositiveSmallIntegerField(
        help_text="municipal financial years that are compared, by their end years"
    )
    last_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=6, choices=DiscrepancyState.choices, default=DiscrepancyState.OPEN)
    severity = models.CharField(max_length=5, choices=Severity.choices)
    contested = models.DecimalField(
        max_digits=20, decimal_places=2, null=True, help_text="rand: what is asked about, and was compared"
    )
    question = models.TextField()
    explanations = models.JSONField(default=list, help_text="what may lawfully explain it, one sentence each")
    compared = models.TextField(help_text="which figures of which years are compared, in words")

    dws_label = models.TextField()
    dws_value = models.DecimalField(max_digits=20, decimal_places=2, null=True, help_text="rand")
    dws_snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="+")
    treasury_label = models.TextField()
    treasury_value = models.DecimalField(max_digits=20, decimal_places=2, null=True, help_text="rand")
    treasury_snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="+")
    # {"projects": [{"id", "external_id", "name", "value", "snapshot"}],
    #  "figures": [{"id", "financial_year", "code", "amount_type", "amount", "snapshot"}], a figure with
    #  "part" where only some of its months are compared; "in_kind" and "capital", where there are any, are
    #  such lists too; "arithmetic": lines that come to `contested`, as `etl.correlating.calculation` says}
    evidence = models.JSONField(default=dict)

    opened_at = models.DateTimeField(help_text="first seen; a question that comes again is opened again")
    closed_at = models.DateTimeField(null=True, blank=True)
    last_changed_at = models.DateTimeField()
    last_changed_run = models.ForeignKey(SyncRun, models.PROTECT, related_name="+")

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        ordering = ["-last_changed_at", "-id"]
        verbose_name_plural = "discrepancies"
        indexes = [models.Index(fields=["state", "-last_changed_at"])]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return f"/discrepancies/{self.pk}/"
