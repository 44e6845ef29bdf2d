"""Does a reading say of the projects that are known what was said of them before? Pure.

A column's meaning is judged by its heading and its texts; what the same projects said last time proves it.
Where most of them say something else at once, in a way in which only a reading changes, it is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from etl.compare.breaker import Reason
from etl.compare.changes import Changes
from etl.compare.survey import Part, Survey
from etl.understand.judge import name_of
from etl.understand.lookup import Lookup
from etl.understand.plan import Drift
from projects.fields import BY_NAME, Kind

_LEAST = 3  # projects: one or two may well have been put right
_NEAR = Decimal("0.03")  # of a power of ten: thousands are rounded
_RULE = "plan"
_FIGURE = re.compile(r"[1-9]")  # a text with no other digit than 0 is the same in any unit
TURNED, UNREAD = "turned", "unread"


@dataclass
class Continuity:
    """`reasons` to hold the reading; `notes`: what is understood otherwise, and proven by the values."""

    reasons: list[Reason] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def continuity(survey: Survey, changes: Changes, known: Collection[str], lookup: Lookup) -> Continuity:
    """`known`: external ids of the projects that are known."""
    found = Continuity()
    if not known:
        return found
    moved, ways = _moved(changes)
    for drift in survey.plan.drifts:
        shown = _with_label(survey, drift, known)
        others = len(shown & set().union(*(moved.get(name, set()) for name in drift.fields)))
        if 2 * others > len(shown):
            with_it = (
                f"With that {others} of the {len(shown)} projects that show it would have another value."
            )
            found.reasons.append(Reason(_RULE, f"{drift.sentence} {with_it}"))
        else:
            found.notes.append(drift.sentence)
    for (name, way), ids in sorted(ways.items()):
        shown = _with_field(survey, name, known, lookup) if len(ids) >= _LEAST else set()
        number = len(ids & shown)
        if number >= _LEAST and 2 * number > len(shown):
            found.reasons.append(Reason(_RULE, _sentence(name, way, number, len(shown))))
    found.notes = list(dict.fromkeys(found.notes))
    return found


Ids = dict[tuple[str, str], set[str]]


def _moved(changes: Changes) -> tuple[dict[str, set[str]], Ids]:
    """{field: known projects in which it changed}, and {(field, way): those in which it did in that way}."""
    moved: dict[str, set[str]] = {}
    ways: Ids = {}
    for change in changes.projects:
        if change.pk is None:
            continue
        for name, (old, new) in change.field_changes.items():
            moved.setdefault(name, set()).add(change.record.external_id)
            if name in BY_NAME and old and (way := way_of(BY_NAME[name].kind, old, new)):
                ways.setdefault((name, way), set()).add(change.record.external_id)
    return moved, ways


def way_of(kind: Kind, old: Any, new: Any) -> str:
    """In which way only a reading changes values: by a power of ten, by turning dates round, by reading no
    more what is there; "" in none."""
    if kind not in (Kind.MONEY, Kind.PERCENT, Kind.COUNT, Kind.DATE):
        return ""
    if new is None:
        return UNREAD
    if kind is Kind.DATE:
        before, after = date.fromisoformat(old), date.fromisoformat(new)
        is_turned = (before.year, before.month, before.day) == (after.year, after.day, after.month)
        return TURNED if is_turned else ""
    return _scaled(kind, Decimal(str(old)), Decimal(str(new)))


def _scaled(kind: Kind, old: Decimal, new: Decimal) -> str:
    """ "+3" where it is a thousand times what it was, "" where the two are no power of ten apart."""
    if old <= 0 or new <= 0:
        return ""
    exponent = (new / old).log10()
    power = round(exponent)
    # 10% may well become 100%; a share of 1 that becomes a percentage is a hundred times what it was
    is_scale = abs(power) == 2 if kind is Kind.PERCENT else power != 0
    return f"{power:+d}" if is_scale and abs(exponent - power) < _NEAR else ""


def _sentence(name: str, way: str, number: int, whole: int) -> str:
    what, of_them = name_of(name), f"in {number} of the {whole} projects that show it"
    if way == UNREAD:
        return f"{what[0].upper()}{what[1:]} cannot be read any more {of_them}."
    if way == TURNED:
        return f"Day and month of {what} have changed places {of_them}."
    how = "multiplied" if int(way) > 0 else "divided"
    factor = f"{10 ** abs(int(way)):,}".replace(",", "\u00a0")
    doubt = "its unit or its decimal mark may have changed"
    return f"{what[0].upper()}{what[1:]} is what it was {how} by {factor} {of_them}: {doubt}."


def _with_label(survey: Survey, drift: Drift, known: Collection[str]) -> set[str]:
    """The known projects that show a text in a column."""
    parts = survey.pages if drift.part == "page" else survey.lines
    return {i for i, part in parts.items() if i in known and part.published.get(drift.label)}


def _with_field(survey: Survey, name: str, known: Collection[str], lookup: Lookup) -> set[str]:
    """The known projects that show a text with a figure in it under any label of a field."""
    parts = [("line", survey.lines), ("page", survey.pages)]
    return {
        external_id
        for where, some in parts
        for external_id, part in some.items()
        if external_id in known and _shows(part, where, name, lookup)
    }


def _shows(part: Part, where: str, name: str, lookup: Lookup) -> bool:
    for label, text in part.published.items():
        choice = lookup.choice(label, where)
        if choice and choice.field == name and _FIGURE.search(text):
            return True
    return False
