"""One page: asked for, archived, inspected, read, in this order. The crawl asks it; it asks nobody back.

All that looks into a page's bytes does so inside bounds of time and memory (`etl/bounds/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from etl.bounds.call import bounded
from etl.crawl.archive_reader import kept_page, look_with
from etl.crawl.evidence import EvidenceRecorder, is_read_in_full
from etl.crawl.looks import Looker
from etl.crawl.reading import Reading
from etl.exceptions import EvidenceDamaged, PageChanged, PageTooCostly
from etl.extract.jsonanswer import is_data
from etl.extract.jsonpages import Onward, linked_next, read_onward
from etl.extract.types import CallbackAnswer, DataAddress, PageContent
from etl.fetch.fetcher import Fetcher
from etl.fetch.page import Page


@dataclass
class PageReader:
    """`looker` looks into pages, inside bounds. `turn`: of the pages that are sent anew by turn, whatever
    the server says of their kept answers; None: all are. `alive` is called before each reading and in it.
    `kept`: looks at pages (their ids), by key, that were taken just now and need not be asked for again."""

    fetcher: Fetcher
    evidence: EvidenceRecorder
    looker: Looker
    turn: int | None = None
    alive: Callable[[], None] = lambda: None
    kept: dict[str, int] = field(default_factory=dict)
    again: int = 0  # pages that were taken from there

    def get(self, key: str, url: str, *, fresh: bool = False) -> Reading:
        """The page of an address. Raises FetchFailed, PageChanged, SessionExpired.

        `fresh`: sent anew by the server, whatever we kept of it.
        """
        if not fresh and (had := self.had(key)):
            return had
        anew = fresh or self.turn is None or is_read_in_full(key, self.turn, settings.ROTATION_RUNS)
        return self.read(key, self.fetcher.get(url, None if anew else self.evidence.kept_answer(key)))

    def had(self, key: str) -> Reading | None:
        """The page as it was had just now, from its kept bytes; None where it has to be asked for."""
        known = self.kept.pop(key, None)
        look = look_with(known) if known else None
        if look is None:
            return None
        try:
            reading = self.read(key, kept_page(look, self.evidence.archive))
        except EvidenceDamaged as problem:
            self.evidence.found_damaged(problem)
            return None
        except PageChanged:  # not what it was to this parser
            return None
        self.again += 1
        reading.is_had = True
        return reading

    def read(self, key: str, page: Page) -> Reading:
        """Keep the bytes, then see what the page offers. Raises PageChanged, SessionExpired."""
        self.alive()
        with _named(key, page):
            seen = self.looker.known(page)
            if seen:  # nothing is left that could fail on the bytes
                self.evidence.look(key, page, known=seen.clean)
                return Reading(key, page, seen.content, substance=seen.substance)
            self.evidence.receive(key, page)  # before anything that can
            seen = self.looker.read(page)
            self.evidence.look(key, page, known=seen.clean)
            return Reading(key, page, seen.content, substance=seen.substance)

    def data(self, key: str, address: DataAddress) -> Reading:
        """What a script's address answers. Raises FetchFailed, PageChanged (also where it is no data),
        SessionExpired."""
        if not address.is_call:
            reading = self.get(key, address.url)
        else:
            reading = self.had(key) or self.read(key, self.fetcher.call(address.url))
        content = reading.content
        if not (content.projects or content.listings) and not self._bounded(is_data, reading.page.text):
            raise PageChanged(f"{address.url} answered with something else than data.")
        return reading

    def onward(self, reading: Reading) -> Onward:
        """What an answer of data says of the next part of its list."""
        onward: Onward = self._bounded(read_onward, reading.page.text)
        linked = linked_next(reading.page.header("Link"))
        return replace(onward, link=linked) if linked else onward

    def look(self, url: str) -> PageContent:
        """What a page that was read already offers now: for its links and hidden fields, not for its data.

        Raises FetchFailed, PageChanged.
        """
        return self.offered(self.fetcher.get(url))

    def hop(self, url: str, fields: Mapping[str, str]) -> PageContent:
        """The same of a postback's page on the way to another."""
        return self.offered(self.fetcher.post(url, fields))

    def call(self, url: str, fields: Mapping[str, str]) -> tuple[Page, CallbackAnswer]:
        """A callback's answer. Raises FetchFailed, PageChanged, SessionExpired."""
        page = self.fetcher.post(url, fields)
        with _named(page.url, page):
            return page, self.looker.answer(page)

    def offered_in(self, answer: Page) -> PageContent:
        """The same of a callback's answer, which was inspected. Raises PageChanged."""
        with _named(answer.url, answer):
            return self.looker.content(answer)

    def offered(self, page: Page) -> PageContent:
        """What a page offers that is not kept. Raises PageChanged."""
        with _named(page.url, page):
            return self.looker.content(page)

    def _bounded(self, function: Callable[..., Any], *args: object) -> Any:
        return bounded(function, *args, alive=self.alive)


@contextmanager
def _named(key: str, page: Page) -> Iterator[None]:
    """Of a page that cannot be read inside the bounds, have its error say which it is."""
    try:
        yield
    except PageTooCostly as problem:
        size = f"{len(page.body):,} bytes, SHA-256 {page.sha256}"
        raise PageTooCostly(f"{key} was not read. {problem} ({size})") from problem
