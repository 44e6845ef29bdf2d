"""Sources as JSON: how each one is doing, with attempt, complete reading and change apart."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.marks import DemoMarked
from projects.api.shapes import SourceShape
from projects.health.sources import Clock, facts_json, sources
from projects.models import Source, SyncRun


def source_json(source: Any, clock: Clock) -> dict[str, Any]:
    """Needs a row of `projects.health.sources.sources()`."""
    facts = clock.facts(source)
    return {
        "name": source.pk,
        "title": source.title,
        "url": source.entry_url or None,
        **facts_json(facts),
        "active_run": _active(facts.active, clock),
        "demo": bool(source.demo),
    }


def _active(run: SyncRun | None, clock: Clock) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "id": run.pk,
        "state": str(run.state),
        "waits_for": run.waits_for,
        "queue_position": clock.queue_position(run),
    }


class SourceSerializer(SourceShape):
    def to_representation(self, instance: Source) -> dict[str, Any]:
        return source_json(instance, self.clock)

    @cached_property
    def clock(self) -> Clock:
        """Asked once for all sources of an answer: a list uses one serializer for its rows."""
        return Clock()


class SourceViewSet(DemoMarked, ReadOnlyModelViewSet[Source]):
    queryset = sources()
    serializer_class = SourceSerializer
    filter_backends: list[Any] = []
    lookup_value_regex = r"[-a-zA-Z0-9_]+"
