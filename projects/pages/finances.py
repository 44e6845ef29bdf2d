"""Municipal finances beside each other: all municipalities in one table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects.api.comparison import ComparisonFilter, about
from projects.api.refusals import is_open
from projects.facts.finance import TREASURY, year_label
from projects.finances.comparing import Comparison
from projects.finances.comparison import PARTS
from projects.finances.comparison_table import table, unlike
from projects.models import Municipality, Province
from projects.pages.charts import money_chart, money_of_many
from projects.pages.listings import filtered
from projects.wording.phrases import choices


@require_safe
def finance_list(request: HttpRequest) -> HttpResponse:
    filterset = ComparisonFilter(request.GET, queryset=Municipality.objects.for_list_page())
    context, status = filtered(request, filterset)
    context |= {"provinces": choices(Province.choices), "categories": choices(Municipality.Category.choices)}
    if status == 200:
        context |= _compared(filterset.comparison())
        context["money"] = money_chart(money_of_many(filterset.qs))
        context["money_file"] = f"{reverse('finances')}by-year" if context["is_open"] else ""
        context["money_query"] = context["query"]
    return render(request, "projects/finance_list.html", context, status=status)


def _compared(comparison: Comparison) -> dict[str, Any]:
    rows = comparison.rows(comparison.ids())
    of = comparison.basis
    return {
        "table": table(rows, of.years),
        "years": [(str(year), year_label(year)) for year in of.known],
        "unlike": unlike(comparison.sorted_by, rows),
        "about": about(of),
        "never_read": len(of.unread) == len(PARTS),
        "attribution": of.source,
        "is_open": is_open(TREASURY),
    }
