"""What a change of a question means: severity, rule and sentence. Pure: it never raises.

The row of the log has the question and both figures, so that the sentence can be said anew from it alone:
`opened` {"state", "question", "severity", "contested", "dws_value", "treasury_value"}, `updated` whatever
moved, `closed` {"state", "reason"}. Values are canonical strings ("12.00") or None.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from projects.languages import Words, gettext
from projects.wording import figures, phrases
from projects.wording.recorded import in_words
from projects.wording.rules import INFO, MAJOR, MINOR, Assessment

# The rules of the correlation, by id, as people read them.
RULES = Words({
    "dws_spent_more_than_books": "DWS reports more spent than the books hold",
    "completed_without_spending": "Completed, and no spending in the books",
    "no_capital_in_books": "Under construction, and no capital in the books",
    "annual_allocation": "A year’s allocation is more than in the books",
    "annual_spending": "A year’s spending is more than in the books",
})  # fmt: skip
_VALUES = ("contested", "dws_value", "treasury_value")


def rule_label(rule: str) -> str:
    """A rule's id as people read it; the id itself where we have no word for it."""
    return RULES.get(rule, rule.replace("_", " "))


def assess_question(
    change_type: str,
    field_changes: Any,
    context: dict[str, Any] | None = None,
    stored: Iterable[str] = (),
    by_rule: bool = False,
) -> Assessment:
    """What the change means. `context` {"rule", "severity"} is what the row says beside the changes; the log
    does not keep it: `stored`, the rule that was found with it, stands for it when a row is judged anew.
    `by_rule`: not the figures moved, but our rules of comparing them.
    """
    changes = figures.pairs(field_changes)
    rules = [context["rule"]] if context and context.get("rule") else list(stored)
    if change_type == "closed":
        return Assessment(INFO, rules, _closed(changes))
    now = _new(changes, "severity") or (context or {}).get("severity")
    severity = now if now in (INFO, MINOR, MAJOR) else MINOR
    sentence = _opened(changes) if change_type == "opened" else _moved(changes)
    if by_rule:
        sentence = _by_rule(change_type, changes)
    return Assessment(severity, rules, sentence)


def _new(changes: dict[str, tuple[Any, Any]], field: str) -> Any:
    return changes.get(field, (None, None))[1]


def _question(changes: dict[str, tuple[Any, Any]]) -> Any:
    question = _new(changes, "question")
    return in_words(question) if isinstance(question, str) else question


def _opened(changes: dict[str, tuple[Any, Any]]) -> str:
    question = _question(changes)
    before = changes.get("state", (None, None))[0]
    if isinstance(question, str):
        opening = gettext("Asked again") if before == "closed" else gettext("A question")
        return f"{opening}: {question}"
    return gettext("Asked again was opened.") if before == "closed" else gettext("A question was opened.")


def _closed(changes: dict[str, tuple[Any, Any]]) -> str:
    reason = _new(changes, "reason")
    closed = gettext("The question is closed.")
    return f"{closed} {in_words(reason)}" if isinstance(reason, str) else closed


def _by_rule(change_type: str, changes: dict[str, tuple[Any, Any]]) -> str:
    opening = (
        gettext("Not the figures have changed; the question is asked by our rules of today.")
        if change_type == "opened"
        else gettext("Not the figures have changed; the question is put anew by our rules of today.")
    )
    question = _question(changes)
    return f"{opening} {question}" if isinstance(question, str) else opening


def _moved(changes: dict[str, tuple[Any, Any]]) -> str:
    """Which figures moved, and the question as it is now."""
    moved = [phrases.phrase(name, *changes[name]) for name in _VALUES if name in changes]
    if "severity" in changes:
        old, new = changes["severity"]
        moved.append(gettext("its importance went from {old} to {new}").format(old=old, new=new))
    sentence = "; ".join(moved) or gettext("What the question says was put anew")
    sentence = sentence[0].upper() + sentence[1:]
    question = _question(changes)
    return f"{sentence}. {question}" if isinstance(question, str) else f"{sentence}."


__all__ = ["RULES", "assess_question", "rule_label"]
