"""What to ask next: from the entry page along the site's own links, callbacks and postbacks.

Lists first, all pages of each; then those project pages that somebody wants. Never off the host.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from etl import links
from etl.exceptions import EtlError, FetchFailed, PageChanged
from etl.extract import read_callback
from etl.extract.types import PageContent, Pager, Table
from etl.fetch import Fetcher
from etl.reading import Count, Page, Reading
from etl.webforms import Conversation, page_fields

_DEEPEST = 4  # links from the entry page to a list of projects
_MOST_FAILURES = 5  # pages in a row that cannot be had: then the site is down, not the page
_MOST_PAGES_OF_ONE_LIST = 5000


@dataclass(slots=True)
class Step:
    key: str
    url: str
    depth: int
    area: str | None = None


@dataclass(slots=True)
class Progress:
    """How far a crawl is: pages read, pages known to be waiting, what is being read."""

    done: int
    waiting: int
    what: str


Read = Callable[[str, Page], PageContent]


@dataclass
class Crawl:
    """One crawl of one site. `read` keeps a page and says what it offers; `problems` is what went wrong."""

    entry: str
    fetcher: Fetcher
    read: Read
    on_progress: Callable[[Progress], None] = lambda progress: None
    problems: list[str] = field(default_factory=list)
    lists_complete: bool = True
    counts: list[Count] = field(default_factory=list)
    _queue: deque[Step] = field(default_factory=deque)
    _known: set[str] = field(default_factory=set)
    _areas_read: set[str] = field(default_factory=set)
    _failures: int = 0
    _done: int = 0

    def lists(self) -> Iterator[Reading]:
        """Every page of every list, starting at the entry page. Raises EtlError where the site is down."""
        self._push(Step(links.key_of(self.entry), self.entry, 0))
        while self._queue:
            step = self._queue.popleft()
            if step.area and step.area in self._areas_read:
                continue
            first = True
            for reading in self._pages(step):
                if first:
                    self._follow(step, reading)
                first = False
                yield reading

    def projects(self, wanted: Iterable[tuple[str, str]]) -> Iterator[Reading]:
        """The own pages of projects, given as (external id, URL)."""
        waiting = list(wanted)
        for number, (external_id, url) in enumerate(waiting):
            self._tell(len(waiting) - number, external_id)
            reading = self._try(f"project:{external_id}", partial(self.fetcher.get, url))
            if reading:
                reading.external_id = external_id
                yield reading

    def _push(self, step: Step) -> None:
        if step.key not in self._known:
            self._known.add(step.key)
            self._queue.append(step)

    def _pages(self, step: Step) -> Iterator[Reading]:
        self._tell(len(self._queue), step.key)
        if step.depth == 0:  # without the entry page there is nothing: its failure is the run's
            page = self.fetcher.get(step.url)
            reading: Reading | None = self._reading(step.key, page)
        else:
            reading = self._try(step.key, lambda: self.fetcher.get(step.url), is_list=True)
        if reading is None:
            return
        reading.area = step.area or links.area_of(reading.content)
        yield from self._offered(reading)

    def _offered(self, reading: Reading) -> Iterator[Reading]:
        """The page itself, what its alphabet hides, and the further pages of its lists."""
        yield reading
        if reading.content.form is None:
            yield from self._linked_pages(reading)
            return
        conversation = Conversation(reading.content.form, reading.content.controls)
        if reading.content.alphabet and not _has_data(reading.content):
            yield from self._letters(reading, conversation)
        for number, table in enumerate(reading.content.tables):
            yield from self._further_pages(reading, conversation, table, number)

    def _letters(self, first: Reading, conversation: Conversation) -> Iterator[Reading]:
        """`All`, or each letter where that shows nothing."""
        target, letters = first.content.alphabet or ("", [])
        for letter in sorted(letters, key=lambda letter: letter.casefold() != "all"):
            reading = self._call(first, conversation, target, letter, conversation.callback(target, letter))
            if reading is None:
                continue
            yield reading
            self._follow_lines(reading, 1)
            if letter.casefold() == "all" and _has_data(reading.content):
                return

    def _further_pages(
        self, first: Reading, conversation: Conversation, table: Table, number: int
    ) -> Iterator[Reading]:
        pager = table.pager
        if pager is None or pager.how == "link" or not table.rows:
            return
        if _is_whole(pager, table):
            if pager.items is not None:
                self.counts.append(Count(first.key, pager.items, len(table.rows)))
            return
        seen, shown = {_rows_key(table)}, len(table.rows)
        last = min(pager.pages or _MOST_PAGES_OF_ONE_LIST, _MOST_PAGES_OF_ONE_LIST)
        for page in range(pager.page + 1, last + 1):
            reading = self._page(first, conversation, pager, page)
            found = _same_table(reading.content, table, number) if reading else None
            if reading is None or found is None or not found.rows or _rows_key(found) in seen:
                break
            seen.add(_rows_key(found))
            shown += len(found.rows)
            yield reading
            if found.pager and found.pager.how == "gridview":
                pager.arguments = found.pager.arguments
        if pager.items is not None:
            self.counts.append(Count(first.key, pager.items, shown))
        elif pager.pages and len(seen) < pager.pages - pager.page + 1:
            self._incomplete(f"{first.key}: {len(seen)} of {pager.pages} pages could be read.")

    def _page(self, first: Reading, conversation: Conversation, pager: Pager, number: int) -> Reading | None:
        fields = page_fields(conversation, pager, number)
        if fields is None:
            return None
        if pager.how == "callback":
            return self._call(first, conversation, pager.target, f"p{number}", fields)
        reading = self._try(
            f"{first.key}#p{number}", lambda: self.fetcher.post(conversation.action, fields), is_list=True
        )
        if reading:
            reading.area = first.area
            if reading.content.form:
                conversation.fields = dict(reading.content.form.fields)
        return reading

    def _call(
        self, first: Reading, conversation: Conversation, target: str, name: str, fields: dict[str, str]
    ) -> Reading | None:
        def ask() -> Page:
            page = self.fetcher.post(conversation.action, fields)
            answer = read_callback(page.body.decode("utf-8", "replace"))
            if answer.error or answer.redirect:
                raise PageChanged(f"{first.key}: the site answered “{answer.error or answer.redirect}”.")
            conversation.take(target, answer)
            return page

        self._tell(len(self._queue), f"{first.key} {name}")
        reading = self._try(f"{first.key}#{name}", ask, is_list=True)
        if reading:
            reading.area = first.area
        return reading

    def _linked_pages(self, first: Reading) -> Iterator[Reading]:
        """Numbered pages behind plain links: any of them may show more numbers."""
        tables = [table for table in first.content.tables if table.pager and table.pager.how == "link"]
        waiting = [url for table in tables if table.pager for url in table.pager.arguments.values()]
        known = {links.key_of(first.page.url)}
        while waiting and len(known) < _MOST_PAGES_OF_ONE_LIST:
            url = waiting.pop(0)
            key = links.key_of(url)
            if key in known or not links.is_below(url, self.entry):
                continue
            known.add(key)
            self._known.add(key)
            reading = self._try(key, partial(self.fetcher.get, url), is_list=True)
            if reading is None:
                continue
            reading.area = first.area
            yield reading
            for table in reading.content.tables:
                if table.pager and table.pager.how == "link":
                    waiting.extend(table.pager.arguments.values())

    def _follow(self, step: Step, reading: Reading) -> None:
        """Queue what the page leads to: its lines' areas; of a page without data, its promising links."""
        content = reading.content
        if reading.area and (content.tables or content.listings):
            self._areas_read.add(reading.area)
        if step.depth >= _DEEPEST:
            return
        self._follow_lines(reading, step.depth + 1)
        if content.projects or (content.listings and step.depth > 0):
            return
        own = {project.url for project in content.projects} | {line.url for line in content.listings}
        for link in content.links:
            if link.url not in own and links.is_promising(link, self.entry) and self._may_go(step, link.url):
                key = links.key_of(link.url)
                if links.is_volatile(link.url):
                    key = f"{step.key} › {link.text}"
                self._push(Step(key, link.url, step.depth + 1))

    def _may_go(self, step: Step, url: str) -> bool:
        """Below the first level, plain links are the site's menu again; only encrypted ones lead deeper."""
        return step.depth == 0 or links.is_volatile(url)

    def _follow_lines(self, reading: Reading, depth: int) -> None:
        for line in reading.content.listings:
            if line.url and links.is_below(line.url, self.entry):
                self._push(Step(f"{reading.key.split('#')[0]} › {line.code}", line.url, depth, line.code))

    def _reading(self, key: str, page: Page) -> Reading:
        self._done += 1
        return Reading(key, page, self.read(key, page))

    def _try(self, key: str, ask: Callable[[], Page], is_list: bool = False) -> Reading | None:
        """The reading, or None with the problem noted; too many in a row end the crawl."""
        try:
            reading = self._reading(key, ask())
        except (FetchFailed, PageChanged) as problem:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise FetchFailed(f"{self._failures} pages in a row failed; the last: {problem}") from problem
            self._note(problem, is_list)
            return None
        self._failures = 0
        return reading

    def _note(self, problem: EtlError, is_list: bool) -> None:
        if is_list:
            self._incomplete(str(problem))
        else:
            self.problems.append(str(problem))

    def _incomplete(self, sentence: str) -> None:
        self.lists_complete = False
        self.problems.append(sentence)

    def _tell(self, waiting: int, what: str) -> None:
        self.on_progress(Progress(self._done, waiting, what))


def _has_data(content: PageContent) -> bool:
    return bool(content.listings or content.projects)


def _is_whole(pager: Pager, table: Table) -> bool:
    return pager.pages == 1 or (pager.items is not None and len(table.rows) >= pager.items)


def _rows_key(table: Table) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in table.rows)


def _same_table(content: PageContent, table: Table, number: int) -> Table | None:
    """The further page's table: of the same id, else with the same headers, else in the same place."""
    by_id = [other for other in content.tables if other.id and other.id == table.id]
    by_headers = [other for other in content.tables if other.headers == table.headers]
    at_place = content.tables[number : number + 1]
    return next(iter(by_id or by_headers or at_place), None)
