"""The shapes of the answers about municipal finance. A test holds them to what is really answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from projects.models import AmountType, Measure, Presence


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
