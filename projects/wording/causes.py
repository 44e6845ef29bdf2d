"""What a change means by whose doing it is: only what a source did is news. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from projects.fields import FIELDS
from projects.wording import discrepancy_rules, phrases, rules
from projects.wording import figure_rules as finance_rules
from projects.wording.rules import Verdict

# Our own doing: never grave, whatever the figures. (A "correction" is the source's, of what it had said.)
_OURS = frozenset({"steward", "parser", "merge"})
# They follow their municipality: no news beside it.
_FOLLOWERS = frozenset(field.name for field in FIELDS if "municipality" in field.echoes)


class Row(Protocol):
    """What is read of a row of the log, or of an entry that becomes one."""

    entity_type: Any
    external_id: Any
    evidence: Any
    change_type: Any
    field_changes: Any
    cause: Any
    overridden: Any

    @property
    def kind(self) -> Any: ...


def assess(row: Row, context: dict[str, Any] | None = None, stored: Iterable[str] = ()) -> Verdict:
    """As `rules.assess`; `info` and no rules where it was our doing. The sentence says so where a
    steward made the change, and where a steward's correction covers it.
    """
    if row.cause == "steward" and row.change_type == "updated":
        return Verdict(rules.INFO, [], f"{_steward(row.field_changes, row.kind)}.")
    verdict = _verdict(row, context, stored)
    if row.cause in _OURS:
        return Verdict(rules.INFO, [], verdict.sentence)
    if row.overridden:
        covered = phrases.covered([name for name in phrases.LABELS if name in row.overridden])
        return Verdict(verdict.severity, verdict.rules, f"{verdict.sentence.removesuffix('.')}; {covered}.")
    return verdict


def _verdict(row: Row, context: dict[str, Any] | None, stored: Iterable[str]) -> Verdict:
    if row.entity_type == "municipal_figure":
        return finance_rules.assess(row.external_id, row.change_type, row.field_changes, row.evidence)
    if row.entity_type == "discrepancy":
        return discrepancy_rules.assess(row.change_type, row.field_changes, context, stored)
    return rules.assess(row.entity_type, row.change_type, row.field_changes, context, stored)


def _steward(changes: dict[str, Any], kind: str) -> str:
    """`kind` is "project:corrected:…", "project:undone:…" or "project:expired:…"."""
    told = [name for name in phrases.LABELS if name in changes]
    if "municipality" in told:
        told = [name for name in told if name not in _FOLLOWERS]
    if not told:
        return "A steward changed it"
    step = kind.split(":")[1] if kind.count(":") > 1 else ""
    old, new = changes[told[0]]
    said = phrases.by_steward(told[0], old, new, step)
    others = len(told) - 1
    return f"{said}, and {others} more field{'s' if others > 1 else ''} with it" if others else said
