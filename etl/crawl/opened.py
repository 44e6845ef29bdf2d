"""Projects whose own pages have no address: their rows are opened in their lists by postbacks.

A list is asked for anew, turned to the page that shows the row, and its own form is posted: what the row's
button says now counts, as rows may have moved since the list was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from etl.crawl import links
from etl.crawl.paging import Paging
from etl.crawl.reading import Reading
from etl.crawl.session import CrawlSession
from etl.crawl.webforms import Conversation
from etl.exceptions import FetchFailed, PageChanged, SessionExpired
from etl.extract.types import PageContent
from etl.fetch.page import Page
from etl.values.addresses import without_session

_MOST_OPENED = 5000  # of one crawl
_PAGE = re.compile(r"#p(\d{1,7})$")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a row is: the list's key and address, and the number of its page, 0 for the one shown first."""

    key: str
    url: str
    at: int


class OpenedRows:
    """The rows of a crawl that only a postback opens, by the project's number."""

    def __init__(self, session: CrawlSession) -> None:
        self._session = session
        self._openings: dict[str, Opening] = {}
        self._unopened: set[str] = set()

    def can_be_opened(self, external_id: str) -> bool:
        return external_id in self._openings

    def note(self, first: Reading, reading: Reading) -> None:
        """Remember the rows of a list's page; `first`: the list's first one."""
        rows = [p.external_id for p in reading.content.projects if p.postback and p.external_id]
        if not rows:
            return
        key, _, part = reading.key.partition("#")
        page = _PAGE.search(reading.key)
        is_turned = any(t.pager and t.pager.how in ("gridview", "postback") for t in first.content.tables)
        if part and not (page and is_turned):
            if key not in self._unopened:
                self._unopened.add(key)
                self._session.problems.append(
                    f"{key}: rows of its further pages can only be opened in a browser; their own pages were"
                    " not read."
                )
            return
        url = first.page.url if part else reading.page.url
        opening = Opening(key, url, int(page[1]) if page else 0)
        for external_id in rows:
            self._openings.setdefault(external_id, opening)

    def readings(self, wanted: Iterable[str]) -> Iterator[Reading]:
        """The own pages of projects, list by list. Problems are noted."""
        ids = [external_id for external_id in wanted if external_id in self._openings]
        if len(ids) > _MOST_OPENED:
            sentence = f"{len(ids)} rows are to be opened; {_MOST_OPENED} were."
            self._session.not_had(sentence, is_list=False)
        lists: dict[str, dict[int, list[str]]] = {}
        for external_id in ids[:_MOST_OPENED]:
            if had := self._session.pages.had(f"project:{external_id}"):
                had.external_id = external_id
                yield self._session.received(had)
                continue
            opening = self._openings[external_id]
            lists.setdefault(opening.url, {}).setdefault(opening.at, []).append(external_id)
        for url, pages in lists.items():
            opening = self._openings[next(iter(pages.values()))[0]]
            yield from _OpenList(self._session, opening.key, url).readings(pages)


class _OpenList:
    """One list whose rows are opened, in one session: what it cannot give is said once."""

    def __init__(self, session: CrawlSession, key: str, url: str) -> None:
        self._session, self._key, self._url = session, key, without_session(url)

    def readings(self, pages: dict[int, list[str]]) -> Iterator[Reading]:
        """`pages`: number of a page of the list → the projects wanted of it."""
        left = sum(map(len, pages.values()))
        try:
            content = self._shown()
            paging = Paging(self._session, Reading(self._key, Page(self._url, b""), content))
            for number in sorted(pages):
                shown = paging.turn_to(number) if number else content
                if shown is None:
                    raise PageChanged(f"{self._key}: there is no way to its page {number} any more.")
                for reading in self._opened(shown, pages[number]):
                    left -= 1
                    yield reading
        except (FetchFailed, PageChanged) as problem:
            self._session.not_had(f"{left} rows of {self._key} were not opened: {problem}", is_list=False)

    def _shown(self) -> PageContent:
        """The list as it is now, in a new session where the old one ended."""
        try:
            return self._session.pages.look(self._url)
        except SessionExpired:
            self._session.new_session()
        return self._session.pages.look(self._url)

    def _opened(self, content: PageContent, ids: list[str]) -> Iterator[Reading]:
        """Raises SessionExpired, PageChanged where the next row would fare no better."""
        if content.form is None or not links.is_below(content.form.action, self._session.entry):
            raise PageChanged(f"{self._key}: it has no form of the site to be posted.")
        conversation = Conversation(content.form, content.controls)
        postbacks = {project.external_id: project.postback for project in content.projects}
        gone = [external_id for external_id in ids if postbacks.get(external_id) is None]
        if gone:
            self._session.problems.append(
                f"{self._key}: {len(gone)} rows to be opened are elsewhere now, {gone[0]} for one."
            )
        for external_id in ids:
            postback = postbacks.get(external_id)
            if postback is None:
                continue
            self._session.report(0, external_id)
            fields = conversation.postback(postback.target, postback.argument)
            ask = partial(self._ask, f"project:{external_id}", conversation.action, fields)
            reading = self._session.attempt(ask, is_list=False)
            if self._session.is_hopeless:
                raise PageChanged("so many of them failed.")
            if self._session.is_over:
                raise PageChanged("the time of the crawl was over.")
            if reading is None:
                continue
            if _is_list_again(reading.content):
                raise PageChanged("a row's postback shows the list again.")
            reading.external_id = external_id
            yield reading

    def _ask(self, key: str, action: str, fields: dict[str, str]) -> Reading:
        return self._session.pages.read(key, self._session.pages.fetcher.post(action, fields))


def _is_list_again(content: PageContent) -> bool:
    """Whether rows to be opened are shown, and no project of its own beside them."""
    return any(project.postback for project in content.projects) and not any(
        project.part == "page" for project in content.projects
    )
