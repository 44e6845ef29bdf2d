"""Questions over the API: where DWS and National Treasury do not fit together, with both figures."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.answers import Answer, amount, rand, text, texts
from projects.api.objects import ObjectFiles
from projects.api.refusals import closed, require_open
from projects.api.replies import ABOUT, ReplyShape, give_replies
from projects.api.tables import ListFiles
from projects.facts import finance
from projects.filters import DiscrepancyFilter
from projects.finances.attribution import attribution
from projects.finances.families import municipal_span
from projects.models import Discrepancy, DiscrepancyState, EntityType, Province, Severity, Source

COMPARED = (finance.DWS, finance.TREASURY, finance.CORRELATION)  # what a question is made of, and by whom


def closed_sides() -> list[Source]:
    """What keeps the questions from being handed on; nothing does while none was ever asked."""
    return closed(Source.objects.filter(pk__in=COMPARED)) if Discrepancy.objects.exists() else []


class SpanOfYearsShape(Answer):
    first = s.IntegerField(
        source="first_year", help_text="municipal financial years (July to June), by their end"
    )
    last = s.IntegerField(source="last_year")
    label = s.CharField(source="*", help_text="2020-21 to 2022-23")  # type: ignore[assignment]

    def derive(self, row: Discrepancy) -> dict[str, Any]:
        return {"label": municipal_span(row.first_year, row.last_year)}


# One side of a question: `dws` or `treasury`, as the field is named and its columns begin.
class SideShape(Answer):
    label = s.CharField(source="*", help_text="what the figure is")  # type: ignore[assignment]
    value = rand(source="*")
    source = s.CharField(source="*")  # type: ignore[assignment]
    snapshot = text(source="*", help_text="of what contributes most; `evidence` has all")
    snapshot_url = text(source="*")

    recorded = ("label",)

    def derive(self, row: Discrepancy) -> dict[str, Any]:
        side = self.field_name
        snapshot = getattr(row, f"{side}_snapshot_id")
        return {
            "label": getattr(row, f"{side}_label"),
            "value": amount(getattr(row, f"{side}_value")),
            "source": side,
            "snapshot": snapshot,
            "snapshot_url": f"/snapshots/{snapshot}/" if snapshot else None,
        }


# Needs rows of `Discrepancy.objects.for_list_page()` that have got their `replies`.
class DiscrepancySerializer(Answer):
    id = s.IntegerField()
    rule = s.CharField()
    municipality = s.CharField(source="municipality_id", help_text="whose books are compared")
    province = s.ChoiceField(Province.choices, source="municipality.province")
    project = s.IntegerField(
        source="project_id", allow_null=True, help_text="null: about several projects, see `evidence`"
    )
    programme = text(help_text="the grant family")
    financial_years = SpanOfYearsShape(source="*")
    state = s.ChoiceField(DiscrepancyState.choices)
    severity = s.ChoiceField(Severity.choices)
    contested = rand(help_text="what is asked about: the amount that was compared; null: of an older rule")
    question = s.CharField()
    sentence = s.CharField(source="question", help_text="the question")
    explanations = texts(help_text="what may lawfully explain it")
    compared = s.CharField(help_text="which figures of which years, in words")
    dws = SideShape(source="*")
    treasury = SideShape(source="*")
    attribution = s.CharField(
        source="*", help_text="to be given with the municipal figures: source and publication"
    )
    arithmetic = s.ListField(
        child=s.DictField(),
        source="*",
        help_text="the lines that come to `contested`, in order: `kind` part, sum, asked or gate; `what`,"
        " `note`, `amount` in rand, `url` of what it was read from",
    )
    evidence = s.DictField(
        source="*", help_text="all projects, figures, in-kind and capital figures that were compared"
    )
    first_seen_at = s.DateTimeField(help_text="when it was opened for the first time")
    opened_at = s.DateTimeField(help_text="when it was opened, the last time")
    last_confirmed_at = s.DateTimeField(
        source="confirmed_at", allow_null=True, help_text="when a run last found it so"
    )
    last_changed_at = s.DateTimeField()
    closed_at = s.DateTimeField(allow_null=True)
    replies = ReplyShape(many=True, help_text=ABOUT)
    changes = s.CharField(source="*", help_text="its history in the log")
    url = s.CharField(source="*")
    demo = s.BooleanField(source="*")

    recorded = ("question", "sentence", "explanations", "compared", "arithmetic")

    def derive(self, row: Discrepancy) -> dict[str, Any]:
        evidence = dict(row.evidence)
        return {
            "arithmetic": evidence.pop("arithmetic", []),
            "evidence": evidence,
            "attribution": self.attributed,
            "changes": f"/api/v1/changes/?entity_type=discrepancy&entity_id={row.pk}",
            "url": row.get_absolute_url(),
            "demo": self.from_demo,
        }

    @cached_property
    def from_demo(self) -> bool:
        """Asked once for all questions of an answer: a list uses one serializer for its rows."""
        return Source.objects.filter(pk="correlation", demo=True).exists()

    @cached_property
    def attributed(self) -> str:
        """The source of the municipal figures and when they were published, as its terms ask to be said."""
        return str(attribution())


class DiscrepancyViewSet(ObjectFiles, ListFiles, ReadOnlyModelViewSet[Discrepancy]):
    """Where two sources do not fit together: questions, open and closed, the last changed first."""

    queryset = Discrepancy.objects.for_list_page().order_by("-last_changed_at", "-pk")
    serializer_class = DiscrepancySerializer
    filterset_class = DiscrepancyFilter
    of_record = True
    file_name = "discrepancies"
    lookup_value_regex = r"[0-9]{1,18}"

    def require_open(self, rows: Any) -> None:
        """Each has figures of both sides."""
        for source in closed_sides():
            require_open(source.pk)

    def give(self, rows: list[Any]) -> None:
        give_replies(rows, EntityType.DISCREPANCY)

    def get_object(self) -> Discrepancy:
        question = super().get_object()
        self.give([question])
        return question

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self.give(page or [])
        return page

    @extend_schema(filters=False)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().retrieve(request, *args, **kwargs)
