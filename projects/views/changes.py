"""The log of changes: list, single change, and feed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from projects.api.changes import change_json
from projects.filters import ChangeFilter
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
from projects.render import about, before_and_after
from projects.views.listings import filtered

_IN_FEED = 50


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    filterset = ChangeFilter(request.GET, queryset=DataChangeLog.objects.order_by("-pk"))
    context, status = filtered(request, filterset)
    context |= {
        "head": ChainHead.objects.first(),
        "provinces": Province.choices,
        "severities": Severity.choices,
        "change_types": ChangeType.choices,
        "entity_types": EntityType.choices,
        "causes": Cause.choices,
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
        "fields": before_and_after(row.field_changes),
        "before": DataChangeLog.objects.filter(pk=pk - 1).values_list("digest", flat=True).first(),
    }
    return render(request, "projects/change.html", context)


class ChangeFeed(Feed):
    """The newest changes as Atom; takes the filters of the list. A filter that is wrong gives none."""

    feed_type = Atom1Feed
    link = "/changes/"
    feed_url = "/changes/feed.atom"
    author_name = "Buka Amanzi"

    def get_object(self, request: HttpRequest) -> HttpRequest:
        return request

    def title(self, request: HttpRequest) -> str:
        demo = Source.objects.filter(demo=True).exists()
        return f"{'[Demo data] ' if demo else ''}Buka Amanzi: changes in South Africa's water projects"

    def items(self, request: HttpRequest) -> list[DataChangeLog]:
        filterset = ChangeFilter(request.GET, queryset=DataChangeLog.objects.order_by("-pk"))
        return list(filterset.qs[:_IN_FEED]) if filterset.is_valid() else []

    def item_title(self, row: Any) -> str:
        return f"{'[Demo data] ' if row.demo else ''}{row.name or row.external_id}"

    def item_description(self, row: Any) -> str:
        return str(change_json(row)["sentence"])

    def item_link(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def item_pubdate(self, row: Any) -> datetime:
        return row.at

    def item_updateddate(self, row: Any) -> datetime:
        return row.at

    def item_categories(self, row: Any) -> list[str]:
        return [row.severity, row.change_type]
