"""Corrections from a file in the admin: what each row will change or why it is refused, and a button.

The page is django-import-export's. What is ours: the file goes along with the page, signed; and rows that are
refused may be left out, where the steward says so: of a file with one of them nothing is written otherwise.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportMixin
from import_export.forms import ConfirmImportForm
from import_export.tmp_storages import BaseStorage
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminTextInputWidget

from projects.stewards import corrections_file
from projects.stewards.corrections_file import CorrectionsFile, FileRefused
from projects.stewards.importing import CorrectionResource, Outcome
from projects.stewards.values import CORRECTABLE
from projects.wording.phrases import label

_SALT, _GOOD_FOR = "corrections of a file", 3600  # seconds between the look and the button
_SAID = 20  # refused rows that are named after the button


class _Bytes:
    dumps = loads = staticmethod(bytes)


class SignedStorage(BaseStorage):
    """What was looked at, so that it and nothing else is done: its name is the file itself, signed.

    The library's own would leave files in a folder, which another web process may not have, and read any file
    there that a request names.
    """

    def save(self, data: bytes) -> None:
        signer = signing.TimestampSigner(salt=_SALT)
        self.name = signer.sign_object(data, serializer=_Bytes, compress=True)

    def read(self) -> bytes:
        """Raises BadSignature, also of a look of long ago."""
        signer = signing.TimestampSigner(salt=_SALT)
        return signer.unsign_object(self.name, serializer=_Bytes, max_age=_GOOD_FOR)

    def remove(self) -> None:
        """Nothing was kept."""


class CorrectionsForm(ImportForm):
    reason = forms.CharField(
        required=False,
        label="Why, for rows that do not say it (it is kept, and shown)",
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["format"].widget = forms.HiddenInput()
        file = self.fields["import_file"]
        file.label, file.error_messages["required"] = "File", "Choose a file."
        file.widget.attrs["accept"] = ".csv,.xlsx,text/csv"

    @property
    def media(self) -> forms.Media:
        """Not the library's script, which guesses the format by the file's name."""
        return forms.Media()

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > corrections_file.MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {corrections_file.MOST_BYTES / 1e6} MB.")
        return file


class ConfirmForm(ConfirmImportForm):
    reason = forms.CharField(required=False, widget=forms.HiddenInput)
    leave_out = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_import_file_name(self) -> str:
        name = self.cleaned_data["import_file_name"]
        try:
            SignedStorage(name=name).read()
        except signing.BadSignature:
            raise forms.ValidationError("Nothing was done: look at the file again first.") from None
        return name


class ImportsCorrections(ImportMixin):
    """Of the corrections' admin. Whoever may make one may make those of a file."""

    import_export_change_list_template = "admin/projects/override/change_list.html"
    import_template_name = "admin/projects/override/import.html"
    import_form_class, confirm_form_class = CorrectionsForm, ConfirmForm
    import_formats = (CorrectionsFile,)
    resource_classes = (CorrectionResource,)
    tmp_storage_class = SignedStorage
    skip_import_confirm = False

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_import_context_data(self, **given: Any) -> dict[str, Any]:
        return {
            "fields": [(name, label(name)) for name in CORRECTABLE],
            "most": corrections_file.MOST_ROWS,
        }

    def add_data_read_fail_error_to_form(self, form: Any, problem: Exception) -> None:
        if not isinstance(problem, FileRefused):
            raise problem
        form.add_error("import_file", str(problem))

    def import_action(self, request: HttpRequest, **given: Any) -> HttpResponse:
        """The look; the library has a button only under a file of which every row can be made."""
        answer = super().import_action(request, **given)
        context = answer.context_data
        result = context.get("result")
        if result and result.invalid_rows and result.valid_rows():
            confirm = self.create_confirm_form(request, import_form=context["form"])
            confirm.initial["leave_out"] = True
            context["confirm_form"] = confirm
        context["title"] = "Corrections from a file"
        return answer

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        return initial | ({"reason": import_form.cleaned_data["reason"]} if import_form else {})

    def get_import_resource_kwargs(self, request: HttpRequest, **given: Any) -> dict[str, Any]:
        return {}

    def get_import_data_kwargs(self, **given: Any) -> dict[str, Any]:
        said = given["form"].cleaned_data
        is_confirmed = "import_file_name" in said
        return {
            "reason": said["reason"],
            "writes": is_confirmed,
            "rollback_on_validation_errors": not said.get("leave_out"),
        }

    def process_import(self, request: HttpRequest, **given: Any) -> HttpResponse:
        answer = super().process_import(request, **given)
        problems = getattr(answer, "context_data", {}).get("errors")
        if not problems:
            return answer
        for problem in (each for several in problems.values() for each in several):
            messages.error(request, problem)
        return HttpResponseRedirect(reverse("admin:projects_override_import"))

    def process_result(self, result: Outcome, request: HttpRequest) -> HttpResponse:
        made = [row.instance.made for row in result.valid_rows()]
        was_undone = bool(result.invalid_rows) and not request.POST.get("leave_out")
        if was_undone:
            messages.error(request, "Nothing was made: a row that could be made before cannot be now.")
        else:
            messages.success(request, f"{len(made)} correction{'s were' if len(made) != 1 else ' was'} made.")
            self._note(request, made, result.file_name)
        for sentence in list(result.sentences())[:_SAID]:
            messages.warning(request, f"Refused: {sentence}")
        return HttpResponseRedirect(
            reverse(f"admin:projects_override_{'import' if was_undone else 'changelist'}")
        )

    def _note(self, request: HttpRequest, made: list[Any], name: str) -> None:
        if made:
            said = f"Imported from “{name[:80]}”."
            LogEntry.objects.log_actions(request.user.pk or 0, made, ADDITION, said)


__all__ = ["ImportsCorrections", "SignedStorage"]
