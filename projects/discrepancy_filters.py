"""What can be asked of the questions: one set of filters for the page and for the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from projects.discrepancy_rules import RULES
from projects.filters import Choices, IdFilter, MunicipalityFilter
from projects.models import Discrepancy, DiscrepancyState, Municipality, Project, Province, Severity


class DiscrepancyFilter(django_filters.FilterSet):
    municipality = MunicipalityFilter(method="in_municipality")
    province = Choices(field_name="municipality__province", choices=Province.choices)
    project = IdFilter(method="about_project", label="Project number here")
    programme = django_filters.CharFilter("programme", "iexact", max_length=40, label="Grant family")
    rule = Choices(choices=list(RULES.items()))
    severity = Choices(choices=Severity.choices)
    state = Choices(choices=DiscrepancyState.choices)
    financial_year = IdFilter(method="in_year", label="Municipal financial year, by its end")

    class Meta:
        model = Discrepancy
        fields: list[str] = []

    def in_municipality(self, queryset: QuerySet[Any], name: str, value: Municipality) -> QuerySet[Any]:
        return queryset.filter(municipality=value)

    def about_project(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(about(value))

    def in_year(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(first_year__lte=value, last_year__gte=value)


def about(project_id: int) -> Q:
    """The questions about the project: its own, and those of its grant to which it contributes, of its
    municipalities or of their districts."""
    places = Project.municipalities.through.objects.filter(project_id=project_id)
    own = Q(municipality__in=places.values("municipality"))
    around = Q(municipality__in=places.values("municipality__district"))
    near = Discrepancy.objects.filter(own | around, project=None).order_by()
    shared = [pk for pk, evidence in near.values_list("pk", "evidence") if _names(evidence, project_id)]
    return Q(project_id=project_id) | Q(pk__in=shared)


def open_about(project: Project) -> list[Discrepancy]:
    """The open questions about a project, in one query. Needs its municipalities prefetched."""
    own = project.municipalities.all()
    places = {code for place in own for code in (place.pk, place.district_id) if code}
    near = Discrepancy.objects.open().filter(Q(project=project) | Q(municipality__in=places, project=None))
    return [row for row in near if row.project_id == project.pk or _names(row.evidence, project.pk)]


def _names(evidence: dict[str, Any], project_id: int) -> bool:
    return any(project["id"] == project_id for project in evidence.get("projects", ()))
