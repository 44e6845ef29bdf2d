"""The vocabulary in the admin: words that a steward teaches, changes or takes away by hand. What that does to
who is who among projects is rehearsed first, as on the columns' own screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
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
    """A word. `question`: what it does to how projects are known, to be confirmed."""

    confirmed = ""
    question: NeedsConfirmation | None = None

    def _post_clean(self) -> None:
        """Last of all: the text is then as it will be looked up."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        if twin := _twin(self.instance):
            self.add_error("text", f"It is looked up as “{twin.text}”, which has a meaning already.")
            return
        try:
            ask(Rewording.of(self.instance), rehearse, self.confirmed)
        except NeedsConfirmation as question:
            self.question = question
        except CannotDecide as problem:
            self.add_error(None, str(problem))


def _twin(word: Vocabulary) -> Vocabulary | None:
    """Another heading that is looked up the same way: of the two one would say nothing."""
    if word.kind != Vocabulary.Kind.FIELD:
        return None
    others = Vocabulary.objects.filter(kind=word.kind).exclude(pk=word.pk)
    return next((row for row in others if normal_label(row.text) == normal_label(word.text)), None)


@admin.register(Vocabulary)
class VocabularyAdmin(ModelAdmin):
    form = WordForm
    list_display = ("text", "kind", "meaning", "reason", "added_at")
    list_filter = ("kind",)
    search_fields = ("text", "meaning", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vocabulary]:
        return super().get_queryset(request).order_by("kind", "text")

    def get_form(self, request: HttpRequest, *args: Any, **options: Any) -> type[WordForm]:
        form: type[WordForm] = super().get_form(request, *args, **options)
        return type("WordForm", (form,), {"confirmed": request.POST.get("confirmed", "")})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if form.question:
            raise form.question
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Vocabulary) -> None:
        ask(Rewording.removing([obj]), rehearse, request.POST.get("confirmed", ""))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Vocabulary]) -> None:
        ask(Rewording.removing(queryset), rehearse, request.POST.get("confirmed", ""))
        super().delete_queryset(request, queryset)

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        return self._asking(request, super().changeform_view, *args, **options)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        return self._asking(request, super().delete_view, *args, **options)

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        return self._asking(request, super().changelist_view, *args, **options)

    def _asking(self, request: HttpRequest, view: Any, *args: Any, **options: Any) -> HttpResponseBase:
        """A page of the admin, or what stands in its place where a word cannot be taken just so. Nothing of
        it is kept then, nor that it was done."""
        try:
            with transaction.atomic():
                answer: HttpResponseBase = view(request, *args, **options)
                return answer
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
