"""Municipalities beside each other over the API: what each reports on water, one row for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.http import HttpResponseBase
from django_filters.utils import translate_validation
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from projects.api.answers import Answer, names, numbers, rand, text, texts
from projects.api.exports import FILES, Content, in_parts, streamed
from projects.api.marks import DemoMarked
from projects.api.refusals import require_open
from projects.facts import finance
from projects.filters import ChoicesField, MunicipalityFilterSet
from projects.finances.comparing import ORDERINGS, Basis, Comparison, basis
from projects.finances.comparison import POPULATION, Row, grant_name
from projects.languages import gettext
from projects.models import Municipality, Province

_PART = 50  # municipalities a reading


class OrderingFilter(django_filters.MultipleChoiceFilter):
    """Narrows nothing: most of what can be sorted by is no column of the database."""

    field_class = ChoicesField

    def __init__(self) -> None:
        known = ", ".join(ORDERINGS)
        message = f"“%(value)s” is no ordering; known are: {known}; a minus before it turns it round."
        super().__init__(
            choices=[(f"{sign}{name}", name) for sign in ("", "-") for name in ORDERINGS],
            error_messages={"invalid_choice": message},
            label="Ordering",
        )

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


class YearFilter(django_filters.NumberFilter):
    """Narrows nothing: it says which figures are shown, not of whom."""

    def __init__(self) -> None:
        label = "Municipal financial year, by its end: 2026 is 2025-26"
        super().__init__(min_value=1990, max_value=2200, decimal_places=0, label=label)

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


class ComparisonFilter(MunicipalityFilterSet):
    financial_year = YearFilter()
    ordering = OrderingFilter()

    def comparison(self) -> Comparison:
        """Needs a filterset that is valid."""
        asked = self.form.cleaned_data
        year = asked["financial_year"]
        return Comparison(self.qs, basis(None if year is None else int(year)), asked["ordering"])


def percent(source: str) -> Any:
    return s.DecimalField(20, 1, allow_null=True, source=source, help_text="percent")


def year(part: str) -> Any:
    return s.IntegerField(
        allow_null=True, source="*", help_text=f"by its end, of all figures on {part}; null: none is known"
    )


def said(source: str) -> Any:
    return text(source=source, help_text="what it is of; where it is null, why")


def snapshots(source: str) -> Any:
    return texts(source=source, help_text="SHA-256 of the archived answers it was read from: /snapshots/<…>/")


class GrantShape(Answer):
    allocated = rand(source="allocated.value")
    allocated_note = said("allocated.note")
    spent = rand(source="spent.value")
    spent_note = said("spent.note")
    in_kind = rand(
        source="in_kind.value", help_text="rand allocated in kind: spent by others, in no other figure"
    )
    rate = percent("rate.value")
    rate_note = said("rate.note")
    snapshots = texts(source="*")

    def derive(self, row: Any) -> dict[str, Any]:
        of = (row.allocated, row.spent, row.in_kind)
        return {"snapshots": list(dict.fromkeys(sha256 for entry in of for sha256 in entry.snapshots))}


# Needs rows of a `Comparison`, with the basis' source in the context.
class ComparisonShape(Answer):
    municipality = s.CharField(source="municipality.pk")
    name = s.CharField(source="municipality.name")
    province = s.ChoiceField(Province.choices, source="municipality.province")
    category = s.ChoiceField(Municipality.Category.choices, source="municipality.category")
    district = text(source="municipality.district_id")
    population = s.IntegerField(allow_null=True, source="municipality.population_2016")
    population_source = s.CharField(source="*")

    owed_financial_year = s.IntegerField(
        allow_null=True, source="owed.financial_year", help_text="by its end; of each municipality its own"
    )
    owed_at = s.DateField(
        allow_null=True, source="owed.at", help_text="it is the balance at the end of this day"
    )
    owed_for_bulk_water = rand(source="owed.amount.value", help_text="rand, with the sign as published")
    owed_note = said("owed.amount.note")
    owed_per_person = rand(source="owed.per_person.value")
    owed_snapshots = snapshots("owed.amount.snapshots")

    opinion_financial_year = year("audits")
    audit_opinion = text(source="opinion.value", help_text="as published")
    audit_opinion_note = said("opinion.note")
    audit_report_url = text(source="opinion.report_url")
    audit_opinion_snapshots = snapshots("opinion.snapshots")

    capital_financial_year = year("capital")
    capital_budget = rand(
        source="capital.budget.value", help_text="rand, water and sanitation without storm water"
    )
    capital_budget_note = said("capital.budget.note")
    capital_budget_snapshots = snapshots("capital.budget.snapshots")
    capital_spent = rand(source="capital.spent.value")
    capital_spent_note = said("capital.spent.note")
    capital_spent_snapshots = snapshots("capital.spent.snapshots")
    capital_rate = percent("capital.rate.value")
    capital_rate_note = said("capital.rate.note")
    capital_budget_per_person = rand(source="capital.budget_per_person.value")
    capital_spent_per_person = rand(source="capital.spent_per_person.value")

    grants_financial_year = year("grants")
    grants = s.DictField(child=GrantShape(), help_text="by family, those of which a figure is known")
    url = s.CharField(source="*", help_text="of the municipality's page, with all figures one by one")
    demo = s.BooleanField(source="*")

    def derive(self, row: Row) -> dict[str, Any]:
        years = {f"{part}_financial_year": row.years[part] for part in ("opinion", "capital", "grants")}
        url = f"{row.municipality.get_absolute_url()}#finances"
        return {"population_source": POPULATION, **years, "url": url, "demo": self.context["demo"]}


_OF_GRANTS = names(GrantShape)
_FLAT = names(ComparisonShape)
_GRANTS = _FLAT.index("grants")
COLUMNS = [
    *_FLAT[:_GRANTS],
    *(grant_name(family, name) for family in finance.FAMILIES for name in _OF_GRANTS),
    *_FLAT[_GRANTS + 1 :],
]
NUMBERS = frozenset(
    numbers(ComparisonShape)
    | {grant_name(family, name) for family in finance.FAMILIES for name in numbers(GrantShape)}
)


class Records:
    """A comparison as records of its files: grants are columns, unless they are to stay `nested`."""

    def __init__(self, comparison: Comparison, nested: bool) -> None:
        self.ids, self.nested = comparison.ids, nested
        self.comparison = comparison
        self.shape = ComparisonShape(context={"demo": comparison.basis.source.demo})

    def records(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        found = map(self.shape.to_representation, self.comparison.rows(list(ids)))
        return list(found if self.nested else map(_flat, found))


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    grants = record.pop("grants")
    return record | {
        grant_name(family, name): grants.get(family, {}).get(name)
        for family in finance.FAMILIES
        for name in _OF_GRANTS
    }


def about(of: Basis) -> list[str]:
    """What a reader of the figures has to know, where it does not stand in each row."""
    return [
        str(of.source),
        gettext("Financial years run from 1 July to 30 June and are named by their end: 2026 is 2025-26."),
        gettext(
            "Owed for bulk water: the municipality’s creditors under “Bulk Water”, at the end of the day that"
            " stands beside it, with its sign as published."
        ),
        gettext("Per person: by the population of 2016, {source}.").format(source=POPULATION),
        gettext(
            "Water capital is that of the water and sanitation functions, without storm water. The budget is"
            " the adjusted, else the original one; spending is audited where all of it is, else monthly and"
            " unaudited."
        ),
        gettext(
            "Grants: spent of what was allocated to the municipality itself; what is allocated in kind is"
            " spent by others. MIG, USDG and IUDG pay for other works too, not only water."
        ),
        gettext(
            "Where there is no figure, it is not published, given as null or not read, as is said in its"
            " place or in the note beside it; it is never zero."
        ),
    ]


class FinanceViewSet(DemoMarked, GenericViewSet[Municipality]):
    """The 257 municipalities beside each other: debt for bulk water, audit opinion, water capital, grants."""

    queryset = Municipality.objects.for_list_page()
    serializer_class = ComparisonShape
    filterset_class = ComparisonFilter
    exports: ClassVar = {"list": FILES}
    is_licensed = of_record = True

    def list(self, request: Request) -> HttpResponseBase:
        """Without `financial_year` each part has the newest year fit to be compared, and says which."""
        require_open(finance.TREASURY)
        filterset = ComparisonFilter(request.query_params, queryset=Municipality.objects.all())
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        comparison = filterset.comparison()
        format = request.accepted_renderer.format
        if format != "json":
            parts = in_parts(Records(comparison, nested=format == "jsonl"), _PART)
            content = Content("finances", COLUMNS, NUMBERS, parts, about(comparison.basis))
            return streamed(request._request, content, format)
        codes = self.paginate_queryset(comparison.ids()) or []
        shape = ComparisonShape(context={"demo": comparison.basis.source.demo})
        return self.get_paginated_response([shape.to_representation(row) for row in comparison.rows(codes)])


__all__ = ["ComparisonFilter", "ComparisonShape", "FinanceViewSet", "about"]
