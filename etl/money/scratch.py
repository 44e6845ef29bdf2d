"""What would be known of municipal finances if history began again: the figures in memory, for a replay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.compare.changes import difference
from etl.money.cells import Key
from etl.money.figure_changes import (
    FigureChange,
    FigureChanges,
    KnownFigure,
    absence_of,
    change_of,
    values_of,
)
from etl.money.figures import FigureRecord
from etl.money.known import KnownFinances
from etl.money.survey import FinanceSurvey
from projects.facts.finance import figure_key
from projects.models import MunicipalFigure, SyncRun


@dataclass(slots=True)
class Replayed:
    """A figure as the replay found it."""

    record: FigureRecord
    snapshot: str | None
    is_present: bool = True


@dataclass
class ScratchFinances(KnownFinances):
    """Knows what has been applied to it, and nothing else."""

    state: dict[Key, Replayed] = field(default_factory=dict)

    def figures(self, answered: Collection[tuple[str, int]]) -> dict[Key, KnownFigure]:
        return {
            key: KnownFigure(1, values_of(one.record), one.is_present)
            for key, one in self.state.items()
            if (key[2], key[1]) in answered
        }

    def recall_said(self, survey: FinanceSurvey, figures: Mapping[Key, KnownFigure]) -> None:
        """Nothing: what the log keeps beside a change is no part of what is compared."""

    def apply(self, run: SyncRun, changes: FigureChanges) -> None:
        """Take a run's changes in, as its load did."""
        for change in changes.figures:
            if change.record is None:
                self.state[change.key].is_present = False
            else:
                self.state[change.key] = Replayed(change.record, change.snapshot)

    def passed(self, run: SyncRun) -> None:
        """A run has ended: figures do not count runs."""

    def differences(self) -> dict[str, dict[str, dict[str, list[Any]]]]:
        """{"figures": figure → field → [as the record has it, as the replay found it]}, where they differ."""
        known = self._recorded()
        found = {}
        for key in sorted(known.keys() | self.state.keys()):
            ours = known[key].values | {"present": known[key].is_present} if key in known else {}
            one = self.state.get(key)
            theirs = values_of(one.record) | {"present": one.is_present} if one else {}
            if differs := difference(ours, theirs):
                found[figure_key(*key)] = differs
        return {"figures": found}

    def corrections(self) -> FigureChanges:
        """The changes that make the record say what the replay found."""
        known = self._recorded()
        changes = FigureChanges()
        for key, found in self.state.items():
            if change := _correction(key, found, known.get(key)):
                changes.add(change)
        return changes

    def _recorded(self) -> dict[Key, KnownFigure]:
        rows = MunicipalFigure.objects.filter(source=self.source).order_by()
        asked = set(rows.values_list("measure", "financial_year").distinct())
        return KnownFinances(self.source).figures(asked)


def _correction(key: Key, found: Replayed, known: KnownFigure | None) -> FigureChange | None:
    """What makes the record say what the replay found; None where it does."""
    if found.is_present or known is None:
        return change_of(found.record, known, found.snapshot, "parser")
    return absence_of(key, known, None, "parser") if known.is_present else None
