"""What the pages and endpoints ask of the record: each method carries its reader's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from projects.declared import Declaration

# The dashboard says "more than" beyond this.
MOST_COUNTED = 10_000
_LISTED = ~Q(presence="withdrawn")


class ProjectQuerySet(models.QuerySet[Any]):
    def listed(self) -> ProjectQuerySet:
        """All but the withdrawn: what the sums are over."""
        return self.filter(_LISTED)

    def of_municipality(self, code: str) -> ProjectQuerySet:
        """Projects of one municipality, schemes that it shares with others included."""
        link = self.model.municipalities.through.objects.filter(
            project_id=OuterRef("pk"), municipality_id=code
        )
        return self.filter(Q(municipality_id=code) | Exists(link))

    def with_corrections(self) -> ProjectQuerySet:
        """Adds `corrections`: the stewards' corrections in force, by field."""
        from projects.models import Override

        active = Override.objects.active().order_by("field")
        return self.prefetch_related(Prefetch("overrides", active, to_attr="corrections"))

    def with_last_read(self) -> ProjectQuerySet:
        """Adds `last_read`: by when was read what last wrote it (a steward's correction is no reading)."""
        run = "last_changed_run__"
        return self.annotate(last_read=Coalesce(f"{run}read_at", f"{run}finished_at"))

    def for_api(self) -> ProjectQuerySet:
        whole = self.select_related("source").prefetch_related("municipalities")
        return whole.with_corrections().with_last_read()

    def for_list_page(self) -> ProjectQuerySet:
        short = self.select_related("municipality").defer("description", "published", "page_labels")
        return short.with_corrections()

    def for_sums(self) -> ProjectQuerySet:
        return self.order_by().only("presence", "budget", "expenditure")

    def for_project_page(self) -> ProjectQuerySet:
        linked = self.select_related("source", "municipality", "missing_run")
        whole = linked.prefetch_related("municipalities", "identities")
        return whole.with_corrections().with_last_read()

    def totals(self) -> dict[str, Any]:
        """`count sources budget budgets expenditure expenditures`: sums in rand (None: nobody publishes
        one), and how many publish one. Withdrawn projects are left out.
        """
        return self.listed().aggregate(
            count=Count("pk"),
            sources=Count("source", distinct=True),
            budgets=Count("budget"),  # before the sums: their names hide the columns
            expenditures=Count("expenditure"),
            budget=Sum("budget"),
            expenditure=Sum("expenditure"),
        )

    def sums_by_place(self, codes: Collection[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
        """{(municipality, source): (count, budget, budgets, expenditure, expenditures)} over the listed
        projects; a scheme that several municipalities share counts in each of them.
        """
        listed = self.model.municipalities.through.objects.exclude(project__presence="withdrawn")
        rows = listed.filter(municipality__in=codes).values_list("municipality", "project__source")
        sums = rows.annotate(
            Count("pk"),
            Sum("project__budget"),
            Count("project__budget"),
            Sum("project__expenditure"),
            Count("project__expenditure"),
        )
        return {(code, source): tuple(figures) for code, source, *figures in sums.order_by()}

    def by_status(self) -> list[tuple[str | None, int]]:
        """(status, number of listed projects), the unknown status as None."""
        return list(self.listed().order_by().values_list("status").annotate(Count("pk")))

    def municipalities_with_projects(self) -> int:
        """How many municipalities a listed project belongs to."""
        links = self.model.municipalities.through.objects.exclude(project__presence="withdrawn")
        return links.aggregate(number=Count("municipality", distinct=True))["number"]

    def silent(self, days: int = 180) -> ProjectQuerySet:
        """Under construction, listed, and without any change from the source for so many days."""
        from projects.models import DataChangeLog

        since = timezone.now() - timedelta(days=days)
        spoken = DataChangeLog.objects.filter(entity_type="project", entity_id=OuterRef("pk"), cause="source")
        watched = self.filter(status="construction", presence="present", first_seen_at__lt=since)
        # The column tells of most without the log; of the others a steward or the parser may have spoken.
        return watched.filter(Q(last_changed_at__lt=since) | ~Exists(spoken.filter(at__gte=since)))

    def programmes(self) -> list[str]:
        """The programmes that are published, for a choice."""
        given = self.exclude(programme=None).order_by("programme")
        return list(given.values_list("programme", flat=True).distinct())


class MunicipalityQuerySet(models.QuerySet[Any]):
    def for_list_page(self) -> MunicipalityQuerySet:
        return self.order_by("name", "pk")

    def for_municipality_page(self) -> MunicipalityQuerySet:
        return self.select_related("district")


class ChangeQuerySet(models.QuerySet[Any]):
    def of_project(self, project_id: int) -> ChangeQuerySet:
        return self.filter(entity_type="project", entity_id=project_id)

    def of_municipality(self, code: str) -> ChangeQuerySet:
        """Changes that name the municipality, those of schemes that it shares with others included."""
        shared = self.annotate(codes=Cast("municipalities", models.TextField()))
        return shared.filter(Q(municipality=code) | Q(codes__contains=f'"{code}"'))

    def after(self, last_id: int) -> ChangeQuerySet:
        """What is newer than an id, oldest first."""
        return self.filter(pk__gt=last_id).order_by("pk")

    def by_source(self) -> ChangeQuerySet:
        """What counts as news: what a source published; not what we read anew, merged or corrected."""
        return self.filter(cause="source")

    def newest(self) -> int:
        """The last id of the log, 0 for an empty one."""
        return self.order_by("-pk").values_list("pk", flat=True).first() or 0

    def for_change_page(self) -> ChangeQuerySet:
        return self.select_related("run", "snapshot", "source")

    def news(self) -> dict[str, int]:
        """`day` and `week`: how many changes the sources made in the last 24 hours and 7 days.

        Counted to one more than `MOST_COUNTED`: the exact number of a million takes a second.
        """
        now = timezone.now()
        return {
            "day": self._made_since(now - timedelta(days=1)),
            "week": self._made_since(now - timedelta(days=7)),
        }

    def _made_since(self, moment: datetime) -> int:
        # Ids are in the order of time: the first id after the moment is found by the index over `at`.
        first = Subquery(self.filter(at__gte=moment).order_by("at").values("pk")[:1])
        return self.by_source().filter(pk__gte=first).order_by("-pk")[: MOST_COUNTED + 1].count()


class SourceQuerySet(models.QuerySet[Any]):
    def keep(self, declared: Iterable[Declaration]) -> None:
        """Have a row of each: runs, changes and pages refer to it."""
        wanted = {source.name: source.title for source in declared}
        missing = wanted.keys() - set(self.filter(pk__in=wanted).values_list("pk", flat=True))
        rows = [self.model(name=name, title=wanted[name]) for name in wanted if name in missing]
        self.bulk_create(rows, ignore_conflicts=True)  # another process may have been quicker

    def publishers(self) -> SourceQuerySet:
        """Those of which a project or a municipality's line is known; adds `has_projects has_lines`."""
        from projects.models import MunicipalityListing, Project

        known = {"source": OuterRef("pk")}
        found = self.annotate(
            has_projects=Exists(Project.objects.filter(**known)),
            has_lines=Exists(MunicipalityListing.objects.filter(**known)),
        )
        return found.filter(Q(has_projects=True) | Q(has_lines=True))

    def for_every_page(self) -> SourceQuerySet:
        """Adds `decided held_since held good_at`: the state of the newest reading that could be judged,
        since when readings have been held, why the newest is, and when the last good one ended.
        """
        judged = _runs().filter(state__in=("succeeded", "unchanged", "quarantined", "rejected"))
        good = _runs().filter(state__in=("succeeded", "unchanged"))
        held = _runs().filter(state__in=("quarantined", "superseded"), pk__gt=OuterRef("last_good"))
        return self.annotate(
            decided=Subquery(judged.values("state")[:1]),
            held_run=Subquery(judged.values("pk")[:1]),
            held=Subquery(judged.values("held")[:1]),
            last_good=Coalesce(Subquery(good.values("pk")[:1]), 0),
            good_at=Subquery(good.values("finished_at")[:1]),
            held_since=Subquery(held.order_by("pk").values("finished_at")[:1]),
        )

    def last_whole(self, until: datetime | None = None) -> SourceQuerySet:
        """Adds `last_whole`: by when the last believed run saw it that concludes what is gone (aware UTC, or
        None)."""
        return self.annotate(last_whole=Subquery(_seen(until).filter(concludes=True).values("by")[:1]))

    def last_complete(self) -> SourceQuerySet:
        """Adds `last_complete`: by when the last believed run saw it of which all claims were met."""
        return self.annotate(last_complete=Subquery(_seen().filter(complete=True).values("by")[:1]))

    def for_sources_page(self) -> SourceQuerySet:
        """Adds `state progress last_run last_attempt last_complete last_whole last_change last_error
        failure_streak shortfall`.

        `last_error` is of the newest run that has ended: one that is going on has not said yet why the last
        one failed. A reading that is held shows that the source is there, and ends the row of failures.
        """
        newest = _runs()
        was_read = _runs().filter(state__in=_READ)
        read = was_read.values("pk")[:1]
        missing = was_read.annotate(lacks=KeyTextTransform("shortfall", "proof")).values("lacks")[:1]
        ended = newest.exclude(finished_at=None)
        return (
            self.last_complete()
            .last_whole()
            .annotate(
                last_run=Subquery(newest.values("pk")[:1]),
                state=Subquery(newest.values("state")[:1]),
                progress=Subquery(newest.values("progress")[:1]),
                last_error=Subquery(ended.values("error")[:1]),
                last_attempt=Subquery(newest.annotate(begun=_BEGUN).values("begun")[:1]),
                last_change=Subquery(_last_found().values("at")),
                last_read=Coalesce(Subquery(read), 0),
                shortfall=Subquery(missing),
            )
            .annotate(failure_streak=Coalesce(Subquery(_failures_since("last_read")), 0))
        )


# `projects.models.provenance.READ`, which this module cannot import.
_READ = ("succeeded", "unchanged", "quarantined", "superseded", "rejected")
_BEGUN = Coalesce("started_at", "requested_at")


def _runs() -> models.QuerySet[Any]:
    from projects.models import SyncRun

    return SyncRun.objects.filter(source=OuterRef("pk")).order_by("-pk")


def _seen(until: datetime | None = None) -> models.QuerySet[Any]:
    """Believed runs, newest first, with the moment for which they count, `by`."""
    good = _runs().filter(state__in=("succeeded", "unchanged"))
    if until is not None:
        good = good.filter(finished_at__lte=until)
    return good.annotate(by=Coalesce("read_at", "finished_at"))


def _failures_since(read: str) -> models.QuerySet[Any]:
    failed = _runs().filter(state__in=("failed", "abandoned"), pk__gt=OuterRef(read))
    return failed.order_by().values("source").annotate(number=Count("pk")).values("number")


def _last_found() -> models.QuerySet[Any]:
    """The newest change that a run of the source found. The runs know its id: a search of the log for a
    source that has no change walks through all of it.
    """
    from projects.models import DataChangeLog, SyncRun

    runs = SyncRun.objects.filter(source=OuterRef(OuterRef("pk"))).exclude(last_change=None).order_by("-pk")
    return DataChangeLog.objects.filter(pk=Subquery(runs.values("last_change")[:1]))


__all__ = [
    "MOST_COUNTED",
    "ChangeQuerySet",
    "MunicipalityQuerySet",
    "ProjectQuerySet",
    "SourceQuerySet",
]
