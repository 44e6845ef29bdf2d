"""Municipalities: what is published of each as a whole beside our own sums, its projects and changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects.api.asof import DEFAULT_ORDER
from projects.api.refusals import closed, is_open
from projects.api.sides import give_sides, publishers
from projects.facts import finance
from projects.facts.finance import DWS, TREASURY
from projects.filters import MunicipalityFilterSet
from projects.finances.attribution import attribution
from projects.finances.beside_table import beside_table
from projects.finances.by_year import of_figures
from projects.finances.comparing import basis
from projects.finances.comparison import POPULATION
from projects.finances.owed import owed_for_water
from projects.finances.peers import peers_of
from projects.finances.tables import years
from projects.log.events import entries
from projects.models import DataChangeLog, Discrepancy, MunicipalFigure, Municipality, Project, Province
from projects.pages import areas
from projects.pages.charts import money_chart, status_bars
from projects.pages.listings import filtered
from projects.pages.standings import map_of_municipality
from projects.stewards.replies import beside_books, parts_of_page
from projects.wording.phrases import PROVINCES, choices

_LATEST = 3  # on a phone each is a fifth of the screen; the rest is a link away
# Of its projects: so many are all shown; of more than that so many, the names of some more, and a link to the
# list that has all. Of the questions about it the first: the page is as long for a metro as for a village.
_FEW, _SHOWN, _NAMED = 5, 3, 5
_ALL = 300  # there are 257: one page has them all
_SHORT = 12  # of so many that were searched for none is folded


@require_safe
def municipality_list(request: HttpRequest) -> HttpResponse:
    rows = Municipality.objects.for_list_page()
    context, status = filtered(request, MunicipalityFilterSet(request.GET, queryset=rows), _ALL)
    sources = publishers()
    found = list(context["page"])
    give_sides(found, sources)
    context |= {
        "by_province": _by_province(found),
        "is_short": len(found) <= _SHORT,
        "publishers": sources,
        "closed": closed(sources),
        "provinces": choices(Province.choices),
        "categories": choices(Municipality.Category.choices),
    }
    return render(request, "projects/municipality_list.html", context, status=status)


def _by_province(found: Sequence[Municipality]) -> list[tuple[str | None, list[Municipality]]]:
    """Provinces in the order of their names, one that is not known last; within them as they came."""
    some: dict[str | None, list[Municipality]] = {}
    for one in found:
        some.setdefault(one.province, []).append(one)
    return sorted(some.items(), key=lambda pair: PROVINCES.get(pair[0] or "", "~"))


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
    number = its_own.count()
    projects = its_own.for_list_page().with_standing_out().order_by("-stands_out", *DEFAULT_ORDER)
    first = list(projects[: _SHOWN + _NAMED]) if number else []
    shown, named = (first, []) if number <= _FEW else (first[:_SHOWN], first[_SHOWN:])
    locals_ = list(Municipality.objects.for_list_page().filter(district=code))
    sources = publishers()
    give_sides([municipality, *locals_], sources)
    context = {
        **money_of(municipality),
        "areas": areas.of_place(code),
        "closed": closed(sources),
        "of_place": urlencode({"municipality": code}),
        "of_district": urlencode({"district": code}),
        "address": f"/api/v1/municipalities/{code}/",
        "publishers": sources,
        "locals": locals_,
        "number": number,
        "projects": shown,
        "named": named,
        "map": map_of_municipality(code, its_own.listed()),
        "by_status": status_bars(its_own, f"municipality={code}"),
        "changes": entries(DataChangeLog.objects.of_municipality(code).by_source(), _LATEST).rows,
        "newest": newest,
    }
    return render(request, "projects/municipality.html", context)


def money_of(municipality: Municipality) -> dict[str, Any]:
    """What the parts of its page show that its finances and the questions about them are of."""
    figures = list(MunicipalFigure.objects.for_municipality_page(municipality.pk))
    of_dws = Project.objects.of_municipality(municipality.pk).filter(source=DWS)
    source, answers = attribution(), beside_books(municipality.pk)
    of_years = years(figures)
    parts = parts_of_page(answers, figures)
    questions = list(Discrepancy.objects.open().filter(municipality=municipality.pk)[:2])
    for year in of_years:
        year.answers = parts.get(finance.page_part(year.financial_year, is_debt=False))
    return {
        "owed": owed_for_water(figures),
        "finances": of_years,
        "answers_on_finances": parts.get(finance.page_part(0, is_debt=False)),
        "answers_on_debt": parts.get(finance.page_part(0, is_debt=True)),
        "peers": peers_of(municipality, basis(source=source)),
        "money": money_chart(of_figures(figures)),
        "money_file": f"{municipality.get_absolute_url()}by-year" if is_open(TREASURY) else "",
        "population": POPULATION,
        "beside": beside_table(of_dws.for_sums(), figures),
        "questions": questions[:1],
        "more_questions": len(questions) > 1,
        "attribution": source,
        "finances_open": is_open(TREASURY),
        "finances_closed": not is_open(TREASURY),
        "finances_address": f"/api/v1/municipalities/{municipality.pk}/finances/",
        "municipality": municipality,
    }
