"""Everything that one poll saw, put together: lines, own pages, listings, sightings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etl.compare.facts import Facts, as_read
from etl.compare.identity import Group, Identities, Resolved, Row
from etl.compare.lines import NO_PERIOD, Period, conflict_of, differ, line_of, of_last_period, period_of
from etl.compare.part import At, Part, packed
from etl.crawl.observations import LastSeen, Observation, ObservationSet
from etl.crawl.reading import Count, Reading
from etl.extract.types import ListingLine, PublishedProject
from etl.normalise.records import digest_of
from etl.understand import clocks
from etl.understand.clocks import as_watched, with_clocks
from etl.understand.lookup import NOTHING
from etl.understand.plan import ReadingPlan
from etl.understand.proof import Sum, proof_by_sums, with_proof
from etl.understand.shapes import Shapes
from etl.values.amounts import parse_money
from etl.values.identifiers import folded, is_unnumbered, number_of, number_within

if TYPE_CHECKING:
    from etl.compare.known import Known
    from etl.compare.settled import SettledLists

_WATCHED = 200  # known projects, enough to see a column move


@dataclass(slots=True)
class Listed:
    line: ListingLine
    snapshot: str | None


@dataclass
class Survey(ObservationSet):
    """`identities` gives, under a plan, what says which project a line is; `within` what a
    municipality is part of: a local one of its district, others of their province; `labels`: whole headings
    with their fields. `earlier`: the plan of the last reading; `plan`: this one's, once all was read (before,
    as far as the lists tell). `is_partial`: saved pages, never the whole site. `kept`: what saves putting the
    same lists together again.

    Which project a row is can be told when all lists were read: only then are there `lines` and `pages`."""

    identities: Callable[[ReadingPlan], Identities]
    is_municipality: Callable[[str], bool]
    within: Callable[[str], str | None]
    labels: Mapping[str, str]
    earlier: ReadingPlan = NOTHING
    plan: ReadingPlan = NOTHING
    shapes: Shapes = field(default_factory=Shapes)
    is_partial: bool = False
    counts: list[Count] = field(default_factory=list)  # totals that pagers name, and how many there were
    in_all: int | None = None  # projects that the entry page says the whole site has
    lines: dict[str, Part] = field(default_factory=dict)
    pages: dict[str, Part] = field(default_factory=dict)
    listings: dict[str, Listed] = field(default_factory=dict)
    project_layouts: set[str] = field(default_factory=set)  # of the tables that showed projects
    # list → (rows shown, their identities); municipality → identities on its own pages
    rows: dict[str, tuple[int, set[str]]] = field(default_factory=dict)
    listed: dict[str, set[str]] = field(default_factory=dict)
    variants: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # code → (number, value)
    periods: dict[str, Period] = field(default_factory=dict)  # list → of which month it says that it is
    conflicts: dict[str, str] = field(default_factory=dict)  # what lists say differently, an example each
    doubtful: set[str] = field(default_factory=set)  # new ids that may be known projects under another name
    list_urls: set[str] = field(default_factory=set)
    area_of_list: dict[str, str] = field(default_factory=dict)  # list → the area that it is of
    # lists of no municipality are areas too: area → its first page's key; and → identities
    names: dict[str, str] = field(default_factory=dict)
    unplaced: dict[str, set[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # those that are known, and were not seen this time
    held: frozenset[str] = frozenset()  # municipalities that are not loaded, and projects there
    held_ids: frozenset[str] = frozenset()
    short: set[str] = field(default_factory=set)  # municipalities of whose pages not all could be read
    emptied: set[str] = field(default_factory=set)  # municipalities with known projects whose lists show none
    settled: set[str] = field(default_factory=set)  # those of which a steward said that they are empty
    in_error: set[str] = field(default_factory=set)  # keys of the pages that are not believed
    is_settled: bool = False
    who: Identities | None = None  # once it is settled, and `judged`: the plan by which they are told apart
    judged: ReadingPlan = NOTHING
    kept: SettledLists | None = None
    facts: Facts = field(default_factory=Facts)
    _given: int = 0  # pages of lists that were put together
    _rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    # the same by what they say to the letter
    _alike: dict[tuple[str, str | None, tuple[str, ...] | None, bytes], Row] = field(default_factory=dict)
    _emptied_pages: list[Observation] = field(default_factory=list)  # of no municipality
    _called: dict[str, list[str]] = field(default_factory=dict)  # name → the projects of the lists
    _tallied: set[tuple[str, frozenset[str], str]] = field(default_factory=set)
    _pages: list[tuple[PublishedProject, Reading, Observation]] = field(default_factory=list)

    @property
    def ids(self) -> set[str]:
        """The identities of all projects that were read."""
        return self.lines.keys() | self.pages.keys()

    def hold(self, codes: Iterable[str], known: Iterable[str]) -> None:
        """Some municipalities are not loaded; `known`: the known projects there."""
        self.held = frozenset(codes)
        self.held_ids = frozenset(known).union(*map(self.shown_in, self.held))

    def uses(self, key: str) -> bool:
        """Nothing that shows a project of a held area: it is to differ from what is known next time too."""
        seen = self.observations[key]
        if key in self.in_error:  # an error in its place is no list: it is to differ next time too
            return False
        if seen.external_id:
            return seen.external_id not in self.held_ids
        shown = self.rows.get(key.split("#")[0], (0, set()))[1]
        return seen.area not in self.held and not shown & self.held_ids

    @property
    def seen(self) -> int:
        return len(self.ids)

    @property
    def municipality_lines(self) -> int:
        return len(self.listings)

    def add(self, reading: Reading, seen: Observation) -> None:
        if not self.observations:
            self.in_all = reading.content.in_all
        self.observations[seen.key] = seen
        if reading.unit:
            self.area_of_list[reading.key.split("#")[0]] = reading.unit
            self.names.setdefault(reading.unit, reading.key.split("#")[0])
        if not reading.external_id:
            listing = reading.key.split("#")[0]
            self.periods[listing] = max(self.periods.get(listing, NO_PERIOD), period_of(reading.content))
        if reading.shortfall:
            self.incomplete(reading.shortfall)
            self.short.add(reading.unit)
        if seen.is_emptied and not seen.external_id and not self.is_municipality(seen.area):
            self._emptied_pages.append(seen)
        self.demo.add(reading.page.is_demo)
        self.layouts.update(table.kind for table in reading.content.tables if table.rows)
        self.layouts.update(["list"] if reading.content.listings and not reading.content.tables else [])
        if any(project.part == "line" for project in reading.content.projects):
            self.project_layouts.update(table.kind for table in reading.content.tables if table.rows)
        if reading.area and self.is_municipality(reading.area):
            self.listed.setdefault(reading.area, set())
        if not reading.external_id:
            self.list_urls.add(reading.page.url)
        for line in reading.content.listings:
            self._listing(line, seen)
        if self.kept is None or self.is_settled or not self.kept.waits(self, reading, seen):
            self.put_together(reading, seen)

    def put_together(self, reading: Reading, seen: Observation) -> None:
        """Take in the columns and projects of a page."""
        self.shapes.add(reading.content.projects, reading.content.tables)
        for number, project in enumerate(of_page(reading)):
            self._project(project, reading, seen, (self._given, number))
        self._given += 1

    def _project(self, project: PublishedProject, reading: Reading, seen: Observation, at: At) -> None:
        if project.part == "page":
            if self.who:
                self._own_page(self.who, project, reading, seen)
            else:
                self._pages.append((project, reading, seen))
            return
        number = number_of(project.external_id) or reading.external_id or ""
        area = None if number else reading.area
        as_packed = packed(project.published)
        row = self._alike.get((number, area, *as_packed))
        if row is None:  # several lists show one line
            part = Part(project.published, project.url, seen.snapshot, self.earlier.is_volatile, as_packed)
            part.at = at
            key = (folded(number), part.texts, area or "")
            row = self._rows.setdefault(key, Row(part, number, area))
            self._alike[number, area, *as_packed] = row
        row.number = min(row.number, number)
        if project.url and not row.part.url:
            row.part.url, row.part.at = project.url, at
        row.sheets[reading.key.split("#")[0], frozenset(project.published)] += 1
        if reading.area:
            row.areas.add(reading.area)

    def _own_page(
        self, who: Identities, project: PublishedProject, reading: Reading, seen: Observation
    ) -> None:
        asked, number = reading.external_id, number_of(project.external_id)
        if asked and number and not self._may_show(who, asked, number, project):
            self.incomplete(f"The page of {asked} shows {number}; it was not used.")
            return
        if asked and not number and (other := self._named_like(who, asked, project)):
            self.incomplete(f"The page of {asked} shows what {other} is called; it was not used.")
            return
        is_known = asked and (asked in self.lines or asked in who.known.keys)
        external_id = asked if is_known else who.of_page(number, project.published, reading.area) or asked
        if not external_id:
            self._unnamed(reading.key)
            return
        url: str | None = project.url or reading.page.url
        if asked and url in self.list_urls:  # it was opened in its list, and has no address of its own
            url = None
        self.pages[external_id] = Part(project.published, url, seen.snapshot, self.plan.is_volatile)

    def _may_show(self, who: Identities, asked: str, number: str, project: PublishedProject) -> bool:
        """Whether a page is that of whom it was asked for: by number, else by name or the line's texts."""
        if not is_unnumbered(asked):
            return folded(number_within(asked)) == folded(number)
        line = self.lines[asked].published if asked in self.lines else {}
        return folded(number) in map(folded, line.values()) or who.have_one_name(line, project.published)

    def _named_like(self, who: Identities, asked: str, project: PublishedProject) -> str:
        """The other project of the lists that is called as a page says, where it is not the one it was asked
        for; "" for none, or several."""
        line = self.lines.get(asked)
        name = who.name_of(project.published)
        if line is None or not name or who.name_of(line.published) == name:
            return ""
        if not self._called:
            for external_id, part in sorted(self.lines.items()):
                self._called.setdefault(who.name_of(part.published), []).append(external_id)
        others = self._called.get(name, [])
        return others[0] if len(others) == 1 else ""

    def _unnamed(self, key: str) -> None:
        self.invalid += 1
        self.notes.append(f"{key}: a row without number or name was left out.")

    def saw_page_of(self, reading: Reading) -> None:
        """A project's page that shows no project was looked at all the same: it waits for its next turn.
        Where it showed one before, that is not gone: something else stands in its place."""
        asked = reading.external_id
        if not asked or asked in self.pages:
            return
        nothing = self.pages[asked] = Part({}, reading.page.url, None, self.plan.is_volatile)
        key = self.who.known.keys.get(asked) if self.who else None
        if key and key.page_digest not in ("", nothing.digest()):
            self.in_error.add(reading.key)
            self.unasked.append(f"The page of {asked} shows nothing of it now; what it said before is kept.")

    def _listing(self, line: ListingLine, seen: Observation) -> None:
        self.variants.setdefault(line.code, set()).add((line.projects, line.value))
        before = self.listings.get(line.code)
        if before is None or (before.line.projects, before.line.value) < (line.projects, line.value):
            self.listings[line.code] = Listed(line, seen.snapshot)

    def lists_rows(self) -> list[Row]:
        """The rows of all lists, before it is settled whose they are."""
        return list(self._rows.values())

    def settle(self) -> None:
        """Called when all lists were read; what is settled stays so.

        A district's own page lists its locals' projects too: it is no place of theirs beside the local.
        """
        if self.is_settled:
            return
        self.is_settled = True
        if self.kept and self.kept.restore(self):
            return
        self._settle()
        if self.kept:
            self.kept.note(self)

    def _settle(self) -> None:
        self.plan = self.shapes.plan(self.labels, self.earlier)
        for row in self._rows.values():
            row.part.without(self.plan.is_volatile)
        self.who, self.judged = self.identities(self.plan), self.plan
        resolved = self.who.resolve(self._rows.values())
        self._rows, self._alike = {}, {}
        self._place(resolved)
        self._find_emptied(self.who.known)
        self._watch_clocks(self.who.known)
        for project, reading, seen in self._pages:
            self._own_page(self.who, project, reading, seen)
        self._pages = []
        if self.conflicts:
            example = self.conflicts[min(self.conflicts)]
            self.notes.append(f"{len(self.conflicts)} projects read differently in two lists. {example}")
        for part in self.lines.values():
            codes = part.listed_under or frozenset()
            part.listed_under = codes - {self.within(code) or "" for code in codes} or None

    def _find_emptied(self, known: Known) -> None:
        """An error sentence in place of a list looks like one without rows. A list of no municipality hides
        nothing where what it showed is shown elsewhere."""
        present = {i: key for i, key in known.keys.items() if key.is_present}
        lists = {code for key in present.values() for code in key.lists}
        gone = {code for i, key in present.items() for code in key.lists if i not in self.lines}
        self.unread = lists - self.names.keys()
        for code in gone & self.names.keys():
            self.unplaced.setdefault(code, set())
        empty = {code for code, ids in [*self.listed.items(), *self.unplaced.items()] if not ids}
        if empty:
            self.emptied = empty & set().union(*(known.places_of(key.pk) for key in present.values()))
            self.settled = known.settled_empty() if self.emptied else set()
        for seen in self._emptied_pages:
            if seen.area not in self.emptied and seen.area not in lists - gone:
                self.in_error.add(seen.key)  # nobody knows what it showed, or the list has other pages
                said = "listed something before, and shows nothing now: it may be an error."
                self.incomplete(f"{seen.key} {said}")

    def shown(self) -> dict[str, set[str]]:
        """Area → the projects that its lists show; a district's own are those that none of its locals has."""
        found: dict[str, set[str]] = {}
        for external_id, part in self.lines.items():
            for code in (part.listed_under or frozenset()) | self.lists_of(external_id):
                found.setdefault(code, set()).add(external_id)
        return found

    def name_of(self, code: str) -> str:
        """What an area is called: a list of no municipality by its address."""
        return code if self.is_municipality(code) else self.names.get(code, code)

    def shown_in(self, code: str) -> set[str]:
        """The projects that an area's lists show."""
        return self.listed.get(code) or self.unplaced.get(code) or set()

    def lists_of(self, external_id: str) -> set[str]:
        """The lists of no municipality that show a project."""
        line = self.lines.get(external_id)
        areas = {self.area_of_list.get(key, "") for key in line.lists} if line else set()
        return {area for area in areas if area in self.unplaced}

    def listed_within(self, code: str) -> list[set[str]] | None:
        """The projects of each list of a province, or of a district that has no list itself; None where no
        list is known to be of it."""
        within = [ids for place, ids in sorted(self.listed.items()) if code in self._around(place)]
        if self.is_municipality(code):
            return None if code in self.listed or self.listings[code].line.url else within or None
        own = [ids for key, (_, ids) in sorted(self.rows.items()) if self.area_of_list.get(key) == code]
        return [*own, *within] if self.listed or own else None

    def _around(self, place: str) -> tuple[str, str]:
        within = self.within(place) or ""
        return within, self.within(within) or ""

    def understand(self) -> None:
        """Called when all pages were read, those of projects too: what their columns mean."""
        plan = as_watched(self.shapes.plan(self.labels, self.earlier), self.plan)
        proof = self.facts.get("proof", self.summed_by(plan), lambda: proof_by_sums(plan, list(self.sums())))
        self.plan = with_proof(plan, proof)

    def summed_by(self, plan: ReadingPlan) -> str:
        """What sums over the lines depend on beside these."""
        said = [(code, listed.line.value) for code, listed in self.listings.items()]
        return f"{said} {as_read(plan)}"

    def sums(self) -> Iterator[Sum]:
        """What the lines of municipalities say that their projects come to, with these projects."""
        for code, listed in self.listings.items():
            projects = [self.lines[i].published for i in sorted(self.listed.get(code, ())) if i in self.lines]
            if projects:
                yield Sum(code, parse_money(listed.line.value), listed.line.value, projects)

    def _watch_clocks(self, known: Known) -> None:
        """Columns that move with the clock are found beside what some of the projects said last."""
        # what a first reading knows it has read itself, just now: nothing of that has moved
        labels = clocks.candidates(self.plan) if not known.is_first else set()
        before = known.in_full(sorted(self.lines.keys() & known.keys.keys())[:_WATCHED]) if labels else {}
        moves: dict[str, list[clocks.Pair]] = {}
        for external_id, project in before.items():
            was, now = project.line(), self.lines[external_id].published
            for label in labels & was.keys() & now.keys():
                moves.setdefault(label, []).append((was[label], now[label]))
        plan = with_clocks(self.plan, moves)
        if plan is not self.plan:
            self.plan = plan
            for part in self.lines.values():
                part.without(plan.is_volatile)
        self._keep_what_counts()

    def _keep_what_counts(self) -> None:
        """Where a column counts that did not before, pages that were let go for showing nothing else are
        evidence after all."""
        shown = {choice.label for shape in self.plan.shapes for choice in shape.columns}
        if not any(self.earlier.is_volatile(label) and not self.plan.is_volatile(label) for label in shown):
            return
        renewed: dict[str | None, str] = {}
        for seen in self.observations.values():
            if seen.is_repeated:
                renewed[seen.snapshot] = seen.raw
                seen.keep_after_all()
        for part in self.lines.values():
            part.snapshot = renewed.get(part.snapshot, part.snapshot)

    def _place(self, resolved: Resolved) -> None:
        """Take in which rows are whose."""
        self.doubtful = resolved.doubtful
        several = sorted(i for i, rows in resolved.rows.items() if differ(rows))
        before = self.who.known.in_full(several) if self.who and several else {}
        for external_id, rows in resolved.rows.items():
            self._tally(external_id, rows)
            said = before[external_id].line() if external_id in before else {}
            speaking = of_last_period(rows, self.periods)
            if conflict := conflict_of(external_id, speaking, self.plan.is_volatile):
                self.conflicts[external_id] = conflict
            self.lines[external_id] = line_of(rows, said, self.periods, self.is_municipality)
        for external_id, others in resolved.twins.items():
            self.lines[external_id].same_number = others
        for group in resolved.left_out:
            self._leave_out(group)
        for row in resolved.unnamed:
            for listing, _ in row.sheets:
                self._unnamed(listing)

    def _leave_out(self, group: Group) -> None:
        self._tally(group.base, group.rows)
        self.invalid += 1
        self.notes.append(f"{group.base}: {group.why}")

    def _tally(self, external_id: str, rows: list[Row]) -> None:
        for row in rows:
            for (listing, columns), times in row.sheets.items():
                shown, ids = self.rows.get(listing, (0, set()))
                # a second table of a page may say more of the same projects: that repeats none
                is_again = (listing, columns, external_id) in self._tallied
                self._tallied.add((listing, columns, external_id))
                shown += times - (not is_again and external_id in ids)
                ids.add(external_id)
                self.rows[listing] = (shown, ids)
                area = self.area_of_list.get(listing, "")
                if area and not self.is_municipality(area) and not self.is_partial:
                    self.unplaced.setdefault(area, set()).add(external_id)
            for area in row.areas:
                self.listed.setdefault(area, set()).add(external_id)

    def call(self, external_id: str, known_as: str) -> None:
        """What was read as new is a known project."""
        self.facts.close()
        for parts in (self.lines, self.pages):
            if external_id in parts:
                parts[known_as] = parts.pop(external_id)
        for ids in [*self.listed.values(), *self.unplaced.values(), *(ids for _, ids in self.rows.values())]:
            if external_id in ids:
                ids.remove(external_id)
                ids.add(known_as)

    def drop(self, external_id: str, why: str) -> None:
        """What was read cannot be used."""
        self.facts.close()
        self.lines.pop(external_id, None)
        self.pages.pop(external_id, None)
        self.invalid += 1
        self.notes.append(f"{external_id}: {why}")

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

    def first_had(self, last: Mapping[str, LastSeen]) -> frozenset[str | None]:
        """The kept bytes of pages that no reading had before. Where the parser moved since, what they show is
        no news: that nobody saw the way to them was our doing."""
        return frozenset(seen.snapshot for key, seen in self.observations.items() if key not in last)

    def compare_pages(self, last: Mapping[str, LastSeen]) -> None:
        """Say `bytes` or `page` where each page is as last loaded: byte for byte, or without its noise."""
        pairs = [(seen, last.get(key)) for key, seen in self.observations.items()]
        if all(before and seen.raw == before.raw_sha256 for seen, before in pairs):
            self.unchanged_by = "bytes"
        elif all(before and seen.clean == before.clean_sha256 for seen, before in pairs):
            self.unchanged_by = "page"


def of_page(reading: Reading) -> list[PublishedProject]:
    """What a page publishes. Beside a project that was asked for, the list may be shown that it was opened
    in: its lines were read where they belong."""
    projects = reading.content.projects
    own = [project for project in projects if project.part == "page"] if reading.external_id else []
    return own or projects
