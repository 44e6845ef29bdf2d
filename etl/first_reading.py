"""The first reading of a source fills the record as it goes: it takes an hour or more, and has no past.

An area is loaded when its list was read to its end, what the site says of it comes out, and its columns are
proven: by its own total, or by words and values that agree. The others wait for the end, when the whole is
compared with what was loaded, and each project says what more was learnt of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from etl.compare import claims
from etl.compare.changes import Changes
from etl.compare.checks import own_counts
from etl.compare.claims import Area, Budget
from etl.compare.known import Known
from etl.compare.survey import Survey
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.observations import Observation
from etl.crawl.reading import Count, Reading
from etl.load import provenance, stores
from etl.load.stores import Writer
from etl.understand.plan import ReadingPlan
from etl.values.disklist import DiskList
from projects.models import SyncRun

FILL_AFTER = 15.0  # seconds: a reading that is shorter is loaded as one, at its end
_PAUSE = 5.0  # seconds between two loads
_COST = 10  # times what the last load took, at least: the reading is not to be slowed by it
_SURE = 0.7  # certainty of a column's meaning from which its words count as proof


class FirstReading:
    """`survey`: an empty one; `created`: the changes that create projects, of a survey and these ids;
    `budget`: how amounts are read under a plan."""

    def __init__(
        self,
        run: SyncRun,
        known: Known,
        evidence: EvidenceRecorder,
        writer: Writer[Changes],
        *,
        survey: Callable[[], Survey],
        created: Callable[[Survey, Set[str]], Changes],
        budget: Callable[[ReadingPlan], Budget],
    ) -> None:
        self._run, self._known, self._evidence, self._writer = run, known, evidence, writer
        self._survey, self._created, self._budget = survey, created, budget
        self._lists: DiskList[tuple[Reading, Observation]] = DiskList()
        self._loaded: set[str] = set()
        self._area: str | None = None  # whose list is being read
        self._due = time.monotonic() + FILL_AFTER
        self._waiting: Sequence[Count] | None = None  # the totals of all lists, until they are filled
        self.filled = 0  # projects that were created so far

    def note(self, reading: Reading, seen: Observation, counts: Sequence[Count]) -> None:
        """Take in a page that was read. `counts`: the totals of the lists that were read to their end."""
        provenance.note(self._run, seen, self._evidence)
        if reading.external_id:
            if self._waiting is not None:
                self.end_lists(self._waiting)
            return
        if reading.unit != self._area:  # the list before is read to its end
            self.fill(counts)
            self._area = reading.unit
        # of the bytes only what says whose they are is asked for again
        slim = replace(reading, page=replace(reading.page, body=reading.page.body[:_HEAD]))
        self._lists.append((slim, replace(seen)))

    def end_lists(self, counts: Sequence[Count]) -> None:
        """All lists were read: what is proven is loaded, now or while the projects' own pages are read."""
        self._waiting = None if self.fill(counts) else counts

    def fill(self, counts: Sequence[Count]) -> bool:
        """Load what is proven of the lists that were read so far, when it is time. Whether it was."""
        began = time.monotonic()
        if began < self._due:
            return False
        survey = self._survey()
        for reading, seen in self._lists:
            survey.add(reading, seen)
        survey.settle()
        survey.understand()
        proven = self._proven(survey, counts)
        if proven:
            listed = {i for area in proven for i in survey.shown_in(area.code) if i in survey.lines}
            changes = self._created(survey, listed - self._known.keys.keys())
            stores.fill(self._run, survey, proven, changes, self._writer, self._evidence)
            self._loaded |= {area.code for area in proven}
            self._known.renew()
            self.filled = self._run.created
        now = time.monotonic()
        self._due = now + max(_PAUSE, _COST * (now - began))
        return True

    def _proven(self, survey: Survey, counts: Sequence[Count]) -> list[Area]:
        """The areas that can be believed already, and were not loaded yet."""
        every = list(dict.fromkeys([*counts, *own_counts(survey)]))
        words_agree = _words_agree(survey.plan)
        return [
            area
            for area in claims.areas(survey, every, self._budget(survey.plan))
            if area.code not in self._loaded
            and survey.shown_in(area.code)
            and area.adds_up
            and (area.sums_up or words_agree)
        ]


_HEAD = 8192  # bytes


def _words_agree(plan: ReadingPlan) -> bool:
    """Whether each column of lists that is read into a field says by its heading what its values are."""
    read = (c for shape in plan.shapes if shape.part == "line" for c in shape.columns if c.field)
    return all(not choice.by_values and choice.certainty >= _SURE for choice in read)
