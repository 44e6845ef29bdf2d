"""Signs of life, and alerts with the messages that tell of them."""

from __future__ import annotations

from django.db import models

from projects.models.changelog import Severity


class Heartbeat(models.Model):
    """When a part of the system last showed, by doing its work, that it can: `worker`, `health`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    holder = models.CharField(max_length=80, blank=True, help_text="host and process")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


class Alert(models.Model):
    """Something that is wrong, from when to when. At most one is going on for a key."""

    key = models.CharField(max_length=80, help_text="what is wrong: `stale:dws`, `worker`, …")
    severity = models.CharField(max_length=5, choices=Severity.choices, default=Severity.MAJOR)
    sentence = models.TextField()
    started_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(ended_at=None), name="one_alert_going_on"
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class AlertMessage(models.Model):
    """One telling of an alert; kept until its e-mail is delivered."""

    class Step(models.TextChoices):
        STARTED = "started"
        REMINDER = "reminder"
        ENDED = "ended"

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="messages")
    step = models.CharField(max_length=10, choices=Step.choices)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="a health loop is sending it, and has until then"
    )
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.subject
