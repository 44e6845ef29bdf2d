"""Splits in the admin: one record that is two, taken apart at a change; undone, never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from etl.decide import splitting
from projects.admin import Recorded
from projects.models import Project, Split
from projects.stewards.merging import MergeRefused
from projects.wording import causes


@admin.register(Split)
class SplitAdmin(Recorded):
    """What was split; a project's own page in the admin leads to where it is done."""

    list_display = ("made", "kept", "reason", "made_by", "made_at", "undone")
    list_select_related = ("made", "kept", "made_by", "undone")
    search_fields = ("made__name", "kept__name", "made__external_id", "kept__external_id", "reason")
    fields = ("made", "kept", "pages", "change", "reason", "made_by", "made_at", "undone")
    change_form_template = "admin/projects/split/change_form.html"

    @admin.display(description="public pages")
    def pages(self, row: Split) -> SafeString:
        both = (row.made.get_absolute_url(), row.kept.get_absolute_url())
        return format_html('<a href="{0}">{0}</a>, <a href="{1}">{1}</a>', *both)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(require_POST(self.undo_view))
        apart = self.admin_site.admin_view(self.apart_view)
        return [
            path("<int:pk>/undo/", undo, name="projects_split_undo"),
            path("of/<int:pk>/", apart, name="projects_split_apart"),
            *super().get_urls(),
        ]

    def apart_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The changes at which a project may have been taken for another one; the chosen one splits it."""
        if not request.user.has_perm("projects.add_split"):
            raise PermissionDenied
        project = get_object_or_404(Project.objects.select_related("source"), pk=pk)
        reason, chosen = request.POST.get("reason", ""), request.POST.get("change", "")
        if request.method == "POST":
            try:
                if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
                    raise MergeRefused("Choose the change from which on it is another project.")
                row = splitting.split(project, int(chosen), reason=reason, user=request.user)
            except MergeRefused as problem:
                messages.warning(request, f"Nothing was split: {problem}")
            else:
                self.log_addition(request, row, [{"added": {"name": "split", "object": str(row)}}])
                messages.success(request, f"“{row.made}” is a project of its own now.")
                return HttpResponseRedirect(reverse("admin:projects_split_change", args=[row.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Is {project} really two projects?",
            "project": project,
            "changes": [
                {"row": row, "sentence": causes.assess(row, stored=row.rules).sentence}
                for row in splitting.recognitions(project)
            ],
            "reason": reason,
        }
        return render(request, "admin/projects/split/apart.html", context)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button's target: puts the two together again and comes back."""
        if not request.user.has_perm("projects.change_split"):
            raise PermissionDenied
        row = get_object_or_404(Split.objects.select_related("kept", "made"), pk=pk)
        reason = request.POST.get("reason", "")
        try:
            splitting.undo(row, reason=reason, user=request.user)
        except MergeRefused as problem:
            messages.warning(request, f"Nothing was undone: {problem}")
        else:
            said = f"Undone: {reason.strip()}"
            LogEntry.objects.log_actions(request.user.pk or 0, [row], CHANGE, said, single_object=True)
            messages.success(request, "They are one record again.")
        return HttpResponseRedirect(reverse("admin:projects_split_change", args=[pk]))
