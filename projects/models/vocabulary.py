"""What a steward taught the parser: labels, status words, programmes and types beyond the built-in ones."""

from __future__ import annotations

from django.db import models


class Vocabulary(models.Model):
    """`text` as a source publishes it, and the `meaning` it has here (a field or a code)."""

    class Kind(models.TextChoices):
        FIELD = "field", "column label → field"
        STATUS = "status", "status word → status"
        PROGRAMME = "programme", "programme name → programme"
        PROJECT_TYPE = "project_type", "type → project type"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=200, help_text="as published")
    meaning = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "text"]
        verbose_name_plural = "vocabulary"
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="one_meaning_per_text")]

    def __str__(self) -> str:
        return f"{self.text} → {self.meaning}"
