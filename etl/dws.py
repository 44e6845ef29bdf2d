"""The Department of Water and Sanitation's Project Monitoring Dashboard."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from etl.compare import breaker, checks
from etl.compare.assembler import Assembler
from etl.compare.changes import (
    Absence,
    Changes,
    ProjectChange,
    QuietChange,
    field_changes,
    listing_changes,
    text_changes,
    value_changes,
)
from etl.compare.checks import Verdict
from etl.compare.known import Key, Known, KnownProject, details, known_places, known_words, limits
from etl.compare.profile import profile_of
from etl.compare.survey import Part, Survey
from etl.crawl import archive_reader
from etl.crawl.crawler import Crawl, Progress
from etl.crawl.evidence import content_digest, is_read_in_full, kept_answer
from etl.crawl.inspect import inspect_page
from etl.crawl.reading import Reading
from etl.exceptions import EtlError, InvalidRecord
from etl.extract import read_page
from etl.extract.types import PageContent
from etl.fetch.fetcher import Fetcher, FetchPolicy
from etl.fetch.page import Kept, Page
from etl.load import run as load
from etl.load.projects import ProjectWriter
from etl.monitor import SourceMonitor
from etl.normalise.records import ProjectRecord
from etl.runs.parser_version import parser_digest
from etl.values.places import Places
from etl.values.vocabulary import Vocabulary
from projects.models import SyncRun


class EnhancedDWSMonitor(SourceMonitor):
    """Polls the dashboard along its own lists; `files` are read instead of the site where given."""

    name = "dws"
    writer = ProjectWriter()
    known: Known
    survey: Survey
    changes: Changes

    def __init__(
        self,
        run: SyncRun,
        *,
        dry_run: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        files: Sequence[Path] = (),
    ) -> None:
        super().__init__(run, dry_run=dry_run, on_progress=on_progress)
        self.files = files
        self.words: Vocabulary = known_words()
        self.places: Places = known_places()
        self.assembler = Assembler(self.words, self.places)
        self.cause = "source"
        run.parser_digest = parser_digest(self.words)
        self.survey = self._new_survey()
        self.fetcher = Fetcher(settings.DWS_URL, FetchPolicy.of_settings(), self.alive, self._kept)
        self.crawl = Crawl(settings.DWS_URL, self.fetcher, self._read, on_progress)

    def close(self) -> None:
        self.fetcher.close()

    def _what_is_known(self) -> Known:
        return Known.of(self.run.source)

    def _new_survey(self) -> Survey:
        return Survey(self.assembler.identify, self.assembler.is_municipality)

    def _catch_up(self) -> None:
        if self.run.parser_digest == self.known.last_parser or not self.known.last_parser:
            return
        self.cause = "parser"
        try:
            self._gather(archive_reader.readings(archive_reader.believed(self.run.source), self.words.fields))
            self.changes = self._compare(Verdict(complete=False), self._seen())
            if not self.dry_run:
                load.load_corrections(self.run, self.changes, self.writer)
                self.known = self.known.again()
        except EtlError as problem:  # bytes are gone: the pages of today are read in any case
            self.run.notes.append(f"The parser moved, and what is known could not be read again: {problem}")
        self.cause, self.survey, self.changes = "source", self._new_survey(), Changes()

    def _gather(self, readings: Iterable[Reading]) -> None:
        for reading in readings:
            self.survey.add(reading, self.evidence.recall(reading.key, reading.page))
        self.survey.settle(self.assembler.district_of)

    def _read_source(self) -> None:
        self.evidence.last = self.known.last_sightings()
        try:
            for reading in self._from_files() if self.files else self._lists():
                self._add(reading)
            self.survey.settle(self.assembler.district_of)
            if not self.files:
                for reading in self.crawl.projects(self._wanted()):
                    self._add(reading)
                    self.survey.saw_page_of(reading)
        finally:
            self.run.requests, self.run.retries = self.fetcher.requests, self.fetcher.retries
            self.run.notes += self.fetcher.notes
            self.run.not_modified = self.fetcher.not_modified
        self.survey.whole = self.survey.whole and self.crawl.lists_complete
        self.survey.notes += self.crawl.problems

    def _kept(self, key: str) -> Kept | None:
        """The page's last answer, to be asked for only if it changed; in a forced run and by turn, always."""
        if self.run.force or is_read_in_full(key, self.known.turn, settings.ROTATION_RUNS):
            return None
        return kept_answer(self.evidence.archive, self.evidence.last, key)

    def _add(self, reading: Reading) -> None:
        said = content_digest(reading.content)
        seen = self.evidence.settle(reading.key, said, reading.area or "", reading.external_id or "")
        self.survey.add(reading, seen)

    def _lists(self) -> Iterator[Reading]:
        """All lists; then the first page of lines and the first of projects once more: was the site
        edited while it was read?"""
        firsts: dict[str, Reading] = {}
        for reading in self.crawl.lists():
            if reading.content.listings and "#" not in reading.key:
                firsts.setdefault("lines", reading)
            if reading.content.projects and "#" not in reading.key:
                firsts.setdefault("projects", reading)
            yield reading
        for first in {reading.key: reading for reading in firsts.values()}.values():
            self._was_torn(first)

    def _was_torn(self, first: Reading) -> None:
        try:
            page = self.fetcher.get(first.page.url)
            again = read_page(
                page.body, url=page.url, content_type=page.content_type, labels=self.words.fields
            )
        except EtlError as problem:
            self._incomplete(f"{first.key} could not be read again at the end: {problem}")
            return
        if content_digest(again) != content_digest(first.content):
            self._incomplete(f"The site was edited while it was read: {first.key} says something else now.")

    def _incomplete(self, sentence: str) -> None:
        self.survey.whole = False
        self.survey.notes.append(sentence)

    def _from_files(self) -> Iterator[Reading]:
        for path in self.files:
            page = Page(path.resolve().as_uri(), path.read_bytes(), status=None)
            yield Reading(f"file:{path.name}", page, self._read(f"file:{path.name}", page))

    def _read(self, key: str, page: Page) -> PageContent:
        """Keep the bytes, then see what the page offers: in this order, whatever the page is."""
        self.alive()
        self.evidence.look(key, page)
        inspect_page(page.url, page.body, page.content_type)
        content = read_page(page.body, url=page.url, content_type=page.content_type, labels=self.words.fields)
        if not content.is_whole:
            self._incomplete(f"{key}: not all of the page could be read. {' '.join(content.notes)}")
        return content

    def _wanted(self) -> list[tuple[str, str]]:
        """Projects whose own page is to be read: new, with a changed line, or by turn.

        Each poll begins at another of them, so that some dead pages never stand before all others.
        """
        wanted = [
            (external_id, part.url)
            for external_id, part in sorted(self.survey.lines.items())
            if part.url and self._is_wanted(external_id, part, self.known.keys.get(external_id))
        ]
        first = self.known.turn % len(wanted) if wanted else 0
        return wanted[first:] + wanted[:first]

    def _is_wanted(self, external_id: str, part: Part, key: Key | None) -> bool:
        if key is None or not key.page_digest or key.line_digest != part.digest():
            return True
        turn = zlib.crc32(external_id.encode()) % settings.ROTATION_RUNS
        return turn == self.known.turn % settings.ROTATION_RUNS

    def _check(self) -> Verdict:
        checks.check_demo(self.survey, self.run.source.demo)
        past = self.known.disagreements()
        return checks.check(self.survey, self.crawl.counts, past, self.known.present, bool(self.files))

    def _nothing_new(self) -> str:
        if self.run.force or not self.survey.whole:
            return ""
        last = self.evidence.last.items()
        return self.survey.unchanged_by({key: (seen.raw_sha256, seen.clean_sha256) for key, seen in last})

    def _now(self) -> datetime:
        return timezone.now()

    def _seen(self) -> set[str]:
        return self.survey.lines.keys() | self.survey.pages.keys()

    def _changes(self, verdict: Verdict, shown_by: str) -> Changes:
        seen = self._seen()
        changes = Changes() if shown_by else self._compare(verdict, seen)
        if verdict.complete:
            gone = ((i, key) for i, key in self.known.keys.items() if key.is_present and i not in seen)
            late = ((i, key) for i, key in self.known.overdue(self._now()) if i not in seen)
            changes.absences = [Absence(i, key.pk, "missing") for i, key in gone]
            changes.absences += [Absence(i, key.pk, "withdrawn") for i, key in late]
            shown = self.survey.listings.keys()
            listed = (row for code, row in self.known.listings.items() if row.is_listed and code not in shown)
            changes.unlisted = [Absence(row.code, row.pk, "missing") for row in listed]
        return changes

    def _compare(self, verdict: Verdict, seen: set[str]) -> Changes:
        changes = Changes(invalid=self.survey.invalid)
        candidates = [i for i in seen if self.run.force or self._may_differ(i)]
        for external_id, known in details(self.known, candidates):
            try:
                record = self.assembler.record(external_id, self.survey, known, verdict.complete)
                change = self._process_project(record, known)
            except InvalidRecord as problem:
                self.survey.notes.append(f"{external_id}: {problem}")
                changes.invalid += 1
                continue
            if change:
                changes.add(change)
            elif known and (known.line_digest, known.page_digest) != (record.line_digest, record.page_digest):
                quiet = QuietChange(known.pk, record.line_digest, record.page_digest or "", record.other)
                changes.quiet.append(quiet)
        listings = (self.survey.listings[code] for code in sorted(self.survey.listings))
        changes.listings, problems = listing_changes(listings, self.known.listings, self.places)
        self.survey.notes += problems
        return changes

    def _hold(self, verdict: Verdict) -> None:
        profile = profile_of(self.survey, self.words.field_of)
        self.run.content_digest, self.run.profile = self.survey.content_digest(), profile.as_json()
        if self.files or not self.changes:
            return
        if self.known.was_rejected(self.run.content_digest):
            verdict.rejected = True
        else:
            past = self.known.past()
            verdict.held = breaker.reasons(profile, past, self.changes, limits(), self.survey.whole)

    def _may_differ(self, external_id: str) -> bool:
        key, line, page = (
            self.known.keys.get(external_id),
            self.survey.lines.get(external_id),
            self.survey.pages.get(external_id),
        )
        if key is None or not key.is_present or self.cause == "parser":
            return True
        return bool(
            (line and line.digest() != key.line_digest) or (page and page.digest() != key.page_digest)
        )

    def _process_project(self, record: ProjectRecord, known: KnownProject | None) -> ProjectChange | None:
        """The change that makes what is known into the record; None where they agree."""
        values = value_changes(known.values if known else {}, record.values)
        texts = text_changes(known.published if known else {}, record.published)
        field_of = {label: self.words.field_of(label) for label in texts}
        told = field_changes(values, texts, field_of, is_new=known is None)
        returned = known is not None and not known.is_present
        if known and not told and not returned:
            return None
        if known and returned:
            told = {"presence": [known.presence, "present"], **told}
        change_type = "created" if known is None else "returned" if returned else "updated"
        line, page = self.survey.lines.get(record.external_id), self.survey.pages.get(record.external_id)
        proof = page if page and (known is None or page.digest() != known.page_digest) else line or page
        return ProjectChange(
            record=record,
            pk=known.pk if known else None,
            change_type=change_type,
            cause=self.cause,
            field_changes=told,
            evidence=texts,
            snapshot=proof.snapshot if proof else None,
            respelled=frozenset(
                f"published.{label}" for label, name in field_of.items() if name and name not in values
            ),
        )
