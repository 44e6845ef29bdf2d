"""Severity and plain English sentence of a change. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Verdict:
    severity: str
    rules: list[str] = field(default_factory=list)
    sentence: str = ""


def assess(entity_type: str, change_type: str, field_changes: dict[str, list[Any]]) -> Verdict:
    """What a change means: severity `info`, `minor` or `major`, the ids of the rules that say so."""
    return Verdict("info", [], "Changed.")
