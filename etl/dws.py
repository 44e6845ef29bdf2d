"""The Department of Water and Sanitation's Project Monitoring Dashboard."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from etl.compare.known import Key, Known
from etl.compare.part import Part
from etl.compare.survey import Survey
from etl.crawl.crawler import Crawl
from etl.crawl.page_reader import PageReader
from etl.fetch.page import Page
from etl.monitor import DeclaredSource
from etl.project_source import ProjectSource
from projects.models import SyncRun


class EnhancedDWSMonitor(ProjectSource):
    """Polls the dashboard along its own lists; `files` are read instead of the site where given."""

    def __init__(self, run: SyncRun, *, files: Sequence[Path] = (), **how: Any) -> None:
        super().__init__(run, **how)
        self.files = files

    def read_pages(self, pages: PageReader, survey: Survey, known: Known) -> None:
        if self.files:
            self._read_files(pages, survey)
        else:
            self._read_dashboard(pages, survey, known)

    def _read_files(self, pages: PageReader, survey: Survey) -> None:
        survey.is_partial = True
        for path in self.files:
            key, page = f"file:{path.name}", Page(path.resolve().as_uri(), path.read_bytes(), status=None)
            reading = pages.read(key, page)
            survey.add(reading, self.evidence.observe(reading))

    def _read_dashboard(self, pages: PageReader, survey: Survey, known: Known) -> None:
        crawl = Crawl(self.entry, pages, self.on_progress)
        for reading in crawl.lists():
            self.take(reading, survey, crawl.counts)
        for problem in crawl.firsts.torn(crawl):
            survey.incomplete(problem)
        if self.first:
            self.first.end_lists(crawl.counts)
        survey.settle()
        for reading in crawl.projects(self._wanted(survey, known, crawl.rows.can_be_opened)):
            self.take(reading, survey)
            survey.saw_page_of(reading)
        survey.notes += crawl.problems
        survey.unasked += crawl.unasked
        if not crawl.lists_complete:
            survey.whole = False
            survey.shortfalls += crawl.problems
        survey.counts += crawl.counts

    def _wanted(
        self, survey: Survey, known: Known, can_be_opened: Callable[[str], bool]
    ) -> list[tuple[str, str]]:
        """Projects whose own page is to be read: new, with a changed line, by turn, or because what was kept
        of it is lost; without an address those that can be opened in their list.

        Each poll begins at another of them, so that some dead pages never stand before all others.
        """
        lost = {seen.external_id for seen in self.evidence.lost().values()}
        wanted = [
            (external_id, part.url or "")
            for external_id, part in sorted(survey.lines.items())
            if (part.url or can_be_opened(external_id))
            and (
                external_id in lost or _is_wanted(external_id, part, known.keys.get(external_id), known.turn)
            )
        ]
        first = known.turn % len(wanted) if wanted else 0
        return wanted[first:] + wanted[:first]


def _is_wanted(external_id: str, part: Part, key: Key | None, turn: int) -> bool:
    if key is None or not key.page_digest or key.line_digest != part.digest():
        return True
    return zlib.crc32(external_id.encode()) % settings.ROTATION_RUNS == turn % settings.ROTATION_RUNS


SOURCE = DeclaredSource(
    "dws",
    "Department of Water and Sanitation: Project Monitoring Dashboard",
    short="DWS",
    minutes=30,
    entry_setting="DWS_URL",
    access="the DWS host answers only to South African addresses",
    command="sync_dws",
    monitor=EnhancedDWSMonitor,
)
