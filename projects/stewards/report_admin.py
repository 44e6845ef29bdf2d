"""Readers' reports and the answers of those who are concerned, in the admin.

A report is decided on its own page; an answer is entered, put right by a new one or taken back, not edited.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from projects.charset import storable
from projects.models import Reply, Report, ReportContact, ReportState
from projects.models.report import WAITING
from projects.stewards import replies, reports, todo
from projects.stewards.desk import ByWhatIsShown
from projects.stewards.overrides import CorrectionRefused
from projects.stewards.replies import ReplyRefused, Words
from projects.stewards.reports import DECISIONS, Decision
from projects.stewards.subjects import NoSubject, Subject, asked_as, find, of_row, page_of
from projects.stewards.todo import Task
from projects.stewards.values import NotAValue
from projects.wording.phrases import plural

_WORDS = tuple(Words.__dataclass_fields__)


class ReportDecisionForm(forms.ModelForm):
    is_corrected = forms.BooleanField(
        label="Correct what is shown",
        required=False,
        help_text="With “accepted”: the value below is shown in place of the source’s, marked and logged.",
    )
    corrected = forms.CharField(label="Corrected value", required=False, help_text="Blank: not known.")

    class Meta:
        model = Report
        fields = ("state", "public_reason", "note")
        widgets = {
            "public_reason": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = ReportState(self.instance.state or ReportState.NEW)
        kept = [] if now in DECISIONS else [now]
        if "state" in self.fields:
            self.fields["state"].choices = [(each.value, each.label) for each in (*kept, *DECISIONS)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("is_corrected"):
            return given
        if given.get("state") != ReportState.ACCEPTED:
            self.add_error("is_corrected", "A correction is made where the report is accepted.")
        elif reports.correctable(self.instance) is None:
            self.add_error(
                "is_corrected", "What this report is about has no value that can be corrected here."
            )
        else:
            self._try(given)
        return given

    def _try(self, given: dict[str, Any]) -> None:
        """The correction, to have its errors in the form."""
        try:
            reports.rehearse(self.instance, _decision(given))
        except NotAValue as problem:
            self.add_error("corrected", str(problem))
        except CorrectionRefused as problem:
            self.add_error("public_reason" if not given.get("public_reason") else None, str(problem))

    def _post_clean(self) -> None:
        """`reports.decide` writes the row."""


def _decision(given: dict[str, Any]) -> Decision:
    corrected = given.get("corrected", "") if given.get("is_corrected") else None
    return Decision(given["state"], given.get("public_reason", ""), given.get("note", ""), corrected)


class _Concerns(ByWhatIsShown, admin.ModelAdmin):
    """What both are about, with the ways there."""

    @admin.display(description="about")
    def about(self, row: Any) -> SafeString | str:
        subject = _subject(row)
        return format_html('<a href="{}">{}</a>', subject.url, subject.name) if subject else "what is gone"

    @admin.display(description="page")
    def page(self, row: Any) -> SafeString:
        """Without a query: lists have many rows."""
        return format_html('<a href="{0}">{0}</a>', page_of(row.entity_type, row.entity_id, row.municipality))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _subject(row: Any) -> Subject | None:
    try:
        return of_row(row)
    except NoSubject:
        return None


@admin.register(Report)
class ReportAdmin(_Concerns):
    """Those that wait first, the oldest of them at the top."""

    view_on_site = False  # the page of its receipt is the reader's
    list_before_template = "admin/subtitle.html"

    form = ReportDecisionForm
    list_display = ("pk", "name", "page", "words", "state", "age", "sent_at", "decided_by")
    list_display_links = ("pk", "name")
    list_filter = ("state", "entity_type", "sent_at")
    list_select_related = ("decided_by",)
    list_per_page = 50
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("=receipt", "name", "text")
    actions = ("mark_seen", "erase")
    _ABOUT = (
        "about", "text", "shown_then", "shown_now", "proof", "reach", "receipt", "sent_at", "ended_at",
        "decided_by", "correction", "given_answers",
    )  # fmt: skip
    _DECIDED = ("state", "public_reason", "note", "is_corrected", "corrected")
    # How its sender is reached; and whoever has the receipt may read that, too, and erase it.
    _PERSONAL = frozenset({"reach", "receipt"})

    @admin.display(description="what the reader wrote")
    def words(self, row: Report) -> str:
        if not row.text:
            return "erased"
        return row.text if len(row.text) <= 100 else f"{row.text[:99]}…"

    @admin.display(description="age", ordering="sent_at")
    def age(self, row: Report) -> str:
        return timesince(row.sent_at, depth=1)

    @admin.display(description="shown to the reader")
    def shown_then(self, row: Report) -> str:
        return row.shown.get("text") or "no one value"

    @admin.display(description="shown now")
    def shown_now(self, row: Report) -> str:
        subject = _subject(row)
        return (subject.text if subject else "") or "no one value"

    @admin.display(description="as it was then")
    def proof(self, row: Report) -> SafeString | str:
        change, snapshot = row.shown.get("change"), row.shown.get("snapshot")
        links = [format_html('<a href="/changes/{0}/">change {0}</a>', change)] if change else []
        links += [format_html('<a href="/snapshots/{}/">archived page</a>', snapshot)] if snapshot else []
        return SafeString(" · ".join(links)) if links else "–"

    @admin.display(description="how to reach the reader")
    def reach(self, row: Report) -> str:
        contact = ReportContact.objects.filter(report=row).first()
        if contact is None:
            return "not given, or deleted"
        by = timezone.localtime(reports.forgotten_by(row))
        return f"{contact.contact} (deleted by {by:%d/%m/%Y} at the latest)"

    @admin.display(description="answers")
    def given_answers(self, row: Report) -> SafeString:
        own = [
            format_html('<a href="{}">{}</a>', reverse("admin:projects_reply_change", args=[reply.pk]), reply)
            for reply in row.replies.all()
        ]
        add = format_html(
            '<a href="{}?{}">Enter an answer</a>',
            reverse("admin:projects_reply_add"),
            urlencode({"report": row.pk}),
        )
        return SafeString(" · ".join([*own, add]))

    def get_fields(self, request: HttpRequest, obj: Report | None = None) -> tuple[str, ...]:
        return (*self.get_readonly_fields(request, obj), *self._DECIDED)

    def get_readonly_fields(self, request: HttpRequest, obj: Report | None = None) -> tuple[str, ...]:
        hidden = frozenset() if _sees_contacts(request) else self._PERSONAL
        return tuple(name for name in self._ABOUT if name not in hidden)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.search_fields if _sees_contacts(request) else self.search_fields[1:]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        reports.decide(obj, _decision(form.cleaned_data), request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        reports.forget_due()
        return super().changelist_view(request, {"subtitle": waiting_sentence(), **(extra_context or {})})

    @admin.action(description="I have looked at it", permissions=["change"])
    def mark_seen(self, request: HttpRequest, rows: QuerySet[Report]) -> None:
        number = rows.filter(state=ReportState.NEW).update(state=ReportState.SEEN)
        messages.success(request, f"{plural(number, 'report')} looked at.")

    @admin.action(description="Erase words and contact, as its sender asks", permissions=["change"])
    def erase(self, request: HttpRequest, rows: QuerySet[Report]) -> None:
        for row in rows:
            reports.withdraw(row)
        messages.success(request, "Erased.")


def _sees_contacts(request: HttpRequest) -> bool:
    return request.user.has_perm("projects.view_reportcontact")


def waiting_sentence() -> str:
    """`3 reports wait, the oldest for 4 days`."""
    waiting = Report.objects.waiting().order_by("sent_at")
    oldest = waiting.first()
    if oldest is None:
        return "No report waits."
    age = timesince(oldest.sent_at, depth=1)
    return f"{plural(waiting.count(), 'report')} to decide, the oldest sent {age} ago."


# --- answers --------------------------------------------------------------------------------------


class ReplyForm(forms.ModelForm):
    """Of a new one. `about` and `of` are what stands in the address of a “Report a mistake” link."""

    about = forms.CharField(
        label="What is answered",
        max_length=60,
        help_text="project:17, figure:991, municipality:LIM331 or discrepancy:5; the “Report a mistake” link"
        " of its page has it, as about=…",
    )
    of = forms.CharField(
        label="Which part of it",
        max_length=60,
        required=False,
        help_text="budget, flag.overdue, 2021, …; blank: all of it. In the same link, as field=…",
    )
    link = forms.URLField(label="Document", required=False, max_length=500, assume_scheme="https")
    report = forms.ModelChoiceField(
        Report.objects.all(), required=False, widget=forms.HiddenInput, label="Report that it answers"
    )
    replaces = forms.ModelChoiceField(
        Reply.objects.all(), required=False, widget=forms.HiddenInput, label="Answer that it puts right"
    )

    class Meta:
        model = Reply
        fields = ("about", "of", "who", "role", "said_on", "source", "link", "text", "report", "replaces")
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}

    def clean_text(self) -> str:
        return storable(self.cleaned_data["text"])

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and not link.lower().startswith(("http://", "https://")):
            raise forms.ValidationError("Only an address that begins with http:// or https:// can be shown.")
        return link

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        said_on = given.get("said_on")
        if said_on and said_on > timezone.localdate():
            self.add_error("said_on", "That day is still to come.")
        try:
            given["subject"] = find(given.get("about", ""), given.get("of", ""))
        except NoSubject as problem:
            self.add_error("of" if problem.parameter == "field" else "about", str(problem))
        if not self.errors:
            try:
                replies.check(given["subject"], _words(given), given["replaces"])
            except ReplyRefused as problem:
                self.add_error(None, str(problem))
        return given

    def _post_clean(self) -> None:
        """`replies.enter` makes the row."""


class TakeBackForm(forms.ModelForm):
    """Of one that stands: all that can be done to it."""

    class Meta:
        model = Reply
        fields = ("taken_back_reason",)
        help_texts = {
            "taken_back_reason": "Only to take it back. Everybody reads this in its place; the log has both."
        }


@admin.register(Reply)
class ReplyAdmin(_Concerns):
    list_display = ("pk", "who", "role", "said_on", "page", "part", "standing", "entered_at", "entered_by")
    list_filter = ("entity_type", "said_on", ("taken_back_at", admin.EmptyFieldListFilter))
    list_select_related = ("entered_by", "replaced_by")
    list_per_page = 50
    search_fields = ("who", "text", "part")
    _NEW = ("about", "of", "who", "role", "said_on", "source", "link", "text", "report", "replaces")
    _SHOWN = (
        "about", "part", "who", "role", "said_on", "source", "link", "text", "report", "replaces", "standing",
        "ways", "entered_at", "entered_by",
    )  # fmt: skip

    @admin.display(description="state")
    def standing(self, row: Reply) -> str:
        if row.taken_back_at:
            return "taken back"
        return f"put right by answer {row.replaced_by.pk}" if hasattr(row, "replaced_by") else "stands"

    @admin.display(description="further")
    def ways(self, row: Reply) -> SafeString:
        log = format_html('<a href="/changes/{0}/">change {0}</a>', row.change_id)
        if not _stands(row):
            return log
        add = reverse("admin:projects_reply_add")
        right = format_html('<a href="{}?replaces={}">Put it right</a>', add, row.pk)
        return SafeString(f"{log} · {right}")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With `replaces` the answer that is put right, with `report` what that is about."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        models: tuple[tuple[str, type[Reply | Report]], ...] = (("replaces", Reply), ("report", Report))
        for name, model in models:
            asked = initial.get(name, "")
            row = model._default_manager.filter(pk=asked).first() if _is_id(asked) else None
            if row is None:
                continue
            about, of = asked_as(row.entity_type, row.entity_id, row.municipality, row.field)
            words = {each: getattr(row, each) for each in _WORDS} if model is Reply else {}
            return {**initial, "about": about, "of": of, **words}
        return initial

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **given: Any) -> Any:
        form = TakeBackForm if obj else ReplyForm
        return super().get_form(request, obj, change, **(given | {"form": form}))

    def get_fields(self, request: HttpRequest, obj: Reply | None = None) -> tuple[str, ...]:
        return (*self._SHOWN, "taken_back_reason") if obj else self._NEW

    def get_readonly_fields(self, request: HttpRequest, obj: Reply | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return self._SHOWN if _stands(obj) else (*self._SHOWN, "taken_back_reason")

    def save_model(self, request: HttpRequest, obj: Reply, form: Any, change: bool) -> None:
        given = form.cleaned_data
        if change:
            self._take_back(request, obj, given.get("taken_back_reason", ""))
            return
        terms = (given["report"], given["replaces"])
        made = replies.enter(given["subject"], _words(given), request.user, *terms)
        obj.__dict__.update(made.__dict__)

    def _take_back(self, request: HttpRequest, obj: Reply, reason: str) -> None:
        if not reason.strip():
            return
        try:
            replies.take_back(obj, reason, request.user)
        except ReplyRefused as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, "It is taken back: its place has the reason.")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _words(given: dict[str, Any]) -> Words:
    return Words(**{name: given[name] for name in _WORDS})


def _stands(row: Reply) -> bool:
    return row.taken_back_at is None and not hasattr(row, "replaced_by")


todo.add(Task(
    "reports", "Reports of readers",
    "Somebody says that something here is wrong.",
    "projects.change_report", lambda: todo.of_rows(Report.objects.waiting(), "sent_at"),
    "admin:projects_report_changelist", f"?state__in={','.join(WAITING)}",
))  # fmt: skip


__all__ = ["ReplyAdmin", "ReportAdmin", "waiting_sentence"]
