"""The list of projects, and the page of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.api.asof import DEFAULT_ORDER
from projects.api.records import last_seen_at, last_whole
from projects.api.refusals import closed, closed_among
from projects.api.sides import publishers
from projects.fields import BY_NAME, FIELDS
from projects.filters import BOUNDS, ProjectFilter, open_about
from projects.languages import gettext
from projects.models import (
    DataChangeLog,
    EntityType,
    Flag,
    Merge,
    Municipality,
    Presence,
    Project,
    Province,
    Source,
    Split,
    Status,
    merged_from,
)
from projects.pages import areas
from projects.pages.charts import charts_of
from projects.pages.facets import facets
from projects.pages.listings import by_socket, filtered, flag_counts, paged
from projects.pages.missing import elsewhere
from projects.pages.standings import map_of_province
from projects.search.finding import Found, NotAQuery, find
from projects.stewards.replies import beside
from projects.wording import citing
from projects.wording.flags import FLAGS
from projects.wording.phrases import choices, shown


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    newest = DataChangeLog.objects.newest()
    rows = Project.objects.for_list_page().order_by(*DEFAULT_ORDER)
    filterset = ProjectFilter(request.GET, queryset=rows)
    context, status = filtered(request, filterset)
    is_empty = status == 200 and not context["page"].paginator.count
    never_read = is_empty and not (context["filtered"] and newest)
    known = publishers()
    flags = flag_counts(_counted(request), request.GET) if status == 200 and not never_read else []
    context |= {
        "newest": newest,
        "never_read": never_read,
        "narrowed": by_socket(request.GET, "municipality", "province", "source"),
        "facets": [] if is_empty or status != 200 else facets(request),
        "found": _found_else(request.GET.get("q", "")) if is_empty else None,
        "closed": closed_among(context["page"].paginator.object_list, known) if status == 200 else [],
        "flag_counts": flags,
        "meanings": [flag["meaning"] for flag in flags if flag["chosen"]],
        **form_choices(request, known),
        "map": _map(filterset) if status == 200 and not is_empty else None,
    }
    return render(request, "projects/project_list.html", context, status=status)


def _map(filterset: ProjectFilter) -> dict[str, Any] | None:
    """A small one, where the list is of one province."""
    provinces = filterset.form.cleaned_data["province"]
    return map_of_province(filterset.qs, provinces[0]) if len(provinces) == 1 else None


def form_choices(request: HttpRequest, known: list[Source] | None = None) -> dict[str, Any]:
    """What the form of the filters offers; `known`: the sources that publish, where they were asked for."""
    return {
        "publishers": publishers() if known is None else known,
        "flags": list(FLAGS.items()),
        "provinces": choices(Province.choices),
        "statuses": [(value, shown("status", value)) for value in Status.values],
        "presences": [(value, shown("presence", value)) for value in Presence.values],
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


def _found_else(text: str) -> Found | None:
    """What else fits the words of a search that no project fits."""
    try:
        found = find(text)
    except NotAQuery:
        return None
    return None if found.is_empty and not found.suggestion else found


def _counted(request: HttpRequest) -> dict[str, int]:
    """How many of the projects that are found, whichever flag is asked for, have each flag."""
    query = request.GET.copy()
    query.pop("flag", None)
    query.pop("ordering", None)
    return Flag.objects.counts(ProjectFilter(query, queryset=Project.objects.all()).qs)


@require_safe
def project_page(request: HttpRequest, pk: int) -> HttpResponse:
    newest = DataChangeLog.objects.newest()  # before the rest: what comes between is shown twice, not lost
    project = Project.objects.for_project_page().filter(pk=pk).first()
    if project is None:
        return elsewhere(pk)
    history = DataChangeLog.objects.of_project(pk).order_by("-pk")
    proof = history.exclude(snapshot=None).select_related("snapshot").first()
    whole = last_whole()
    last_seen = last_seen_at(project, whole)
    context = {
        **charts_of(project, None if project.presence == Presence.PRESENT else last_seen),
        "project": project,
        "newest": newest,
        "cards": fields_shown(project, "card"),
        "facts": fields_shown(project, "fact"),
        "published": published_texts(project),
        "places": sorted(project.municipalities.all(), key=lambda place: place.name),
        "last_seen": last_seen,
        "discrepancies": open_about(project),
        "areas": areas.of_project(project),
        "checked": whole.of(project),
        "merges": Merge.objects.in_force().into(pk),
        "splits": Split.objects.in_force().about(pk),
        "page": paged(request, history),
        "beside": beside(EntityType.PROJECT, pk, *merged_from(pk)),
        "proof": proof,
        "closed": closed([project.source]),
        "address": f"/api/v1/projects/{pk}/",
        "history_address": f"/api/v1/projects/{pk}/history/",
        "citation": _citation(request, project, proof, whole.of(project)),
    }
    return render(request, "projects/project.html", context)


def _citation(
    request: HttpRequest, project: Project, proof: DataChangeLog | None, checked: datetime | None
) -> str:
    """What is to be copied. `proof`: the newest change of which the page was kept; `checked`: by when the
    source was last read whole."""
    page = proof.snapshot if proof else None
    return citing.citation(
        citing.of_project(project.name or "", project.external_id),
        title=project.source.title,
        url=page.url if page else project.url,
        read_at=page.fetched_at if page else checked,
        sha256=page.pk if page else None,
        permalink=request.build_absolute_uri(project.get_absolute_url()),
        demo=bool(project.source.demo),
    )


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
            "elsewhere": gettext("the list")
            if label in project.page_labels
            else gettext("the project’s page"),
        }
        for label, text in project.published.items()
    ]
