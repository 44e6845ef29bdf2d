"""Merges in the admin: proposed, made with a reason, undone with one; never edited or deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from projects.models import Merge, Project
from projects.stewards import merging, todo
from projects.stewards.merging import MergeRefused
from projects.stewards.proposing import proposed
from projects.stewards.todo import Task, Waiting

_SHOWN = 100  # proposals on the page


class MergeForm(forms.ModelForm):
    class Meta:
        model = Merge
        fields = ("merged", "survivor", "reason")
        labels = {"merged": "This project", "survivor": "is this one"}
        widgets = {"reason": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {
            "merged": "It leaves lists, sums and searches; its page and its number lead to the other.",
            "survivor": "It stays as it is. What the source says of the other number is kept, not shown.",
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("merged", "survivor"):
            if (
                name in self.errors
            ):  # Django's widget looks for what was typed, and fails on what is no number
                self.data = {**dict(self.data.items()), self.add_prefix(name): ""}
        if not self.errors and (problem := merging.refusal(given["survivor"], given["merged"])):
            self.add_error(None, problem)
        return given

    def _post_clean(self) -> None:
        """`projects.stewards.merging` makes the merge: there is no instance of the form's to check."""


class InForce(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "in force"), ("look", "the other number is listed alone"), ("no", "undone")]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        if self.value() == "no":
            return rows.exclude(undone_at=None)
        if self.value() == "look":
            return rows.filter(pk__in=Merge.objects.to_look_at().values("pk"))
        return rows.filter(undone_at=None) if self.value() == "yes" else rows


@admin.register(Merge)
class MergeAdmin(ModelAdmin):
    form = MergeForm
    list_display = ("merged", "survivor", "reason", "made_by", "made_at", "undone_by", "undone_at")
    list_filter = (InForce,)
    list_select_related = ("merged", "survivor", "made_by", "undone_by")
    search_fields = (
        "merged__name",
        "survivor__name",
        "merged__external_id",
        "survivor__external_id",
        "reason",
    )
    autocomplete_fields = ("merged", "survivor")
    change_form_template = "admin/projects/merge/change_form.html"
    change_list_template = "admin/projects/merge/change_list.html"

    @admin.display(description="public page")
    def page(self, row: Merge) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', row.survivor.get_absolute_url())

    def get_fields(self, request: HttpRequest, obj: Merge | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("merged", "survivor", "reason")
        return (
            "merged", "survivor", "page", "reason", "identities", "made_by", "made_at",
            "undone_by", "undone_at", "undo_reason",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Merge | None = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **given: Any) -> Any:
        """What has been made is only looked at: no form of ours."""
        return super().get_form(request, obj, change, **(given | ({"form": forms.ModelForm} if obj else {})))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Merge, form: Any, change: bool) -> None:
        """Only ever for a new one: what is there has no field to edit."""
        if change:
            return
        given = form.cleaned_data
        made = merging.merge(given["survivor"], given["merged"], reason=given["reason"], user=request.user)
        obj.__dict__.update(made.__dict__)

    def get_urls(self) -> list[URLPattern]:
        undo, apart = (self.admin_site.admin_view(require_POST(v)) for v in (self.undo_view, self.apart_view))
        proposals = self.admin_site.admin_view(self.proposals_view)
        return [
            path("<int:pk>/undo/", undo, name="projects_merge_undo"),
            path("proposals/", proposals, name="projects_merge_proposals"),
            path("proposals/apart/", apart, name="projects_merge_apart"),
            *super().get_urls(),
        ]

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button's target: takes the two apart again and comes back."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Merge.objects.select_related("merged"), pk=pk)
        reason = request.POST.get("reason", "")
        try:
            merging.undo(row, reason=reason, user=request.user)
        except MergeRefused as problem:
            messages.warning(request, f"Nothing was undone: {problem}")
        else:
            LogEntry.objects.log_actions(
                request.user.pk or 0, [row], CHANGE, f"Undone: {reason.strip()}", single_object=True
            )
            messages.success(request, f"{row.merged} is a project of its own again.")
        return HttpResponseRedirect(reverse("admin:projects_merge_change", args=[pk]))

    def proposals_view(self, request: HttpRequest) -> HttpResponse:
        """Pairs that may be one project, side by side, each to be merged or kept apart."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = proposed()
        rows = Project.objects.select_related("municipality").in_bulk(
            {pk for each in found[:_SHOWN] for pk in (each.survivor, each.merged)}
        )
        context = {
            **self.admin_site.each_context(request),
            "title": "Projects that may be one",
            "pairs": [
                {
                    "why": each.why,
                    "survivor": rows[each.survivor],
                    "merged": rows[each.merged],
                    "both": [rows[each.merged], rows[each.survivor]],
                }
                for each in found[:_SHOWN]
                if each.survivor in rows and each.merged in rows
            ],
            "more": max(0, len(found) - _SHOWN),
            "may_decide": self.has_add_permission(request),
        }
        return render(request, "admin/projects/merge/proposals.html", context)

    def apart_view(self, request: HttpRequest) -> HttpResponse:
        """The button's target: the two are two, and are not proposed again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        chosen = [text for text in request.POST.getlist("project") if text.isascii() and text.isdigit()][:2]
        found = list(Project.objects.filter(pk__in=[int(text) for text in chosen if len(text) < 19]))
        try:
            if len(found) != 2:
                raise MergeRefused("Choose two projects.")
            said = merging.keep_apart(*found, reason=request.POST.get("reason", ""), user=request.user)
        except MergeRefused as problem:
            messages.warning(request, f"Nothing was decided: {problem}")
        else:
            self.log_addition(request, said, [{"added": {"name": "distinct projects", "object": str(said)}}])
            messages.success(request, f"{said}, and will not be proposed again.")
        return HttpResponseRedirect(reverse("admin:projects_merge_proposals"))


todo.add(Task(
    "merge_proposals", "Projects that may be one",
    "They have one name in one place, or one came when the other went.",
    "projects.view_merge", lambda: Waiting(len(proposed())), "admin:projects_merge_proposals",
))  # fmt: skip
todo.add(Task(
    "merges", "Merges to look at",
    "The project is not listed any more, while the number that was merged into it is.",
    "projects.view_merge", lambda: todo.of_rows(Merge.objects.to_look_at(), "survivor__last_changed_at"),
    "admin:projects_merge_changelist", "?state=look",
))  # fmt: skip
