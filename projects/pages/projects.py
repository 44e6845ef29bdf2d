"""The list of projects, and the page of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.api.asof import DEFAULT_ORDER
from projects.api.records import last_seen_at, last_whole
from projects.api.sides import publishers
from projects.fields import BY_NAME, FIELDS
from projects.filters import BOUNDS, ProjectFilter, open_about
from projects.models import DataChangeLog, Municipality, Presence, Project, Province, Status
from projects.pages import areas
from projects.pages.listings import filtered, paged


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    rows = Project.objects.for_list_page().order_by(*DEFAULT_ORDER)
    context, status = filtered(request, ProjectFilter(request.GET, queryset=rows))
    context |= {
        "publishers": publishers(),
        "provinces": Province.choices,
        "statuses": Status.choices,
        "presences": Presence.choices,
        "municipalities": Municipality.objects.values_list("pk", "name"),
        "programmes": Project.objects.programmes(),
        "bounds": [
            {
                "name": name,
                "label": bound.label,
                "kind": BY_NAME[bound.field_name].kind,
                "value": request.GET.get(name, ""),
            }
            for name, bound in BOUNDS.items()
        ],
        "is_bounded": any(request.GET.get(name) for name in BOUNDS),
    }
    return render(request, "projects/project_list.html", context, status=status)


@require_safe
def project_page(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.for_project_page(), pk=pk)
    history = DataChangeLog.objects.of_project(pk).order_by("-pk")
    whole = last_whole()
    context = {
        "project": project,
        "cards": fields_shown(project, "card"),
        "facts": fields_shown(project, "fact"),
        "published": published_texts(project),
        "places": sorted(project.municipalities.all(), key=lambda place: place.name),
        "last_seen": last_seen_at(project, whole),
        "discrepancies": open_about(project),
        "areas": areas.of_project(project),
        "checked": whole.of(project),
        "page": paged(request, history),
    }
    return render(request, "projects/project.html", context)


def fields_shown(project: Project, shown: str) -> list[dict[str, Any]]:
    """Rows `field value` of the fields that are shown in one part of the page."""
    return [
        {"field": field, "value": getattr(project, field.name)} for field in FIELDS if field.shown == shown
    ]


def published_texts(project: Project) -> list[dict[str, Any]]:
    """Rows `label text other elsewhere`; `other` is what the list or the project's page says instead, None
    where the two do not differ.
    """
    return [
        {
            "label": label,
            "text": text,
            "other": project.other_texts.get(label),
            "elsewhere": "the list" if label in project.page_labels else "the project’s page",
        }
        for label, text in project.published.items()
    ]
