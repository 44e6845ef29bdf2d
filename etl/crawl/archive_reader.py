"""What a run saw, read again from the archive: to release a held run, or after the parser changed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from etl.crawl.observations import Observation
from etl.crawl.reading import Reading
from etl.exceptions import PageChanged
from etl.extract.types import PageContent
from etl.fetch.archive import Archive
from etl.fetch.page import Page
from projects.models import CUT_OFF, AreaReading, Sighting, Source, SyncRun

_FRESH = timedelta(hours=24)  # within which a page need not be asked for again by a reading that is taken up


def readings(looks: Iterable[Sighting], extract: Callable[[Page], PageContent]) -> Iterator[Reading]:
    """Each look's page, from its kept bytes, as today's parser reads it. Raises PageChanged."""
    archive = Archive(settings.ARCHIVE_DIR)
    for look in looks:
        if look.snapshot is None:
            continue
        page = kept_page(look, archive)
        yield Reading(look.key, page, extract(page), look.area or None, look.external_id or None)


def kept_page(look: Sighting, archive: Archive) -> Page:
    """The page that was looked at, from its kept bytes. Raises PageChanged when they are gone or broken."""
    snapshot = look.snapshot
    try:
        if snapshot is None:
            raise FileNotFoundError
        body = archive.read(snapshot.sha256)
    except FileNotFoundError:
        raise PageChanged(f"The kept bytes of {look.key} are gone from the archive.") from None
    except (OSError, EOFError, zlib.error):
        raise PageChanged(f"The kept bytes of {look.key} cannot be read: the file is broken.") from None
    return Page(look.url, body, snapshot.status, snapshot.headers, look.at)


def observation(key: str, page: Page) -> Observation:
    """The look at a page that comes from the archive: nothing is kept anew."""
    raw = page.sha256
    return Observation(key, page.url, page.fetched_at, raw, "", "", raw)


def of_run(run: SyncRun | int) -> Iterator[Sighting]:
    """What the run looked at and could read, in that order; of one that was cut off, what it had loaded."""
    looks = Sighting.objects.filter(run=run).exclude(content_sha256="")
    is_cut_off = isinstance(run, SyncRun) and run.state in CUT_OFF
    return _in_order(looks.filter(loaded=True) if is_cut_off else looks)


def cut_off(source: Source, now: datetime) -> dict[str, Sighting]:
    """The last look at each page by readings that came to no end, by key, where it was not long ago."""
    looks = Sighting.objects.filter(source=source, run__state__in=CUT_OFF, at__gt=now - _FRESH)
    looks = looks.exclude(content_sha256="").exclude(snapshot=None).select_related("snapshot")
    return {look.key: look for look in looks.order_by("id")}


def newest(source: Source) -> QuerySet[Sighting]:
    """The last believed look at each page, as far back as the rotation of project pages reaches."""
    believed_runs = SyncRun.objects.good().filter(source=source).order_by("-id").values_list("id", flat=True)
    reach = list(believed_runs[: 4 * settings.ROTATION_RUNS])
    looks = Sighting.objects.filter(source=source, loaded=True, run_id__gte=min(reach, default=0))
    last = looks.order_by().values("key").annotate(last=Max("id")).values("last")
    return Sighting.objects.filter(id__in=last)


def believed(source: Source) -> Iterator[Sighting]:
    """What the record rests on: the lists of the last believed run, those of areas that are held as they
    were believed last, and each project's last believed page."""
    lists = Sighting.objects.filter(source=source, loaded=True, external_id="")
    last_run = lists.order_by("-run_id").values_list("run_id", flat=True).first()
    held = list(
        AreaReading.objects.filter(source=source).newest().not_loaded().values_list("area", flat=True)
    )
    wanted = Q(run_id=last_run) | ~Q(external_id="") | Q(area__in=held)
    return _in_order(newest(source).filter(wanted))


def _in_order(looks: QuerySet[Sighting]) -> Iterator[Sighting]:
    return looks.select_related("snapshot").order_by("id").iterator(chunk_size=500)
