"""What a held reading would change, in words: names and links, labels, amounts as they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl.compare.changes import ChangeSummary
from projects.models import Identity, Municipality
from projects.wording import causes
from projects.wording.figures import grouped
from projects.wording.phrases import label, listed, shown
from projects.wording.rules import MAJOR

_WORDS = {
    "created": "new",
    "updated": "changed",
    "missing": "not listed any more",
    "withdrawn": "withdrawn",
    "returned": "listed again",
    "opened": "questions opened",
    "closed": "questions closed",
}


@dataclass(slots=True)
class Line:
    """One change as a steward is shown it. `pairs`: (field, now, would be)."""

    what: str
    name: str
    address: str
    places: tuple[str, ...]
    change: str
    severity: str
    pairs: list[tuple[str, str, str]]


@dataclass(slots=True)
class Differences:
    """The first changes in full, and how many there are of all; `places`: names of municipalities by code."""

    lines: list[Line] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # by the word for the kind of change
    major: int = 0
    places: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def more(self) -> int:
        return self.total - len(self.lines)

    @property
    def sentence(self) -> str:
        """`214 changes, 12 of them major: 2 new and 212 changed`; `no change` where there is none."""
        if not self.total:
            return "no change"
        kinds = listed([f"{grouped(number)} {word}" for word, number in self.counts.most_common()])
        return f"{plural(self.total, 'change')}, {grouped(self.major)} of them major: {kinds}"


@dataclass(slots=True)
class _AsLogged:
    """A change as the rules judge a row of the log."""

    entity_type: str
    external_id: str
    change_type: str
    field_changes: dict[str, list[Any]]
    cause: str
    evidence: dict[str, Any] = field(default_factory=dict)
    overridden: list[str] = field(default_factory=list)
    kind: str = ""


def differences(source: str, changes: Iterable[ChangeSummary], most: int) -> Differences:
    """All changes counted and judged, the first `most` in full. Two queries."""
    found = Differences()
    first: list[tuple[ChangeSummary, str]] = []
    for change in changes:
        severity = _severity(change)
        found.counts[_WORDS.get(change.change_type, change.change_type)] += 1
        found.major += severity == MAJOR
        if len(first) < most:
            first.append((change, severity))
    projects = _projects(source, [change.what for change, _ in first])
    found.places = dict(Municipality.objects.values_list("code", "name"))
    found.lines = [_line(change, severity, projects, found.places) for change, severity in first]
    return found


def plural(number: int, noun: str) -> str:
    """`1 area`, `12 345 areas`."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def named(codes: Sequence[str], places: dict[str, str], most: int = 8) -> str:
    """`Greater Giyani and Amathole`; beyond `most` the rest is counted."""
    names = [places.get(code, code) for code in codes]
    if len(names) > most:
        return listed([*names[:most], f"{len(names) - most} more"])
    return listed(names)


def _severity(change: ChangeSummary) -> str:
    row = _AsLogged(change.entity, change.what, change.change_type, change.field_changes, change.cause)
    return causes.assess(row, change.context).severity


def _projects(source: str, external_ids: list[str]) -> dict[str, Any]:
    rows = Identity.objects.filter(source=source, external_id__in=external_ids).select_related("project")
    return {row.external_id: row.project for row in rows}


def _line(change: ChangeSummary, severity: str, projects: dict[str, Any], places: dict[str, str]) -> Line:
    project = projects.get(change.what)
    code = change.what.strip("[]") if change.what.startswith("[") else ""
    if code:
        name, address = f"The line of {places.get(code, code)}", f"/municipalities/{code}/"
    else:
        name = change.name or (project.name if project else "") or change.what
        address = project.get_absolute_url() if project else ""
        code = (project.municipality_id if project else "") or ""
    codes = change.places or ((code,) if code else ())
    pairs = [
        (label(name), shown(name, old), shown(name, new)) for name, (old, new) in change.field_changes.items()
    ]
    word = _WORDS.get(change.change_type, change.change_type)
    return Line(change.what, name, address, codes, word, severity, pairs)


__all__ = ["Differences", "Line", "differences", "named", "plural"]
