"""Everything that one poll saw, put together: lines, own pages, listings, sightings. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from etl.crawl.observations import LastSeen, Observation, ObservationSet
from etl.crawl.reading import Count, Reading
from etl.extract.types import ListingLine, PublishedProject
from etl.normalise.records import digest_of
from etl.understand.lookup import NOTHING
from etl.understand.plan import ReadingPlan
from etl.understand.proof import Sum, proven_by_sums
from etl.understand.shapes import Shapes
from etl.values.amounts import parse_money
from etl.values.vocabulary import is_volatile


class Part:
    """What one kind of page (list line or own page) says of a project, and the bytes that prove it.

    The strings are kept packed: a reading of the whole country holds a hundred thousand of these.
    """

    __slots__ = ("_packed", "_texts", "listed_under", "lists", "snapshot", "url")

    def __init__(self, published: dict[str, str], url: str | None, snapshot: str | None) -> None:
        self.url, self.snapshot = url, snapshot
        self.listed_under: set[str] | None = None
        self.lists: frozenset[str] = frozenset()  # keys of the lists that show it
        self.published = published

    @property
    def published(self) -> dict[str, str]:
        """Label → string; a copy: assign to change it."""
        return json.loads(zlib.decompress(self._packed))

    @published.setter
    def published(self, published: dict[str, str]) -> None:
        self._packed = zlib.compress(json.dumps(published).encode(), 1)
        # a blank column that comes or goes publishes nothing
        lasting = {label: text for label, text in published.items() if text and not is_volatile(label)}
        self._texts = digest_of(lasting)

    def list_under(self, code: str) -> None:
        self.listed_under = (self.listed_under or set()) | {code}

    def digest(self) -> str:
        """Over what is published, positions and clocks apart, and the places whose lists show it."""
        return digest_of({"texts": self._texts, "listed_under": sorted(self.listed_under or ())})


@dataclass(slots=True)
class Listed:
    line: ListingLine
    snapshot: str | None


@dataclass
class Survey(ObservationSet):
    """`identify` gives a line its identity where the page shows no number; `district_of` a local
    municipality's district; `labels`: whole headings with their fields. `earlier`: the plan of the last
    reading; `plan`: this one's, once all was read. `is_partial`: saved pages, never the whole site."""

    identify: Callable[[PublishedProject, str | None], str]
    is_municipality: Callable[[str], bool]
    district_of: Callable[[str], str | None]
    labels: Mapping[str, str]
    earlier: ReadingPlan = NOTHING
    plan: ReadingPlan = NOTHING
    shapes: Shapes = field(default_factory=Shapes)
    is_partial: bool = False
    counts: list[Count] = field(default_factory=list)  # totals that pagers name, and how many there were
    lines: dict[str, Part] = field(default_factory=dict)
    pages: dict[str, Part] = field(default_factory=dict)
    listings: dict[str, Listed] = field(default_factory=dict)
    project_layouts: set[str] = field(default_factory=set)  # of the tables that showed projects
    # list → (rows shown, their identities); municipality → identities on its own pages
    rows: dict[str, tuple[int, set[str]]] = field(default_factory=dict)
    listed: dict[str, set[str]] = field(default_factory=dict)
    variants: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # code → (number, value)
    conflicts: dict[str, str] = field(default_factory=dict)  # what lists say differently, an example each
    ambiguous: set[str] = field(default_factory=set)  # rows without numbers that cannot be told apart
    is_settled: bool = False

    @property
    def ids(self) -> set[str]:
        """The identities of all projects that were read."""
        return self.lines.keys() | self.pages.keys()

    @property
    def seen(self) -> int:
        return len(self.ids)

    @property
    def municipality_lines(self) -> int:
        return len(self.listings)

    def add(self, reading: Reading, seen: Observation) -> None:
        self.observations[seen.key] = seen
        if reading.shortfall:
            self.incomplete(reading.shortfall)
        self.demo.add(reading.page.is_demo)
        self.layouts.update(table.kind for table in reading.content.tables if table.rows)
        self.layouts.update(["list"] if reading.content.listings and not reading.content.tables else [])
        if any(project.part == "line" for project in reading.content.projects):
            self.project_layouts.update(table.kind for table in reading.content.tables if table.rows)
        if reading.area and self.is_municipality(reading.area):
            self.listed.setdefault(reading.area, set())
        self.shapes.add(reading.content.projects, reading.content.tables)
        for project in reading.content.projects:
            self._project(project, reading, seen)
        for line in reading.content.listings:
            self._listing(line, seen)

    def _project(self, project: PublishedProject, reading: Reading, seen: Observation) -> None:
        external_id = project.external_id or reading.external_id or self.identify(project, reading.area)
        if not external_id:
            self.invalid += 1
            self.notes.append(f"{reading.key}: a row without number or name was left out.")
            return
        if project.part == "page":
            self._own_page(external_id, project, reading, seen)
            return
        self._tally(external_id, reading)
        part = self.lines.get(external_id)
        if part is None:
            part = self.lines[external_id] = Part(project.published, project.url, seen.snapshot)
        else:
            self._merge(external_id, part, project, reading.key.split("#")[0])
        part.lists = part.lists | {reading.key.split("#")[0]}
        if reading.area and self.is_municipality(reading.area):
            part.list_under(reading.area)

    def _tally(self, external_id: str, reading: Reading) -> None:
        listing = reading.key.split("#")[0]
        shown, ids = self.rows.get(listing, (0, set()))
        ids.add(external_id)
        self.rows[listing] = (shown + 1, ids)
        if reading.area:
            self.listed.setdefault(reading.area, set()).add(external_id)

    def _own_page(
        self, external_id: str, project: PublishedProject, reading: Reading, seen: Observation
    ) -> None:
        asked = reading.external_id
        if asked and project.external_id and project.external_id != asked:
            self.incomplete(f"The page of {asked} shows {project.external_id}; it was not used.")
            return
        url = project.url or reading.page.url
        self.pages[asked or external_id] = Part(project.published, url, seen.snapshot)

    def _merge(self, external_id: str, part: Part, project: PublishedProject, listing: str) -> None:
        """The same project in several lists is one record: their columns are put together.

        Where they differ, one row is taken whole, never a mixture, and which does not depend on the order
        of reading. In one and the same list, two rows of one name without numbers are two projects that
        cannot be told apart: neither is used.
        """
        known = part.published
        conflicts = [
            label
            for label in known.keys() & project.published.keys()
            if known[label] != project.published[label] and not is_volatile(label)
        ]
        if conflicts and not project.external_id and listing in part.lists:
            self.ambiguous.add(external_id)
        elif conflicts:
            label = min(conflicts)
            self.conflicts[external_id] = (
                f"{external_id}: “{label}” is “{known[label]}” in one list,"
                f" “{project.published[label]}” in another."
            )
        first, second = sorted((known, project.published), key=lambda row: json.dumps(row, sort_keys=True))
        part.url = part.url or project.url
        if known != project.published:
            part.published = {**second, **first}

    def saw_page_of(self, reading: Reading) -> None:
        """A project's page that shows no project was looked at all the same: it waits for its next turn."""
        if reading.external_id and reading.external_id not in self.pages:
            self.pages[reading.external_id] = Part({}, reading.page.url, None)

    def _listing(self, line: ListingLine, seen: Observation) -> None:
        self.variants.setdefault(line.code, set()).add((line.projects, line.value))
        before = self.listings.get(line.code)
        if before is None or (before.line.projects, before.line.value) < (line.projects, line.value):
            self.listings[line.code] = Listed(line, seen.snapshot)

    def settle(self) -> None:
        """Called when all lists were read; what is settled stays so.

        A district's own page lists its locals' projects too: it is no place of theirs beside the local.
        """
        if self.is_settled:
            return
        self.is_settled = True
        if self.conflicts:
            example = self.conflicts[min(self.conflicts)]
            self.notes.append(f"{len(self.conflicts)} projects read differently in two lists. {example}")
        for external_id in self.ambiguous:
            self.lines.pop(external_id, None)
            self.invalid += 1
            self.notes.append(f"{external_id}: several rows of one name and no numbers were left out.")
        for part in self.lines.values():
            codes = part.listed_under or set()
            part.listed_under = codes - {self.district_of(code) or "" for code in codes} or None

    def understand(self) -> None:
        """Called when all pages were read, those of projects too: what their columns mean."""
        self.plan = proven_by_sums(self.shapes.plan(self.labels, self.earlier), list(self._sums()))

    def _sums(self) -> Iterator[Sum]:
        """What the lines of municipalities say that their projects come to, with these projects."""
        for code, listed in self.listings.items():
            projects = [self.lines[i].published for i in sorted(self.listed.get(code, ())) if i in self.lines]
            if projects:
                yield Sum(code, parse_money(listed.line.value), listed.line.value, projects)

    def content_digest(self) -> str:
        """SHA-256 of what the lists say, whatever the order: two equal ones are the same reading."""
        lines = {external_id: part.digest() for external_id, part in self.lines.items()}
        listings = {code: [listed.line.projects, listed.line.value] for code, listed in self.listings.items()}
        return digest_of({"lines": digest_of(lines), "listings": digest_of(listings)})

    def proof(self, external_id: str, known_page: str | None) -> str | None:
        """SHA-256 of the bytes that show what is new: the own page's, unless its digest is the known one."""
        line, page = self.lines.get(external_id), self.pages.get(external_id)
        shown = page if page and page.digest() != known_page else line or page
        return shown.snapshot if shown else None

    def compare_pages(self, last: Mapping[str, LastSeen]) -> None:
        """Say `bytes` or `page` where each page is as last loaded: byte for byte, or without its noise."""
        pairs = [(seen, last.get(key)) for key, seen in self.observations.items()]
        if all(before and seen.raw == before.raw_sha256 for seen, before in pairs):
            self.unchanged_by = "bytes"
        elif all(before and seen.clean == before.clean_sha256 for seen, before in pairs):
            self.unchanged_by = "page"
