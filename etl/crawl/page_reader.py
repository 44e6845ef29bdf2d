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
from etl.crawl.archive_reader import kept_page
from etl.crawl.evidence import EvidenceRecorder, is_read_in_full
from etl.crawl.inspect import inspect_callback, inspect_page
from etl.crawl.reading import Reading
from etl.exceptions import PageChanged, PageTooCostly
from etl.extract import read_callback
from etl.extract.jsonanswer import is_data
from etl.extract.types import CallbackAnswer, DataAddress, PageContent
from etl.fetch.fetcher import Fetcher
from etl.fetch.page import Page
from projects.models import Sighting


@dataclass
class PageReader:
    """`extract`: what a page says, inside bounds. `turn`: of the pages that are sent anew by turn, whatever
    the server says of their kept answers; None: all are. `alive` is called before each reading and in it.
    `kept`: looks at pages, by key, that were taken just now and need not be asked for again."""

    fetcher: Fetcher
    evidence: EvidenceRecorder
    extract: Callable[[Page], PageContent]
    turn: int | None = None
    alive: Callable[[], None] = lambda: None
    kept: dict[str, Sighting] = field(default_factory=dict)
    again: int = 0  # pages that were taken from there

    def get(self, key: str, url: str, *, fresh: bool = False) -> Reading:
        """The page of an address. Raises FetchFailed, PageChanged, SessionExpired.

        `fresh`: sent anew by the server, whatever we kept of it.
        """
        if not fresh and (page := self._kept_page(key)):
            return self.read(key, page)
        anew = fresh or self.turn is None or is_read_in_full(key, self.turn, settings.ROTATION_RUNS)
        return self.read(key, self.fetcher.get(url, None if anew else self.evidence.kept_answer(key)))

    def _kept_page(self, key: str) -> Page | None:
        """The page as it was had just now, from its kept bytes; None where it has to be asked for."""
        look = self.kept.pop(key, None)
        try:
            page = kept_page(look, self.evidence.archive) if look else None
        except PageChanged:  # gone or broken
            return None
        self.again += page is not None
        return replace(page, not_modified=True) if page else None

    def read(self, key: str, page: Page) -> Reading:
        """Keep the bytes, then see what the page offers. Raises PageChanged, SessionExpired."""
        self.alive()
        with _named(key, page):
            self.evidence.look(key, page)
            return Reading(key, page, self._inspected(page))

    def data(self, key: str, address: DataAddress) -> Reading:
        """What a script's address answers. Raises FetchFailed, PageChanged (also where it is no data),
        SessionExpired."""
        if not address.is_call:
            reading = self.get(key, address.url)
        else:
            reading = self.read(key, self.fetcher.call(address.url))
        content = reading.content
        if not (content.projects or content.listings) and not self._bounded(is_data, reading.page.text):
            raise PageChanged(f"{address.url} answered with something else than data.")
        return reading

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
            self._bounded(inspect_callback, page.url, page.body, page.content_type)
            return page, self._bounded(read_callback, page.text)

    def offered_in(self, answer: Page) -> PageContent:
        """The same of a callback's answer, which was inspected. Raises PageChanged."""
        with _named(answer.url, answer):
            return self.extract(answer)

    def offered(self, page: Page) -> PageContent:
        """What a page offers that is not kept. Raises PageChanged."""
        with _named(page.url, page):
            return self._inspected(page)

    def _inspected(self, page: Page) -> PageContent:
        self._bounded(inspect_page, page.url, page.body, page.content_type)
        return self.extract(page)

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
