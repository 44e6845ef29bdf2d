"""The log of changes: list, single change, and feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from projects.api.changes import change_json
from projects.api.refusals import closed, closed_among
from projects.change_filters import NewsFilter, names_a_cause
from projects.charset import storable
from projects.flags.facts import here
from projects.health.sources import in_order
from projects.languages import gettext
from projects.log import events, heads
from projects.models import (
    Cause,
    ChainHead,
    ChangeType,
    DataChangeLog,
    EntityType,
    Municipality,
    Project,
    Province,
    Severity,
    Source,
)
from projects.pages.facets import facets_of_changes
from projects.pages.listings import PER_PAGE, by_socket, filtered
from projects.pages.render import about, name_of, of_change
from projects.subscriptions.searches import PROJECTS, NotUnderstood, Search
from projects.wording import citing
from projects.wording.phrases import PROVINCES, choices
from projects.wording.topics import DEARER, FINISHED, SLIPPED, TOPICS, VANISHED

_IN_FEED = 50
_PAST = ("before", "page", "until", "run")  # what is listed by these is over
_ONE_BY_ONE = ("each", "kind", "after", "page", "ordering")


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """News as events; with `each=1`, or where one kind or what is newer is asked for, change by change."""
    newest = DataChangeLog.objects.newest()  # before the list: what comes between is shown twice, not lost
    filterset = NewsFilter(request.GET, queryset=DataChangeLog.objects.order_by("-pk"))
    context, status = filtered(request, filterset)
    sources = in_order(Source.objects.all())
    one_by_one = status != 200 or any(request.GET.get(name) for name in _ONE_BY_ONE)
    if not one_by_one:
        before = _before(request)
        before = newest + 1 if before is None else before
        context["entries"] = events.entries(filterset.qs, PER_PAGE, before)
    context |= {
        "newest": newest,
        "is_live": status == 200 and not any(request.GET.get(name) for name in _PAST),
        "narrowed": by_socket(request.GET, "municipality", "province", "severity", "project"),
        "facets": facets_of_changes(request) if status == 200 else [],
        "event": _event(filterset) if status == 200 and request.GET.get("kind") else None,
        "any": NewsFilter.ANY,
        "each": _with(request, each="1"),
        "api_query": _for_api(request),
        "closed": closed_among(filterset.qs, sources) if status == 200 else [],
        "presets": presets(request.GET.get("province", "")),
        "topics": list(TOPICS.items()),
        "orderings": [("size", gettext("Biggest first"))],
        "programmes": [(name, name) for name in Project.objects.programmes()],
        "head": ChainHead.objects.first(),
        "provinces": choices(Province.choices),
        "severities": choices(Severity.choices),
        "change_types": choices(ChangeType.choices),
        "entity_types": choices(EntityType.choices),
        "causes": choices(Cause.choices),
        "sources": sources,
        "municipalities": Municipality.objects.values_list("pk", "name"),
    }
    return render(request, "projects/change_list.html", context, status=status)


@require_safe
def change_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DataChangeLog.objects.for_change_page(), pk=pk)
    change = change_json(row)
    context = {
        "row": row,
        "name": name_of(row),
        "change": change,
        "about": about(change),
        "fields": of_change(row, row.field_changes),
        "citation": _citation(request, row, change["sentence"]),
        "address": f"/api/v1/changes/{pk}/",
        "closed": closed([row.source]),
        "before": DataChangeLog.objects.filter(pk=pk - 1).values_list("digest", flat=True).first(),
    }
    return render(request, "projects/change.html", context)


def _citation(request: HttpRequest, row: DataChangeLog, sentence: str) -> str | None:
    """What is to be copied of a change that a source published; None of one that is our own doing."""
    if row.snapshot is None or row.cause not in (Cause.SOURCE, Cause.PARSER):
        return None
    return citing.citation(
        citing.of_change(name_of(row), row.external_id, sentence),
        title=row.source.title,
        url=row.snapshot.url,
        read_at=row.snapshot.fetched_at,
        sha256=row.snapshot_id,
        permalink=request.build_absolute_uri(row.get_absolute_url()),
        demo=row.demo,
    )


def presets(province: str) -> list[dict[str, str]]:
    """Rows `text query`: what is asked for most, of one province where one is chosen. Days are named in the
    addresses, so that a link goes on saying what it said."""
    today = here(timezone.now())
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    name = PROVINCES.get(province, "")
    place = {"province": province} if name else {}
    asked: list[tuple[str, dict[str, Any]]] = [
        (gettext("This week"), {"since": monday}),
        (gettext("Moved later this week"), {"topic": SLIPPED, "since": monday, "ordering": "size"}),
        (gettext("Dearer this week"), {"topic": DEARER, "since": monday, "ordering": "size"}),
        (gettext("Completed this month"), {"topic": FINISHED, "since": first}),
        (gettext("Vanished this month"), {"topic": VANISHED, "since": first}),
        (gettext("Moved a year or more"), {"topic": SLIPPED, "min_months": 12, "ordering": "size"}),
    ]
    within = gettext("{what} in {place}")
    if name:
        asked = [(within.format(what=text, place=name), query) for text, query in asked]
    rows = [{"text": text, "query": urlencode({**query, **place})} for text, query in asked]
    if name:
        return rows
    week = gettext("This week")
    weeks = [(label, urlencode({"since": monday, "province": code})) for code, label in PROVINCES.items()]
    return rows + [{"text": within.format(what=week, place=label), "query": query} for label, query in weeks]


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
    elif not names_a_cause({**query.dict(), "topic": query.get("topic", "").split(",")}):
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


def _news(request: HttpRequest) -> list[DataChangeLog]:
    """Raises NotUnderstood."""
    filterset = NewsFilter(request.GET, queryset=DataChangeLog.objects.order_by("-pk"))
    if not filterset.is_valid():
        raise NotUnderstood([(name, text) for name, texts in filterset.errors.items() for text in texts])
    return list(filterset.told[:_IN_FEED])


def _of_projects(request: HttpRequest) -> list[DataChangeLog]:
    """Raises NotUnderstood."""
    return Search.of(PROJECTS, request.GET).latest(_IN_FEED)


class ChangeFeed(Feed):
    """The newest changes as Atom; takes the filters of the list, with `of=projects` those of the list of
    projects. A filter that is wrong is a 400."""

    feed_type = Atom1Feed
    link = "/changes/"
    feed_url = "/changes/feed.atom"
    author_name = "Buka Amanzi"

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            rows = _of_projects(request) if request.GET.get("of") == PROJECTS else _news(request)
        except NotUnderstood as problem:
            text = "".join(f"{name}: {text}\n" for name, text in problem.problems)
            return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")
        return super().__call__(request, *args, rows=rows, **kwargs)

    def get_object(self, request: HttpRequest, rows: list[DataChangeLog]) -> list[DataChangeLog]:
        return rows

    def title(self, rows: list[DataChangeLog]) -> str:
        demo = Source.objects.filter(demo=True).exists()
        mark = gettext("[Demo data]") + " " if demo else ""
        return mark + gettext("Buka Amanzi: changes in South Africa's water projects")

    def items(self, rows: list[DataChangeLog]) -> list[DataChangeLog]:
        return rows

    def item_title(self, row: Any) -> str:
        mark = gettext("[Demo data]") + " " if row.demo else ""
        return storable(f"{mark}{name_of(row)}")

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
