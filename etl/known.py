"""What the record knows of a source, as far as a poll needs it: keys for all, details for what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Subquery

from etl.records import PROJECT_FIELDS
from projects.models import (
    Identity,
    MunicipalityListing,
    Presence,
    Project,
    Sighting,
    Source,
    SyncRun,
)


@dataclass(slots=True)
class Key:
    """Enough of a known project to see whether a reading says anything new."""

    pk: int
    line_digest: str
    page_digest: str
    is_present: bool


@dataclass(slots=True)
class KnownProject:
    """A known project in full. `values`: the typed fields, as `ProjectRecord.values` has them."""

    pk: int
    published: dict[str, str]
    page_labels: list[str]
    values: dict[str, Any]
    is_present: bool
    line_digest: str
    page_digest: str
    url: str

    def line(self) -> dict[str, str]:
        return {k: v for k, v in self.published.items() if k not in self.page_labels}

    def page(self) -> dict[str, str] | None:
        return {k: v for k, v in self.published.items() if k in self.page_labels} or None


@dataclass
class Known:
    """`keys` by external id; `turn`: which slice of the rotation of project pages is due."""

    source: Source
    keys: dict[str, Key]
    turn: int
    last_parser: str
    listings: dict[str, MunicipalityListing] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source) -> Known:
        identities = Identity.objects.filter(source=source).values_list(
            "external_id",
            "project_id",
            "project__line_digest",
            "project__page_digest",
            "project__presence",
        )
        keys = {
            external_id: Key(pk, line, page, presence == Presence.PRESENT)
            for external_id, pk, line, page, presence in identities.iterator(chunk_size=5000)
        }
        good = SyncRun.objects.good().filter(source=source)
        last = good.order_by("-id").first()
        listings = {listing.code: listing for listing in MunicipalityListing.objects.filter(source=source)}
        return cls(source, keys, good.count(), last.parser_digest if last else "", listings)

    @property
    def present(self) -> int:
        return sum(key.is_present for key in self.keys.values())

    def in_full(self, external_ids: Iterable[str]) -> dict[str, KnownProject]:
        """Details of those of the projects that are known."""
        pks = {self.keys[i].pk: i for i in external_ids if i in self.keys}
        if not pks:
            return {}
        rows = Project.objects.filter(pk__in=pks).prefetch_related("municipalities")
        return {pks[project.pk]: _known(project) for project in rows}

    def last_sightings(self) -> dict[str, Sighting]:
        """The last believed look at each page, by key."""
        loaded = Sighting.objects.filter(source=self.source, loaded=True)
        newest = loaded.filter(key=OuterRef("key")).order_by("-id").values("id")[:1]
        rows = loaded.filter(pk=Subquery(newest)).defer("url")
        return {sighting.key: sighting for sighting in rows.iterator(chunk_size=5000)}


def _known(project: Project) -> KnownProject:
    values = {name: getattr(project, name) for name in PROJECT_FIELDS if name not in _RELATED}
    values["municipality"] = project.municipality_id
    values["municipalities"] = tuple(sorted(place.code for place in project.municipalities.all()))
    return KnownProject(
        pk=project.pk,
        published=project.published,
        page_labels=project.page_labels,
        values=values,
        is_present=project.presence == Presence.PRESENT,
        line_digest=project.line_digest,
        page_digest=project.page_digest,
        url=project.url,
    )


_RELATED = ("municipality", "municipalities")


def details(
    known: Known, external_ids: Iterable[str], batch: int = 1000
) -> Iterator[tuple[str, KnownProject | None]]:
    """(external id, details or None) for each, read in batches."""
    waiting = sorted(external_ids)
    for start in range(0, len(waiting), batch):
        some = waiting[start : start + batch]
        found = known.in_full(some)
        for external_id in some:
            yield external_id, found.get(external_id)
