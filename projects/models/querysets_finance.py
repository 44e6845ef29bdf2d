"""What the pages and endpoints ask of figures and discrepancies."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least

from projects.facts.finance import CORRELATION


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
            "opinion", "report_url", "presence", "snapshot__fetched_at",
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
