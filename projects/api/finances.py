"""Municipal finances over the API: published figures, each with its proof, and our own sums beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import django_filters
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers as s

from projects.api.answers import Answer, rand, text
from projects.facts import finance
from projects.filters import Choices, ListField
from projects.finances import sums
from projects.finances.attribution import Attribution, attribution
from projects.finances.sums import Rate, Sum
from projects.models import AmountType, Measure, MunicipalFigure, Municipality, Presence


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


# Needs rows of `MunicipalFigure.objects.for_api()` that have got their `flags`.
class FigureShape(Answer):
    id = s.IntegerField()
    measure = s.ChoiceField(Measure.choices)
    code = s.CharField(help_text="the source's code of the function, class of asset, grant or spending")
    label = s.CharField(source="*")  # type: ignore[assignment]
    group = text(source="*", help_text="water, sanitation, or storm water (in no sum)")
    family = text(source="*", help_text="of a grant: its programme, whatever the code")
    in_kind = s.BooleanField(
        source="*", help_text="a grant that others spend for the municipality; not in its books"
    )
    amount_type = s.ChoiceField(AmountType.choices, allow_null=True)
    amount_type_label = text(source="*")
    amount = rand(help_text="rand; null: the source itself gives null")
    through_month = s.IntegerField(allow_null=True, help_text="of monthly figures: 1 July … 12 June")
    months = s.DictField(
        child=s.DecimalField(20, 2, allow_null=True),
        help_text='{"1": rand of July, …}; `amount` is their sum',
    )
    opinion = text(help_text="of the auditor, as published")
    opinion_label = text(source="*")
    report_url = text()
    presence = s.ChoiceField(Presence.choices, help_text="missing: no longer published, this was the last")
    flags = s.ListField(
        child=s.ChoiceField(["negative", "spent_more_than_allocated"]),
        help_text="odd, and shown as published; spending of rolled-over money is lawful",
    )
    snapshot = text(source="snapshot_id", help_text="SHA-256 of the archived answer that it was read from")
    snapshot_url = text(source="*")
    first_seen_at = s.DateTimeField()
    last_changed_at = s.DateTimeField()
    run = s.IntegerField(source="last_changed_run_id")
    demo = s.BooleanField(source="source.demo")

    def derive(self, row: MunicipalFigure) -> dict[str, Any]:
        is_grant = row.measure == Measure.GRANT
        grant = finance.GRANTS.get(row.code) if is_grant else None
        return {
            "label": finance.line_label(row.measure, row.code),
            "group": sums.group_of(row.measure, row.code) or None,
            "family": sums.family_of(row.code) if is_grant else None,
            "in_kind": bool(grant and grant.in_kind),
            "amount_type_label": finance.type_label(row.measure, row.amount_type) or None,
            "opinion_label": finance.OPINIONS.get(row.opinion, row.opinion) or None,
            "snapshot_url": row.snapshot_id and f"/snapshots/{row.snapshot_id}/",
        }


class SumShape(Answer):
    amount = rand(allow_null=False)
    figures = s.IntegerField(source="count", help_text="how many published figures it is over")
    lines = s.IntegerField(help_text="of how many lines")
    through_months = s.ListField(
        source="months", child=s.IntegerField(), help_text="of monthly figures: how far they go"
    )


class RateShape(Answer):
    percent = s.DecimalField(20, 1)
    basis = s.CharField(help_text="which figures are compared")


class TotalShape(Answer):
    amounts = s.DictField(child=SumShape(), help_text="{amount type: sum}")
    rate = RateShape(allow_null=True, help_text="spent, of the same lines' budget or of what was allocated")


class FinancialYearShape(Answer):
    financial_year = s.IntegerField(help_text="by its end: 2021 is 1 July 2020 to 30 June 2021")
    label = s.CharField()  # type: ignore[assignment]
    starts = s.DateField()
    ends = s.DateField()
    figures = FigureShape(many=True)
    totals = s.DictField(
        child=s.DictField(child=TotalShape()),
        help_text="our own sums: {measure: {water, sanitation, both, or the grant family: total}}",
    )


class FinanceSourceShape(Answer):
    name = s.CharField(source="*")
    title = s.CharField()
    attribution = s.CharField(
        source="*", help_text="to be given with the data: the source and the date of publication"
    )

    def derive(self, row: Attribution) -> dict[str, Any]:
        return {"name": finance.TREASURY, "attribution": str(row)}


class FinancesShape(Answer):
    municipality = s.CharField(source="municipality.pk")
    name = s.CharField(source="municipality.name")
    source = FinanceSourceShape(source="attribution")  # type: ignore[assignment]
    financial_years = FinancialYearShape(many=True)
    demo = s.BooleanField(source="attribution.demo")


@dataclass(frozen=True, slots=True)
class Total:
    """Over lines of one measure: by amount type, and what was spent."""

    amounts: dict[str, Sum]
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """`figures` are those asked for, `totals` {measure: {group or grant family: total}} of the whole year."""

    financial_year: int
    label: str
    starts: date
    ends: date
    figures: list[Any]
    totals: dict[str, dict[str, Total]]


@dataclass(frozen=True, slots=True)
class Finances:
    municipality: Municipality
    attribution: Attribution
    financial_years: list[FinancialYear]


def finances_of(municipality: Municipality, narrowed: Narrowed) -> Finances:
    """The figures of one municipality, by financial year; two queries, however many figures."""
    figures = MunicipalFigure.objects.for_api(municipality.pk)
    by_year = groupby(figures, key=lambda figure: figure.financial_year)
    years = [_year(year, list(of_year), narrowed) for year, of_year in by_year]
    return Finances(municipality, attribution(), [year for year in years if year.figures])


def _year(financial_year: int, figures: list[Any], narrowed: Narrowed) -> FinancialYear:
    flags = sums.flags(figures)
    for figure in figures:
        figure.flags = flags.get(figure.pk, [])
    shown = [figure for figure in figures if narrowed.has(figure)]
    named = finance.year_label(financial_year), *finance.year_span(financial_year)
    return FinancialYear(financial_year, *named, shown, _totals(figures))


def _totals(figures: list[Any]) -> dict[str, dict[str, Total]]:
    """Of what there is something to sum."""
    found: dict[str, dict[str, Total]] = {}
    for measure in sums.SUMMED:
        lines = sums.by_line(figure for figure in figures if figure.measure == measure)
        rate = sums.grant_rate if measure == "grant" else sums.rate
        for group, members in sums.groups_of(measure, lines).items():
            amounts = {kind: total for kind in AmountType.values if (total := sums.total(members, kind))}
            found.setdefault(measure, {})[group] = Total(amounts, rate(members))
    return found
