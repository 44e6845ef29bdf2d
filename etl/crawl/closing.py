"""The first page of a list, looked at once more at the list's end: was the site edited while it was read?

Where rows move from one page to another between two requests, one may be on neither. A first page that says
what it said shows that none did. The look costs one request a list of several pages, two where the server
remembers at which page of the list we were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from etl.crawl.evidence import content_digest
from etl.crawl.linked import same_table
from etl.crawl.paging import Paging, has_more
from etl.crawl.reading import FIRST_PAGE, Count, Reading
from etl.crawl.session import CrawlSession
from etl.exceptions import FetchFailed, NotCaptured, PageChanged
from etl.extract.types import PageContent, Table

_CHANGED = "{what}: {found} of {claimed}; the site was edited while it was read."
Volatile = Callable[[str], bool]


def look_again(session: CrawlSession, first: Reading, paging: Paging) -> Count | None:
    """Of how many rows on the first page of a list how many are the same at its end; None where no page is
    shown that could be compared (a capture may lack it). `paging`: with which the list was read."""
    if session.is_over:
        session.leave_off(is_list=True)
        return None
    session.report(0, first.key)
    area = first.area or ("" if paging.opening.listings else first.unit)
    is_volatile = session.pages.evidence.is_volatile
    what = f"{first.key}: {FIRST_PAGE}"
    try:
        pairs = list(_pairs(session, first, paging, is_volatile))
    except NotCaptured:
        return None
    except (FetchFailed, PageChanged) as problem:
        rows = sum(len(table.rows) for table in paging.opening.tables)
        said = str(problem).replace("{", "{{").replace("}", "}}")
        told = f"{{what}}: it could not be read again. {said}"
        failed = Count(what, max(rows, 1), 0, told, area, FIRST_PAGE, is_of_site=False)
        session.unasked.append(failed.sentence)
        return failed
    rows = sum(sum((before | after).values()) for before, after in pairs)
    same = sum(sum((before & after).values()) for before, after in pairs)
    return Count(what, rows, same, _CHANGED, area, FIRST_PAGE, is_of_site=False)


def _pairs(
    session: CrawlSession, first: Reading, paging: Paging, is_volatile: Volatile
) -> Iterator[tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]]:
    """The rows of each list on its first page, then and now. Raises FetchFailed, PageChanged."""
    again, opening = paging.shows_again(), paging.opening
    cut = [(number, table) for number, table in enumerate(opening.tables) if has_more(table)]
    for number, table in cut or list(enumerate(opening.tables)):
        before, after = _rows(table, is_volatile), _again(again, table, number, is_volatile)
        if after != before and (back := _turned_back(session, first, again, table, number)):
            after = _again(back, table, number, is_volatile)
        yield before, after


def _again(
    content: PageContent, table: Table, number: int, is_volatile: Volatile
) -> Counter[tuple[str, ...]]:
    """A table's rows as they are now; of one that shows more at each step, as many as there were."""
    found = same_table(content, table, number)
    if found is None:
        return Counter()
    most = len(table.rows) if table.pager and table.pager.how == "more" else None
    return _rows(found, is_volatile, most)


def _turned_back(
    session: CrawlSession, first: Reading, again: PageContent, table: Table, number: int
) -> PageContent | None:
    """The list's first page where the server showed another, as it remembers which was the last."""
    found = same_table(again, table, number)
    if found is None or found.pager is None or table.pager is None:
        return None
    ways = found.pager.arguments
    if found.pager.page == table.pager.page and ways == table.pager.arguments:
        return None  # it is that page
    now = Paging(session, Reading(first.key, first.page, again, first.area))
    place = next(at for at, other in enumerate(again.tables) if other is found)
    return now.back_at(place, table.pager.page)


def _rows(table: Table, is_volatile: Volatile, most: int | None = None) -> Counter[tuple[str, ...]]:
    """Without the columns that are another from look to look, and whatever the order of the others."""
    kept = [at for at, label in enumerate(table.headers) if not is_volatile(label)]
    kept.sort(key=lambda at: table.headers[at])
    return Counter(tuple(row[at] for at in kept if at < len(row)) for row in table.rows[:most])


class FirstLists:
    """The first list of lines and the first of projects: they are looked at again when all lists were read,
    as what was edited meanwhile may have gone from one list to another."""

    def __init__(self) -> None:
        self._lists: dict[str, tuple[Reading, Paging]] = {}
        self._closed = ""  # the list whose first page was just looked at

    def begin(self, first: Reading, paging: Paging) -> None:
        """A list's first page was read."""
        self._closed = ""
        if first.content.listings:
            self._lists.setdefault("lines", (first, paging))
        if first.content.projects:
            self._lists.setdefault("projects", (first, paging))

    def end(self, session: CrawlSession, first: Reading, paging: Paging) -> None:
        """A list was read to its end; of one of several pages the first is looked at again."""
        if paging.is_of_several and (count := look_again(session, first, paging)):
            session.counts.append(count)
            self._closed = first.key

    def torn(self, session: CrawlSession) -> Iterator[str]:
        """A sentence for each that says something else now, or could not be read again."""
        for first, paging in {first.key: (first, paging) for first, paging in self._lists.values()}.values():
            if first.key == self._closed:
                continue
            if paging.is_of_several:
                count = look_again(session, first, paging)
                if count and count.claimed != count.found:
                    yield count.sentence
                continue
            try:
                again = paging.shows_again()
            except (FetchFailed, PageChanged) as problem:
                session.unasked.append(f"{first.key} could not be read again at the end: {problem}")
                yield session.unasked[-1]
                continue
            is_volatile = session.pages.evidence.is_volatile
            if content_digest(again, is_volatile) != content_digest(first.content, is_volatile):
                yield f"The site was edited while it was read: {first.key} says something else now."
