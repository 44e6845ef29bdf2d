"""The trust pages: how each source is doing, its runs, and the bytes that it gave."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from projects.api.refusals import closed
from projects.api.runs import run_json
from projects.archive import Away
from projects.charset import decoded
from projects.evidence import Damaged
from projects.facts.finance import CODE_COLUMNS, GROUP_COLUMNS, figure_name
from projects.health.hubs import delay
from projects.health.sources import Clock, in_order, sources
from projects.log.events import entries
from projects.models import (
    DataChangeLog,
    EntityType,
    MunicipalFigure,
    RunState,
    Sighting,
    Snapshot,
    Source,
    SyncRun,
)
from projects.models.provenance import SyncRunQuerySet
from projects.pages import areas, coverage, drift, plans
from projects.pages.cited import cited
from projects.pages.listings import paged
from projects.stewards.replies import beside

# Shown; the whole file is in the archive.
_LONGEST = 2_000_000
_NOTES = 200
_ENTRIES = 10  # of its changes; the rest is a link away
RUNS = 30  # on a page
_AWAY_SECONDS = 60  # until whoever found the archive away may ask again
# The page shows what a stranger's server sent: nothing in it may run, load or frame.
MASK = "(masked)"
_SECRET = {"set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization"}
_NOTHING = "sandbox; default-src 'none'; style-src 'self'"


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    newest = DataChangeLog.objects.newest()
    context = {"sources": with_facts(sources()), "delay": delay(), "newest": newest}
    return render(request, "projects/source_list.html", context)


def with_facts(found: QuerySet[Source]) -> list[Any]:
    """Rows of `sources()`, in the order of the site, each with what its page says of how it is doing."""
    clock, rows = Clock(), in_order(found)
    for source in rows:
        source.facts = clock.facts(source)
    return rows


@require_safe
def source_page(request: HttpRequest, name: str) -> HttpResponse:
    newest = DataChangeLog.objects.newest()
    source: Any = get_object_or_404(sources(), pk=name)
    source.facts = Clock().facts(source)
    runs = SyncRun.objects.filter(source=source)
    context = {
        "source": source,
        "newest": newest,
        "page": paged(request, runs.for_ledger(), RUNS),
        "decisions": runs.decided()[:10],
        "coverage": coverage.of_source(name),
        "plan": plans.of_source(name),
        "areas": areas.of_source(name),
        "delay": delay(),
        "closed": closed([source]),
        "of_source": urlencode({"source": name}),
        "address": f"/api/v1/sources/{name}/",
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
    looks = run.looks
    context = {
        "run": run,
        "counts": counts,
        "notes": run.notes[:_NOTES],
        "more_notes": max(0, len(run.notes) - _NOTES),
        "entries": entries(DataChangeLog.objects.filter(run=run), _ENTRIES).rows,
        "page": paged(request, looks, 100),
        "looks_file": f"/runs/{pk}/looks",
        "address": f"/api/v1/runs/{pk}/",
    }
    return render(request, "projects/run.html", context)


@require_safe
def snapshot_page(request: HttpRequest, sha256: str) -> HttpResponse:
    """The archived source as text, escaped, in a page that may do nothing at all. 410 where the kept bytes
    are not those that were received any more, 503 while the archive does not answer; with all that is
    known of them."""
    snapshot = get_object_or_404(Snapshot.objects.select_related("source"), pk=sha256)
    try:
        source = decoded(snapshot.body(), snapshot.content_type).text
        shown: dict[str, Any] = {"text": source[:_LONGEST], "cut": len(source) > _LONGEST}
        shown |= _figure(request.GET.get("figure", ""), snapshot, source)
        shown |= _cited(request.GET.get("cited", ""), snapshot)
        status = 200
    except Damaged as damage:
        shown, status = {"damage": damage}, 410
    except Away:
        shown, status = {"away": True}, 503
    context = {
        "snapshot": snapshot,
        "changes": DataChangeLog.objects.filter(snapshot=snapshot).count(),
        "looks": _looks_at(snapshot),
        "headers": shown_headers(snapshot.headers),
        **shown,
    }
    response = render(request, "projects/snapshot.html", context, status=status)
    if status != 200:
        add_never_cache_headers(response)  # it may be had again: from a backup, or by the next poll
    if status == 503:
        response["Retry-After"] = str(_AWAY_SECONDS)
    response["Content-Security-Policy"] = _NOTHING
    return response


def _cited(asked: str, snapshot: Snapshot) -> dict[str, Any]:
    """The change that a reader came from, and its row in the table as it was read: `change` and `cited`."""
    change = DataChangeLog.objects.filter(pk=_id(asked), snapshot=snapshot).first()
    return {"change": change, "cited": cited(snapshot, change)} if change else {}


def _id(asked: str) -> int:
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0


def _looks_at(snapshot: Snapshot) -> dict[str, Any]:
    """When pages were seen to say what the snapshot holds: `first` and `last`."""
    looks = Sighting.objects.filter(snapshot=snapshot).order_by("pk")
    seen = looks.aggregate(first=Min("at"), last=Max("at"))
    newest = looks.last()
    again = _found_again(newest) if newest and newest.shared else None
    return {"first": seen["first"], "last": max(filter(None, (seen["last"], again)), default=None)}


def _found_again(look: Sighting) -> datetime | None:
    """When a run last found a page as the look has it; its own page has its turn once in many runs."""
    since = Sighting.objects.filter(source=look.source_id, key=look.key, loaded=True, pk__gt=look.pk)
    runs = SyncRun.objects.filter(source=look.source_id, pk__gt=look.run_id).order_by("-pk")
    if after := since.order_by("pk").values_list("run_id", flat=True).first():
        runs = runs.filter(pk__lt=after)
    some = runs.exclude(same_lists=None, same_pages=None).select_related("same_lists", "same_pages")
    return next(
        (run.seen_at for run in some[: 4 * settings.ROTATION_RUNS] if look.pk in run.same_looks), None
    )


def _figure(asked: str, snapshot: Snapshot, source: str) -> dict[str, Any]:
    """The figure that a reader came from, and its rows among thousands: `figure` and `rows`, or nothing."""
    figures = MunicipalFigure.objects.filter(pk=_id(asked), snapshot=snapshot)
    found = figures.select_related("municipality").first()
    if found is None:
        return {}
    key = (found.municipality_id, found.financial_year, found.measure, found.code, found.amount_type)
    said = beside(EntityType.FIGURE, found.pk)
    return {
        "beside": said,
        "figure": found,
        "named": figure_name(*key[2:], key[1]),
        "rows": rows_of(source, *key),
    }


def shown_headers(headers: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value, by name; what opens a session is masked, whoever stored it."""
    known = sorted((str(name), str(value)) for name, value in headers.items())
    return [(name, MASK if name.lower() in _SECRET else value) for name, value in known]


def rows_of(
    text: str, municipality: str, financial_year: int, measure: str, code: str, amount_type: str
) -> list[str]:
    """Each of the figure's rows as JSON, in the answer's order; none where the text is no such answer."""
    wanted: dict[str, Any] = {"demarcation.code": municipality, "financial_year_end.year": financial_year}
    if measure in CODE_COLUMNS:
        wanted[CODE_COLUMNS[measure]] = code
    if measure in GROUP_COLUMNS:
        wanted[CODE_COLUMNS[measure]], _, wanted[GROUP_COLUMNS[measure]] = code.partition(":")
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
