"""National Treasury's Municipal Money: what municipalities budgeted, received and spent on water.

The API (https://municipaldata.treasury.gov.za/docs) is asked politely: its robots.txt wants 120 seconds
between two requests, so each poll reads the cubes' models alone, and a cube only when its model says that
it was updated. A first reading takes hours, a quiet one twenty minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from etl.compare import checks
from etl.compare.breaker import Belief
from etl.compare.checks import Completeness, Disagreement
from etl.compare.known import limits
from etl.crawl.observations import Recall
from etl.exceptions import PageChanged
from etl.fetch.fetcher import Fetcher, FetchPolicy
from etl.money import answers, errors, places
from etl.money.figure_changes import FigureChanges, changes_of, reasons_to_hold
from etl.money.known import KnownFinances, present
from etl.money.places import OurPlace
from etl.money.queries import CUBES, measures_of
from etl.money.reader import CubeReader, asked_of
from etl.money.recall import looks_at, recall
from etl.money.scratch import ScratchFinances
from etl.money.survey import FinanceSurvey
from etl.money.writing import FigureWriter
from etl.monitor import ArchivedSource, DeclaredSource
from etl.runs.parser_version import money_digest
from projects.facts import municipalities
from projects.facts.finance import FIRST_YEAR, municipal_year
from projects.models import Cause, Sighting, Source, SyncRun
from projects.wording.figures import HERE

_MOST_DIFFERENCES = 100


class MunicipalTreasuryMonitor(ArchivedSource[KnownFinances, FinanceSurvey, FigureChanges]):
    """Polls the cubes; `years` (by their end) narrows what is asked, and then nothing counts as complete."""

    writer = FigureWriter()
    clean = staticmethod(answers.clean)

    def __init__(self, run: SyncRun, *, years: Sequence[int] = (), **how: object) -> None:
        run.parser_digest = money_digest()
        super().__init__(run, **how)  # type: ignore[arg-type]
        self.only = tuple(sorted(set(years)))
        self.places = our_places()

    @property
    def years(self) -> tuple[int, ...]:
        """From the first year of the v2 cubes to the one that is budgeted for next."""
        last = municipal_year(timezone.now().astimezone(HERE).date()) + 1
        return self.only or tuple(range(FIRST_YEAR, last + 1))

    def recorded(self) -> KnownFinances:
        return KnownFinances.of(self.run.source)

    def doubted(self, known: KnownFinances) -> KnownFinances:
        return replace(known, is_sure=False)

    def believed(self, known: KnownFinances) -> Iterable[Sighting]:
        return [look for cube, state in known.cubes.items() for look in looks_at(state["run"], {cube})]

    @staticmethod
    def looks_of(run: SyncRun) -> Iterable[Sighting]:
        """What a run read of the cubes that it read to their end."""
        return looks_at(run, run.profile.get("read", ()))

    def read_site(self, known: KnownFinances) -> FinanceSurvey:
        self.evidence.begin(known.last_sightings())
        survey = FinanceSurvey(self.places.keys())
        fetcher = Fetcher(
            self.entry,
            FetchPolicy.of_settings(),
            self.alive,
            passing=errors.passing,
            refusal=errors.refusal,
        )
        every_cube = self.run.force or bool(self.only)
        reader = CubeReader(
            self.entry,
            fetcher,
            self.evidence,
            survey,
            self.years,
            every_cube,
            self.on_progress,
            self.alive,
        )
        try:
            reader.read(CUBES, known)
        finally:
            fetcher.close()
            self.run.requests, self.run.retries = fetcher.requests, fetcher.retries
            self.run.notes += fetcher.notes
        _recall_held(survey, known)
        # a cube that could not be asked is not the same: nothing of it was compared
        still = [cube for name, cube in known.cubes.items() if name in survey.updated.keys() - survey.moved]
        survey.standing = sum(cube["figures"] for cube in still)
        survey.standing_places = known.municipalities if still else 0
        survey.unchanged_by = "" if survey.moved or not survey.whole else "model"
        return survey

    def read_archive(self, recalled: Recall, known: KnownFinances) -> FinanceSurvey:
        survey = FinanceSurvey(self.places.keys(), recall=recalled)
        recall(recalled.looks, survey)
        return survey

    def check(self, reading: FinanceSurvey, known: KnownFinances) -> Completeness:
        if reading.recall:
            return Completeness(reading.recall.concludes)
        checks.check_demo(reading, self.run.source.demo)
        emptied = {cube for cube in reading.read if known.cubes.get(cube, {}).get("figures")}
        if emptied and not (reading.records or reading.refused or self.only):
            raise PageChanged(
                f"Municipal Money has no figure at all in {', '.join(sorted(emptied))}:"
                " what was known is kept until somebody has looked."
            )
        complete = reading.whole and not self.only
        shortfall = "" if complete else next(iter(reading.shortfalls), "")
        differences = self._table_differences(reading, known)
        return Completeness(complete, list(reading.notes), shortfall, differences)

    def _table_differences(self, reading: FinanceSurvey, known: KnownFinances) -> list[Disagreement]:
        """Where the cube's table of municipalities is not ours: reported, and nothing is made of it."""
        if "municipalities" not in reading.tables or "demarcation_changes" not in reading.tables:
            return list(map(Disagreement.of_json, known.disagreements))
        rows, changes = reading.tables["municipalities"], reading.tables["demarcation_changes"]
        found = places.table_differences(rows, changes, self.places)
        return [
            Disagreement(each.what, len(rows), len(self.places), False, each.sentence)
            for each in found[:_MOST_DIFFERENCES]
        ]

    def compare(
        self, reading: FinanceSurvey, known: KnownFinances, completeness: Completeness
    ) -> FigureChanges:
        if reading.unchanged_by:
            return FigureChanges()
        figures = known.figures(reading.answered)
        known.recall_said(reading, figures)
        recalled = reading.recall
        if recalled and recalled.cause == Cause.PARSER:
            reading.leave(known.loaded_since(reading, figures))
            return changes_of(reading, figures, Cause.PARSER, absences=False)
        changes = changes_of(reading, figures)
        if recalled:
            return changes if recalled.places is None else changes.within(recalled.places)
        changes.had = present(figures)
        return _without_rejected(changes, reading, known)

    def hold(
        self, reading: FinanceSurvey, changes: FigureChanges, known: KnownFinances
    ) -> tuple[Belief, FigureChanges]:
        if reading.recall:
            # of a release of some municipalities the rest is not loaded: the next poll looks at it again
            rest = {} if reading.recall.places is None else {"cubes": known.cubes}
            return Belief(self.run.content_digest, self.run.profile | rest), changes
        belief = Belief(reading.content_digest(), self._profile(reading, known))
        belief.rejected = changes.is_rejected
        if changes and not belief.rejected:
            had: Counter[str] = Counter()
            for asked, count in changes.had.items():
                had[asked[0]] += count if asked in reading.answered else 0
            belief.reasons = reasons_to_hold(reading.counts(), had, changes, limits())
        return belief, changes

    def _profile(self, reading: FinanceSurvey, known: KnownFinances) -> dict[str, Any]:
        """What is known of each cube after this run, for the next one to start from."""
        read = {} if self.only else {cube: self._just_read(cube, reading, known) for cube in reading.read}
        used = sorted(reading.read)
        return {
            "cubes": known.cubes | read,
            "read": used,
            "figures": reading.counts(),
            "municipalities": known.municipalities if self.only else reading.municipality_lines,
            "digests": {cube: _digest(cube, reading) for cube in used},
        }

    def _just_read(self, cube: str, reading: FinanceSurvey, known: KnownFinances) -> dict[str, Any]:
        measures = measures_of(cube)
        held = known.held[cube] if cube in reading.recalled else None  # read then, not now
        return {
            "last_updated": reading.updated[cube],
            "read_at": held["read_at"] if held else timezone.now().isoformat(),
            "asked": held.get("asked") if held else asked_of(cube, self.years),
            "run": self.run.pk,
            "figures": sum(key[2] in measures for key in reading.records),
        }

    @staticmethod
    def scratch(source: Source) -> KnownFinances:
        """What would be known if history began again."""
        return ScratchFinances(source)

    def corrections(self, scratch: KnownFinances) -> FigureChanges:
        """The changes that make what is known into what a replay found."""
        assert isinstance(scratch, ScratchFinances)
        return scratch.corrections()


def _recall_held(survey: FinanceSurvey, known: KnownFinances) -> None:
    """What waits for a steward is compared again from our own archive: the service is not asked twice."""
    for cube in known.waiting(survey):
        try:
            recall(looks_at(known.held[cube]["run"], {cube}), survey)
            survey.recalled.add(cube)
        except PageChanged as problem:  # the next poll asks for it again
            survey.miss(cube, problem)
    survey.moved |= survey.recalled
    survey.read |= survey.recalled


def _without_rejected(changes: FigureChanges, reading: FinanceSurvey, known: KnownFinances) -> FigureChanges:
    """The changes without those that a steward rejected before, where others are left."""
    rejected = known.rejected()
    figures = reading.read - {"municipalities"}
    again = {cube for cube in figures if rejected.get(cube) == _digest(cube, reading)}
    rest = changes.without({measure for cube in again for measure in measures_of(cube)})
    if len(rest.figures) == len(changes.figures):
        return changes
    if not rest:
        changes.is_rejected = True
        return changes
    reading.leave_out(again, sum(known.cubes.get(cube, {}).get("figures", 0) for cube in again))
    return rest


def _digest(cube: str, reading: FinanceSurvey) -> str:
    return reading.content_digest(measures_of(cube))


def our_places() -> Mapping[str, OurPlace]:
    """Our own table of the 257, as the cube's is compared with it."""
    facts = municipalities()
    return {f.code: OurPlace(f.name, f.province, f.category, f.district or "") for f in facts}


SOURCE = DeclaredSource(
    "treasury",
    "National Treasury: Municipal Money",
    short="Municipal Money",
    minutes=60,
    entry_setting="TREASURY_URL",
    command="sync_treasury",
    records="figures",
    disagreements="Its table of municipalities, and ours",
    compares_tables=True,
    open_data=True,
    monitor=MunicipalTreasuryMonitor,
)
