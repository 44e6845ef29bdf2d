"""Severity and plain sentence of a change. Pure: strings in, an assessment out, and it never raises.

Values are the log's canonical strings: decimals as "62.00", dates as "2027-02-28", lists of codes, None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from projects.fields import FIELDS
from projects.languages import Words, gettext, ngettext
from projects.wording import event_phrases, figures, phrases

FLAPPING = "flapping"  # the rule, and what names the fields in a context
INFO, MINOR, MAJOR = "info", "minor", "major"
_RANK = {INFO: 0, MINOR: 1, MAJOR: 2}

_STAGES = ("identification", "planning", "design", "tender", "construction", "completed")
_BUDGET_SHARE = Decimal("0.10")
_LATE_MONTHS = 6

# What a change says by its type alone; the fields speak for `updated` and after `returned`.
_EVENTS = Words(
    {
        "created": "First seen",
        "missing": "Not on the source's list in the latest complete reading",
        "withdrawn": "Withdrawn: complete readings no longer list it",
        "returned": "Listed again",
        "merged": "Merged with another record",
        "split": "Split off from another record",
        "opened": "Opened",
        "closed": "Closed",
    }
)
_GRAVITY = {"missing": MINOR, "withdrawn": MAJOR, "merged": MINOR, "split": MINOR, "opened": MINOR}
_SILENT = frozenset({"created", "missing", "withdrawn", "opened", "closed"})

# Of several fields the most important speaks; what is not here, or as important, in the order of the change.
_IMPORTANCE = {field.name: field.importance for field in FIELDS}
# Two columns that say one thing: the second is not news beside the first.
_COMPANIONS = {field.name: field.echoes for field in FIELDS}


@dataclass(slots=True)
class Assessment:
    severity: str
    rules: list[str] = field(default_factory=list)
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One rule that a change met; `speaks_for` is the field whose phrase tells of it."""

    rule: str
    severity: str
    speaks_for: str
    phrase: str = ""


def assess_project(
    entity_type: str,
    change_type: str,
    field_changes: dict[str, list[Any]],
    context: dict[str, Any] | None = None,
    stored: Iterable[str] = (),
) -> Assessment:
    """What a change means: severity `info`, `minor` or `major`, the ids of the rules that say so, and a
    sentence that ends in a full stop.

    `context` is what the record says beside the changes, {field: value after the change}, and `flapping`: the
    fields that two versions of the source show in turn, which are no news. The log does not keep it:
    `stored`, the rule ids that were found with it, stands for it when a row is judged anew.
    """
    changes = _pairs(field_changes)
    base, opening = _GRAVITY.get(change_type, INFO), _EVENTS.get(change_type, "")
    if entity_type == "municipality_listing" and change_type == "created":
        return Assessment(base, [], f"{phrases.first_listing(changes)}.")
    if change_type in ("merged", "split") or "split_from" in changes:
        return Assessment(base, [], f"{phrases.joined(change_type, changes)}.")
    if change_type in _SILENT:
        return Assessment(base, [], f"{opening}.")
    stored, context = frozenset(stored), context or {}
    news = {name: pair for name, pair in changes.items() if name not in context.get(FLAPPING, ())}
    is_flapping = FLAPPING in stored or len(news) < len(changes)
    hits = [*_findings(news), *_over_the_other(news, context, stored)]
    if FLAPPING in stored:  # which fields it were is not kept: the rules that were met tell of the others
        hits = [hit for hit in hits if hit.rule in stored]
    hits.sort(key=lambda hit: hit.severity != MAJOR)
    severity = max((base, _weight(news), *(f.severity for f in hits)), key=_RANK.__getitem__)
    rules = list(dict.fromkeys([*(f.rule for f in hits), *([FLAPPING] if is_flapping else [])]))
    told = _story(entity_type, changes, hits)
    in_turn = gettext("the source shows two versions in turn") if is_flapping else ""
    sentence = "; ".join(filter(None, (opening, told, in_turn))) or gettext("Changed")
    return Assessment(severity, rules, f"{sentence}.")


def _pairs(field_changes: Any) -> dict[str, tuple[Any, Any]]:
    """The pairs without `presence`, which the type tells."""
    return {name: pair for name, pair in figures.pairs(field_changes).items() if name != "presence"}


def _weight(changes: dict[str, tuple[Any, Any]]) -> str:
    """A typed field weighs more than a column that has no field here."""
    return MINOR if any(not name.startswith(phrases.PUBLISHED) for name in changes) else INFO


def _findings(changes: dict[str, tuple[Any, Any]]) -> Iterator[RuleHit]:
    """The rules that the change meets, gravest first."""
    yield from _progress(*changes.get("progress_percentage", (None, None)))
    yield from _expenditure(*changes.get("expenditure", (None, None)), *changes.get("budget", (None, None)))
    yield from _status(*changes.get("status", (None, None)))
    yield from _completion(*changes.get("completion_date", (None, None)))
    yield from _budget(*changes.get("budget", (None, None)))
    for name, (old, new) in changes.items():
        if new is None and old is not None:
            yield RuleHit("value_erased", MINOR, name)
    old, new = changes.get("name", (None, None))
    if old is not None and new is not None:
        yield RuleHit("renamed", MINOR, "name")


def _progress(old: Any, new: Any) -> Iterator[RuleHit]:
    before, after = figures.number(old), figures.number(new)
    if before is not None and after is not None and after < before:
        yield RuleHit("progress_backwards", MAJOR, "progress_percentage")


def _expenditure(old: Any, new: Any, old_budget: Any, new_budget: Any) -> Iterator[RuleHit]:
    before, after, budget = figures.number(old), figures.number(new), figures.number(new_budget)
    if before is not None and after is not None and after < before:
        yield RuleHit("expenditure_falling", MAJOR, "expenditure")
    if after is not None and budget is not None and after > budget:
        over = gettext("Expenditure of {spent} is over the budget of {budget}").format(
            spent=figures.rand(after), budget=figures.rand(budget)
        )
        yield RuleHit("over_budget", MAJOR, "expenditure", over)


def _over_the_other(
    changes: dict[str, tuple[Any, Any]], context: dict[str, Any], stored: Iterable[str]
) -> Iterator[RuleHit]:
    """Spending over budget where only one of the two moved. The phrase needs the moved one alone, so that
    it is the same today and when the log is read again.
    """
    moved = {"budget", "expenditure"} & changes.keys()
    if len(moved) != 1:
        return
    lead = moved.pop()
    after = {name: figures.number(context.get(name)) for name in ("budget", "expenditure")}
    after[lead] = figures.number(changes[lead][1])
    budget, spent = after["budget"], after["expenditure"]
    known = budget is not None and spent is not None and spent > budget
    if known or ("over_budget" in stored and after[lead] is not None):
        told = (
            gettext("{phrase}, which is over the budget")
            if lead == "expenditure"
            else gettext("{phrase}, which is less than what is spent")
        )
        phrase = phrases.phrase(lead, *changes[lead])
        yield RuleHit("over_budget", MAJOR, lead, told.format(phrase=phrase))


def _status(old: Any, new: Any) -> Iterator[RuleHit]:
    if old in _STAGES and new in _STAGES and _STAGES.index(new) < _STAGES.index(old):
        yield RuleHit("status_back", MAJOR, "status")


def _completion(old: Any, new: Any) -> Iterator[RuleHit]:
    before, after = figures.day(old), figures.day(new)
    if before is not None and after is not None and after > before:
        yield RuleHit("completion_slipped", MAJOR if _very_late(before, after) else MINOR, "completion_date")


def _very_late(before: date, after: date) -> bool:
    limit = figures.later_by(before, _LATE_MONTHS)
    return limit is not None and after > limit


def _budget(old: Any, new: Any) -> Iterator[RuleHit]:
    before, after = figures.number(old), figures.number(new)
    if before is None or after is None:
        return
    if abs(after - before) > abs(before) * _BUDGET_SHARE:
        yield RuleHit("budget_up" if after > before else "budget_down", MAJOR, "budget")


def _story(entity_type: str, changes: dict[str, tuple[Any, Any]], hits: list[RuleHit]) -> str:
    """The most important phrase, and how many more fields changed."""
    shown = _without_companions(changes)
    if not shown:
        return ""
    if entity_type == "municipality_listing":
        return "; ".join(phrases.listing(shown))
    lead = _lead(shown, hits)
    others = len(shown) - 1
    sentence = next((f.phrase for f in hits if f.speaks_for == lead and f.phrase), "")
    if sentence and {"budget", "expenditure"} <= shown.keys():
        others -= 1  # spending over budget: the phrase tells of both fields
    sentence = sentence or phrases.phrase(lead, *shown[lead])
    if others < 1:
        return sentence
    told = ngettext(
        "{sentence}, and {number} more field changed", "{sentence}, and {number} more fields changed", others
    )
    return told.format(sentence=sentence, number=others)


def read_anew(field_changes: dict[str, list[Any]]) -> str:
    """The sentence of what was read better than before: no news of the project."""
    shown = _without_companions(_pairs(field_changes))
    if not shown:
        return f"{gettext('Changed')}."
    lead = _lead(shown, [])
    return f"{phrases.with_others(phrases.by_reading(lead, *shown[lead]), len(shown) - 1)}."


def _without_companions(changes: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    return {
        name: pair
        for name, pair in changes.items()
        if not any(first in changes for first in _COMPANIONS.get(name, ()))
    }


def _lead(shown: dict[str, tuple[Any, Any]], hits: list[RuleHit]) -> str:
    """The field that speaks: a grave hit's, else the most important field, else the first column."""
    for hit in hits:
        if hit.severity == MAJOR:
            return hit.speaks_for
    typed = (name for name in shown if not name.startswith(phrases.PUBLISHED))
    return max(typed, key=lambda name: _IMPORTANCE.get(name, 0), default=next(iter(shown)))


def assess_event(
    entity_type: str, change_type: str, fields: Iterable[str], count: int, majors: int, minors: int
) -> Assessment:
    """What one mass edit means: `count` changes of one kind in one reading, `majors` and `minors` of them
    of that severity. As grave as the gravest of them; rule id `mass_edit`.
    """
    shown = list(_without_companions(dict.fromkeys(fields, (None, None))))
    severity = MAJOR if majors else MINOR if minors else INFO
    told = event_phrases.event(entity_type, change_type, shown, count)
    if 0 < majors < count:
        some = gettext("{number} of these changes are major").format(number=figures.grouped(majors))
        told = f"{told}; {gettext('one of these changes is major') if majors == 1 else some}"
    return Assessment(severity, ["mass_edit"], f"{told}.")
