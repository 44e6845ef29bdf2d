"""A steward's decision on a held run: release all of it, some municipalities of it, or reject it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from etl.compare.changes import Changes
from etl.compare.checks import Verdict
from etl.compare.known import Known
from etl.crawl import archive_reader
from etl.dws import EnhancedDWSMonitor
from etl.exceptions import CannotDecide, RunInProgress
from etl.load import run as load
from etl.money.changes import FigureChanges, changes_of
from etl.money.known import KnownFinances
from etl.money.recall import recall_run
from etl.runs import lease
from etl.treasury import MunicipalTreasuryMonitor
from projects.models import Municipality, RunState, SyncRun


class ProjectRelease(EnhancedDWSMonitor):
    """A held run, read again from the archive and compared with what is known today."""

    def rehearse(self) -> Changes:
        """What a release would change now; writes nothing."""
        self.known = Known.of(self.run.source)
        self._gather(archive_reader.readings(archive_reader.of_run(self.run), self.words.fields))
        self.survey.whole = bool(self.run.complete)
        return self._changes(Verdict(complete=self.survey.whole), "")

    def poll_with_change_detection(self) -> None:
        """The end of a held run's story: its reading is loaded after all."""
        changes = self.rehearse()
        if self.run.released_places is not None:
            changes = changes.within(self.run.released_places, self.known.places_of)
        load.describe_release(self.run, changes)
        load.load_release(self.run, self.survey, changes, self.writer)


class FigureRelease(MunicipalTreasuryMonitor):
    """The same of the Municipal Money API."""

    def rehearse(self) -> FigureChanges:
        """What a release would change now; writes nothing."""
        self.known = KnownFinances.of(self.run.source)
        recall_run(self.run.pk, self.run.profile["read"], self.survey, self.evidence)
        return changes_of(self.survey, self.known.figures(self.survey.answered))

    def poll_with_change_detection(self) -> None:
        """The end of a held run's story: its reading is loaded after all."""
        changes = self.rehearse()
        if self.run.released_places is not None:
            changes = changes.within(self.run.released_places)
            # the rest is not loaded: the next poll has to look at these cubes again
            self.run.profile = self.run.profile | {"cubes": self.known.cubes}
        load.describe_release(self.run, changes)
        load.load_release(self.run, self.survey, changes, self.writer)


Release = type[ProjectRelease] | type[FigureRelease]
RELEASES: dict[str, Release] = {"dws": ProjectRelease, "treasury": FigureRelease}


def _release_of(run: SyncRun) -> Release:
    """Raises CannotDecide for a source whose readings cannot be read again from the archive."""
    if run.source_id not in RELEASES:
        raise CannotDecide(
            f"Readings of {run.source_id} cannot be released, only those of {' and '.join(RELEASES)}:"
            f" run {run.pk} can be rejected, or held until the next reading."
        )
    return RELEASES[run.source_id]


def rehearsal(run: SyncRun) -> Changes | FigureChanges:
    """What releasing a held run would change now; writes nothing. Raises EtlError."""
    monitor = _release_of(run)(run, dry_run=True)
    try:
        return monitor.rehearse()
    finally:
        monitor.close()


def held_run(run_id: int) -> SyncRun:
    """The run, if a steward can decide on it. Raises CannotDecide."""
    run = SyncRun.objects.filter(pk=run_id).first()
    if run is None:
        raise CannotDecide(f"There is no run {run_id}.")
    if run.state != RunState.QUARANTINED:
        raise CannotDecide(f"Run {run_id} is {run.state}, not held: there is nothing to decide.")
    newer = SyncRun.objects.filter(source=run.source, state=RunState.QUARANTINED, pk__gt=run.pk).last()
    if newer:
        raise CannotDecide(f"Run {run_id} is not the newest held one: that is run {newer.pk}.")
    return run


def release(run_id: int, by: str, reason: str, places: Sequence[str] | None = None) -> SyncRun:
    """Load a held run, all of it or the projects and lines of some municipalities (codes).

    Raises CannotDecide, RunInProgress, or what ended the load.
    """
    run = held_run(run_id)
    make = _release_of(run)
    if places is not None:
        unknown = set(places) - set(Municipality.objects.values_list("code", flat=True))
        if unknown or not places:
            raise CannotDecide(
                f"No municipality has the code {', '.join(sorted(unknown)) or '(none named)'}."
            )
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision": reason}
    try:
        with transaction.atomic():
            claimed = lease.reclaim(run, released_places=places and sorted(places), **decision)
    except IntegrityError:
        other = SyncRun.objects.active().get(source=run.source)
        raise RunInProgress(
            f"Run {other.pk} is going on; decide again when it has ended.", other.pk
        ) from None
    if not claimed:
        raise CannotDecide(f"Run {run_id} was decided on by somebody else in this moment.")
    return make(run).execute()


def reject(run_id: int, by: str, reason: str) -> SyncRun:
    """Do not load a held run, nor the same reading again until the source changes. Raises CannotDecide."""
    run = held_run(run_id)
    decided = SyncRun.objects.filter(pk=run.pk, state=RunState.QUARANTINED).update(
        state=RunState.REJECTED, decided_by=by, decided_at=timezone.now(), decision=reason
    )
    if not decided:
        raise CannotDecide(f"Run {run_id} was decided on by somebody else in this moment.")
    run.refresh_from_db()
    return run
