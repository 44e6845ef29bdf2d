"""Rows and their log rows, in one transaction; and how a run ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from etl.compare import checks
from etl.compare.changes import ChangeSummary
from etl.compare.checks import Verdict
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.observations import ObservationSet
from etl.runs import lease
from etl.values.disklist import DiskList
from projects.charset import storable
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import (
    GOOD,
    RunState,
    Sighting,
    Snapshot,
    SyncRun,
)

_BATCH = 2000  # rows a statement
_MOST_NOTES = 200


class ChangeSet(Protocol):
    """What a reading changes in the record; empty is false."""

    def __bool__(self) -> bool: ...

    def summaries(self) -> Iterator[ChangeSummary]:
        """All changes, one by one, for people."""

    def tally(self) -> Mapping[str, int]:
        """`created updated returned missing withdrawn invalid`, and `differing`: records not the same."""


class Writer(Protocol):
    """How the changes of a source become rows."""

    def entries(self, run: SyncRun, changes: Any) -> Iterator[Entry]:
        """Write the rows, and say of each what the log says."""

    def quiet(self, changes: Any) -> None:
        """Remember what was read where it says nothing new."""


def load(
    run: SyncRun, survey: ObservationSet, evidence: EvidenceRecorder, changes: ChangeSet, writer: Writer
) -> None:
    """Write what the run found, and its end as `describe` said it, in one transaction."""
    with transaction.atomic():
        lease.still_held(run)
        believed = run.state in GOOD  # what was read is believed, whatever could not be
        _provenance(run, survey, evidence, believed)
        if run.state == RunState.SUCCEEDED:
            _say_demo(run, survey)
            _apply(run, changes, writer)
        if believed:
            writer.quiet(changes)
        if believed or run.state in (RunState.QUARANTINED, RunState.REJECTED):
            _supersede(run)
        run.save()


def load_corrections(run: SyncRun, changes: ChangeSet, writer: Writer) -> None:
    """Write what a moved parser makes of known pages; the run goes on."""
    if not changes:
        return
    with transaction.atomic():
        lease.still_held(run)
        _apply(run, changes, writer)
        run.save(update_fields=["first_change", "last_change", "change_count"])


def load_release(run: SyncRun, survey: ObservationSet, changes: ChangeSet, writer: Writer) -> None:
    """Write what a steward released of a held run, and the run's end."""
    with transaction.atomic():
        lease.still_held(run)
        _say_demo(run, survey)
        _apply(run, changes, writer)
        if run.released_places is None:
            Sighting.objects.filter(run=run).exclude(content_sha256="").update(loaded=True)
        _supersede(run)
        run.save()


def _apply(run: SyncRun, changes: ChangeSet, writer: Writer) -> None:
    """Rows first, then all their log rows at once: the log's lock is the last thing that is taken."""
    said: DiskList[Entry] = DiskList()
    for entry in writer.entries(run, changes):
        said.append(entry)
    span = log.append(said)
    run.first_change = run.first_change or span.first
    run.last_change, run.change_count = span.last or run.last_change, run.change_count + span.count


def _supersede(run: SyncRun) -> None:
    """Only the newest held run can be released."""
    older = SyncRun.objects.filter(source_id=run.source_id, state=RunState.QUARANTINED, id__lt=run.pk)
    older.update(state=RunState.SUPERSEDED)


def describe(
    run: SyncRun, survey: ObservationSet, verdict: Verdict, changes: ChangeSet, shown_by: str
) -> None:
    """Say on the run (unsaved) what was seen and what becomes of it; `shown_by`: what showed no change."""
    run.state = _state(verdict, changes)
    run.unchanged_by = shown_by if run.state == RunState.UNCHANGED else ""
    run.complete = verdict.complete
    run.held = [reason.as_json() for reason in verdict.held]
    run.disagreements = [disagreement.as_json() for disagreement in verdict.disagreements]
    run.pages, run.seen = len(survey.sightings), survey.seen
    run.listings, run.layouts = survey.municipality_lines, sorted(survey.layouts)
    _count(run, changes)
    notes = map(storable, [*run.notes, *verdict.problems, *survey.notes])
    run.notes = list(dict.fromkeys(notes))[:_MOST_NOTES]
    run.finished_at, run.lease_until = timezone.now(), None


def describe_release(run: SyncRun, changes: ChangeSet) -> None:
    """Say on the run (unsaved) what its release loads."""
    run.state, run.lease_until = RunState.SUCCEEDED, None
    _count(run, changes)


def _count(run: SyncRun, changes: ChangeSet) -> None:
    tally = changes.tally()
    run.created, run.updated, run.returned = tally["created"], tally["updated"], tally["returned"]
    run.missing, run.withdrawn, run.invalid = tally["missing"], tally["withdrawn"], tally["invalid"]
    run.same = max(0, run.seen - tally["differing"])


def _state(verdict: Verdict, changes: ChangeSet) -> RunState:
    if not changes:
        return RunState.UNCHANGED
    if verdict.rejected:
        return RunState.REJECTED
    return RunState.QUARANTINED if verdict.held else RunState.SUCCEEDED


def fail(
    run: SyncRun,
    survey: ObservationSet | None,
    evidence: EvidenceRecorder | None,
    sentence: str,
    trace: str,
    save: bool,
    state: RunState = RunState.FAILED,
) -> None:
    """End a run that could not be used. What it looked at is kept as evidence, nothing is loaded."""
    run.state, run.error, run.traceback = state, storable(sentence), storable(trace)
    run.notes = [storable(note) for note in run.notes]
    run.finished_at, run.lease_until, run.complete = timezone.now(), None, False
    run.pages = len(survey.sightings) if survey else 0
    if not save:
        return
    with transaction.atomic():
        lease.still_held(run)
        if survey and evidence:
            _provenance(run, survey, evidence, believed=False)
        run.save()


def _provenance(run: SyncRun, survey: ObservationSet, evidence: EvidenceRecorder, believed: bool) -> None:
    looks = [*survey.sightings.values(), *evidence.unread()]
    evidence.tidy({seen.snapshot for seen in looks if seen.snapshot})
    snapshots = (
        Snapshot(
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
        for sha256, page in evidence.kept.items()
    )
    Snapshot.objects.bulk_create(snapshots, batch_size=_BATCH, ignore_conflicts=True)
    sightings = (
        Sighting(
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
            loaded=believed and bool(seen.content) and survey.uses(seen.key),
        )
        for seen in looks
    )
    Sighting.objects.bulk_create(sightings, batch_size=_BATCH)


def _say_demo(run: SyncRun, survey: ObservationSet) -> None:
    demo = checks.check_demo(survey, run.source.demo)
    if run.source.demo is None:
        run.source.demo = demo
        run.source.save(update_fields=["demo"])
