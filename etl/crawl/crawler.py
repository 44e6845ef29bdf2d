"""What to ask next: from the entry page along the site's own links, callbacks and postbacks.

Lists first, all pages of each; then those project pages that somebody wants. Never off the host.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from etl.crawl import links
from etl.crawl.choices import Choices, will_post
from etl.crawl.closing import FirstLists
from etl.crawl.linkcounts import LinkCounts
from etl.crawl.opened import OpenedRows
from etl.crawl.paging import Paging, has_data, needs_conversation
from etl.crawl.progress import Progress
from etl.crawl.reading import Count, Reading
from etl.crawl.scripted import only_reads, scripted_data
from etl.crawl.session import CrawlSession
from etl.exceptions import FetchFailed, PageChanged, SessionExpired
from etl.extract.lines import total_of_lines
from etl.extract.pager import numbers_in
from etl.extract.types import Link, PageContent
from etl.values.addresses import without_session

__all__ = ["Crawl", "Progress"]

_DEEPEST = 4  # links from the entry page to a list of projects
_MOST_BARREN = 400  # pages without data: a site that has more of them than this is a maze
_MOST_LISTS = 20_000


@dataclass(slots=True)
class Step:
    """A page to read. `parent` and `text`: where its link was found, should it stop working."""

    key: str
    url: str
    depth: int
    area: str | None = None
    parent: str = ""
    text: str = ""
    sessions: int = 0  # how many had been begun when the link was found


@dataclass
class Crawl(CrawlSession):
    """One crawl of one site."""

    _queue: deque[Step] = field(default_factory=deque)
    firsts: FirstLists = field(default_factory=FirstLists)
    _named: LinkCounts = field(default_factory=LinkCounts)
    _known: set[str] = field(default_factory=set)
    _menu: set[str] = field(default_factory=set)
    _areas_read: set[str] = field(default_factory=set)
    rows: OpenedRows = field(init=False)
    choices: Choices = field(init=False)
    _choosing: deque[tuple[Step, Reading]] = field(default_factory=deque)
    _scripted: set[str] = field(default_factory=set)
    _barren: int = 0
    _lists: int = 0  # of municipalities, that lines led to so far
    _begun: int = 0  # of them, taken up

    def __post_init__(self) -> None:
        self.rows, self.choices = OpenedRows(self), Choices(self)

    def lists(self) -> Iterator[Reading]:
        """Every page of every list, starting at the entry page. Raises EtlError where the site is down."""
        self._push(Step(links.key_of(self.entry), self.entry, 0))
        while self._queue or self._choosing:
            if self.is_over:
                self.leave_off(is_list=True)
                return
            if not self._queue:
                yield from self._chosen(*self._choosing.popleft())
                continue
            step = self._queue.popleft()
            self._count(step)
            if step.area and step.area in self._areas_read:
                continue
            reading = self._first_page(step)
            if reading is None:
                continue
            self._follow(step, reading)
            self._named.take(step.key, reading)
            self.rows.note(reading, reading)
            yield reading
            for further in self._further(reading):
                self._follow_lines(step, further)
                self._named.take(step.key, further)
                self.rows.note(reading, further)
                yield further
            if reading.content.choices:
                self._choosing.append((step, reading))
        self.counts.extend(self._named.counts())
        if self.choices.has_posted:
            self.new_session()  # what is asked for again is to be shown as it was

    def _chosen(self, step: Step, first: Reading) -> Iterator[Reading]:
        """The parts of its list that a page shows when they are chosen: after all other lists, as a server
        may remember what was chosen and narrow them too."""
        for further in self.choices.readings(first):
            self._follow_lines(step, further)
            self._named.take(step.key, further)
            self.rows.note(first, further)
            yield further

    def projects(self, wanted: Iterable[tuple[str, str]]) -> Iterator[Reading]:
        """The own pages of projects, given as (external id, URL); without a URL it is opened in its list."""
        given = list(wanted)
        waiting = [(external_id, url) for external_id, url in given if url]
        for number, (external_id, url) in enumerate(waiting):
            if self.is_over:
                self.leave_off(is_list=False)
                return
            self._stage = (number, len(given), "project pages")
            self.report(len(waiting) - number, external_id)
            if not links.is_below(url, self.entry):
                self.problems.append(
                    f"{external_id}: its own page, {url[:300]}, is elsewhere; it was not read."
                )
                continue
            reading = self.page(f"project:{external_id}", url, is_list=False)
            if reading:
                reading.external_id = external_id
                yield reading
            elif self.is_hopeless:  # the lists were read: what they say is not lost with the pages
                left = len(waiting) - number - 1
                sentence = f"So many project pages failed that {left} more were not asked for."
                self.not_had(sentence, is_list=False)
                return
        yield from self.rows.readings(external_id for external_id, url in given if not url)

    def _further(self, first: Reading) -> Iterator[Reading]:
        """What the page hides: further pages of its lists; where all that shows nothing, what its scripts ask
        for."""
        shown = has_data(first.content)
        paging = Paging(self, first)
        self.firsts.begin(first, paging)
        for reading in paging.readings():
            shown = shown or has_data(reading.content)
            yield reading
        self.firsts.end(self, first, paging)
        if not shown:
            yield from scripted_data(self, first, self._scripted)

    def _push(self, step: Step) -> None:
        known = step.key.casefold()  # the same list in two spellings of a menu is one
        if known in self._known:
            return
        if len(self._known) >= _MOST_LISTS:
            self.not_had(f"The site has more than {_MOST_LISTS} lists; the rest was not read.", is_list=True)
            return
        self._known.add(known)
        step.sessions = self.sessions
        self._lists += step.area is not None
        self._queue.append(step)

    def _count(self, step: Step) -> None:
        """Say how many lists were read before this step is."""
        self._stage = (self._begun, self._lists, "lists")
        self._begun += step.area is not None

    def _first_page(self, step: Step) -> Reading | None:
        self.report(len(self._queue), step.key)
        reading = self._entry(step) if step.depth == 0 else self._listed(step)
        asks = reading and (needs_conversation(reading.content) or will_post(reading.content))
        if reading and reading.page.not_modified and asks:
            # what we kept has the hidden fields of a session of long ago
            reading = self.page(step.key, step.url, is_list=True, fresh=True)
        if reading:
            reading.area = step.area or links.area_of(reading.content)
        return reading

    def _entry(self, step: Step) -> Reading:
        """Without the entry page there is nothing: its failure is the run's."""
        try:
            return self.received(self.pages.get(step.key, step.url))
        except SessionExpired:
            self.new_session()
        return self.received(self.pages.get(step.key, step.url, fresh=True))

    def _listed(self, step: Step) -> Reading | None:
        """A list's first page. A link that stopped working with the session it was made in is looked up
        again where it was found, once."""
        is_stale = step.sessions < self.sessions and links.is_of_session(step.url) and step.parent
        if is_stale and (fresh := self._link_again(step)):
            step.url = fresh
        return self.page(step.key, step.url, is_list=True)

    def _link_again(self, step: Step) -> str | None:
        try:
            page = self.pages.look(without_session(step.parent))
        except (FetchFailed, PageChanged) as problem:
            self.problems.append(f"{step.key}: the list of its link cannot be read again: {problem}")
            return None
        lines = (line.url for line in page.listings if step.area and line.code == step.area)
        texts = (link.url for link in page.links if step.text and link.text == step.text)
        return next((url for url in (*lines, *texts) if url and links.is_below(url, self.entry)), None)

    def _follow(self, step: Step, reading: Reading) -> None:
        """Queue what the page leads to: its lines' areas; of a page without data, its promising links."""
        content = reading.content
        if step.depth == 0:
            self._menu = {link.text for link in content.links} | {links.key_of(e.url) for e in content.links}
        if reading.area and (content.tables or content.listings):
            self._areas_read.add(reading.area)
        self._follow_lines(step, reading)
        self._follow_parts(step, reading)
        is_barren = not has_data(content)
        self._barren += is_barren
        if step.depth >= _DEEPEST or not (is_barren or step.depth == 0):
            return
        own = {project.url for project in content.projects} | {line.url for line in content.listings}
        # its own list has other pages, and stands in another order
        shown = {links.path_of(url) for url in (reading.page.url, *_paged(content))}
        for link in content.links:
            if content.projects and links.path_of(link.url) in shown:
                continue
            if link.url not in own and links.is_promising(link, self.entry) and self._may_go(step, link):
                key = links.key_of(link.url)
                if links.is_volatile(link.url):
                    key = f"{step.key} › {link.text}"
                self._named.note(step.key, link.text, key)
                self._push(Step(key, link.url, step.depth + 1, None, reading.page.url, link.text))

    def _follow_parts(self, step: Step, reading: Reading) -> None:
        """Frames and panels are the page itself, whatever they are called and whatever stands beside them."""
        content = reading.content
        if step.depth >= _DEEPEST or self._barren > _MOST_BARREN:
            return
        asked = _paged(content) | (
            {address.url for address in content.data_addresses} if not has_data(content) else set()
        )
        asked |= {project.url for project in content.projects if project.url}
        asked |= {line.url for line in content.listings if line.url}
        for at, part in enumerate(content.parts):
            if (
                part.url not in asked
                and links.is_part(part.url, self.entry)
                and only_reads(part.url, self.entry)
            ):
                lasts = not links.is_volatile(part.url)
                key = links.key_of(part.url) if lasts else f"{step.key} › {part.text or at}"
                self._push(Step(key, part.url, step.depth + 1, None, reading.page.url, part.text))

    def _may_go(self, step: Step, link: Link) -> bool:
        """Below the first level, what the entry page shows too is the site's menu again: by its text also,
        as a menu's relative links lead astray from the pages of a sub-folder."""
        if step.depth == 0 or links.is_volatile(link.url):
            return True
        is_menu = link.text in self._menu or links.key_of(link.url) in self._menu
        return not is_menu and self._barren <= _MOST_BARREN

    def _follow_lines(self, step: Step, reading: Reading) -> None:
        for line in reading.content.listings:
            if numbers := numbers_in(line.projects):
                self.claims[line.code] = max(numbers[0], self.claims.get(line.code, 0))
        for total in filter(None, map(total_of_lines, reading.content.tables)):
            self.counts.append(
                Count(f"{reading.key}: projects of its lines", *total, kind="projects of lines")
            )
        for said in reading.content.panel_counts:
            what = f"{reading.key}: “{said.text}”"
            self.counts.append(Count(what, said.claimed, said.found, area=reading.unit, kind=what))
        if step.depth >= _DEEPEST:
            return
        origin = reading.key.split("#")[0]
        for line in reading.content.listings:
            if line.url and links.is_below(line.url, self.entry):
                parent = reading.page.url if origin == reading.key else ""
                self._push(Step(f"{origin} › {line.code}", line.url, step.depth + 1, line.code, parent))


def _paged(content: PageContent) -> set[str]:
    """The addresses of further pages of its lists."""
    pagers = (table.pager for table in content.tables if table.pager and table.pager.how == "link")
    return {url for pager in pagers for url in pager.arguments.values()}
