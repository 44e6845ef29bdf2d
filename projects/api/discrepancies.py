"""Questions over the API: where DWS and National Treasury do not fit together, with both figures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.marks import DemoMarked
from projects.api.shapes_finance import DiscrepancyShape
from projects.facts import finance
from projects.filters import DiscrepancyFilter
from projects.finances.attribution import attribution
from projects.finances.families import municipal_span
from projects.models import Discrepancy, Source
from projects.wording.figures import instant


def discrepancy_json(row: Any, demo: bool, attributed: str) -> dict[str, Any]:
    """The contract's discrepancy. Needs a row of `Discrepancy.objects.for_list_page()`."""
    confirmed: datetime | None = row.confirmed_at
    return {
        "id": row.pk,
        "rule": row.rule,
        "municipality": row.municipality_id,
        "province": row.municipality.province,
        "project": row.project_id,
        "programme": row.programme or None,
        "financial_years": {
            "first": row.first_year,
            "last": row.last_year,
            "label": municipal_span(row.first_year, row.last_year),
        },
        "state": row.state,
        "severity": row.severity,
        "question": row.question,
        "sentence": row.question,
        "explanations": row.explanations,
        "compared": row.compared,
        "dws": _side(finance.DWS, row.dws_label, row.dws_value, row.dws_snapshot_id),
        "treasury": _side(finance.TREASURY, row.treasury_label, row.treasury_value, row.treasury_snapshot_id),
        "attribution": attributed,
        "evidence": row.evidence,
        "first_seen_at": instant(row.first_seen_at),
        "opened_at": instant(row.opened_at),
        "last_confirmed_at": instant(confirmed),
        "last_changed_at": instant(row.last_changed_at),
        "closed_at": instant(row.closed_at),
        "changes": f"/api/v1/changes/?entity_type=discrepancy&entity_id={row.pk}",
        "url": row.get_absolute_url(),
        "demo": demo,
    }


def _side(source: str, label: str, value: Decimal | None, snapshot: str | None) -> dict[str, Any]:
    return {
        "label": label,
        "value": None if value is None else f"{value:.2f}",
        "source": source,
        "snapshot": snapshot,
        "snapshot_url": f"/snapshots/{snapshot}/" if snapshot else None,
    }


class DiscrepancySerializer(DiscrepancyShape):
    def to_representation(self, instance: Discrepancy) -> dict[str, Any]:
        return discrepancy_json(instance, self.from_demo, self.attributed)

    @cached_property
    def from_demo(self) -> bool:
        """Asked once for all questions of an answer: a list uses one serializer for its rows."""
        return Source.objects.filter(pk=finance.CORRELATION, demo=True).exists()

    @cached_property
    def attributed(self) -> str:
        """The source of the municipal figures and when they were published, as its terms ask to be said."""
        return str(attribution())


class DiscrepancyViewSet(DemoMarked, ReadOnlyModelViewSet[Discrepancy]):
    """Where two sources do not fit together: questions, open and closed, the last changed first."""

    queryset = Discrepancy.objects.for_list_page().order_by("-last_changed_at", "-pk")
    serializer_class = DiscrepancySerializer
    filterset_class = DiscrepancyFilter
    lookup_value_regex = r"[0-9]{1,18}"

    @extend_schema(filters=False)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
