"""All pages of the lists on one page: letters, callbacks, postbacks, plain links, in one session or more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from etl.crawl import links
from etl.crawl.letters import MOST_LETTERS, Shown
from etl.crawl.linked import MOST_PAGES, Rows, linked_pages, same_table
from etl.crawl.position import ListPosition
from etl.crawl.reading import Count, Reading
from etl.crawl.session import CrawlSession
from etl.crawl.webforms import BACKWARDS, Conversation, gridview_hop, is_astray, page_fields, refusal
from etl.exceptions import FetchFailed, NotCaptured, PageChanged, SessionExpired
from etl.extract.pager import BACK
from etl.extract.types import PageContent, Pager, Table
from etl.fetch.page import Page
from etl.values.addresses import without_session

_MOST_SESSIONS = 2  # new ones that one list gets
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


class Paging:
    """One page and what its lists hide. When the session ends in the middle, the page is asked for anew in
    a new one, and the list is read on where it was; at most twice a page."""

    def __init__(self, session: CrawlSession, first: Reading) -> None:
        self._session, self._first = session, first
        self._sessions = 0
        self._place: ListPosition | None = None
        self._is_live = not first.is_had  # whether the form that we go on from is of this session
        self._kept: PageContent | None = None  # until it is, the page of the list that was had last
        self.opening = first.content  # what the first page of the list showed
        self.is_of_several = False  # pages; known when all were read
        self.shows_again = self._shown_again  # what its first page shows now; raises FetchFailed, PageChanged
        self._converse(first.content)

    def readings(self) -> Iterator[Reading]:
        """The further pages; the first is had already. Problems are noted."""
        for reading in self._readings():
            self.is_of_several |= reading.content is not self.opening
            yield reading

    def _readings(self) -> Iterator[Reading]:
        content = self._first.content
        for unread in (content.unread_viewer, content.unread_steps if has_data(content) else ""):
            if unread:
                self._session.incomplete(f"{self._first.key}: {unread}")
        self._session.counts += (
            Count(self._first.key, table.pager.items, len(table.rows), area=self._first.counted(table))
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
                sentence = f"{self._first.key}: its form leads elsewhere; it was not posted."
                self._session.not_had(sentence, is_list=True)
        elif self._conversation:
            if content.alphabet and not has_data(content):
                yield from self._letters(*content.alphabet)
            for number, table in enumerate(content.tables):
                is_stepped = table.pager is not None and table.pager.how == "more"
                yield from (self._stepped if is_stepped else self._numbered)(table, number)
                self._place = self._kept = None
        yield from linked_pages(self._session, self._first)

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

    def back_at(self, number: int, page: int) -> PageContent | None:
        """What page `page` of the list at place `number` shows, where it came at another one: the server
        remembers where we were. None where there is no way back. Raises as `turn_to`, and PageChanged."""
        table = self._first.content.tables[number]
        pager = table.pager
        if pager is not None and pager.how == "link":
            return self._linked_back(table, number, page)
        if pager is None or pager.how == "more" or self._conversation is None:
            return None
        self._place = ListPosition(table, number, pager, pager.page)
        found = self._rewound() if is_astray(pager) else self._turned(page)
        return self._session.pages.offered(found) if found else None

    def _linked_back(self, table: Table, number: int, page: int) -> PageContent | None:
        """By the page's number, where links have numbers, else step by step to the first."""
        content, found = None, table
        for _ in range(_MOST_REWOUND):
            ways = found.pager.arguments if found.pager else {}
            is_numbered = any(label.isdigit() for label in ways)
            url = ways.get(str(page)) if is_numbered else ways.get(BACK)
            if url is None or not links.is_below(url, self._session.entry):
                return content
            content = self._session.pages.look(url)
            shown = same_table(content, table, number)
            if shown is None or is_numbered:
                return content
            found = shown
        return content

    def _shown_again(self) -> PageContent:
        """A list's address, asked once more as it was, in a new session where the old one ended."""
        url = self._first.page.url
        bare = without_session(url)
        try:
            return self._session.pages.look(url)
        except SessionExpired:
            self._session.new_session()
        except FetchFailed:
            if bare == url:
                raise
        return self._session.pages.look(bare)

    def _letter_again(self, target: str, letter: str) -> PageContent:
        self._go_live()
        return self._session.pages.offered_in(self._called(target, letter))

    def _opens_with(self, content: PageContent, again: Callable[[], PageContent] | None = None) -> None:
        """The page that came by its address is not the list's first: this one is."""
        if self.opening is self._first.content:
            self.opening, self.shows_again = content, again or self.shows_again

    def _converse(self, content: PageContent) -> None:
        self._conversation = Conversation(content.form, content.controls) if content.form else None

    def _letters(self, target: str, letters: list[str]) -> Iterator[Reading]:
        """`All`; then each letter where that shows nothing, or less than there is."""
        shown, every = Shown(), [letter for letter in letters if letter.casefold() == "all"]
        single = [letter for letter in letters if letter not in every]
        reading = self._further(every[0], partial(self._called, target, every[0])) if every else None
        if reading and has_data(reading.content):
            shown.take_all(reading.content, self._session.claims.get(self._first.area or ""))
            self._opens_with(reading.content, partial(self._letter_again, target, every[0]))
        if reading:
            yield reading
        is_all = bool(shown.keys) and not shown.is_less_than_claimed
        # whoever had "All" before was sure of it, or the next reading is
        if is_all and ((reading and reading.is_had) or not self._hides_some(target, single, shown)):
            return
        if len(single) > MOST_LETTERS:
            sentence = f"{self._first.key}: of {len(single)} letters {MOST_LETTERS} were read."
            self._session.not_had(sentence, is_list=True)
        for letter in single[:MOST_LETTERS]:
            reading = self._further(letter, partial(self._called, target, letter))
            if reading:
                self._say_cut(reading)
                self._opens_with(reading.content, partial(self._letter_again, target, letter))
                yield shown.less(reading)
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
            sentence = f"{self._first.key}: the letter {letter} cannot be had: {problem}"
            self._session.not_had(sentence, is_list=False)
            return False
        return shown.lacks(content)

    def _sum_up_letters(self, shown: Shown, letters: list[str]) -> None:
        key = self._first.key
        if shown.items is not None:
            area = self._first.area or (self._first.unit if shown.projects else "")
            self._session.counts.append(Count(key, shown.items, shown.projects, area=area))
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
                self._opens_with(first.content)
                self.is_of_several = True
                yield first
        for page in _pages(pager):
            if not (self._is_live or self._leads_to(page)):
                break
            is_named = self._place.names(page)
            reading = self._further(f"p{page}", partial(self._turned, page))
            found = same_table(reading.content, table, number) if reading else None
            if reading is None or found is None or not found.rows:
                self._say_hidden(page, is_hidden=reading is not None and (is_named or found is None))
                break
            if reading.is_had and not self._is_live:
                self._had(reading.content, page)
            elif reading.content.form and not reading.is_had:
                self._arrived(reading.content, page)
            if rows.take(found, reading.content, pager.pages is None):
                repeats = 0
                yield reading
                continue
            repeats += 1
            if repeats >= most:
                self._say_hidden(page, is_hidden=is_named and pager.pages is None and pager.items is None)
                break
        self._sum_up(pager, rows, table)

    def _say_hidden(self, page: int, *, is_hidden: bool) -> None:
        """That a page which the list's pager promises shows something else than its rows, where it does."""
        if is_hidden:
            self._session.incomplete(f"{self._first.key}: its page {page} shows none of its own rows.")

    def _leads_to(self, page: int) -> bool:
        """Whether there is a way to a page from the one that was had last."""
        assert self._place
        at, pager = self._place.at, self._place.pager
        return pager.how != "gridview" or gridview_hop(pager.arguments, at, page) is not None

    def _stepped(self, table: Table, number: int) -> Iterator[Reading]:
        """A list that shows more of itself at each press of its button, with what was shown or without."""
        key, rows, shown, sessions = self._first.key, Rows(), Shown(), self._sessions
        rows.take(table, self._first.content, False)
        shown.take(self._first.content)
        pager = table.pager
        if pager is not None:
            self._place = ListPosition(table, number, pager, 1)
        for step in range(2, _MOST_STEPS + 2):
            if pager is None or pager.how != "more":
                return
            reading = self._further(f"p{step}", partial(self._pressed, step))
            if self._sessions != sessions:
                self._session.not_had(
                    f"{key}: the session ended between two steps of the list.", is_list=True
                )
                return
            found = same_table(reading.content, table, number) if reading else None
            if reading is None or found is None or not rows.take(found, reading.content, True):
                self._say_hidden(step, is_hidden=reading is not None and found is None)
                return
            if not reading.is_had:
                self._arrived(reading.content, step)
            elif not self._is_live:
                self._had(reading.content, step)
            yield shown.less(reading)
            pager = found.pager
        self._session.incomplete(f"{key}: the list has no end; {_MOST_STEPS} steps of it were read.")

    def _pressed(self, step: int) -> Page:
        """The next step, after those before it where the list had to be begun anew. Raises PageChanged."""
        assert self._conversation
        assert self._place
        while (pager := self._place.pager).how == "more":
            if "submit" in pager.arguments:
                fields = self._conversation.pressed(pager.target, pager.arguments["submit"])
            else:
                fields = self._conversation.postback(pager.target, pager.arguments["postback"])
            if self._place.at == step - 1:
                return self._session.pages.fetcher.post(self._conversation.action, fields)
            content = self._session.pages.hop(self._conversation.action, fields)
            found = same_table(content, self._place.table, self._place.number)
            if found is None or found.pager is None:
                break
            self._arrived(content, self._place.at + 1)
        raise PageChanged(f"{self._first.key}: the list has fewer steps than when it was begun.")

    def _sum_up(self, pager: Pager, rows: Rows, table: Table) -> None:
        key = self._first.key
        if pager.items is not None:
            area = self._first.counted(table)
            self._session.counts.append(Count(key, pager.items, len(rows.rows), area=area))
        elif pager.pages and rows.pages < pager.pages:
            self._session.incomplete(f"{key}: {rows.pages} of {pager.pages} pages could be read.")
        elif pager.pages is None and rows.pages < pager.page:
            self._session.incomplete(
                f"{key} came at its page {pager.page}; {rows.pages} pages could be read."
            )
        elif pager.pages is None and rows.pages >= MOST_PAGES:
            self._session.incomplete(f"{key}: the list has no end; {rows.pages} pages were read.")

    def _further(self, name: str, ask: Callable[[], Page | None]) -> Reading | None:
        """One further page, in a new session where the old one ended; None where there is none."""
        key = f"{self._first.key}#{name}"
        self._session.report(0, key)
        if had := self._session.pages.had(key):
            had.area = self._first.area
            return self._session.received(had)
        while True:
            try:
                reading = self._session.attempt(lambda: self._read(key, self._asked(ask)), is_list=True)
            except _NoWay:
                return None
            except SessionExpired as problem:
                if not self._renew(problem):
                    return None
                continue
            if reading:
                reading.area = self._first.area
            return reading

    def _asked(self, ask: Callable[[], Page | None]) -> Page | None:
        page = self._resumed(ask)
        if page is None:
            self._go_live()
            page = ask()
        return page

    def _had(self, content: PageContent, at: int) -> None:
        """Stand at a page that was had before, in another session."""
        assert self._place
        self._place.move(content, at)
        self._kept = content

    def _resumed(self, ask: Callable[[], Page | None]) -> Page | None:
        """The page behind the one that was had last, asked for with the form that was kept of that: most
        servers keep in it where we were. None where one page does not lead to the next alone, or where the
        server forgot: the list is then begun anew, and what was had of it is passed over."""
        kept, self._kept = self._kept, None
        place = self._place
        if self._is_live or kept is None or kept.form is None or place is None or not place.is_onward:
            return None
        self._converse(kept)
        try:
            page = ask()
            content = self._session.pages.offered(page) if page else None
        except (FetchFailed, PageChanged):
            return None
        if content is None or not place.is_followed(kept, content):
            return None
        self._is_live = True
        return page

    def _go_live(self) -> None:
        """Have the page anew where its form is of a session that is over. Raises FetchFailed, PageChanged."""
        if self._is_live:
            return
        content = self._session.pages.look(without_session(self._first.page.url))
        self._is_live = True
        self._converse(content)
        if self._place:
            self._place.move(content)
            if is_astray(self._place.pager):
                self._rewound()

    def _read(self, key: str, page: Page | None) -> Reading:
        if page is None:
            raise _NoWay
        return self._session.pages.read(key, page)

    def _renew(self, problem: SessionExpired) -> bool:
        """A new session, and the list's page in it; False, with a note, where that is of no use."""
        session, first = self._session, self._first
        self._sessions += 1
        if self._sessions > _MOST_SESSIONS:
            session.not_had(f"{first.key}: the session ended {self._sessions} times. {problem}", is_list=True)
            return False
        session.new_session()
        try:
            content = session.pages.look(without_session(first.page.url))
        except (FetchFailed, PageChanged) as again:
            sentence = f"{first.key}: the session ended, and the page cannot be had again: {again}"
            session.not_had(sentence, is_list=True)
            return False
        self._is_live = True
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
            back = next((argument for argument in BACKWARDS if argument in offered), "")
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


class _NoWay(Exception):
    """The list offers no way to the page that was wanted: it is at its end."""


def _pages(pager: Pager) -> Iterator[int]:
    last = min(pager.pages or MOST_PAGES, MOST_PAGES)
    return (page for page in range(1, last + 1) if page != pager.page)


def _is_whole(pager: Pager, table: Table) -> bool:
    return pager.pages == 1 or (pager.items is not None and len(table.rows) >= pager.items)


def has_more(table: Table) -> bool:
    """Whether the table is one page of a list of several."""
    return table.pager is not None and not _is_whole(table.pager, table)


def _says_it_is_whole(pager: Pager) -> bool:
    """Whether the list came with no way to more of it: rows in a script, a total in words."""
    return pager.how == "link" and not pager.arguments
