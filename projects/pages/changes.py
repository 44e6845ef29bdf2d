"""The log of changes: list, single change, and feed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from projects.api.changes import change_json
from projects.charset import storable
from projects.filters import NewsFilter
from projects.health.sources import in_order
from projects.log import events, heads
from projects.models import (
    Cause,
    ChainHead,
    ChangeType,
    DataChangeLog,
    EntityType,
    Municipality,
    Province,
    Severity,
    Source,
)
from projects.pages.listings import PER_PAGE, filtered
from projects.pages.render import about, before_and_after

_IN_FEED = 50


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """News as events; with `each=1`, or where one kind or what is newer is asked for, change by change."""
    filterset = NewsFilter(request.GET, queryset=DataChangeLog.objects.order_by("-pk"))
    context, status = filtered(request, filterset)
    one_by_one = status != 200 or any(request.GET.get(name) for name in ("each", "kind", "after", "page"))
    if not one_by_one:
        context["entries"] = events.entries(filterset.qs, PER_PAGE, _before(request))
    context |= {
        "event": _event(filterset) if status == 200 and request.GET.get("kind") else None,
        "any": NewsFilter.ANY,
        "each": _with(request, each="1"),
        "api_query": _for_api(request),
        "head": ChainHead.objects.first(),
        "provinces": Province.choices,
        "severities": Severity.choices,
        "change_types": ChangeType.choices,
        "entity_types": EntityType.choices,
        "causes": Cause.choices,
        "sources": in_order(Source.objects.all()),
        "municipalities": Municipality.objects.values_list("pk", "name"),
    }
    return render(request, "projects/change_list.html", context, status=status)


@require_safe
def change_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DataChangeLog.objects.for_change_page(), pk=pk)
    change = change_json(row)
    context = {
        "row": row,
        "change": change,
        "about": about(change),
        "fields": before_and_after(row.field_changes, row.change_type),
        "before": DataChangeLog.objects.filter(pk=pk - 1).values_list("digest", flat=True).first(),
    }
    return render(request, "projects/change.html", context)


def _before(request: HttpRequest) -> int | None:
    """The id that the list goes on before; what is no id is the list's beginning."""
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _with(request: HttpRequest, **changed: str) -> str:
    """The query string of the same list from its beginning, with some values set."""
    query = request.GET.copy()
    for name in ("page", "before"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return query.urlencode()


def _for_api(request: HttpRequest) -> str:
    """The query string that finds the same changes in the API, which leaves out no cause by itself."""
    query = request.GET.copy()
    for name in ("page", "before", "each"):
        query.pop(name, None)
    if NewsFilter.ANY in query.get("cause", ""):
        del query["cause"]
    elif not any(query.get(name) for name in ("cause", "run", "kind", "project")):
        query["cause"] = "source"
    return query.urlencode()


def _event(filterset: NewsFilter) -> events.Event | None:
    """The event whose changes are listed, where the filters leave exactly one."""
    found = list(events.groups(filterset.qs)[:2])
    if len(found) != 1:
        return None
    return events.of_group(DataChangeLog.objects.get(pk=found[0]["last"]), found[0])


@require_safe
def heads_text(request: HttpRequest) -> HttpResponse:
    """The head of each day that is over: `2026-05-01 1852 <sha256>`, one a line, oldest first."""
    lines = "".join(f"{head}\n" for head in heads.published())
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


class ChangeFeed(Feed):
    """The newest changes as Atom; takes the filters of the list. A filter that is wrong is a 400."""

    feed_type = Atom1Feed
    link = "/changes/"
    feed_url = "/changes/feed.atom"
    author_name = "Buka Amanzi"

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        filterset = NewsFilter(request.GET, queryset=DataChangeLog.objects.order_by("-pk"))
        if filterset.is_valid():
            return super().__call__(request, *args, filterset=filterset, **kwargs)
        wrong = [f"{name}: {text}" for name, texts in filterset.errors.items() for text in texts]
        text = "\n".join(wrong)
        return HttpResponseBadRequest(f"{text}\n", content_type="text/plain; charset=utf-8")

    def get_object(self, request: HttpRequest, filterset: NewsFilter) -> NewsFilter:
        return filterset

    def title(self, filterset: NewsFilter) -> str:
        demo = Source.objects.filter(demo=True).exists()
        return f"{'[Demo data] ' if demo else ''}Buka Amanzi: changes in South Africa's water projects"

    def items(self, filterset: NewsFilter) -> list[DataChangeLog]:
        return list(filterset.qs[:_IN_FEED])

    def item_title(self, row: Any) -> str:
        return storable(f"{'[Demo data] ' if row.demo else ''}{row.name or row.external_id}")

    def item_description(self, row: Any) -> str:
        return storable(str(change_json(row)["sentence"]))

    def item_link(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def item_pubdate(self, row: Any) -> datetime:
        return row.at

    def item_updateddate(self, row: Any) -> datetime:
        return row.at

    def item_categories(self, row: Any) -> list[str]:
        return [row.severity, row.change_type]
