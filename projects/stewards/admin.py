"""Stewards' corrections in the admin: made with a reason, undone with one click, never edited or deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from projects.models import Override
from projects.stewards import overrides
from projects.stewards.import_page import ImportsCorrections
from projects.stewards.overrides import CorrectionRefused
from projects.stewards.values import CORRECTABLE, NotAValue
from projects.wording.phrases import label, shown

_HINT = (
    "Rand as 12500000.00, percent as 62.5, days as 2027-02-28, municipalities and provinces by their code. "
    "Blank: not known."
)


class CorrectionForm(forms.ModelForm):
    field = forms.ChoiceField(
        choices=[("", "---------"), *((name, label(name)) for name in CORRECTABLE)],
        widget=UnfoldAdminSelectWidget,
    )
    text = forms.CharField(
        label="Corrected value", required=False, help_text=_HINT, widget=UnfoldAdminTextareaWidget
    )

    class Meta:
        model = Override
        fields = ("project", "field", "reason", "expires_at")
        widgets = {"reason": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {
            "reason": "Shown to everybody beside the value: why, and by what evidence.",
            "expires_at": "Optional: from then on the source's value is shown again.",
        }

    def clean(self) -> dict[str, Any]:
        """Tries the correction, to have its errors in the form; `OverrideAdmin.save_model` makes it."""
        given = super().clean() or {}
        if "project" in self.errors:
            # Django's widget would look for what was typed as it stands, and fails on what is no number.
            self.data = {**dict(self.data.items()), self.add_prefix("project"): ""}
        if not self.errors:
            try:
                overrides.rehearse(
                    given["project"], given["field"], given["text"], given["reason"], given.get("expires_at")
                )
            except NotAValue as problem:
                self.add_error("text", str(problem))
            except CorrectionRefused as problem:
                self.add_error(None, str(problem))
        return given

    def _post_clean(self) -> None:
        """`projects.stewards.overrides` makes the override: there is no instance of the form's to check."""


class NeedsALook(admin.SimpleListFilter):
    title = "needs a look"
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "the source moved or caught up"), ("no", "nothing new")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Override]) -> QuerySet[Override]:
        if self.value() == "yes":
            return rows.exclude(notice="")
        return rows.filter(notice="") if self.value() == "no" else rows


@admin.register(Override)
class OverrideAdmin(ImportsCorrections, ModelAdmin):
    form = CorrectionForm
    list_display = (
        "project", "what", "shown_value", "says", "state", "notice", "made_at", "expires_at", "made_by",
    )  # fmt: skip
    list_filter = (NeedsALook, "state", "field")
    list_select_related = ("project", "made_by")
    list_per_page = 50
    search_fields = ("project__name", "project__external_id", "reason")
    autocomplete_fields = ("project",)
    actions = ("undo_selected", "looked_at")
    change_form_template = "admin/projects/override/change_form.html"

    @admin.display(description="field", ordering="field")
    def what(self, row: Override) -> str:
        return label(row.field)

    @admin.display(description="corrected to")
    def shown_value(self, row: Override) -> str:
        return "not known" if row.value is None else shown(row.field, row.value)

    @admin.display(description="the source says")
    def says(self, row: Override) -> str:
        return shown(row.field, row.source_value)

    @admin.display(description="the source said then")
    def said_then(self, row: Override) -> str:
        return shown(row.field, row.source_value_then)

    @admin.display(description="public page")
    def page(self, row: Override) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', row.project.get_absolute_url())

    def get_fields(self, request: HttpRequest, obj: Override | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("project", "field", "text", "reason", "expires_at")
        return (
            "project", "page", "what", "shown_value", "says", "said_then", "reason", "notice", "state",
            "made_by", "made_at", "expires_at", "ended_at",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Override | None = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **given: Any) -> Any:
        """What has been made is only looked at: no form of ours."""
        return super().get_form(request, obj, change, **(given | ({"form": forms.ModelForm} if obj else {})))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Override, form: Any, change: bool) -> None:
        """Only ever for a new one: what is there has no field to edit."""
        if change:
            return
        given = form.cleaned_data
        made = overrides.correct(
            given["project"],
            given["field"],
            given["text"],
            reason=given["reason"],
            user=request.user,
            expires_at=given["expires_at"],
        )
        obj.__dict__.update(made.__dict__)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        overrides.expire_due()
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        undo, look = (self.admin_site.admin_view(require_POST(v)) for v in (self.undo_view, self.look_view))
        return [
            path("<int:pk>/undo/", undo, name="projects_override_undo"),
            path("<int:pk>/looked/", look, name="projects_override_looked"),
            *super().get_urls(),
        ]

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button's target: undoes the correction and comes back."""
        return self._on_one(request, pk, self.undo_selected)

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._on_one(request, pk, self.looked_at)

    def _on_one(self, request: HttpRequest, pk: int, act: Any) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        get_object_or_404(Override, pk=pk)
        act(request, Override.objects.filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:projects_override_change", args=[pk]))

    @admin.action(description="Undo: show what the source says", permissions=["change"])
    def undo_selected(self, request: HttpRequest, rows: QuerySet[Override]) -> None:
        overrides.expire_due()
        for row in rows:
            try:
                overrides.undo(row, request.user)
            except CorrectionRefused as problem:
                messages.warning(request, str(problem))
            else:
                messages.success(request, f"{label(row.field)} of {row.project} is the source's again.")

    @admin.action(description="I have looked at it", permissions=["change"])
    def looked_at(self, request: HttpRequest, rows: QuerySet[Override]) -> None:
        messages.success(request, f"{rows.update(notice='', noticed_at=None)} looked at.")
