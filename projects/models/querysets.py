"""What the pages and endpoints ask of the record: each method carries its reader's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils import timezone

from projects.declared import Declaration
from projects.wording.flag_rules import STEP
from projects.wording.topics import ANSWERED, BY_COLUMN, CORRECTED, NEW

# The dashboard says "more than" beyond this.
MOST_COUNTED = 10_000
# Of a longer log only the newest changes are looked at, where enough of these fit.
LOOKED_AT = 100_000
_LISTED = ~Q(presence="withdrawn")


class ProjectQuerySet(models.QuerySet[Any]):
    def listed(self) -> ProjectQuerySet:
        """All but the withdrawn: what the sums are over."""
        return self.filter(_LISTED)

    def known_at(self, moment: datetime) -> ProjectQuerySet:
        """Without those that were merged into another one at that moment."""
        from projects.models import Merge

        return self.exclude(pk__in=Merge.objects.in_force_at(moment).values("merged"))

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

    def with_flags(self) -> ProjectQuerySet:
        """Adds `raised`: the flags that are raised now, in the order in which they are named."""
        from projects.models import Flag

        return self.prefetch_related(Prefetch("flags", Flag.objects.up().in_order(), to_attr="raised"))

    def flagged(self, wanted: Collection[str]) -> ProjectQuerySet:
        """Those with at least one of the flags."""
        return self.filter(_has_flag(*wanted))

    def with_standing_out(self) -> ProjectQuerySet:
        """Adds `stands_out`, by which they may be ordered: whether any flag is raised."""
        from projects.models import Flag

        return self.annotate(stands_out=Exists(Flag.objects.up().filter(project=OuterRef("pk"))))

    def with_last_read(self) -> ProjectQuerySet:
        """Adds `last_read`: by when was read what last wrote it (a steward's correction is no reading)."""
        run = "last_changed_run__"
        return self.annotate(last_read=Coalesce(f"{run}read_at", f"{run}finished_at"))

    def for_api(self) -> ProjectQuerySet:
        whole = self.select_related("source").prefetch_related("municipalities").defer("search_text")
        return whole.with_corrections().with_flags().with_last_read()

    def for_list_page(self) -> ProjectQuerySet:
        short = self.select_related("municipality").defer(
            "description", "published", "page_labels", "search_text"
        )
        return short.with_corrections().with_flags()

    def for_search(self, ids: Collection[int]) -> dict[int, Any]:
        """{id: row} of some that were found, with their municipalities and sources."""
        columns = ("name", "external_id", "status", "status_as_published", "presence", "municipality")
        found = self.filter(pk__in=ids).select_related("municipality", "source").order_by()
        return {row.pk: row for row in found.only(*columns, "municipality__name", "source__demo")}

    def for_sums(self) -> ProjectQuerySet:
        return self.order_by().only("presence", "budget", "expenditure")

    def for_project_page(self) -> ProjectQuerySet:
        linked = self.select_related("source", "municipality", "missing_run").defer("search_text")
        whole = linked.prefetch_related("municipalities", "identities")
        return whole.with_corrections().with_flags().with_last_read()

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
        links = self.model.municipalities.through.objects.filter(project__merged_into=None)
        listed = links.exclude(project__presence="withdrawn")
        rows = listed.filter(municipality__in=codes).values_list("municipality", "project__source")
        sums = rows.annotate(
            Count("pk"),
            Sum("project__budget"),
            Count("project__budget"),
            Sum("project__expenditure"),
            Count("project__expenditure"),
        )
        return {(code, source): tuple(figures) for code, source, *figures in sums.order_by()}

    def by_municipality(self) -> dict[str, dict[str, Any]]:
        """{code: `projects budget budgets spending spendings`} of these, as `totals` has them; a scheme that
        several municipalities share counts in each of them."""
        sums = (
            self._links()
            .values("municipality")
            .annotate(
                projects=Count("pk"),
                budget=Sum("project__budget"),
                budgets=Count("project__budget"),
                spending=Sum("project__expenditure"),
                spendings=Count("project__expenditure"),
            )
        )
        return {row.pop("municipality"): row for row in sums.order_by()}

    def flags_by_municipality(self) -> dict[tuple[str, str], int]:
        """{(code, flag): how many of these have it}."""
        up = self._links().filter(project__flags__lowered_at=None, project__flags__flag__isnull=False)
        rows = up.values_list("municipality", "project__flags__flag").annotate(Count("pk"))
        return {(code, flag): number for code, flag, number in rows.order_by()}

    def _links(self) -> models.QuerySet[Any]:
        return self.model.municipalities.through.objects.filter(project__in=self.order_by().values("pk"))

    def for_map(self, flag: str | None, most: int) -> list[tuple[Any, ...]]:
        """(id, name, number, latitude, longitude, whether the flag is raised) of those that publish where
        they are; of more than `most` one more."""
        placed = self.filter(latitude__isnull=False, longitude__isnull=False)
        rows = placed.annotate(is_flagged=_has_flag(flag) if flag else models.Value(False))
        columns = ("pk", "name", "external_id", "latitude", "longitude", "is_flagged")
        return list(rows.order_by("pk").values_list(*columns)[: most + 1])

    def by_status(self) -> list[tuple[str | None, int]]:
        """(status, number of listed projects), the unknown status as None."""
        return list(self.listed().order_by().values_list("status").annotate(Count("pk")))

    def municipalities_with_projects(self) -> int:
        """How many municipalities a listed project belongs to."""
        links = self.model.municipalities.through.objects.filter(project__merged_into=None)
        links = links.exclude(project__presence="withdrawn")
        return links.aggregate(number=Count("municipality", distinct=True))["number"]

    def programmes(self) -> list[str]:
        """The programmes that are published, for a choice."""
        given = self.exclude(programme=None).order_by("programme")
        return list(given.values_list("programme", flat=True).distinct())


def _has_flag(*wanted: str) -> Exists:
    from projects.models import Flag

    return Exists(Flag.objects.up().filter(project=OuterRef("pk"), flag__in=wanted))


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
        return self.with_facet(f"place:{code}")

    def about(self, topics: Collection[str], least: Decimal | int | None = None) -> ChangeQuerySet:
        """Changes with one of the topics, `least`: of that size or more."""
        from projects.models import ChangeTopic

        kept = {*topics} - BY_COLUMN
        rows = ChangeTopic.objects.filter(topic__in=kept)
        if least is not None:
            rows = rows.filter(size__gte=least)
        # Nothing is looked for where nothing is kept: an index that tells alone is not used beside it.
        found = Q(pk__in=rows.values("change")) if kept else Q()
        if NEW in topics:
            found |= Q(change_type="created")
        if CORRECTED in topics:
            found |= Q(cause__in=("steward", "correction")) & ~Q(change_type="replied")
        if ANSWERED in topics:
            found |= Q(change_type="replied")
        return self.filter(found)

    def of_projects(self, projects: ProjectQuerySet) -> ChangeQuerySet:
        return self.filter(entity_type="project", entity_id__in=projects.order_by().values("pk"))

    def of_records(self) -> ChangeQuerySet:
        """Those that altered a record: that flags were told, or that somebody answered, alters none."""
        return self.exclude(kind__startswith=f"project:{STEP}:").exclude(change_type="replied")

    def with_facet(self, facet: str) -> ChangeQuerySet:
        """Changes of one `ChangeFacet`: `field:budget`, `rule:budget_doubled`, `place:LIM331`."""
        found = self.filter(facets__facet=facet)
        if self.query.order_by == ("-pk",):
            return found.newest_first()
        return found.order_by(found.id_in_order) if self.query.order_by == ("pk",) else found

    @property
    def id_in_order(self) -> str:
        """What to sort by: of facets their copy of the id, whose index is in its order. A database that does
        not see that the two are one would sort all that it finds."""
        from projects.models import ChangeFacet

        return "facets__change_id" if ChangeFacet._meta.db_table in self.query.table_map else "pk"

    def newest_first(self) -> ChangeQuerySet:
        return self.order_by(f"-{self.id_in_order}")

    def sliced(self, start: int, end: int, below: int) -> list[Any]:
        """The rows from `start` to `end` of these, which are newest first and have lower ids than `below`.

        Looked for among the newest of a long log first: a database that has to find and to sort all that ever
        fitted needs longer with each year. Those of a facet its index has in order.
        """
        if below > LOOKED_AT and self.id_in_order == "pk":
            near = list(self.filter(pk__gte=below - LOOKED_AT)[start:end])
            if len(near) == end - start:
                return near
        return list(self[start:end])

    def since(self, moment: datetime) -> ChangeQuerySet:
        """What was logged at the moment or later. Ids are in the order of time: the first of them bounds the
        search, whatever else is asked for."""
        first = self._plain().filter(at__gte=moment).order_by("at", "pk").values_list("pk", flat=True).first()
        return self.none() if first is None else self.filter(at__gte=moment, pk__gte=first)

    def until(self, moment: datetime) -> ChangeQuerySet:
        """What was logged at the moment or earlier."""
        last = self.last_id_at(moment)
        return self.filter(at__lte=moment, pk__lte=last) if last else self.none()

    def last_id_at(self, moment: datetime) -> int:
        """The id of the newest change then, 0 where there was none."""
        before = self._plain().filter(at__lte=moment).order_by("-at", "-pk")
        return before.values_list("pk", flat=True).first() or 0

    def _plain(self) -> ChangeQuerySet:
        return self.model.objects.all()

    def after(self, last_id: int) -> ChangeQuerySet:
        """What is newer than an id, oldest first."""
        return self.filter(pk__gt=last_id).order_by(self.id_in_order)

    def by_source(self) -> ChangeQuerySet:
        """What counts as news: what a source published; not what we read anew, merged or corrected."""
        return self.filter(cause="source")

    def newest(self) -> int:
        """The last id of the log, 0 for an empty one."""
        return self.order_by("-pk").values_list("pk", flat=True).first() or 0

    def for_change_page(self) -> ChangeQuerySet:
        return self.select_related("run", "snapshot", "source")

    def news(self) -> dict[str, int]:
        """`day` and `week`: how many changes the sources made to projects in the last 24 hours and 7 days,
        less those that one was first seen.

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
        of_projects = self.by_source().filter(entity_type="project").exclude(change_type="created")
        return of_projects.filter(pk__gte=first).order_by("-pk")[: MOST_COUNTED + 1].count()


class SourceQuerySet(models.QuerySet[Any]):
    def keep(self, declared: Iterable[Declaration]) -> dict[str, Any]:
        """Have a row of each: runs, changes and pages refer to it. Those that were there, by name, each with
        `is_idle`: no run of it waits or goes on."""
        from projects.models import SyncRun

        wanted = {source.name: source.title for source in declared}
        active = SyncRun.objects.active().filter(source=OuterRef("pk"))
        found = {row.pk: row for row in self.filter(pk__in=wanted).annotate(is_idle=~Exists(active))}
        missing = wanted.keys() - found.keys()
        rows = [self.model(name=name, title=wanted[name]) for name in wanted if name in missing]
        self.bulk_create(rows, ignore_conflicts=True)  # another process may have been quicker
        return found

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
