"""The record in the admin. What the pipeline writes is there to be read; a steward edits names and words."""

from __future__ import annotations

import re
from functools import partial, reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from projects.facts import finance
from projects.fields import FIELDS, Kind, of
from projects.log.paging import LogPaginator
from projects.models import (
    Alert,
    AlertMessage,
    ChainHead,
    DataChangeLog,
    DeliveryAttempt,
    DeliveryHost,
    Discrepancy,
    Ending,
    EntityType,
    Identity,
    MunicipalFigure,
    Municipality,
    MunicipalityListing,
    OutboxMessage,
    Project,
    Sighting,
    Snapshot,
    Subscription,
)
from projects.models.project import SEARCHED
from projects.stewards import todo
from projects.stewards.admin import OverrideAdmin
from projects.stewards.desk import ByWhatIsShown
from projects.stewards.merge_admin import MergeAdmin
from projects.stewards.report_admin import ReplyAdmin, ReportAdmin
from projects.subscriptions import subscribing
from projects.subscriptions.searches import Search
from projects.wording import causes
from projects.wording.phrases import plural


class Recorded(ModelAdmin):
    """Rows of the record: to be read and searched, never typed over."""

    show_full_result_count = False  # the log and the sightings grow for years
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordedInline(TabularInline):
    """Rows that belong to another, to be read."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class IdentityInline(RecordedInline):
    model = Identity


_LISTED = [field.name for field in FIELDS if field.listed]


class Attention(admin.SimpleListFilter):
    title = "what to look at"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("place", "its municipality is not known"), ("issues", "something could not be read")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Project]) -> QuerySet[Project]:
        wanted = {"place": todo.without_place, "issues": todo.with_issues}.get(self.value() or "")
        return rows.filter(pk__in=wanted().order_by().values("pk")) if wanted else rows


@admin.register(Project)
class ProjectAdmin(Recorded):
    list_display = (*_LISTED[:1], "external_id", "source_id", *_LISTED[1:], "presence", "last_changed_at")
    list_filter = (Attention, "presence", *of(Kind.PROVINCE, Kind.PROGRAMME, Kind.STATUS), "source")
    search_fields = SEARCHED
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
class MunicipalityAdmin(ModelAdmin):
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


_MOST_WORDS, _MOST_NAMED = 5, 5000


def _narrowed(changes: Any, word: str) -> Any:
    """Changes of a place with this code, the one with this digest, or those of what is called so today."""
    if Municipality.objects.filter(pk=word.upper()).exists():
        return changes.of_municipality(word.upper())
    if re.fullmatch("[0-9a-fA-F]{64}", word):
        return changes.filter(digest=word.lower())
    found = Q()
    for kind, named in (
        (EntityType.PROJECT, Project.objects.filter(_named(word, "external_id", "name"))),
        (EntityType.DISCREPANCY, Discrepancy.objects.filter(_named(word, "question", "key"))),
        (EntityType.LISTING, MunicipalityListing.objects.filter(_named(word, "name"))),
    ):
        # Ids, not a query: a database that does not know how few they are reads the whole log.
        if ids := list(named.order_by().values_list("pk", flat=True)[:_MOST_NAMED]):
            found |= Q(entity_type=kind, entity_id__in=ids)
    return changes.filter(found) if found else changes.none()


def _named(word: str, *columns: str) -> Q:
    return reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns))


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
    search_fields = ("external_id",)  # has the page show a box; `_narrowed` says what is searched
    search_help_text = (
        "A number (WP10234) or a part of it, words of a project’s name today, a municipality’s code, a digest"
    )
    list_select_related = ("source",)
    paginator = LogPaginator
    ordering = ("-id",)
    fields = (
        "id", "at", "sentence", "page", "entity_type", "entity_id", "external_id", "name", "municipality",
        "municipalities", "province", "source", "change_type", "cause", "severity", "rules", "field_changes",
        "evidence", "overridden", "run", "snapshot", "demo", "digest",
    )  # fmt: skip
    readonly_fields = ("sentence", "page")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DataChangeLog], search_term: str
    ) -> tuple[QuerySet[DataChangeLog], bool]:
        """By what is short: projects, questions and codes, never by the texts of a million rows."""
        for word in search_term.split()[:_MOST_WORDS]:
            queryset = _narrowed(queryset, word)
        return queryset, False

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
    list_display = ("short", "url", "fetched_at", "status", "size", "source", "run_id", "damage")
    list_filter = (
        ("damage", admin.EmptyFieldListFilter),
        "damage_accepted",
        "source",
        "status",
        "fetched_at",
    )
    search_fields = ("sha256", "url")
    list_select_related = ("source",)
    actions = ("accept_loss",)

    @admin.display(description="SHA-256", ordering="sha256")
    def short(self, row: Snapshot) -> str:
        return row.sha256[:16]

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("projects.change_snapshot")

    @admin.action(
        description="Accept that what is damaged is lost for good: no alert any more", permissions=["accept"]
    )
    def accept_loss(self, request: HttpRequest, chosen: QuerySet[Snapshot]) -> None:
        number = chosen.exclude(damage="").update(damage_accepted=True)
        self.message_user(request, f"{number} accepted as lost.")


@admin.register(Sighting)
class SightingAdmin(Recorded):
    list_display = ("id", "key", "at", "loaded", "source", "run_id", "snapshot_id")
    list_filter = ("source", "loaded", "at")
    search_fields = ("key", "url", "raw_sha256")
    list_select_related = ("source",)


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
        "id", "short", "municipality", "programme", "contested", "severity", "state",
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


@admin.register(Subscription)
class SubscriptionAdmin(ByWhatIsShown, Recorded):
    """Addresses are shown to nobody: an e-mail's masked, of a webhook the host alone."""

    list_before_template = "admin/subtitle.html"
    list_display = (
        "id",
        "scope",
        "query",
        "way",
        "to",
        "rhythm",
        "confirmed_at",
        "failing_since",
        "ended_at",
        "ending",
    )
    list_filter = ("ending", ("ended_at", admin.EmptyFieldListFilter), "rhythm", "scope")
    list_select_related = ("contact",)
    ordering = ("-id",)
    fields = (
        "what", "way", "to", "rhythm", "scope", "query", "created_at", "confirmed_at", "after",
        "failing_since", "ended_at", "ending",
    )  # fmt: skip
    readonly_fields = ("what", "way", "to")
    actions = ("revive",)

    @admin.display(description="search")
    def what(self, row: Subscription) -> str:
        return Search(row.scope, row.query).title()

    @admin.display(description="by")
    def way(self, row: Subscription) -> str:
        return str(row.channel.label)

    @admin.display(description="to")
    def to(self, row: Subscription) -> str:
        return row.contact.masked if row.contact else row.host

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        counts = Subscription.objects.counts()
        said = f"{counts['email']} by e-mail, {plural(counts['webhook'], 'webhook')}"
        dead = f"; {plural(counts['dead'], 'webhook')} given up"
        return super().changelist_view(request, {"subtitle": said + dead, **(extra_context or {})})

    def has_revive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("projects.change_subscription")

    @admin.action(description="Try webhooks that were given up again", permissions=["revive"])
    def revive(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        self.message_user(request, f"{subscribing.revive(chosen)} are told again, of what comes from now on.")


class AttemptInline(RecordedInline):
    model = DeliveryAttempt


for _ending, _title, _why in (
    (Ending.DEAD, "Webhooks that were given up", "They failed for days; nothing is sent to them any more."),
    (Ending.REFUSED, "Addresses that were refused", "Their mail servers refuse them for good: they ended."),
):
    todo.add(todo.Task(
        f"subscriptions_{_ending}", _title, _why, "projects.change_subscription",
        partial(todo.of_rows, Subscription.objects.filter(ending=_ending), "ended_at"),
        "admin:projects_subscription_changelist", f"?ending__exact={_ending}",
    ))  # fmt: skip


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ByWhatIsShown, Recorded):
    list_display = ("id", "kind", "state", "subscription_id", "due_at", "sent_at", "attempts", "problem")
    list_filter = ("state", "kind", "due_at")
    ordering = ("-id",)
    # Not its content: a first mail has the link by which its owner is known.
    fields = (
        "kind", "state", "subscription_id", "changes", "retracted", "created_at", "due_at", "retry_at",
        "attempts", "sent_at", "problem",
    )  # fmt: skip
    readonly_fields = ("subscription_id",)
    inlines = (AttemptInline,)


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(Recorded):
    list_display = ("at", "message_id", "status", "problem", "milliseconds")
    list_filter = ("status", "at")
    fields = ("at", "message_id", "status", "problem", "milliseconds")
    readonly_fields = ("message_id",)


@admin.register(DeliveryHost)
class DeliveryHostAdmin(Recorded):
    list_display = ("name", "failures", "failing_since", "not_before")


__all__ = [
    "AlertAdmin",
    "AlertMessageAdmin",
    "DiscrepancyAdmin",
    "MergeAdmin",
    "MunicipalFigureAdmin",
    "OverrideAdmin",
    "Recorded",
    "ReplyAdmin",
    "ReportAdmin",
]
