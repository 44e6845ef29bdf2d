"""Municipalities: what is published of each as a whole beside our own sums, its projects and changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects.api.asof import DEFAULT_ORDER
from projects.api.sides import give_sides, publishers
from projects.facts.finance import DWS
from projects.filters import MunicipalityFilterSet
from projects.finances.attribution import attribution
from projects.finances.beside_table import beside_table
from projects.finances.tables import years
from projects.log.events import entries
from projects.models import DataChangeLog, Discrepancy, MunicipalFigure, Municipality, Project, Province
from projects.pages import areas
from projects.pages.listings import filtered, paged

_ALL = 300  # there are 257: one page has them all


@require_safe
def municipality_list(request: HttpRequest) -> HttpResponse:
    rows = Municipality.objects.for_list_page()
    context, status = filtered(request, MunicipalityFilterSet(request.GET, queryset=rows), _ALL)
    sources = publishers()
    give_sides(context["page"], sources)
    context |= {
        "publishers": sources,
        "provinces": Province.choices,
        "categories": Municipality.Category.choices,
    }
    return render(request, "projects/municipality_list.html", context, status=status)


@require_safe
def municipality_page(request: HttpRequest, code: str) -> HttpResponse:
    if code != code.upper():
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            reverse("municipality", args=[code.upper()]) + (f"?{query}" if query else "")
        )
    newest = DataChangeLog.objects.newest()  # before the list: what comes between is shown twice, not lost
    municipality = get_object_or_404(Municipality.objects.for_municipality_page(), pk=code)
    its_own = Project.objects.of_municipality(code)
    projects, of_dws = its_own.for_list_page().order_by(*DEFAULT_ORDER), its_own.filter(source=DWS)
    locals_ = list(Municipality.objects.for_list_page().filter(district=code))
    sources = publishers()
    give_sides([municipality, *locals_], sources)
    figures = list(MunicipalFigure.objects.for_municipality_page(code))
    context = {
        "finances": years(figures),
        "beside": beside_table(of_dws.for_sums(), figures),
        "questions": Discrepancy.objects.open().filter(municipality=code),
        "attribution": attribution(),
        "municipality": municipality,
        "areas": areas.of_place(code),
        "publishers": sources,
        "locals": locals_,
        "page": paged(request, projects),
        "changes": entries(DataChangeLog.objects.of_municipality(code).by_source(), 20).rows,
        "newest": newest,
    }
    return render(request, "projects/municipality.html", context)
