"""What the readings have of each area: a municipality, with what the site says of it."""

from __future__ import annotations

from django.db import models

from projects.models.provenance import Source, SyncRun


class AreaState(models.TextChoices):
    LOADED = "loaded"
    HELD = "held"
    INCOMPLETE = "incomplete"  # loaded as far as it was read
    REJECTED = "rejected"


class AreaReadingQuerySet(models.QuerySet["AreaReading"]):
    def of_run(self, run: SyncRun) -> AreaReadingQuerySet:
        """The areas as a run read them."""
        return self.filter(source=run.source_id, run__lte=run.pk, last_run__gte=run.pk)

    def not_loaded(self) -> AreaReadingQuerySet:
        """Those whose reading is held, or was rejected."""
        return self.filter(state__in=(AreaState.HELD, AreaState.REJECTED))

    def doubtful(self) -> AreaReadingQuerySet:
        """Those that say nothing of a project that they do not show: it may be there, or was not believed."""
        return self.filter(models.Q(concludes=False) | models.Q(is_loaded=False))

    def newest(self) -> AreaReadingQuerySet:
        """The newest reading of each area of each source, by the area's code."""
        last = self.order_by().values("source", "area").annotate(last=models.Max("pk")).values("last")
        return self.filter(pk__in=last).order_by("area", "source")


class AreaReading(models.Model):
    """An area as run after run read it: one row for as long as they read the same of it.

    `run` is the first of them, `last_run` the last. `claims`: what the site says of the area beside what
    was read, `{"what", "claimed", "found", "met"}`; `met` is null where nothing could be held against it.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="area_readings")
    area = models.CharField(max_length=20, help_text="the municipality's code")
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="area_readings")
    last_run = models.ForeignKey(SyncRun, models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=AreaState)
    is_whole = models.BooleanField(help_text="all of it was read, as far as the site says how much there is")
    is_loaded = models.BooleanField(help_text="what was read of it was believed")
    concludes = models.BooleanField(help_text="a project that was not seen there is not there")
    claims = models.JSONField(default=list)
    reasons = models.JSONField(default=list, help_text="why it is held: rule, sentence")
    digest = models.CharField(
        max_length=64, blank=True, help_text="of what it would change, where it is held"
    )
    accepted = models.BooleanField(default=False, help_text="a steward said yes: the next reading loads it")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True, help_text="the steward's reason")

    objects = AreaReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["source", "area", "-id"])]

    def __str__(self) -> str:
        return f"{self.area} in run {self.run_id} ({self.state})"

    @property
    def checked(self) -> int:
        return sum(claim["met"] is not None for claim in self.claims)

    @property
    def met(self) -> int:
        return sum(bool(claim["met"]) for claim in self.claims)
