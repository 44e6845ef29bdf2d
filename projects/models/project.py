"""Water projects, and the numbers by which a source knows them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from projects.fields import FIELDS
from projects.folding import folded
from projects.models.municipality import Municipality, Province
from projects.models.provenance import Source, SyncRun
from projects.models.querysets import ProjectQuerySet


class Status(models.TextChoices):
    IDENTIFICATION = "identification"
    PLANNING = "planning"
    DESIGN = "design"
    TENDER = "tender"
    CONSTRUCTION = "construction"
    COMPLETED = "completed"
    ON_HOLD = "on_hold", "on hold"
    CANCELLED = "cancelled"


class Presence(models.TextChoices):
    PRESENT = "present"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"


SEARCHED = ("external_id", *(field.name for field in FIELDS if field.searched))


def searchable(texts: Iterable[str | None]) -> str:
    """The texts of the fields `SEARCHED` as a search looks at them: folded, one a line."""
    return "\n".join(filter(None, map(folded, texts)))


class SearchText(models.TextField):
    """What is `searchable` of the row, made anew whenever it is written.

    Whoever writes one of the fields in bulk or with `update_fields` names this one too.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = searchable(getattr(model_instance, name) for name in SEARCHED)
        setattr(model_instance, self.attname, text)
        return text


class Living(models.Manager.from_queryset(ProjectQuerySet)):  # type: ignore[misc]
    """All but those that a steward merged into another one: what lists, sums and searches are over."""

    def get_queryset(self) -> ProjectQuerySet:
        return super().get_queryset().filter(merged_into=None)


class Project(models.Model):
    """A project as its source publishes it now. Unknown is null, never 0 or a guess.

    `published` keeps every string of the source, columns that we have no name for included;
    `page_labels` says which of them come from the project's own page (the others: from its list line).
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="projects")
    external_id = models.CharField(max_length=200)
    name = models.TextField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="main_projects"
    )
    municipalities = models.ManyToManyField(Municipality, related_name="projects", blank=True)
    municipality_as_published = models.TextField(null=True, blank=True)
    province = models.CharField(max_length=3, choices=Province.choices, null=True, blank=True)
    programme = models.CharField(max_length=40, null=True, blank=True)
    project_type = models.CharField(max_length=60, null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, null=True, blank=True)
    status_as_published = models.TextField(null=True, blank=True)
    progress_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    budget = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True, help_text="rand")
    expenditure = models.DecimalField(
        max_digits=20, decimal_places=2, null=True, blank=True, help_text="rand"
    )
    start_date = models.DateField(null=True, blank=True)
    completion_date = models.DateField(null=True, blank=True)
    contractor = models.TextField(null=True, blank=True)
    implementing_agent = models.TextField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    published = models.JSONField(default=dict)
    page_labels = models.JSONField(default=list, blank=True)
    # label → string, where line and page differ: what the one that does not speak in `published` says
    other_texts = models.JSONField(default=dict, blank=True)
    issues = models.JSONField(default=list, blank=True)
    # areas (`AreaReading`) that are lists of no municipality and show it, parted by blanks
    lists = models.TextField(blank=True, default="", db_default="", editable=False)
    url = models.TextField(blank=True)
    search_text = SearchText(blank=True, db_default="", editable=False)

    presence = models.CharField(max_length=10, choices=Presence.choices, default=Presence.PRESENT)
    line_digest = models.CharField(max_length=64)
    page_digest = models.CharField(max_length=64, blank=True)
    first_seen_at = models.DateTimeField()
    last_changed_at = models.DateTimeField()
    last_changed_run = models.ForeignKey(SyncRun, models.PROTECT, related_name="+")
    # Set when a complete run no longer lists the project: the last that did. Else derived from the runs.
    last_listed_at = models.DateTimeField(null=True, blank=True)
    # The complete run that first did not list it; null while it is listed.
    missing_run = models.ForeignKey(SyncRun, models.PROTECT, null=True, blank=True, related_name="+")

    # Set while a steward's merge is in force: what it is today.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = Living()
    everything = ProjectQuerySet.as_manager()  # also those: what polls compare with, and redirects

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_project_per_number"),
            models.CheckConstraint(
                condition=models.Q(progress_percentage__isnull=True)
                | models.Q(progress_percentage__gte=0, progress_percentage__lte=100),
                name="progress_is_a_percentage",
            ),
        ]
        indexes = [
            models.Index(fields=["-last_changed_at"]),
            models.Index(fields=["province", "status"]),
            models.Index(fields=["programme"]),
            models.Index(fields=["budget"]),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id

    def get_absolute_url(self) -> str:
        return f"/projects/{self.pk}/"


class Identity(models.Model):
    """A number by which a source has known a project; a project can have had several."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="identities")
    external_id = models.CharField(max_length=200)
    project = models.ForeignKey(Project, models.PROTECT, related_name="identities")

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="one_identity")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.external_id}"
