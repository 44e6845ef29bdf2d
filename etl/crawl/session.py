"""Asking for one page of a crawl: what becomes of a page that cannot be had, and of a session that ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.conf import settings

from etl.crawl.page_reader import PageReader
from etl.crawl.progress import Progress, unobserved
from etl.crawl.reading import Count, Reading
from etl.exceptions import EtlError, FetchFailed, NotCaptured, PageChanged, SessionExpired
from etl.values.addresses import without_session

_MOST_FAILURES = 5  # pages in a row that cannot be had: then the site is down, not the page


@dataclass
class CrawlSession:
    """`problems`: what went wrong; `unasked`: those of them by which a page was not had; `counts`: totals of
    pagers; `claims`: code → projects that a line names; `sessions`: how often a session ended and was begun
    anew."""

    entry: str
    pages: PageReader
    on_progress: Callable[[Progress], None] = unobserved
    problems: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    lists_complete: bool = True
    counts: list[Count] = field(default_factory=list)
    claims: dict[str, int] = field(default_factory=dict)
    sessions: int = 0
    _failures: int = 0
    _done: int = 0
    _stage: tuple[int, int, str] = (0, 0, "")  # how many are read, of how many, of what
    _until: float = field(default_factory=lambda: time.monotonic() + 60 * settings.CRAWL_MINUTES)
    _left_off: bool = False

    def page(self, key: str, url: str, *, is_list: bool, fresh: bool = False) -> Reading | None:
        """A page by its address, in a new session where the old one ended; None with the problem noted.

        `fresh`: sent anew by the server, whatever we kept of it.
        """

        def ask(url: str) -> Reading:
            return self.pages.get(key, url, fresh=fresh)

        try:
            return self.attempt(partial(ask, url), is_list)
        except SessionExpired:
            self.new_session()
        try:
            return self.attempt(partial(ask, without_session(url)), is_list)
        except SessionExpired as problem:
            self._failed(problem, is_list)
            return None

    def attempt(self, ask: Callable[[], Reading], is_list: bool) -> Reading | None:
        """The reading, or None with the problem noted; too many in a row end the crawl (FetchFailed).
        None without asking when the crawl's time is over.

        Raises SessionExpired, for the caller to go on in a new session.
        """
        if self.is_over:
            self.leave_off(is_list)
            return None
        try:
            reading = self.received(ask())
        except SessionExpired:
            raise
        except (FetchFailed, PageChanged) as problem:
            self._failed(problem, is_list)
            return None
        self._failures = 0
        return reading

    def aside(self, ask: Callable[[], Reading]) -> Reading | None:
        """A reading beside the pages: that it cannot be had says nothing of the site, but is said."""
        try:
            return self.received(ask())
        except (FetchFailed, PageChanged) as problem:
            self.not_had(str(problem), is_list=True)
            return None

    def received(self, reading: Reading) -> Reading:
        """Count a page that was read, and note where it could not be read to its end."""
        self._done += 1
        if reading.shortfall:
            self.incomplete(reading.shortfall)
        return reading

    def new_session(self) -> None:
        self.sessions += 1
        self.pages.fetcher.forget_session()

    def incomplete(self, sentence: str) -> None:
        """A list was not read to its end."""
        self.lists_complete = False
        self.problems.append(sentence)

    def not_had(self, sentence: str, is_list: bool) -> None:
        """A page could not be had, or was not asked for. Where it is of a list, not all lists were read."""
        self.lists_complete = self.lists_complete and not is_list
        self.problems.append(sentence)
        self.unasked.append(sentence)

    def report(self, waiting: int, what: str) -> None:
        self.on_progress(Progress(self._done, waiting, what, *self._stage))

    @property
    def is_over(self) -> bool:
        """Whether the crawl has had its time: there are sites without end."""
        return time.monotonic() >= self._until

    def leave_off(self, is_list: bool) -> None:
        """Say, once, that not all was asked for. Where that is a list, not all lists were read."""
        if not self._left_off:
            minutes = f"{settings.CRAWL_MINUTES:g} minutes (CRAWL_MINUTES)"
            self.not_had(f"The site was read for {minutes}; what was left of it was not asked for.", is_list)
        self._left_off = True
        self.lists_complete = self.lists_complete and not is_list

    @property
    def is_hopeless(self) -> bool:
        """Whether so many pages in a row could not be had that the next would not be either."""
        return self._failures >= _MOST_FAILURES

    def _failed(self, problem: EtlError, is_list: bool) -> None:
        self._failures += not isinstance(problem, NotCaptured)  # a capture of a part says nothing of the site
        if is_list and self._failures >= _MOST_FAILURES:
            raise FetchFailed(f"{self._failures} pages in a row failed; the last: {problem}") from problem
        self.not_had(str(problem), is_list)
