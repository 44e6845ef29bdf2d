"""What the replica changed, in order: the truth that a monitor's log is held against.

An entry is a dict:

    {"seq": 12, "at": "2026-05-01T06:30:00Z", "kind": "updated", "external_id": "WP10234",
     "changes": {"progress_percentage": ["62.00", "64.00"]}}
    {"seq": 13, "at": "…Z", "kind": "listing", "code": "LIM331",
     "changes": {"projects": ["53", "54"], "value": ["593000000.00", "593500000.00"]}}

`kind`: created, updated, removed, restored (a removed project listed again), listing (a municipality
line). `changes` maps a field to [old, new]; fields have the names of the contract's project object, values
its canonical strings: money and percent with two decimals, degrees with six, ISO dates, codes of
municipalities, None for a blank. `status` is the contract's word, `status_as_published` the site's; a
column without a field is `published.<Label>`. A created project has [None, value] for every fact that is
not blank; removed and restored have no changes. In a listing, `value` counts a blank budget as nothing
and is a sum over the projects listed there, a shared scheme counting in full in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Entry = dict[str, Any]


class Ledger:
    """Append-only; `seq` starts at 1. Callers hold the site's lock while they append."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> Entry:
        return self.entries[index]

    @property
    def head(self) -> int:
        """The last `seq`, 0 before anything happened: pass it to `since` later."""
        return len(self.entries)

    def append(self, kind: str, key: str, changes: dict[str, list[Any]]) -> Entry:
        name = "code" if kind == "listing" else "external_id"
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"seq": self.head + 1, "at": at, "kind": kind, name: key, "changes": changes}
        self.entries.append(entry)
        return entry

    def since(self, seq: int = 0) -> list[Entry]:
        """Net changes after `seq`, one entry per project and per municipality line, no-ops left out.

        First old value, last new value. Something created and removed again leaves no entry; something
        changed and then removed leaves one `removed`.
        """
        grouped: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries[seq:]:
            group = "listing" if entry["kind"] == "listing" else "project"
            grouped.setdefault((group, entry.get("code") or entry["external_id"]), []).append(entry)
        squashed = (squash(entries) for entries in grouped.values())
        return [entry for entry in squashed if entry is not None]


def squash(entries: list[Entry]) -> Entry | None:
    """One entry for several of the same thing, oldest first; None where nothing is left of them."""
    kind = _net_kind(entries)
    changes = {} if kind in ("removed", None) else net_changes(entries)
    if kind is None or (kind in ("updated", "listing") and not changes):
        return None
    return {**entries[-1], "kind": kind, "changes": changes}


def _net_kind(entries: list[Entry]) -> str | None:
    """Was it there before, is it there after: what that makes of all the entries together."""
    first, last = entries[0]["kind"], entries[-1]["kind"]
    if first == "listing":
        return "listing"
    before, after = first not in ("created", "restored"), last != "removed"
    if before:
        return "updated" if after else "removed"
    return first if after else None


def net_changes(entries: list[Entry]) -> dict[str, list[Any]]:
    net: dict[str, list[Any]] = {}
    for entry in entries:
        for field, (old, new) in entry["changes"].items():
            net[field] = [net.get(field, [old])[0], new]
    return {field: pair for field, pair in net.items() if pair[0] != pair[1]}
