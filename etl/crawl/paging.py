"""All pages of the lists on one page: letters, callbacks, postbacks, plain links, in one session or more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from etl.crawl import links
from etl.crawl.letters import MOST_LETTERS, Shown
from etl.crawl.reading import Count, Reading
from etl.crawl.session import CrawlSession
from etl.crawl.webforms import Conversation, gridview_hop, page_fields
from etl.exceptions import FetchFailed, NotCaptured, PageChanged, SessionExpired
from etl.extract.pager import BACK
from etl.extract.types import PageContent, Pager, Table
from etl.fetch.answers import is_login, lost_session
from etl.fetch.page import Page
from etl.values.addresses import without_session

_MOST_PAGES = 5000  # of one list
_MOST_SESSIONS = 2  # new ones that one list gets
_BACK = ("Page$First", "Page$Prev")  # the shortest way first
_MOST_STEPS = 500  # of a list that shows more at each press of a button
_MOST_REWOUND = 200  # steps back to a list's first page
_MOST_REPEATS = 2  # pages in a row that say nothing new: the list is at its end, whatever its pager says


def needs_conversation(content: PageContent) -> bool:
    """Whether more of the page's lists has to be asked for with the page's own hidden fields."""
    hidden = bool(content.alphabet) and not has_data(content)
    asked = (t for t in content.tables if t.pager and t.pager.how != "link" and not _is_whole(t.pager, t))
    return content.form is not None and (hidden or any(asked))


def has_data(content: PageContent) -> bool:
    return bool(content.listings or content.projects)


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


@dataclass
class ListPosition:
    """Where we are in one list: its table as first seen, its pager as last seen, the page that it shows."""

    table: Table
    number: int  # of the table on its page
    pager: Pager
    at: int

    def move(self, content: PageContent, at: int | None = None) -> None:
        found = same_table(content, self.table, self.number)
        if found and found.pager:
            self.pager = found.pager
        elif self.pager.how == "gridview":
            self.pager.arguments = {}
        self.at = at or self.pager.page


class Paging:
    """One page and what its lists hide. When the session ends in the middle, the page is asked for anew in
    a new one, and the list is read on where it was; at most twice a page."""

    def __init__(self, session: CrawlSession, first: Reading) -> None:
        self._session, self._first = session, first
        self._sessions = 0
        self._place: ListPosition | None = None
        self._converse(first.content)

    def readings(self) -> Iterator[Reading]:
        """The further pages; the first is had already. Problems are noted."""
        content = self._first.content
        self._session.counts += (
            Count(self._first.key, table.pager.items, len(table.rows), area=self._first.area or "")
            for table in content.tables
            if table.role and table.pager and table.pager.items is not None and _says_it_is_whole(table.pager)
        )
        for table in content.tables:
            if table.role and table.pager and table.pager.items is None and _says_it_is_whole(table.pager):
                self._session.incomplete(
                    f"{self._first.key}: {table.pager.page} of {table.pager.pages} pages could be read."
                )
        if self._conversation and not links.is_below(self._conversation.action, self._session.entry):
            if needs_conversation(content):
                self._session.incomplete(f"{self._first.key}: its form leads elsewhere; it was not posted.")
        elif self._conversation:
            if content.alphabet and not has_data(content):
                yield from self._letters(*content.alphabet)
            for number, table in enumerate(content.tables):
                is_stepped = table.pager is not None and table.pager.how == "more"
                yield from (self._stepped if is_stepped else self._numbered)(table, number)
        yield from self._linked()

    def turn_to(self, number: int) -> PageContent | None:
        """What page `number` of the first list with postbacks shows, for what its rows offer; None where
        there is no way to it. Raises FetchFailed, PageChanged, SessionExpired."""
        if self._place is None:
            tables = enumerate(self._first.content.tables)
            paged = (
                (at, t, t.pager) for at, t in tables if t.pager and t.pager.how in ("gridview", "postback")
            )
            place = next(paged, None)
            if place is None or self._conversation is None:
                return None
            self._place = ListPosition(place[1], place[0], place[2], place[2].page)
        page = self._turned(number)
        if page is None:
            return None
        content = self._session.pages.offered(page)
        self._arrived(content, number)
        return content

    def _converse(self, content: PageContent) -> None:
        self._conversation = Conversation(content.form, content.controls) if content.form else None

    def _letters(self, target: str, letters: list[str]) -> Iterator[Reading]:
        """`All`; then each letter where that shows nothing, or less than there is."""
        shown, every = Shown(), [letter for letter in letters if letter.casefold() == "all"]
        single = [letter for letter in letters if letter not in every]
        reading = self._further(every[0], partial(self._called, target, every[0])) if every else None
        if reading and has_data(reading.content):
            shown.take_all(reading.content, self._session.claims.get(self._first.area or ""))
        if reading:
            yield reading
        if shown.keys and not (shown.is_less_than_claimed or self._hides_some(target, single, shown)):
            return
        if len(single) > MOST_LETTERS:
            self._session.incomplete(f"{self._first.key}: of {len(single)} letters {MOST_LETTERS} were read.")
        for letter in single[:MOST_LETTERS]:
            reading = self._further(letter, partial(self._called, target, letter))
            if reading:
                self._say_cut(reading)
                shown.take(reading.content)
                yield reading
        self._sum_up_letters(shown, single)

    def _hides_some(self, target: str, letters: list[str], shown: Shown) -> bool:
        """Whether a letter, another one each poll, shows what "All" did not; not asked where its number is
        proven."""
        if shown.is_proven or not letters:
            return False
        letter = letters[(self._session.pages.turn or 0) % len(letters)]
        try:
            content = self._session.pages.offered_in(self._called(target, letter))
        except NotCaptured:  # whoever recorded the visit had no need of it
            return False
        except (FetchFailed, PageChanged) as problem:
            self._session.problems.append(f"{self._first.key}: the letter {letter} cannot be had: {problem}")
            return False
        return shown.lacks(content)

    def _sum_up_letters(self, shown: Shown, letters: list[str]) -> None:
        key = self._first.key
        if shown.items is not None:
            self._session.counts.append(Count(key, shown.items, shown.projects, area=self._first.area or ""))
        elif shown.is_cut and not letters:
            self._session.incomplete(f"{key}: “All” is the first page of several; no more could be read.")

    def _say_cut(self, reading: Reading) -> None:
        for table in reading.content.tables:
            if table.pager and not _is_whole(table.pager, table):
                self._session.incomplete(f"{reading.key}: only the first page of its list was read.")

    def _numbered(self, table: Table, number: int) -> Iterator[Reading]:
        pager = table.pager
        if pager is None or pager.how == "link" or not table.rows or _is_whole(pager, table):
            return
        self._place, rows, repeats = ListPosition(table, number, pager, pager.page), Rows(), 0
        rows.take(table, self._first.content, False)
        most = 1 if pager.pages is None else _MOST_REPEATS
        if is_astray(pager):
            most += 1  # the page that came first comes again
            if (first := self._further("p1", self._rewound)) and self._is_new(first, rows):
                yield first
        for page in _pages(pager):
            reading = self._further(f"p{page}", partial(self._turned, page))
            found = same_table(reading.content, table, number) if reading else None
            if reading is None or found is None or not found.rows:
                break
            if reading.content.form:
                self._arrived(reading.content, page)
            if rows.take(found, reading.content, pager.pages is None):
                repeats = 0
                yield reading
                continue
            repeats += 1
            if repeats >= most:
                break
        self._place = None
        self._sum_up(pager, rows)

    def _stepped(self, table: Table, number: int) -> Iterator[Reading]:
        """A list that shows more of itself at each press of its button, with what was shown or without."""
        key, rows, shown, sessions = self._first.key, Rows(), Shown(), self._sessions
        rows.take(table, self._first.content, False)
        shown.take(self._first.content)
        pager = table.pager
        for step in range(2, _MOST_STEPS + 2):
            if pager is None or pager.how != "more":
                return
            reading = self._further(f"p{step}", partial(self._pressed, pager))
            if self._sessions != sessions:
                self._session.incomplete(f"{key}: the session ended between two steps of the list.")
                return
            found = same_table(reading.content, table, number) if reading else None
            if reading is None or found is None or not rows.take(found, reading.content, True):
                return
            if reading.content.form and self._conversation:
                self._conversation.fields = dict(reading.content.form.fields)
            shown.take(reading.content)
            yield reading
            pager = found.pager
        self._session.incomplete(f"{key}: the list has no end; {_MOST_STEPS} steps of it were read.")

    def _pressed(self, pager: Pager) -> Page:
        assert self._conversation
        if "submit" in pager.arguments:
            fields = self._conversation.pressed(pager.target, pager.arguments["submit"])
        else:
            fields = self._conversation.postback(pager.target, pager.arguments["postback"])
        return self._session.pages.fetcher.post(self._conversation.action, fields)

    def _sum_up(self, pager: Pager, rows: Rows) -> None:
        key = self._first.key
        if pager.items is not None:
            self._session.counts.append(Count(key, pager.items, len(rows.rows), area=self._first.area or ""))
        elif pager.pages and rows.pages < pager.pages:
            self._session.incomplete(f"{key}: {rows.pages} of {pager.pages} pages could be read.")
        elif pager.pages is None and rows.pages < pager.page:
            self._session.incomplete(
                f"{key} came at its page {pager.page}; {rows.pages} pages could be read."
            )
        elif pager.pages is None and rows.pages >= _MOST_PAGES:
            self._session.incomplete(f"{key}: the list has no end; {rows.pages} pages were read.")

    def _further(self, name: str, ask: Callable[[], Page | None]) -> Reading | None:
        """One further page, in a new session where the old one ended; None where there is none."""
        key = f"{self._first.key}#{name}"
        self._session.report(0, key)
        while True:
            try:
                reading = self._session.attempt(lambda: self._read(key, ask()), is_list=True)
            except _NoWay:
                return None
            except SessionExpired as problem:
                if not self._renew(problem):
                    return None
                continue
            if reading:
                reading.area = self._first.area
            return reading

    def _read(self, key: str, page: Page | None) -> Reading:
        if page is None:
            raise _NoWay
        return self._session.pages.read(key, page)

    def _renew(self, problem: SessionExpired) -> bool:
        """A new session, and the list's page in it; False, with a note, where that is of no use."""
        session, first = self._session, self._first
        self._sessions += 1
        if self._sessions > _MOST_SESSIONS:
            session.incomplete(f"{first.key}: the session ended {self._sessions} times. {problem}")
            return False
        session.new_session()
        try:
            content = session.pages.look(without_session(first.page.url))
        except (FetchFailed, PageChanged) as again:
            session.incomplete(f"{first.key}: the session ended, and the page cannot be had again: {again}")
            return False
        self._converse(content)
        if self._place:
            self._place.move(content)
        return self._conversation is not None

    def _turned(self, number: int) -> Page | None:
        """Page `number` of the list that we are in; None where its pager offers no way to it."""
        assert self._conversation
        assert self._place
        pager = self._place.pager
        if pager.how == "gridview":
            return self._walked(number)
        fields = page_fields(self._conversation, pager, number)
        if fields is None or pager.how == "callback":
            return self._called(pager.target, "", fields) if fields else None
        return self._session.pages.fetcher.post(self._conversation.action, fields)

    def _is_new(self, reading: Reading, rows: Rows) -> bool:
        assert self._place
        found = same_table(reading.content, self._place.table, self._place.number)
        return found is not None and rows.take(found, reading.content, False)

    def _rewound(self) -> Page | None:
        """Page 1 of a list that came at a later one and does not number its pages. Raises PageChanged."""
        assert self._conversation
        assert self._place
        page = None
        for _ in range(_MOST_REWOUND):
            offered = set(self._place.pager.arguments.values())
            back = next((argument for argument in _BACK if argument in offered), "")
            if not back:
                return page
            fields = self._conversation.postback(self._place.pager.target, back)
            page = self._session.pages.fetcher.post(self._conversation.action, fields)
            self._arrived(self._session.pages.offered(page), 1)
            if back == "Page$First":
                return page
        raise PageChanged(f"{self._first.key}: its first page is not reached by {_MOST_REWOUND} steps back.")

    def _walked(self, number: int) -> Page | None:
        """A plain GridView lets nobody jump further than its numbers; "…" leads to the next block of them."""
        assert self._conversation
        assert self._place
        while hop := gridview_hop(self._place.pager.arguments, self._place.at, number):
            argument, lands = hop
            fields = self._conversation.postback(self._place.pager.target, argument)
            if lands == number:
                return self._session.pages.fetcher.post(self._conversation.action, fields)
            self._arrived(self._session.pages.hop(self._conversation.action, fields), lands)
        return None

    def _arrived(self, content: PageContent, at: int) -> None:
        """Go on from the whole page that a postback brought."""
        assert self._conversation
        assert self._place
        if content.form:
            self._conversation.fields = dict(content.form.fields)
        self._place.move(content, at)

    def _called(self, target: str, argument: str, fields: dict[str, str] | None = None) -> Page:
        """The answer to a callback. Raises PageChanged, SessionExpired."""
        assert self._conversation
        fields = fields or self._conversation.callback(target, argument)
        page, answer = self._session.pages.call(self._conversation.action, fields)
        refused = answer.error or answer.redirect
        if refused:
            raise refusal(self._first.key, refused)
        self._conversation.take(target, answer)
        return page

    def _linked(self) -> Iterator[Reading]:
        """Numbered pages behind plain links: any of them may show more numbers."""
        first = self._first
        waiting, known = _link_targets(first.content, back=True), {links.key_of(first.page.url)}
        behind = set(_link_targets(first.content, back=True)) - set(_link_targets(first.content))
        numbered = _numbered_targets(first.content)
        listed = _Listed.of(first)
        rows = {tuple(row) for table in first.content.tables for row in table.rows}
        while waiting:
            url = waiting.pop(0)
            key = links.key_of(url)
            if key in known or not links.is_below(url, self._session.entry):
                continue
            if len(known) >= _MOST_PAGES:
                self._session.incomplete(f"{first.key}: the list has no end; {len(known)} pages were read.")
                return
            known.add(key)
            reading = self._session.page(key, url, is_list=True)
            if reading is None:
                continue
            shown = {tuple(row) for table in reading.content.tables for row in table.rows}
            if not shown and url in numbered:
                self._session.incomplete(f"{key}: a page of the list that its pager names shows nothing.")
            if shown <= rows:
                continue  # the same again, or nothing: its "next" leads nowhere
            rows |= shown
            if listed:
                listed.take(reading.content)
            reading.area = first.area
            yield reading
            numbered |= _numbered_targets(reading.content)
            further = _link_targets(reading.content, back=url in behind)
            behind |= set(further) - set(_link_targets(reading.content))
            waiting.extend(further)
        if listed:
            self._session.counts.append(listed.count(first))


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
        return Count(first.key, self.items, len(self.rows), area=first.area or "")


class _NoWay(Exception):
    """The list offers no way to the page that was wanted: it is at its end."""


def refusal(key: str, answer: str) -> PageChanged:
    """What a callback's `error` or `redirect` means."""
    if lost_session(answer, answer) or is_login(answer):
        return SessionExpired(f"{key}: the session ended (“{answer[:200]}”).")
    return PageChanged(f"{key}: the site answered “{answer[:200]}”.")


def _pages(pager: Pager) -> Iterator[int]:
    last = min(pager.pages or _MOST_PAGES, _MOST_PAGES)
    return (page for page in range(1, last + 1) if page != pager.page)


def is_astray(pager: Pager) -> bool:
    """Whether the list came at another page than its first (a session remembers), and does not say which."""
    is_numbered = any(label.isdigit() for label in pager.arguments)
    return pager.how == "gridview" and not is_numbered and not set(_BACK).isdisjoint(pager.arguments.values())


def _is_whole(pager: Pager, table: Table) -> bool:
    return pager.pages == 1 or (pager.items is not None and len(table.rows) >= pager.items)


def _says_it_is_whole(pager: Pager) -> bool:
    """Whether the list came with no way to more of it: rows in a script, a total in words."""
    return pager.how == "link" and not pager.arguments


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


def _numbered_targets(content: PageContent) -> set[str]:
    """Where the numbers of pagers lead: those pages are there, whatever a "next" may promise."""
    pagers = (table.pager for table in content.tables if table.pager and table.pager.how == "link")
    return {url for pager in pagers for label, url in pager.arguments.items() if label.isdigit()}
