"""What the record knows of municipal finances, as far as a poll needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from etl.money.cells import Key
from etl.money.changes import KnownFigure, values_of
from projects.models import GOOD, MunicipalFigure, Presence, RunState, Sighting, Source, SyncRun


@dataclass
class KnownFinances:
    """`cubes`: cube → {"last_updated", "read_at", "run", "asked", "figures"} of its last believed reading;
    `held` the same for a reading that waits for a steward or was rejected: it is not asked for again while
    nothing moves."""

    source: Source
    cubes: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    parser: str = ""
    municipalities: int = 0  # that had a figure in the last believed reading
    # where the cube's table of municipalities was not ours when it was last read
    differences: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source) -> KnownFinances:
        good = SyncRun.objects.good().filter(source=source).exclude(profile={}).order_by("-id").first()
        read = SyncRun.objects.filter(
            source=source, state__in=[*GOOD, RunState.QUARANTINED, RunState.REJECTED]
        )
        newest = read.exclude(profile={}).order_by("-id").first()
        held = newest if newest and newest.state not in GOOD else None
        if good is None:
            return cls(source, {}, _cubes(held))
        places = good.profile.get("municipalities") or 0
        return cls(source, _cubes(good), _cubes(held), good.parser_digest, places, good.disagreements)

    def last_sightings(self) -> dict[str, Sighting]:
        """The last believed look at each page, by key: of each cube, in the run that read it last."""
        runs = {cube["run"] for cube in self.cubes.values()}
        newest = (
            SyncRun.objects.good().filter(source=self.source).order_by("-id").values_list("id", flat=True)
        )
        looks = Sighting.objects.filter(source=self.source, loaded=True, run_id__in=[*runs, *newest[:1]])
        return {look.key: look for look in looks.select_related("snapshot").order_by("id")}

    def figures(self, answered: Collection[tuple[str, int]]) -> dict[Key, KnownFigure]:
        """The figures of those measures and financial years."""
        found: dict[Key, KnownFigure] = {}
        for measure in {measure for measure, _ in answered}:
            years = [year for name, year in answered if name == measure]
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

    def rejected(self) -> dict[str, str]:
        """Cube → digest of what it said in the last reading that a steward decided on, if that was no."""
        last = SyncRun.objects.filter(source=self.source).decided().first()
        return last.profile.get("digests") or {} if last and last.state == RunState.REJECTED else {}


def present(figures: dict[Key, KnownFigure]) -> Counter[str]:
    """What was there at the last reading by measure: each yearly figure, each month of a monthly one."""
    counted: Counter[str] = Counter()
    for key, one in figures.items():
        months = sum(value is not None for name, value in one.values.items() if name.startswith("month_"))
        counted[key[2]] += (months or 1) if one.is_present else 0
    return counted


def _cubes(run: SyncRun | None) -> dict[str, dict[str, Any]]:
    return dict(run.profile.get("cubes") or {}) if run else {}
