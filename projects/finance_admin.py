"""The questions of the correlation in the admin: to be read and searched, never typed over."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.admin import Recorded
from projects.models import Discrepancy


@admin.register(Discrepancy)
class DiscrepancyAdmin(Recorded):
    list_display = (
        "id", "short", "municipality", "programme", "dws_value", "treasury_value", "severity", "state",
        "opened_at", "last_changed_at",
    )  # fmt: skip
    list_filter = ("state", "severity", "rule", "programme", "municipality__province", "opened_at")
    search_fields = ("question", "key", "municipality__code", "municipality__name", "project__name")
    list_select_related = ("municipality",)
    date_hierarchy = "last_changed_at"
    ordering = ("-last_changed_at", "-id")
    readonly_fields = ("page",)

    @admin.display(description="question", ordering="question")
    def short(self, row: Discrepancy) -> str:
        return row.question if len(row.question) <= 100 else f"{row.question[:99]}…"

    @admin.display(description="public page")
    def page(self, row: Discrepancy) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', row.get_absolute_url())


__all__ = ["DiscrepancyAdmin"]
