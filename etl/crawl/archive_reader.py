"""What a run saw, read again from the archive: to release a held run, or after the parser changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from etl.crawl.reading import Reading
from etl.exceptions import PageChanged
from etl.extract import read_page
from etl.fetch.archive import Archive
from etl.fetch.page import Page
from projects.models import Sighting, Source, SyncRun


def readings(looks: QuerySet[Sighting], labels: Mapping[str, str]) -> Iterator[Reading]:
    """Each look's page, from its kept bytes, as today's parser reads it.

    Raises PageChanged when the bytes are gone.
    """
    archive = Archive(settings.ARCHIVE_DIR)
    for look in looks.select_related("snapshot").order_by("id").iterator(chunk_size=500):
        if look.snapshot is None:
            continue
        try:
            body = archive.read(look.snapshot.sha256)
        except FileNotFoundError:
            raise PageChanged(f"The kept bytes of {look.key} are gone from the archive.") from None
        snapshot = look.snapshot
        page = Page(look.url, body, snapshot.status, snapshot.headers, look.at)
        content = read_page(body, url=look.url, content_type=snapshot.content_type, labels=labels)
        yield Reading(look.key, page, content, look.area or None, look.external_id or None)


def of_run(run: SyncRun) -> QuerySet[Sighting]:
    """What the run looked at."""
    return Sighting.objects.filter(run=run).exclude(content_sha256="")


def newest(source: Source) -> QuerySet[Sighting]:
    """The last believed look at each page, as far back as the rotation of project pages reaches."""
    believed_runs = SyncRun.objects.good().filter(source=source).order_by("-id").values_list("id", flat=True)
    reach = list(believed_runs[: 4 * settings.ROTATION_RUNS])
    looks = Sighting.objects.filter(source=source, loaded=True, run_id__gte=min(reach, default=0))
    last = looks.order_by().values("key").annotate(last=Max("id")).values("last")
    return Sighting.objects.filter(id__in=last)


def believed(source: Source) -> QuerySet[Sighting]:
    """What the record rests on: the lists of the last believed run, each project's last believed page."""
    lists = Sighting.objects.filter(source=source, loaded=True, external_id="")
    last_run = lists.order_by("-run_id").values_list("run_id", flat=True).first()
    return newest(source).filter(Q(run_id=last_run) | ~Q(external_id=""))
