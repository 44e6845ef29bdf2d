"""What a reading looked at; and of a reading of the past, what was decided of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from etl.exceptions import EvidenceDamaged
    from projects.models import Sighting


class LastSeen(Protocol):
    """The last believed look at a page, as the record keeps it."""

    external_id: str
    raw_sha256: str
    clean_sha256: str
    content_sha256: str
    snapshot_id: str | None


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
    is_repeated: bool = False  # they were let go again: they say what was known
    is_emptied: bool = False  # it said something when it was last believed, and says nothing now
    area: str = ""
    external_id: str = ""  # for a project's own page

    def keep_after_all(self) -> None:
        """The bytes say something new: they were thought to differ in positions and clocks alone."""
        self.snapshot, self.is_new, self.is_repeated = self.raw, True, False


@dataclass(frozen=True, slots=True)
class Recall:
    """A reading of the past, to be had again from the archive, with what was decided of it then.

    `at`: the moment for which it counts. `cause`: of the changes that it makes. `places`: codes of the
    municipalities that a steward released; None for all. `inconclusive`: codes of those areas where what was
    not seen may be there all the same; `judged`: of all of which that was said. `held`: of those that were
    not loaded. `is_part`: what a first reading loaded before it was cut off, which is projects alone.
    `unchanged_by`: what showed then that its pages said nothing new, or ``. `lost` is told of a page whose
    kept bytes came to harm, and the others are read; None: without one of its pages it is no reading.
    """

    looks: Iterable[Sighting]
    concludes: bool
    at: datetime
    cause: str = "source"
    places: Sequence[str] | None = None
    inconclusive: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    is_part: bool = False
    unchanged_by: str = ""
    lost: Callable[[EvidenceDamaged], None] | None = None


@dataclass(kw_only=True)
class ObservationSet:
    """The pages that were looked at, and what was odd. Each source's own reading adds what they say.

    `unchanged_by`: what shows, before any record is made, that nothing changed (`bytes`, `page`, `model`,
    `inputs`), or ``.
    """

    observations: dict[str, Observation] = field(default_factory=dict)
    layouts: set[str] = field(default_factory=set)
    demo: set[bool] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    invalid: int = 0
    whole: bool = True  # nothing that should have been read is missing
    shortfalls: list[str] = field(default_factory=list)  # what is missing, in sentences
    unasked: list[str] = field(default_factory=list)  # … because it could not be asked, or was not answered
    unchanged_by: str = ""
    recall: Recall | None = None  # None: the source itself was read
    is_first: bool = False  # no reading of the source was believed to its end before
    filled: int = 0  # records that were loaded while it was read

    @property
    def cause(self) -> str:
        return self.recall.cause if self.recall else "source"

    def incomplete(self, sentence: str) -> None:
        """Something that should have been read was not."""
        self.whole = False
        self.shortfalls.append(sentence)
        self.notes.append(sentence)

    @property
    def may_be_unchanged(self) -> bool:
        """Whether a reading that changes nothing says that nothing changed."""
        return True

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
