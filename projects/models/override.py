"""A steward's correction of one field of one project."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from projects.models.project import Project


class OverrideState(models.TextChoices):
    ACTIVE = "active"
    CAUGHT_UP = "caught_up", "the source says the same now"
    EXPIRED = "expired"
    UNDONE = "undone"


class OverrideQuerySet(models.QuerySet["Override"]):
    def active(self) -> OverrideQuerySet:
        return self.filter(state=OverrideState.ACTIVE)

    def due(self, now: datetime) -> OverrideQuerySet:
        """In force, with an end that has come."""
        return self.active().filter(expires_at__lte=now)

    def to_look_at(self) -> OverrideQuerySet:
        """Those that the source moved under, or caught up with, since a steward last looked."""
        return self.exclude(notice="")

    def in_force_at(self, moment: datetime) -> OverrideQuerySet:
        return self.filter(models.Q(ended_at=None) | models.Q(ended_at__gt=moment), made_at__lte=moment)


class Override(models.Model):
    """The project's column holds `value`; `source_value` is what the source says under it, kept up to date.

    Both are canonical strings of the change log ("62.00", "2027-02-28", a code), or null for unknown.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="overrides")
    field = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    source_value = models.JSONField(null=True, blank=True)
    source_value_then = models.JSONField(
        null=True, blank=True, help_text="what the source said at the correction"
    )
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=OverrideState.choices, default=OverrideState.ACTIVE, editable=False
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Set when the source moves under the correction or catches up with it; cleared when a steward has looked.
    notice = models.TextField(blank=True, editable=False)
    noticed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "field"],
                condition=models.Q(state="active"),
                name="one_active_override_per_field",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.project_id}: {self.value}"
