"""The map: municipalities at their towns, as large as what is asked of their projects, and projects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import django_filters
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.drawing.country import WHOLE
from projects.drawing.marks import box_of
from projects.filters import ProjectFilter
from projects.languages import Words, gettext
from projects.models import Project
from projects.models.querysets import ProjectQuerySet
from projects.pages.files import file_of, refused
from projects.pages.listings import without_page
from projects.pages.projects import form_choices
from projects.pages.standings import MOST_SIGNS, Standing, circles, facts_of, shape, signs, standings
from projects.wording.flags import ARE, CONTRADICTION, DEARER, FLAGS, IS, OVERDUE, SLIPPING, STALLED

# {measure: what is chosen, what a circle's size is}
_SUMS = Words({"projects": "projects", "budget": "published budgets", "spending": "published spending"})
MEASURES = Words(
    {
        "projects": "Number of projects",
        "budget": "Published budgets",
        "spending": "Published spending",
        OVERDUE: "Projects overdue",
        STALLED: "Projects stalled",
        CONTRADICTION: "Projects contradicting themselves",
        SLIPPING: "Projects slipping",
        DEARER: "Projects dearer",
    }
)
_KNOWN = f"“%(value)s” is no measure; known are: {', '.join(MEASURES)}."


class MapFilter(ProjectFilter):
    """The filters of the list, and by what the circles are drawn, which narrows nothing."""

    measure = django_filters.ChoiceFilter(
        choices=lambda: list(MEASURES.items()),
        method="of_all",
        label="Show",
        error_messages={"invalid_choice": _KNOWN},
    )

    def of_all(self, queryset: Any, name: str, value: str) -> Any:
        return queryset


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    filterset = MapFilter(request.GET, queryset=Project.objects.all())
    if not filterset.is_valid():
        errors = [(name, text) for name, texts in filterset.errors.items() for text in texts]
        context = {**form_choices(request), "errors": errors, "chosen": filterset.data, "measures": MEASURES}
        return render(request, "projects/map.html", context, status=400)
    asked = filterset.form.cleaned_data
    measure = asked["measure"] or "projects"
    projects = asked_for(filterset)
    province = _province(asked)
    box = box_of(facts_of(province)) if province else WHOLE
    rows = standings(projects, flags=measure in FLAGS)
    drawn = circles(rows, measure, province, box)
    flag = measure if measure in FLAGS else None
    context = {
        **form_choices(request),
        **shape(),
        **signs(projects, flag, box),
        **_sentences(projects, rows, measure),
        "box": box,
        "circles": drawn,
        "chosen": filterset.data,
        "filtered": any(value for name, value in filterset.data.items() if name != "measure"),
        "measure": measure,
        "measures": MEASURES,
        "title": MEASURES[measure],
        "is_flag": flag is not None,
        "are": ARE.get(measure, ""),
        "is": IS.get(measure, ""),
        "most_signs": MOST_SIGNS,
        "rows": [(row, row.figure(measure)) for row in rows],
        "query": without_page(request),
        "list_query": _list_query(request, flag),
    }
    return render(request, "projects/map.html", context)


def _province(asked: dict[str, Any]) -> str:
    """The one that is drawn alone: of the only one asked for, or of the municipality; blank: the country."""
    if asked["municipality"]:
        return str(asked["municipality"].province)
    return str(asked["province"][0]) if len(asked["province"]) == 1 else ""


def asked_for(filterset: ProjectFilter) -> ProjectQuerySet:
    """The withdrawn are among them where they were asked for."""
    found: ProjectQuerySet = filterset.qs
    return found if filterset.form.cleaned_data["presence"] else found.listed()


def _sentences(projects: ProjectQuerySet, rows: Sequence[Standing], measure: str) -> dict[str, Any]:
    """What the picture cannot show: how many there are, the largest, what has no place."""
    with_any = [row for row in rows if row.figure(measure)]
    largest = max(with_any, key=lambda row: row.figure(measure) or 0, default=None)
    count = projects.count()
    return {
        "count": count,
        "nothing_read": not count and not Project.objects.exists(),
        "placeless": projects.filter(municipalities=None).count(),
        "no_town": [row.fact for row in rows if row.fact.latitude is None],
        "largest": largest,
        "largest_said": largest.said(measure) if largest else "",
        "size_of": _SUMS.get(measure) or gettext("projects {flagged}").format(flagged=ARE[measure]),
    }


def _list_query(request: HttpRequest, flag: str | None) -> str:
    """The same projects as a list."""
    query = request.GET.copy()
    query.pop("measure", None)
    if flag:
        query["flag"] = flag
    return query.urlencode()


_COLUMNS = (
    "municipality", "name", "province", "category", "town", "latitude", "longitude", "projects",
    "budget", "budgets_published", "spending", "spending_published", *FLAGS,
)  # fmt: skip
_NUMBERS = set(_COLUMNS) - {"municipality", "name", "province", "category", "town"}


@require_safe
def map_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the map shows, with every measure: sums of ours, which the pages have too."""
    filterset = MapFilter(request.GET, queryset=Project.objects.all())
    if not filterset.is_valid():
        return refused(filterset)
    rows = standings(asked_for(filterset), flags=True)
    return file_of(request, kind, "map", _COLUMNS, _NUMBERS, list(_records(rows)))


def _records(rows: Iterable[Standing]) -> Iterator[dict[str, Any]]:
    for row in rows:
        fact = row.fact
        yield {
            "municipality": fact.code,
            "name": fact.name,
            "province": fact.province,
            "category": fact.category,
            "town": fact.place_name,
            "latitude": fact.latitude,
            "longitude": fact.longitude,
            "projects": row.projects,
            "budget": row.budget,
            "budgets_published": row.budgets,
            "spending": row.spending,
            "spending_published": row.spendings,
            **{flag: row.flags.get(flag, 0) for flag in FLAGS},
        }
