"""What a change means by whose doing it is: only what a source did is news. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from projects.fields import FIELDS
from projects.languages import gettext
from projects.wording import discrepancy_rules, figure_rules, flag_rules, phrases, reply_rules, rules
from projects.wording.rules import Assessment

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


def assess(row: Row, context: dict[str, Any] | None = None, stored: Iterable[str] = ()) -> Assessment:
    """As `rules.assess_project`; `info` and no rules where it was our doing. The sentence says so where a
    steward made the change, and where a steward's correction covers it.
    """
    if row.change_type == reply_rules.CHANGE:
        return reply_rules.assess_reply(row.field_changes)
    if row.entity_type == "project" and flag_rules.FIELD in (row.field_changes or ()):
        found = flag_rules.assess_flags(row.field_changes)
        return Assessment(rules.INFO, [], found.sentence) if row.cause in _OURS else found
    if row.cause == "steward" and row.change_type == "updated":
        return Assessment(rules.INFO, [], f"{_steward(row.field_changes, row.kind)}.")
    assessment = _assessed(row, context, stored)
    if row.cause in _OURS:
        return Assessment(rules.INFO, [], assessment.sentence)
    if row.overridden:
        covered = phrases.covered([name for name in phrases.LABELS if name in row.overridden])
        return Assessment(
            assessment.severity, assessment.rules, f"{assessment.sentence.removesuffix('.')}; {covered}."
        )
    return assessment


def _assessed(row: Row, context: dict[str, Any] | None, stored: Iterable[str]) -> Assessment:
    if row.entity_type == "municipal_figure":
        return figure_rules.assess_figure(row.external_id, row.change_type, row.field_changes, row.evidence)
    if row.entity_type == "discrepancy":
        by_rule = row.cause in _OURS
        return discrepancy_rules.assess_question(
            row.change_type, row.field_changes, context, stored, by_rule=by_rule
        )
    if row.entity_type == "project" and row.change_type == "updated" and row.cause == "parser":
        return Assessment(rules.INFO, [], rules.read_anew(row.field_changes))
    return rules.assess_project(row.entity_type, row.change_type, row.field_changes, context, stored)


def _steward(changes: dict[str, Any], kind: str) -> str:
    """`kind` is "project:corrected:…", "project:undone:…" or "project:expired:…"."""
    named = [name for name in phrases.LABELS if name in changes]
    if "municipality" in named:
        named = [name for name in named if name not in _FOLLOWERS]
    if not named:
        return gettext("A steward changed it")
    step = kind.split(":")[1] if kind.count(":") > 1 else ""
    old, new = changes[named[0]]
    phrase = phrases.by_steward(named[0], old, new, step)
    return phrases.with_others(phrase, len(named) - 1)
