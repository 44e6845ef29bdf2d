"""What can be asked of the changes: for the API, and with the cause left out for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import django_filters
from django import forms

from projects.filters import (
    AmountFilter,
    Choices,
    ExactFilter,
    IdFilter,
    MomentFilter,
    MunicipalityFilter,
    SourceFilter,
)
from projects.languages import gettext_lazy
from projects.models import Cause, ChangeType, DataChangeLog, EntityType, Project, Province, Severity
from projects.wording.figures import days_of
from projects.wording.topics import ANSWERED, CORRECTED, DAYS, RAND, TOPICS


class CountFilter(django_filters.Filter):
    """A whole number of things, 1 or more."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=10_000, **kwargs)


# {filter of the changes: lookup of an event}
_OF_EVENTS = {
    "run": "run_id", "kind": "kind", "source": "source_id", "cause": "cause__in",
    "entity_type": "entity_type__in", "change_type": "change_type__in",
}  # fmt: skip


class ChangeFilter(django_filters.FilterSet):
    after = IdFilter(method="newer", label=gettext_lazy("After change"))
    topic = Choices(choices=list(TOPICS.items()), method="about", label=gettext_lazy("What happened"))
    min_months = CountFilter(method="by_months", label=gettext_lazy("Completion moved by months, at least"))
    min_rand = AmountFilter(method="by_rand", label=gettext_lazy("Budget moved by rand, at least"))
    programme = ExactFilter(
        method="of_programme", max_length=40, label=gettext_lazy("Programme of the project now")
    )
    contractor = django_filters.CharFilter(
        method="of_contractor", max_length=200, label=gettext_lazy("Contractor of the project now")
    )
    project = IdFilter(method="of_project", label=gettext_lazy("Project number here"))
    municipality = MunicipalityFilter()
    province = Choices(choices=Province.choices)
    entity_type = Choices(choices=EntityType.choices)
    entity_id = IdFilter("entity_id", label=gettext_lazy("Number here of what changed"))
    change_type = Choices(choices=ChangeType.choices)
    cause = Choices(choices=Cause.choices)
    severity = Choices(choices=Severity.choices)
    source = SourceFilter()
    since = MomentFilter(method="from_moment", label=gettext_lazy("Since"))
    until = MomentFilter(method="to_moment", label=gettext_lazy("Until"), end=True)
    run = IdFilter("run_id", label=gettext_lazy("Run"))
    kind = django_filters.CharFilter(max_length=200, strip=False, label=gettext_lazy("Kind of mass edit"))
    field = django_filters.CharFilter(method="of_facet", label=gettext_lazy("Field"), max_length=200)
    rule = django_filters.CharFilter(
        method="of_facet", label=gettext_lazy("Rule that the change met when it was logged"), max_length=60
    )
    ordering = django_filters.ChoiceFilter(
        method="in_order",
        choices=[("size", "the amounts that moved most, in rand, first")],
        label=gettext_lazy("Order"),
        error_messages={"invalid_choice": "“%(value)s” is no ordering; known is: size."},
    )

    class Meta:
        model = DataChangeLog
        fields: list[str] = []

    def of_events(self) -> dict[str, Any] | None:
        """What is asked for as lookups of events, where all of it is the same for all changes of an event;
        else None."""
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}
        return (
            {_OF_EVENTS[name]: asked[name] for name in asked} if asked.keys() <= _OF_EVENTS.keys() else None
        )

    def newer(self, queryset: Any, name: str, value: int) -> Any:
        return queryset.after(value)

    def of_project(self, queryset: Any, name: str, value: int) -> Any:
        return queryset.of_project(value)

    def of_facet(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.with_facet(f"{name}:{value}")

    def from_moment(self, queryset: Any, name: str, value: datetime) -> Any:
        return queryset.since(value)

    def to_moment(self, queryset: Any, name: str, value: datetime) -> Any:
        return queryset.until(value)

    def in_order(self, queryset: Any, name: str, value: str) -> Any:
        """Days or rand of the topic where it has such, else the rand by which any amount moved."""
        asked = set(self.form.cleaned_data["topic"])
        if asked and (asked <= DAYS or asked <= RAND):
            return queryset.filter(topics__topic__in=asked).order_by("-topics__size", "-pk")
        return queryset.order_by("-size", "-pk")

    def about(self, queryset: Any, name: str, value: list[str]) -> Any:
        is_measured = any(
            self.form.cleaned_data[size] and self._of_size(topics) != topics
            for size, topics in (("min_months", DAYS), ("min_rand", RAND))
        )
        return queryset if not value or is_measured else queryset.about(value)

    def by_months(self, queryset: Any, name: str, value: int) -> Any:
        return queryset.about(self._of_size(DAYS), days_of(value))

    def by_rand(self, queryset: Any, name: str, value: Decimal) -> Any:
        return queryset.about(self._of_size(RAND), value)

    def _of_size(self, topics: frozenset[str]) -> frozenset[str]:
        """Of the topics that are measured those that are asked for, where no other is: a change has one of
        them, so that its size and its topic are one question."""
        asked = frozenset(self.form.cleaned_data["topic"])
        return asked if asked and asked < topics else topics

    def of_programme(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_projects(Project.objects.filter(programme=value))

    def of_contractor(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_projects(Project.objects.filter(contractor__icontains=value))


def names_a_cause(asked: Mapping[str, Any]) -> bool:
    """Whether what is asked for says whose changes are meant."""
    is_named = any(asked.get(name) for name in ("cause", "run", "kind", "project", "entity_id"))
    topics, types = (asked.get(name) or () for name in ("topic", "change_type"))
    return is_named or bool({CORRECTED, ANSWERED}.intersection(topics)) or ChangeType.REPLIED in types


class NewsFilter(ChangeFilter):
    """For people: what the sources changed, unless a cause, a run, a kind or a project is asked for."""

    ANY = "any"

    cause = Choices(choices=[*Cause.choices, (ANY, "any cause")], method="of_cause")

    def of_cause(self, queryset: Any, name: str, value: list[str]) -> Any:
        return queryset if not value or self.ANY in value else queryset.filter(cause__in=value)

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found if names_a_cause(self.form.cleaned_data) else found.by_source()

    @property
    def told(self) -> Any:
        """What goes out to those who asked for it: of a project, too, nothing that we only read otherwise,
        unless a cause, a run or a kind is asked for."""
        found = self.qs  # reads the form
        is_named = any(self.form.cleaned_data.get(name) for name in ("cause", "run", "kind"))
        return found if is_named else found.exclude(cause=Cause.PARSER)
