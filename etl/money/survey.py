"""What one poll of the Municipal Money API read: figures, and which cubes were read to their end. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from etl.crawl.observations import ObservationSet
from etl.money import figures
from etl.money.cells import Key
from etl.money.figures import FigureRecord
from etl.money.queries import MODEL, Query, cube_of, measures_of
from etl.normalise.records import digest_of


@dataclass(slots=True)
class AnswerPage:
    """The rows of one page of an answer, and the SHA-256 of the bytes that prove them."""

    rows: list[dict[str, Any]]
    snapshot: str | None


@dataclass
class FinanceSurvey(ObservationSet):
    """`current`: codes of the municipalities that exist; `proofs`: figure → SHA-256 of its page."""

    current: Container[str]
    records: dict[Key, FigureRecord] = field(default_factory=dict)
    proofs: dict[Key, str | None] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)  # cube → last_updated, of every model that was read
    read: set[str] = field(default_factory=set)  # cubes that were read to their end, and were not torn
    # (measure, financial year) that a query answered to its end: what is not in it is not published
    answered: set[tuple[str, int]] = field(default_factory=set)
    pages: dict[tuple[str, int], str | None] = field(default_factory=dict)  # … and the last page of it
    refused: set[Key] = field(default_factory=set)  # published, and not to be used: a note says why
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # rows of the reference tables
    moved: set[str] = field(default_factory=set)  # cubes whose model says that there is something new
    # figures and municipalities of the cubes whose model says that what was read before still stands
    standing: int = 0
    standing_places: int = 0
    recalled: set[str] = field(
        default_factory=set
    )  # cubes whose reading waits for a steward: not asked again

    @property
    def seen(self) -> int:
        """Figures: those that were read, and those of the cubes that say they did not move."""
        return len(self.records) + self.standing

    @property
    def may_be_unchanged(self) -> bool:
        """Of cubes that could not be asked nobody knows whether they changed."""
        return not self.unasked

    @property
    def municipality_lines(self) -> int:
        """Municipalities that have a figure."""
        return max(self.standing_places, len({key[0] for key in self.records}))

    def add(self, query: Query, pages: Iterable[AnswerPage]) -> None:
        """All pages of one query's answer."""
        every = list(pages)
        rows = [row for page in every for row in page.rows]
        self.layouts.add("json")
        if not query.measure:
            self.tables[query.cube] = rows
            return
        reading = figures.fold(query, rows, self.current)
        self.notes += reading.problems
        self.invalid += len(reading.refused)
        self.refused |= reading.refused
        for page in every if len(every) > 1 else ():
            parts = figures.fold(query, page.rows, self.current).figures
            self.proofs.update((part.key, page.snapshot) for part in parts)
        for record in reading.figures:
            self.records[record.key] = record
            self.proofs.setdefault(record.key, every[0].snapshot)
        self.answered.update((query.measure, year) for year in query.years)
        self.pages.update(((query.measure, year), every[-1].snapshot) for year in query.years)

    def forget(self, cube_measures: Container[str]) -> None:
        """Use nothing of a cube that was not read to its end, or that moved while it was read."""
        self.records = {key: record for key, record in self.records.items() if key[2] not in cube_measures}
        self.answered = {(measure, year) for measure, year in self.answered if measure not in cube_measures}

    def miss(self, cube: str, problem: Exception) -> str:
        """A cube was not read, or not to its end; the sentence that says so."""
        sentence = f"{cube} was not read: {problem}"
        self.incomplete(sentence)
        self.forget(measures_of(cube))
        return sentence

    def leave_out(self, cubes: set[str], standing: int) -> None:
        """Use nothing of cubes that say what a steward rejected: they must not keep the news of others
        waiting. `standing`: the figures of theirs that were known before."""
        self.notes.append(f"{', '.join(sorted(cubes))}: as a steward rejected it; left out.")
        self.forget({measure for cube in cubes for measure in measures_of(cube)})
        self.standing += standing
        self.read -= cubes

    def leave(self, keys: Iterable[Key]) -> None:
        """Say nothing of some figures."""
        for key in keys:
            self.records.pop(key, None)

    def uses(self, key: str) -> bool:
        return key.endswith(f" {MODEL}") or cube_of(key) in self.read

    def counts(self) -> dict[str, int]:
        """What was published by measure: each yearly figure, and each month of a monthly one."""
        counted: Counter[str] = Counter()
        for key, record in self.records.items():
            counted[key[2]] += sum(month is not None for month in record.months.values()) or 1
        return dict(counted)

    def content_digest(self, measures: Container[str] | None = None) -> str:
        """SHA-256 of all figures (of some measures), whatever the order of reading."""
        some = {key: one for key, one in self.records.items() if measures is None or key[2] in measures}
        return digest_of({" ".join(map(str, key)): one.digest for key, one in some.items()})
