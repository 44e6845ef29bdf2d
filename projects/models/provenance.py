"""Where knowledge comes from: sources, the runs that read them, and the bytes they gave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from projects.archive import Archive
from projects.declared import Declaration, declaration
from projects.evidence import Damaged
from projects.languages import gettext
from projects.models.querysets import SourceQuerySet


def _without_password(url: str) -> str:
    """The address without `user:password@`: it is published."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class Source(models.Model):
    """A publisher that we poll. `demo` is said by the pages themselves, at the first load, for good."""

    name = models.CharField(max_length=20, primary_key=True)
    title = models.CharField(max_length=120)
    url = models.TextField(blank=True)
    demo = models.BooleanField(
        null=True, editable=False, help_text="replica data; unknown until the first load"
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/sources/{self.name}/"

    @property
    def heading(self) -> str:
        """The title in the language of the page; what is cited, downloaded or logged keeps `title` itself."""
        return gettext(self.title)

    @property
    def entry_url(self) -> str:
        """Where the reading begins, as configured; blank for a source that is our own work."""
        return _without_password(self.declared.entry) or self.url

    @property
    def declared(self) -> Declaration:
        """What the source says of itself: nouns, interval, command."""
        return declaration(self.name)


class RunState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    ABANDONED = "abandoned"


ACTIVE = (RunState.QUEUED, RunState.RUNNING)
GOOD = (RunState.SUCCEEDED, RunState.UNCHANGED)
# A run that ended in one of these had read the source, whatever became of what it read.
READ = (*GOOD, RunState.QUARANTINED, RunState.SUPERSEDED, RunState.REJECTED)
# A run that ended in one of these came to no end of its own.
CUT_OFF = (RunState.FAILED, RunState.ABANDONED)


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def active(self) -> SyncRunQuerySet:
        return self.filter(state__in=ACTIVE)

    def good(self) -> SyncRunQuerySet:
        """Runs whose reading of the source was believed: loaded, or found unchanged."""
        return self.filter(state__in=GOOD)

    def failed_in_a_row(self) -> SyncRunQuerySet:
        """The failed runs of each source since the last one that read it, oldest first."""
        read = SyncRun.objects.filter(source=models.OuterRef("source"), state__in=READ)
        since = ~models.Exists(read.filter(pk__gt=models.OuterRef("pk")))
        return self.filter(since, state=RunState.FAILED).order_by("pk")

    def decided(self) -> SyncRunQuerySet:
        """Readings that a steward released or rejected, the last decision first."""
        return self.exclude(decided_at=None).order_by("-decided_at")

    def with_queue_position(self) -> SyncRunQuerySet:
        """Adds `queue_position`: 1 for the queued run that is next; None for one that is not queued."""
        queued = SyncRun.objects.filter(state=RunState.QUEUED, pk__lte=models.OuterRef("pk")).order_by()
        number = queued.values("state").annotate(number=models.Count("pk")).values("number")
        is_queued = models.When(state=RunState.QUEUED, then=models.Subquery(number))
        return self.annotate(queue_position=models.Case(is_queued))

    def for_ledger(self) -> SyncRunQuerySet:
        return self.defer("traceback", "profile", "disagreements", "notes").order_by("-pk")


class SyncRun(models.Model):
    """One reading of one source. The row is the lease: at most one per source is queued or running."""

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule"
        COMMAND = "command"
        API = "api"
        ADMIN = "admin"
        STARTUP = "startup"

    source = models.ForeignKey(Source, models.PROTECT, related_name="runs")
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    force = models.BooleanField(default=False)
    requested_by = models.CharField(max_length=150, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="end of the recorded visit that was read in place of the source",
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=80, blank=True, help_text="host and process that holds the lease")

    complete = models.BooleanField(null=True, help_text="read everything that the site says it has")
    concludes = models.BooleanField(
        null=True, help_text="what it does not show is gone, but in areas that say that they hold more"
    )
    unchanged_by = models.CharField(
        max_length=10, blank=True, help_text="what showed it: bytes, page or records"
    )
    pages = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    not_modified = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    invalid = models.PositiveIntegerField(default=0)
    listings = models.PositiveIntegerField(default=0)
    first_change = models.BigIntegerField(null=True, blank=True)
    last_change = models.BigIntegerField(null=True, blank=True)
    change_count = models.PositiveIntegerField(default=0)
    layouts = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True, help_text="what was odd, one sentence each")
    progress = models.JSONField(
        default=dict,
        blank=True,
        help_text="while it reads: read, of, and what is read (lists, project pages)",
    )
    parser_digest = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    content_digest = models.CharField(max_length=64, blank=True, help_text="of all that was read")
    # What this reading looked like, for the next one to be compared with: see `etl.compare.profile`.
    profile = models.JSONField(default=dict, blank=True)
    disagreements = models.JSONField(
        default=list, blank=True, help_text="where the site's own totals differ from what it lists"
    )
    # {"areas": {"read", "complete", "held"}, "claims": {"checked", "met"}, "shortfall": sentence or ""}
    proof = models.JSONField(
        default=dict, blank=True, help_text="what the site says of itself beside what was read"
    )
    held = models.JSONField(default=list, blank=True, help_text="why it waits for a steward: rule, sentence")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True, help_text="the steward's reason")
    released_places = models.JSONField(
        null=True, blank=True, help_text="codes of the municipalities that were released; null: all"
    )

    looks_digest = models.CharField(
        max_length=64, blank=True, help_text="of all pages that were looked at, each without its noise"
    )
    same_lists = models.ForeignKey(
        "LookSet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="pages that were as they were last believed; the others have looks of the run's own",
    )
    same_pages = models.ForeignKey(
        "LookSet", models.PROTECT, null=True, blank=True, related_name="+", help_text="… projects' own pages"
    )
    own_looks = models.JSONField(
        default=list, blank=True, help_text="where its own looks stand among all, where there are others"
    )

    waits_for = models.JSONField(
        default=list, blank=True, help_text="ids of the runs that have to end before this queued one begins"
    )

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state__in=ACTIVE), name="one_active_run_per_source"
            ),
        ]
        indexes = [
            models.Index(fields=["source", "state", "-id"]),
            models.Index(fields=["source", "-id"]),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.source_id} ({self.state})"

    @property
    def unchanged(self) -> bool:
        return self.state == RunState.UNCHANGED

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def seen_at(self) -> datetime | None:
        """By when the source said what was read: the end of the run, or of the visit that it read."""
        return self.read_at or self.finished_at

    @property
    def same_looks(self) -> list[int]:
        """Ids of the looks of earlier runs at pages that it found to be so still, in the order of looking."""
        return [pk for one in (self.same_lists, self.same_pages) if one for pk in one.looks]

    @property
    def looks(self) -> models.QuerySet[Sighting]:
        """All that it looked at, in the order in which that was first seen: its own looks, and those of
        earlier runs."""
        own_or_same = models.Q(run=self) | models.Q(pk__in=self.same_looks)
        return Sighting.objects.filter(own_or_same).order_by("pk")

    @property
    def look_ids(self) -> list[int]:
        """Ids of all its looks, in the order of looking."""
        own = list(self.sightings.order_by("pk").values_list("pk", flat=True))
        same = self.same_looks
        if not same or len(own) != len(self.own_looks):  # none, or looks of long ago that were thinned out
            return own + same
        waiting, found = iter(same), dict(zip(self.own_looks, own, strict=True))
        return [found.get(at) or next(waiting) for at in range(len(own) + len(same))]

    @property
    def has_looked(self) -> bool:
        return bool(self.same_lists_id or self.same_pages_id) or self.sightings.exists()

    @property
    def duration_s(self) -> float | None:
        if not (self.started_at and self.finished_at):
            return None
        return round((self.finished_at - self.started_at).total_seconds(), 1)

    def lease_ran_out(self, now: datetime) -> bool:
        return self.is_active and self.lease_until is not None and self.lease_until < now


_LONGEST_DAMAGE = 200  # characters


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def damaged(self) -> SnapshotQuerySet:
        """Those whose file was found not to hold what was received, whether or not a steward knows of it."""
        return self.exclude(damage="")

    def say_damaged(self, sha256: str, what: str, at: datetime) -> None:
        """What was just found wrong with a file, which may have been known before."""
        what = what[:_LONGEST_DAMAGE]
        since = Coalesce("damaged_at", models.Value(at))
        self.filter(pk=sha256).exclude(damage=what).update(damage=what, damaged_at=since)

    def say_sound(self, sha256s: Iterable[str]) -> None:
        """The files of these hold again what was received."""
        self.damaged().filter(pk__in=list(sha256s)).update(damage="", damaged_at=None, damage_accepted=False)


class Snapshot(models.Model):
    """The bytes of one page as received, kept in a gzip file named by their SHA-256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="snapshots")
    run = models.ForeignKey(SyncRun, models.PROTECT, related_name="snapshots")
    url = models.TextField()
    fetched_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    content_type = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(help_text="bytes")
    damage = models.CharField(
        max_length=_LONGEST_DAMAGE,
        blank=True,
        help_text="what was last found wrong with the kept bytes",
    )
    damaged_at = models.DateTimeField(null=True, blank=True, help_text="when that was found")
    damage_accepted = models.BooleanField(
        default=False, help_text="a steward knows that it is lost for good; it is no alert any more"
    )

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-fetched_at"]
        indexes = [
            models.Index(fields=["sha256"], condition=~models.Q(damage=""), name="damaged_snapshots"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} of {self.url}"

    def get_absolute_url(self) -> str:
        return f"/snapshots/{self.sha256}/"

    def body(self) -> bytes:
        """The bytes as received. Raises `projects.evidence.Damaged`, `projects.archive.Away`."""
        return Archive().read(self.sha256, self.size)

    def find_damage(self) -> Damaged | None:
        """What is wrong with the file now; None: it holds what was received. Raises `archive.Away`."""
        return Archive().damage(self.sha256, self.size)


class LookSet(models.Model):
    """Looks at pages that runs found as they were last believed: kept once for all runs that found the same.

    `steps`: their ids in the order of looking, the first as it is, of each other how much it is more.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    steps = models.JSONField()

    def __str__(self) -> str:
        return f"{len(self.steps)} looks of {self.source_id}"

    @classmethod
    def of(cls, source_id: str, looks: Iterable[int]) -> LookSet:
        """The set (unsaved) of the looks with these ids."""
        ids = list(looks)
        digest = sha256(f"{source_id} {ids}".encode()).hexdigest()
        steps = [pk - before for before, pk in zip([0, *ids], ids, strict=False)]
        return cls(digest=digest, source_id=source_id, steps=steps)

    @property
    def looks(self) -> list[int]:
        """The ids of its looks, in the order of looking."""
        return list(accumulate(self.steps))


class Sighting(models.Model):
    """A page was looked at and was not as it was last believed: when, and what it hashed to. `key` names the
    page where its URL does not last.

    `clean_sha256` is of the page without its noise, `content_sha256` of what it says, in any order. `shared`:
    later runs found the page as it is here, and have no look of their own at it (`LookSet`).
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="sightings")
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="sightings")
    key = models.CharField(max_length=300)
    url = models.TextField()
    at = models.DateTimeField()
    area = models.CharField(max_length=20, blank=True, help_text="the municipality whose page it is")
    external_id = models.CharField(max_length=200, blank=True, help_text="the project whose own page it is")
    raw_sha256 = models.CharField(max_length=64)
    clean_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64, blank=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="sightings", null=True)
    loaded = models.BooleanField(help_text="the run that saw it was believed")
    shared = models.BooleanField(default=False, help_text="later runs found the page as it is here")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "key", "-id"])]

    def __str__(self) -> str:
        return f"{self.key} at {self.at:%Y-%m-%d %H:%M}"


class HandedIn(models.Model):
    """The file of a queued run: its bytes are in the archive by their SHA-256, until they are as old as what
    is pruned there. It is no snapshot, and shown to nobody: a recording may hold who recorded it."""

    run = models.OneToOneField(SyncRun, models.CASCADE, related_name="handed_in")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="bytes")
    reason = models.TextField(help_text="who recorded it, where and how")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "recorded visit"

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"

    def body(self) -> bytes:
        """The bytes as handed in. Raises `projects.evidence.Damaged`, `projects.archive.Away`."""
        return Archive().read(self.sha256, self.size)
