"""Sources, runs and plans in the admin: the button that asks for a poll, and what a steward decides."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from etl.compare.profile import Profile
from etl.decide import columns
from etl.decide.release import decide_areas, held_run, reject
from etl.exceptions import EtlError
from etl.load.stores import ChangeSet
from etl.scheduler import DataScheduler
from projects.admin import Recorded
from projects.declared import REGISTRY, declared
from projects.models import AreaReading, Municipality, ReadingPlan, Source, SyncRun, Vocabulary
from projects.models.vocabulary import MEANINGS
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
        syncable = [source.name for source in declared()]
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
        return decide(self, request, run_id)


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
            "fields": sorted((label(name), name) for name in MEANINGS["field"]),
            "may_decide": request.user.has_perm("projects.add_vocabulary"),
            "syncable": sorted({column.source for column in found.told} & REGISTRY.keys()),
        }
        return render(request, "admin/etl/readingplan/columns.html", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """The buttons' target: a word more in the vocabulary, and back."""
        if not request.user.has_perm("projects.add_vocabulary"):
            raise PermissionDenied
        given = {name: request.POST.get(name, "") for name in ("source", "label", "proposal", "meaning")}
        try:
            row = _decided(request.POST.get("decision", ""), **given)
        except EtlError as problem:
            messages.warning(request, str(problem))
        else:
            self.log_addition(request, row, [{"added": {"name": "vocabulary", "object": str(row)}}])
            says = f"means {label(row.meaning)}" if row.meaning else "is no field of ours"
            messages.success(request, f"“{row.text}” {says}, from the next reading on.")
        return HttpResponseRedirect(reverse("admin:etl_columns"))


def _decided(decision: str, source: str, label: str, proposal: str, meaning: str) -> Vocabulary:
    """The word that a steward's decision adds. Raises CannotDecide."""
    if decision == "accept":
        return columns.accept(source, label, proposal)
    if decision == "forbid":
        return columns.forbid(source, label)
    return columns.change(source, label, meaning)


class WithReason(ActionForm):
    """What is to be done with the chosen areas, and why: that is kept with them, and shown."""

    reason = forms.CharField(required=False, widget=forms.TextInput(attrs={"size": 40}))


@admin.register(AreaReading)
class AreaReadingAdmin(Recorded):
    """Municipalities' lists as they were read. Those that are held while the others went on wait here."""

    list_display = ("area", "source", "state", "why", "last_run", "decision", "decided_by")
    list_filter = ("state", "source")
    list_select_related = ("source", "last_run")
    search_fields = ("area",)
    action_form = WithReason
    actions = ("accept", "reject")

    @admin.display(description="why it is held")
    def why(self, row: AreaReading) -> str:
        return " ".join(reason["sentence"] for reason in row.reasons)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("projects.change_syncrun")

    @admin.action(description="Accept: load what these held areas say", permissions=["decide"])
    def accept(self, request: HttpRequest, rows: QuerySet[AreaReading]) -> None:
        user = request.user.get_username()
        for source in self._decide(request, rows, accept=True):
            for run in DataScheduler().request(source, SyncRun.Trigger.ADMIN, requested_by=user):
                messages.success(request, f"They are loaded by run {run.pk}, if they still say the same.")

    @admin.action(description="Reject: keep the last good data of these areas", permissions=["decide"])
    def reject(self, request: HttpRequest, rows: QuerySet[AreaReading]) -> None:
        self._decide(request, rows, accept=False)

    def _decide(self, request: HttpRequest, rows: QuerySet[AreaReading], *, accept: bool) -> set[str]:
        """Decide on the areas, and say so; the sources of those that were decided on."""
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, "Nothing was decided: say why, beside the action. The reason is kept.")
            return set()
        by, done = request.user.get_username(), set()
        codes: dict[tuple[str, int], list[str]] = {}
        for row in rows:
            codes.setdefault((row.source_id, row.last_run_id), []).append(row.area)
        for (source, run_id), areas in codes.items():
            try:
                decided = decide_areas(run_id, areas, by, reason, accept=accept)
            except EtlError as problem:
                messages.error(request, f"Nothing was decided: {problem}")
                continue
            done.add(source)
            what = "accepted" if accept else "rejected; the last good data stay"
            messages.success(request, f"{', '.join(decided)}: {what}.")
        return done


class Decision(forms.Form):
    """What a steward says: the reason is kept with the run."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))
    places = forms.ModelMultipleChoiceField(
        Municipality.objects.all(), required=False, label="Only these municipalities"
    )


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def decide(model_admin: admin.ModelAdmin[SyncRun], request: HttpRequest, run_id: int) -> HttpResponseBase:
    """GET shows the held run; POST with `release`, `release_some` or `reject` decides on it.

    A run that cannot be released (its bytes are lost, its readings are not kept) can still be rejected.
    """
    form = Decision(request.POST or None)
    back = HttpResponseRedirect(reverse("admin:projects_syncrun_change", args=[run_id]))
    if request.method == "POST" and form.is_valid():
        _carry_out(request, run_id, form)
        return back
    try:
        run = held_run(run_id)
    except EtlError as problem:
        messages.error(request, str(problem))
        return back
    changes = _rehearsed(request, run)
    if changes is not None and request.GET.get("format") == "csv":
        return _as_csv(run, changes)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Run {run.pk} of {run.source_id} is held",
        "run": run,
        "form": form,
        **_differences(changes),
        "columns": _columns(run),
    }
    return render(request, "admin/etl/syncrun/decide.html", context)


def _rehearsed(request: HttpRequest, run: SyncRun) -> ChangeSet | None:
    """What a release would change; None, and a message, where there can be none."""
    try:
        return DataScheduler().rehearse_release(run)
    except EtlError as problem:
        messages.error(request, str(problem))
        return None


def _differences(changes: ChangeSet | None) -> dict[str, Any]:
    if changes is None:
        return {"can_release": False}
    counts = dict(Counter(change.change_type for change in changes.summaries()))
    return {
        "can_release": True,
        "changes": list(islice(changes.summaries(), _SHOWN)),
        "more": max(0, sum(counts.values()) - _SHOWN),
        "counts": counts,
    }


def _carry_out(request: HttpRequest, run_id: int, form: Decision) -> None:
    by, reason = request.user.get_username(), form.cleaned_data["reason"]
    codes = [place.code for place in form.cleaned_data["places"]]
    try:
        if "reject" in request.POST:
            reject(run_id, by, reason)
            messages.success(request, f"Run {run_id} is rejected; the last good data stay.")
            return
        run = DataScheduler().release(run_id, by, reason, codes if "release_some" in request.POST else None)
    except EtlError as problem:
        messages.error(request, f"Nothing was decided: {problem}")
        return
    messages.success(request, f"Run {run.pk} is released: {run.change_count} changes were logged.")


def _columns(run: SyncRun) -> dict[str, list[str]]:
    """Columns that the last whole reading had and this one has not, and the reverse."""
    good = SyncRun.objects.good().filter(source=run.source, concludes=True, pk__lt=run.pk).exclude(profile={})
    last = good.order_by("-pk").first()
    before = Profile.of_json(last.profile) if last else None
    now = Profile.of_json(run.profile)
    if before is None or now is None:
        return {}
    return {
        "lost": sorted(set(before.columns) - set(now.columns)),
        "new": sorted(set(now.columns) - set(before.columns)),
        "layouts": [", ".join(before.layouts), ", ".join(now.layouts)],
    }


def _as_csv(run: SyncRun, changes: ChangeSet) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    rows = (writer.writerow([_harmless(cell) for cell in row]) for row in _csv_rows(changes))
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="run-{run.pk}-held.csv"'
    return answer


def _csv_rows(changes: ChangeSet) -> Iterator[list[Any]]:
    yield ["external_id", "change", "field", "old", "new"]
    for change in changes.summaries():
        for name, (old, new) in change.field_changes.items():
            yield [change.what, change.change_type, name, old, new]


def _harmless(cell: Any) -> Any:
    """A spreadsheet must not take a published text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
