"""What the readings have of each area: a municipality, or a list of none, with what the site says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

from projects.models.project import Presence
from projects.models.provenance import Source, SyncRun


class AreaState(models.TextChoices):
    LOADED = "loaded"
    HELD = "held"
    INCOMPLETE = "incomplete"  # loaded as far as it was read
    REJECTED = "rejected"


EMPTIED = "emptied"  # the rule of what is in doubt


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
    area = models.CharField(max_length=20, help_text="the municipality's code, or that of a list of none")
    address = models.CharField(max_length=300, blank=True, db_default="", help_text="of a list of none")
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
    def is_emptied(self) -> bool:
        """Whether its list had projects and shows none, and no number of the site says so."""
        return any(reason["rule"] == EMPTIED for reason in self.reasons)

    @property
    def can_be_decided(self) -> bool:
        """Whether it waits for a steward: held, or empty all at once."""
        return self.state == AreaState.HELD or (
            self.state == AreaState.INCOMPLETE and self.is_emptied and not self.accepted
        )

    @property
    def checked(self) -> int:
        return sum(claim["met"] is not None for claim in self.claims)

    @property
    def met(self) -> int:
        return sum(bool(claim["met"]) for claim in self.claims)


@dataclass(frozen=True, slots=True)
class LastWhole:
    """When each source was last read whole; `areas`: (source, code) → when that was, where the last reading
    leaves open what the area holds."""

    sources: Mapping[str, datetime | None]
    areas: Mapping[tuple[str, str], datetime | None]

    def of(self, project: Any) -> datetime | None:
        """When a listed project was last known to be listed by a reading that would have missed it."""
        source = project.source_id
        known = [self.sources.get(source)]
        if self.areas:
            codes = [*(place.pk for place in project.municipalities.all()), *project.lists.split()]
            keys = ((source, code) for code in codes)
            known += [self.areas[key] for key in keys if key in self.areas]
        return None if None in known else min(filter(None, known))


def last_whole(until: datetime | None = None) -> LastWhole:
    """For a whole page of projects; `until`: as of that moment."""
    sources = dict(Source.objects.last_whole(until).values_list("name", "last_whole"))
    rows = AreaReading.objects.all()
    if until is not None:
        rows = rows.filter(run__finished_at__lte=until)
    doubtful = list(rows.newest().doubtful().values_list("source", "area"))
    if not doubtful:
        return LastWhole(sources, {})
    names, codes = zip(*doubtful, strict=True)
    whole = rows.filter(source__in=names, area__in=codes, concludes=True, is_loaded=True).newest()
    seen = whole.annotate(by=Coalesce("last_run__read_at", "last_run__finished_at"))
    dates = {(name, code): by for name, code, by in seen.values_list("source", "area", "by")}
    return LastWhole(sources, {key: dates.get(key) for key in doubtful})


def last_seen_at(project: Any, whole: LastWhole) -> datetime | None:
    """When the source last listed it: derived from the runs, so that a quiet run writes no project.

    Needs `Project.objects.with_last_read()`: what a steward corrected since then is no reading.
    """
    if project.presence != Presence.PRESENT:
        return project.last_listed_at
    return max(filter(None, (project.last_read, whole.of(project))), default=None)
