"""What the change log says of a run's changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etl.changes import Absence, ListingChange, ProjectChange
from etl.normalise.records import canonical
from projects.changelog import Entry
from projects.models import EntityType, MunicipalityListing, Presence, Project, SyncRun


def of_projects(run: SyncRun, changes: Sequence[ProjectChange], rows: Sequence[Project]) -> Iterator[Entry]:
    """One entry a change; the rows are those of the changes, in their order."""
    return (_project(run, change, row) for change, row in zip(changes, rows, strict=True))


def of_listings(
    run: SyncRun, changes: Sequence[ListingChange], rows: Sequence[MunicipalityListing]
) -> Iterator[Entry]:
    """One entry a change; the rows are those of the changes, in their order."""
    return (_listing(run, change, row) for change, row in zip(changes, rows, strict=True))


def of_absences(run: SyncRun, absences: Sequence[Absence], rows: Sequence[Project]) -> Iterator[Entry]:
    """One entry a project that is not listed any more, or has not been for long."""
    return (_absent(run, absence, row) for absence, row in zip(absences, rows, strict=True))


def _project(run: SyncRun, change: ProjectChange, row: Project) -> Entry:
    return Entry(
        entity_type=EntityType.PROJECT,
        entity_id=row.pk,
        external_id=row.external_id,
        name=row.name or "",
        source_id=run.source_id,
        change_type=change.change_type,
        cause=change.cause,
        field_changes=change.field_changes,
        evidence=change.evidence,
        municipality=row.municipality_id,
        municipalities=list(change.kept.get("municipalities", change.record.values["municipalities"])),
        province=row.province,
        run_id=run.pk,
        snapshot_id=change.snapshot,
        overridden=change.overridden,
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
    return Entry(
        entity_type=EntityType.PROJECT,
        entity_id=row.pk,
        external_id=row.external_id,
        name=row.name or "",
        source_id=run.source_id,
        change_type=absence.step,
        field_changes={"presence": [before.value, after.value]},
        municipality=row.municipality_id,
        municipalities=sorted(place.code for place in row.municipalities.all()),
        province=row.province,
        run_id=run.pk,
    )


_STEPS = {
    "missing": (Presence.PRESENT, Presence.MISSING),
    "withdrawn": (Presence.MISSING, Presence.WITHDRAWN),
}
