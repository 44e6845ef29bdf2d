"""Who implements: what stewards say of implementing agents whose name nothing here recognises."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.municipality import Municipality


class AgentName(models.Model):
    """`text` as DWS publishes it, and who that is; `folded`: the name as `etl.correlating.names` compares it.

    Said once, it holds for every project that bears the name, from the next correlation on.
    """

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", "a municipality"
        WATER_BOARD = "water_board", "a water board"
        OTHER = "other", "another implementer"

    text = models.TextField(help_text="as published")
    folded = models.CharField(max_length=500, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="+", null=True, blank=True, help_text="which one it is"
    )
    name = models.CharField(max_length=200, blank=True, help_text="who it is, where it is no municipality")
    reason = models.TextField(help_text="why, and by what evidence")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)
    named_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-named_at", "-id"]
        verbose_name = "implementing agent's name"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="municipality", municipality__isnull=False)
                | (~models.Q(kind="municipality") & models.Q(municipality__isnull=True)),
                name="a_municipality_where_it_is_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.text} → {self.municipality_id or self.name or self.get_kind_display()}"
