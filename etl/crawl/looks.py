"""All that is asked of a page's bytes, in one call inside bounds: is it the page that was asked for, what is
it without its noise, what does it say. A page that was read before is not read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pickle import HIGHEST_PROTOCOL, dumps
from typing import Any

from etl.bounds.call import bounded
from etl.bounds.process import Plain
from etl.crawl.inspect import inspect_page, received_callback
from etl.crawl.kept_readings import KeptReadings
from etl.crawl.noise import Masked, NotWhole, holds_marks, masked, pickled, values_back
from etl.crawl.web_pages import WebPages
from etl.exceptions import PageChanged
from etl.extract import clean as clean_markup
from etl.extract.markup import Markup
from etl.extract.types import CallbackAnswer, PageContent
from etl.fetch.page import Page

Clean = Callable[[bytes, str], bytes]
Extract = Callable[[Page], PageContent]
_ANSWER = "answer"  # a kind of its own among the readings that are kept


@dataclass(slots=True)
class Looked:
    """`clean`: SHA-256 of the page without its noise. `said`: its pickled content, b"" where it is not the
    page that was asked for, or says nothing that can be read: that is the `problem`. `is_marked`: what is
    left of the page without its noise holds marks, which are to be no part of it. `substance`: SHA-256 of
    what it publishes of projects, to the letter and in its order, addresses apart; "" where that is open."""

    clean: str
    said: bytes
    problem: PageChanged | None = None
    is_marked: bool = False
    substance: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the helper process is asked of a page. `clean` and `extract` are functions of modules.
    `is_known`: it is kept evidence, which was inspected when it was received."""

    clean: Clean
    extract: Extract
    is_known: bool = False

    def __call__(self, page: Page) -> Looked:
        own = self.clean is clean_markup and type(self.extract) is WebPages
        markup = Markup(page.body, page.content_type) if own else None
        cleaned = clean_markup(markup) if markup else self.clean(page.body, page.content_type)
        looked = Looked(sha256(cleaned).hexdigest(), b"", is_marked=holds_marks(cleaned))
        try:
            if not self.is_known:
                inspect_page(page.url, page.body, page.content_type, markup)
            content = self.extract.of(page, markup) if markup else self.extract(page)  # type: ignore[attr-defined]
        except PageChanged as problem:
            looked.problem = problem
        else:
            looked.said = pickled(content) if holds_marks(page.body) else dumps(content, HIGHEST_PROTOCOL)
            looked.substance = substance_of(content)
        return looked


def substance_of(content: PageContent) -> str:
    """SHA-256 (hex) of all that is put together of a page's projects and tables; of addresses only that there
    is one: they may be others each time. "" where a passing value is a part of the rest."""
    projects = [
        [project.part, project.external_id, [*project.published.items()], bool(project.url), project.doubts]
        for project in content.projects
    ]
    tables = [
        [table.role, table.kind, table.headers, table.labels, table.rows if not table.role else []]
        for table in content.tables
    ]
    said = json.dumps([projects, tables], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return "" if holds_marks(said) else sha256(said).hexdigest()


def _answer_of(page: Page) -> Looked:
    """What the helper process is asked of a callback's answer; its markup is read as a page is."""
    try:
        answer = received_callback(page.url, page.body, page.content_type)
    except PageChanged as problem:
        return Looked("", b"", problem)
    return Looked("", pickled(replace(answer, html=None)))


@dataclass(slots=True)
class Seen:
    """A page that was looked into. `clean`, `substance`: as of `Looked`; `content` raises what is wrong with
    the page."""

    clean: str
    _content: PageContent | None
    _problem: PageChanged | None = None
    substance: str = ""

    @property
    def content(self) -> PageContent:
        if self._content is None:
            raise self._problem or PageChanged("The page was not read.")
        return self._content


class _WithValues(Plain):
    """Takes what was pickled of a masked page, and puts its values back into the texts set apart."""

    def __init__(self, data: bytes, values: list[str]) -> None:
        super().__init__(BytesIO(data))
        self._put_back, self._had = values_back(values), dict[str, str]()

    def persistent_load(self, pid: str) -> str:
        text = self._had.get(pid)  # one address stands in several places
        if text is None:
            text = self._had[pid] = self._put_back(pid)
        return text


def _read_back(said: bytes, values: list[str]) -> Any:
    """What a page says. Raises NotWhole."""
    return _WithValues(said, values).load()


class Looker:
    """Looks into pages for one run. `alive` is called in the meantime. `kept`: what was read before."""

    def __init__(
        self,
        extract: Extract,
        clean: Clean = clean_markup,
        alive: Callable[[], None] = lambda: None,
        kept: KeptReadings | None = None,
    ) -> None:
        self._look, self._alive, self._kept = Look(clean, extract), alive, kept
        self._look_again = Look(clean, extract, is_known=True)
        self._last: tuple[Page, Masked] | None = None

    def known(self, page: Page) -> Seen | None:
        """What the page says, where the same page was read before but for its passing values; else None."""
        if self._kept is None:
            return None
        mask = self._masked(page)
        found = self._kept.get(mask.page)
        try:
            if found is None:
                return None
            clean, substance, said = found
            return Seen(clean, _read_back(said, mask.values), substance=substance)
        except NotWhole:
            return None

    def read(self, page: Page) -> Seen:
        """Look into the page. Raises PageTooCostly."""
        return self._read(self._look, page)

    def content(self, page: Page) -> PageContent:
        """What a page says, read before or now. Raises PageChanged."""
        return (self.known(page) or self._read(self._look, page)).content

    def kept_content(self, page: Page) -> PageContent:
        """The same of kept evidence. Raises PageChanged."""
        return (self.known(page) or self._read(self._look_again, page)).content

    def answer(self, page: Page) -> CallbackAnswer:
        """What a callback's answer brings beside its markup. Raises PageChanged, SessionExpired."""
        mask = self._masked(page)
        found = self._kept.get(mask.page, _ANSWER) if self._kept else None
        try:
            if found:
                return _read_back(found[2], mask.values)
            looked = self._bounded(_answer_of, mask.page)
            if not looked.problem:
                answer = _read_back(looked.said, mask.values)
                if self._kept:
                    self._kept.keep(mask.page, looked.clean, looked.said, _ANSWER)
                return answer
        except NotWhole:
            pass
        looked = self._bounded(_answer_of, page)
        if looked.problem:
            raise looked.problem
        return _read_back(looked.said, [])

    def _masked(self, page: Page) -> Masked:
        """What is known of a page is asked for more than once, one page after the other."""
        if self._last is None or self._last[0] is not page:
            self._last = page, masked(page)
        return self._last[1]

    def _read(self, look: Look, page: Page) -> Seen:
        mask = self._masked(page)
        looked = self._bounded(look, mask.page)
        if mask.values and (looked.is_marked or looked.problem):
            return self._as_it_is(look, page)
        if looked.problem:
            return Seen(looked.clean, None, looked.problem)
        try:
            content = _read_back(looked.said, mask.values)
        except NotWhole:
            return self._as_it_is(look, page)
        if self._kept and not look.is_known:
            self._kept.keep(mask.page, looked.clean, looked.said, substance=looked.substance)
        return Seen(looked.clean, content, substance=looked.substance)

    def _as_it_is(self, look: Look, page: Page) -> Seen:
        """A page whose passing values are part of what it says, or that is no page: the sentence is of it."""
        looked = self._bounded(look, page)
        content = None if looked.problem else _read_back(looked.said, [])
        return Seen(looked.clean, content, looked.problem)

    def _bounded(self, look: Callable[[Page], Looked], page: Page) -> Looked:
        looked: Looked = bounded(look, page, alive=self._alive)
        return looked
