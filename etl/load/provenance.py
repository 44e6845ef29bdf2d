"""Rows of what a run looked at, and of the bytes that it kept."""

from __future__ import annotations

from collections.abc import Iterable

from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.observations import Observation
from etl.fetch.page import Page
from projects.models import Sighting, Snapshot, SyncRun

_BATCH = 2000  # rows a statement


def record(run: SyncRun, looks: Iterable[Observation], evidence: EvidenceRecorder, used: set[str]) -> None:
    """All looks of a run at its end; `used`: keys of the pages that are believed."""
    looks = list(looks)
    evidence.tidy({seen.snapshot for seen in looks if seen.snapshot})
    if evidence.is_noted:  # the same looks, as they were taken
        Sighting.objects.filter(run=run).delete()
    snapshots = (_snapshot(run, sha256, page) for sha256, page in evidence.kept.items())
    Snapshot.objects.bulk_create(snapshots, batch_size=_BATCH, ignore_conflicts=True)
    sightings = (_sighting(run, seen, seen.key in used and bool(seen.content)) for seen in looks)
    Sighting.objects.bulk_create(sightings, batch_size=_BATCH)


def note(run: SyncRun, seen: Observation, evidence: EvidenceRecorder) -> None:
    """One look, while the run goes on: the run may be killed, and the page need not be asked for again."""
    page = evidence.kept.get(seen.snapshot or "")
    if page and seen.snapshot:
        kept = [_snapshot(run, seen.snapshot, page)]
        Snapshot.objects.bulk_create(kept, ignore_conflicts=True)
    _sighting(run, seen, loaded=False).save(force_insert=True)
    evidence.is_noted = True


def believe(run: SyncRun, keys: set[str], evidence: EvidenceRecorder) -> None:
    """What these pages said was loaded, while the run goes on."""
    evidence.loaded |= keys
    waiting = sorted(key[:300] for key in keys)
    for start in range(0, len(waiting), 500):
        some = waiting[start : start + 500]
        Sighting.objects.filter(run=run, key__in=some).exclude(content_sha256="").update(loaded=True)


def _snapshot(run: SyncRun, sha256: str, page: Page) -> Snapshot:
    return Snapshot(
        sha256=sha256,
        source=run.source,
        run=run,
        url=page.url,
        fetched_at=page.fetched_at,
        status=page.status,
        headers=page.headers,
        content_type=page.content_type[:200],
        size=len(page.body),
    )


def _sighting(run: SyncRun, seen: Observation, loaded: bool) -> Sighting:
    return Sighting(
        source=run.source,
        run=run,
        key=seen.key[:300],
        url=seen.url,
        at=seen.at,
        area=seen.area[:20],
        external_id=seen.external_id,
        raw_sha256=seen.raw,
        clean_sha256=seen.clean,
        content_sha256=seen.content,
        snapshot_id=seen.snapshot,
        loaded=loaded,
    )
