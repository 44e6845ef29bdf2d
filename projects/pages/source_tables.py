"""The tables of the trust pages as files: how columns are read, what is published, what was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from projects.api.exports import in_parts
from projects.api.refusals import closed
from projects.api.tables import Rows
from projects.health.sources import sources
from projects.models import Sighting, SyncRun
from projects.pages import coverage, plans
from projects.pages.files import Record, closed_to, file_in_parts, file_of
from projects.pages.sources import trust
from projects.wording.figures import instant
from projects.wording.phrases import label

_LOOK = ("page", "address", "at", "sha256", "snapshot")


def _columns(name: str) -> Iterator[Record]:
    for row in trust(SyncRun.objects.filter(source=name))["columns"]:
        yield {
            "column": row.label,
            "where": row.where,
            "expected_lines": row.before,
            "found_lines": row.after,
            "state": row.state,
        }


def _shape(name: str) -> Iterator[Record]:
    for what, before, after in trust(SyncRun.objects.filter(source=name))["shape"]:
        yield {"what": what, "expected": before, "found": after}


def _plan(name: str) -> Iterator[Record]:
    plan = plans.of_source(name)
    for number, shape in enumerate(plan.shapes if plan else (), 1):
        for column in shape.columns:
            yield {
                "table": number,
                "column": column.label,
                "meaning": column.means or None,
                "proposal": column.proposal or None,
                "unit": column.unit or None,
                "format": column.format or None,
                "certainty_percent": column.percent,
                "why": " ".join(column.evidence),
                "examples": " · ".join(column.samples),
            }


def _coverage(name: str) -> Iterator[Record]:
    for row in coverage.of_source(name).fields:
        yield {"field": label(row.field), "projects_with_a_value": row.given, "projects": row.whole}


def _years(name: str) -> Iterator[Record]:
    found = coverage.of_source(name)
    for row in found.years:
        yield {"financial_year": row.year} | dict(zip(found.measures, row.municipalities, strict=True))


# {table: its rows, and its columns where there is none}; texts of a source stand in the plan alone.
_TABLES: dict[str, tuple[Callable[[str], Iterator[Record]], str]] = {
    "columns": (_columns, "column where expected_lines found_lines state"),
    "shape": (_shape, "what expected found"),
    "plan": (_plan, "table column meaning proposal unit format certainty_percent why examples"),
    "coverage": (_coverage, "field projects_with_a_value projects"),
    "years": (_years, "financial_year"),
}
_NUMBERS = frozenset(
    ("expected_lines", "found_lines", "table", "certainty_percent", "projects_with_a_value", "projects")
)


@require_safe
def table_file(request: HttpRequest, name: str, table: str, kind: str) -> HttpResponseBase:
    """A table of a source's page. 404 of one that there is not."""
    source: Any = get_object_or_404(sources(), pk=name)
    if table not in _TABLES:
        raise Http404
    if table == "plan" and closed([source]):
        return closed_to(source)
    read, heads = _TABLES[table]
    rows = list(read(name))
    columns = list(rows[0]) if rows else heads.split()
    return file_of(request, kind, f"{name}-{table}", columns, _NUMBERS.intersection(columns), rows)


@require_safe
def looks_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Each page that a run looked at, with when and the SHA-256 of what was received."""
    run = get_object_or_404(SyncRun.objects.defer("traceback"), pk=pk)
    return file_in_parts(request, kind, f"run-{pk}-looks", _LOOK, (), in_parts(Rows(run.looks, _look)))


def _look(row: Sighting) -> Record:
    return {
        "page": row.key,
        "address": row.url,
        "at": instant(row.at),
        "sha256": row.raw_sha256,
        "snapshot": row.snapshot_id,
    }


__all__ = ["looks_file", "table_file"]
