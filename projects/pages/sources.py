"""The trust pages: how each source is doing, its runs, and the bytes that it gave."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.api.runs import run_json
from projects.charset import decoded
from projects.facts.finance import CODE_COLUMNS, figure_name
from projects.health.hubs import delay
from projects.health.sources import Clock, in_order, sources
from projects.log.events import entries
from projects.models import DataChangeLog, MunicipalFigure, RunState, Sighting, Snapshot, SyncRun
from projects.models.provenance import SyncRunQuerySet
from projects.pages import areas, coverage, drift, plans
from projects.pages.listings import paged

# Shown; the whole file is in the archive.
_LONGEST = 2_000_000
_NOTES = 200
# The page shows what a stranger's server sent: nothing in it may run, load or frame.
MASK = "(masked)"
_SECRET = {"set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization"}
_NOTHING = "sandbox; default-src 'none'; style-src 'self'"


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    clock, found = Clock(), in_order(sources())
    for source in found:
        source.facts = clock.facts(source)
    return render(request, "projects/source_list.html", {"sources": found, "delay": delay()})


@require_safe
def source_page(request: HttpRequest, name: str) -> HttpResponse:
    source: Any = get_object_or_404(sources(), pk=name)
    source.facts = Clock().facts(source)
    runs = SyncRun.objects.filter(source=source)
    context = {
        "source": source,
        "page": paged(request, runs.for_ledger(), 30),
        "decisions": runs.decided()[:10],
        "coverage": coverage.of_source(name),
        "plan": plans.of_source(name),
        "areas": areas.of_source(name),
        "delay": delay(),
        **trust(runs),
    }
    return render(request, "projects/source.html", context)


def trust(runs: SyncRunQuerySet) -> dict[str, Any]:
    """`held`: the readings that wait, newest first; the shape of the newest beside that of the last good
    one; and where the site disagrees with itself, as the last reading that looked has it.
    """
    held = list(runs.filter(state=RunState.QUARANTINED).order_by("-pk")[:10])
    good = runs.good().filter(complete=True).exclude(profile={}).order_by("-pk").first()
    looked = runs.filter(finished_at__isnull=False).exclude(pages=0).order_by("-pk").first()
    expected = good.profile if good else {}
    found = held[0].profile if held else expected
    return {
        "held_runs": held,
        "good": good,
        "columns": drift.columns(expected, found),
        "shape": drift.facts(expected, found),
        "disagreements": looked.disagreements if looked else [],
    }


@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects.select_related("source").defer("traceback"), pk=pk)
    counts = {name: value for name, value in run_json(run).items() if type(value) is int and name != "id"}
    counts.pop("run")
    looks = Sighting.objects.filter(run=run).order_by("pk")
    context = {
        "run": run,
        "counts": counts,
        "notes": run.notes[:_NOTES],
        "more_notes": max(0, len(run.notes) - _NOTES),
        "entries": entries(DataChangeLog.objects.filter(run=run), 50).rows,
        "page": paged(request, looks, 100),
    }
    return render(request, "projects/run.html", context)


@require_safe
def snapshot_page(request: HttpRequest, sha256: str) -> HttpResponse:
    """The archived source as text, escaped, in a page that may do nothing at all."""
    snapshot = get_object_or_404(Snapshot.objects.select_related("source"), pk=sha256)
    try:
        source = archived(snapshot)
    except (OSError, EOFError):
        raise Http404("The archived file of this page is no longer there.") from None
    context = {
        "snapshot": snapshot,
        "text": source[:_LONGEST],
        "cut": len(source) > _LONGEST,
        "changes": DataChangeLog.objects.filter(snapshot=snapshot).count(),
        "looks": Sighting.objects.filter(snapshot=snapshot).aggregate(number=Count("pk"), last=Max("at")),
        "headers": shown_headers(snapshot.headers),
        **_figure(request.GET.get("figure", ""), snapshot, source),
    }
    response = render(request, "projects/snapshot.html", context)
    response["Content-Security-Policy"] = _NOTHING
    return response


def _figure(asked: str, snapshot: Snapshot, source: str) -> dict[str, Any]:
    """The figure that a reader came from, and its rows among thousands: `figure` and `rows`, or nothing."""
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    figures = MunicipalFigure.objects.filter(pk=wanted, snapshot=snapshot)
    found = figures.select_related("municipality").first()
    if found is None:
        return {}
    key = (found.municipality_id, found.financial_year, found.measure, found.code, found.amount_type)
    return {"figure": found, "named": figure_name(*key[2:], key[1]), "rows": rows_of(source, *key)}


def shown_headers(headers: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value, by name; what opens a session is masked, whoever stored it."""
    known = sorted((str(name), str(value)) for name, value in headers.items())
    return [(name, MASK if name.lower() in _SECRET else value) for name, value in known]


def archived(snapshot: Snapshot) -> str:
    """The page's text as its reader decoded it: all of it, since a guess at its charset looks at all of it.

    Raises OSError or EOFError for a lost file.
    """
    with gzip.open(Path(snapshot.path)) as file:
        return decoded(file.read(), snapshot.content_type).text


def rows_of(
    text: str, municipality: str, financial_year: int, measure: str, code: str, amount_type: str
) -> list[str]:
    """Each of the figure's rows as JSON, in the answer's order; none where the text is no such answer."""
    wanted: dict[str, Any] = {"demarcation.code": municipality, "financial_year_end.year": financial_year}
    if measure in CODE_COLUMNS:
        wanted[CODE_COLUMNS[measure]] = code
    if amount_type:
        wanted["amount_type.code"] = amount_type
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return []
    rows = (answer.get("cells") or answer.get("data") or []) if isinstance(answer, dict) else []
    return [json.dumps(row, ensure_ascii=False) for row in rows if _fits(row, wanted)]


def _fits(row: Any, wanted: dict[str, Any]) -> bool:
    return isinstance(row, dict) and all(row.get(name) == value for name, value in wanted.items())
