"""What a change is about, in the words by which people ask for it, and how much of that it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from projects.languages import Words
from projects.wording import figures
from projects.wording.rules import FLAPPING

SLIPPED, SOONER, DEARER, CHEAPER = "slipped", "sooner", "dearer", "cheaper"
BACKWARDS, FINISHED, STATUS = "backwards", "finished", "status"
VANISHED, BACK, FLAGGED = "vanished", "back", "flagged"
NEW, CORRECTED, ANSWERED = "new", "corrected", "answered"
# {topic: what people call it}, in the order in which they are offered.
TOPICS = Words({
    SLIPPED: "Completion moved later",
    SOONER: "Completion moved earlier",
    DEARER: "Budget rose",
    CHEAPER: "Budget fell",
    BACKWARDS: "Progress or status went backwards",
    FINISHED: "Completed",
    STATUS: "Status changed",
    VANISHED: "Vanished from the list",
    BACK: "Listed again",
    NEW: "First seen",
    CORRECTED: "Corrected",
    FLAGGED: "Flag raised or lowered",
    ANSWERED: "Answered by who is concerned",
})  # fmt: skip
# Told by columns of the log's row that have an index: nothing is kept beside it.
BY_COLUMN = frozenset({NEW, CORRECTED, ANSWERED})
# What the size of a topic is of: days that a date moved, rand that a budget moved.
DAYS, RAND = frozenset({SLIPPED, SOONER}), frozenset({DEARER, CHEAPER})
# The fields whose moves are measured.
DATE = "completion_date"
AMOUNT = "budget"
_GONE = {"missing": VANISHED, "withdrawn": VANISHED, "returned": BACK}
_BACKWARDS = frozenset({"progress_backwards", "status_back"})
# The rule that is met by a change of the field that is none of two versions in turn.
_TOLD_BY = {DATE: "completion_slipped"}


def topics(
    entity_type: str,
    change_type: str,
    field_changes: Any,
    rules: Collection[str],
    flapping: Collection[str] | None = None,
) -> dict[str, Decimal | None]:
    """{topic: its size}; sizes as in DAYS and RAND, None of all others.

    `flapping`: the fields that two versions of the source show in turn. None: not known, as of a row of the
    log that has the rule by that name; then no date and no amount of it counts that no other rule tells of.
    """
    found: dict[str, Decimal | None] = {}
    if entity_type != "project":
        return found
    if change_type in _GONE:
        found[_GONE[change_type]] = None
    if _BACKWARDS.intersection(rules):
        found[BACKWARDS] = None
    pairs = figures.pairs(field_changes)
    steady = {name: pair for name, pair in pairs.items() if not _is_flapping(name, rules, flapping)}
    found.update(_of_status(*steady.get("status", (None, None)), change_type))
    found.update(_moved(*steady.get(DATE, (None, None))))
    found.update(_paid(*steady.get(AMOUNT, (None, None))))
    if "flags" in pairs:
        found[FLAGGED] = None
    return found


def _is_flapping(name: str, rules: Collection[str], flapping: Collection[str] | None) -> bool:
    if flapping is not None:
        return name in flapping
    return FLAPPING in rules and _TOLD_BY.get(name) not in rules


def _of_status(old: Any, new: Any, change_type: str) -> Iterator[tuple[str, None]]:
    if change_type == "created" or old == new:
        return
    yield STATUS, None
    if new == "completed" and old is not None:
        yield FINISHED, None


def _moved(old: Any, new: Any) -> Iterable[tuple[str, Decimal]]:
    before, after = figures.day(old), figures.day(new)
    if before is None or after is None or before == after:
        return ()
    days = (after - before).days
    return ((SLIPPED if days > 0 else SOONER, Decimal(abs(days))),)


def _paid(old: Any, new: Any) -> Iterable[tuple[str, Decimal]]:
    before, after = figures.number(old), figures.number(new)
    if before is None or after is None or before == after:
        return ()
    return ((DEARER if after > before else CHEAPER, abs(after - before)),)
