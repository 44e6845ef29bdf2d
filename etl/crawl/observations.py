"""What one poll looked at, whatever the source. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Observation:
    """One look at one page. `snapshot`: SHA-256 of the kept bytes that say what it says now."""

    key: str
    url: str
    at: datetime
    raw: str
    clean: str
    content: str
    snapshot: str | None
    is_new: bool = False  # the bytes were kept by this run
    area: str = ""
    external_id: str = ""  # for a project's own page


@dataclass(kw_only=True)
class ObservationSet:
    """The pages that were looked at, and what was odd. Each source's own survey adds what they say."""

    sightings: dict[str, Observation] = field(default_factory=dict)
    layouts: set[str] = field(default_factory=set)
    demo: set[bool] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    invalid: int = 0
    whole: bool = True  # nothing that should have been read is missing

    def uses(self, key: str) -> bool:
        """Whether what a page says is part of what is loaded."""
        return True

    @property
    def seen(self) -> int:
        """How many records were read."""
        return 0

    @property
    def municipality_lines(self) -> int:
        """How many lines on municipalities as a whole were read."""
        return 0
