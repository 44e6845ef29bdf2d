"""Sources as JSON: how each one is doing, with attempt, complete reading and change apart."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.marks import DemoMarked
from projects.api.shapes import SourceShape
from projects.circuit import circuit_json
from projects.figures import instant
from projects.health_sources import Clock, sources
from projects.models import Source, SyncRun


def source_json(source: Any, clock: Clock) -> dict[str, Any]:
    """Needs a row of `projects.health_sources.sources()`."""
    facts = clock.facts(source)
    return {
        "name": source.pk,
        "title": source.title,
        "url": source.entry_url or None,
        "state": facts.state,
        "last_attempt": instant(facts.last_attempt),
        "last_complete": instant(facts.last_complete),
        "last_change": instant(facts.last_change),
        "failure_streak": facts.failure_streak,
        "down_since": instant(facts.down_since),
        "circuit": circuit_json(facts.circuit),
        "next_run": instant(facts.next_run),
        "interval_minutes": facts.interval_minutes,
        "last_duration_s": facts.last_duration_s,
        "stale": facts.stale,
        "stale_since": instant(facts.stale_since),
        "stale_after_s": facts.stale_after_s,
        "active_run": _active(facts.active, clock),
        "held_run": facts.held.pk if facts.held else None,
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
