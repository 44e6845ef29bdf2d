"""What the pages and endpoints ask of figures and discrepancies."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, Subquery


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
        """Adds `confirmed_at`: when a complete correlation run last found the question still open."""
        from projects.models import SyncRun

        good = SyncRun.objects.good().filter(source="correlation", complete=True).order_by("-pk")
        last = Subquery(good.values("finished_at")[:1])
        closed = models.Case(
            models.When(~Q(state="open"), then=models.F("closed_at")),
            default=last,
            output_field=models.DateTimeField(),
        )
        return self.select_related("municipality", "project__source").annotate(confirmed_at=closed)


__all__ = ["DiscrepancyQuerySet", "FigureQuerySet"]
