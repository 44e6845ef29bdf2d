"""What is owed as the log has it: by month and age, and what of it is over 90 days. Pure.

A figure's row of the log has `over_90` (rand, the sum of the newest month's ages over 90 days) and
`over_90_of` (which of these are given) beside `amount` and `through_month`. `ages_03` is what a whole month's
balance is made of, where it came or went; `month_03_g1` one age of a month that had been published (`year_g1`
of a year).

A growth is news once. Where a month was taken back and comes again, or a balance was corrected down and up
again, the row has beside it what had been said before (`over_90_said`), and only what is beyond that is news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from etl.normalise.records import canonical
from projects.facts.finance import WHOLE_YEAR, ages_of, over_90_days
from projects.wording.figures import number

_AGES = "ages_"
_TOLD = ("over_90", "over_90_of", "through_month")


class Said(NamedTuple):
    """What the log said at one time: `over_90` of which ages, at the end of which month (0: of a year)."""

    over_90: str | None
    ages: str | None
    month: int


def values_of(figure: Any) -> dict[str, Any]:
    """What is compared of a balance's ages. `figure`: a record or a row."""
    old = over_90_days(figure.ages.get(str(figure.through_month or WHOLE_YEAR)))
    return {
        "over_90": canonical(old.amount) if old else None,
        "over_90_of": " ".join(old.ages) if old else None,
        **{_AGES + _spelt(month): text for month, text in figure.ages.items()},
    }


def _spelt(month: str) -> str:
    return month if month == WHOLE_YEAR else f"{int(month):02d}"


def age_by_age(differing: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The differences with those of a month's ages told age by age, where both are given."""
    told: dict[str, list[Any]] = {}
    for name, pair in differing.items():
        old, new = (ages_of(text) if name.startswith(_AGES) else {} for text in pair)
        if not (old and new):
            told[name] = pair
            continue
        month = name.removeprefix(_AGES)
        of = month if month == WHOLE_YEAR else f"month_{month}"
        told |= {
            f"{of}_{age}": [canonical(old[age]), canonical(new[age])] for age in old if old[age] != new[age]
        }
    return told


def follows_on(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What was owed for over 90 days at the end of one year, and in the next; {} where not the same ages are
    given."""
    if not before.get("over_90_of") or before["over_90_of"] != after.get("over_90_of"):
        return {}
    return {name: [before[name], after[name]] for name in ("over_90", "over_90_of", "through_month")}


def of_which_ages(differing: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Of which ages a sum over 90 days is that changed, where they stayed the same."""
    if "over_90" not in differing or "over_90_of" in differing:
        return {}
    return {"over_90_of": [after["over_90_of"]] * 2}


def is_higher(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether more is owed for over 90 days than before, when it may have been nothing that was given."""
    old, new = number(before.get("over_90")), number(after.get("over_90"))
    return new is not None and (old is None or new > old)


def said_by(steps: Iterable[tuple[bool, Mapping[str, Sequence[Any]]]]) -> tuple[Said, ...]:
    """What rows of the log said of a balance, oldest first. `steps`: whether the row was our own doing, which
    takes back what had been said, and its changes."""
    found: list[Said] = []
    now: dict[str, Any] = {}
    for is_ours, changes in steps:
        if is_ours:
            found.clear()
        now |= {name: changes[name][1] for name in _TOLD if name in changes}
        found.append(_said(now))
    return tuple(found)


def _said(values: Mapping[str, Any]) -> Said:
    return Said(values.get("over_90"), values.get("over_90_of"), int(values.get("through_month") or 0))


def told_before(
    said: Iterable[Said], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """The most that had been said of months after the one that is known, or of the very month that is read;
    {} where that is nothing."""
    known, now = _said(before), _said(after)
    same = (each for each in said if each.ages == now.ages and number(each.over_90) is not None)
    since = [each.over_90 for each in same if each.month > known.month or each.month == now.month]
    highest = max(since, key=lambda amount: number(amount) or 0, default=None)
    if highest is None or not is_higher(before, {"over_90": highest}):
        return {}
    return {"over_90_said": [highest, now.over_90]}
