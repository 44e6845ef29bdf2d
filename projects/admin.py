"""The record in the admin. What the pipeline writes is there to be read; a steward edits names and words."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.facts import finance
from projects.fields import FIELDS, Kind, of
from projects.filters import SEARCHED
from projects.models import (
    Alert,
    AlertMessage,
    ChainHead,
    DataChangeLog,
    Discrepancy,
    Identity,
    MunicipalFigure,
    Municipality,
    MunicipalityListing,
    Project,
    Sighting,
    Snapshot,
    Vocabulary,
)
from projects.stewards.admin import OverrideAdmin
from projects.wording import causes


class Recorded(admin.ModelAdmin):
    """Rows of the record: to be read and searched, never typed over."""

    show_full_result_count = False  # the log and the sightings grow for years
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordedInline(admin.TabularInline):
    """Rows that belong to another, to be read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class IdentityInline(RecordedInline):
    model = Identity


_LISTED = [field.name for field in FIELDS if field.listed]


@admin.register(Project)
class ProjectAdmin(Recorded):
    list_display = (*_LISTED[:1], "external_id", "source_id", *_LISTED[1:], "presence", "last_changed_at")
    list_filter = ("presence", *of(Kind.PROVINCE, Kind.PROGRAMME, Kind.STATUS), "source")
    search_fields = ("external_id", *SEARCHED)
    list_select_related = ("municipality", "source")
    date_hierarchy = "last_changed_at"
    inlines = (IdentityInline,)


@admin.register(Identity)
class IdentityAdmin(Recorded):
    list_display = ("external_id", "source", "project")
    list_filter = ("source",)
    search_fields = ("external_id", "project__name")
    list_select_related = ("source", "project")


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    """The names can be put right; codes and the map are facts of the Demarcation Board."""

    list_display = ("code", "name", "province", "category", "district", "population_2016")
    list_filter = ("province", "category")
    search_fields = ("code", "name", "place_name")
    list_select_related = ("district",)
    list_per_page = 100
    readonly_fields = (
        "code", "province", "category", "district", "population_2016", "area_km2", "latitude", "longitude",
        "place_name",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MunicipalityListing)
class MunicipalityListingAdmin(Recorded):
    list_display = ("code", "name", "projects", "value", "source", "last_changed_at")
    list_filter = ("source", "municipality__province")
    search_fields = ("code", "name")
    list_select_related = ("municipality", "source")


@admin.register(DataChangeLog)
class DataChangeLogAdmin(Recorded):
    list_display = (
        "id",
        "at",
        "source_id",
        "name",
        "sentence",
        "change_type",
        "severity",
        "cause",
        "municipality",
    )
    list_filter = ("severity", "change_type", "entity_type", "cause", "source", "province", "at")
    search_fields = ("name", "external_id", "municipality", "digest")
    list_select_related = ("source",)
    ordering = ("-id",)
    fields = (
        "id", "at", "sentence", "page", "entity_type", "entity_id", "external_id", "name", "municipality",
        "municipalities", "province", "source", "change_type", "cause", "severity", "rules", "field_changes",
        "evidence", "overridden", "run", "snapshot", "demo", "digest",
    )  # fmt: skip
    readonly_fields = ("sentence", "page")

    @admin.display(description="what happened")
    def sentence(self, row: DataChangeLog) -> str:
        return causes.assess(row, stored=row.rules).sentence

    @admin.display(description="public page")
    def page(self, row: DataChangeLog) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', row.get_absolute_url())


@admin.register(ChainHead)
class ChainHeadAdmin(Recorded):
    list_display = ("last_id", "digest")


@admin.register(Snapshot)
class SnapshotAdmin(Recorded):
    list_display = ("short", "url", "fetched_at", "status", "size", "source", "run_id")
    list_filter = ("source", "status", "fetched_at")
    search_fields = ("sha256", "url")
    list_select_related = ("source",)

    @admin.display(description="SHA-256", ordering="sha256")
    def short(self, row: Snapshot) -> str:
        return row.sha256[:16]


@admin.register(Sighting)
class SightingAdmin(Recorded):
    list_display = ("id", "key", "at", "loaded", "source", "run_id", "snapshot_id")
    list_filter = ("source", "loaded", "at")
    search_fields = ("key", "url", "raw_sha256")
    list_select_related = ("source",)


@admin.register(Vocabulary)
class VocabularyAdmin(admin.ModelAdmin):
    list_display = ("text", "kind", "meaning", "reason", "added_at")
    list_filter = ("kind",)
    search_fields = ("text", "meaning", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vocabulary]:
        return super().get_queryset(request).order_by("kind", "text")


# Last: they are made of Recorded.


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


class MessageInline(RecordedInline):
    model = AlertMessage
    fields = ("step", "subject", "created_at", "delivered_at", "attempts", "last_error")


@admin.register(Alert)
class AlertAdmin(Recorded):
    list_display = ("sentence", "key", "started_at", "reminded_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "started_at")
    search_fields = ("key", "sentence")
    inlines = (MessageInline,)


@admin.register(AlertMessage)
class AlertMessageAdmin(Recorded):
    list_display = ("subject", "step", "created_at", "delivered_at", "attempts", "last_error")
    list_filter = (("delivered_at", admin.EmptyFieldListFilter), "step")
    search_fields = ("subject", "last_error")
    list_select_related = ("alert",)


__all__ = [
    "AlertAdmin",
    "AlertMessageAdmin",
    "DiscrepancyAdmin",
    "MunicipalFigureAdmin",
    "OverrideAdmin",
    "Recorded",
]
