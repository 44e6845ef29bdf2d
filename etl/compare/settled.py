"""What a source's lists were put together to, kept for the next reading: where all that it depends on is as
it was, so is what comes of it.

It depends on what the pages of the lists publish, to the letter and in their order; on which areas they are
of, and the kept bytes that show them; on the code, words, places and the plan of the last reading (`basis`);
and on the record, which can be asked through `Asked` alone: of a known project its id, presence and lists are
in the digest, and whatever else was asked is asked again, and has to be answered as it was. Addresses are
those of now: they may be others each time.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from etl.bounds.process import Plain
from etl.compare.part import Frozen, Part
from etl.compare.survey import Survey, of_page
from etl.crawl.observations import Observation
from etl.crawl.reading import Reading
from etl.understand.plan import ReadingPlan
from etl.understand.shapes import Shapes

if TYPE_CHECKING:
    from etl.compare.known import Known, KnownProject

_MOST = 20_000  # projects that wait in memory to be put together
# What settling makes of a survey, beside its lines; and what it adds to what was there before
_MADE = ("rows", "listed", "unplaced", "conflicts", "doubtful", "unread", "emptied", "settled")
OF_IDENTITIES = (
    "_by_number",
    "_unnumbered",
    "_by_name",
    "_by_text",
    "_numbers",
    "_is_gathered",
    "_gone",
    "_own",
    "_here",
)


class Files(Protocol):
    """Where it is kept, by a name that is a SHA-256 (hex)."""

    def get(self, name: str) -> bytes | None: ...

    def keep(self, name: str, data: bytes) -> None: ...


class Listed(NamedTuple):
    """What putting lists together may know of a known project without asking."""

    pk: int
    is_present: bool
    lists: tuple[str, ...]


class Asked:
    """The record, for whoever puts lists together: no more of it than is held to be the same next time."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.ever, self.is_first = known.ever, known.is_first
        self.keys = {i: Listed(key.pk, key.is_present, key.lists) for i, key in known.keys.items()}
        self.answers: list[tuple[str, tuple[str, ...], str]] = []  # asked for what, of whom, and the digest
        self._has_places = False

    def digest(self) -> str:
        """Of what is known without asking."""
        first = repr([self.is_first, sorted(self.ever)])
        return _digest(f"{first} {[(i, *key) for i, key in sorted(self.keys.items())]}")

    def in_full(self, external_ids: Iterable[str]) -> dict[str, KnownProject]:
        some = tuple(external_ids)
        found = self._known.in_full(some)
        self.answers.append(("in_full", some, _digest(repr(list(found.items())))))
        return found

    def places_of(self, pk: int) -> set[str]:
        if not self._has_places:
            self._has_places = True
            self.answers.append(("places", (), self._places()))
        return self._known.places_of(pk)

    def settled_empty(self) -> set[str]:
        found = self._known.settled_empty()
        self.answers.append(("settled_empty", (), _digest(repr(sorted(found)))))
        return found

    def answers_again(self, answers: Iterable[tuple[str, tuple[str, ...], str]]) -> bool:
        """Whether the record answers all that was asked as it did."""
        asked = {
            "in_full": lambda some: repr(list(self._known.in_full(some).items())),
            "settled_empty": lambda _: repr(sorted(self._known.settled_empty())),
        }
        return all(
            digest == (self._places() if what == "places" else _digest(asked[what](some)))
            for what, some, digest in answers
        )

    def _places(self) -> str:
        return _digest(repr([sorted(self._known.places_of(key.pk)) for _, key in sorted(self.keys.items())]))


@dataclass(slots=True)
class Settled:
    """`basis`, `record`: digests of what it depends on; `answers`: what was asked; `pages`: a digest of each
    page. `judged`: the plan by which projects were told apart, `plan`: the one that came of the lists. The
    others are what was added to the survey's own."""

    basis: str
    record: str
    answers: list[tuple[str, tuple[str, ...], str]]
    pages: list[str]
    judged: ReadingPlan
    plan: ReadingPlan
    shapes: Shapes
    lines: dict[str, Frozen]
    made: dict[str, Any]
    identities: dict[str, Any]
    notes: list[str]
    shortfalls: list[str]
    in_error: set[str]
    invalid: int


class SettledLists:
    """Of one reading of a source; `name`: that under which its lists are kept. `basis`: the code, the
    words, the places and the plan, each as far as it decides anything."""

    def __init__(self, files: Files, name: str, known: Known, basis: str) -> None:
        self._files, self._name, self._of_facts = files, _digest(name), _digest(f"facts of {name}")
        self._kept = ""  # the digest of what is kept
        self.known, self.asked = known, Asked(known)
        self._basis, self._record = _digest(basis), self.asked.digest()
        self._pages: list[str] = []
        self._seen: list[tuple[Observation, str | None]] = []
        self._waiting: list[tuple[Reading, Observation]] = []
        self._held = 0  # projects of the pages that wait
        self._before = _Before()
        self.is_restored = False
        self._last = self._read()

    def waits(self, survey: Survey, reading: Reading, seen: Observation) -> bool:
        """Whether a page need not be put together yet, as it is what it was, like all before it."""
        digest, at = _of_page(survey, reading, seen), len(self._pages)
        self._pages.append(digest)
        self._seen.append((seen, seen.snapshot))
        self._held += len(reading.content.projects)
        last = self._last.pages if self._last else []
        if digest and self._held <= _MOST and at < len(last) and last[at] == digest:
            self._waiting.append((reading, seen))
            return True
        self._give_up(survey)
        return False

    def restore(self, survey: Survey) -> bool:
        """Where all that it depends on is as it was: settle the survey as it was settled then."""
        last = self._last
        if last is None or len(last.pages) != len(self._pages) or not self.asked.answers_again(last.answers):
            self._give_up(survey)
            self._before = _Before.of(survey)
            return False
        urls = [[project.url for project in of_page(reading)] for reading, _ in self._waiting]
        is_volatile = last.plan.is_volatile
        for i, frozen in last.lines.items():
            page, number = frozen[-1] or (0, 0)
            survey.lines[i] = Part.thawed(frozen, urls[page][number] or None, is_volatile)
        for name, made in last.made.items():
            setattr(survey, name, made)
        survey.shapes, survey.plan = last.shapes, last.plan
        who = survey.identities(last.judged)
        for name, told in last.identities.items():
            setattr(who, name, told)
        survey.who, survey.judged = who, last.judged
        survey.in_error |= last.in_error
        survey.notes += last.notes
        survey.shortfalls += last.shortfalls
        survey.whole = survey.whole and not last.shortfalls
        survey.invalid += last.invalid
        who.known, self._waiting, self.is_restored = self.known, [], True
        survey.facts.found = self._facts(self._kept)
        survey.facts.is_open = True
        return True

    def note(self, survey: Survey) -> None:
        """Keep what was settled, where the next reading may rest on it."""
        who, before = survey.who, self._before
        assert who
        who.known = self.known
        is_too_long = self._held > _MOST  # the next reading would not wait for it
        if (
            is_too_long
            or not all(self._pages)
            or any(seen.snapshot != snapshot for seen, snapshot in self._seen)
        ):
            return
        settled = Settled(
            self._basis,
            self._record,
            self.asked.answers,
            self._pages,
            survey.judged,
            survey.plan,
            survey.shapes,
            {i: part.frozen() for i, part in survey.lines.items()},
            {name: getattr(survey, name) for name in _MADE},
            {name: getattr(who, name) for name in OF_IDENTITIES},
            survey.notes[before.notes :],
            survey.shortfalls[before.shortfalls :],
            survey.in_error,
            survey.invalid - before.invalid,
        )
        data = pickle.dumps(settled, pickle.HIGHEST_PROTOCOL)
        self._files.keep(self._name, data)
        self._kept, survey.facts.is_open = sha256(data).hexdigest(), True

    def keep_facts(self, survey: Survey) -> None:
        """Keep what was found of the lines, where something of it is new."""
        if survey.facts.is_open and survey.facts.is_new:
            told = self._kept, survey.facts.found
            self._files.keep(self._of_facts, pickle.dumps(told, pickle.HIGHEST_PROTOCOL))

    def _facts(self, kept: str) -> dict[str, tuple[str, object]]:
        """What was found of the lines as they were kept."""
        told = _unpickled(self._files.get(self._of_facts))
        return told[1] if told and told[0] == kept else {}

    def _give_up(self, survey: Survey) -> None:
        """It is not what it was: put together what waits."""
        waiting, self._waiting, self._last = self._waiting, [], None
        for reading, seen in waiting:
            survey.put_together(reading, seen)

    def _read(self) -> Settled | None:
        data = self._files.get(self._name)
        found = _unpickled(data)
        if data is None or not isinstance(found, Settled):
            return None
        self._kept = sha256(data).hexdigest()
        return found if (found.basis, found.record) == (self._basis, self._record) else None


def _unpickled(data: bytes | None) -> Any:
    """What was kept; None where it is of another version."""
    if data is None:
        return None
    try:
        return Plain(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, TypeError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class _Before:
    """What the survey had before it was settled."""

    notes: int = 0
    shortfalls: int = 0
    invalid: int = 0

    @classmethod
    def of(cls, survey: Survey) -> _Before:
        return cls(len(survey.notes), len(survey.shortfalls), survey.invalid)


def _of_page(survey: Survey, reading: Reading, seen: Observation) -> str:
    """A digest of all that a page of a list brings; "" where it cannot be told, or is none."""
    is_list = all(project.part == "line" for project in of_page(reading))
    if not reading.substance or not is_list or survey.is_partial:
        return ""
    period = survey.periods.get(reading.key.split("#")[0])
    whose = reading.key, reading.area, reading.external_id, reading.unit, period
    return _digest(repr((*whose, seen.snapshot, seen.is_emptied, seen.is_repeated, reading.substance)))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
