"""Runs as JSON: what a sync prints with `--json`, with its id and address."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.urls import reverse
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.marks import DemoMarked
from projects.api.shapes import RunShape
from projects.filters import Choices, SourceFilter
from projects.health.sources import queue_position
from projects.models import RunState, SyncRun
from projects.wording.figures import instant

_COUNTS = (
    "pages requests not_modified retries seen created updated same missing withdrawn returned invalid"
    " listings"
).split()


def run_json(run: SyncRun) -> dict[str, Any]:
    """The contract's object of a sync: states and counts, instants in UTC, `duration_s` in seconds.

    `run`, `id` and `url` are null for a rehearsal, which is not kept.
    """
    return {
        "run": run.pk,
        "source": run.source_id,
        "state": str(run.state),
        "trigger": str(run.trigger),
        "complete": run.complete,
        "unchanged": run.unchanged,
        **{name: getattr(run, name) for name in _COUNTS},
        "changes": {"first": run.first_change, "last": run.last_change, "count": run.change_count},
        "layouts": run.layouts,
        "error": run.error or None,
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at),
        "duration_s": run.duration_s,
        "id": run.pk,
        "unchanged_by": run.unchanged_by or None,
        "notes": run.notes,
        "held": run.held,
        "decided_at": instant(run.decided_at),
        "decision": run.decision or None,
        "released_places": run.released_places,
        "disagreements": run.disagreements,
        "requested_at": instant(run.requested_at),
        "waits_for": run.waits_for,
        "url": reverse("api:run-detail", args=[run.pk]) if run.pk else None,
    }


class RunFilter(django_filters.FilterSet):
    source = SourceFilter()
    state = Choices(choices=RunState.choices)

    class Meta:
        model = SyncRun
        fields: list[str] = []


class RunSerializer(RunShape):
    def to_representation(self, instance: SyncRun) -> dict[str, Any]:
        is_queued = instance.state == RunState.QUEUED
        place = queue_position(instance, self.queued) if is_queued else None
        return {**run_json(instance), "queue_position": place, "demo": bool(instance.source.demo)}

    @cached_property
    def queued(self) -> list[int]:
        """The ids of all queued runs, asked once, and only where an answer has one."""
        return list(SyncRun.objects.filter(state=RunState.QUEUED).values_list("pk", flat=True))


class RunViewSet(DemoMarked, ReadOnlyModelViewSet[SyncRun]):
    """The ledger of runs, newest first, failed and held ones included."""

    queryset = SyncRun.objects.select_related("source").defer("traceback").order_by("-pk")
    serializer_class = RunSerializer
    filterset_class = RunFilter
    lookup_value_regex = r"[0-9]{1,18}"
