"""A steward's correction of one field of one project."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.project import Project


class OverrideState(models.TextChoices):
    ACTIVE = "active"
    CAUGHT_UP = "caught_up", "the source says the same now"
    EXPIRED = "expired"
    UNDONE = "undone"


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
