"""What municipalities were called and are called beside their name, and who else builds; `SOURCES.md` says
where each name is from. Pure: no Django.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
WATER_BOARD, NATIONAL = "water board", "national"


@dataclass(frozen=True, slots=True)
class OtherName:
    """A former name, or another spelling. `category`: of the municipality that bore it: one that went up in a
    metropolitan municipality was a local one."""

    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Implementer:
    """Somebody who builds and is no municipality. `kind`: a water board, or of the national sphere."""

    name: str
    kind: str


@cache
def other_names() -> Mapping[str, tuple[OtherName, ...]]:
    """Code of a municipality of today → its other names; of one that was split up, each successor's."""
    found: dict[str, list[OtherName]] = {}
    for row in _rows("municipality_names.csv"):
        found.setdefault(row["code"], []).append(OtherName(row["name"], row["category"]))
    return {code: tuple(names) for code, names in found.items()}


@cache
def implementers() -> tuple[Implementer, ...]:
    """All that are known by name."""
    return tuple(Implementer(row["name"], row["kind"]) for row in _rows("implementers.csv"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)
