"""The vocabulary in the admin: words that a steward teaches, changes or takes away by hand. What that does to
who is who among projects is rehearsed first, as on the columns' own screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from unfold.admin import ModelAdmin

from etl.compare.rewording import Moves
from etl.decide.wording import Rewording, ask
from etl.exceptions import CannotDecide, NeedsConfirmation
from etl.project_source import ProjectSource
from etl.sources import UnknownSource, source_of
from etl.values.vocabulary import Vocabulary as Words
from etl.values.vocabulary import normal_label
from projects.models import Vocabulary

_ASKED = "admin/etl/readingplan/confirm.html"


def rehearse(source: str, words: Words) -> Moves:
    """What other words would make of who is who among a source's projects. Raises EtlError."""
    try:
        monitor = source_of(source).monitor
    except UnknownSource:  # its projects are known, and it is read no more
        return Moves()
    return monitor.rehearse(source, words) if issubclass(monitor, ProjectSource) else Moves()


class WordForm(forms.ModelForm):
    """A word. `refused`: why it cannot be taken, as what it does to the projects was rehearsed before."""

    refused = ""

    def _post_clean(self) -> None:
        """Last of all: the text is then as it will be looked up."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        if twin := _twin(self.instance):
            self.add_error("text", f"It is looked up as “{twin.text}”, which has a meaning already.")
        elif self.refused:
            self.add_error(None, self.refused)


def _twin(word: Vocabulary) -> Vocabulary | None:
    """Another heading that is looked up the same way: of the two one would say nothing."""
    if word.kind != Vocabulary.Kind.FIELD:
        return None
    others = Vocabulary.objects.filter(kind=word.kind).exclude(pk=word.pk)
    return next((row for row in others if normal_label(row.text) == normal_label(word.text)), None)


@admin.register(Vocabulary)
class VocabularyAdmin(ModelAdmin):
    """A rehearsal takes its time: it comes before the transactions in which the admin's own views write."""

    form = WordForm
    list_display = ("text", "kind", "meaning", "reason", "added_at")
    list_filter = ("kind",)
    search_fields = ("text", "meaning", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vocabulary]:
        return super().get_queryset(request).order_by("kind", "text")

    def get_form(self, request: HttpRequest, *args: Any, **options: Any) -> type[WordForm]:
        form: type[WordForm] = super().get_form(request, *args, **options)
        return type("WordForm", (form,), {"refused": getattr(request, "refused", "")})

    def changeform_view(self, request: Any, object_id: Any = None, *args: Any, **options: Any) -> Any:
        if request.method == "POST":
            try:
                self._ask_of_form(request, object_id)
            except NeedsConfirmation as question:
                return self._question(request, question)
            except CannotDecide as problem:
                request.refused = str(problem)
        return super().changeform_view(request, object_id, *args, **options)

    def delete_view(self, request: Any, object_id: str, *args: Any, **options: Any) -> Any:
        def view() -> Any:
            row = self.get_object(request, unquote(object_id)) if request.method == "POST" else None
            if row and self.has_delete_permission(request, row):
                self._ask(request, Rewording.removing([row]))
            return super(VocabularyAdmin, self).delete_view(request, object_id, *args, **options)

        return self._asking(request, view)

    def changelist_view(self, request: Any, *args: Any, **options: Any) -> Any:
        return self._asking(
            request, lambda: super(VocabularyAdmin, self).changelist_view(request, *args, **options)
        )

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        """The first that is done when chosen rows are deleted: in no transaction yet."""
        self._ask(request, Rewording.removing(queryset))
        return super().log_deletions(request, queryset)

    def _ask_of_form(self, request: Any, object_id: Any) -> None:
        """Raises NeedsConfirmation, CannotDecide. What is no word, or nobody's to say, the form tells."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        may = self.has_change_permission(request, row) if object_id else self.has_add_permission(request)
        if not may or (object_id and row is None):
            return
        form = self.get_form(request, row)(request.POST, instance=row)
        if form.is_valid():
            self._ask(request, Rewording.of(form.instance))

    @staticmethod
    def _ask(request: Any, rewording: Rewording) -> None:
        if not getattr(request, "is_rehearsed", False):
            ask(rewording, rehearse, request.POST.get("confirmed", ""))
            request.is_rehearsed = True

    def _asking(self, request: HttpRequest, view: Callable[[], Any]) -> Any:
        """A page of the admin, or what stands in its place where a word cannot be taken away just so."""
        try:
            return view()
        except NeedsConfirmation as question:
            return self._question(request, question)
        except CannotDecide as problem:
            messages.warning(request, str(problem))
            return HttpResponseRedirect(reverse("admin:projects_vocabulary_changelist"))

    def _question(self, request: HttpRequest, question: NeedsConfirmation) -> HttpResponse:
        """What it does to how projects are known, and a button that says yes."""
        return render(request, _ASKED, {
            **self.admin_site.each_context(request),
            "title": "Is this what you want?",
            "given": [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name not in ("csrfmiddlewaretoken", "confirmed")
            ],
            "effect": question.effect,
            "token": question.token,
            "what": "the vocabulary were changed so",
            "says": "change the vocabulary",
            "address": request.get_full_path(),
            "back": reverse("admin:projects_vocabulary_changelist"),
        })  # fmt: skip
