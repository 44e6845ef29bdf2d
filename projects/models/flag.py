"""What a reader would notice of a project, and what a change is about: worked out, kept to be asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from projects.models.changelog import Cause, DataChangeLog
from projects.models.project import Project
from projects.wording import flags
from projects.wording.reply_rules import FLAG


class FlagQuerySet(models.QuerySet["Flag"]):
    def up(self) -> FlagQuerySet:
        """Those that are raised now."""
        return self.filter(lowered_at=None)

    def to_tell(self) -> FlagQuerySet:
        """Those of which the log does not say yet what became of them."""
        raised = models.Q(lowered_at=None, is_told=False)
        return self.filter(raised | models.Q(lowered_at__isnull=False, is_told=True))

    def in_order(self) -> FlagQuerySet:
        """In the order in which flags are named."""
        places = [models.When(flag=flag, then=place) for place, flag in enumerate(flags.FLAGS)]
        return self.order_by("project_id", models.Case(*places, output_field=models.IntegerField()))

    def counts(self, projects: models.QuerySet[Any] | None = None) -> dict[str, int]:
        """{flag: how many projects, or how many of some, have it}, all flags in their order; one query."""
        rows = self.up()
        if projects is not None:
            rows = rows.filter(project__in=projects.order_by().values("pk"))
        found = dict(rows.order_by().values_list("flag").annotate(models.Count("pk")))
        return {flag: found.get(flag, 0) for flag in flags.FLAGS}


class Flag(models.Model):
    """One flag of one project, raised now or lowered since the log last told of it.

    `figures` are those of its sentence. `cause`: whose doing it is that it was raised or lowered; time, which
    passes the dates that a source published, counts as the source.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="flags")
    flag = models.CharField(max_length=16, choices=list(flags.FLAGS.items()))
    figures = models.JSONField(default=dict)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.SOURCE)
    raised_at = models.DateTimeField()
    lowered_at = models.DateTimeField(null=True, blank=True)
    is_told = models.BooleanField(default=False, help_text="the log says that it is raised")

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "flag"], name="one_flag_of_a_kind")]
        indexes = [models.Index(fields=["flag", "lowered_at", "project"])]

    def __str__(self) -> str:
        return f"{self.flag} of {self.project_id}"

    @property
    def label(self) -> str:
        return flags.FLAGS.get(self.flag, self.flag)

    @property
    def field(self) -> str:
        """How the log, a report and an answer name it beside the fields of the project."""
        return f"{FLAG}{self.flag}"

    def sentence(self, today: date | None = None) -> str:
        return flags.sentence(self.flag, self.figures, today)


class FlagRules(models.Model):
    """By which version of the rules all flags were last worked out; one row, none before the first time."""

    version = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_are_one_rules_of_flags")]

    def __str__(self) -> str:
        return f"rules {self.version}"


class ChangeTopic(models.Model):
    """What a change is about, in words, with its size (days, rand) where it has one."""

    change = models.ForeignKey(DataChangeLog, models.CASCADE, related_name="topics", db_index=False)
    topic = models.CharField(max_length=12)
    size = models.DecimalField(max_digits=24, decimal_places=2, null=True)

    class Meta:
        ordering = ["-change_id"]
        constraints = [models.UniqueConstraint(fields=["change", "topic"], name="one_topic_of_a_change")]
        indexes = [
            models.Index(fields=["topic", "-change"]),
            models.Index(fields=["topic", "-size"]),
        ]

    def __str__(self) -> str:
        return f"{self.topic} of change {self.change_id}"
