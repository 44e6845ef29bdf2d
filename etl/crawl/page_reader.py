"""One page: asked for, archived, inspected, read, in this order. The crawl asks it; it asks nobody back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from etl.crawl.evidence import EvidenceRecorder, is_read_in_full
from etl.crawl.inspect import inspect_callback, inspect_page
from etl.crawl.reading import Reading
from etl.exceptions import PageChanged
from etl.extract import read_callback
from etl.extract.jsonanswer import is_data
from etl.extract.types import CallbackAnswer, DataAddress, PageContent
from etl.fetch.fetcher import Fetcher
from etl.fetch.page import Page
from etl.understand import read_page


@dataclass(frozen=True, slots=True)
class WebPages:
    """What a web page says, with the labels that mean a field."""

    labels: Mapping[str, str]

    def __call__(self, page: Page) -> PageContent:
        """Raises PageChanged."""
        return read_page(page.body, url=page.url, content_type=page.content_type, labels=self.labels)


@dataclass
class PageReader:
    """`extract`: what a page says. `turn`: of the pages that are sent anew by turn, whatever the server says
    of their kept answers; None: all are. `alive` is called before each reading."""

    fetcher: Fetcher
    evidence: EvidenceRecorder
    extract: Callable[[Page], PageContent]
    turn: int | None = None
    alive: Callable[[], None] = lambda: None

    def get(self, key: str, url: str, *, fresh: bool = False) -> Reading:
        """The page of an address. Raises FetchFailed, PageChanged, SessionExpired.

        `fresh`: sent anew by the server, whatever we kept of it.
        """
        anew = fresh or self.turn is None or is_read_in_full(key, self.turn, settings.ROTATION_RUNS)
        return self.read(key, self.fetcher.get(url, None if anew else self.evidence.kept_answer(key)))

    def read(self, key: str, page: Page) -> Reading:
        """Keep the bytes, then see what the page offers. Raises PageChanged, SessionExpired."""
        self.alive()
        self.evidence.look(key, page)
        inspect_page(page.url, page.body, page.content_type)
        return Reading(key, page, self.extract(page))

    def data(self, key: str, address: DataAddress) -> Reading:
        """What a script's address answers. Raises FetchFailed, PageChanged (also where it is no data),
        SessionExpired."""
        if not address.is_call:
            reading = self.get(key, address.url)
        else:
            reading = self.read(key, self.fetcher.call(address.url))
        content = reading.content
        if not (content.projects or content.listings) and not is_data(reading.page.text):
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
        inspect_callback(page.url, page.body, page.content_type)
        return page, read_callback(page.text)

    def offered_in(self, answer: Page) -> PageContent:
        """The same of a callback's answer, which was inspected. Raises PageChanged."""
        return self.extract(answer)

    def offered(self, page: Page) -> PageContent:
        """What a page offers that is not kept. Raises PageChanged."""
        inspect_page(page.url, page.body, page.content_type)
        return self.extract(page)
