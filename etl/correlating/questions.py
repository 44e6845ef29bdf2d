"""Findings beside the questions that are known: what opens, moves, closes and opens again. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from etl.compare.changes import ChangeSummary
from etl.correlating.discrepancies import FoundDiscrepancy, Tally

OPEN, CLOSED = "open", "closed"
THEIRS, OURS = "source", "parser"  # causes: the figures moved, or our rules did
OPENED, UPDATED = "opened", "updated"  # change types, with "closed"


Touched = Mapping[str, Collection[int]]  # {entity type: ids}


@dataclass(frozen=True, slots=True)
class Since:
    """What was touched since the last comparison: `theirs`, of what the sources (and stewards) have said
    something new; `reread`, of what texts are only read otherwise; None where our rules have moved: then all
    that moves beside the former is our doing."""

    theirs: Touched
    reread: Touched | None = None


class KnownQuestion(Protocol):
    """What is read of a `Discrepancy`."""

    pk: Any
    key: str
    state: str
    dws_snapshot_id: Any
    treasury_snapshot_id: Any
    evidence: Any


@dataclass(slots=True)
class QuestionChange:
    """A question to open (`row` None: for the first time), to change or to close (`discrepancy` None)."""

    key: str
    change_type: str
    field_changes: dict[str, list[Any]]
    discrepancy: FoundDiscrepancy | None = None
    row: Any = None
    cause: str = THEIRS

    @property
    def again(self) -> bool:
        return self.change_type == OPENED and self.row is not None


@dataclass
class QuestionChanges:
    """`quiet`: questions whose evidence moved and nothing that they say."""

    questions: list[QuestionChange] = field(default_factory=list)
    quiet: list[QuestionChange] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.questions)

    def summaries(self) -> Iterator[ChangeSummary]:
        """All of them, one by one."""
        for change in self.questions:
            yield ChangeSummary(
                change.key, change.change_type, change.field_changes, change.cause, entity="discrepancy"
            )

    def tally(self) -> Mapping[str, int]:
        """Opened counts as created, opened again as returned, closed as withdrawn."""
        counts = Counter(_COUNTED.get(c.change_type, "updated") for c in self.questions if not c.again)
        counts["returned"] = sum(change.again for change in self.questions)
        concerned = {pk for change in self.questions for pk in _projects(change)}
        return counts | Counter(differing=len(concerned))


_COUNTED = {OPENED: "created", CLOSED: "withdrawn"}


def changes_of(
    discrepancies: Mapping[str, FoundDiscrepancy],
    known: Mapping[str, KnownQuestion],
    tally: Tally,
    since: Since | None = None,
) -> QuestionChanges:
    """What the discrepancies change in the questions that are known, by their keys. `since`: where some of
    what moves may be our doing; None: all of it is theirs."""
    changes = QuestionChanges()
    for key, discrepancy in sorted(discrepancies.items()):
        row = known.get(key)
        if row is None or row.state != OPEN:
            changes.questions.append(_opened(discrepancy, row))
        elif differing := _differences(discrepancy, row):
            changes.questions.append(QuestionChange(key, UPDATED, differing, discrepancy, row))
        elif _moved(discrepancy, row):
            changes.quiet.append(QuestionChange(key, UPDATED, {}, discrepancy, row))
    for key, row in sorted(known.items()):
        if row.state == OPEN and key not in discrepancies:
            changes.questions.append(_closed(row, tally, _cause(row.evidence, since), since))
    for change in changes.questions:
        if change.discrepancy:
            change.cause = _cause(change.discrepancy.evidence, since)
    return changes


def _cause(evidence: Any, since: Since | None) -> str:
    """Ours where the rules or our reading have moved, and no source any of what the question is about."""
    if since is None or _is_about(evidence, since.theirs):
        return THEIRS
    return OURS if since.reread is None or _is_about(evidence, since.reread) else THEIRS


def _is_about(evidence: Any, touched: Touched) -> bool:
    about = {"project": ("projects",), "municipal_figure": ("figures", "in_kind", "capital")}
    return any(
        each["id"] in touched.get(entity_type, ())
        for entity_type, names in about.items()
        for name in names
        for each in evidence.get(name, ())
    )


def wording_of(discrepancy: FoundDiscrepancy) -> dict[str, Any]:
    """What a question says, by the columns of its row; values as the log spells them."""
    return {
        "question": discrepancy.question,
        "severity": discrepancy.severity,
        "contested": _amount(discrepancy.gap.amount),
        "dws_value": _amount(discrepancy.dws.value),
        "treasury_value": _amount(discrepancy.treasury.value),
        "dws_label": discrepancy.dws.label,
        "treasury_label": discrepancy.treasury.label,
        "first_year": discrepancy.first_year,
        "last_year": discrepancy.last_year,
        "compared": discrepancy.compared,
        "explanations": list(discrepancy.explanations),
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _canonical(value: Any) -> Any:
    return _amount(value) if isinstance(value, Decimal) else value


def _differences(discrepancy: FoundDiscrepancy, row: Any) -> dict[str, list[Any]]:
    before = {name: _canonical(getattr(row, name)) for name in wording_of(discrepancy)}
    return {name: [before[name], now] for name, now in wording_of(discrepancy).items() if before[name] != now}


def _opened(discrepancy: FoundDiscrepancy, row: Any) -> QuestionChange:
    """Opened again is told as what moved since it was closed, beside the question itself."""
    short = ("question", "severity", "contested", "dws_value", "treasury_value")
    now = wording_of(discrepancy)
    before = {name: _canonical(getattr(row, name)) if row else None for name in short}
    differing: dict[str, list[Any]] = {"state": [CLOSED if row else None, OPEN]}
    differing |= {name: [before[name] if before[name] != now[name] else None, now[name]] for name in short}
    return QuestionChange(discrepancy.key, OPENED, differing, discrepancy, row)


def _closed(row: Any, tally: Tally, cause: str, since: Since | None) -> QuestionChange:
    concerned = [project["id"] for project in row.evidence.get("projects", ())]
    reason = tally.why_closed(row.key, concerned)
    if cause == OURS:
        if since is None or since.reread is None:
            reason = f"Not the figures but our rules have changed. By them: {reason[0].lower()}{reason[1:]}"
        else:
            reason = f"Not the figures but our reading has changed. By it: {reason[0].lower()}{reason[1:]}"
    differing: dict[str, list[Any]] = {"state": [OPEN, CLOSED], "reason": [None, reason]}
    return QuestionChange(row.key, CLOSED, differing, row=row, cause=cause)


def _moved(discrepancy: FoundDiscrepancy, row: KnownQuestion) -> bool:
    return (discrepancy.dws.snapshot, discrepancy.treasury.snapshot, discrepancy.evidence) != (
        row.dws_snapshot_id,
        row.treasury_snapshot_id,
        row.evidence,
    )


def _projects(change: QuestionChange) -> Iterable[int]:
    evidence = change.discrepancy.evidence if change.discrepancy else change.row.evidence
    return [project["id"] for project in evidence.get("projects", ())]
