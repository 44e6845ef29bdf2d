"""Lists of which the page shows a part that is chosen: the other parts are asked for as a browser would.

Where an option narrows nothing it is asked for once; else, and where it shows nothing, each of the others is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from etl.crawl import links
from etl.crawl.closing import look_again
from etl.crawl.paging import Paging, has_data
from etl.crawl.reading import Reading
from etl.crawl.scripted import only_reads, says_it_only_reads
from etl.crawl.session import CrawlSession
from etl.exceptions import FetchFailed, PageChanged, SessionExpired
from etl.extract.types import Choice, PageContent, PublishedProject
from etl.fetch.page import Page
from etl.values.identifiers import number_of
from etl.values.places import names_a_municipality
from etl.values.vocabulary import DEFAULT, province_of

_DEEPEST = 3  # choices that have to be made one after the other
_PLACES = ("municipality", "district")
_MOST_OPTIONS = 300  # of one crawl
Wanted = dict[str, str]  # a choice's name → the value that is asked for


@dataclass
class Choices:
    """What a crawl chose so far: no choice is made twice."""

    session: CrawlSession
    has_posted: bool = False  # the server may remember what was chosen
    _known: set[str] = field(default_factory=set)
    _shown: set[tuple[tuple[str, str], ...]] = field(default_factory=set)
    _pages: set[frozenset[tuple[tuple[str, str], ...]]] = field(default_factory=set)  # the lines of each

    def readings(self, first: Reading, made: Wanted | None = None) -> Iterator[Reading]:
        """The parts of the page's list that it does not show, each to its last page. `made`: what was chosen
        before this page offered the rest."""
        made = made or {}
        choices = [one for one in _of_one_form(first.content.choices) if one.name not in made]
        if choices and first.is_had:  # its form is of a session that is over
            choices = self._anew(first)
        if not choices:
            return
        self._shown |= _lines(first.content)
        self._pages.add(frozenset(_lines(first.content)))
        base = made | {each.name: each.whole for each in choices if each.name and each.whole is not None}
        open_ones = [choice for choice in choices if choice.whole is None]
        is_narrowed = any(choice.chosen != base.get(choice.name, choice.chosen) for choice in choices)
        is_shown = has_data(first.content)
        if is_shown and not is_narrowed and not open_ones:
            return
        if not open_ones:
            answer = yield from self._asked(first, choices[0], base, is_wanted=is_shown)
            if answer:
                return
            open_ones = choices[:1]  # what narrows nothing shows nothing: it only asks to choose
        if len(open_ones) > 1:
            self._say_narrowed(first, open_ones)
            return
        yield from self._each(first, open_ones[0], base, is_shown and not is_narrowed)

    def _anew(self, first: Reading) -> list[Choice]:
        try:
            return _of_one_form(self.session.pages.look(first.page.url).choices)
        except (FetchFailed, PageChanged) as problem:
            self.session.not_had(f"{first.key}: its choices cannot be had again: {problem}", is_list=True)
            return []

    def _each(self, first: Reading, choice: Choice, base: Wanted, is_chosen_shown: bool) -> Iterator[Reading]:
        for value, _ in choice.options:
            if value == choice.whole or (value == choice.chosen and is_chosen_shown):
                continue
            yield from self._asked(first, choice, {**base, choice.name: value}, is_wanted=True)

    def _asked(
        self, first: Reading, choice: Choice, wanted: Wanted, *, is_wanted: bool
    ) -> Generator[Reading, None, bool]:
        """One part, with all its pages; returns whether it shows anything. `is_wanted`: the list was not read
        without it."""
        name = urlencode(sorted(wanted.items()))
        known = f"{links.key_of(choice.action or first.page.url)}#{name}"
        if known in self._known:
            return True
        if len(self._known) >= _MOST_OPTIONS or not _may_ask(choice, first, self.session.entry):
            if is_wanted or len(self._known) >= _MOST_OPTIONS:
                self._say_narrowed(first, [choice])
            return False
        self._known.add(known)
        ask = partial(self._answer, first, choice, wanted)
        reading = self._read(f"{first.key.partition('#')[0]}#{name}", ask, is_wanted)
        if reading is None:
            return False
        reading.area = links.area_of(reading.content) or first.area
        self._check(reading, wanted)
        paging = Paging(self.session, reading)
        paging.shows_again = lambda: self.session.pages.offered(ask())
        if not has_data(reading.content) and len(wanted) < _DEEPEST:
            yield from self.readings(reading, wanted)
        place = _place_of(choice, wanted)
        yield self._without_repeated(reading, place)
        for further in paging.readings():
            yield self._without_repeated(further, place)
        if paging.is_of_several and (count := look_again(self.session, reading, paging)):
            self.session.counts.append(count)
        return has_data(reading.content) or bool(self._shown & _lines(reading.content))

    def _say_narrowed(self, first: Reading, choices: list[Choice]) -> None:
        shown = ", ".join(f"“{choice.text(choice.chosen)}”" for choice in choices)
        self.session.incomplete(f"{first.key}: its list is narrowed to {shown}; the rest was not read.")

    def _read(self, key: str, ask: Callable[[], Page], is_wanted: bool) -> Reading | None:
        session = self.session
        session.report(0, key)
        is_list = is_wanted or session.pages.evidence.said_something(key)
        try:
            return session.attempt(lambda: session.pages.read(key, ask()), is_list=is_list)
        except SessionExpired as problem:
            session.not_had(str(problem), is_list=is_list)
            return None

    def _answer(self, first: Reading, choice: Choice, wanted: Wanted) -> Page:
        """Raises FetchFailed, PageChanged, SessionExpired."""
        fields = {**choice.fields, **wanted}
        url = choice.action or first.page.url
        fetcher = self.session.pages.fetcher
        if choice.target:
            fields |= {"__EVENTTARGET": choice.target, "__EVENTARGUMENT": ""}
        elif choice.button and choice.button[0]:
            fields |= {choice.button[0]: choice.button[1]}
        if choice.is_get:
            return fetcher.get(f"{url.partition('?')[0]}?{urlencode(fields)}")
        self.has_posted = True
        return fetcher.post(url, fields)

    def _check(self, reading: Reading, wanted: Wanted) -> None:
        """The server may show what somebody chose before, whatever is asked."""
        for choice in reading.content.choices:
            if choice.name in wanted and choice.chosen != wanted[choice.name]:
                shown, asked = choice.text(choice.chosen), choice.text(wanted[choice.name])
                self.session.incomplete(f"{reading.key}: it shows “{shown}” where “{asked}” was asked for.")

    def _without_repeated(self, reading: Reading, place: str) -> Reading:
        """Without the lines that another part showed to the letter. `place`: of which the part was asked, ""
        for none; there a line that says neither its number nor where it is may be another project."""
        content, lines = reading.content, frozenset(_lines(reading.content))
        again = [one for one in content.projects if tuple(one.published.items()) in self._shown]
        open_ones = sum(not _is_told(one) for one in again) if place else 0
        if open_ones and lines not in self._pages:  # else the server shows the same whatever is chosen
            self.session.incomplete(
                f"{reading.key}: {open_ones} of its lines for “{place}” were shown for another place too;"
                " they were not read: without a number, nobody can tell whether they are other projects."
            )
        content.projects = [
            one for one in content.projects if tuple(one.published.items()) not in self._shown
        ]
        self._shown |= lines
        self._pages.add(lines)
        return reading


def will_post(content: PageContent) -> bool:
    """Whether a part of the page's list has to be asked for with its own hidden fields."""
    return any(not each.is_get and each.chosen != each.whole for each in content.choices)


def _place_of(choice: Choice, wanted: Wanted) -> str:
    """The place of which a part is asked, "" where the choice is of something else."""
    text = choice.text(wanted.get(choice.name, ""))
    return text if province_of(text) or names_a_municipality(text) else ""


def _is_told(one: PublishedProject) -> bool:
    """Whether a line says itself which project it is: by a number, or by where it lies."""
    if number_of(one.external_id):
        return True
    return any(text and DEFAULT.field_of(label) in _PLACES for label, text in one.published.items())


def _lines(content: PageContent) -> set[tuple[tuple[str, str], ...]]:
    return {tuple(project.published.items()) for project in content.projects}


def _of_one_form(choices: list[Choice]) -> list[Choice]:
    """The choices of the first form that has any: they are made together."""
    return [choice for choice in choices if choice.fields == choices[0].fields]


def _may_ask(choice: Choice, first: Reading, entry: str) -> bool:
    """Whether asking changes nothing: by its method, or by what its address and its button say."""
    url = choice.action or first.page.url
    if not links.is_below(url, entry) or not only_reads(url, entry):
        return False
    return choice.is_get or bool(choice.target) or says_it_only_reads(" ".join(choice.button or ()))
