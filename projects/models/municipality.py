"""The 257 municipalities, and what DWS publishes about each of them as a whole."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from projects.models.provenance import Source, SyncRun
from projects.models.querysets import MunicipalityQuerySet


class Province(models.TextChoices):
    """Codes of the Municipal Demarcation Board."""

    EC = "EC", "Eastern Cape"
    FS = "FS", "Free State"
    GT = "GT", "Gauteng"
    KZN = "KZN", "KwaZulu-Natal"
    LIM = "LIM", "Limpopo"
    MP = "MP", "Mpumalanga"
    NC = "NC", "Northern Cape"
    NW = "NW", "North West"
    WC = "WC", "Western Cape"


class Municipality(models.Model):
    """A metropolitan (A), local (B) or district (C) municipality, by its Demarcation Board code.

    The point is a town in it (GeoNames), not its centroid; null where none is known.
    """

    class Category(models.TextChoices):
        METRO = "A", "metropolitan municipality"
        LOCAL = "B", "local municipality"
        DISTRICT = "C", "district municipality"

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=120)
    province = models.CharField(max_length=3, choices=Province.choices)
    category = models.CharField(max_length=1, choices=Category.choices)
    district = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="locals")
    population_2016 = models.PositiveIntegerField(
        null=True, blank=True, help_text="Community Survey 2016, Stats SA"
    )
    area_km2 = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    place_name = models.CharField(
        max_length=120, blank=True, help_text="The town at the point. © GeoNames, CC BY 4.0"
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        verbose_name_plural = "municipalities"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="municipality_point_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} [{self.code}]"

    def get_absolute_url(self) -> str:
        return f"/municipalities/{self.code}/"


class MunicipalityListing(models.Model):
    """`Name - [CODE] N Projects with a Total value: R…`: the number and value that a source publishes."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="listings")
    code = models.CharField(max_length=20, help_text="as published")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="listings"
    )
    name = models.CharField(max_length=200, help_text="as published")
    projects = models.PositiveIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True, help_text="rand")
    published = models.JSONField(default=dict)
    issues = models.JSONField(default=list, blank=True)
    url = models.TextField(blank=True)
    is_listed = models.BooleanField(default=True, help_text="a complete reading without it makes this false")
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_changed_at = models.DateTimeField()
    last_changed_run = models.ForeignKey(SyncRun, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="one_listing_per_code")]

    def __str__(self) -> str:
        return f"{self.name} [{self.code}] at {self.source_id}"

    @property
    def unlisted_since(self) -> datetime | None:
        """When a complete reading first was without the line: that was its last change."""
        return None if self.is_listed else self.last_changed_at
