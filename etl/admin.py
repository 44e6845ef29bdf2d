"""Sources and runs in the admin, with the button that asks for a poll."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from etl.admin_decisions import decide
from etl.scheduler import MONITORS, DataScheduler
from projects.admin import Recorded
from projects.models import Source, SyncRun


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

    @admin.action(description="Sync now")
    def sync_now(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        for source in sources:
            self._ask_for(request, source.name)

    def get_urls(self) -> list[URLPattern]:
        sync = self.admin_site.admin_view(require_POST(self.sync_view))
        return [path("sync/<str:name>/", sync, name="etl_sync_now"), *super().get_urls()]

    def sync_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The button's target: queues the poll and comes back."""
        if not request.user.is_staff:
            raise PermissionDenied
        self._ask_for(request, name)
        return HttpResponseRedirect(reverse("admin:projects_source_changelist"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "syncable": list(MONITORS)})

    def _ask_for(self, request: HttpRequest, name: str) -> None:
        if name not in MONITORS:
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
        return decide(self, request, run_id)
