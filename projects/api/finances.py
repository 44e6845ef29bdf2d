"""Municipal finances over the API: published figures, each with its proof, and our own sums beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import django_filters
from django_filters.utils import translate_validation
from rest_framework import serializers as s

from projects.api.answers import Answer, names, numbers, rand, text
from projects.api.exports import Content
from projects.api.replies import ABOUT, ReplyShape
from projects.facts import finance
from projects.filters import Choices, ListField
from projects.finances import sums
from projects.finances.attribution import Attribution, attribution
from projects.finances.debt import Owed, as_of, newest_of
from projects.finances.sums import Rate, Sum
from projects.models import AmountType, EntityType, Measure, MunicipalFigure, Municipality, Presence
from projects.stewards.replies import standing_of_books


class _Years(django_filters.BaseInFilter, django_filters.NumberFilter):
    """`2021` or `2020,2021`: municipal financial years by their end."""

    base_field_class = ListField


class Asked(django_filters.FilterSet):
    """What can be asked of the figures of one municipality."""

    financial_year = _Years(min_value=1990, max_value=2200, decimal_places=0)
    measure = Choices(choices=Measure.choices)
    amount_type = Choices(choices=AmountType.choices)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is asked for; an empty set is all."""

    years: frozenset[int]
    measures: frozenset[str]
    amount_types: frozenset[str]

    @classmethod
    def asked(cls, query: Any) -> Narrowed:
        """Raises ValidationError (400) where a filter cannot be understood."""
        filterset = Asked(query, queryset=MunicipalFigure.objects.none())
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


class OldDebtShape(Answer):
    amount = rand(allow_null=False, help_text="our sum of those `ages` of `as_of` that are given")
    ages = s.ListField(child=s.ChoiceField(list(finance.OLD_AGES)))


# Needs rows of `MunicipalFigure.objects.for_api()` that have got their `flags` and `over_90`.
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
        help_text='{"1": rand of July, …}; `amount` is their sum, of what is owed the last of them',
    )
    as_of = s.DateField(source="*", allow_null=True, help_text="of what is owed: the day that `amount` is of")
    ages = s.DictField(
        source="*",
        child=s.DictField(child=s.DecimalField(20, 2, allow_null=True)),
        help_text='of what is owed, by month or "year": {"3": {"l30": rand of 30 days and less, … "g1": …}}',
    )
    over_90_days = OldDebtShape(source="over_90", allow_null=True)
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
    replies = ReplyShape(many=True, help_text=ABOUT)
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
            **_owed(row),
            "opinion_label": finance.OPINIONS.get(row.opinion, row.opinion) or None,
            "snapshot_url": row.snapshot_id and f"/snapshots/{row.snapshot_id}/",
        }


def _owed(row: MunicipalFigure) -> dict[str, Any]:
    """What only balances have."""
    day = as_of(row) if row.measure in finance.BALANCES else None
    return {
        "as_of": day and day.isoformat(),
        "ages": {when: _by_age(text) for when, text in row.ages.items()},
    }


def _by_age(text: str) -> dict[str, str | None]:
    return {age: None if amount is None else f"{amount:.2f}" for age, amount in finance.ages_of(text).items()}


class OwedShape(Answer):
    amount = rand(allow_null=False, help_text="with its sign as published")
    at = s.DateField(help_text="what was owed at the end of this day")
    audited = s.BooleanField()
    snapshot = text(help_text="SHA-256 of the archived answer that it was read from")


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
    replies = ReplyShape(many=True, help_text=f"of the year as a whole: {ABOUT}")
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
    owed_for_bulk_water = OwedShape(allow_null=True, help_text="the newest published balance")
    replies = ReplyShape(many=True, help_text=f"of no one year, or (`debt`) of what is owed: {ABOUT}")
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
    replies: list[Any]
    totals: dict[str, dict[str, Total]]


@dataclass(frozen=True, slots=True)
class Finances:
    municipality: Municipality
    attribution: Attribution
    owed_for_bulk_water: Owed | None
    replies: list[Any]
    financial_years: list[FinancialYear]


def finances_of(municipality: Municipality, narrowed: Narrowed) -> Finances:
    """The figures of one municipality, by financial year; three queries, however many figures."""
    figures = list(MunicipalFigure.objects.for_api(municipality.pk))
    replies = standing_of_books(municipality.pk)
    for figure in figures:
        figure.replies = replies[EntityType.FIGURE].get(figure.pk, [])
    of_years = replies[EntityType.YEAR]
    by_year = groupby(figures, key=lambda figure: figure.financial_year)
    years = [_year(year, list(of_year), narrowed, of_years) for year, of_year in by_year]
    owed = newest_of(figures).get(municipality.pk)
    return Finances(
        municipality, attribution(), owed, of_years.get(0, []), [year for year in years if year.figures]
    )


_MONTHS = [f"month_{month}" for month in range(1, 13)]
_BEFORE = ["municipality", "name", "financial_year", "financial_year_label"]
_OF_FIGURE = [name for name in names(FigureShape) if name not in ("months", "replies")]


def as_file(found: Finances) -> Content:
    """The figures of one municipality, one a row; `month_1` is July."""
    parts = (_records(found.municipality, year) for year in found.financial_years)
    figures = frozenset({"financial_year", *numbers(FigureShape), *_MONTHS})
    return Content(f"finances-{found.municipality.pk}", [*_BEFORE, *_OF_FIGURE, *_MONTHS], figures, parts)


def _records(municipality: Municipality, year: FinancialYear) -> list[dict[str, Any]]:
    before = (municipality.pk, municipality.name, year.financial_year, year.label)
    records = []
    for record in map(FigureShape().to_representation, year.figures):
        months = record.pop("months")
        del record["replies"]
        by_month = {f"month_{month}": months.get(str(month)) for month in range(1, 13)}
        records.append(dict(zip(_BEFORE, before, strict=True)) | record | by_month)
    return records


def _year(
    financial_year: int, figures: list[Any], narrowed: Narrowed, replies: dict[int, list[Any]]
) -> FinancialYear:
    flags = sums.flags(figures)
    for figure in figures:
        figure.flags = flags.get(figure.pk, [])
        newest = figure.ages.get(str(figure.through_month or finance.WHOLE_YEAR))
        figure.over_90 = finance.over_90_days(newest)
    shown = [figure for figure in figures if narrowed.has(figure)]
    named = finance.year_label(financial_year), *finance.year_span(financial_year)
    of_year = replies.get(financial_year, [])
    return FinancialYear(financial_year, *named, shown, of_year, _totals(figures))


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
