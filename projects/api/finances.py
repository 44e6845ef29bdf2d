"""Municipal finances over the API: published figures, each with its proof, and our own sums beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import django_filters
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter

from projects.api.answers import amount
from projects.facts import finance
from projects.filters import Choices, ListField
from projects.finances import sums
from projects.finances.attribution import attribution
from projects.finances.sums import Line, Rate, Sum
from projects.models import AmountType, Measure, MunicipalFigure, Municipality
from projects.wording.figures import instant


class _Years(django_filters.BaseInFilter, django_filters.NumberFilter):
    """`2021` or `2020,2021`: municipal financial years by their end."""

    base_field_class = ListField


class _Asked(django_filters.FilterSet):
    financial_year = _Years(min_value=1990, max_value=2200, decimal_places=0)
    measure = Choices(choices=Measure.choices)
    amount_type = Choices(choices=AmountType.choices)

    class Meta:
        model = MunicipalFigure
        fields: list[str] = []


PARAMETERS = [
    OpenApiParameter("financial_year", str, description="by its end: 2021 is 2020-21; several with commas"),
    OpenApiParameter("measure", str, enum=Measure.values, many=True, explode=False),
    OpenApiParameter("amount_type", str, enum=AmountType.values, many=True, explode=False),
]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is asked for; an empty set is all."""

    years: frozenset[int]
    measures: frozenset[str]
    amount_types: frozenset[str]

    @classmethod
    def asked(cls, query: Any) -> Narrowed:
        """Raises ValidationError (400) where a filter cannot be understood."""
        filterset = _Asked(query, queryset=MunicipalFigure.objects.none())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        given = filterset.form.cleaned_data
        years = frozenset(int(year) for year in given["financial_year"] or ())
        return cls(years, frozenset(given["measure"]), frozenset(given["amount_type"]))

    def has(self, figure: Any) -> bool:
        return (
            (not self.years or figure.financial_year in self.years)
            and (not self.measures or figure.measure in self.measures)
            and (not self.amount_types or figure.amount_type in self.amount_types)
        )


def finances_json(municipality: Municipality, narrowed: Narrowed) -> dict[str, Any]:
    """The figures of one municipality, by financial year; two queries, however many figures."""
    source = attribution()
    figures = MunicipalFigure.objects.for_api(municipality.pk)
    by_year = groupby(figures, key=lambda figure: figure.financial_year)
    years = [_year(year, list(of_year), narrowed) for year, of_year in by_year]
    return {
        "municipality": municipality.pk,
        "name": municipality.name,
        "source": {"name": finance.TREASURY, "title": source.title, "attribution": str(source)},
        "financial_years": [year for year in years if year["figures"]],
        "demo": source.demo,
    }


def _year(financial_year: int, figures: list[Any], narrowed: Narrowed) -> dict[str, Any]:
    first, last = finance.year_span(financial_year)
    flags = sums.flags(figures)
    return {
        "financial_year": financial_year,
        "label": finance.year_label(financial_year),
        "starts": first.isoformat(),
        "ends": last.isoformat(),
        "figures": [figure_json(f, flags.get(f.pk, [])) for f in figures if narrowed.has(f)],
        "totals": _totals(figures),
    }


def figure_json(figure: Any, flags: Iterable[str]) -> dict[str, Any]:
    """One published figure; `amount` is null where the source itself gives null."""
    grant = finance.GRANTS.get(figure.code) if figure.measure == "grant" else None
    return {
        "id": figure.pk,
        "measure": figure.measure,
        "code": figure.code,
        "label": finance.line_label(figure.measure, figure.code),
        "group": sums.group_of(figure.measure, figure.code) or None,
        "family": sums.family_of(figure.code) if figure.measure == "grant" else None,
        "in_kind": bool(grant and grant.in_kind),
        "amount_type": figure.amount_type or None,
        "amount_type_label": finance.type_label(figure.measure, figure.amount_type) or None,
        "amount": amount(figure.amount),
        "through_month": figure.through_month,
        "months": figure.months,
        "opinion": figure.opinion or None,
        "opinion_label": finance.OPINIONS.get(figure.opinion, figure.opinion) or None,
        "report_url": figure.report_url or None,
        "presence": figure.presence,
        "flags": list(flags),
        "snapshot": figure.snapshot_id,
        "snapshot_url": figure.snapshot_id and f"/snapshots/{figure.snapshot_id}/",
        "first_seen_at": instant(figure.first_seen_at),
        "last_changed_at": instant(figure.last_changed_at),
        "run": figure.last_changed_run_id,
        "demo": bool(figure.source.demo),
    }


def _totals(figures: list[Any]) -> dict[str, dict[str, Any]]:
    """{measure: {group or grant family: total}}, of what there is something to sum."""
    found: dict[str, dict[str, Any]] = {}
    for measure in sums.SUMMED:
        lines = sums.by_line(figure for figure in figures if figure.measure == measure)
        rate = sums.grant_rate if measure == "grant" else sums.rate
        for group, members in sums.groups_of(measure, lines).items():
            found.setdefault(measure, {})[group] = _total(members, rate(members))
    return found


def _total(lines: list[Line], rate: Rate | None) -> dict[str, Any]:
    kinds = [kind for kind in AmountType.values if any(kind in line for line in lines)]
    by_kind = {kind: sums.total(lines, kind) for kind in kinds}
    return {
        "amounts": {kind: _sum(found) for kind, found in by_kind.items() if found},
        "rate": rate and {"percent": str(rate.percent), "basis": rate.basis},
    }


def _sum(found: Sum) -> dict[str, Any]:
    return {
        "amount": amount(found.amount),
        "figures": found.count,
        "lines": found.lines,
        "through_months": list(found.months),
    }


__all__ = ["PARAMETERS", "Narrowed", "figure_json", "finances_json"]
