"""Sources, runs and plans in the admin: the button that asks for a poll, and what a steward decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from etl.decide import agents, columns
from etl.decide.waiting import held_areas
from etl.desk import areas, captures, runs
from etl.desk.splits import SplitAdmin
from etl.desk.words import VocabularyAdmin, rehearse
from etl.exceptions import EtlError, NeedsConfirmation
from etl.scheduler import DataScheduler
from projects.admin import Recorded
from projects.declared import REGISTRY, declared
from projects.models import AgentName, AreaReading, Municipality, ReadingPlan, Source, SyncRun, Vocabulary
from projects.models.vocabulary import MEANINGS
from projects.stewards.roles import may_ask
from projects.wording.phrases import label

_SHOWN = 500  # changes on the page; all of them are in the CSV


@admin.register(Source)
class SourceAdmin(Recorded):
    list_display = ("name", "title", "demo", "last_run")
    change_list_template = "admin/etl/source/change_list.html"
    actions = ("sync_now",)

    @admin.display(description="last run")
    def last_run(self, source: Source) -> str:
        run = source.runs.first()
        if run is None:
            return "never read"
        url = reverse("admin:projects_syncrun_change", args=[run.pk])
        return format_html('<a href="{}">{}: {}</a>', url, run.pk, run.state)

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return may_ask(request.user)

    @admin.action(description="Sync now", permissions=["ask"])
    def sync_now(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        for source in sources:
            self._ask_for(request, source.name)

    def get_urls(self) -> list[URLPattern]:
        sync = self.admin_site.admin_view(require_POST(self.sync_view))
        hand_in = self.admin_site.admin_view(self.hand_in_view)
        return [
            path("sync/<str:name>/", sync, name="etl_sync_now"),
            path("visit/", hand_in, name="etl_hand_in"),
            *super().get_urls(),
        ]

    def hand_in_view(self, request: HttpRequest) -> HttpResponse:
        """A recorded visit, to be read in place of a source."""
        if not request.user.has_perm("projects.add_handedin"):
            raise PermissionDenied
        return captures.hand_in(request)

    def sync_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The button's target: queues the poll and comes back."""
        if not may_ask(request.user):
            raise PermissionDenied
        self._ask_for(request, name)
        return HttpResponseRedirect(reverse("admin:projects_source_changelist"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        syncable = [source.name for source in declared()] if may_ask(request.user) else []
        return super().changelist_view(request, {**(extra_context or {}), "syncable": syncable})

    def _ask_for(self, request: HttpRequest, name: str) -> None:
        if name not in REGISTRY:
            messages.error(request, f"{name} is not polled.")
            return
        user = request.user.get_username()
        for run in DataScheduler().request(name, SyncRun.Trigger.ADMIN, requested_by=user):
            messages.success(request, f"{name}: run {run.pk} is {run.state}.")


@admin.register(SyncRun)
class SyncRunAdmin(Recorded):
    list_display = (
        "id",
        "source",
        "state",
        "trigger",
        "started_at",
        "duration_s",
        "complete",
        "pages",
        "seen",
        "created",
        "updated",
        "change_count",
        "error",
    )
    list_filter = ("source", "state", "trigger", "complete")
    change_form_template = "admin/etl/syncrun/change_form.html"
    list_select_related = ("source",)
    date_hierarchy = "requested_at"
    search_fields = ("error", "requested_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<int:run_id>/decide/", view, name="etl_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest, run_id: int) -> HttpResponseBase:
        """A held run's diff, and the steward's decision on it."""
        if not request.user.has_perm("projects.change_syncrun"):
            raise PermissionDenied
        return runs.decide(request, run_id)


@admin.register(ReadingPlan)
class ReadingPlanAdmin(Recorded):
    """How sources are read, version by version; and the columns that wait for a steward."""

    list_display = ("source", "version", "made_at", "waiting", "run")
    list_filter = ("source",)
    list_select_related = ("source", "run")
    fields = ("source", "version", "made_at", "page", "notes", "shapes", "digest", "run")
    readonly_fields = ("page",)
    ordering = ("source", "-version")
    change_list_template = "admin/etl/readingplan/change_list.html"

    @admin.display(description="columns not understood")
    def waiting(self, plan: ReadingPlan) -> int:
        return len(plan.waiting())

    @admin.display(description="public page")
    def page(self, plan: ReadingPlan) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', plan.source.get_absolute_url())

    def get_urls(self) -> list[URLPattern]:
        show, decide = map(self.admin_site.admin_view, (self.columns_view, require_POST(self.decide_view)))
        return [
            path("columns/", show, name="etl_columns"),
            path("columns/decide/", decide, name="etl_decide_column"),
            *super().get_urls(),
        ]

    def columns_view(self, request: HttpRequest) -> HttpResponse:
        """The columns that are not understood, each with what is proposed and why."""
        if not (self.has_view_permission(request) or request.user.has_perm("projects.add_vocabulary")):
            raise PermissionDenied
        found = columns.columns()
        context = {
            **self.admin_site.each_context(request),
            "title": "Columns that are not understood",
            "waiting": found.waiting[:_SHOWN],
            "more": max(0, len(found.waiting) - _SHOWN),
            "told": found.told[:_SHOWN],
            "read": found.read[:_SHOWN],
            "may_take_back": request.user.has_perm("projects.delete_vocabulary"),
            "fields": sorted((label(name), name) for name in MEANINGS["field"]),
            "may_decide": request.user.has_perm("projects.add_vocabulary"),
            "syncable": sorted({column.source for column in found.told} & REGISTRY.keys())
            if may_ask(request.user)
            else [],
        }
        return render(request, "admin/etl/readingplan/columns.html", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """The buttons' target: a word more in the vocabulary, or one less, and back."""
        needed = "delete" if request.POST.get("decision") == "take back" else "add"
        if not request.user.has_perm(f"projects.{needed}_vocabulary"):
            raise PermissionDenied
        given = {name: request.POST.get(name, "") for name in _GIVEN}
        try:
            row = _decided(**given, confirmed=request.POST.get("confirmed", ""))
        except NeedsConfirmation as question:
            return self._confirm(request, given, question)
        except EtlError as problem:
            messages.warning(request, str(problem))
        else:
            self._told(request, row, given["decision"])
        return HttpResponseRedirect(reverse("admin:etl_columns"))

    def _told(self, request: HttpRequest, row: Vocabulary, decision: str) -> None:
        """Keep who decided, and say what was."""
        self.log_addition(request, row, [{"added": {"name": "vocabulary", "object": f"{decision}: {row}"}}])
        says = f"means {label(row.meaning)}" if row.meaning else "is no field of ours"
        if decision == "take back":
            says = "means what it did before a steward spoke"
        messages.success(request, f"“{row.text}” {says}, from the next reading on.")

    def _confirm(
        self, request: HttpRequest, given: dict[str, str], question: NeedsConfirmation
    ) -> HttpResponse:
        """What a decision does to how projects are known, and a button that says yes."""
        means = given["proposal"] if given["decision"] == "accept" else given["meaning"]
        says = f"“{given['label']}” means {label(means)}"
        if given["decision"] in _WITHOUT:
            says = _WITHOUT[given["decision"]].format(given["label"])
        context = {
            **self.admin_site.each_context(request),
            "title": f"{says}?",
            "given": list(given.items()),
            "effect": question.effect,
            "token": question.token,
            "what": f"“{given['label']}” were decided on",
            "says": says,
            "address": reverse("admin:etl_decide_column"),
            "back": reverse("admin:etl_columns"),
        }
        return render(request, "admin/etl/readingplan/confirm.html", context)


_WITHOUT = {"forbid": "“{}” is no field of ours", "take back": "“{}” means what its words say"}
_GIVEN = ("decision", "source", "label", "proposal", "meaning")


def _decided(
    decision: str, source: str, label: str, proposal: str, meaning: str, confirmed: str
) -> Vocabulary:
    """The word that a steward's decision adds or takes back. Raises CannotDecide, NeedsConfirmation."""
    how: columns.How = {"rehearse": rehearse, "confirmed": confirmed}
    if decision == "accept":
        return columns.accept(source, label, proposal, **how)
    if decision == "forbid":
        return columns.forbid(source, label, **how)
    if decision == "take back":
        return columns.take_back(source, label, **how)
    return columns.change(source, label, meaning, **how)


@admin.register(AgentName)
class AgentNameAdmin(Recorded):
    """Who implementing agents are, as stewards said; and those whose name waits for one. What was said can be
    taken back, not typed over."""

    list_display = ("text", "kind", "municipality", "name", "reason", "named_by", "named_at")
    list_filter = ("kind",)
    list_select_related = ("municipality", "named_by")
    search_fields = ("text", "name", "municipality__name")
    change_list_template = "admin/etl/agentname/change_list.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("projects.delete_agentname")

    def get_urls(self) -> list[URLPattern]:
        show, name = map(self.admin_site.admin_view, (self.names_view, require_POST(self.name_view)))
        return [
            path("waiting/", show, name="etl_agents"),
            path("waiting/name/", name, name="etl_name_agent"),
            *super().get_urls(),
        ]

    def names_view(self, request: HttpRequest) -> HttpResponse:
        """The agents that the last comparison did not recognise, each to be named."""
        may_decide = request.user.has_perm("projects.add_agentname")
        if not (self.has_view_permission(request) or may_decide):
            raise PermissionDenied
        found = agents.waiting()
        context = {
            **self.admin_site.each_context(request),
            "title": "Implementing agents that are not recognised",
            "waiting": found[:_SHOWN],
            "more": max(0, len(found) - _SHOWN),
            "municipalities": Municipality.objects.order_by("name", "code"),
            "may_decide": may_decide,
        }
        return render(request, "admin/etl/agentname/waiting.html", context)

    def name_view(self, request: HttpRequest) -> HttpResponse:
        """The buttons' target: a name is known from now on, and back."""
        if not request.user.has_perm("projects.add_agentname"):
            raise PermissionDenied
        given = {what: request.POST.get(what, "") for what in ("agent", "kind", "code", "whom", "reason")}
        try:
            row = agents.name(**given, by=request.user)
        except EtlError as problem:
            messages.warning(request, str(problem))
        else:
            self.log_addition(request, row, [{"added": {"name": "implementing agent", "object": str(row)}}])
            messages.success(request, f"{row}, from the next comparison on.")
        return HttpResponseRedirect(reverse("admin:etl_agents"))


_WHY = {"size": 40, "placeholder": "Why (it is kept)", "aria-label": "Why"}


class WithReason(ActionForm):
    """What is to be done with the chosen areas, and why: that is kept with them, and shown."""

    reason = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget(attrs=_WHY))


class WaitsForADecision(admin.SimpleListFilter):
    title = "waits for a decision"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "yes")]

    def queryset(self, request: HttpRequest, rows: QuerySet[AreaReading]) -> QuerySet[AreaReading]:
        return rows.filter(pk__in=held_areas().values("pk")) if self.value() == "yes" else rows


@admin.register(AreaReading)
class AreaReadingAdmin(Recorded):
    """Municipalities' lists, and those of none, as they were read. Those that are held while the others went
    on wait here, and those that show nothing any more though nothing of the site says that they are empty."""

    list_display = ("place", "address", "source", "state", "why", "read_by", "decision", "decided_by")
    change_list_template = "admin/etl/areareading/change_list.html"
    list_filter = (WaitsForADecision, "state", "source")
    list_select_related = ("source", "last_run")
    search_fields = ("area", "address")
    action_form = WithReason
    actions = ("accept", "reject")

    @admin.display(description="why it is held, or in doubt")
    def why(self, row: AreaReading) -> str:
        return " ".join(reason["sentence"] for reason in row.reasons)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", view, name="etl_decide_areas"), *super().get_urls()]

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """The held areas with what they would change, and the steward's decision on them."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        return areas.decide(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AreaReading]:
        names = Municipality.objects.filter(pk=OuterRef("area")).values("name")
        return super().get_queryset(request).annotate(place_name=Subquery(names))

    @admin.display(description="municipality", ordering="area")
    def place(self, row: Any) -> str | SafeString:
        if row.address:
            return "a list of no one municipality"
        name = row.place_name or row.area
        return format_html('<a href="/municipalities/{}/">{} [{}]</a>', row.area, name, row.area)

    @admin.display(description="as last read by", ordering="last_run")
    def read_by(self, row: AreaReading) -> SafeString:
        address = reverse("admin:projects_syncrun_change", args=[row.last_run_id])
        return format_html('<a href="{}">run {}</a>', address, row.last_run_id)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("projects.change_syncrun")

    @admin.action(
        description="Accept: load what these held areas say, or take an empty list for empty",
        permissions=["decide"],
    )
    def accept(self, request: HttpRequest, rows: QuerySet[AreaReading]) -> None:
        areas.carry_out(request, rows, request.POST.get("reason", ""), accept=True)

    @admin.action(description="Reject: keep the last good data of these areas", permissions=["decide"])
    def reject(self, request: HttpRequest, rows: QuerySet[AreaReading]) -> None:
        areas.carry_out(request, rows, request.POST.get("reason", ""), accept=False)


__all__ = [
    "AgentNameAdmin",
    "AreaReadingAdmin",
    "ReadingPlanAdmin",
    "SourceAdmin",
    "SplitAdmin",
    "SyncRunAdmin",
    "VocabularyAdmin",
]
