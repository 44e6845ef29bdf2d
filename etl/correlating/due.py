"""What DWS had reported of a project by the day on which the municipality's books end. Pure.

The record has history: DWS's value counts as it was read by that day. Only where no reading is as old as the
day, the oldest one counts at an even pace since the start; whoever uses that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from etl.correlating.facts import ProjectFact, Reading
from projects.wording.figures import grouped, long_date, rand

# An even pace is assumed over no longer a time than that: it would be most of what is compared.
LONGEST_PACE = timedelta(days=184)

Value = Callable[[Reading], Decimal | None]


@dataclass(frozen=True, slots=True)
class Due:
    """`amount`: rand by the books' end. `reading`: the one that it is taken from, and `listed` its value;
    `pace`: of how many days how many were over, where only that share of it counts."""

    project: ProjectFact
    reading: Reading
    listed: Decimal
    amount: Decimal
    pace: tuple[int, int] | None = None

    @property
    def how(self) -> str:
        """Where the amount is from, for the table: `as read on 3 January 2026`."""
        if self.reading.day == date.min:
            return "as listed"
        when = long_date(self.reading.day)
        if self.pace is None:
            return f"as read on {when}"
        gone, whole = self.pace
        return f"{rand(self.listed)} as first read on {when}, × {grouped(gone)} of {grouped(whole)} days"


def expenditure(reading: Reading) -> Decimal | None:
    return reading.expenditure


def due_by(project: ProjectFact, end: date, value: Value = expenditure) -> Due | None:
    """By the end of that day; of a project that has a start. None where DWS never published the value."""
    read = as_read(project, end, value)
    if read is None or read.reading.day <= end:
        return read
    assert project.start_date is not None
    gone, whole = (end - project.start_date).days + 1, (read.reading.day - project.start_date).days + 1
    if gone <= 0:
        return replace(read, amount=Decimal(0))
    share = (read.listed * gone / whole).quantize(Decimal(1), ROUND_HALF_UP)
    return replace(read, amount=share, pace=(gone, whole))


def as_read(project: ProjectFact, end: date, value: Value) -> Due | None:
    """The value as it was read nearest the end of that day: the last one by then, else the first one."""
    told = [(reading, amount) for reading in project.readings if (amount := value(reading)) is not None]
    if not told:
        return None
    reading, listed = ([pair for pair in told if pair[0].day <= end] or told[:1])[-1]
    return Due(project, reading, listed, listed)


def total(dues: Iterable[Due]) -> Decimal:
    return sum((due.amount for due in dues), Decimal(0))


def basis(dues: Sequence[Due], end: date) -> str:
    """How DWS's figure was had, as the question says it: with the assumption, where one was made."""
    paced = [due for due in dues if due.pace]
    if not paced:
        return f"as it was read up to {long_date(end)}"
    which = "" if len(paced) == len(dues) else f" of {len(paced)} of the {len(dues)} projects"
    since = long_date(min(due.reading.day for due in paced))
    return (
        f"reckoned to {long_date(end)} at an even pace from the start{which}, which is assumed, as we have no"
        f" reading from before {since}"
    )
