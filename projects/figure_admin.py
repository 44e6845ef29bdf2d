"""Municipal figures in the admin: to be read, searched and filtered."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects import finance
from projects.admin import Recorded
from projects.models import MunicipalFigure


@admin.register(MunicipalFigure)
class MunicipalFigureAdmin(Recorded):
    list_display = (
        "municipality", "year", "measure", "line", "amount_type", "amount", "through_month", "opinion",
        "presence", "proof", "last_changed_at",
    )  # fmt: skip
    list_filter = ("measure", "amount_type", "financial_year", "presence", "municipality__province", "source")
    search_fields = ("=municipality__code", "municipality__name", "=code")
    list_select_related = ("municipality",)
    readonly_fields = ("proof",)

    @admin.display(description="financial year", ordering="financial_year")
    def year(self, row: MunicipalFigure) -> str:
        return finance.year_label(row.financial_year)

    @admin.display(description="of", ordering="code")
    def line(self, row: MunicipalFigure) -> str:
        return finance.line_label(row.measure, row.code)

    @admin.display(description="archived answer")
    def proof(self, row: MunicipalFigure) -> SafeString | str:
        if not row.snapshot_id:
            return "none"
        return format_html('<a href="/snapshots/{}/">{}</a>', row.snapshot_id, row.snapshot_id[:12])


__all__ = ["MunicipalFigureAdmin"]
