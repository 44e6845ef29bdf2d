"""History again, from the archive, as today's parser and words read it; and how that differs from ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from etl.compare.changes import Changes, ProjectChange, difference
from etl.compare.checks import Verdict
from etl.compare.known import Known, KnownProject, details
from etl.compare.scratch import Scratch
from etl.crawl import archive_reader
from etl.dws import EnhancedDWSMonitor
from etl.load import run as load
from etl.load.run import ChangeSet
from etl.normalise.projects import project_record
from etl.normalise.records import canonical
from projects.models import Cause, DataChangeLog, EntityType, RunState, Source, SyncRun

ToldBy = dict[tuple[str, str], dict[str, list[Any]]]  # (change type, id or code) → field → [old, new]


@dataclass
class Outcome:
    """`runs`: run → what it logged and what it would log, where they differ; `projects` and `listings`:
    what is known and what would be known, where they differ."""

    replayed: int = 0
    runs: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    projects: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    listings: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    @property
    def is_identical(self) -> bool:
        return not (self.runs or self.projects or self.listings)


class Replay(EnhancedDWSMonitor):
    """One run of the past, read from the archive against a scratch state."""

    def changes_of(self, scratch: Scratch) -> Changes:
        """What the run changes in the scratch state."""
        self.known, self.survey = scratch, self._new_survey()
        self._gather(archive_reader.readings(archive_reader.of_run(self.run), self.words.fields))
        changes = self._changes(Verdict(complete=bool(self.run.complete)), "")
        if self.run.released_places is not None:
            changes = changes.within(self.run.released_places, scratch.places_of)
        return changes

    def correction(
        self, external_id: str, then: KnownProject, known: KnownProject | None
    ) -> ProjectChange | None:
        """The change that makes what is known into what the replay found."""
        record = project_record(
            external_id,
            then.line(),
            then.page(),
            listed_under=then.values["municipalities"],
            url=then.url,
            vocabulary=self.words,
            places=self.places,
        )
        record.line_digest, record.page_digest = then.line_digest, then.page_digest
        return self._process_project(record, known)

    def _now(self) -> datetime:
        return self.run.finished_at or super()._now()


def replay(source: Source) -> tuple[Scratch, Outcome]:
    """Every believed run of the source, in the order in which they were loaded.

    Raises PageChanged where the archive has lost bytes that a run needs.
    """
    scratch, outcome = Scratch.empty(source), Outcome()
    for run in _history(source):
        if run.state == RunState.SUCCEEDED and run.sightings.exists():
            monitor = Replay(run, dry_run=True)
            changes = monitor.changes_of(scratch)
            monitor.close()
            outcome.replayed += 1
            if differs := difference(_keyed(_logged(run)), _keyed(_told(changes))):
                outcome.runs[run.pk] = differs
            scratch.apply(run, changes)
        scratch.passed(run)
    _compare(scratch, outcome)
    return scratch, outcome


def apply(source: Source, run: SyncRun) -> int:
    """Load what history would say differently, as corrections of the parser; returns how many changes."""
    scratch, _ = replay(source)
    monitor = Replay(run)
    monitor.known, monitor.cause = Known.of(source), Cause.PARSER
    changes = Changes()
    for external_id, known in details(monitor.known, scratch.state):
        change = monitor.correction(external_id, scratch.state[external_id], known)
        if change:
            changes.add(change)
    monitor.close()
    load.load_corrections(run, changes, monitor.writer)
    return run.change_count


def _history(source: Source) -> Iterator[SyncRun]:
    """Believed runs, each at the place where its load (or its end) stands in the log."""
    runs = list(SyncRun.objects.good().filter(source=source).defer("traceback").order_by("id"))
    place = 0
    keyed = []
    for run in runs:
        place = max(place, run.last_change or 0) if run.decided_at is None else place
        keyed.append((run.last_change or place, run.pk, run))
    return (run for _, _, run in sorted(keyed, key=lambda item: item[:2]))


def _told(changes: ChangeSet) -> ToldBy:
    return {(told.change_type, told.what): told.field_changes for told in changes.summaries()}


def _logged(run: SyncRun) -> ToldBy:
    rows = DataChangeLog.objects.filter(Q(cause=Cause.SOURCE), run=run)
    return {
        (
            row.change_type,
            f"[{row.external_id}]" if row.entity_type == EntityType.LISTING else row.external_id,
        ): row.field_changes
        for row in rows.iterator()
    }


def _keyed(told: ToldBy) -> dict[str, Any]:
    return {" ".join(key): changes for key, changes in told.items()}


def _compare(scratch: Scratch, outcome: Outcome) -> None:
    known = Known.of(scratch.source)
    for external_id, ours in details(known, known.keys.keys() | scratch.state.keys()):
        theirs = scratch.state.get(external_id)
        if differs := difference(_facts(ours), _facts(theirs)):
            outcome.projects[external_id] = differs
    for code in known.listings.keys() | scratch.listings.keys():
        ours_, theirs_ = known.listings.get(code), scratch.listings.get(code)
        before = ours_.published if ours_ else {}
        if differs := difference(before, theirs_.published if theirs_ else {}):
            outcome.listings[code] = differs


def _facts(known: KnownProject | None) -> dict[str, Any]:
    if known is None:
        return {}
    values = {name: canonical(value) for name, value in known.values.items()}
    published = {f"published.{label}": text for label, text in known.published.items()}
    pages = {"page_labels": sorted(known.page_labels), "presence": str(known.presence)}
    return {**values, **published, **pages}
