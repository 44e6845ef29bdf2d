"""Is a reading of figures out of line with the source's own past? Then it is held for a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etl.compare.breaker import Limits, Reason
from etl.money.changes import FigureChanges


def reasons(
    now: Mapping[str, int], known: Mapping[str, int], changes: FigureChanges, limits: Limits
) -> list[Reason]:
    """Why the reading is to be held; empty where it is not.

    `now`: measure → amounts read (a monthly figure has one for each month); `known`: the same that the
    record has of the same years, for measures that were read to their end. A measure without a past is
    never held.
    """
    return [
        reason
        for measure, had in sorted(known.items())
        if had >= limits.least
        for reason in _of(measure, had, now.get(measure, 0), changes, limits)
    ]


def _of(measure: str, had: int, has: int, changes: FigureChanges, limits: Limits) -> Iterator[Reason]:
    if _share(had - has, had) > limits.count_drop:
        drop = _share(had - has, had)
        yield Reason("count_down", f"{has} {measure} amounts instead of {had}: {drop:.0f}% fewer.")
    if _share(changes.nulled[measure], had) > limits.blanked:
        yield Reason("blanked", f"{changes.nulled[measure]} of {had} {measure} figures became null.")
    if _share(changes.moved[measure], had) > limits.changed:
        share = _share(changes.moved[measure], had)
        moved = changes.moved[measure]
        yield Reason(
            "many_changed", f"{moved} of {had} {measure} figures ({share:.0f}%) were restated at once."
        )


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
