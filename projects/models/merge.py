"""Two records of one project, made one by a steward, and taken apart again."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from projects.models.project import Project

_LONGEST_CHAIN = 100


class MergeQuerySet(models.QuerySet["Merge"]):
    def in_force(self) -> MergeQuerySet:
        return self.filter(undone_at=None)

    def into(self, pk: int) -> MergeQuerySet:
        """Those of a project's page."""
        return self.filter(survivor=pk).select_related("merged", "undoes").order_by("pk")

    def in_force_at(self, moment: datetime) -> MergeQuerySet:
        return self.filter(models.Q(undone_at=None) | models.Q(undone_at__gt=moment), made_at__lte=moment)

    def to_look_at(self) -> MergeQuerySet:
        """Those whose project is not listed any more, while what was merged into it is."""
        read = self.in_force().exclude(undoes__isnull=False)
        return read.exclude(survivor__presence="present").filter(merged__presence="present")


class Merge(models.Model):
    """`merged` is the project `survivor` since then; its row stays, and what its source says of it goes on to
    be read into it, so that nothing is lost when this is undone. `identities`: the numbers that moved."""

    survivor = models.ForeignKey(Project, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Project, models.PROTECT, related_name="merged_by")
    reason = models.TextField(help_text="Shown to everybody: why they are one, and by what evidence.")
    identities = models.JSONField(default=list, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_reason = models.TextField(blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at=None), name="merged_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.merged} is {self.survivor}"

    @property
    def is_in_force(self) -> bool:
        return self.undone_at is None


class Distinct(models.Model):
    """Two projects that look like one and are not, says a steward: `one` has the lower id."""

    one = models.ForeignKey(Project, models.PROTECT, related_name="+")
    other = models.ForeignKey(Project, models.PROTECT, related_name="+")
    reason = models.TextField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "distinct projects"
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="distinct_said_once")]

    def __str__(self) -> str:
        return f"{self.one} is not {self.other}"


def merged_from(pk: int, at: datetime | None = None) -> list[int]:
    """The projects that are this one today, or were at a moment, through one merge or several."""
    rows = Merge.objects.in_force_at(at) if at else Merge.objects.in_force()
    found, some = [], [pk]
    while some:
        some = list(rows.filter(survivor__in=some).order_by("pk").values_list("merged", flat=True))
        found += some
    return found


def merged_into(pk: int) -> int | None:
    """The project that this one is today, where it was merged; None where it was not, or there is none."""
    found = None
    for _ in range(_LONGEST_CHAIN):
        known = Project.everything.filter(pk=found or pk).values_list("merged_into", flat=True).first()
        if known is None:
            break
        found = known
    return found
