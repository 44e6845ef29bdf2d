"""The dashboard: what there is, what changed last, and how fresh it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.flags.facts import here
from projects.health.sources import in_order
from projects.log.events import entries
from projects.log.week import Digest, Week
from projects.models import DataChangeLog, Discrepancy, EntityType, Flag, Project, RunState, Source
from projects.pages.charts import status_bars
from projects.pages.listings import flag_counts
from projects.pages.standings import map_of_country
from projects.wording.topics import DEARER, SLIPPED

_LATEST = 10  # on a phone each is a fifth of the screen; the rest is a link away
_BIGGEST = 5  # of the week
_FIGURES = 10


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The page, or with `?fragment=totals` the block of totals that the page refreshes live."""
    if request.GET.get("fragment") == "totals":
        return render(request, "projects/_totals.html", totals())
    newest = DataChangeLog.objects.newest()  # before the list: what comes between is shown twice, not lost
    of_projects = DataChangeLog.objects.by_source().filter(entity_type=EntityType.PROJECT)
    live = {"changes": entries(of_projects, _LATEST).rows, "newest": newest}
    context = {**totals(), **live, **figures_list()}
    if context["totals"]["count"]:
        context |= {"map": map_of_country(), **by_status(), **biggest_of_the_week()}
    return render(request, "projects/dashboard.html", context)


def by_status() -> dict[str, Any]:
    return {"by_status": status_bars(Project.objects.all())}


def figures_list() -> dict[str, Any]:
    """What moved last in municipal books: apart, so that it hides no project."""
    of_figures = DataChangeLog.objects.by_source().filter(entity_type=EntityType.FIGURE)
    return {"figure_changes": entries(of_figures, _FIGURES).rows}


def biggest_of_the_week() -> dict[str, Any]:
    """`slips` and `rises` of this week so far, or where it has none of the last; and which `week` that is."""
    this = Week.around(here(timezone.now()))
    for week in (this, this.by(-1)):
        digest = Digest(week)
        slips, rises = (digest.biggest(kind, _BIGGEST) for kind in (SLIPPED, DEARER))
        if slips or rises:
            break
    return {"week": week, "is_this_week": week == this, "slips": slips, "rises": rises}


def totals() -> dict[str, Any]:
    """Sums over the listed projects, counts of changes, and the standing of each source that was tried."""
    of_all = Project.objects.totals()
    sources = in_order(Source.objects.for_sources_page())
    flags = flag_counts(Flag.objects.counts())
    return {
        "totals": of_all,
        "municipalities": Project.objects.municipalities_with_projects(),
        "news": DataChangeLog.objects.news(),
        "questions": Discrepancy.objects.open().count(),
        "flag_counts": flags,
        "has_flags": any(flag["count"] for flag in flags),
        "sources": [source for place, source in enumerate(sources) if source.last_run or place == 0],
        "first": sources[0] if sources else None,
        "never_read": not any(source.last_whole for source in sources) and not of_all["count"],
        "filling": any(source.state == RunState.RUNNING and not source.last_whole for source in sources),
        "reading": any(source.state in (RunState.QUEUED, RunState.RUNNING) for source in sources),
    }
