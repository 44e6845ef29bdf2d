"""One record that was two projects: taken apart by a steward, and put together again."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.changelog import DataChangeLog
from projects.models.merge import Merge
from projects.models.project import Project


class SplitQuerySet(models.QuerySet["Split"]):
    def in_force(self) -> SplitQuerySet:
        return self.filter(undone=None)

    def about(self, pk: int) -> SplitQuerySet:
        """Those of a project's page, whichever of the two it is."""
        both = self.filter(models.Q(kept=pk) | models.Q(made=pk))
        return both.select_related("kept", "made").order_by("pk")


class Split(models.Model):
    """With `change` a reading took `made` for `kept` under another name or in another place; it is a project
    of its own since. `logged`: the row of the log that says so; undone by a merge that says who and why."""

    kept = models.ForeignKey(Project, models.PROTECT, related_name="splits")
    made = models.OneToOneField(Project, models.PROTECT, related_name="split")
    change = models.ForeignKey(DataChangeLog, models.PROTECT, related_name="+")
    logged = models.OneToOneField(DataChangeLog, models.PROTECT, related_name="+")
    reason = models.TextField(help_text="Shown to everybody: why they are two, and by what evidence.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    undone = models.OneToOneField(Merge, models.PROTECT, related_name="undoes", null=True, editable=False)
    undone_logged = models.OneToOneField(
        DataChangeLog, models.PROTECT, related_name="+", null=True, editable=False
    )

    objects = SplitQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.made} is not {self.kept}"

    @property
    def is_in_force(self) -> bool:
        return self.undone_id is None
