"""Splits by stewards as a replay of history meets them: each at its place in the log, as that says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from etl.compare.known import Key, KnownProject
from etl.compare.scratch import Scratch
from projects.models import DataChangeLog, Source, Split
from projects.stewards.values import typed


@dataclass(frozen=True, slots=True)
class Event:
    """What is no run's doing, and moves what is known. `place`: its row of the log."""

    at: datetime
    place: int
    take_in: Callable[[], None]


def events(source: Source, scratch: Scratch) -> list[Event]:
    """The splits of a source and their undoing."""
    found = []
    rows = Split.objects.filter(kept__source=source).order_by("pk")
    for row in rows.select_related("kept", "made", "logged", "undone_logged"):
        numbers = (row.kept.external_id, row.made.external_id)
        taken_apart = partial(_split, scratch, *numbers, row.logged)
        found.append(Event(row.logged.at, row.logged.pk, taken_apart))
        if undone := row.undone_logged:
            found.append(Event(undone.at, undone.pk, partial(_undo, scratch, *numbers)))
    return found


def _split(scratch: Scratch, kept: str, made: str, row: DataChangeLog) -> None:
    if kept not in scratch.state:
        return  # history would not have it at all: the records say so
    now = scratch.state[kept]
    scratch.state[made] = replace(now, pk=scratch.new_pk())
    _known_as(scratch, made)
    scratch.state[kept] = _set_back(now, row)
    _known_as(scratch, kept)


def _undo(scratch: Scratch, kept: str, made: str) -> None:
    if kept not in scratch.state or made not in scratch.state:
        return
    scratch.keys[kept] = replace(scratch.keys.pop(made), pk=scratch.state[kept].pk)
    scratch.state[kept] = replace(scratch.state.pop(made), pk=scratch.state[kept].pk)


def _set_back(now: KnownProject, row: DataChangeLog) -> KnownProject:
    """As the steward's split set the record back."""
    values = {n: typed(n, new) for n, (_, new) in row.field_changes.items() if n in now.values}
    published = dict(now.published)
    for label, (_, text) in row.evidence.items():
        if text is None:
            published.pop(label, None)
        else:
            published[label] = text
    labels = [label for label in now.page_labels if label in published]
    said = {"published": published, "page_labels": labels, "values": now.values | values, "other": {}}
    return replace(now, line_digest="", page_digest="", url="", **said)  # type: ignore[arg-type]


def _known_as(scratch: Scratch, external_id: str) -> None:
    known = scratch.state[external_id]
    scratch.keys[external_id] = Key(
        known.pk, known.line_digest, known.page_digest, known.is_present, lists=known.lists
    )
