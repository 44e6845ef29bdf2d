"""Where the outcome of a poll goes: rows and their log rows, in one transaction; or a rehearsal's memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from django.db import transaction
from django.utils import timezone

from etl.compare import checks, claims
from etl.compare.breaker import Belief
from etl.compare.changes import ChangeSummary
from etl.compare.checks import Completeness
from etl.compare.claims import Area
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.observations import ObservationSet
from etl.load import areas, provenance
from etl.runs import lease
from etl.values.disklist import DiskList
from projects.charset import storable
from projects.flags import keeping as flags
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import GOOD, RunState, Sighting, SyncRun

_MOST_NOTES = 200


class ChangeSet(Protocol):
    """What a reading changes in the record; empty is false. `problems`: what could not be compared."""

    problems: list[str]

    def __bool__(self) -> bool: ...

    def summaries(self) -> Iterator[ChangeSummary]:
        """All changes, one by one, for people."""

    def tally(self) -> Mapping[str, int]:
        """`created updated returned missing withdrawn invalid`, and `differing`: records not the same."""


C = TypeVar("C", bound=ChangeSet)
C_contra = TypeVar("C_contra", bound=ChangeSet, contravariant=True)


class Writer(Protocol[C_contra]):
    """How the changes of a source become rows."""

    def entries(self, run: SyncRun, changes: C_contra) -> Iterator[Entry]:
        """Write the rows, and say of each what the log says."""

    def quiet(self, run: SyncRun, changes: C_contra) -> None:
        """Remember what was read where it says nothing new."""


class Store(Protocol[C_contra]):
    """Where the outcome of a poll goes."""

    def load(
        self,
        run: SyncRun,
        reading: ObservationSet,
        completeness: Completeness,
        changes: C_contra,
        belief: Belief,
    ) -> None: ...


class Record(Generic[C]):
    """The record: what a believed reading changes, and how its run ended."""

    def __init__(self, writer: Writer[C], evidence: EvidenceRecorder) -> None:
        self.writer, self.evidence = writer, evidence

    def load(
        self, run: SyncRun, reading: ObservationSet, completeness: Completeness, changes: C, belief: Belief
    ) -> None:
        """Write what the run found, and its end, in one transaction."""
        describe(run, reading, completeness, changes, belief)
        with transaction.atomic():
            # one that found nothing new takes its row with its end
            has_older = None if run.state == RunState.UNCHANGED else lease.still_held(run)
            believed = run.state in GOOD  # what was read is believed, whatever could not be
            looks = [*reading.observations.values(), *self.evidence.unread()]
            used = {key for key in reading.observations if reading.uses(key)} if believed else set()
            provenance.record(run, looks, self.evidence, used)
            if run.state == RunState.SUCCEEDED:
                _mark_demo(run, reading)
                _apply(run, changes, self.writer)
            if believed:
                self.writer.quiet(run, changes)
            _end(run, has_older)
            if reading.is_first:
                areas.forget(run)
            areas.record(run, completeness.areas, belief.areas)


class Corrections(Generic[C]):
    """The record again: what a moved parser makes of known pages. The run goes on."""

    def __init__(self, writer: Writer[C]) -> None:
        self.writer = writer

    def load(
        self, run: SyncRun, reading: ObservationSet, completeness: Completeness, changes: C, belief: Belief
    ) -> None:
        load_corrections(run, changes, self.writer)


class Release(Generic[C]):
    """The record again: what a steward released of a held run, and the run's end."""

    def __init__(self, writer: Writer[C]) -> None:
        self.writer = writer

    def load(
        self, run: SyncRun, reading: ObservationSet, completeness: Completeness, changes: C, belief: Belief
    ) -> None:
        run.state, run.lease_until, run.profile = RunState.SUCCEEDED, None, belief.profile
        _count(run, changes)
        with transaction.atomic():
            lease.still_held(run)
            _mark_demo(run, reading)
            _apply(run, changes, self.writer)
            if run.released_places is None:
                Sighting.objects.filter(run=run).exclude(content_sha256="").update(loaded=True)
            areas.release(run)
            _supersede(run)
            run.save()


class Memory(Generic[C]):
    """Nowhere: the changes are kept to be looked at, and nothing is written."""

    changes: C

    def load(
        self, run: SyncRun, reading: ObservationSet, completeness: Completeness, changes: C, belief: Belief
    ) -> None:
        self.changes = changes


class Rehearsal(Memory[C]):
    """The same, with the run (unsaved) saying what would become of it."""

    def load(
        self, run: SyncRun, reading: ObservationSet, completeness: Completeness, changes: C, belief: Belief
    ) -> None:
        super().load(run, reading, completeness, changes, belief)
        describe(run, reading, completeness, changes, belief)


def load_corrections(run: SyncRun, changes: C, writer: Writer[C]) -> None:
    """Write corrections of the record in the midst of a run."""
    if not changes:
        return
    with transaction.atomic():
        lease.still_held(run)
        _apply(run, changes, writer)
        run.save(update_fields=["first_change", "last_change", "change_count"])


def fill(
    run: SyncRun,
    reading: ObservationSet,
    proven: Sequence[Area],
    changes: C,
    writer: Writer[C],
    evidence: EvidenceRecorder,
) -> None:
    """Load some areas of a reading that goes on, with the looks that show them, in one transaction."""
    codes = {area.code for area in proven}
    with transaction.atomic():
        lease.still_held(run)
        _mark_demo(run, reading)
        _apply(run, changes, writer)
        run.created += changes.tally()["created"]
        shown = {key for key, seen in reading.observations.items() if seen.area in codes}
        provenance.believe(run, shown, evidence)
        areas.fill(run, proven)
        run.save(update_fields=["first_change", "last_change", "change_count", "created"])


def describe(
    run: SyncRun, reading: ObservationSet, completeness: Completeness, changes: ChangeSet, belief: Belief
) -> None:
    """Say on the run (unsaved) what was seen and what becomes of it."""
    run.content_digest, run.profile = belief.content_digest, belief.profile
    run.state = _state(reading, belief, changes)
    run.complete, run.concludes = completeness.complete, completeness.concludes
    run.held = [reason.as_json() for reason in belief.reasons]
    run.disagreements = [disagreement.as_json() for disagreement in completeness.disagreements]
    run.proof = _proof(run, completeness, belief) | {"unasked": len(reading.unasked)}
    run.pages, run.seen = len(reading.observations), reading.seen
    run.listings, run.layouts = reading.municipality_lines, sorted(reading.layouts)
    _count(run, changes, reading.filled)
    run.unchanged_by = _unchanged_by(run, reading)
    said = [*reading.unasked, *run.notes, *completeness.problems, *reading.notes, *changes.problems]
    run.notes = list(dict.fromkeys(map(storable, said)))[:_MOST_NOTES]
    run.finished_at, run.lease_until = timezone.now(), None


def _unchanged_by(run: SyncRun, reading: ObservationSet) -> str:
    """Also where projects went missing by pages that say the same: history is played again as it was."""
    if run.state == RunState.UNCHANGED:
        return reading.unchanged_by or "records"
    return "" if run.created or run.updated or run.returned else reading.unchanged_by


def _proof(run: SyncRun, completeness: Completeness, belief: Belief) -> dict[str, Any]:
    proof: dict[str, Any] = claims.tally(completeness.areas)
    is_held = run.state == RunState.QUARANTINED
    proof["areas"]["held"] = proof["areas"]["read"] if is_held else len(belief.areas)
    site = completeness.site.claims if completeness.site else ()
    proof["site"] = [claim.as_json() for claim in site][:_MOST_NOTES]
    return proof | {"shortfall": storable(completeness.shortfall)}


def fail(
    run: SyncRun,
    evidence: EvidenceRecorder,
    sentence: str,
    trace: str = "",
    *,
    save: bool,
    state: RunState = RunState.FAILED,
) -> None:
    """End a run that could not be used. What it looked at is kept as evidence; nothing is loaded but what was
    proven while it read."""
    read = evidence.read()
    run.state, run.error, run.traceback = state, storable(sentence), storable(trace)
    run.notes = [storable(note) for note in run.notes]
    run.finished_at, run.lease_until = timezone.now(), None
    run.complete = run.concludes = False
    run.pages = len(read) or run.pages  # a release has read none anew
    if not save:
        return
    with transaction.atomic():
        lease.still_held(run)
        provenance.record(run, [*read, *evidence.unread()], evidence, evidence.loaded)
        run.save()


def _apply(run: SyncRun, changes: C, writer: Writer[C]) -> None:
    """Rows first, then all their log rows at once: the log's lock is the last thing that is taken. Flags come
    of both."""
    entries: DiskList[Entry] = DiskList()
    doings: flags.Doings = {}
    for entry in writer.entries(run, changes):
        entries.append(entry)
        flags.note(doings, entry)
    span = log.append(entries)
    flags.renew(doings)
    run.first_change = run.first_change or span.first
    run.last_change, run.change_count = span.last or run.last_change, run.change_count + span.count


def _end(run: SyncRun, has_older: bool | None) -> None:
    """Save the run, in place of an older one that waits for a steward; None: that was not looked for. Raises
    LeaseLost."""
    if has_older is None:
        if lease.end(run):
            return
        has_older = lease.still_held(run)
    if has_older and run.state in (*GOOD, RunState.QUARANTINED, RunState.REJECTED):
        _supersede(run)
    run.save()


def _supersede(run: SyncRun) -> None:
    """Only the newest held run can be released."""
    older = SyncRun.objects.filter(source_id=run.source_id, state=RunState.QUARANTINED, id__lt=run.pk)
    older.update(state=RunState.SUPERSEDED)


def _count(run: SyncRun, changes: ChangeSet, filled: int = 0) -> None:
    """`filled`: records that were created while the run read."""
    tally = changes.tally()
    run.created, run.updated, run.returned = tally["created"] + filled, tally["updated"], tally["returned"]
    run.missing, run.withdrawn, run.invalid = tally["missing"], tally["withdrawn"], tally["invalid"]
    run.same = max(0, run.seen - tally["differing"] - filled)


def _state(reading: ObservationSet, belief: Belief, changes: ChangeSet) -> RunState:
    # where all of a first one was loaded on the way, it changed all
    if not changes and not reading.is_first and reading.may_be_unchanged:
        return RunState.UNCHANGED
    if belief.rejected:
        return RunState.REJECTED
    return RunState.QUARANTINED if belief.reasons else RunState.SUCCEEDED


def _mark_demo(run: SyncRun, reading: ObservationSet) -> None:
    demo = checks.check_demo(reading, run.source.demo)
    if run.source.demo is None:
        run.source.demo = demo
        run.source.save(update_fields=["demo"])
