"""Rows and their log rows, in one transaction; and how a run ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from etl import checks, entries, lease, overrides
from etl.changes import Absence, Changes, ListingChange, ProjectChange
from etl.checks import Verdict
from etl.records import PROJECT_FIELDS
from etl.sight import Sight
from etl.spool import Spool
from etl.survey import Survey
from projects import changelog
from projects.changelog import Entry
from projects.models import (
    GOOD,
    Identity,
    Municipality,
    MunicipalityListing,
    Presence,
    Project,
    RunState,
    Sighting,
    Snapshot,
    SyncRun,
)

_BATCH = 2000  # rows a statement
_PLAIN = tuple(name for name in PROJECT_FIELDS if name not in ("municipality", "municipalities"))
_UPDATED = (
    *_PLAIN,
    "municipality",
    "published",
    "page_labels",
    "issues",
    "url",
    "presence",
    "line_digest",
    "page_digest",
    "last_changed_at",
    "last_changed_run",
    "last_listed_at",
    "missing_run",
)
_THROUGH = Project.municipalities.through


def load(run: SyncRun, survey: Survey, sight: Sight, changes: Changes) -> None:
    """Write what the run found, and its end as `describe` said it, in one transaction."""
    with transaction.atomic():
        lease.still_held(run)
        believed = survey.whole and run.state in GOOD
        _provenance(run, survey, sight, believed)
        if run.state == RunState.SUCCEEDED:
            _say_demo(run, survey)
            _apply(run, changes)
        if believed or run.state in (RunState.QUARANTINED, RunState.REJECTED):
            _supersede(run)
        run.save()


def load_corrections(run: SyncRun, changes: Changes) -> None:
    """Write what a moved parser makes of known pages; the run goes on."""
    if not changes:
        return
    with transaction.atomic():
        lease.still_held(run)
        _apply(run, changes)
        run.save(update_fields=["first_change", "last_change", "change_count"])


def load_release(run: SyncRun, survey: Survey, changes: Changes) -> None:
    """Write what a steward released of a held run, and the run's end."""
    with transaction.atomic():
        lease.still_held(run)
        _say_demo(run, survey)
        _apply(run, changes)
        if survey.whole and run.released_places is None:
            Sighting.objects.filter(run=run).exclude(content_sha256="").update(loaded=True)
        _supersede(run)
        run.save()


def _apply(run: SyncRun, changes: Changes) -> None:
    """Rows first, then all their log rows at once: the log's lock is the last thing that is taken."""
    said: Spool[Entry] = Spool()
    # listings first: what they sum up then stands above them, the newest of the log
    _say(said, entries.of_listings(run, changes.listings, _write_listings(run, changes.listings)))
    for batch in changes.projects.batches(_BATCH):
        rows = _write_projects(run, batch)
        _say(said, entries.of_projects(run, batch, rows))
    _say(said, entries.of_absences(run, changes.absences, _mark_absent(run, changes.absences)))
    span = changelog.append(said)
    run.first_change = run.first_change or span.first
    run.last_change, run.change_count = span.last or run.last_change, run.change_count + span.count


def _supersede(run: SyncRun) -> None:
    """Only the newest held run can be released."""
    older = SyncRun.objects.filter(source_id=run.source_id, state=RunState.QUARANTINED, id__lt=run.pk)
    older.update(state=RunState.SUPERSEDED)


def describe(run: SyncRun, survey: Survey, verdict: Verdict, changes: Changes, shown_by: str) -> None:
    """Say on the run (unsaved) what was seen and what becomes of it; `shown_by`: what showed no change."""
    run.state = _state(verdict, changes)
    run.unchanged_by = shown_by if run.state == RunState.UNCHANGED else ""
    run.complete = verdict.complete
    run.held = [reason.as_json() for reason in verdict.held]
    run.disagreements = [disagreement.as_json() for disagreement in verdict.disagreements]
    run.pages, run.seen = len(survey.sightings), len(survey.lines.keys() | survey.pages.keys())
    run.listings, run.layouts = len(survey.listings), sorted(survey.layouts)
    _count(run, changes)
    run.notes = list(dict.fromkeys([*run.notes, *verdict.problems, *survey.notes]))[:200]
    run.finished_at, run.lease_until = timezone.now(), None


def describe_release(run: SyncRun, changes: Changes) -> None:
    """Say on the run (unsaved) what its release loads."""
    run.state, run.lease_until = RunState.SUCCEEDED, None
    _count(run, changes)


def _count(run: SyncRun, changes: Changes) -> None:
    run.created, run.updated = changes.counts["created"], changes.counts["updated"]
    run.returned = changes.counts["returned"]
    run.missing = sum(absence.step == "missing" for absence in changes.absences)
    run.withdrawn, run.invalid = len(changes.absences) - run.missing, changes.invalid
    run.same = run.seen - len(changes.projects)


def _state(verdict: Verdict, changes: Changes) -> RunState:
    if not changes:
        return RunState.UNCHANGED
    if verdict.rejected:
        return RunState.REJECTED
    return RunState.QUARANTINED if verdict.held else RunState.SUCCEEDED


def fail(
    run: SyncRun, survey: Survey | None, sight: Sight | None, sentence: str, trace: str, save: bool
) -> None:
    """End a run that could not be used. What it looked at is kept as evidence, nothing is loaded."""
    run.state, run.error, run.traceback = RunState.FAILED, sentence, trace
    run.finished_at, run.lease_until, run.complete = timezone.now(), None, False
    run.pages = len(survey.sightings) if survey else 0
    if not save:
        return
    with transaction.atomic():
        lease.still_held(run)
        if survey and sight:
            _provenance(run, survey, sight, believed=False)
        run.save()


def _provenance(run: SyncRun, survey: Survey, sight: Sight, believed: bool) -> None:
    looks = [*survey.sightings.values(), *sight.unread()]
    sight.tidy({seen.snapshot for seen in looks if seen.snapshot})
    rows = (
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
        for sha256, page in sight.kept.items()
    )
    Snapshot.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
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
            loaded=believed and bool(seen.content),
        )
        for seen in looks
    )
    Sighting.objects.bulk_create(sightings, batch_size=_BATCH)


def _say_demo(run: SyncRun, survey: Survey) -> None:
    demo = checks.check_demo(survey, run.source.demo)
    if run.source.demo is None:
        run.source.demo = demo
        run.source.save(update_fields=["demo"])


def _write_projects(run: SyncRun, changes: list[ProjectChange]) -> list[Project]:
    """The rows, in the order of the changes, all with their primary keys."""
    now = timezone.now()
    rows = [_project(run, change, now) for change in changes]
    created = [row for row, change in zip(rows, changes, strict=True) if change.pk is None]
    updated = [row for row, change in zip(rows, changes, strict=True) if change.pk is not None]
    Project.objects.bulk_create(created, batch_size=_BATCH)
    Project.objects.bulk_create(
        updated, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=_UPDATED
    )
    Identity.objects.bulk_create(
        (Identity(source_id=run.source_id, external_id=row.external_id, project=row) for row in created),
        batch_size=_BATCH,
    )
    overrides.keep(rows, changes)
    _write_places(rows, changes)
    return rows


def _write_places(rows: list[Project], changes: list[ProjectChange]) -> None:
    moved = [
        (row, change)
        for row, change in zip(rows, changes, strict=True)
        if "municipalities" in change.field_changes and "municipalities" not in change.kept
    ]
    known = [row.pk for row, change in moved if change.pk is not None]
    if known:
        _THROUGH.objects.filter(project_id__in=known).delete()
    _THROUGH.objects.bulk_create(
        (
            _THROUGH(project_id=row.pk, municipality_id=code)
            for row, change in moved
            for code in change.record.values["municipalities"]
        ),
        batch_size=_BATCH,
    )


def _project(run: SyncRun, change: ProjectChange, now: datetime) -> Project:
    record = change.record
    return Project(
        id=change.pk,
        source_id=run.source_id,
        external_id=record.external_id,
        municipality_id=record.values["municipality"],
        published=record.published,
        page_labels=list(record.page_labels),
        issues=record.issues,
        url=record.url or "",
        presence=Presence.PRESENT,
        line_digest=record.line_digest,
        page_digest=record.page_digest or "",
        first_seen_at=now,  # not among the updated columns: a known row keeps its own
        last_changed_at=now,
        last_changed_run=run,
        last_listed_at=None,
        missing_run=None,
        **{name: record.values[name] for name in _PLAIN},
    )


def _write_listings(run: SyncRun, changes: list[ListingChange]) -> list[MunicipalityListing]:
    now = timezone.now()
    places = Municipality.objects.in_bulk() if changes else {}
    rows = [
        MunicipalityListing(
            id=change.pk,
            source_id=run.source_id,
            code=change.record.code,
            municipality=places.get(change.record.code),
            name=change.record.name,
            projects=change.record.projects,
            value=change.record.value,
            published=change.record.published,
            issues=change.record.issues,
            url=change.record.url or "",
            digest=change.digest,
            first_seen_at=now,
            last_changed_at=now,
            last_changed_run=run,
        )
        for change in changes
    ]
    created, updated = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
    MunicipalityListing.objects.bulk_create(created, batch_size=_BATCH)
    fields = ["name", "projects", "value", "published", "issues", "url", "digest"]
    MunicipalityListing.objects.bulk_create(
        updated,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*fields, "last_changed_at", "last_changed_run"],
    )
    return rows


def _say(said: Spool[Entry], some: Iterable[Entry]) -> None:
    for entry in some:
        said.append(entry)


def _mark_absent(run: SyncRun, absences: list[Absence]) -> list[Project]:
    """The rows of the absences, in their order, marked missing or withdrawn."""
    if not absences:
        return []
    last = SyncRun.objects.good().filter(source=run.source, complete=True).order_by("-id").first()
    now = {"last_changed_at": timezone.now(), "last_changed_run": run}
    steps: dict[str, dict[str, Any]] = {
        "missing": {
            "presence": Presence.MISSING,
            "missing_run": run,
            "last_listed_at": last.finished_at if last else None,
        },
        "withdrawn": {"presence": Presence.WITHDRAWN, "missing_run": None},
    }
    for step, columns in steps.items():
        pks = [absence.pk for absence in absences if absence.step == step]
        if pks:
            Project.objects.filter(pk__in=pks).update(**columns, **now)
    rows = Project.objects.filter(pk__in=[absence.pk for absence in absences])
    by_pk = {row.pk: row for row in rows.prefetch_related("municipalities")}
    return [by_pk[absence.pk] for absence in absences]
