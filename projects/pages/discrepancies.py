"""Where DWS and National Treasury do not fit together: the list of questions, and the page of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.api.discrepancies import closed_sides
from projects.api.records import last_whole
from projects.facts import finance
from projects.filters import DiscrepancyFilter
from projects.finances.attribution import attribution
from projects.finances.families import municipal_span
from projects.models import (
    DataChangeLog,
    Discrepancy,
    DiscrepancyState,
    EntityType,
    Municipality,
    Project,
    Province,
    Severity,
    SyncRun,
)
from projects.models.querysets import ChangeQuerySet
from projects.pages.listings import filtered
from projects.stewards.replies import beside
from projects.wording.discrepancy_rules import RULES, rule_label
from projects.wording.phrases import choices

_LATEST = 10
# The figures of the evidence, as their tables are called.
_FIGURES = {"figures": "These figures", "in_kind": "Those in kind", "capital": "Those from all purses"}


@require_safe
def discrepancy_list(request: HttpRequest) -> HttpResponse:
    """The open questions, or with `state=` what is asked for."""
    newest = DataChangeLog.objects.newest()  # before the list: what comes between is shown twice, not lost
    asked = request.GET.copy()
    if asked.pop("fragment", None):  # the page refreshes its parts: their links are those of the page
        request.GET = asked.copy()  # type: ignore[assignment]
    asked.setdefault("state", DiscrepancyState.OPEN.value)
    rows = Discrepancy.objects.for_list_page().order_by("-last_changed_at", "-pk")
    filterset = DiscrepancyFilter(asked, queryset=rows)
    context, status = filtered(request, filterset)
    context |= {
        "filtered": any(request.GET.get(name) for name in filterset.filters) or "state" in request.GET,
        "query": _without_page(asked),
        "changes": _log().by_source()[:_LATEST],
        "compared": SyncRun.objects.good()
        .filter(source=finance.CORRELATION, complete=True)
        .order_by("-pk")
        .first(),
        "newest": newest,
        "closed": closed_sides(),
        "attribution": attribution(),
        "dws_read": last_whole().sources.get(finance.DWS),
        "provinces": choices(Province.choices),
        "severities": choices(Severity.choices[1:]),
        "states": choices(DiscrepancyState.choices),
        "rules": list(RULES.items()),
        "families": [(family, family) for family in finance.FAMILIES],
        "municipalities": Municipality.objects.values_list("pk", "name"),
    }
    return render(request, "projects/discrepancy_list.html", context, status=status)


@require_safe
def discrepancy_page(request: HttpRequest, pk: int) -> HttpResponse:
    newest = DataChangeLog.objects.newest()
    row = get_object_or_404(Discrepancy.objects.for_list_page(), pk=pk)
    context = {
        "row": row,
        "rule": rule_label(row.rule),
        "years": municipal_span(row.first_year, row.last_year),
        "arithmetic": row.evidence.get("arithmetic", ()),
        "projects": listed_projects(row.evidence),
        "figures": told_figures(row.evidence.get("figures", ())),
        "in_kind": told_figures(row.evidence.get("in_kind", ())),
        "capital": told_figures(row.evidence.get("capital", ())),
        "changes": _log().filter(entity_id=pk),
        "beside": beside(EntityType.DISCREPANCY, pk),
        "newest": newest,
        "attribution": attribution(),
        "dws_read": last_whole().sources.get(finance.DWS),
        "closed": closed_sides(),
        "address": f"/api/v1/discrepancies/{pk}/",
        "figure_tables": [
            (f"table=evidence_{name}", title) for name, title in _FIGURES.items() if row.evidence.get(name)
        ],
    }
    return render(request, "projects/discrepancy.html", context)


def _without_page(asked: QueryDict) -> str:
    """The query string that finds the same questions in the API, which lists closed ones too by itself."""
    query = asked.copy()
    query.pop("page", None)
    return query.urlencode()


def _log() -> ChangeQuerySet:
    return DataChangeLog.objects.filter(entity_type=EntityType.DISCREPANCY).order_by("-pk")


def listed_projects(evidence: dict[str, Any]) -> list[dict[str, Any]]:
    """The projects of the evidence; `here`: whether their page still is there (one query for all)."""
    projects = list(evidence.get("projects", ()))
    known = set(Project.everything.filter(pk__in=[p["id"] for p in projects]).values_list("pk", flat=True))
    return [{**project, "here": project["id"] in known} for project in projects]


def told_figures(figures: Any) -> list[dict[str, Any]]:
    """The figures of the evidence with their names in words."""
    return [
        {
            **figure,
            "name": finance.figure_name(
                figure["measure"], figure["code"], figure["amount_type"], figure["financial_year"]
            ),
        }
        for figure in figures
    ]
