"""The figures again, from the archive, as today's parser reads them; and how that differs from ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from etl.compare.changes import difference
from etl.crawl.evidence import EvidenceRecorder
from etl.fetch.archive import Archive
from etl.load import run as load
from etl.money import answers
from etl.money.cells import Key
from etl.money.changes import (
    FigureChange,
    FigureChanges,
    KnownFigure,
    absence_of,
    change_of,
    changes_of,
    values_of,
)
from etl.money.figures import FigureRecord
from etl.money.recall import recall_run
from etl.money.survey import FinanceSurvey
from etl.money.writing import FigureWriter
from projects.facts import municipalities
from projects.facts.finance import figure_key
from projects.models import DataChangeLog, MunicipalFigure, Presence, RunState, Source, SyncRun


@dataclass(slots=True)
class Replayed:
    """A figure as the replay found it."""

    record: FigureRecord
    snapshot: str | None
    is_present: bool = True


@dataclass
class Outcome:
    """`runs`: run → what it logged and what it would log, where they differ; `figures` the same of what is
    known."""

    replayed: int = 0
    runs: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    figures: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    @property
    def is_identical(self) -> bool:
        return not (self.runs or self.figures)


State = dict[Key, Replayed]


def replay(source: Source) -> tuple[State, Outcome]:
    """Every loaded run of the source, in their order. Raises PageChanged where the archive has lost bytes."""
    state: State = {}
    outcome = Outcome()
    for run in _history(source):
        changes = _changes(run, state)
        outcome.replayed += 1
        if differs := difference(_logged(run), _told(changes)):
            outcome.runs[run.pk] = differs
        _take(state, changes)
    outcome.figures = dict(_differences(source, state))
    return state, outcome


def apply(source: Source, run: SyncRun) -> int:
    """Load what the replay says differently, as corrections of the parser; returns how many changes."""
    state, _ = replay(source)
    known = _known(source)
    changes = FigureChanges()
    for key, found in state.items():
        if change := _correction(key, found, known.get(key)):
            changes.add(change)
    load.load_corrections(run, changes, FigureWriter())
    return run.change_count


def _correction(key: Key, found: Replayed, known: KnownFigure | None) -> FigureChange | None:
    """What makes the record say what the replay found; None where it does."""
    if found.is_present or known is None:
        return change_of(found.record, known, found.snapshot, "parser")
    return absence_of(key, known, None, "parser") if known.is_present else None


def _history(source: Source) -> Iterator[SyncRun]:
    """Loaded runs that read something, in the order of their place in the log. One that has none there (a
    release of municipalities of which nothing was held) changed nothing."""
    runs = SyncRun.objects.filter(source=source, state=RunState.SUCCEEDED).exclude(profile={})
    return iter(runs.exclude(last_change=None).order_by("last_change", "pk"))


def _changes(run: SyncRun, state: State) -> FigureChanges:
    survey = FinanceSurvey({fact.code for fact in municipalities()})
    evidence = EvidenceRecorder(Archive(settings.ARCHIVE_DIR), keep=False, clean=answers.clean)
    recall_run(run.pk, run.profile.get("read", ()), survey, evidence)
    known = {
        key: KnownFigure(1, values_of(one.record), one.is_present)
        for key, one in state.items()
        if (key[2], key[1]) in survey.answered
    }
    changes = changes_of(survey, known)
    return changes if run.released_places is None else changes.within(run.released_places)


def _take(state: State, changes: FigureChanges) -> None:
    for change in changes.figures:
        if change.record is None:
            state[change.key].is_present = False
        else:
            state[change.key] = Replayed(change.record, change.snapshot)


def _told(changes: FigureChanges) -> dict[str, Any]:
    return {f"{told.change_type} {told.what}": told.field_changes for told in changes.summaries()}


def _logged(run: SyncRun) -> dict[str, Any]:
    rows = DataChangeLog.objects.filter(run=run, cause="source")
    return {f"{row.change_type} {row.external_id}": row.field_changes for row in rows.iterator()}


def _known(source: Source) -> dict[Key, KnownFigure]:
    rows = MunicipalFigure.objects.filter(source=source)
    return {
        (row.municipality_id, row.financial_year, row.measure, row.code, row.amount_type): KnownFigure(
            row.pk, values_of(row), row.presence == Presence.PRESENT
        )
        for row in rows.iterator(chunk_size=5000)
    }


def _differences(source: Source, state: State) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    known = _known(source)
    for key in sorted(known.keys() | state.keys()):
        ours = known[key].values | {"present": known[key].is_present} if key in known else {}
        found = state.get(key)
        theirs = values_of(found.record) | {"present": found.is_present} if found else {}
        if differs := difference(ours, theirs):
            yield figure_key(*key), differs
