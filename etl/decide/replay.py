"""History again, from the archive, as today's parser and words read it; and how that differs from ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from django.db.models import Exists, OuterRef, Q

from etl.compare.changes import difference
from etl.compare.split_events import Event
from etl.load.stores import ChangeSet
from projects.models import (
    CUT_OFF,
    GOOD,
    Cause,
    DataChangeLog,
    EntityType,
    RunState,
    Sighting,
    Source,
    SyncRun,
)

Differences = dict[str, dict[str, list[Any]]]  # of what → field → [ours, the replay's]
C = TypeVar("C", bound=ChangeSet)
C_contra = TypeVar("C_contra", bound=ChangeSet, contravariant=True)


class Scratch(Protocol[C_contra]):
    """What is known when history has been played again so far."""

    def apply(self, run: SyncRun, changes: C_contra) -> None: ...

    def passed(self, run: SyncRun) -> None: ...

    def differences(self) -> dict[str, Differences]: ...


@dataclass
class Outcome:
    """`runs`: run → what it logged and what it would log, where they differ; `records`: kind of record → what
    is known and what would be known, where they differ."""

    replayed: int = 0
    runs: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    records: dict[str, Differences] = field(default_factory=dict)

    @property
    def is_identical(self) -> bool:
        return not self.runs and not any(self.records.values())


def replay(
    source: Source, scratch: Scratch[C], changes_of: Callable[[SyncRun], C], events: Sequence[Event] = ()
) -> Outcome:
    """Every believed run of the source, in the order in which they were loaded.

    `changes_of`: what a run changes in the scratch state; `events`: what else moved it. Raises PageChanged
    where the archive has lost bytes that a run needs.
    """
    outcome = Outcome()
    if not SyncRun.objects.good().filter(source=source).exists():
        return (
            outcome  # what a first reading loaded before it was cut off is compared when one came to its end
        )
    said = ""
    for run in _history(source, events):
        if isinstance(run, Event):
            run.take_in()
            continue
        is_told = run.state != RunState.UNCHANGED or _was_remembered(run, said)
        said = run.content_digest or said
        if is_told and run.has_looked:
            changes = changes_of(run)
            outcome.replayed += 1
            if differs := difference(*_without_completed(run, _logged(run), _changed(changes))):
                outcome.runs[run.pk] = differs
            scratch.apply(run, changes)
        scratch.passed(run)
    outcome.records = scratch.differences()
    return outcome


def _was_remembered(run: SyncRun, said: str) -> bool:
    """Whether a run that changed nothing was remembered all the same: it understood the columns otherwise, or
    read other texts than those of before (`said`, their digest), which say the same."""
    return run.plans.exists() or (run.unchanged_by == "records" and run.content_digest != said)


def _history(source: Source, events: Sequence[Event]) -> Iterator[SyncRun | Event]:
    """Believed runs and events, each at the place where its load (or its end) stands in the log; and first
    readings that had loaded something when they were cut off."""
    filled = Exists(Sighting.objects.filter(run=OuterRef("pk"), loaded=True))
    runs = list(
        SyncRun.objects.filter(Q(state__in=GOOD) | filled, source=source).defer("traceback").order_by("id")
    )
    place = 0
    keyed: list[tuple[int, int, SyncRun | Event]] = []
    happened: list[tuple[datetime, int | None, SyncRun | Event]] = [
        *((run.decided_at or run.finished_at or run.requested_at, run.last_change, run) for run in runs),
        *((event.at, event.place, event) for event in events),
    ]
    # one that was held counts from when a steward released it: what ended since then comes after it
    for number, (_, last, what) in enumerate(sorted(happened, key=itemgetter(0))):
        place = max(place, last or 0)
        keyed.append((last or place, number, what))
    return (what for _, _, what in sorted(keyed, key=lambda item: item[:2]))


def _without_completed(
    run: SyncRun, logged: dict[str, Any], changed: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a first reading logged of a project on the way is a part of what its pages say together: that both
    create it is compared here, and what it comes to by the records."""
    rows = DataChangeLog.objects.filter(cause=Cause.PARSER, run=run)
    completed = {f"created {i}" for i in rows.values_list("external_id", flat=True)}
    # of pages that were had first when the parser had moved: created by us, and no news
    ours = {f"created {i}" for i in rows.filter(change_type="created").values_list("external_id", flat=True)}
    changed = {what: said for what, said in changed.items() if what in logged or what not in ours}
    if run.state in CUT_OFF:
        completed |= logged.keys()
    both = completed & logged.keys() & changed.keys()
    rest = [{what: said for what, said in side.items() if what not in both} for side in (logged, changed)]
    return rest[0], rest[1]


def _changed(changes: ChangeSet) -> dict[str, Any]:
    told = (change for change in changes.summaries() if change.cause == Cause.SOURCE)
    return {f"{change.change_type} {change.what}": change.field_changes for change in told}


def _logged(run: SyncRun) -> dict[str, Any]:
    rows = DataChangeLog.objects.filter(cause=Cause.SOURCE, run=run)
    return {f"{row.change_type} {_what(row)}": row.field_changes for row in rows.iterator()}


def _what(row: DataChangeLog) -> str:
    return f"[{row.external_id}]" if row.entity_type == EntityType.LISTING else row.external_id
