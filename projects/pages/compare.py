"""Any two days side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from projects.api.compare import DAYS, TwoDays, two_days, why_unknown
from projects.api.projects import end_of
from projects.api.refusals import closed
from projects.filters import FIRST_YEAR, ProjectFilter
from projects.flags.facts import here
from projects.models import DataChangeLog, Municipality, Project, Province, Source
from projects.pages.listings import filtered, paged
from projects.pages.render import before_and_after
from projects.wording import figures
from projects.wording.phrases import PUBLISHED, choices
from projects.wording.unknown import UNKNOWN, UNPUBLISHED, WORDS

_OURS = ("from", "to")


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """Without days the last month; what cannot be understood empties the list, and the form says why."""
    asked = _with_days(request.GET)
    filterset = ProjectFilter(asked, queryset=Project.objects.all())
    context, status = filtered(request, filterset)
    errors, rows = list(context["errors"]), None
    try:
        days = _days(filterset, asked) if status == 200 else None
    except ValidationError as problem:
        errors += [(name, text) for name, texts in problem.detail.items() for text in texts]  # type: ignore[union-attr]
        days, status = None, 400
    if days:
        page = paged(request, days.ids())
        rows = days.records(page.object_list)
        reasons = why_unknown(rows, days.first, days.last)
        rows = [row | {"pairs": _pairs(row, reasons)} for row in rows]
        context["page"] = page
    context |= {
        "errors": errors,
        "rows": rows,
        "chosen": asked,
        "filtered": any(value for name, value in request.GET.items() if name not in (*_OURS, "page")),
        "closed": _closed(asked.get("source", "")) if days else [],
        "api_query": _without_page(asked),
        "provinces": choices(Province.choices),
        "municipalities": Municipality.objects.values_list("pk", "name"),
        "programmes": [(name, name) for name in Project.objects.programmes()],
        "begun": bool(rows) or DataChangeLog.objects.exists(),
        "today": here(timezone.now()).isoformat(),
    }
    return render(request, "projects/compare.html", context, status=status)


def _with_days(given: QueryDict) -> QueryDict:
    asked = given.copy()
    today = here(timezone.now())
    asked["to"] = given.get("to") or today.isoformat()
    last = figures.day(asked["to"])
    if last is None or last.year < FIRST_YEAR:  # that it cannot be is said of `to`
        last = today
    asked["from"] = given.get("from") or (last - timedelta(days=DAYS)).isoformat()
    return asked


def _without_page(asked: QueryDict) -> str:
    query = asked.copy()
    query.pop("page", None)
    return query.urlencode()


def _days(filterset: ProjectFilter, asked: QueryDict) -> TwoDays:
    first, last = (end_of(str(asked[name]), name) for name in _OURS)
    assert isinstance(first, datetime)
    return two_days(filterset, first, last)


def _closed(source: str) -> list[Source]:
    """Those of the publishers asked for whose data are not to be downloaded as a list."""
    publishers = Source.objects.publishers()
    return closed(publishers.filter(pk=source) if source else publishers)


def _pairs(row: dict[str, Any], reasons: Mapping[tuple[int, str, int], str]) -> list[dict[str, Any]]:
    def said(name: str, side: int) -> str:
        otherwise = UNPUBLISHED if name.startswith(PUBLISHED) else UNKNOWN
        return WORDS[reasons.get((row["project"], name, side), otherwise)]

    return before_and_after(row["fields"], "created" if row["is_new"] else "updated", said)
