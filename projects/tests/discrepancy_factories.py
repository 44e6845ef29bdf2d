"""Questions for tests, written as the correlation writes them: the row and its log row in one transaction."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from projects.log.writer import Entry
from projects.models import DataChangeLog, Discrepancy, SyncRun
from projects.tests.factories import FIRST_SEEN, a_run, append


def a_question(key: str = "dws_spent_more_than_books:LIM331:WSIG", **fields: Any) -> Discrepancy:
    """An open question about Greater Giyani's WSIG money, with the log row that opened it."""
    run = fields.pop("run", None) or SyncRun.objects.filter(source_id="correlation").first()
    run, at = run or a_run("correlation"), fields.pop("at", FIRST_SEEN)
    given: dict[str, Any] = {
        "rule": key.split(":")[0],
        "municipality_id": fields.pop("municipality", "LIM331"),
        "programme": "WSIG",
        "first_year": 2021,
        "last_year": 2023,
        "severity": "minor",
        "question": f"DWS reports more than the books hold of {key}. What explains the difference?",
        "explanations": ["Grant money may, with approval, be spent in the next year."],
        "compared": "DWS 2020/21 to 2022/23 beside the municipal years 2020-21 to 2022-23.",
        "contested": Decimal("17999999.50"),
        "dws_label": "Expenditure so far of 2 WSIG projects",
        "dws_value": Decimal("30000000.00"),
        "treasury_label": "WSIG spent in 2020-21 to 2022-23",
        "treasury_value": Decimal("12000000.50"),
        "evidence": {"projects": [], "figures": []},
        "opened_at": at,
        "last_changed_at": at,
        **fields,
    }
    with transaction.atomic():
        row = Discrepancy.objects.create(key=key, last_changed_run=run, **given)
        told = {"question": [None, row.question], "severity": [None, row.severity]}
        log_question(row, "opened", {"state": [None, "open"], **told}, at=at)
    return row


def log_question(
    row: Discrepancy,
    change_type: str,
    field_changes: dict[str, list[Any]],
    at: datetime | None = None,
    cause: str = "source",
) -> DataChangeLog:
    entry = Entry(
        entity_type="discrepancy",
        entity_id=row.pk,
        external_id=row.key,
        name=f"{row.municipality.name}, {row.programme}",
        source_id="correlation",
        change_type=change_type,
        cause=cause,
        field_changes=field_changes,
        municipality=row.municipality_id,
        municipalities=[row.municipality_id],
        province=row.municipality.province,
        run_id=row.last_changed_run_id,
        snapshot_id=row.dws_snapshot_id,
        context={"rule": row.rule, "severity": row.severity},
    )
    return append(entry, at=at)
