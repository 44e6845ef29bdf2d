"""National Treasury's Municipal Money: what municipalities budgeted, received and spent on water.

The API (https://municipaldata.treasury.gov.za/docs) is asked politely: its robots.txt wants 120 seconds
between two requests, so each poll reads the cubes' models alone, and a cube only when its model says that
it was updated. A first reading takes hours, a quiet one a quarter of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone

from etl.compare import checks
from etl.compare.checks import Disagreement, Verdict
from etl.compare.known import limits
from etl.crawl.evidence import EvidenceRecorder
from etl.crawl.session import Progress
from etl.exceptions import EtlError, PageChanged
from etl.fetch.archive import Archive
from etl.fetch.fetcher import Fetcher, FetchPolicy
from etl.fetch.page import Page
from etl.load import run as load
from etl.money import answers, errors, holding, places
from etl.money.cells import Key
from etl.money.changes import FigureChanges, KnownFigure, changes_of
from etl.money.known import KnownFinances, present
from etl.money.model import Model
from etl.money.places import OurPlace
from etl.money.queries import CUBES, measures_of
from etl.money.reader import CubeReader, asked_of
from etl.money.recall import recall_run
from etl.money.survey import FinanceSurvey
from etl.money.writing import FigureWriter
from etl.monitor import SourceMonitor
from etl.runs.parser_version import money_digest
from projects.facts import municipalities
from projects.facts.finance import FIRST_YEAR, municipal_year
from projects.models import SyncRun
from projects.wording.figures import HERE

_MOST_DIFFERENCES = 100


class MunicipalTreasuryMonitor(SourceMonitor):
    """Polls the cubes; `years` (by their end) narrows what is asked, and then nothing counts as complete."""

    name = "treasury"
    writer = FigureWriter()
    known: KnownFinances
    survey: FinanceSurvey
    changes: FigureChanges

    def __init__(
        self,
        run: SyncRun,
        *,
        dry_run: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        years: Sequence[int] = (),
    ) -> None:
        super().__init__(run, dry_run=dry_run, on_progress=on_progress)
        self.only = tuple(sorted(set(years)))
        self.is_sure = True  # of what is known: today's parser could read it again
        self.is_rejected = False  # nothing but what a steward rejected is new
        self.recalled: set[str] = set()  # cubes whose reading waits for a steward, or was rejected
        self.places = our_places()
        self.evidence = EvidenceRecorder(Archive(settings.ARCHIVE_DIR), keep=not dry_run, clean=answers.clean)
        self.survey = self._new_survey()
        self.fetcher = Fetcher(
            settings.TREASURY_URL,
            FetchPolicy.of_settings(),
            self.alive,
            passing=_is_passing,
            refusal=_refusal,
        )
        run.parser_digest = money_digest()

    def close(self) -> None:
        self.fetcher.close()

    @property
    def years(self) -> tuple[int, ...]:
        """From the first year of the v2 cubes to the one that is budgeted for next."""
        last = municipal_year(timezone.now().astimezone(HERE).date()) + 1
        return self.only or tuple(range(FIRST_YEAR, last + 1))

    def _new_survey(self) -> FinanceSurvey:
        return FinanceSurvey(self.places.keys())

    def _what_is_known(self) -> KnownFinances:
        return KnownFinances.of(self.run.source)

    def _catch_up(self) -> None:
        if self.run.parser_digest == self.known.parser or not self.known.parser:
            return
        try:
            self._recall_known()
            known = self.known.figures(self.survey.answered)
            self.survey.leave(self._loaded_since(known))
            self.changes = changes_of(self.survey, known, "parser", absences=False)
            if not self.dry_run:
                load.load_corrections(self.run, self.changes, self.writer)
        except EtlError as problem:  # bytes are gone: what is published today is read in any case
            self.is_sure = False
            self.run.notes.append(f"The parser moved, and what is known could not be read again: {problem}")
        self.survey, self.changes = self._new_survey(), FigureChanges()

    def _recall_known(self) -> None:
        for cube, state in self.known.cubes.items():
            recall_run(state["run"], {cube}, self.survey, self.evidence)

    def _loaded_since(self, known: Mapping[Key, KnownFigure]) -> Iterator[Key]:
        """Figures that were loaded after their cube was read as a whole: of some years, or by the release of
        some municipalities. What the cube said before is no correction of them."""
        run_of = {
            measure: one["run"] for cube, one in self.known.cubes.items() for measure in measures_of(cube)
        }
        recalled = {seen.snapshot for seen in self.survey.sightings.values()}
        for key, figure in known.items():
            if figure.run > run_of[key[2]] and not (figure.is_present and figure.snapshot in recalled):
                yield key

    def _read_source(self) -> None:
        self.evidence.last = self.known.last_sightings()
        reader = CubeReader(
            settings.TREASURY_URL, self.fetcher, self.evidence, self.survey, self.years, self.on_progress
        )
        try:
            reader.read(CUBES, self._has_moved)
        finally:
            self.run.requests, self.run.retries = self.fetcher.requests, self.fetcher.retries
            self.run.notes += self.fetcher.notes
        self._recall_held()
        still = [cube for name, cube in self.known.cubes.items() if name not in self.survey.moved]
        self.survey.standing = sum(cube["figures"] for cube in still)
        self.survey.standing_places = self.known.municipalities if still else 0

    def _recall_held(self) -> None:
        """What waits for a steward is compared again from our own archive: the service is not asked twice."""
        for cube in filter(self._waits, self.known.held):
            try:
                recall_run(self.known.held[cube]["run"], {cube}, self.survey, self.evidence)
                self.recalled.add(cube)
            except PageChanged as problem:  # the next poll asks for it again
                self.survey.miss(cube, problem)
        self.survey.moved |= self.recalled
        self.survey.read |= self.recalled

    def _waits(self, cube: str) -> bool:
        """A cube that could not be asked this time still waits: the steward's run is not superseded."""
        held = self.known.held[cube]
        as_held = self.survey.updated.get(cube, held["last_updated"]) == held["last_updated"]
        return as_held and held != self.known.cubes.get(cube) and cube not in self.survey.read

    def _has_moved(self, cube: str, model: Model) -> bool:
        """Whether there is something to read. A model that cannot move, or a reading of long ago, is no
        reason to believe that nothing was published."""
        before = self.known.cubes.get(cube)
        waits = self.known.held.get(cube)
        if waits and waits["last_updated"] == model.last_updated and not self.run.force:
            before = waits
        if self.run.force or self.only or before is None or not self.is_sure:
            return True
        if before["last_updated"] != model.last_updated or before.get("asked") != asked_of(cube, self.years):
            return True
        age = timezone.now() - datetime.fromisoformat(before["read_at"])
        return age > timedelta(days=settings.TREASURY_REREAD_DAYS)

    def _check(self) -> Verdict:
        checks.check_demo(self.survey, self.run.source.demo)
        emptied = {cube for cube in self.survey.read if self.known.cubes.get(cube, {}).get("figures")}
        if emptied and not (self.survey.records or self.survey.refused or self.only):
            raise PageChanged(
                f"Municipal Money has no figure at all in {', '.join(sorted(emptied))}:"
                " what was known is kept until somebody has looked."
            )
        complete = self.survey.whole and not self.only
        return Verdict(complete, list(self.survey.notes), self._table_differences())

    def _table_differences(self) -> list[Disagreement]:
        """Where the cube's table of municipalities is not ours: reported, and nothing is made of it."""
        if "municipalities" not in self.survey.tables or "demarcation_changes" not in self.survey.tables:
            return [Disagreement(**known) for known in self.known.differences]
        rows, changes = self.survey.tables["municipalities"], self.survey.tables["demarcation_changes"]
        found = places.table_differences(rows, changes, self.places)
        return [
            Disagreement(each.what, len(rows), len(self.places), None, each.sentence)
            for each in found[:_MOST_DIFFERENCES]
        ]

    def _nothing_new(self) -> str:
        return "" if self.survey.moved or not self.survey.whole else "model"

    @cached_property
    def _known_figures(self) -> dict[Key, KnownFigure]:
        return self.known.figures(self.survey.answered)

    def _changes(self, verdict: Verdict, shown_by: str) -> FigureChanges:
        if shown_by:
            return FigureChanges()
        changes = changes_of(self.survey, self._known_figures)
        rejected = self.known.rejected()
        figures = self.survey.read - {"municipalities"}
        again = {cube for cube in figures if rejected.get(cube) == self._digest(cube)}
        rest = changes.without({measure for cube in again for measure in measures_of(cube)})
        if len(rest.figures) == len(changes.figures):
            return changes
        self.is_rejected = not rest
        if rest:
            self._leave_out(again)
        return rest or changes

    def _digest(self, cube: str) -> str:
        return self.survey.content_digest(measures_of(cube))

    def _leave_out(self, cubes: set[str]) -> None:
        """What was rejected must not keep the news of other cubes waiting."""
        self.survey.notes.append(f"{', '.join(sorted(cubes))}: as a steward rejected it; left out.")
        for cube in cubes:
            self.survey.forget(measures_of(cube))
            self.survey.standing += self.known.cubes.get(cube, {}).get("figures", 0)
        self.survey.read -= cubes

    def _hold(self, verdict: Verdict) -> None:
        self.run.content_digest, self.run.profile = self.survey.content_digest(), self._profile()
        if not self.changes:
            return
        if self.is_rejected:
            verdict.rejected = True
            return
        known = self._known_figures.items()
        had = present({key: one for key, one in known if (key[2], key[1]) in self.survey.answered})
        verdict.held = holding.reasons(self.survey.counts(), had, self.changes, limits())

    def _profile(self) -> dict[str, Any]:
        """What is known of each cube after this run, for the next one to start from."""
        read = {} if self.only else {cube: self._just_read(cube) for cube in self.survey.read}
        counts = self.survey.counts()
        used = sorted(self.survey.read)
        return {
            "cubes": self.known.cubes | read,
            "read": used,
            "figures": counts,
            "municipalities": self.known.municipalities if self.only else self.survey.municipality_lines,
            "digests": {cube: self._digest(cube) for cube in used},
        }

    def _just_read(self, cube: str) -> dict[str, Any]:
        measures = measures_of(cube)
        keys = [key for key in self.survey.records if key[2] in measures]
        held = self.known.held[cube] if cube in self.recalled else None  # read then, not now
        return {
            "last_updated": self.survey.updated[cube],
            "read_at": held["read_at"] if held else timezone.now().isoformat(),
            "asked": held.get("asked") if held else asked_of(cube, self.years),
            "run": self.run.pk,
            "figures": len(keys),
        }


def our_places() -> Mapping[str, OurPlace]:
    """Our own table of the 257, as the cube's is compared with it."""
    facts = municipalities()
    return {f.code: OurPlace(f.name, f.province, f.category, f.district or "") for f in facts}


def _is_passing(answer: Page) -> bool:
    return errors.is_passing(answer.status or 0, answer.body)


def _refusal(answer: Page) -> str:
    return errors.sentence(answer.url, answer.status or 0, answer.body)
