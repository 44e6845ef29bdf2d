"""What the pages and endpoints ask of figures and discrepancies."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least

from projects.facts.finance import CORRELATION, TREASURY


class FigureQuerySet(models.QuerySet[Any]):
    def of_municipality(self, code: str) -> FigureQuerySet:
        """Newest financial year first, then by what the figures are of."""
        own = self.filter(municipality_id=code).select_related("source", "snapshot")
        return own.order_by("-financial_year", "measure", "code", "amount_type")

    def for_api(self, code: str) -> FigureQuerySet:
        return self.of_municipality(code).select_related(None).select_related("source")

    def for_municipality_page(self, code: str) -> FigureQuerySet:
        """Without the columns that hundreds of rows would carry for nothing."""
        short = self.of_municipality(code).select_related(None).select_related("snapshot")
        return short.only(
            "municipality_id", "financial_year", "measure", "code", "amount_type", "amount", "through_month",
            "months", "ages", "opinion", "report_url", "presence", "snapshot__fetched_at",
        )  # fmt: skip

    def years_known(self, measures: Collection[str]) -> dict[str, dict[int, int]]:
        """{measure: {financial year: how many municipalities publish something of it}}; 0 where all that
        there is of it is null. One query."""
        present = self.filter(source=TREASURY, measure__in=measures, presence="present").order_by()
        given = Q(amount__isnull=False) | ~Q(opinion="")
        number = Count("municipality", distinct=True, filter=given)
        counts = present.values("measure", "financial_year").annotate(number=number)
        known: dict[str, dict[int, int]] = {}
        for measure, year, municipalities in counts.values_list("measure", "financial_year", "number"):
            known.setdefault(measure, {})[year] = municipalities
        return known

    def capital_by_year(
        self, municipalities: models.QuerySet[Any], codes: Collection[str], types: Collection[str]
    ) -> list[tuple[str, int, str, dict[str, Any]]]:
        """(municipality, year, code, {amount type: rand}) of capital, of some codes; one query."""
        own = self.filter(measure="capital", presence="present", code__in=codes)
        of = {kind: models.Sum("amount", filter=Q(amount_type=kind)) for kind in types}
        rows = own.filter(municipality__in=municipalities.order_by().values("pk"))
        lines = rows.order_by().values("municipality_id", "financial_year", "code").annotate(**of)
        return [
            (row["municipality_id"], row["financial_year"], row["code"], {kind: row[kind] for kind in types})
            for row in lines
        ]

    def compared(self, *wanted: tuple[str, int | None]) -> FigureQuerySet:
        """Those of each measure that are of its year, or of every year where that is None."""
        # Not by source too: SQLite would then look for all rows of the source, whichever the municipality.
        parts = [Q(measure=name, financial_year=year) if year else Q(measure=name) for name, year in wanted]
        return self.filter(reduce(or_, parts)) if parts else self.none()

    def for_comparison(self, codes: Collection[str], *wanted: tuple[str, int | None]) -> list[Any]:
        """Those of the municipalities, one after the other, as named tuples: they are thousands."""
        rows = self.compared(*wanted).filter(municipality__in=codes).order_by("municipality_id", "code")
        return list(rows.values_list(*_COMPARED, named=True))


_COMPARED = (
    "pk", "municipality_id", "financial_year", "measure", "code", "amount_type", "amount", "through_month",
    "opinion", "report_url", "presence", "snapshot_id",
)  # fmt: skip


class DiscrepancyQuerySet(models.QuerySet[Any]):
    def open(self) -> DiscrepancyQuerySet:
        return self.filter(state="open")

    def for_list_page(self) -> DiscrepancyQuerySet:
        """Adds `confirmed_at`: when a complete correlation run last found the question open, of a closed one
        the last run before its end; and `first_seen_at`: when it was opened for the first time."""
        from projects.models import DataChangeLog, SyncRun

        good = SyncRun.objects.good().filter(source=CORRELATION, complete=True).order_by("-pk")
        before = good.filter(finished_at__lte=OuterRef("closed_at"))
        confirmed = models.Case(
            models.When(~Q(state="open"), then=_first(before, "finished_at", "last_changed_at")),
            default=_first(good, "finished_at"),
            output_field=models.DateTimeField(),
        )
        log = DataChangeLog.objects.filter(entity_type="discrepancy", entity_id=OuterRef("pk"))
        # the log's clock is read a little later than the row's
        first = Least(_first(log.order_by("pk"), "at", "opened_at"), "opened_at")
        linked = self.select_related("municipality", "project__source")
        return linked.annotate(confirmed_at=confirmed, first_seen_at=first)


def _first(rows: models.QuerySet[Any], field: str, otherwise: str | None = None) -> Any:
    """The field of the first row; of the question itself where there is none."""
    found = Subquery(rows.values(field)[:1])
    return Coalesce(found, otherwise) if otherwise else found


__all__ = ["DiscrepancyQuerySet", "FigureQuerySet"]
