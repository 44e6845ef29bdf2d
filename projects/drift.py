"""How the shape of a reading differs from the last good one: columns, statuses, layouts, blanks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from projects.phrases import label

Profile = dict[str, Any]  # `SyncRun.profile`


@dataclass(frozen=True, slots=True)
class Column:
    """One published column: `state` is `same`, `lost` (expected, not found) or `new`."""

    kind: str
    label: str
    state: str


def columns(expected: Profile, found: Profile) -> list[Column]:
    """All columns of both, in the order of the expected, the new ones last in their kind."""
    before, after = _columns(expected), _columns(found)
    rows: list[Column] = []
    for kind in [*before, *(kind for kind in after if kind not in before)]:
        old, new = before.get(kind, []), after.get(kind, [])
        rows += [Column(kind, name, "same" if name in new else "lost") for name in old]
        rows += [Column(kind, name, "new") for name in new if name not in old]
    return rows


def _columns(profile: Profile) -> dict[str, list[str]]:
    given = profile.get("columns")
    if not isinstance(given, dict):
        return {}
    return {str(kind): [str(name) for name in names] for kind, names in given.items() if names}


def facts(expected: Profile, found: Profile) -> list[tuple[str, str, str]]:
    """(what, expected, found) where they differ: number of records, layouts, statuses, filled fields."""
    rows = [("Records", expected.get("count"), found.get("count"))]
    for name in ("layouts", "statuses"):
        rows.append((name.capitalize(), _listed(expected, name), _listed(found, name)))
    old, new = expected.get("filled") or {}, found.get("filled") or {}
    rows += [(f"{label(name)} given", old.get(name, 0), new.get(name, 0)) for name in sorted({*old, *new})]
    return [(what, _said(before), _said(after)) for what, before, after in rows if before != after]


def _listed(profile: Profile, name: str) -> str:
    return ", ".join(sorted(str(word) for word in profile.get(name) or [] if word))


def _said(value: Any) -> str:
    return "none" if value in (None, "") else str(value)
