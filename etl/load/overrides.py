"""Stewards' corrections under a load: comparisons are with the source's own values, the shown ones stay."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from etl.compare.changes import ProjectChange
from projects.fields import BY_NAME
from projects.models import Cause, Override, Project
from projects.stewards.overrides import settle
from projects.stewards.values import canonical, typed

_BATCH = 2000  # rows a statement


def keep(rows: Sequence[Project], changes: Sequence[ProjectChange]) -> None:
    """Put the corrected values back on rows that were just written, and tell the corrections what the
    source says now. Fills `kept` of the changes. One query where nothing is corrected, three else.

    To be called after the rows are written and before their municipalities are: the write holds the rows'
    locks, so that a correction is either seen here, or made after the load on what the load has written.
    """
    written = {
        row.pk: (row, change) for row, change in zip(rows, changes, strict=True) if change.pk is not None
    }
    if not written:
        return
    now, moved, kept = timezone.now(), [], {}
    for override in Override.objects.active().filter(project_id__in=written.keys()).order_by("id"):
        row, change = written[override.project_id]
        change.kept[override.field] = override.value
        _put(row, override)
        kept[row.pk] = row
        is_reread = change.cause == Cause.PARSER
        if settle(override, canonical(change.record.values[override.field]), now, is_reread=is_reread):
            moved.append(override)
    _write(list(kept.values()), {name for row in kept for name in written[row][1].kept}, moved)


def _put(row: Project, override: Override) -> None:
    """The municipalities are no column: `etl.load.rows` leaves those that are corrected as they are."""
    field = BY_NAME[override.field]
    if field.is_column:
        setattr(row, field.column, typed(field.name, override.value))


def _write(rows: list[Project], fields: set[str], moved: list[Override]) -> None:
    columns = sorted(fields - {"municipalities"})
    if columns:
        Project.everything.bulk_create(
            rows,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*columns, "search_text"],
        )
    Override.objects.bulk_create(
        moved,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["source_value", "state", "ended_at", "notice", "noticed_at"],
    )
