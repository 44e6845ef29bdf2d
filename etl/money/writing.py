"""Changed figures → rows, and what the log says of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from django.utils import timezone

from etl.money.figure_changes import FigureChange, FigureChanges
from projects.facts import municipalities
from projects.facts.finance import figure_key, figure_name
from projects.log.writer import Entry
from projects.models import EntityType, MunicipalFigure, Presence, SyncRun

_BATCH = 2000  # rows a statement
_UPDATED = (
    "amount",
    "through_month",
    "months",
    "ages",
    "opinion",
    "report_url",
    "presence",
    "snapshot",
    "last_changed_at",
    "last_changed_run",
)


class FigureWriter:
    """How the load writes the changes of the Municipal Money API."""

    def entries(self, run: SyncRun, changes: FigureChanges) -> Iterator[Entry]:
        """Write the rows, and say of each what the log says."""
        now = timezone.now()
        for batch in changes.figures.batches(_BATCH):
            created = [_row(run, change, now) for change in batch if change.pk is None]
            MunicipalFigure.objects.bulk_create(created)
            updated = [_row(run, change, now) for change in batch if change.pk and change.record]
            MunicipalFigure.objects.bulk_create(
                updated, update_conflicts=True, unique_fields=["id"], update_fields=_UPDATED
            )
            gone = [change.pk for change in batch if change.pk and not change.record]
            MunicipalFigure.objects.filter(pk__in=gone).update(
                presence=Presence.MISSING, last_changed_at=now, last_changed_run=run
            )
            new = iter(created)
            for change in batch:
                yield _entry(run, change, change.pk or next(new).pk)

    def quiet(self, run: SyncRun, changes: FigureChanges) -> None:
        """Nothing: what a cube said without news is remembered by the run's profile."""


def _row(run: SyncRun, change: FigureChange, now: datetime) -> MunicipalFigure:
    code, year, measure, line, amount_type = change.key
    record = change.record
    assert record is not None
    return MunicipalFigure(
        id=change.pk,
        source_id=run.source_id,
        municipality_id=code,
        financial_year=year,
        measure=measure,
        code=line,
        amount_type=amount_type,
        amount=record.amount,
        through_month=record.through_month,
        months=record.months,
        ages=record.ages,
        opinion=record.opinion,
        report_url=record.report_url,
        presence=Presence.PRESENT,
        snapshot_id=change.snapshot,
        first_seen_at=now,  # not among the updated columns: a known row keeps its own
        last_changed_at=now,
        last_changed_run=run,
    )


def _entry(run: SyncRun, change: FigureChange, pk: int) -> Entry:
    code, year, measure, line, amount_type = change.key
    return Entry(
        entity_type=EntityType.FIGURE,
        entity_id=pk,
        external_id=figure_key(code, year, measure, line, amount_type),
        name=figure_name(measure, line, amount_type, year),
        source_id=run.source_id,
        change_type=change.change_type,
        cause=change.cause,
        field_changes=change.field_changes,
        evidence=change.evidence,
        municipality=code,
        municipalities=[code],
        province=_provinces()[code],
        run_id=run.pk,
        snapshot_id=change.snapshot,
    )


@cache
def _provinces() -> dict[str, str]:
    return {fact.code: fact.province for fact in municipalities()}
