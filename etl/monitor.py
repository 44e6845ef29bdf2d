"""The story of one poll, the same for every source; what is particular to a source is in its own module."""

from __future__ import annotations

import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from django.utils import timezone

from etl.bounds.call import Bounded
from etl.compare.breaker import Belief
from etl.compare.checks import Completeness
from etl.compare.split_events import Event
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.observations import ObservationSet, Recall
from etl.crawl.progress import Progress, ShownProgress, unobserved
from etl.exceptions import EtlError, LeaseLost, PageChanged, Stopped
from etl.extract import clean
from etl.fetch.archive import Archive
from etl.fetch.page import Page
from etl.load import stores
from etl.load.stores import ChangeSet, Corrections, Memory, Record, Store, Writer
from etl.runs import stop
from etl.runs.beats import beating
from etl.runs.lease import Renewal, unleased
from projects.declared import Declaration, KeptTable
from projects.models import RunState, Sighting, Source, SyncRun
from projects.stewards.overrides import expire_due

logger = logging.getLogger(__name__)


class Knowledge(Protocol):
    """What is known of a source. `parser`: that of its last reading, or ``."""

    parser: str


K = TypeVar("K", bound=Knowledge)
R = TypeVar("R", bound=ObservationSet)
C = TypeVar("C", bound=ChangeSet)


class SourceMonitor(ABC, Generic[K, R, C]):
    """Reads one source for one run. `store`: where the outcome goes, in place of the record.

    With `dry_run` the run is not saved and nothing is written.
    """

    writer: Writer[C]  # how changes become rows
    # a page's bytes without what changes from one look to the next
    clean: Callable[[bytes, str], bytes] = staticmethod(clean)

    def __init__(
        self,
        run: SyncRun,
        *,
        store: Store[C] | None = None,
        dry_run: bool = False,
        on_progress: Callable[[Progress], None] = unobserved,
    ) -> None:
        self.run, self.dry_run = run, dry_run
        self.on_progress = on_progress if dry_run else ShownProgress(run, on_progress)
        self.alive: Callable[[], None] = unleased if dry_run else Renewal(run)
        archive, clean = Archive(), Bounded(self.clean, self.alive)
        self.evidence = EvidenceRecorder(archive, keep=not dry_run, clean=clean)
        self.store: Store[C] = store or Record(self.writer, self.evidence)

    @classmethod
    def tables_of(cls, source: str, page: Page) -> list[KeptTable]:
        """The tables on a page that was kept, as it is read now, inside bounds; none where it cannot be."""
        return []

    @property
    def entry(self) -> str:
        """The address where the reading begins."""
        return self.run.source.declared.entry

    def poll_with_change_detection(self) -> None:
        """Read the source; when it says something new and believable, load that, in one transaction."""
        known = self.what_is_known()
        reading = self.read(known)  # fetch, archive, extract: page by page, along what the pages offer
        completeness = self.check(reading, known)
        changes = self.compare(reading, known, completeness)  # understand and normalise what may differ
        belief, believed = self.hold(reading, changes, known)
        self.store.load(self.run, reading, completeness, believed, belief)

    def execute(self) -> SyncRun:
        """Poll, and have the run say how it ended. Raises what ended it."""
        try:
            with nullcontext() if self.dry_run else beating(self.run):
                self.poll_with_change_detection()
        except LeaseLost:
            raise  # the run is another's now: not ours to write to
        except Stopped as request:
            self._fail(stop.FILLED if self.run.created else str(request), state=RunState.ABANDONED)
            raise
        except EtlError as problem:
            self._fail(str(problem))
            raise
        except Exception as error:
            sentence = f"An error in the monitor itself: {type(error).__name__}: {error}"
            self._fail(sentence, traceback.format_exc())
            raise
        return self.run

    def _fail(self, sentence: str, trace: str = "", state: RunState = RunState.FAILED) -> None:
        level = logging.INFO if state == RunState.ABANDONED else logging.ERROR  # a planned stop is no error
        logger.log(level, "%s: run %s %s: %s", self.run.source_id, self.run.pk, state, sentence)
        stores.fail(self.run, self.evidence, sentence, trace, save=not self.dry_run, state=state)

    @abstractmethod
    def what_is_known(self) -> K:
        """What there is to compare with: the record, as today's parser and words read it."""

    @abstractmethod
    def read(self, known: K) -> R:
        """Ask the source, keep what it answers, and gather what it says. Raises EtlError."""

    @abstractmethod
    def check(self, reading: R, known: K) -> Completeness:
        """Whether all was read that there is. Raises EtlError where the reading cannot be used at all."""

    @abstractmethod
    def compare(self, reading: R, known: K, completeness: Completeness) -> C:
        """What the reading changes in what is known."""

    @abstractmethod
    def hold(self, reading: R, changes: C, known: K) -> tuple[Belief, C]:
        """Whether a steward has to look before the changes are loaded; and those that are believed, which
        are not of an area that is held while the others go on."""


class ArchivedSource(SourceMonitor[K, R, C]):
    """A source whose pages are kept, so that the same story can be told of a reading of the past.

    `recall`: the reading to be had from the archive, in place of the site. `known`: what to compare with, in
    place of the record: a replay's memory.
    """

    def __init__(
        self,
        run: SyncRun,
        *,
        recall: Recall | None = None,
        known: K | None = None,
        store: Store[C] | None = None,
        dry_run: bool = False,
        on_progress: Callable[[Progress], None] = unobserved,
    ) -> None:
        super().__init__(run, store=store, dry_run=dry_run, on_progress=on_progress)
        self.recall, self.known = recall, known
        self.has_moved = False  # the parser, since what is known was read

    @classmethod
    def again(cls, run: SyncRun, recall: Recall, known: K | None, store: Store[C]) -> None:
        """Poll with the archive as the site; nothing is said on the run of an error. Raises EtlError."""
        dry_run = isinstance(store, Memory)
        cls(run, recall=recall, known=known, store=store, dry_run=dry_run).poll_with_change_detection()

    def what_is_known(self) -> K:
        known = self.known or self.recorded()
        if self.recall:
            return known
        if not self.dry_run:
            self.end_corrections(known)
        return self._caught_up(known)

    def end_corrections(self, known: K) -> None:
        """End the stewards' corrections whose time is up."""
        expire_due()

    def _caught_up(self, known: K) -> K:
        """What is known, when today's parser and words have read its pages again, where they moved."""
        if known.parser in ("", self.run.parser_digest):
            return known
        looks, lost = self.believed(known), self.evidence.found_damaged
        recall = Recall(looks, concludes=False, at=timezone.now(), cause="parser", lost=lost)
        store: Store[C] = Memory() if self.dry_run else Corrections(self.writer)
        try:
            self.again(self.run, recall, known, store)
        except PageChanged as problem:  # bytes are gone: what is published today is read in any case
            self.run.notes.append(f"The parser moved, and what is known could not be read again: {problem}")
            return self.doubted(known)
        self.has_moved = True
        return self.recorded()

    def read(self, known: K) -> R:
        if self.recall:
            return self.read_archive(self.recall, known)
        try:
            return self.read_site(known)
        finally:
            self.run.notes += self.evidence.notes()

    @abstractmethod
    def recorded(self) -> K:
        """What the record holds of the source now."""

    def doubted(self, known: K) -> K:
        """What is known, when it could not be read again with today's parser."""
        return known

    @abstractmethod
    def believed(self, known: K) -> Iterable[Sighting]:
        """The looks on which the record rests."""

    @staticmethod
    @abstractmethod
    def looks_of(run: SyncRun) -> Iterable[Sighting]:
        """What a run read, to be read again."""

    @abstractmethod
    def read_site(self, known: K) -> R:
        """Ask the source, keep what it answers, and gather what it says. Raises EtlError."""

    @abstractmethod
    def read_archive(self, recall: Recall, known: K) -> R:
        """Gather what a reading of the past says, from its kept bytes. Raises PageChanged."""

    @staticmethod
    @abstractmethod
    def scratch(source: Source) -> K:
        """What would be known if history began again: it takes the changes of run after run."""

    @staticmethod
    def events(source: Source, scratch: K) -> Sequence[Event]:
        """What moved what is known and was no run's doing, for a replay."""
        return ()

    @abstractmethod
    def corrections(self, scratch: K) -> C:
        """The changes that make the record say what a replay found."""


@dataclass(frozen=True, slots=True)
class DeclaredSource(Declaration):
    """A source, and who reads it."""

    monitor: type[SourceMonitor] = field(kw_only=True)

    def tables_of(self, url: str, body: bytes, headers: dict[str, str]) -> list[KeptTable]:
        return self.monitor.tables_of(self.name, Page(url, body, headers=headers))
