"""What the record knows of municipal finances, as far as a poll needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from etl.money import debts
from etl.money.cells import Key
from etl.money.figure_changes import KnownFigure, values_of
from etl.money.queries import SELDOM, measures_of
from etl.money.survey import FinanceSurvey
from projects.facts.finance import BALANCES
from projects.models import (
    GOOD,
    Cause,
    DataChangeLog,
    EntityType,
    MunicipalFigure,
    Presence,
    RunState,
    Sighting,
    Source,
    SyncRun,
)

_BATCH = 500

_KEPT = timedelta(minutes=10)  # the service keeps an answer for five; clocks differ


@dataclass
class KnownFinances:
    """`cubes`: cube → {"last_updated", "read_at", "run", "asked", "figures"} of its last believed reading;
    `held` the same for a reading that waits for a steward or was rejected: it is not asked for again while
    nothing moves."""

    source: Source
    cubes: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    parser: str = ""
    is_sure: bool = True  # today's parser could read again what is known
    municipalities: int = 0  # that had a figure in the last believed reading
    # where the cube's table of municipalities was not ours when it was last read
    disagreements: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source) -> KnownFinances:
        good = SyncRun.objects.good().filter(source=source).exclude(profile={}).order_by("-id").first()
        read = SyncRun.objects.filter(
            source=source, state__in=[*GOOD, RunState.QUARANTINED, RunState.REJECTED]
        )
        newest = read.exclude(profile={}).order_by("-id").first()
        held = newest if newest and newest.state not in GOOD else None
        if good is None:
            return cls(source, held=_cubes(held))
        places = good.profile.get("municipalities") or 0
        return cls(
            source,
            _cubes(good),
            _cubes(held),
            good.parser_digest,
            municipalities=places,
            disagreements=good.disagreements,
        )

    def has_moved(self, cube: str, last_updated: str, asked: str) -> bool:
        """Whether there is something to read of a cube. A model that cannot move, or a reading of long ago,
        is no reason to believe that nothing was published. `asked`: a digest of the questions of today."""
        before = self._read(cube, last_updated)
        if before is None or not self.is_sure or before.get("asked") != asked:
            return True
        return _age(before) > timedelta(days=settings.TREASURY_REREAD_DAYS * SELDOM.get(cube, 1))

    def is_settled(self, cube: str, last_updated: str) -> bool:
        """Whether the date is older than any answer that the service can still keep: it was read before."""
        before = self._read(cube, last_updated)
        return before is not None and _age(before) > _KEPT

    def _read(self, cube: str, last_updated: str) -> dict[str, Any] | None:
        """The cube's last reading of that date, believed or not; None where it has moved since."""
        readings = filter(None, (self.held.get(cube), self.cubes.get(cube)))
        return next((one for one in readings if one["last_updated"] == last_updated), None)

    def waits(self, cube: str) -> bool:
        """Whether another reading of the cube than the believed one waits for a steward."""
        return cube in self.held and self.held[cube] != self.cubes.get(cube)

    def waiting(self, survey: FinanceSurvey) -> list[str]:
        """The cubes whose reading waits for a steward, where the survey has nothing newer. One that could not
        be asked this time still waits: the steward's run is not superseded."""
        return [
            cube
            for cube, held in self.held.items()
            if survey.updated.get(cube, held["last_updated"]) == held["last_updated"]
            and self.waits(cube)
            and cube not in survey.read
        ]

    def loaded_since(self, survey: FinanceSurvey, figures: Mapping[Key, KnownFigure]) -> Iterator[Key]:
        """Figures that were loaded after their cube was read as a whole: of some years, or by the release of
        some municipalities. What the cube said before is no correction of them."""
        run_of = {measure: one["run"] for cube, one in self.cubes.items() for measure in measures_of(cube)}
        recalled = {seen.snapshot for seen in survey.observations.values()}
        for key, figure in figures.items():
            if figure.run > run_of[key[2]] and not (figure.is_present and figure.snapshot in recalled):
                yield key

    def last_sightings(self) -> dict[str, Sighting]:
        """The last believed look at each page, by key: of each cube, in the run that read it last."""
        runs = {cube["run"] for cube in self.cubes.values()}
        newest = (
            SyncRun.objects.good().filter(source=self.source).order_by("-id").values_list("id", flat=True)
        )
        read = SyncRun.objects.filter(pk__in=[*runs, *newest[:1]]).select_related("same_lists", "same_pages")
        looks = (look for run in read for look in run.looks.filter(loaded=True).select_related("snapshot"))
        return {look.key: look for look in sorted(looks, key=lambda look: look.pk)}

    def figures(self, answered: Collection[tuple[str, int]]) -> dict[Key, KnownFigure]:
        """The figures of those measures and financial years; of balances also those of the year before, which
        the first of a year follows on."""
        found: dict[Key, KnownFigure] = {}
        for measure in {measure for measure, _ in answered}:
            years = {year for name, year in answered if name == measure}
            years |= {year - 1 for year in years} if measure in BALANCES else set()
            rows = MunicipalFigure.objects.filter(
                Q(measure=measure, financial_year__in=years), source=self.source
            )
            for row in rows.iterator(chunk_size=5000):
                key = (row.municipality_id, row.financial_year, row.measure, row.code, row.amount_type)
                is_present = row.presence == Presence.PRESENT
                found[key] = KnownFigure(
                    row.pk, values_of(row), is_present, row.last_changed_run_id, row.snapshot_id
                )
        return found

    def recall_said(self, survey: FinanceSurvey, figures: Mapping[Key, KnownFigure]) -> None:
        """Give the balances of which more is owed for long now what the log said of them before."""
        risen = {
            known.pk: known
            for key, record in survey.records.items()
            if key[2] in BALANCES
            and (known := figures.get(key))
            and debts.is_higher(known.values, values_of(record))
        }
        pks = sorted(risen)
        for start in range(0, len(pks), _BATCH):
            some = DataChangeLog.objects.filter(
                entity_type=EntityType.FIGURE, entity_id__in=pks[start : start + _BATCH]
            )
            rows = some.order_by("entity_id", "pk").values_list("entity_id", "cause", "field_changes")
            for pk, steps in groupby(rows, key=lambda row: row[0]):
                risen[pk].said = debts.said_by((cause == Cause.PARSER, told) for _, cause, told in steps)

    def rejected(self) -> dict[str, str]:
        """Cube → digest of what it said in the last reading that a steward decided on, if that was no."""
        last = SyncRun.objects.filter(source=self.source).decided().first()
        return last.profile.get("digests") or {} if last and last.state == RunState.REJECTED else {}


def present(figures: Mapping[Key, KnownFigure]) -> Counter[tuple[str, int]]:
    """What was there by measure and year: each yearly figure, each month of a monthly one."""
    counted: Counter[tuple[str, int]] = Counter()
    for key, one in figures.items():
        months = sum(value is not None for name, value in one.values.items() if name.startswith("month_"))
        counted[key[2], key[1]] += (months or 1) if one.is_present else 0
    return counted


def _age(reading: dict[str, Any]) -> timedelta:
    return timezone.now() - datetime.fromisoformat(reading["read_at"])


def _cubes(run: SyncRun | None) -> dict[str, dict[str, Any]]:
    return dict(run.profile.get("cubes") or {}) if run else {}
