"""Charts that the server draws, each with its sentence, its table and its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.api.comparison import ComparisonFilter
from projects.api.refusals import closed, is_open
from projects.drawing import columns, steps
from projects.facts.finance import TREASURY
from projects.fields import BY_NAME
from projects.filters import ProjectFilter
from projects.finances import by_year
from projects.languages import gettext
from projects.log.course import FIELDS, Moment, course
from projects.models import MunicipalFigure, Municipality, Project
from projects.pages.files import closed_to, file_of, refused
from projects.pages.missing import elsewhere
from projects.stewards.values import canonical
from projects.wording import figures
from projects.wording.phrases import DATES, PERCENTS, label, listed, shown
from projects.wording.unknown import UNREAD, WORDS

# {chart: the fields that are lines of it}
_CHARTS = {
    chart: [name for name in FIELDS if BY_NAME[name].chart == chart]
    for chart in dict.fromkeys(BY_NAME[name].chart for name in FIELDS)
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, and what it shows in a sentence."""

    title: str
    sentence: str
    drawn: steps.Chart
    begin: str
    until: str  # blank where it is no other than the beginning


def charts_of(project: Project, until: datetime | None) -> dict[str, Any]:
    """`charts`: of what has moved since the project was first seen; `steady`: what has not, in words;
    `course`: their table, newest first, blank where a row did not alter a field. One query."""
    moments = course(project)
    until = max(until or timezone.now(), moments[-1].at)
    known = {name for moment in moments for name in FIELDS if moment.values[name] is not None}
    moved = {name for moment in moments for name in moment.moved} & known
    charts = [
        _figure(title, fields, moments, until)
        for title, fields in _CHARTS.items()
        if moved.intersection(fields)
    ]
    told = {name for fields in _CHARTS.values() if moved.intersection(fields) for name in fields}
    now = moments[-1].values
    steady = [label(name).lower() for name in FIELDS if name not in told and now[name] is not None]
    return {
        "charts": charts,
        "steady": listed(steady) if charts else "",
        "course_fields": [label(name) for name in FIELDS],
        "course": [_row(moment) for moment in reversed(moments)] if charts else [],
        "course_begin": moments[0].at,
    }


def _figure(title: str, fields: Sequence[str], moments: Sequence[Moment], until: datetime) -> Figure:
    series = [(label(name), _steps(name, moments)) for name in fields]
    series = [(name, line) for name, line in series if any(value is not None for _, value in line)]
    drawn = steps.chart(series, _scale(fields[0], series), until)
    begin, end = _ends(moments[0].at, until)
    sentence = " ".join(_said(name, moments, begin) for name in fields)
    return Figure(gettext(title), figures.unbroken(sentence), drawn, begin, end)


def _ends(begin: datetime, until: datetime) -> tuple[str, str]:
    """The days at which a chart begins and ends; of one day its minutes, the second blank if they are one."""
    first, last = (figures.long_date(at.astimezone(figures.HERE).date()) for at in (begin, until))
    if first != last:
        return first, last
    last = f"{until.astimezone(figures.HERE):%H:%M}"
    first = figures.moment(begin)
    return first, "" if first.endswith(last) else last


def _steps(name: str, moments: Sequence[Moment]) -> list[steps.Step]:
    own = [moments[0], *(moment for moment in moments[1:] if name in moment.moved)]
    return [(moment.at, moment.values[name]) for moment in own]


def _scale(name: str, series: Sequence[tuple[str, Sequence[steps.Step]]]) -> steps.Scale:
    values: list[Any] = [value for _, line in series for _, value in line if value is not None]
    if name in DATES:
        return steps.years(values)
    return steps.percents() if name in PERCENTS else steps.amounts(max(values), min(values))


def _said(name: str, moments: Sequence[Moment], since: str) -> str:
    """`Progress: 12% on 3 May 2026, 62% now.`"""
    first, last = moments[0], moments[-1]
    before, now = (_told(name, moment) for moment in (first, last))
    if before == now and not any(name in moment.moved for moment in moments):
        return gettext("{field}: {now}, unchanged since {day}.").format(field=label(name), now=now, day=since)
    return gettext("{field}: {before} on {day}, {now} now.").format(
        field=label(name), before=before, day=since, now=now
    )


def _told(name: str, moment: Moment) -> str:
    value = moment.values[name]
    return WORDS[UNREAD] if value is None and name in moment.unread else shown(name, canonical(value))


def _row(moment: Moment) -> dict[str, Any]:
    cells = [
        figures.unbroken(_told(name, moment)) if moment.change is None or name in moment.moved else ""
        for name in FIELDS
    ]
    return {"at": moment.at, "change": moment.change, "cells": cells}


@require_safe
def course_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """One row for each time that a figure of the project moved, oldest first: all figures from then on."""
    known = Project.objects.select_related("source").defer("search_text", "published")
    project = known.filter(pk=pk).first()
    if project is None:
        return elsewhere(pk, f"course.{kind}")
    if closed([project.source]):
        return closed_to(project.source)
    rows = (
        {"at": figures.instant(moment.at), "change": moment.change} | moment.values
        for moment in course(project)
    )
    return file_of(
        request, kind, f"project-{pk}", ("at", "change", *FIELDS), {"change", *FIELDS} - DATES, list(rows)
    )


@require_safe
def status_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """How many of the projects that the filters of the list leave have each status, without the withdrawn."""
    filterset = ProjectFilter(request.GET, queryset=Project.objects.all())
    if not filterset.is_valid():
        return refused(filterset)
    rows = [{"status": row["status"], "projects": row["number"]} for row in status_bars(filterset.qs)]
    return file_of(request, kind, "projects-by-status", ("status", "projects"), {"projects"}, rows)


def status_bars(projects: Any, query: str = "") -> list[dict[str, Any]]:
    """Rows `status number share query`, the most first and what is not known last. `query`: of the list's
    other filters. One query."""
    counts = sorted(projects.by_status(), key=lambda pair: (pair[0] is None, -pair[1]))
    most = max((number for _, number in counts), default=0)
    return [
        {
            "status": status,
            "number": number,
            "share": f"{100 * number / most:.1f}",
            "query": f"{query}&status={status or 'null'}".lstrip("&"),
        }
        for status, number in counts
    ]


def money_chart(years: Sequence[by_year.Year]) -> dict[str, Any] | None:
    """`drawn` and `years`, newest first; None where there is nothing to be set beside something."""
    if len(years) < 2:
        return None
    drawn = columns.columns([(year.label[2:], year.budget, year.spent) for year in years])
    return {"drawn": drawn, "years": list(reversed(years))}


def money_of_many(municipalities: Any) -> list[by_year.Year]:
    """Of a queryset of municipalities together; one query."""
    rows = MunicipalFigure.objects.capital_by_year(municipalities, by_year.CODES, by_year.TYPES)
    return by_year.of_rows(rows)


@require_safe
def money_file(request: HttpRequest, kind: str, code: str = "") -> HttpResponseBase:
    """Water capital by year, of one municipality or of those that the filters of the list leave."""
    if not is_open(TREASURY):
        return closed_to("Municipal finances")
    if code:
        place = get_object_or_404(Municipality, pk=code.upper())
        return _money(request, kind, Municipality.objects.filter(pk=place.pk), place.pk)
    filterset = ComparisonFilter(request.GET, queryset=Municipality.objects.all())
    if not filterset.is_valid():
        return refused(filterset)
    return _money(request, kind, filterset.qs, "municipalities")


def _money(request: HttpRequest, kind: str, municipalities: Any, name: str) -> HttpResponseBase:
    rows = list(_money_rows(money_of_many(municipalities)))
    return file_of(request, kind, f"water-capital-{name}", _MONEY, set(_MONEY[1:]), rows)


_MONEY = (
    "financial_year", "budget", "budgets_published", "spent", "spending_published", "spending_audited",
)  # fmt: skip


def _money_rows(years: Iterable[by_year.Year]) -> Iterator[dict[str, Any]]:
    for year in years:
        yield {
            "financial_year": year.label,
            "budget": year.budget,
            "budgets_published": year.budgets,
            "spent": year.spent,
            "spending_published": year.spendings,
            "spending_audited": year.audited,
        }
