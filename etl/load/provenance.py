"""Rows of what a run looked at, and of the bytes that it kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence, Set

from django.utils import timezone

from etl.crawl.archive_reader import BelievedLook
from etl.crawl.evidence import Answer, EvidenceRecorder
from etl.crawl.observations import Observation
from projects.models import LookSet, Sighting, Snapshot, SyncRun

_BATCH = 2000  # rows a statement


def record(run: SyncRun, looks: Iterable[Observation], evidence: EvidenceRecorder, used: set[str]) -> None:
    """All looks of a run at its end, on the run (unsaved) and in rows: a row for each page that is not as it
    was last believed. `used`: keys of the pages that are believed."""
    looks = list(looks)
    evidence.tidy({seen.snapshot for seen in looks if seen.snapshot})
    if evidence.is_noted:  # the same looks, as they were taken
        Sighting.objects.filter(run=run).delete()
    snapshots = (_snapshot(run, sha256, page) for sha256, page in evidence.kept.items())
    Snapshot.objects.bulk_create(snapshots, batch_size=_BATCH, ignore_conflicts=True)
    _say_damaged(evidence)
    # a first reading is read again by parts: all looks are its own
    same = {} if evidence.owns_all else {s.key: last for s in looks if (last := evidence.as_before(s))}
    run.looks_digest = looks_digest((seen.key, seen.clean) for seen in looks)
    run.own_looks = [at for at, seen in enumerate(looks) if seen.key not in same] if same else []
    _share(run, list(same.values()), evidence.sets)
    sightings = (
        _sighting(run, seen, seen.key in used and bool(seen.content))
        for seen in looks
        if seen.key not in same
    )
    Sighting.objects.bulk_create(sightings, batch_size=_BATCH)


def looks_digest(looks: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) over pages, each by its key and the SHA-256 of it without its noise, in any order."""
    lines = sorted(f"{key[:300]} {clean}\n" for key, clean in looks)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _share(run: SyncRun, same: Sequence[Sighting | BelievedLook], known: Set[str]) -> None:
    """Note on the run (unsaved) the looks of earlier runs at pages that it found to be so still. `known`: the
    digests of the sets that are there, as other runs name them."""
    run.same_lists = _set(run, [look for look in same if not look.external_id])
    # each poll begins at another of these: their order says nothing
    run.same_pages = _set(run, sorted((look for look in same if look.external_id), key=lambda look: look.pk))
    sets = [one for one in (run.same_lists, run.same_pages) if one and one.pk not in known]
    LookSet.objects.bulk_create(sets, ignore_conflicts=True)
    newly = [look.pk for look in same if not look.shared]
    for start in range(0, len(newly), _BATCH):
        Sighting.objects.filter(pk__in=newly[start : start + _BATCH]).update(shared=True)


def _set(run: SyncRun, looks: Sequence[Sighting | BelievedLook]) -> LookSet | None:
    return LookSet.of(run.source_id, (look.pk for look in looks)) if looks else None


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


def _say_damaged(evidence: EvidenceRecorder) -> None:
    """What the run found of earlier pages: for the alerts, until it is had again."""
    if evidence.mended:
        Snapshot.objects.say_sound(evidence.mended)
    for sha256, what in evidence.damaged.items():
        if sha256 not in evidence.mended:
            Snapshot.objects.say_damaged(sha256, what, timezone.now())


def _snapshot(run: SyncRun, sha256: str, page: Answer) -> Snapshot:
    return Snapshot(
        sha256=sha256,
        source=run.source,
        run=run,
        url=page.url,
        fetched_at=page.fetched_at,
        status=page.status,
        headers=page.headers,
        content_type=page.content_type[:200],
        size=page.size,
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
