"""What a run saw, read again from the archive: to release a held run, or after the parser changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Max, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from etl.crawl import links
from etl.crawl.observations import Observation
from etl.crawl.reading import Reading, is_list
from etl.exceptions import EvidenceDamaged
from etl.extract.types import PageContent
from etl.fetch.archive import Archive
from etl.fetch.page import Page
from projects.evidence import Damaged
from projects.models import CUT_OFF, AreaReading, LookSet, Sighting, Snapshot, Source, SyncRun

_BATCH = 10_000
_SOME = 500
VALIDATORS = ("etag", "last-modified")
_HEADERS = Case(  # those with a validator alone, as JSON
    *(When(text__icontains=name, then=F("text")) for name in VALIDATORS),
    default=Value(""),
    output_field=TextField(),
)
_MOMENT = timedelta(seconds=1)  # by which the clock of a disk is behind at most
_FRESH = timedelta(hours=24)  # within which a page need not be asked for again by a reading that is taken up


@dataclass(slots=True)
class BelievedLook:
    """A row of `Sighting`, as far as a poll needs each of them: there is one for every page."""

    pk: int
    key: str
    at: datetime
    area: str
    external_id: str
    raw_sha256: str
    clean_sha256: str
    content_sha256: str
    snapshot_id: str | None
    shared: bool
    # of the kept bytes: how many, what is known to be wrong with them, when the run that kept them ended, and
    # the headers (JSON) where they came with a validator
    size: int = 0
    damage: str = ""
    finished: datetime | None = None
    headers: str = ""


_OF_SNAPSHOT = {
    "size": "snapshot__size",
    "damage": "snapshot__damage",
    "finished": "snapshot__run__finished_at",
    "headers": "headers",
}


def readings(
    looks: Iterable[Sighting],
    extract: Callable[[Page], PageContent],
    lost: Callable[[EvidenceDamaged], None] | None = None,
) -> Iterator[Reading]:
    """Each look's page, from its kept bytes, as today's parser reads it. Raises PageChanged; but a page whose
    bytes came to harm is left out, and `lost` told of it, where that is given."""
    archive = Archive()
    for look in looks:
        if look.snapshot is None:
            continue
        try:
            page = kept_page(look, archive)
        except EvidenceDamaged as problem:
            if lost is None:
                raise
            lost(problem)
            continue
        area, of_list = ("", look.area) if is_list(look.area) else (look.area, "")
        content = extract(page)
        if not (area or look.external_id):  # whose list it is was not understood then
            area = links.area_of(content) or ""
        yield Reading(look.key, page, content, area or None, look.external_id or None, of_list=of_list)


def kept_page(look: Sighting, archive: Archive) -> Page:
    """The page that was looked at, from its kept bytes. Raises EvidenceDamaged."""
    snapshot = look.snapshot
    if snapshot is None:
        raise EvidenceDamaged(look.key, look.raw_sha256, "are gone from the archive")
    try:
        body = archive.read(snapshot.sha256, snapshot.size)
    except Damaged as damage:
        raise EvidenceDamaged(look.key, snapshot.sha256, str(damage)) from None
    return Page(look.url, body, snapshot.status, snapshot.headers, look.at)


def damaged(
    looks: Iterable[Sighting | BelievedLook],
    archive: Archive,
    validated: dict[str, tuple[int, str]] | None = None,
) -> dict[str, str]:
    """Which kept pages of these looks cannot be read again: SHA-256 → what is wrong. `validated` takes
    size and headers (JSON) of those that came with a validator.

    Looked into are the files that somebody touched since the run that kept them, and those that the health
    loop found, which goes through all of them by and by. Of looks that do not bring what is known of their
    bytes a query for each ten thousand.
    """
    kept, bare = {}, set()
    for look in looks:
        if look.snapshot_id and isinstance(look, BelievedLook):
            kept[look.snapshot_id] = look.size, look.damage, look.finished, look.headers
        elif look.snapshot_id:
            bare.add(look.snapshot_id)
    names = sorted(bare)
    for start in range(0, len(names), _BATCH):
        some = Snapshot.objects.filter(pk__in=names[start : start + _BATCH])
        some = some.annotate(text=Cast("headers", TextField()), told=_HEADERS)
        rows = some.values_list("pk", "size", "damage", "run__finished_at", "told")
        kept |= {pk: tuple(row) for pk, *row in rows}
    return _damaged(kept, archive, validated)


def _damaged(
    kept: Mapping[str, tuple[Any, ...]], archive: Archive, validated: dict[str, tuple[int, str]] | None
) -> dict[str, str]:
    names, touched, found = sorted(kept), dict[str, datetime](), {}
    for start in range(0, len(names), _BATCH):
        touched |= archive.touched(names[start : start + _BATCH])
    for sha256, (size, known, finished, headers) in kept.items():
        if headers and validated is not None:
            validated[sha256] = size, headers
        at = touched.get(sha256)
        is_as_kept = not known and at and finished and at < finished - _MOMENT
        if not is_as_kept and (problem := archive.damage(sha256, size)):
            found[sha256] = str(problem)
    return found


def observation(key: str, page: Page) -> Observation:
    """The look at a page that comes from the archive: nothing is kept anew."""
    raw = page.sha256
    return Observation(key, page.url, page.fetched_at, raw, "", "", raw)


def of_run(run: SyncRun) -> Iterator[Sighting]:
    """What the run looked at and could read, in that order; of one that was cut off, what it had loaded."""
    if run.state in CUT_OFF:
        loaded = run.sightings.filter(loaded=True).order_by("pk")
        return _readable(list(loaded.values_list("pk", flat=True)))
    return _readable(run.look_ids)


def cut_off(source: Source, now: datetime, of: Set[str] | None = None) -> dict[str, int]:
    """The last look (its id) at each page by readings that came to no end, by key, where it was not long ago.
    `of`: the projects whose own pages alone are asked for."""
    looks = looks_cut_off(source, now).order_by("id")
    rows = looks.values_list("key", "pk", "external_id").iterator(chunk_size=5000)
    return {key: pk for key, pk, external_id in rows if of is None or external_id in of}


def looks_cut_off(source: Source, now: datetime) -> QuerySet[Sighting]:
    """The looks at pages by readings that came to no end, not long ago."""
    looks = Sighting.objects.filter(source=source, run__state__in=CUT_OFF, at__gt=now - _FRESH)
    return looks.exclude(content_sha256="").exclude(snapshot=None)


def look_with(pk: int) -> Sighting | None:
    """One look, with what was kept of it; None where it was removed meanwhile."""
    return Sighting.objects.select_related("snapshot").filter(pk=pk).first()


class LastLooks(dict[str, BelievedLook]):
    """The last believed look at each page, by key. `sets`: digests of the sets that name some of them."""

    sets: frozenset[str] = frozenset()


def newest(source: Source) -> LastLooks:
    """The last believed look at each page, by key, as far back as the rotation of project pages reaches."""
    good, most = SyncRun.objects.good().filter(source=source), 4 * settings.ROTATION_RUNS
    recent = good.order_by("-id")[:most]
    shared = Q(pk__in=recent.values("same_lists")) | Q(pk__in=recent.values("same_pages"))
    sets = list(LookSet.objects.filter(shared))
    ids = {pk for one in sets for pk in one.looks}
    first = Subquery(good.order_by("id").values("id")[:1])
    reach = Coalesce(Subquery(good.order_by("-id").values("id")[most - 1 : most]), first, 0)
    own = Sighting.objects.filter(source=source, loaded=True, run_id__gte=reach)
    last = own.order_by().values("key").annotate(last=Max("id")).values("last")
    found = LastLooks((look.key, look) for look in _of_ids(ids, last))
    found.sets = frozenset(one.digest for one in sets)
    return found


def _of_ids(ids: Collection[int], others: QuerySet[Any]) -> Iterator[BelievedLook]:
    """The looks with these ids, and those that a query finds, in order; a query for each ten thousand."""
    columns = [column.name for column in fields(BelievedLook) if column.name not in _OF_SNAPSHOT]
    ordered, found = sorted(ids), list[tuple[Any, ...]]()
    for start in range(0, max(len(ordered), 1), _BATCH):
        some = Q(pk__in=ordered[start : start + _BATCH])
        looks = Sighting.objects.filter(some | Q(pk__in=others) if start == 0 else some).order_by("id")
        rows = looks.annotate(text=Cast("snapshot__headers", TextField()), headers=_HEADERS)
        found += rows.values_list(*columns, *_OF_SNAPSHOT.values()).iterator(chunk_size=5000)
    return (BelievedLook(*row) for row in sorted(found, key=itemgetter(0)))


def believed(source: Source) -> Iterator[Sighting]:
    """What the record rests on: the lists of the last believed run, those of areas that are held as they
    were believed last, and each project's last believed page."""
    lists = _last_lists(source)
    held = set(AreaReading.objects.filter(source=source).newest().not_loaded().values_list("area", flat=True))
    wanted = [
        look.pk
        for look in newest(source).values()
        if look.pk in lists or look.external_id or look.area in held
    ]
    return _readable(sorted(wanted))


def _last_lists(source: Source) -> set[int]:
    """The looks at lists of the last run that looked at some and was believed."""
    looks = Sighting.objects.filter(source=source, loaded=True, external_id="")
    own = looks.order_by("-run_id").values_list("run_id", flat=True).first() or 0
    good = SyncRun.objects.good().filter(source=source).exclude(same_lists=None)
    last = good.order_by("-id").select_related("same_lists").first()
    ids = set(last.same_lists.looks) if last and last.same_lists and last.pk >= own else set()
    return ids | set(looks.filter(run_id=max(own, last.pk if last else 0)).values_list("pk", flat=True))


def _readable(ids: Sequence[int]) -> Iterator[Sighting]:
    """The looks with these ids, in their order, with their snapshots; without those that were not read."""
    for start in range(0, len(ids), _SOME):
        some = ids[start : start + _SOME]
        rows = Sighting.objects.filter(pk__in=some).exclude(content_sha256="").select_related("snapshot")
        found = {look.pk: look for look in rows}
        yield from (found[pk] for pk in some if pk in found)
