"""What municipalities report to National Treasury on water, as the Municipal Money API has it."""

from __future__ import annotations

from django.db import models

from projects.facts import finance
from projects.models.municipality import Municipality
from projects.models.project import Presence
from projects.models.provenance import Snapshot, Source, SyncRun
from projects.models.querysets_finance import FigureQuerySet


class Measure(models.TextChoices):
    """What a figure is of; `code` says of which function, asset class, grant or kind of spending."""

    CAPITAL = "capital", "capital, by function"
    ASSET = "asset", "capital, by class of asset"
    INCOME = "income", "operating income"
    EXPENDITURE = "expenditure", "operating expenditure"
    GRANT = "grant", "conditional grant"
    UIFW = "uifw", "unauthorised, irregular, fruitless and wasteful expenditure"
    CASH = "cash", "cash at year end"
    OPINION = "opinion", "audit opinion"
    BULK_DEBT = "bulk_debt", "owed for bulk water, by age"
    DEBTORS = "debtors", "owed by customers for water and waste water, by age"


class AmountType(models.TextChoices):
    """Treasury's codes; blank where a cube has no amount types (audit opinions, irregular spending)."""

    ORIGINAL = "ORGB", "original budget"
    ADJUSTED = "ADJB", "adjusted budget"
    AUDITED = "AUDA", "audited actual"
    ACTUAL = "ACT", "actual, monthly and unaudited"
    SCHEDULED = "SCHD", "allocated"
    TRANSFERRED = "TRFR", "transferred"


class MunicipalFigure(models.Model):
    """One figure of one municipality and municipal financial year (July to June, named by its END year).

    `amount` in rand; null: the source itself says null. A figure that a complete reading no longer has is
    `missing` and keeps its last amount. Monthly figures have each month of the financial year (1 July …
    12 June) in `months` as {"1": "12.00"}; their `amount` is the sum of the months up to `through_month`.
    Of a debt they are balances: `amount` is that of `through_month` alone, and `ages` has what it is made of,
    by month or under "year", as `finance.ages_text` writes it.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="figures")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="figures")
    financial_year = models.PositiveSmallIntegerField(help_text="2021 is 1 July 2020 to 30 June 2021")
    measure = models.CharField(max_length=12, choices=Measure.choices)
    code = models.CharField(max_length=20, help_text="Treasury's code of function, item or grant")
    amount_type = models.CharField(max_length=4, choices=AmountType.choices, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True, help_text="rand")
    through_month = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 July … 12 June")
    months = models.JSONField(default=dict, blank=True)
    ages = models.JSONField(default=dict, blank=True)
    opinion = models.CharField(max_length=60, blank=True, help_text="of an auditor, as published")
    report_url = models.TextField(blank=True)

    presence = models.CharField(max_length=10, choices=Presence.choices, default=Presence.PRESENT)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="figures", null=True)
    first_seen_at = models.DateTimeField()
    last_changed_at = models.DateTimeField()
    last_changed_run = models.ForeignKey(SyncRun, models.PROTECT, related_name="+")

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["municipality", "financial_year", "measure", "code", "amount_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "financial_year", "measure", "code", "amount_type", "source"],
                name="one_figure",
            ),
        ]
        indexes = [models.Index(fields=["source", "measure", "financial_year"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.financial_year} {self.measure} {self.code} {self.amount_type}"

    def get_absolute_url(self) -> str:
        part = finance.page_part(self.financial_year, self.measure in finance.BALANCES)
        return f"/municipalities/{self.municipality_id}/#{part}"
