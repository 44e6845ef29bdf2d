"""What a change of a balance means: what is owed for bulk water, and what customers owe. Pure.

`water_debt_grows`: what is owed for over 90 days is more than 10% higher than it was said to be before, in a
later month or in the same, and than had been said of such a month before: what is withdrawn and comes back is
told once. It is major of a municipality's debt for bulk water, minor of what its customers owe it.
Only sums of the same ages are compared, and none that is negative: how a minus is meant the source does not
say. A rising or falling balance by itself is `info`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.languages import gettext
from projects.wording import figures, phrases
from projects.wording.rules import INFO, MAJOR, MINOR

Pair = tuple[Any, Any]

_GROWN = Decimal("1.10")
_RESTATED_AGE = re.compile(rf"(month_\d\d|{finance.WHOLE_YEAR})_({'|'.join(finance.AGES)})")


@dataclass(frozen=True, slots=True)
class RuleHit:
    severity: str
    phrase: str
    rule: str = ""


def grown(measure: str, subject: str, changes: dict[str, Pair], evidence: dict[str, Pair]) -> RuleHit | None:
    """Whether what is owed for over 90 days grew. `evidence`: what a new year's balance follows on, and what
    had been said before of a month that was taken back, or of this one."""
    is_new_year = "over_90" in evidence
    compared = evidence if is_new_year else changes
    if not is_new_year and ("over_90_of" in changes or _went_back(changes)):
        return None
    old, new = (figures.number(value) for value in compared.get("over_90", (None, None)))
    said = figures.number(evidence.get("over_90_said", (None, None))[0])
    base = old if old is None or said is None else max(old, said)
    if old is None or base is None or new is None or old < 0 or new <= base * _GROWN:
        return None
    given = len(str(evidence.get("over_90_of", (None, ""))[1]).split())
    told = gettext("{subject} for over 90 days").format(subject=subject)
    if given:
        told = gettext("{subject} for over 90 days (the sum of {ages}, from 91 days to over a year)").format(
            subject=subject, ages=phrases.plural(given, "age")
        )
    share = phrases.up_or_down(base, new) if base else ""
    pattern = (
        gettext("{subject} rose from {before} to {after}")
        if base == old
        else gettext("{subject} rose from {before}, as had been said before, to {after}")
    )
    phrase = pattern.format(subject=told, before=figures.rand(base), after=figures.rand(new)) + share
    return RuleHit(MAJOR if measure == finance.BULK_DEBT else MINOR, phrase, "water_debt_grows")


def _went_back(changes: dict[str, Pair]) -> bool:
    """A month was taken back: the balance is that of an earlier one."""
    old, new = (figures.number(value) for value in changes.get("through_month", (None, None)))
    return old is not None and (new is None or new < old)


def balance(subject: str, before: Decimal, after: Decimal) -> RuleHit:
    """The newest balance, which follows the one before."""
    if min(before, after) < 0:
        told = gettext("{subject} changed from {old} to {new}")
        return RuleHit(INFO, told.format(subject=subject, old=figures.rand(before), new=figures.rand(after)))
    return RuleHit(INFO, phrases.rose_or_fell(subject, before, after, figures.rand))


def restated_ages(changes: dict[str, Pair]) -> Iterator[RuleHit]:
    """What a balance is made of, where the balance itself stays as it was published."""
    ages: dict[str, list[str]] = {}
    for name in changes:
        if found := _RESTATED_AGE.fullmatch(name):
            ages.setdefault(found[1], []).append(name)
    for of, names in sorted(ages.items()):
        total = "amount" if of == finance.WHOLE_YEAR else of
        if total in changes:
            continue
        old, new = changes[names[0]]
        told = (
            gettext("{subject} was corrected from {old} to {new}, and {others}")
            if len(names) > 1
            else gettext("{subject} was corrected from {old} to {new}")
        )
        what = told.format(
            subject=phrases.label(names[0]),
            old=phrases.shown(names[0], old),
            new=phrases.shown(names[0], new),
            others=phrases.plural(len(names) - 1, "other age"),
        )
        yield RuleHit(MINOR, what, "restated" if of == finance.WHOLE_YEAR else "month_restated")
