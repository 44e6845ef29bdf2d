"""CrawlSession the Municipal Money API: the model of each cube, and those cubes whose model moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from etl.bounds.call import bounded
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.progress import Progress
from etl.exceptions import EtlError, FetchFailed, PageChanged
from etl.fetch.fetcher import Fetcher
from etl.fetch.page import Page
from etl.money import answers
from etl.money.known import KnownFinances
from etl.money.model import Model, read_model
from etl.money.queries import MODEL, Query, cube_of, model_query, queries_of, url
from etl.money.survey import AnswerPage, FinanceSurvey
from etl.normalise.records import digest_of

_MOST_PAGES = 50  # of one question; more is a service that does not come to an end
_MOST_FAILURES = 2  # cubes in a row that cannot be read: then the service is down, not the cube


class Torn(PageChanged):
    """A cube answered, and was updated meanwhile."""


def page_key(query: Query, number: int) -> str:
    """The name of one page's sighting: the query's key, and the number of a further page."""
    return query.key if number == 1 else f"{query.key}#{number}"


def asked_of(cube: str, years: Iterable[int]) -> str:
    """A digest of all that is asked of a cube: a new code, or a new financial year, makes another."""
    return digest_of(
        {query.key: [list(pair) for pair in query.params] for query in queries_of(cube, tuple(years))}
    )


@dataclass
class CubeReader:
    """One poll's conversation. What cannot be read is noted on the survey, which is then not whole.

    `years`: by their end. `every_cube`: read them all, moved or not.
    """

    base: str
    fetcher: Fetcher
    evidence: EvidenceRecorder
    survey: FinanceSurvey
    years: tuple[int, ...]
    every_cube: bool
    on_progress: Callable[[Progress], None]
    alive: Callable[[], None]
    _done: int = 0
    _failures: int = 0
    _answers: int = 0  # cubes that were read to their end, or say that there is nothing new to be read

    def read(self, cubes: Iterable[str], known: KnownFinances) -> None:
        """Read each model, and each cube that moved since it was known. Raises EtlError when none answers."""
        waiting = list(cubes)
        for number, cube in enumerate(waiting):
            try:
                self._cube(cube, known)
                self._answers, self._failures = self._answers + 1, 0
            except Torn as problem:
                self._not_read(cube, problem)
                self._failures = 0  # the service is well
            except (FetchFailed, PageChanged) as problem:
                self._not_read(cube, problem)
                self._failures += 1
                if self._failures == _MOST_FAILURES and number + 1 < len(waiting):
                    self._give_up(waiting[number + 1 :])
                    break
        if not self._answers:
            raise FetchFailed(f"Nothing of the Municipal Money API could be read. {self.survey.notes[0]}")

    def _cube(self, cube: str, known: KnownFinances) -> None:
        model = self._model(cube)
        self.survey.updated[cube] = model.last_updated
        asked = asked_of(cube, self.years)
        moved = known.has_moved(cube, model.last_updated, asked)
        # while a reading waits for a steward that one is held on to, and asked for again where it is lost
        is_lost = cube in self._lost() and not known.waits(cube)
        if not (self.every_cube or moved or is_lost):
            return
        self.survey.moved.add(cube)
        # a date of long ago needs no answer of its own: what the service keeps is younger
        as_of = "" if known.is_settled(cube, model.last_updated) else model.last_updated
        queries = queries_of(cube, self.years)
        for number, query in enumerate(queries):
            self._tell(query.key, len(queries) - number)
            self.survey.add(query, list(self._pages(query, as_of)))
        if self._model(cube, as_of).last_updated != model.last_updated:
            raise Torn(f"Municipal Money, {cube}: it was updated while it was read; it is read again.")
        self.survey.read.add(cube)

    def _lost(self) -> set[str]:
        """Cubes of which an answer that was kept cannot be read again."""
        return {cube_of(key) for key in self.evidence.lost() if not key.endswith(f" {MODEL}")}

    def _not_read(self, cube: str, problem: EtlError) -> None:
        """The figures of a cube that was not read to its end are not used: months could be missing."""
        self.survey.unasked.append(self.survey.miss(cube, problem))

    def _give_up(self, left: list[str]) -> None:
        sentence = f"{_MOST_FAILURES} cubes in a row could not be read; {', '.join(left)} were not asked for."
        self.survey.incomplete(sentence)
        self.survey.unasked.append(sentence)

    def _model(self, cube: str, as_of: str = "") -> Model:
        """The model; the one `as_of` a date is asked for under another URL, for the service keeps its answers
        for a while, and would say again what it said."""
        query = model_query(cube)
        page = self._fetch(query, 1, as_of)
        return self._bounded(read_model, page, cube)

    def _pages(self, query: Query, as_of: str) -> Iterator[AnswerPage]:
        """Until a short page: the count in an answer cannot be trusted."""
        for number in range(1, _MOST_PAGES + 1):
            page = self._fetch(query, number, as_of)
            answer = self._bounded(answers.read, page, query)
            if answer.page != number:
                raise PageChanged(f"Municipal Money, {query.key}: page {number} says it is {answer.page}.")
            yield AnswerPage(answer.rows, self.survey.observations[page_key(query, number)].snapshot)
            if answers.is_last(answer):
                return
        raise PageChanged(f"Municipal Money, {query.key}: no end after {_MOST_PAGES} pages.")

    def _fetch(self, query: Query, number: int, as_of: str = "") -> Page:
        """The page, kept before anybody reads it; one that is data becomes a sighting."""
        key = page_key(query, number)
        page = self.fetcher.get(url(self.base, query, number, as_of))
        self.survey.demo.add(page.is_demo)
        self.evidence.look(key, page)
        digest = self._bounded(answers.digest_of_answer, page, query.key)
        self.survey.observations[key] = self.evidence.settle(key, digest)
        self._done += 1
        return page

    def _bounded(self, function: Callable[..., Any], page: Page, what: object) -> Any:
        """What the function makes of the page, called inside bounds."""
        return bounded(function, page.body, page.content_type, what, alive=self.alive)

    def _tell(self, what: str, waiting: int) -> None:
        self.on_progress(Progress(self._done, waiting, what))
