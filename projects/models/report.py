"""What readers report as mistaken, and what those who are concerned answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models.changelog import EntityType
from projects.models.override import Override


class ReportState(models.TextChoices):
    NEW = "new"
    SEEN = "seen", "looked at"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn", "withdrawn by who sent it"


WAITING = (ReportState.NEW, ReportState.SEEN)


class ConcernsQuerySet(models.QuerySet[Any]):
    """Rows that are about something of the record."""

    def about(self, entity_type: str, ids: Collection[int]) -> Self:
        return self.filter(entity_type=entity_type, entity_id__in=ids)

    def of_books(self, municipality: str) -> Self:
        """About the figures of a municipality, and about its financial years."""
        return self.filter(municipality=municipality, entity_type__in=(EntityType.FIGURE, EntityType.YEAR))


class ReportQuerySet(ConcernsQuerySet):
    def waiting(self) -> ReportQuerySet:
        """Those that no steward has decided."""
        return self.filter(state__in=WAITING)

    def with_reason(self) -> ReportQuerySet:
        """Decided ones that have something to say to everybody, the newest first."""
        told = (ReportState.ACCEPTED, ReportState.ANSWERED, ReportState.DECLINED)
        return self.filter(state__in=told).exclude(public_reason="").order_by("-ended_at", "-pk")


class Concerns(models.Model):
    """What it is about: as the log has it, with one field or flag of it where it is about that alone.

    Of a municipality's financial year `entity_id` is its end year; 0: of none in particular.
    """

    entity_type = models.CharField(max_length=20, choices=EntityType.choices)
    entity_id = models.BigIntegerField()
    municipality = models.CharField(max_length=20, null=True, blank=True)
    field = models.CharField(max_length=60, blank=True)
    part = models.TextField(blank=True, help_text="what of it, in words")

    class Meta:
        abstract = True


class Report(Concerns):
    """A reader's report. Its words are for stewards; `public_reason` is what everybody may read of it.

    `shown`: what stood on the page, {"value": canonical, "text": in words, "change": the newest change by
    then, "snapshot": of which page it was read}; null where there is none.
    """

    receipt = models.CharField(max_length=24, unique=True)
    # Of the form that it was sent with, and its words: sent twice is once.
    form = models.CharField(max_length=64, unique=True)
    name = models.TextField(help_text="what it is about, in words")
    shown = models.JSONField(default=dict)
    text = models.TextField(blank=True, help_text="blank: whoever sent it had it erased")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.NEW)
    public_reason = models.TextField(
        blank=True, help_text="shown to everybody beside what the report is about; may stay blank"
    )
    note = models.TextField(blank=True, help_text="for stewards alone")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    correction = models.ForeignKey(Override, models.PROTECT, related_name="reports", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = [models.F("ended_at").asc(nulls_first=True), "sent_at", "pk"]
        indexes = [
            models.Index(fields=["entity_type", "entity_id"]),
            models.Index(fields=["state", "sent_at"]),
            models.Index(fields=["municipality"]),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}: {self.name}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    def get_absolute_url(self) -> str:
        """For whoever has the receipt: it is on no public page."""
        return f"/report/{self.receipt}/"


class ReportContact(models.Model):
    """How to reach whoever sent a report: personal data, kept apart so that it can go by itself."""

    report = models.OneToOneField(Report, models.CASCADE, primary_key=True, related_name="contact")
    contact = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"contact of report {self.report_id}"


class ReplyQuerySet(ConcernsQuerySet):
    def current(self) -> ReplyQuerySet:
        """Those that stand: neither put right by a later one nor taken back."""
        return self.filter(replaced_by=None, taken_back_at=None)

    def standing_at(self, moment: datetime) -> ReplyQuerySet:
        """Those that stood then."""
        later = Q(replaced_by__entered_at__lte=moment) | Q(taken_back_at__lte=moment)
        return self.filter(entered_at__lte=moment).exclude(later)


class Reply(Concerns):
    """What a municipality, the department or who else is concerned answers, as a steward entered it.

    A row is never edited: what is put right is a new row that `replaces` it, and the old one stays.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="replies", null=True, blank=True)
    who = models.CharField("who answers", max_length=200)
    role = models.CharField("in which role", max_length=200)
    said_on = models.DateField("date of the answer")
    source = models.CharField(max_length=300, help_text="how it came: a letter, a statement to the press, …")
    link = models.URLField(
        "document", max_length=500, blank=True, help_text="where it can be read, if online"
    )
    text = models.TextField("answer", max_length=5000)
    replaces = models.OneToOneField("self", models.PROTECT, related_name="replaced_by", null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_reason = models.TextField("why it is taken back", blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    change_id = models.BigIntegerField(null=True, help_text="the row of the log that says it")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-said_on", "-pk"]
        verbose_name = "answer"
        indexes = [
            models.Index(fields=["entity_type", "entity_id"]),
            models.Index(fields=["municipality"]),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk} of {self.who}"


__all__ = ["Reply", "Report", "ReportContact", "ReportState"]
