"""Changes → rows of the record: bulk statements, in the transaction of the load."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from etl.compare.changes import Absence, ListingChange, ProjectChange, QuietChange
from etl.load import overrides
from etl.understand.plan import ReadingPlan
from projects.fields import FIELDS
from projects.models import (
    ChangeType,
    Identity,
    Municipality,
    MunicipalityListing,
    Presence,
    Project,
    SyncRun,
)
from projects.models import ReadingPlan as PlanRow

_BATCH = 2000  # rows a statement
_COLUMNS = {field.name: field.column for field in FIELDS if field.is_column}
_UPDATED = (
    *_COLUMNS,
    "published",
    "page_labels",
    "other_texts",
    "issues",
    "url",
    "search_text",
    "line_digest",
    "page_digest",
    "lists",
    "last_changed_at",
    "last_changed_run",
)
_RETURNED = (*_UPDATED, "presence", "last_listed_at", "missing_run")
_THROUGH = Project.municipalities.through


def write_projects(run: SyncRun, changes: list[ProjectChange]) -> list[Project]:
    """The rows, in the order of the changes, all with their primary keys."""
    now = timezone.now()
    rows = [_project(run, change, now) for change in changes]
    created = [row for row, change in zip(rows, changes, strict=True) if change.pk is None]
    Project.everything.bulk_create(created, batch_size=_BATCH)
    for change_type, columns in ((ChangeType.UPDATED, _UPDATED), (ChangeType.RETURNED, _RETURNED)):
        Project.everything.bulk_create(
            [row for row, change in zip(rows, changes, strict=True) if change.change_type == change_type],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=columns,
        )
    Identity.objects.bulk_create(
        (Identity(source_id=run.source_id, external_id=row.external_id, project=row) for row in created),
        batch_size=_BATCH,
    )
    overrides.keep(rows, changes)
    _write_places(rows, changes)
    return rows


def write_quiet(quiet: list[QuietChange]) -> None:
    """Remember what was read where it says nothing new, so that it is not asked for again and again."""
    rows = [
        Project(
            id=q.pk,
            line_digest=q.line_digest,
            page_digest=q.page_digest,
            other_texts=q.other,
            issues=q.issues,
            lists=" ".join(q.lists),
        )
        for q in quiet
    ]
    columns = ["line_digest", "page_digest", "other_texts", "issues", "lists"]
    Project.everything.bulk_update(rows, columns, batch_size=500)


def mark_unread(pks: list[int]) -> None:
    """Forget how their lines were read, so that they are read anew when a list shows them."""
    for start in range(0, len(pks), _BATCH):
        Project.everything.filter(pk__in=pks[start : start + _BATCH]).update(line_digest="")


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
        published=record.published,
        page_labels=list(record.page_labels),
        other_texts=record.other,
        issues=record.issues,
        url=record.url or "",
        presence=Presence.PRESENT,
        line_digest=record.line_digest,
        page_digest=record.page_digest or "",
        lists=" ".join(record.lists),
        first_seen_at=run.read_at or now,  # not among the updated columns: a known row keeps its own
        last_changed_at=now,
        last_changed_run=run,
        last_listed_at=None,
        missing_run=None,
        **{column: record.values[name] for name, column in _COLUMNS.items()},
    )


def write_listings(run: SyncRun, changes: list[ListingChange]) -> list[MunicipalityListing]:
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
            first_seen_at=run.read_at or now,
            last_changed_at=now,
            last_changed_run=run,
        )
        for change in changes
    ]
    created, updated = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
    MunicipalityListing.objects.bulk_create(created, batch_size=_BATCH)
    fields = ["name", "projects", "value", "published", "issues", "url", "digest", "is_listed"]
    MunicipalityListing.objects.bulk_create(
        updated,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*fields, "last_changed_at", "last_changed_run"],
    )
    return rows


def mark_unlisted(run: SyncRun, unlisted: list[Absence]) -> list[MunicipalityListing]:
    """The municipality lines of the absences, in their order, marked as not listed any more."""
    if not unlisted:
        return []
    rows = MunicipalityListing.objects.filter(pk__in=[absence.pk for absence in unlisted])
    rows.update(is_listed=False, last_changed_at=timezone.now(), last_changed_run=run)
    by_pk = {row.pk: row for row in rows.select_related("municipality")}
    return [by_pk[absence.pk] for absence in unlisted]


def mark_absent(run: SyncRun, absences: list[Absence]) -> list[Project]:
    """The rows of the absences, in their order, marked missing or withdrawn."""
    if not absences:
        return []
    last = SyncRun.objects.good().filter(source=run.source, concludes=True).order_by("-id").first()
    now = {"last_changed_at": timezone.now(), "last_changed_run": run}
    steps: dict[str, dict[str, Any]] = {
        "missing": {
            "presence": Presence.MISSING,
            "missing_run": run,
            "last_listed_at": last.seen_at if last else None,
        },
        "withdrawn": {"presence": Presence.WITHDRAWN, "missing_run": None},
    }
    for step, columns in steps.items():
        pks = [absence.pk for absence in absences if absence.step == step]
        if pks:
            Project.everything.filter(pk__in=pks).update(**columns, **now)
    rows = Project.everything.filter(pk__in=[absence.pk for absence in absences])
    by_pk = {row.pk: row for row in rows.prefetch_related("municipalities")}
    return [by_pk[absence.pk] for absence in absences]


def write_plan(run: SyncRun, plan: ReadingPlan | None) -> None:
    """Keep how the columns were understood, where it is not as it was."""
    if plan is None or not plan.shapes:
        return
    last = PlanRow.objects.filter(source=run.source).order_by("-version").first()
    if last and last.digest == plan.digest:
        return
    PlanRow.objects.create(
        source=run.source,
        run=run if run.pk else None,
        version=last.version + 1 if last else 1,
        digest=plan.digest,
        shapes=plan.as_json(),
        notes=plan.notes,
    )
