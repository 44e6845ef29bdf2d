"""Which tables the downloads have, and what each of their rows is: objects of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from rest_framework import serializers as s

from projects.api.answers import Answer, text
from projects.api.changes import ChangeSerializer, change_json
from projects.api.discrepancies import COMPARED, DiscrepancySerializer
from projects.api.finances import FigureShape
from projects.api.municipalities import ListingShape
from projects.api.records import ProjectShape, last_whole, project_writer
from projects.api.refusals import closed
from projects.api.replies import give_replies
from projects.api.runs import RunSerializer
from projects.languages import MARKED
from projects.models import (
    DataChangeLog,
    Discrepancy,
    EntityType,
    MunicipalFigure,
    Municipality,
    MunicipalityListing,
    Project,
    Province,
    Source,
    SyncRun,
)

Record = dict[str, Any]
LOG, WITHHELD = "changes", "withheld"
_PART = 1000  # rows a reading


class SourceRow(Answer):
    name = s.CharField()
    title = s.CharField()
    url = text()
    demo = s.BooleanField(help_text="from the replica, not real")


class MunicipalityRow(Answer):
    code = s.CharField(help_text="of the Municipal Demarcation Board")
    name = s.CharField()
    province = s.ChoiceField(Province.choices)
    category = s.ChoiceField(Municipality.Category.choices)
    district = text(source="district_id", help_text="code of the district municipality that it is part of")
    population_2016 = s.IntegerField(allow_null=True)
    area_km2 = s.DecimalField(10, 2, allow_null=True)
    latitude = s.FloatField(allow_null=True)
    longitude = s.FloatField(allow_null=True)
    place_name = text()


class ListingRow(ListingShape):
    code = s.CharField()
    municipality = text(source="municipality_id")


# As of one municipality, but without what is worked out of its whole year.
class FigureRow(FigureShape):
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    municipality = s.CharField(source="municipality_id")
    financial_year = s.IntegerField(help_text="by its end: 2021 is 1 July 2020 to 30 June 2021")
    flags = over_90_days = None  # type: ignore[assignment]


class LoggedRow(ChangeSerializer):
    withheld = s.BooleanField(
        source="demo", help_text="only id, source and digest are given: no licence allows the rest"
    )


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: all of them; `write`: gives what makes an object of a row. `sources`: what each row is made of,
    besides the source that it names itself where it is `of_source`. `key`: the columns that tell rows apart.
    `given`: what some of them need before they can be written.
    """

    name: str
    title: str
    shape: type[Answer]
    rows: Callable[[], Any]
    write: Callable[[], Callable[[Any], Record]]
    model: type[models.Model]
    of_source: bool = True
    sources: tuple[str, ...] = field(default=())
    key: tuple[str, ...] = ("id",)
    given: Callable[[list[Any]], object] = lambda rows: None

    def left_out(self) -> list[str]:
        """The sources of rows that may not be handed on; all rows, where it is one of `sources`."""
        if not self.model._default_manager.exists():
            return []
        found = self.rows().model.objects.order_by().values("source") if self.of_source else self.sources
        return [source.pk for source in closed(Source.objects.filter(pk__in=found).order_by("pk"))]

    def parts(self, until: Any = None) -> Iterator[list[Any]]:
        """The rows that may be handed on, some at a time, each part read by itself."""
        rows, last = self.rows().order_by("pk"), None
        if self.of_source and self.name != LOG:
            rows = rows.exclude(source__in=self.left_out())
        if until is not None:
            rows = rows.filter(pk__lte=until)
        while part := list((rows if last is None else rows.filter(pk__gt=last))[:_PART]):
            last = part[-1].pk
            self.given(part)
            yield part


def _plain(shape: type[Answer]) -> Callable[[], Callable[[Any], Record]]:
    return lambda: shape().to_representation


def _logged() -> Callable[[DataChangeLog], Record]:
    """Of a source that may not be handed on a change keeps its place in the chain, and nothing else."""
    kept = {source.pk for source in closed(Source.objects.all())}

    def write(row: DataChangeLog) -> Record:
        if row.source_id in kept:
            return {"id": row.pk, "source": row.source_id, "digest": row.digest, WITHHELD: True}
        return change_json(row) | {WITHHELD: False}

    return write


TABLES = (
    Table(
        "projects", "Projects as their sources publish them now", ProjectShape,
        lambda: Project.objects.for_api(), lambda: project_writer(last_whole()), Project,
    ),
    Table(
        "municipality_listings", "Municipalities as a source publishes each as a whole", ListingRow,
        lambda: MunicipalityListing.objects.select_related("source"), _plain(ListingRow), MunicipalityListing,
        key=("source", "code"),
    ),
    Table(
        "municipal_figures", "What municipalities report to National Treasury on water", FigureRow,
        lambda: MunicipalFigure.objects.select_related("source"), _plain(FigureRow), MunicipalFigure,
        given=lambda rows: give_replies(rows, EntityType.FIGURE),
    ),
    Table(
        "discrepancies", "Questions: where DWS and National Treasury do not fit together",
        DiscrepancySerializer, lambda: Discrepancy.objects.for_list_page(), _plain(DiscrepancySerializer),
        Discrepancy,
        of_source=False, sources=COMPARED, given=lambda rows: give_replies(rows, EntityType.DISCREPANCY),
    ),
    Table(
        "municipalities", "The municipalities by their codes", MunicipalityRow,
        lambda: Municipality.objects.all(), _plain(MunicipalityRow), Municipality, of_source=False,
        key=("code",),
    ),
    Table(
        "sources", "The sources by their names", SourceRow,
        lambda: Source.objects.all(), _plain(SourceRow), Source, of_source=False, key=("name",),
    ),
    Table(
        "runs", "Our readings of the sources", RunSerializer,
        lambda: SyncRun.objects.with_queue_position().select_related("source").defer("traceback"),
        _plain(RunSerializer), SyncRun, of_source=False,
    ),
    # The last one: it has what the others say, and why.
    Table(
        LOG, "The log of every change, each chained to the one before it", LoggedRow,
        lambda: DataChangeLog.objects.all(), _logged, DataChangeLog,
    ),
)  # fmt: skip

MARKED.update(table.title for table in TABLES)

__all__ = ["LOG", "TABLES", "WITHHELD", "Table"]
