"""The shapes of the answers about municipal finance. A test holds them to what is really answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from projects.models import AmountType, DiscrepancyState, Measure, Presence, Province, Severity


class FigureShape(s.Serializer[Any]):
    id = s.IntegerField()
    measure = s.ChoiceField(Measure.choices)
    code = s.CharField(help_text="the source's code of the function, class of asset, grant or spending")
    label = s.CharField()  # type: ignore[assignment]
    group = s.CharField(allow_null=True, help_text="water, sanitation, or storm water (in no sum)")
    family = s.CharField(allow_null=True, help_text="of a grant: its programme, whatever the code")
    in_kind = s.BooleanField(help_text="a grant that others spend for the municipality; not in its books")
    amount_type = s.ChoiceField(AmountType.choices, allow_null=True)
    amount_type_label = s.CharField(allow_null=True)
    amount = s.DecimalField(20, 2, allow_null=True, help_text="rand; null: the source itself gives null")
    through_month = s.IntegerField(allow_null=True, help_text="of monthly figures: 1 July … 12 June")
    months = s.DictField(
        child=s.DecimalField(20, 2, allow_null=True),
        help_text='{"1": rand of July, …}; `amount` is their sum',
    )
    opinion = s.CharField(allow_null=True, help_text="of the auditor, as published")
    opinion_label = s.CharField(allow_null=True)
    report_url = s.CharField(allow_null=True)
    presence = s.ChoiceField(Presence.choices, help_text="missing: no longer published, this was the last")
    flags = s.ListField(
        child=s.ChoiceField(["negative", "spent_more_than_allocated"]),
        help_text="odd, and shown as published; spending of rolled-over money is lawful",
    )
    snapshot = s.CharField(allow_null=True, help_text="SHA-256 of the archived answer that it was read from")
    snapshot_url = s.CharField(allow_null=True)
    first_seen_at = s.DateTimeField()
    last_changed_at = s.DateTimeField()
    run = s.IntegerField()
    demo = s.BooleanField()


class SumShape(s.Serializer[Any]):
    amount = s.DecimalField(20, 2, help_text="rand")
    figures = s.IntegerField(help_text="how many published figures it is over")
    lines = s.IntegerField(help_text="of how many lines")
    through_months = s.ListField(child=s.IntegerField(), help_text="of monthly figures: how far they go")


class RateShape(s.Serializer[Any]):
    percent = s.DecimalField(20, 1)
    basis = s.CharField(help_text="which figures are compared")


class TotalShape(s.Serializer[Any]):
    amounts = s.DictField(child=SumShape(), help_text="{amount type: sum}")
    rate = RateShape(allow_null=True, help_text="spent, of the same lines' budget or of what was allocated")


class FinancialYearShape(s.Serializer[Any]):
    financial_year = s.IntegerField(help_text="by its end: 2021 is 1 July 2020 to 30 June 2021")
    label = s.CharField()  # type: ignore[assignment]
    starts = s.DateField()
    ends = s.DateField()
    figures = FigureShape(many=True)
    totals = s.DictField(
        child=s.DictField(child=TotalShape()),
        help_text="our own sums: {measure: {water, sanitation, both, or the grant family: total}}",
    )


class FinanceSourceShape(s.Serializer[Any]):
    name = s.CharField()
    title = s.CharField()
    attribution = s.CharField(help_text="to be given with the data: the source and the date of publication")


class FinancesShape(s.Serializer[Any]):
    municipality = s.CharField()
    name = s.CharField()
    source = FinanceSourceShape()  # type: ignore[assignment]
    financial_years = FinancialYearShape(many=True)
    demo = s.BooleanField()


class SpanOfYearsShape(s.Serializer[Any]):
    first = s.IntegerField(help_text="municipal financial years (July to June), by their end")
    last = s.IntegerField()
    label = s.CharField(help_text="2020-21 to 2022-23")  # type: ignore[assignment]


class SideShape(s.Serializer[Any]):
    label = s.CharField(help_text="what the figure is")  # type: ignore[assignment]
    value = s.DecimalField(20, 2, allow_null=True, help_text="rand")
    source = s.CharField()  # type: ignore[assignment]
    snapshot = s.CharField(allow_null=True, help_text="of what contributes most; `evidence` has all")
    snapshot_url = s.CharField(allow_null=True)


class DiscrepancyShape(s.Serializer[Any]):
    id = s.IntegerField()
    rule = s.CharField()
    municipality = s.CharField(help_text="whose books are compared")
    province = s.ChoiceField(Province.choices)
    project = s.IntegerField(allow_null=True, help_text="null: about several projects, see `evidence`")
    programme = s.CharField(allow_null=True, help_text="the grant family")
    financial_years = SpanOfYearsShape()
    state = s.ChoiceField(DiscrepancyState.choices)
    severity = s.ChoiceField(Severity.choices)
    question = s.CharField()
    sentence = s.CharField(help_text="the question")
    explanations = s.ListField(child=s.CharField(), help_text="what may lawfully explain it")
    compared = s.CharField(help_text="which figures of which years, in words")
    dws = SideShape()
    treasury = SideShape()
    attribution = s.CharField(help_text="to be given with the municipal figures: source and publication")
    evidence = s.DictField(help_text="all projects, figures and in-kind figures that were compared")
    first_seen_at = s.DateTimeField(help_text="when it was opened for the first time")
    opened_at = s.DateTimeField(help_text="when it was opened, the last time")
    last_confirmed_at = s.DateTimeField(allow_null=True, help_text="when a run last found it so")
    last_changed_at = s.DateTimeField()
    closed_at = s.DateTimeField(allow_null=True)
    changes = s.CharField(help_text="its history in the log")
    url = s.CharField()
    demo = s.BooleanField()
