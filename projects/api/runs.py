"""Runs as JSON: what a sync prints with `--json`, with its id and address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.urls import reverse
from rest_framework import serializers as s
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.answers import Answer, text, texts
from projects.api.objects import ObjectFiles
from projects.api.tables import ListFiles
from projects.filters import Choices, SourceFilter
from projects.models import RunState, SyncRun


class HeldShape(s.Serializer[Any]):
    rule = s.CharField()
    sentence = s.CharField()


class SpanShape(Answer):
    first = s.IntegerField(source="first_change", allow_null=True)
    last = s.IntegerField(source="last_change", allow_null=True)
    count = s.IntegerField(source="change_count")


class AreasShape(s.Serializer[Any]):
    read = s.IntegerField()
    complete = s.IntegerField(help_text="read whole, and every count that the site states of it met")
    held = s.IntegerField()


class MetShape(s.Serializer[Any]):
    checked = s.IntegerField(
        help_text="claims of the site about itself that could be held against the reading"
    )
    met = s.IntegerField()


# What a sync prints with `--json`. `run`, `id` and `url` are null for a rehearsal, which is not kept.
class SyncSerializer(Answer):
    run = s.IntegerField(source="pk")
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    state = s.ChoiceField(RunState.choices)
    trigger = s.ChoiceField(SyncRun.Trigger.choices)
    complete = s.BooleanField(allow_null=True)
    unchanged = s.BooleanField()
    pages = s.IntegerField()
    requests = s.IntegerField()
    not_modified = s.IntegerField()
    retries = s.IntegerField()
    seen = s.IntegerField()
    created = s.IntegerField()
    updated = s.IntegerField()
    same = s.IntegerField()
    missing = s.IntegerField()
    withdrawn = s.IntegerField()
    returned = s.IntegerField()
    invalid = s.IntegerField()
    listings = s.IntegerField()
    changes = SpanShape(source="*")
    layouts = texts()
    error = text()
    areas = AreasShape(source="*")
    claims = MetShape(source="*")
    started_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    duration_s = s.FloatField(allow_null=True)
    id = s.IntegerField(source="pk")
    unchanged_by = text(help_text="what showed it: bytes, page or records")
    notes = texts(help_text="what was odd, one sentence each")
    held = HeldShape(many=True, help_text="why it was held for a steward")
    decided_at = s.DateTimeField(allow_null=True)
    decision = text(help_text="the steward's reason for releasing or rejecting it")
    released_places = texts(allow_null=True, help_text="null: all")
    disagreements = s.ListField(help_text="where the site's own totals differ from what it lists")
    requested_at = s.DateTimeField()
    waits_for = s.ListField(child=s.IntegerField(), help_text="ids of the runs that have to end first")
    url = s.CharField(source="*")

    recorded = ("error", "notes", "held", "disagreements")

    def derive(self, row: SyncRun) -> dict[str, Any]:
        areas, claims = row.proof.get("areas", {}), row.proof.get("claims", {})
        return {
            "areas": {name: areas.get(name, 0) for name in ("read", "complete", "held")},
            "claims": {name: claims.get(name, 0) for name in ("checked", "met")},
            "url": reverse("api:run-detail", args=[row.pk]) if row.pk else None,
        }


def run_json(run: SyncRun) -> dict[str, Any]:
    """The contract's object of a sync: states and counts, instants in UTC, `duration_s` in seconds."""
    return SyncSerializer().to_representation(run)


class RunFilter(django_filters.FilterSet):
    source = SourceFilter()
    state = Choices(choices=RunState.choices)

    class Meta:
        model = SyncRun
        fields: list[str] = []


class ProgressShape(s.Serializer[Any]):
    read = s.IntegerField(help_text="how many were read")
    of = s.IntegerField(help_text="of how many that are known so far")
    kind = s.CharField(help_text="of what: “lists”, “project pages”")


# Needs rows of `SyncRun.objects.with_queue_position()`.
class RunSerializer(SyncSerializer):
    queue_position = s.IntegerField(allow_null=True, help_text="1: the next; null: not queued")
    progress = ProgressShape(
        allow_null=True,
        source="*",
        help_text="how far the reading is, or was when it was cut off; null: there is nothing to count by",
    )
    demo = s.BooleanField(source="source.demo")

    def derive(self, row: SyncRun) -> dict[str, Any]:
        return super().derive(row) | {"progress": row.progress or None}


class RunViewSet(ObjectFiles, ListFiles, ReadOnlyModelViewSet[SyncRun]):
    """The ledger of runs, newest first, failed and held ones included."""

    queryset = (
        SyncRun.objects.with_queue_position().select_related("source").defer("traceback").order_by("-pk")
    )
    serializer_class = RunSerializer
    filterset_class = RunFilter
    file_name = "runs"
    lookup_value_regex = r"[0-9]{1,18}"

    def require_open(self, rows: Any) -> None:
        """What we did is our own knowledge."""
