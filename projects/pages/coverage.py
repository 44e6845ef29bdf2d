"""How much of what we look for a source publishes: field by field, or year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Q

from projects.facts.finance import year_label
from projects.fields import FIELDS
from projects.languages import Words
from projects.models import Measure, MunicipalFigure, Presence, Project

# What a label can mean; the long text last.
_PUBLISHED = sorted(
    (field.name for field in FIELDS if field.labelled), key=lambda name: name == "description"
)

_HEADS = Words({
    Measure.CAPITAL: "Capital",
    Measure.ASSET: "Capital by asset",
    Measure.INCOME: "Income",
    Measure.EXPENDITURE: "Expenditure",
    Measure.GRANT: "Grants",
    Measure.UIFW: "Irregular spending",
    Measure.CASH: "Cash",
    Measure.OPINION: "Audit opinion",
    Measure.BULK_DEBT: "Owed for bulk water",
    Measure.DEBTORS: "Owed by customers",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """`given` of `whole` listed projects have a value in `field`."""

    field: str
    given: int
    whole: int


@dataclass(frozen=True, slots=True)
class YearCoverage:
    """How many municipalities have a figure of each measure, in the order of `measures()`."""

    year: str
    municipalities: list[int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of a source of projects `fields`, of a source of figures `years`, newest first; either may be empty."""

    fields: list[FieldCoverage]
    measures: list[str]
    years: list[YearCoverage]


def of_source(name: str) -> Coverage:
    """Two queries. A blank counts as not given, as does a project that is withdrawn."""
    fields, (measures, years) = _fields(name), _years(name)
    return Coverage(fields, measures, years)


def _fields(source: str) -> list[FieldCoverage]:
    counts = {f"given_{field}": Count(field, filter=_given(field)) for field in _PUBLISHED}
    found = Project.objects.listed().filter(source_id=source).aggregate(whole=Count("pk"), **counts)
    whole = found["whole"]
    return [FieldCoverage(field, found[f"given_{field}"], whole) for field in _PUBLISHED] if whole else []


def _given(field: str) -> Q:
    column = Project._meta.get_field(field)
    is_text = isinstance(column, models.CharField | models.TextField)
    return ~Q(**{field: ""}) if is_text else Q(**{f"{field}__isnull": False})


def _years(source: str) -> tuple[list[str], list[YearCoverage]]:
    given = Q(amount__isnull=False) | ~Q(opinion="")
    figures = MunicipalFigure.objects.filter(given, source_id=source, presence=Presence.PRESENT)
    rows = figures.order_by().values_list("financial_year", "measure")
    counts: dict[int, dict[str, Any]] = {}
    for year, measure, number in rows.annotate(number=Count("municipality", distinct=True)):
        counts.setdefault(year, {})[measure] = number
    measures = [measure for measure in Measure if any(measure in row for row in counts.values())]
    years = [
        YearCoverage(year_label(year), [counts[year].get(measure, 0) for measure in measures])
        for year in sorted(counts, reverse=True)
    ]
    return [_HEADS[measure] for measure in measures], years


__all__ = ["Coverage", "FieldCoverage", "YearCoverage", "of_source"]
