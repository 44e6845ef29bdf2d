"""Where what is published of one project does not fit together. Pure.

A finding names the values that it rests on; where one of them is not known there is none. A steward's
correction takes a value out of what is held against the source's own words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from projects.languages import Words, gettext
from projects.wording import figures, phrases

_BEFORE_WORKS = frozenset({"identification", "planning", "design", "tender"})
# Practical completion leaves small works to be done; and a share may be rounded, or of yesterday.
_ALL_BUT_DONE = Decimal(95)
_TOLERANCE = Decimal(5)
_BAND_TOLERANCE = Decimal(1)
# Works of which half is done are not being tendered; less may be the planning's own progress.
_WELL_UNDER_WAY = Decimal(50)
_LONGEST = 200  # characters of a status that are read
# "Construction 76% - 99%", "76–99%", "26% to 50%"; "Construction 10%", "Practical Completion (100%)"
_BAND = re.compile(r"(?<![\d.,])(\d{1,3}) ?%? ?(?:-|–|—|to|tot) ?(\d{1,3}) ?%")
_SHARE = re.compile(r"(?<![\d.,])(\d{1,3}) ?%")

Finding = dict[str, str]


def find(record: Mapping[str, Any], corrected: Collection[str], today: date) -> list[Finding]:
    """What does not fit together, gravest first; a finding is `what` and canonical values by field."""
    return [
        *_completed(record, today),
        *_progress(record),
        *_stated_share(record, corrected),
        *_dates(record, today),
        *_spending(record),
    ]


def _completed(record: Mapping[str, Any], today: date) -> Iterator[Finding]:
    if record["status"] != "completed":
        return
    progress, due = figures.number(record["progress_percentage"]), figures.day(record["completion_date"])
    if progress is not None and progress < _ALL_BUT_DONE:
        yield {"what": "completed_unfinished", "progress_percentage": f"{progress:.2f}"}
    if due is not None and due > today:
        yield {"what": "completed_early", "completion_date": due.isoformat()}


def _progress(record: Mapping[str, Any]) -> Iterator[Finding]:
    progress = figures.number(record["progress_percentage"])
    if record["status"] in _BEFORE_WORKS and progress is not None and progress >= _WELL_UNDER_WAY:
        yield {"what": "works_before", "status": record["status"], "progress_percentage": f"{progress:.2f}"}


def _stated_share(record: Mapping[str, Any], corrected: Collection[str]) -> Iterator[Finding]:
    """The share that the words of the status state, beside the progress."""
    progress, words = figures.number(record["progress_percentage"]), record["status_as_published"] or ""
    share = stated(words)
    if progress is None or share is None or "status" in corrected:
        return
    first, last = share
    slack = _TOLERANCE if first == last else _BAND_TOLERANCE
    if not first - slack <= progress <= last + slack:
        yield {"what": "stated_share", "status_as_published": words, "progress_percentage": f"{progress:.2f}"}


def stated(words: str) -> tuple[Decimal, Decimal] | None:
    """The band of percents that a status states, None where it states none: "76% - 99%" → (76, 99)."""
    text = " ".join(words[:_LONGEST].lower().split())
    found = _BAND.search(text) or _SHARE.search(text)
    if found is None:
        return None
    first, last = Decimal(found[1]), Decimal(found[found.lastindex or 1])
    return (first, last) if first <= last <= 100 else None


def _dates(record: Mapping[str, Any], today: date) -> Iterator[Finding]:
    start, due = figures.day(record["start_date"]), figures.day(record["completion_date"])
    if record["status"] == "construction" and start is not None and start > today:
        yield {"what": "begun_early", "start_date": start.isoformat()}
    if start is not None and due is not None and start > due:
        yield {"what": "ends_first", "start_date": start.isoformat(), "completion_date": due.isoformat()}


def _spending(record: Mapping[str, Any]) -> Iterator[Finding]:
    """A budget of 0 is published where there is none yet."""
    budget, spent = figures.number(record["budget"]), figures.number(record["expenditure"])
    if budget is not None and spent is not None and spent > budget > 0:
        yield {"what": "over_budget", "expenditure": f"{spent:.2f}", "budget": f"{budget:.2f}"}


_SENTENCES = Words({
    "completed_unfinished": "The status is Completed, and the progress {progress_percentage}.",
    "completed_early": "The status is Completed; the completion date, {completion_date}, is still to come.",
    "works_before": "The status is {status}, and the progress is {progress_percentage} already.",
    "stated_share": "The status says “{status_as_published}”, and the progress is {progress_percentage}.",
    "begun_early": "The status is Construction, and the start date, {start_date}, is still to come.",
    "ends_first": "The start date, {start_date}, is after the completion date, {completion_date}.",
    "over_budget": "{expenditure} is spent of a budget of {budget}.",
})  # fmt: skip

KINDS = tuple(_SENTENCES)


def sentence(finding: Finding) -> str:
    """`The status is Completed, and the progress 62%.`; never raises."""
    shown = {name: phrases.shortened(phrases.shown(name, value)) for name, value in finding.items()}
    plain = gettext("What is published does not fit together.")
    try:
        return _SENTENCES.get(finding.get("what", ""), plain).format(**shown)
    except (KeyError, IndexError):
        return plain
