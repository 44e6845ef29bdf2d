"""Pages of a list behind plain links: any of them may show more numbers, and where they lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, takewhile

from etl.crawl import links
from etl.crawl.reading import PAGES, Count, Reading
from etl.crawl.session import CrawlSession
from etl.extract.pager import BACK
from etl.extract.types import PageContent, Table

MOST_PAGES = 5000  # of one list
ONCE = "projects of its list on one page each"
_TORN = "{what}: {found} of {claimed}; the site was edited while it was read."
_REPEATED = "{what}: {found} of the {claimed} that its pager names."


def linked_pages(session: CrawlSession, first: Reading) -> Iterator[Reading]:
    """Numbered pages behind plain links: any of them may show more numbers."""
    waiting, known = _link_targets(first.content, back=True), {links.key_of(first.page.url)}
    behind = set(_link_targets(first.content, back=True)) - set(_link_targets(first.content))
    numbered, repeated = _numbered_targets(first.content), set()
    listed = _Listed.of(first)
    rows = {tuple(row) for table in first.content.tables for row in table.rows}
    pages = [_ids(first.content)]
    while waiting:
        url = waiting.pop(0)
        key = links.key_of(url)
        if key in known or not links.is_below(url, session.entry):
            continue
        if len(known) >= MOST_PAGES:
            session.incomplete(f"{first.key}: the list has no end; {len(known)} pages were read.")
            return
        known.add(key)
        reading = session.page(key, url, is_list=True)
        if reading is None:
            continue
        shown = {tuple(row) for table in reading.content.tables for row in table.rows}
        # a "next" may lead nowhere, but not to where something was
        if not shown and (url in numbered or session.pages.evidence.said_something(key)):
            session.incomplete(f"{key}: a page of the list that its pager names shows nothing.")
        if shown <= rows:
            repeated |= {url} if shown else set()
            continue  # the same again, or nothing: its "next" leads nowhere
        rows |= shown
        pages.append(_ids(reading.content))
        if listed:
            listed.take(reading.content)
        reading.area, reading.of_list = first.area, first.unit
        yield reading
        numbered |= _numbered_targets(reading.content)
        further = _link_targets(reading.content, back=url in behind)
        behind |= set(further) - set(_link_targets(reading.content))
        waiting.extend(further)
    if listed:
        session.counts.append(listed.count(first))
    area = first.area or ("" if first.content.listings else first.unit)
    if again := _repeated(pages):
        what, all_of = f"{first.key}: {ONCE}", len(set().union(*pages))
        session.counts.append(Count(what, all_of, all_of - again, _TORN, area, ONCE, is_of_site=False))
    own = _own_number(first.content)
    named = _in_a_row({int(label) for label in numbered.values()} | {own})
    if hidden := named & {int(numbered[url]) for url in repeated if url in numbered} - {own}:
        what, found = f"{first.key}: {PAGES}", len(named - hidden)
        session.counts.append(Count(what, len(named), found, _REPEATED, area, PAGES, is_of_site=False))


def _ids(content: PageContent) -> set[str]:
    return {project.external_id for project in content.projects if project.external_id}


def _repeated(pages: list[set[str]]) -> int:
    """How many projects stand on several pages, and not on all as what is pinned does: rows moved while they
    were read, and another may have been on none."""
    times = Counter(external_id for page in pages for external_id in page)
    return sum(number > 1 and (number < len(pages) or number == 2) for number in times.values())


@dataclass
class _Listed:
    """A list behind links of which the page says how many rows it has."""

    table: Table
    number: int
    items: int
    rows: set[tuple[str, ...]]

    @classmethod
    def of(cls, first: Reading) -> _Listed | None:
        for number, table in enumerate(first.content.tables):
            pager = table.pager
            if table.role and pager and pager.how == "link" and pager.arguments and pager.items is not None:
                return cls(table, number, pager.items, set(map(tuple, table.rows)))
        return None

    def take(self, content: PageContent) -> None:
        found = same_table(content, self.table, self.number)
        self.rows |= set(map(tuple, found.rows)) if found else set()

    def count(self, first: Reading) -> Count:
        return Count(first.key, self.items, len(self.rows), area=first.counted(self.table))


def same_table(content: PageContent, table: Table, number: int) -> Table | None:
    """The further page's table: of the same id, else with the same headers, else in the same place."""
    by_id = [other for other in content.tables if other.id and other.id == table.id]
    by_headers = [other for other in content.tables if other.headers == table.headers]
    at_place = content.tables[number : number + 1]
    return next(iter(by_id or by_headers or at_place), None)


def _link_targets(content: PageContent, back: bool = False) -> list[str]:
    """Where the pagers lead. `back`: also to the page before, as a list may come at a later page than its
    first; from pages further on that would only lead back to what was read."""
    pagers = (table.pager for table in content.tables if table.pager and table.pager.how == "link")
    named = (pair for pager in pagers for pair in pager.arguments.items())
    return [url for label, url in named if back or label != BACK]


def _numbered_targets(content: PageContent) -> dict[str, str]:
    """Where the numbers of pagers lead, and the number: those pages are there, whatever a "next" may
    promise."""
    pagers = (table.pager for table in content.tables if table.pager and table.pager.how == "link")
    named = (pair for pager in pagers for pair in pager.arguments.items())
    return {url: label for label, url in named if label.isdecimal() and len(label) < 7}


def _own_number(content: PageContent) -> int:
    """The number of the page itself, which may lead to it by another address."""
    pagers = (table.pager for table in content.tables if table.pager and table.pager.how == "link")
    return next((pager.page for pager in pagers), 1)


def _in_a_row(numbers: set[int]) -> set[int]:
    """Those from 1 on without a gap: "10 25 50" are rows a page, "2025 2026" years."""
    return set(takewhile(numbers.__contains__, count(1)))


@dataclass
class Rows:
    """The rows of one list that were seen: distinct ones, so that a page shown twice counts once."""

    rows: set[tuple[str, ...]] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    pages: int = 0

    def take(self, table: Table, content: PageContent, is_endless: bool) -> bool:
        """Whether the page brought anything new. Where a pager names no end, new projects are asked for:
        a clock in the rows must not keep us going for ever."""
        new = {tuple(row) for row in table.rows} - self.rows
        ids = {project.external_id for project in content.projects if project.external_id}
        is_new = bool(new) and not (is_endless and ids and ids <= self.ids)
        self.rows |= new
        self.ids |= ids
        self.pages += is_new
        return is_new
