"""What a reader would notice of a project: five flags, each from the record and its log by a rule. Pure.

No flag comes from what was not read: a rule that needs a value of which the record has none (not published,
or published and not readable) raises nothing. Values are those of a project's row or canonical strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from projects.languages import Words, gettext
from projects.wording import contradictions, figures, phrases

OVERDUE, STALLED, CONTRADICTION = "overdue", "stalled", "contradiction"
SLIPPING, DEARER = "slipping", "dearer"
# {flag: what it is called}, in the order in which flags are named.
FLAGS = Words(
    {
        OVERDUE: "Overdue",
        STALLED: "Stalled",
        CONTRADICTION: "Contradicts itself",
        SLIPPING: "Slipping",
        DEARER: "Dearer",
    }
)
# What a project is that has it, and what many are.
IS = Words(
    {
        OVERDUE: "overdue",
        STALLED: "stalled",
        CONTRADICTION: "contradicting itself",
        SLIPPING: "slipping",
        DEARER: "dearer",
    }
)
ARE = IS | {CONTRADICTION: "contradicting themselves"}
STALLED_DAYS = 180
_WINDOW_MONTHS = 12
_DEARER_SHARE = Decimal("1.05")
MEANINGS = Words({
    OVERDUE: "The completion date has passed, and the published status is neither completed nor cancelled.",
    STALLED: "Under construction, and nothing that is published of it has changed for 180 days"
    " of our own readings. That says nothing about the work itself.",
    CONTRADICTION: "What is published of the project does not fit together: its status against its progress"
    " or its dates, or spending over the budget.",
    SLIPPING: "The completion date was moved to a later one twice or more while we watched.",
    DEARER: "The budget is 5% or more above what it was within the last 12 months.",
})  # fmt: skip
# Whoever moves a rule counts this up: all flags are then worked out anew, and that is no news.
RULES = 1
DONE = frozenset({"completed", "cancelled"})
Record = Mapping[str, Any]
Figures = dict[str, Any]  # what JSON holds: canonical strings, numbers, lists of such


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the completion date or of the budget that the log has; values are canonical strings."""

    field: str
    at: datetime
    cause: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class History:
    """What the log and the runs say beside the record. `steps`: newest first, without those of a source that
    shows two versions in turn, and without stewards'. `corrected`: the fields that a steward corrects now.

    `unchanged_since`: when the source last changed something of it, or it was first seen; `seen_at`: when it
    was last known to stand as it stands (both aware; None where that is not known).
    """

    steps: Sequence[Step] = ()
    corrected: frozenset[str] = frozenset()
    unchanged_since: datetime | None = None
    seen_at: datetime | None = None


def raised(record: Record, history: History, today: date) -> dict[str, Figures]:
    """{flag: its figures} in the order of FLAGS; none of a project that is withdrawn.

    `today` is the South African day. A missing project keeps what was published of it last.
    """
    if record["presence"] == "withdrawn":
        return {}
    found = {
        OVERDUE: _overdue(record, today),
        STALLED: _stalled(record, history),
        CONTRADICTION: _contradiction(record, history, today),
        SLIPPING: _slipping(record, history),
        DEARER: _dearer(record, history, today),
    }
    return {flag: said for flag, said in found.items() if said}


def _overdue(record: Record, today: date) -> Figures | None:
    """An unknown status may well be a completed one."""
    due, status = figures.day(record["completion_date"]), record["status"]
    if due is None or status is None or status in DONE or due >= today:
        return None
    return {"completion_date": due.isoformat(), "status": status}


def _stalled(record: Record, history: History) -> Figures | None:
    """Counted from reading to reading: a time in which nobody looked is no silence."""
    since, seen = history.unchanged_since, history.seen_at
    if record["status"] != "construction" or record["presence"] != "present" or since is None or seen is None:
        return None
    if seen - since < timedelta(days=STALLED_DAYS):
        return None
    return {"status": "construction", "since": since.astimezone(figures.HERE).date().isoformat()}


def _contradiction(record: Record, history: History, today: date) -> Figures | None:
    findings = contradictions.find(record, history.corrected, today)
    return {"findings": findings} if findings else None


def _slipping(record: Record, history: History) -> Figures | None:
    """Of moves that the source made: what we had misread before is none of them."""
    now = figures.day(record["completion_date"])
    moves = [] if "completion_date" in history.corrected else list(_of(history, "completion_date"))
    later = [step for step in moves if step.new > step.old]  # ISO dates sort as days
    first = figures.day(later[-1].old) if len(later) > 1 else None
    if now is None or first is None or now <= first:
        return None
    return {"times": len(later), "from": first.isoformat(), "to": now.isoformat()}


def _dearer(record: Record, history: History, today: date) -> Figures | None:
    """Against what it was when the window began, or since then was first published."""
    now = base = figures.number(record["budget"])
    begin = figures.later_by(today, -_WINDOW_MONTHS)
    if now is None or begin is None or "budget" in history.corrected:
        return None
    since = None
    for step in _of(history, "budget"):
        day = step.at.astimezone(figures.HERE).date()
        if day < begin or figures.number(step.new) != base:
            break
        base, since = figures.number(step.old), day
    if since is None or base is None or base <= 0 or now < base * _DEARER_SHARE:
        return None
    return {"from": f"{base:.2f}", "to": f"{now:.2f}", "since": since.isoformat()}


def _of(history: History, field: str) -> Iterator[Step]:
    """The source's own steps, newest first, back to where we understood the field otherwise."""
    for step in history.steps:
        if step.field == field:
            if step.cause != "source":
                return
            yield step


def sentence(flag: str, said: Figures, today: date | None = None) -> str:
    """The flag with its figures, as a sentence; with `today` an overdue one says for how long."""
    return _SENTENCES[flag](said, today) if flag in _SENTENCES else f"{flag}."


def _say_overdue(said: Figures, today: date | None) -> str:
    due = figures.day(said["completion_date"])
    is_late = due is not None and today is not None and due < today
    told = (
        gettext("Completion was due on {day}, {late} ago; the status is still {status}.")
        if is_late
        else gettext("Completion was due on {day}; the status is still {status}.")
    )
    return told.format(
        day=_day(said["completion_date"]),
        late=figures.duration(due, today) if due and today and is_late else "",
        status=phrases.shown("status", said["status"]),
    )


def _say_stalled(said: Figures, today: date | None) -> str:
    told = gettext("Under construction, and nothing that is published of it has changed since {day}.")
    return told.format(day=_day(said["since"]))


def _say_contradiction(said: Figures, today: date | None) -> str:
    return " ".join(contradictions.sentence(finding) for finding in said["findings"])


def _say_slipping(said: Figures, today: date | None) -> str:
    first, last = figures.day(said["from"]), figures.day(said["to"])
    times = gettext("twice") if said["times"] == 2 else gettext("{number} times").format(number=said["times"])
    told = (
        gettext("The completion date was moved later {times}: from {first} to {last}, {gap} later.")
        if first and last
        else gettext("The completion date was moved later {times}: from {first} to {last}.")
    )
    gap = figures.duration(first, last) if first and last else ""
    return told.format(times=times, first=_day(said["from"]), last=_day(said["to"]), gap=gap)


def _say_dearer(said: Figures, today: date | None) -> str:
    return gettext("{change}, since {day}.").format(
        change=phrases.phrase("budget", said["from"], said["to"]), day=_day(said["since"])
    )


def _day(text: str) -> str:
    found = figures.day(text)
    return figures.long_date(found) if found else text


_SENTENCES = {
    OVERDUE: _say_overdue,
    STALLED: _say_stalled,
    CONTRADICTION: _say_contradiction,
    SLIPPING: _say_slipping,
    DEARER: _say_dearer,
}
