"""What would be known if history began again: the record's state in memory, for a replay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from etl.compare.changes import Changes, ListingChange, ProjectChange, difference
from etl.compare.known import Key, Known, KnownProject, details
from etl.normalise.records import canonical
from projects.models import GOOD, MunicipalityListing, Presence, Source, SyncRun


@dataclass(slots=True)
class ScratchListing:
    """A municipality's line, with what a comparison asks of it."""

    pk: int
    code: str
    digest: str
    published: dict[str, str]
    name: str
    projects: int | None
    value: Decimal | None
    is_listed: bool = True


@dataclass
class Scratch(Known):
    """Knows what has been applied to it, and nothing else."""

    state: dict[str, KnownProject] = field(default_factory=dict)
    listings: dict[str, MunicipalityListing] = field(default_factory=dict)
    concluded: list[tuple[int, datetime]] = field(default_factory=list)  # runs so far: id, end
    given: int = 0  # ids so far
    _ids: dict[int, str] = field(default_factory=dict)  # by pk, as far as they stand

    @classmethod
    def empty(cls, source: Source, ever: Iterable[str] = ()) -> Scratch:
        return cls(source, {}, 0, "", is_first=True, ever=frozenset(ever))

    def in_full(self, external_ids: Iterable[str]) -> dict[str, KnownProject]:
        return {i: self.state[i] for i in external_ids if i in self.state}

    def places_of(self, pk: int) -> set[str]:
        external_id = self._ids.get(pk, "")
        found = self.state.get(external_id)
        if found is None or found.pk != pk:  # ids moved, as projects were taken apart
            self._ids = {known.pk: external_id for external_id, known in self.state.items()}
            found = self.state.get(self._ids.get(pk, ""))
        return {*found.values["municipalities"], *found.lists} if found else set()

    def listed_lines(self) -> dict[str, int]:
        return {code: line.pk for code, line in self.listings.items() if line.is_listed}

    def concluding_runs(self, first: int) -> list[tuple[int, datetime | None]]:
        return [(run, ended) for run, ended in self.concluded if run >= first]

    def new_pk(self) -> int:
        self.given += 1
        return self.given

    def apply(self, run: SyncRun, changes: Changes) -> None:
        """Take a run's changes in, as its load did."""
        self.plan = changes.plan or self.plan
        for change in changes.projects:
            self._take(change)
        for listing in changes.listings:
            self._take_listing(listing)
        for gone in changes.unlisted:
            self.listings[gone.external_id].is_listed = False
        by_pk = {known.pk: known for known in self.state.values()} if changes.quiet else {}
        for quiet in changes.quiet:
            known = by_pk[quiet.pk]
            known.line_digest, known.page_digest = quiet.line_digest, quiet.page_digest
            known.other, known.lists = quiet.other, quiet.lists
        for absence in changes.absences:
            known, key = self.state[absence.external_id], self.keys[absence.external_id]
            known.presence = Presence.MISSING if absence.step == "missing" else Presence.WITHDRAWN
            key.is_present = False
            key.missing_run = run.pk if absence.step == "missing" else None

    def passed(self, run: SyncRun) -> None:
        """A run that concludes has ended: absences count it."""
        self.is_first = self.is_first and run.state not in GOOD
        if run.concludes and run.seen_at:
            self.concluded.append((run.pk, run.seen_at))

    def differences(self) -> dict[str, dict[str, dict[str, list[Any]]]]:
        """{"projects": id → field → [as the record has it, as the replay found it], "listings": code → …}."""
        recorded = Known.of(self.source)
        projects, listings = {}, {}
        for external_id, ours in details(recorded, recorded.keys.keys() | self.state.keys()):
            if differs := difference(_facts(ours), _facts(self.state.get(external_id))):
                projects[external_id] = differs
        for code in recorded.listings.keys() | self.listings.keys():
            pair = (recorded.listings.get(code), self.listings.get(code))
            if differs := difference(*map(_line_facts, pair)):
                listings[code] = differs
        return {"projects": projects, "listings": listings}

    def _take(self, change: ProjectChange) -> None:
        record = change.record
        pk = change.pk or self.new_pk()
        page = record.page_digest or ""
        self._ids[pk] = record.external_id
        self.keys[record.external_id] = Key(pk, record.line_digest, page, True, lists=record.lists)
        self.state[record.external_id] = KnownProject(
            pk=pk,
            published=record.published,
            page_labels=list(record.page_labels),
            values=record.values,
            presence=Presence.PRESENT,
            line_digest=record.line_digest,
            page_digest=page,
            url=record.url or "",
            other=record.other,
            lists=record.lists,
        )

    def _take_listing(self, change: ListingChange) -> None:
        record = change.record
        pk = change.pk or len(self.listings) + 1
        self.listings[record.code] = ScratchListing(  # type: ignore[assignment]
            pk, record.code, record.digest, record.published, record.name, record.projects, record.value
        )


def _line_facts(line: MunicipalityListing | None) -> dict[str, Any]:
    return {**line.published, "is_listed": line.is_listed} if line else {}


def _facts(known: KnownProject | None) -> dict[str, Any]:
    if known is None:
        return {}
    values = {name: canonical(value) for name, value in known.values.items()}
    published = {f"published.{label}": text for label, text in known.published.items()}
    pages = {"page_labels": sorted(known.page_labels), "presence": str(known.presence)}
    return {**values, **published, **pages}
