"""What every source of projects shares: records compared with what is known, absence, belief, catching up."""

from __future__ import annotations

import gc
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence, Set
from functools import partial
from typing import cast

from django.conf import settings
from django.db import connection
from django.utils import timezone

from etl.compare import absence, checks
from etl.compare.assembler import Assembler
from etl.compare.believing import believe
from etl.compare.breaker import Belief
from etl.compare.changes import (
    Changes,
    ProjectChange,
    QuietChange,
    field_changes,
    listing_changes,
    text_changes,
    value_changes,
)
from etl.compare.checks import Completeness
from etl.compare.continuity import recognise
from etl.compare.known import Known, KnownProject, details, words_and_places
from etl.compare.rewording import Moves, Rows, moves
from etl.compare.scratch import Scratch
from etl.compare.settled import SettledLists
from etl.compare.split_events import Event, events
from etl.compare.survey import Survey
from etl.crawl import archive_reader
from etl.crawl.kept_readings import KeptReadings, SignedFiles
from etl.crawl.links import key_of
from etl.crawl.looks import Looker
from etl.crawl.observations import Recall
from etl.crawl.page_reader import PageReader
from etl.crawl.reading import Count, Reading
from etl.crawl.web_pages import WebPages
from etl.exceptions import FetchFailed, InvalidRecord, PageChanged
from etl.extract.types import PageContent
from etl.fetch.capture import Capture
from etl.fetch.fetcher import Fetcher, FetchPolicy, connect
from etl.fetch.page import Page
from etl.fetch.recorder import Recorder
from etl.first_reading import FirstReading
from etl.load import provenance
from etl.load.projects import ProjectWriter
from etl.load.stores import Record
from etl.monitor import ArchivedSource
from etl.normalise.projects import project_record
from etl.normalise.records import ProjectRecord, canonical
from etl.runs.parser_version import parser_digest, reading_code, settling_code
from etl.understand.lookup import NOTHING
from etl.understand.plan import ReadingPlan
from etl.understand.proof import continued
from etl.values.vocabulary import Vocabulary
from projects.declared import KeptTable
from projects.models import Cause, Sighting, Source, SyncRun

_GOES_ON = "{} pages had been read by readings that were cut off; they were not asked for again."
_OF_A_LINE = ["Code", "Municipality", "Projects", "Total value"]
_ASKED = 200  # projects by which a renamed column is recognised


class ProjectSource(ArchivedSource[Known, Survey, Changes]):
    """A source that publishes projects. A subclass says which pages are read and, where they are no HTML,
    what they say (`extractor`) and what of them is noise (`clean`).

    `capture`: a recorded visit to be read in place of the site. `recorder`: keeps this visit as one. `words`:
    for a rehearsal, in place of those that are known.
    """

    writer = ProjectWriter()

    def __init__(
        self,
        run: SyncRun,
        *,
        capture: Capture | None = None,
        recorder: Recorder | None = None,
        words: Vocabulary | None = None,
        **how: object,
    ) -> None:
        self.capture, self.recorder = capture, recorder
        self.first: FirstReading | None = None  # where no reading was believed to its end before
        self.left: Set[str] = frozenset()  # projects whose own page no reading came to so far
        known_words, self.places = words_and_places()
        self.words = words or known_words
        self.assembler = Assembler(self.words, self.places)
        own = type(self).extractor.__module__
        run.parser_digest = parser_digest(self.words, *(() if own == __name__ else (own,)))
        super().__init__(run, **how)  # type: ignore[arg-type]
        self.looker = Looker(self.extractor(), self.clean, self.alive, self._kept_readings(words is not None))

    def _kept_readings(self, is_rehearsed: bool) -> KeptReadings:
        """What was read before by all that decides now what is read of a page."""
        own = (type(self).extractor.__module__, self.clean.__module__)
        parser = f"{self.run.parser_digest} {reading_code(*own)} {self.clean.__qualname__}"
        return KeptReadings(settings.READINGS_DIR, parser, keep=is_rehearsed or not self.dry_run)

    @classmethod
    def tables_of(cls, source: str, page: Page) -> list[KeptTable]:
        reader = cls(SyncRun(source_id=source), dry_run=True)
        try:
            content = reader.looker.kept_content(page)
        except PageChanged:
            return []
        lines = [[line.code, line.name, line.projects, line.value] for line in content.listings]
        tables = [KeptTable(table.headers, table.rows) for table in content.tables]
        return [*tables, *([KeptTable(_OF_A_LINE, lines)] if lines else [])]

    @abstractmethod
    def read_pages(self, pages: PageReader, survey: Survey, known: Known) -> None:
        """Ask `pages` for each page that is wanted, have `evidence` observe it, and add it to the survey.

        The survey settles when all lists were read: here, where project pages are chosen by them, else by
        itself. Raises EtlError where the site is down.
        """

    def visit(self) -> Survey:
        """Read the site as if nothing were known of it, and compare it with nothing. Raises EtlError."""
        return self.read_site(Scratch.empty(self.run.source))

    def read_site(self, known: Known) -> Survey:
        gc.freeze()  # what is known stays to the end: the collector need not go through it again and again
        try:
            return self._read_site(known)
        finally:
            gc.unfreeze()

    def _read_site(self, known: Known) -> Survey:
        last = self.evidence.begin(known.last_sightings())
        self.evidence.is_volatile = known.plan.is_volatile
        self.evidence.is_same_parser = known.parser == self.run.parser_digest
        if self.capture:
            self._is_news(self.capture, last.values())
        turn = None if self.run.force else known.turn
        fetcher = self._fetcher()
        pages = PageReader(fetcher, self.evidence, self.looker, turn, self.alive)
        lists = self.settled_lists(known)
        survey = self.new_survey(known, lists)
        self.first = self._first_reading(known, pages)
        try:
            self.read_pages(pages, survey, known)
        finally:
            fetcher.close()
            self.run.requests, self.run.retries = 0 if self.capture else fetcher.requests, fetcher.retries
            self.run.not_modified = fetcher.not_modified
            if pages.again:
                self.run.notes.append(_GOES_ON.format(pages.again))
            self.run.notes += fetcher.notes
        survey.settle()
        survey.understand()
        self._follow_renames(survey, known)
        survey.is_first, survey.filled = known.is_first, self.first.filled if self.first else 0
        if survey.whole and not self.run.force and not survey.is_first:
            survey.compare_pages(self.evidence.last)
        return survey

    def settled_lists(self, known: Known) -> SettledLists | None:
        """What the lists of the last reading were put together to."""
        if known.is_first or self.run.force or self.capture:
            return None
        own = type(self).extractor.__module__, self.clean.__module__
        code = f"{self.run.parser_digest} {settling_code(*own)}"
        basis = repr([code, sys.version, self.places.digest, known.plan.as_json()])
        files = SignedFiles(settings.READINGS_DIR, keep=not self.dry_run)
        database = connection.settings_dict["NAME"]  # several may share a folder
        of = f"lists/{self.run.source_id}/{database}"
        return SettledLists(files, of, known, basis)

    def take(self, reading: Reading, survey: Survey, counts: Sequence[Count] = ()) -> None:
        """Add a page that was read to the survey. `counts`: the totals of the lists that were read."""
        seen = self.evidence.observe(reading)
        survey.add(reading, seen)
        if self.first:
            self.first.note(reading, seen, counts)
        elif reading.external_id in self.left:
            provenance.note(self.run, seen, self.evidence)

    def _first_reading(self, known: Known, pages: PageReader) -> FirstReading | None:
        """What fills the record while a first reading goes on, and takes up those that were cut off. A later
        one takes up the own pages that were left for it, and fills nothing before its end."""
        if not isinstance(self.store, Record) or self.dry_run or self.capture:
            return None
        if not known.is_first:
            self.left = {i for i, key in known.keys.items() if key.is_present and not key.page_digest}
        if not self.run.force and known.has_cut_off and (known.is_first or self.left):
            pages.kept = archive_reader.cut_off(
                self.run.source, timezone.now(), None if known.is_first else self.left
            )
            pages.kept.pop(key_of(self.entry), None)  # whatever it leads to now
        if not known.is_first:
            return None
        self.evidence.owns_all = True
        return FirstReading(
            self.run,
            known,
            self.evidence,
            self.writer,
            survey=partial(self.new_survey, known),
            created=lambda survey, ids: self._created(survey, known, ids),
            budget=self.assembler.budgets_by,
        )

    def _fetcher(self) -> Fetcher:
        access = self.run.source.declared.access
        if self.capture:
            self.run.notes += self.capture.notes
            self.run.read_at = self.capture.until
            return Fetcher(self.entry, FetchPolicy.of_capture(), self.alive, exchange=self.capture)
        policy = FetchPolicy.of_settings()
        network = connect(self.entry, policy)
        exchange = self.recorder.around(network) if self.recorder else network
        return Fetcher(self.entry, policy, self.alive, access=access, exchange=exchange)

    def _is_news(self, capture: Capture, looks: Iterable[archive_reader.BelievedLook]) -> None:
        """What is known is never set back to an earlier day. Raises FetchFailed."""
        newest = max((look.at for look in looks), default=capture.until)
        if newest > capture.until and not self.run.force:
            raise FetchFailed(
                f"The capture {capture.name} is of {capture.until:%Y-%m-%d %H:%M} UTC, what is known of"
                f" {newest:%Y-%m-%d %H:%M} UTC: nothing is set back to it, unless with --force."
            )

    def _follow_renames(self, survey: Survey, known: Known) -> None:
        """Where a column is new, see whether it says of known projects what another said before."""
        new = survey.plan.new_labels(known.plan)
        if not new:
            return
        some = [i for i in sorted(survey.lines) if i in known.keys][:_ASKED]
        before = known.in_full(some)
        pairs = ((before[i].line(), survey.lines[i].published) for i in some if i in before)
        survey.plan, notes = continued(survey.plan, known.plan, pairs)
        survey.notes += notes

    def extractor(self) -> Callable[[Page], PageContent]:
        """What says what a page says (it raises PageChanged), a function of a module: another process calls
        it. The module of an overridden one counts as part of the parser."""
        return WebPages(self.words.fields)

    def new_survey(self, known: Known, lists: SettledLists | None = None) -> Survey:
        assembler = self.assembler
        return Survey(
            partial(assembler.identities, cast(Known, lists.asked) if lists else known),
            assembler.is_municipality,
            assembler.within,
            self.words.fields,
            known.plan,
            kept=lists,
        )

    def recorded(self) -> Known:
        return Known.of(self.run.source)

    def end_corrections(self, known: Known) -> None:
        if known.has_due:
            super().end_corrections(known)

    def believed(self, known: Known) -> Iterable[Sighting]:
        return archive_reader.believed(self.run.source)

    @staticmethod
    def looks_of(run: SyncRun) -> Iterable[Sighting]:
        """What a run looked at."""
        return archive_reader.of_run(run)

    @classmethod
    def rehearse(cls, source: str, words: Vocabulary) -> Moves:
        """What other words would make of who is who among a source's known projects. What is read of pages
        with them is kept for the poll that will use them. Raises EtlError."""
        now, then = (cls(SyncRun(source_id=source), dry_run=True, words=given) for given in (None, words))
        known = now.recorded()
        return moves(known, *(Rows(one._listed(known), known, one.assembler) for one in (now, then)))

    def _listed(self, known: Known) -> Survey:
        """What the kept pages list, before it is told whose the rows are."""
        survey = self.new_survey(known)
        for reading in archive_reader.readings(self.believed(known), self.looker.kept_content):
            survey.add(reading, archive_reader.observation(reading.key, reading.page))
        return survey

    def read_archive(self, recall: Recall, known: Known) -> Survey:
        survey = self.new_survey(known)
        survey.recall, survey.whole = recall, recall.concludes
        for reading in archive_reader.readings(recall.looks, self.looker.kept_content, recall.lost):
            self.alive()
            survey.add(reading, archive_reader.observation(reading.key, reading.page))
        survey.settle()
        survey.understand()
        self._follow_renames(survey, known)
        return survey

    def check(self, reading: Survey, known: Known) -> Completeness:
        if reading.recall:
            return Completeness(reading.recall.concludes)
        checks.check_demo(reading, self.run.source.demo)
        budget = self.assembler.budgets_by(reading.plan)
        return checks.check(reading, known.present, budget)

    def compare(self, reading: Survey, known: Known, completeness: Completeness) -> Changes:
        recognise(reading, known, self.assembler, bool(completeness.concludes))
        doubtful = absence.doubtful(completeness, reading, known)
        recall = reading.recall
        is_same = (recall or reading).unchanged_by and (recall or not known.is_in_doubt(reading.lines))
        changes = Changes(plan=reading.plan) if is_same else self._differences(reading, known, doubtful)
        if not recall and reading.plan.digest == known.plan_digest:
            changes.plan = None  # it is kept as it is
        if doubtful is not None:
            gone = absence.Gone(doubtful, completeness, reading, self.assembler.is_municipality)
            now = recall.at if recall else self.run.read_at or timezone.now()
            changes.absences, changes.unlisted = gone.projects(known, now), gone.lines(known)
        if recall is None:
            return changes
        changes.unread = known.unread(reading.lines) if reading.cause == Cause.PARSER else []
        changes = changes.outside(recall.held, known.places_of)
        if recall.is_part:
            changes.listings, changes.plan = [], None
        return changes if recall.places is None else changes.within(recall.places, known.places_of)

    def hold(self, reading: Survey, changes: Changes, known: Known) -> tuple[Belief, Changes]:
        if recall := reading.recall:  # it was judged when it was read
            # a part of it is no past: the next reading is held against the last that was loaded whole
            return Belief(self.run.content_digest, self.run.profile if recall.places is None else {}), changes
        lookup = self.assembler.reads_by(reading.plan)
        belief, notes = believe(reading, changes, known, self.words.field_of, lookup)
        self.run.notes += notes
        if reading.kept:
            reading.kept.keep_facts(reading)
        return belief, changes.outside(belief.areas, known.places_of)

    def _differences(self, reading: Survey, known: Known, doubtful: Set[str] | None) -> Changes:
        changes = Changes(invalid=reading.invalid, plan=reading.plan)
        # where columns are understood otherwise, texts that stay the same may say something else
        is_all = self.run.force or bool(reading.plan.drifts) or known.is_first or known.has_learnt(reading)
        differing = (i for i in reading.ids if is_all or self._may_differ(i, reading, known))
        self._compare_projects(changes, differing, reading, known, doubtful)
        listings = (reading.listings[code] for code in sorted(reading.listings))
        changes.listings, problems = listing_changes(listings, known.listings, self.places)
        changes.problems += problems
        return changes

    def _created(self, reading: Survey, known: Known, ids: Set[str]) -> Changes:
        """What creates these projects, which are not known."""
        changes = Changes()
        self._compare_projects(changes, ids, reading, known, None)
        return changes

    def _compare_projects(
        self,
        changes: Changes,
        ids: Iterable[str],
        reading: Survey,
        known: Known,
        doubtful: Set[str] | None,
    ) -> None:
        has_learnt = known.has_learnt(reading)
        first_had = reading.first_had(self.evidence.last) if self.has_moved else frozenset()
        for external_id, before in details(known, ids):
            try:
                record = self.assembler.record(external_id, reading, before, doubtful)
                proof = reading.proof(external_id, before.page_digest if before else None)
                listed = reading.cause == Cause.SOURCE  # pages of the past bring nobody back
                completes = listed and before is not None and _completes(record, before, known)
                cause = Cause.PARSER if completes or (not before and proof in first_had) else reading.cause
                change = self._process_project(
                    record, before, proof=proof, cause=cause, is_listed=listed, plan=reading.plan
                )
                if change:
                    change.completes = completes
                if change and before and (has_learnt or not before.line_digest):
                    change.learnt = self._learnt(change, before, reading.plan)
            except InvalidRecord as problem:
                changes.problems.append(f"{external_id}: {problem}")
                changes.invalid += 1
                continue
            if change:
                changes.add(change)
            elif before and (before.line_digest, before.page_digest, before.lists) != (
                record.line_digest,
                record.page_digest,
                record.lists,
            ):
                changes.quiet.append(QuietChange.of(before.pk, record))

    def _may_differ(self, external_id: str, reading: Survey, known: Known) -> bool:
        key = known.keys.get(external_id)
        if key is None or not key.is_present or reading.cause == Cause.PARSER:
            return True
        line, page = reading.lines.get(external_id), reading.pages.get(external_id)
        if line and set(key.lists) != reading.lists_of(external_id):
            return True
        return bool(
            (line and line.digest() != key.line_digest) or (page and page.digest() != key.page_digest)
        )

    def _process_project(
        self,
        record: ProjectRecord,
        known: KnownProject | None,
        *,
        proof: str | None = None,
        cause: str = Cause.SOURCE,
        is_listed: bool = True,
        plan: ReadingPlan = NOTHING,
    ) -> ProjectChange | None:
        """The change that makes what is known into the record; None where they agree.

        `proof`: SHA-256 of the kept bytes that show it. `is_listed`: the record shows that the project is
        there; without it a missing one stays missing. `plan`: how its columns were understood.
        """
        values = value_changes(known.values if known else {}, record.values)
        means = self.assembler.reads_by(plan)
        texts = text_changes(
            known.published if known else {}, record.published, means.field_of, plan.is_volatile
        )
        field_of = {label: means.field_of(label) for label in texts}
        differing = field_changes(values, texts, field_of, is_new=known is None)
        returned = is_listed and known is not None and not known.is_present
        if known and not differing and not returned:
            return None
        if known and returned:
            differing = {"presence": [known.presence, "present"], **differing}
        return ProjectChange(
            record=record,
            pk=known.pk if known else None,
            change_type="created" if known is None else "returned" if returned else "updated",
            cause=cause,
            field_changes=differing,
            evidence=texts,
            snapshot=proof,
            respelled=frozenset(
                f"published.{label}" for label, name in field_of.items() if name and name not in values
            ),
        )

    def _learnt(self, change: ProjectChange, known: KnownProject, plan: ReadingPlan) -> frozenset[str]:
        """The fields that changed to what the texts of before say too, as they are understood now."""
        if change.change_type != "updated":
            return frozenset()
        then = self._replayed(change.record.external_id, known, plan).values
        now = change.record.values
        return frozenset(
            name
            for name in change.field_changes
            if name in now and canonical(then[name]) == canonical(now[name])
        )

    @staticmethod
    def scratch(source: Source) -> Known:
        """What would be known if history began again."""
        return Scratch.empty(source, source.identities.values_list("external_id", flat=True))

    @staticmethod
    def events(source: Source, scratch: Known) -> Sequence[Event]:
        assert isinstance(scratch, Scratch)
        return events(source, scratch)

    def corrections(self, scratch: Known) -> Changes:
        """The changes that make what is known into what a replay found."""
        assert isinstance(scratch, Scratch)
        changes = Changes()
        for external_id, known in details(self.recorded(), scratch.state):
            then = scratch.state[external_id]
            record = self._replayed(external_id, then, scratch.plan)
            change = self._process_project(
                record, known, cause=Cause.PARSER, is_listed=then.is_present, plan=scratch.plan
            )
            if change:
                changes.add(change)
        return changes

    def _replayed(self, external_id: str, then: KnownProject, plan: ReadingPlan) -> ProjectRecord:
        record = project_record(
            external_id,
            then.line(),
            then.page(),
            listed_under=then.values["municipalities"],
            url=then.url,
            vocabulary=self.words,
            lookup=self.assembler.reads_by(plan),
            places=self.places,
        )
        record.line_digest, record.page_digest = then.line_digest, then.page_digest
        record.lists = then.lists
        return record


def _completes(record: ProjectRecord, before: KnownProject, known: Known) -> bool:
    """Whether it is no news, and no reason to doubt a reading: what a first reading says more of a project
    than at its creation; what its own page says, which was there and was left for later (CRAWL_MINUTES)."""
    is_left = before.url and not before.page_digest and before.is_present
    return known.is_first or bool(is_left and record.page_digest and record.line_digest == before.line_digest)
