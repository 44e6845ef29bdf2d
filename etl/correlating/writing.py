"""Changed questions → rows, and what the log says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

from etl.correlating.discrepancies import FoundDiscrepancy
from etl.correlating.questions import QuestionChange, QuestionChanges, wording_of
from projects.log.writer import Entry
from projects.models import Discrepancy, DiscrepancyState, EntityType, Municipality, Project, SyncRun

_BATCH = 500
_EVIDENCE = ("dws_snapshot", "treasury_snapshot", "evidence")


class QuestionWriter:
    """How the load writes what a correlation run found."""

    def entries(self, run: SyncRun, changes: QuestionChanges) -> Iterator[Entry]:
        """Write the rows, and say of each what the log says."""
        now = timezone.now()
        rows = [_row(change, run, now) for change in changes.questions]
        Discrepancy.objects.bulk_create([row for row in rows if row.pk is None], batch_size=_BATCH)
        _update([row for row, change in zip(rows, changes.questions, strict=True) if change.row is not None])
        provinces = dict(Municipality.objects.values_list("code", "province"))
        names = _names(rows)
        for row, change in zip(rows, changes.questions, strict=True):
            yield _entry(run, row, change, names[row.key], provinces[row.municipality_id])

    def quiet(self, run: SyncRun, changes: QuestionChanges) -> None:
        """Keep the evidence up to date where nothing moved that a question says."""
        rows = [
            _with_evidence(change.row, change.discrepancy) for change in changes.quiet if change.discrepancy
        ]
        Discrepancy.objects.bulk_update(rows, _EVIDENCE, batch_size=_BATCH)


def _update(rows: list[Discrepancy]) -> None:
    keys = {"id", "key", "rule", "municipality"}
    columns = [field.name for field in Discrepancy._meta.concrete_fields if field.name not in keys]
    Discrepancy.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def _row(change: QuestionChange, run: SyncRun, now: datetime) -> Discrepancy:
    """The row as it is to be, unsaved."""
    row: Discrepancy = change.row or Discrepancy(key=change.key, opened_at=now)
    row.last_changed_at, row.last_changed_run = now, run
    discrepancy = change.discrepancy
    if discrepancy is None:
        row.state, row.closed_at = DiscrepancyState.CLOSED, now
        return row
    if change.row is None:
        row.rule, row.municipality_id = discrepancy.rule, discrepancy.municipality
    row.project_id, row.programme = discrepancy.project, discrepancy.programme
    for name, value in wording_of(discrepancy).items():
        setattr(row, name, value)
    row.contested = discrepancy.gap.amount
    row.dws_value, row.treasury_value = discrepancy.dws.value, discrepancy.treasury.value
    row.state, row.closed_at = DiscrepancyState.OPEN, None
    if change.again:
        row.opened_at = now
    return _with_evidence(row, discrepancy)


def _with_evidence(row: Discrepancy, discrepancy: FoundDiscrepancy) -> Discrepancy:
    row.dws_snapshot_id, row.treasury_snapshot_id = discrepancy.dws.snapshot, discrepancy.treasury.snapshot
    row.evidence = discrepancy.evidence
    return row


def _names(rows: Iterable[Discrepancy]) -> dict[str, str]:
    """{key: what the question is about}: the project's name, else municipality and grant."""
    listed = list(rows)
    projects = Project.everything.in_bulk([row.project_id for row in listed if row.project_id])
    places = dict(Municipality.objects.values_list("code", "name"))
    return {
        row.key: str(projects[row.project_id])
        if row.project_id
        else f"{places[row.municipality_id]}, {row.programme}"
        for row in listed
    }


def _entry(run: SyncRun, row: Discrepancy, change: QuestionChange, name: str, province: str) -> Entry:
    return Entry(
        entity_type=EntityType.DISCREPANCY,
        entity_id=row.pk,
        external_id=row.key,
        name=name,
        source_id=run.source_id,
        change_type=change.change_type,
        cause=change.cause,
        field_changes=change.field_changes,
        municipality=row.municipality_id,
        municipalities=[row.municipality_id],
        province=province,
        run_id=run.pk,
        snapshot_id=row.dws_snapshot_id or row.treasury_snapshot_id,
        context={"rule": row.rule, "severity": row.severity},
    )
