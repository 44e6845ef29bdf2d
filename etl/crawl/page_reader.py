"""One page: asked for, archived, inspected, read, in this order. The crawl asks it; it asks nobody back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.inspect import inspect_callback, inspect_page
from etl.crawl.reading import Reading
from etl.extract import read_callback
from etl.extract.types import CallbackAnswer, PageContent
from etl.fetch.fetcher import Fetcher
from etl.fetch.page import Page


@dataclass
class PageReader:
    """`extract`: what a page says. `may_reuse`: whether the kept answer of a page, by its key, may stand for
    it where the server says that it did not change. `alive` is called before each reading."""

    fetcher: Fetcher
    evidence: EvidenceRecorder
    extract: Callable[[Page], PageContent]
    may_reuse: Callable[[str], bool] = lambda key: True
    alive: Callable[[], None] = lambda: None

    def get(self, key: str, url: str, *, fresh: bool = False) -> Reading:
        """The page of an address. Raises FetchFailed, PageChanged, SessionExpired.

        `fresh`: sent anew by the server, whatever we kept of it.
        """
        reuse = not fresh and self.may_reuse(key)
        return self.read(key, self.fetcher.get(url, self.evidence.kept_answer(key) if reuse else None))

    def read(self, key: str, page: Page) -> Reading:
        """Keep the bytes, then see what the page offers. Raises PageChanged, SessionExpired."""
        self.alive()
        self.evidence.look(key, page)
        inspect_page(page.url, page.body, page.content_type)
        return Reading(key, page, self.extract(page))

    def look(self, url: str) -> PageContent:
        """What a page that was read already offers now: for its links and hidden fields, not for its data.

        Raises FetchFailed, PageChanged.
        """
        return self._offered(self.fetcher.get(url))

    def hop(self, url: str, fields: Mapping[str, str]) -> PageContent:
        """The same of a postback's page on the way to another."""
        return self._offered(self.fetcher.post(url, fields))

    def call(self, url: str, fields: Mapping[str, str]) -> tuple[Page, CallbackAnswer]:
        """A callback's answer. Raises FetchFailed, PageChanged, SessionExpired."""
        page = self.fetcher.post(url, fields)
        inspect_callback(page.url, page.body, page.content_type)
        return page, read_callback(page.text)

    def _offered(self, page: Page) -> PageContent:
        inspect_page(page.url, page.body, page.content_type)
        return self.extract(page)
