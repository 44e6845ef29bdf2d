"""The one writer of the change log: ids in commit order, each row's digest chained to the last one's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from projects.fields import Kind, of
from projects.models import ChainHead, ChangeTopic, DataChangeLog, EntityType, Source
from projects.wording import causes, event_phrases, flag_rules
from projects.wording.rules import FLAPPING
from projects.wording.topics import topics

# Sent after the commit with `last_id`, once for each batch: the log has grown to that id.
log_grew = Signal()

_BATCH = 2000  # rows an INSERT
# Beside the amounts of a project: a municipality's published total, a municipal figure.
_AMOUNTS = (*of(Kind.MONEY), "value", "amount")
_MOST = Decimal(10) ** 18  # that the column holds


@dataclass(slots=True)
class Entry:
    """What a change log row says before it has an id. Values are canonical strings, None, or lists."""

    entity_type: str
    entity_id: int
    external_id: str
    name: str
    source_id: str
    change_type: str
    field_changes: dict[str, list[Any]]
    evidence: dict[str, list[Any]] = field(default_factory=dict)
    municipality: str | None = None
    municipalities: list[str] = field(default_factory=list)
    province: str | None = None
    cause: str = "source"
    run_id: int | None = None
    snapshot_id: str | None = None
    overridden: list[str] = field(default_factory=list)
    step: str = ""  # of a steward's correction: "corrected", "undone" or "expired"
    day: str = ""  # on which flags that were raised or lowered are told; ISO
    # What the record says beside the changes, for the rules: {"budget": "…", "expenditure": "…"} after the
    # change, and "flapping": fields that change to and fro. Neither stored nor part of the digest.
    context: dict[str, Any] | None = None

    @classmethod
    def of_project(
        cls,
        project: Any,
        change_type: str,
        field_changes: dict[str, list[Any]],
        municipalities: Iterable[str],
        **more: Any,
    ) -> Entry:
        """Of a row of `Project`, as it is now; `more` are further fields."""
        return cls(
            entity_type=EntityType.PROJECT,
            entity_id=project.pk,
            external_id=project.external_id,
            name=project.name or "",
            source_id=project.source_id,
            change_type=change_type,
            field_changes=field_changes,
            municipality=project.municipality_id,
            municipalities=list(municipalities),
            province=project.province,
            **more,
        )

    @property
    def kind(self) -> str:
        """What rows of one run, or of one day, have in common when they are one mass edit."""
        if self.day:
            return flag_rules.kind(self.field_changes, self.day)
        telling = event_phrases.telling(self.entity_type, self.field_changes)
        fields = ",".join(sorted(telling)) if self.change_type == "updated" else ""
        return f"{self.entity_type}:{self.step or self.change_type}:{fields}"[:200]


@dataclass(slots=True)
class Span:
    """The ids that an append was given; first and last are None when it wrote nothing."""

    first: int | None
    last: int | None
    count: int


def append(entries: Iterable[Entry]) -> Span:
    """Write the entries, in order, in the caller's transaction; ring after the commit.

    Call it last in the transaction: it locks the chain's head, so that whoever appends next waits for
    this commit, and id order is commit order for every reader of `id > n`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("append() belongs in the change's own transaction.")
    head = ChainHead.objects.select_for_update().get(pk=1)
    first, at = head.last_id + 1, timezone.now()
    demo = dict(Source.objects.values_list("name", "demo"))
    rows = _rows(entries, head, at, demo)
    while batch := list(islice(rows, _BATCH)):
        DataChangeLog.objects.bulk_create([row for row, _ in batch])
        ChangeTopic.objects.bulk_create([topic for _, about in batch for topic in about])
    if head.last_id < first:
        return Span(None, None, 0)
    head.save(update_fields=["last_id", "digest"])
    # robust: a broker that is down must not make a committed load look like a failed one
    transaction.on_commit(partial(_announce, head.last_id), robust=True)
    return Span(first, head.last_id, head.last_id - first + 1)


def _announce(last_id: int) -> None:
    log_grew.send(sender=DataChangeLog, last_id=last_id)


def _rows(
    entries: Iterable[Entry], head: ChainHead, at: datetime, demo: dict[str, bool | None]
) -> Iterator[tuple[DataChangeLog, list[ChangeTopic]]]:
    """Each row with what it is about."""
    for entry in entries:
        head.last_id += 1
        row = _row(entry, head.last_id, at, bool(demo[entry.source_id]))
        head.digest = row.digest = digest(row, head.digest)
        yield row, _topics(row, (entry.context or {}).get(FLAPPING, ()))


def _topics(row: DataChangeLog, flapping: Iterable[str]) -> list[ChangeTopic]:
    about = topics(row.entity_type, row.change_type, row.field_changes, row.rules, list(flapping))
    return [ChangeTopic(change_id=row.pk, topic=topic, size=size) for topic, size in about.items()]


def _row(entry: Entry, pk: int, at: datetime, demo: bool) -> DataChangeLog:
    assessment = causes.assess(entry, entry.context)
    return DataChangeLog(
        id=pk,
        at=at,
        entity_type=entry.entity_type,
        entity_id=entry.entity_id,
        external_id=entry.external_id,
        name=entry.name,
        municipality=entry.municipality,
        municipalities=entry.municipalities,
        province=entry.province,
        source_id=entry.source_id,
        change_type=entry.change_type,
        cause=entry.cause,
        severity=assessment.severity,
        rules=assessment.rules,
        field_changes=entry.field_changes,
        evidence=entry.evidence,
        overridden=entry.overridden,
        kind=entry.kind,
        size=amount_moved(entry.change_type, entry.field_changes),
        run_id=entry.run_id,
        snapshot_id=entry.snapshot_id,
        demo=demo,
    )


def amount_moved(change_type: str, field_changes: dict[str, list[Any]]) -> Decimal:
    """Rand by which an amount moved, the most of several; 0 where none did. An amount that comes, goes or
    cannot be read moved by nothing that is known."""
    if change_type == "created":
        return Decimal(0)
    moved = (_difference(*field_changes[name]) for name in _AMOUNTS if name in field_changes)
    return min(max(moved, default=Decimal(0)), _MOST - 1)


def _difference(old: Any, new: Any) -> Decimal:
    try:
        return abs(Decimal(new) - Decimal(old))
    except (InvalidOperation, TypeError, ValueError):
        return Decimal(0)


# The columns that a digest covers, in its order: `docs/verification.md` gives the recipe to the public.
CLAIMED = (
    "id", "at", "entity_type", "entity_id", "change_type", "cause", "field_changes", "evidence", "run_id",
    "snapshot_id",
)  # fmt: skip


def digest(row: Any, previous: str) -> str:
    """SHA-256 (hex) over what the row claims and the digest before it; `row` has the CLAIMED attributes.

    Not over severity, rules and sentence: those are said anew by the rules of the day.
    """
    claim = [
        row.id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.entity_type,
        row.entity_id,
        row.change_type,
        row.cause,
        row.field_changes,
        row.evidence,
        row.run_id,
        row.snapshot_id,
        previous,
    ]
    text = json.dumps(claim, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
