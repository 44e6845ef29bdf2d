"""The dashboard: what there is, what changed last, and how fresh it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from projects.health.sources import in_order
from projects.log.events import entries
from projects.models import DataChangeLog, Discrepancy, Project, RunState, Source

_LATEST = 20


@never_cache
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The page, or with `?fragment=totals` the block of totals that the page refreshes live."""
    if request.GET.get("fragment") == "totals":
        return render(request, "projects/_totals.html", totals())
    newest = DataChangeLog.objects.newest()  # before the list: what comes between is shown twice, not lost
    changes = entries(DataChangeLog.objects.by_source(), _LATEST).rows
    live = {"changes": changes, "newest": newest, "now": timezone.now()}
    return render(request, "projects/dashboard.html", {**totals(), **live})


def totals() -> dict[str, Any]:
    """Sums over the listed projects, counts of changes, and the standing of each source that was tried."""
    of_all = Project.objects.totals()
    sources = in_order(Source.objects.for_sources_page())
    by_status = sorted(Project.objects.by_status(), key=lambda pair: (pair[0] is None, -pair[1]))
    return {
        "totals": of_all,
        "municipalities": Project.objects.municipalities_with_projects(),
        "by_status": by_status,
        "news": DataChangeLog.objects.news(),
        "questions": Discrepancy.objects.open().count(),
        "silent": Project.objects.silent().count(),
        "sources": [source for place, source in enumerate(sources) if source.last_run or place == 0],
        "first": sources[0] if sources else None,
        "never_read": not any(source.last_whole for source in sources) and not of_all["count"],
        "reading": any(source.state in (RunState.QUEUED, RunState.RUNNING) for source in sources),
    }
