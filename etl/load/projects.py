"""Changes of projects and municipality lines → rows, and what the log says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from etl.compare.changes import Absence, Changes, ListingChange, ProjectChange
from etl.load import rows
from etl.normalise.records import canonical
from projects.log.flapping import flapping
from projects.log.writer import Entry
from projects.models import Cause, EntityType, MunicipalityListing, Presence, Project, RunState, SyncRun
from projects.wording.rules import FLAPPING

_BATCH = 2000  # rows a statement


def of_projects(run: SyncRun, changes: Sequence[ProjectChange], rows: Sequence[Project]) -> Iterator[Entry]:
    """One entry a change and its cause; the rows are those of the changes, in their order."""
    turns = _in_turn(EntityType.PROJECT, [change for change in changes if change.cause == Cause.SOURCE])
    for change, row in zip(changes, rows, strict=True):
        for cause, differing in change.by_cause():
            entry = _project(run, change, row, cause, differing)
            entry.context = (entry.context or {}) | {FLAPPING: turns.get(row.pk, [])}
            yield entry


def of_listings(
    run: SyncRun, changes: Sequence[ListingChange], rows: Sequence[MunicipalityListing]
) -> Iterator[Entry]:
    """One entry a change; the rows are those of the changes, in their order."""
    turns = _in_turn(EntityType.LISTING, changes)
    for change, row in zip(changes, rows, strict=True):
        entry = _listing(run, change, row)
        entry.context = {FLAPPING: turns.get(row.pk, [])}
        yield entry


def _in_turn(entity_type: str, changes: Iterable[ProjectChange | ListingChange]) -> dict[int, list[str]]:
    """Project or line → its fields that two versions of the source show in turn."""
    updated = {c.pk: c.field_changes for c in changes if c.pk is not None and c.change_type == "updated"}
    return flapping(entity_type, updated)


def of_absences(run: SyncRun, absences: Sequence[Absence], rows: Sequence[Project]) -> Iterator[Entry]:
    """One entry a project that is not listed any more, or has not been for long."""
    return (_absent(run, absence, row) for absence, row in zip(absences, rows, strict=True))


def _project(
    run: SyncRun, change: ProjectChange, row: Project, cause: str, differing: dict[str, list[Any]]
) -> Entry:
    places = change.kept.get("municipalities", change.record.values["municipalities"])
    return Entry.of_project(
        row,
        change.change_type,
        differing,
        places,
        cause=cause,
        evidence=change.evidence if cause == change.cause else {},
        run_id=run.pk,
        snapshot_id=change.snapshot,
        overridden=[name for name in differing if name in change.kept],
        context={name: canonical(change.record.values[name]) for name in ("budget", "expenditure")},
    )


def _listing(run: SyncRun, change: ListingChange, row: MunicipalityListing) -> Entry:
    entry = _of_line(run, row, change.change_type)
    entry.field_changes, entry.evidence = change.field_changes, change.evidence
    entry.snapshot_id = change.snapshot
    return entry


def _of_line(run: SyncRun, row: MunicipalityListing, change_type: str) -> Entry:
    place = row.municipality
    return Entry(
        entity_type=EntityType.LISTING,
        entity_id=row.pk,
        external_id=row.code,
        name=row.name,
        source_id=run.source_id,
        change_type=change_type,
        field_changes={},
        municipality=place.code if place else None,
        municipalities=[place.code] if place else [],
        province=place.province if place else None,
        run_id=run.pk,
    )


def of_unlisted(
    run: SyncRun, unlisted: Sequence[Absence], rows: Sequence[MunicipalityListing]
) -> Iterator[Entry]:
    """One entry a municipality line that a complete reading no longer shows."""
    for absence, row in zip(unlisted, rows, strict=True):
        entry = _of_line(run, row, absence.step)
        entry.field_changes = {"presence": [Presence.PRESENT.value, Presence.MISSING.value]}
        yield entry


def _absent(run: SyncRun, absence: Absence, row: Project) -> Entry:
    before, after = _STEPS[absence.step]
    changes = {"presence": [before.value, after.value]}
    places = sorted(place.code for place in row.municipalities.all())
    return Entry.of_project(row, absence.step, changes, places, run_id=run.pk)


_STEPS = {
    "missing": (Presence.PRESENT, Presence.MISSING),
    "withdrawn": (Presence.MISSING, Presence.WITHDRAWN),
}


class ProjectWriter:
    """How the load writes the changes of a source that publishes projects."""

    def entries(self, run: SyncRun, changes: Changes) -> Iterator[Entry]:
        """Write the rows, and say of each what the log says."""
        rows.write_plan(run, changes.plan)
        rows.mark_unread(changes.unread)
        # listings first: what they sum up then stands above them, the newest of the log
        yield from of_listings(run, changes.listings, rows.write_listings(run, changes.listings))
        for batch in changes.projects.batches(_BATCH):
            yield from of_projects(run, batch, rows.write_projects(run, batch))
        yield from of_unlisted(run, changes.unlisted, rows.mark_unlisted(run, changes.unlisted))
        yield from of_absences(run, changes.absences, rows.mark_absent(run, changes.absences))

    def quiet(self, run: SyncRun, changes: Changes) -> None:
        """Remember what was read where it says nothing new."""
        rows.write_quiet(changes.quiet)
        if run.state != RunState.SUCCEEDED:  # of one that changed something it was written with the entries
            rows.write_plan(run, changes.plan)
