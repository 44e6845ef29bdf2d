"""The story of one poll, the same for every source; what is particular to a source is in its own module."""

from __future__ import annotations

import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings

from etl.compare.checks import Verdict
from etl.crawl.crawler import Progress
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.observations import ObservationSet
from etl.exceptions import EtlError, LeaseLost, Stopped
from etl.fetch.archive import Archive
from etl.load import run as load
from etl.load.run import ChangeSet, Writer
from etl.runs.lease import Renewal
from projects.models import RunState, SyncRun
from projects.stewards.overrides import expire_due

logger = logging.getLogger(__name__)


class SourceMonitor(ABC):
    """Reads one source for one run. With `dry_run` the run is not saved and nothing is written."""

    name: ClassVar[str]
    title: ClassVar[str] = ""  # of its row, where no migration has made that; blank: the name
    interval_minutes: ClassVar[int] = 60  # from poll to poll, where the settings know no other
    writer: ClassVar[Writer]  # how changes become rows
    # Each source's own module has its own kinds of these:
    known: Any  # what the record holds, since the poll began
    survey: ObservationSet  # what the source said so far
    changes: Any  # what that changes

    def __init__(
        self,
        run: SyncRun,
        *,
        dry_run: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self.run, self.dry_run, self.on_progress = run, dry_run, on_progress
        self.alive: Callable[[], None] = (lambda: None) if dry_run else Renewal(run)
        self.evidence = EvidenceRecorder(Archive(settings.ARCHIVE_DIR), keep=not dry_run)

    def poll_with_change_detection(self) -> None:
        """Read the source; when it says something new and believable, load that, in one transaction."""
        if not self.dry_run:
            expire_due()  # corrections whose time is up
        self.known = self._what_is_known()
        self._catch_up()  # a parser that moved first reads again what is known
        self._read_source()  # crawl, keep, extract: the survey fills
        verdict = self._check()  # complete?
        shown_by = self._nothing_new()
        self.changes = self._changes(verdict, shown_by)  # normalise, compare
        self._hold(verdict)  # believable?
        load.describe(self.run, self.survey, verdict, self.changes, shown_by or "records")
        if not self.dry_run:
            load.load(self.run, self.survey, self.evidence, self.changes, self.writer)

    def execute(self) -> SyncRun:
        """Poll, and have the run say how it ended. Raises what ended it."""
        try:
            self.poll_with_change_detection()
        except LeaseLost:
            raise  # the run is another's now: not ours to write to
        except Stopped as request:
            self._fail(str(request), "", RunState.ABANDONED)
            raise
        except EtlError as problem:
            self._fail(str(problem), "")
            raise
        except Exception as error:
            sentence = f"An error in the monitor itself: {type(error).__name__}: {error}"
            self._fail(sentence, traceback.format_exc())
            raise
        finally:
            self.close()
        return self.run

    def _fail(self, sentence: str, trace: str, state: RunState = RunState.FAILED) -> None:
        logger.error("%s: run %s %s: %s", self.name, self.run.pk, state, sentence)
        load.fail(self.run, self.survey, self.evidence, sentence, trace, save=not self.dry_run, state=state)

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""

    @abstractmethod
    def _what_is_known(self) -> Any:
        """What the record holds of the source now."""

    @abstractmethod
    def _catch_up(self) -> None:
        """Load what today's parser and words make of the pages that are known, if they moved."""

    @abstractmethod
    def _read_source(self) -> None:
        """Ask the source, keep what it answers, and add it to the survey. Raises EtlError."""

    @abstractmethod
    def _check(self) -> Verdict:
        """Raises EtlError where the reading cannot be used at all."""

    @abstractmethod
    def _nothing_new(self) -> str:
        """What shows, before any record is made, that nothing changed: `bytes`, `page` or `` (nothing)."""

    @abstractmethod
    def _changes(self, verdict: Verdict, shown_by: str) -> ChangeSet:
        """What the reading changes in the record; `shown_by` says that it says nothing new."""

    @abstractmethod
    def _hold(self, verdict: Verdict) -> None:
        """Say on the verdict whether a steward has to look before the changes are loaded."""
