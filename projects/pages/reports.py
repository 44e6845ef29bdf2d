"""Report a mistake: a form without an account, and what became of a report, for whoever has its receipt.

No cookie holds the form and its answer together: what was shown, and when, is signed into the form. Whoever
sends one from another site reports a mistake, nothing more. Programs that fill in every field, or answer at
once, are told so; whoever is taken for one sends it again.
"""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from projects.charset import storable
from projects.languages import ENGLISH, current, gettext, gettext_lazy, override
from projects.models import Report, ReportContact
from projects.pages.throttle import Allowance
from projects.stewards import reports, subjects
from projects.stewards.subjects import NoSubject, Subject

_HOUR, _DAY = 3600, 24 * 3600
_LEAST_SECONDS = 2  # nobody reads and answers a form sooner
_SALT = "report"
_TOO_MANY = gettext_lazy(
    "Many reports have come from your address in the last hour. Please try again later: nothing was sent."
)


class ReportForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is wrong, and how do you know?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact = forms.CharField(
        label=gettext_lazy("How can we reach you? You can leave this blank"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    # Not for people: it is out of sight, and said to stay empty.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    form = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, subject: Subject, data: Any = None) -> None:
        super().__init__(data)
        self.subject = subject
        self.fields["form"].initial = _signed(subject)
        self.shown: dict[str, Any] = {}

    def clean_text(self) -> str:
        return storable(self.cleaned_data["text"])

    def clean_contact(self) -> str:
        return storable(self.cleaned_data["contact"])

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("The last field has to stay empty."))
        return ""

    def clean_form(self) -> str:
        try:
            about, field, self.shown, at = signing.loads(self.cleaned_data["form"], salt=_SALT, max_age=_DAY)
        except (signing.BadSignature, ValueError, TypeError):
            raise forms.ValidationError(
                gettext("The page was open for very long. Please send it once more.")
            ) from None
        if (about, field) != (self.subject.about, self.subject.field):
            self.shown = {}
            raise forms.ValidationError(gettext("The form is another page’s. Please send it once more."))
        if time.time() - at < _LEAST_SECONDS:
            raise forms.ValidationError(
                gettext("That was very quick. Please wait a moment, and send it once more.")
            )
        return self.cleaned_data["form"]


def _in_english(subject: Subject) -> Subject:
    """As it is kept: stewards read it, in whichever language the form was."""
    if current() is ENGLISH:
        return subject
    with override(ENGLISH.code):
        return subjects.find(subject.about, subject.field)


def _signed(subject: Subject) -> str:
    told = [subject.about, subject.field, _in_english(subject).shown(), time.time()]
    return signing.dumps(told, salt=_SALT, compress=True)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest) -> HttpResponse:
    """The form, about what is asked for; without `about`, where the forms are."""
    about = request.GET.get("about", "").strip()
    if not about:
        return render(request, "projects/report.html", {})
    try:
        subject = subjects.find(about, request.GET.get("field", ""))
    except NoSubject as problem:
        return render(
            request, "projects/report.html", {"problems": [(problem.parameter, problem)]}, status=404
        )
    if request.method != "POST":
        return _form(request, subject, ReportForm(subject))
    form = ReportForm(subject, request.POST)
    if not form.is_valid():
        return _again(request, subject, form)
    if Allowance("reports", settings.REPORTS_PER_HOUR, _HOUR).is_spent(request):
        form.add_error(None, _TOO_MANY)
        answer = _again(request, subject, form, 429)
        answer["Retry-After"] = str(_HOUR)
        return answer
    given = form.cleaned_data
    report = reports.take(_in_english(subject), form.shown, given["text"], given["contact"], given["form"])
    return redirect(report)


def _again(request: HttpRequest, subject: Subject, form: ReportForm, status: int = 400) -> HttpResponse:
    """With what was typed, what is wrong, and the form as it was signed, where that still holds."""
    if "form" in form.errors and not form.shown:
        form.data = {**form.data.dict(), "form": form.fields["form"].initial}  # type: ignore[attr-defined]
    return _form(request, subject, form, status)


def _form(request: HttpRequest, subject: Subject, form: ReportForm, status: int = 200) -> HttpResponse:
    context = {
        "subject": subject,
        "form": form,
        "days": settings.REPORT_CONTACT_DAYS,
    }
    return render(request, "projects/report.html", context, status=status)


# --- with a receipt -------------------------------------------------------------------------------


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_page(request: HttpRequest, receipt: str) -> HttpResponse:
    """How a report stands, and what is kept of it; sent with `erase`, its `contact` or all its `words` go.
    Who has the receipt may do that."""
    report = _of(receipt)
    if request.method == "POST":
        _erase(report, request.POST.get("erase", ""))
        return redirect(report)
    context = {
        "report": report,
        "subject": _subject(report),
        "contact": ReportContact.objects.filter(report=report).exists(),
        "forgotten_by": reports.forgotten_by(report),
        "replies": report.replies.current(),
        "permalink": request.build_absolute_uri(report.get_absolute_url()),
    }
    return render(request, "projects/receipt.html", context)


@never_cache
@require_safe
def held_data(request: HttpRequest, receipt: str) -> HttpResponse:
    """All that is kept of a report, as JSON."""
    answer = JsonResponse(
        reports.held_of(_of(receipt)), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = 'attachment; filename="report.json"'
    return answer


def _erase(report: Report, what: str) -> None:
    if what == "contact":
        reports.forget_contact(report)
    elif what == "words":
        reports.withdraw(report)


def _of(receipt: str) -> Report:
    report = Report.objects.select_related("correction").filter(receipt=receipt.upper()).first()
    if report is None:
        raise Http404("No report has this receipt.")
    return report


def _subject(report: Report) -> Subject | None:
    try:
        return subjects.of_row(report)
    except NoSubject:
        return None


__all__ = ["held_data", "receipt_page", "report_page"]
