"""Sources as JSON: how each one is doing, with attempt, complete reading and change apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django_q.models import Schedule
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.marks import DemoMarked
from projects.api.shapes import SourceShape
from projects.circuit import CLOSED, Circuit, circuit_json, states
from projects.figures import instant
from projects.models import Source


def next_runs() -> dict[str, datetime]:
    """When the schedule of each source is due next; a source without one is left out."""
    rows = Schedule.objects.filter(name__in=settings.INTERVAL_MINUTES).exclude(repeats=0)
    return {name: due for name, due in rows.values_list("name", "next_run") if due}


@dataclass(frozen=True)
class Clock:
    """When each source is read next, and whether the clock holds back; two queries for all sources."""

    due: dict[str, datetime] = field(default_factory=next_runs)
    circuits: dict[str, Circuit] = field(default_factory=states)

    def circuit(self, source: str) -> Circuit:
        return self.circuits.get(source, CLOSED)


def source_json(source: Any, clock: Clock) -> dict[str, Any]:
    """Needs a row of `Source.objects.for_sources_page()`."""
    return {
        "name": source.pk,
        "title": source.title,
        "url": source.entry_url or None,
        "state": source.state,
        "last_attempt": instant(source.last_attempt),
        "last_complete": instant(source.last_complete),
        "last_change": instant(source.last_change),
        "failure_streak": source.failure_streak,
        "circuit": circuit_json(clock.circuit(source.pk)),
        "next_run": instant(clock.due.get(source.pk)),
        "interval_minutes": settings.INTERVAL_MINUTES.get(source.pk),
        "demo": bool(source.demo),
    }


class SourceSerializer(SourceShape):
    def to_representation(self, instance: Source) -> dict[str, Any]:
        return source_json(instance, self.clock)

    @cached_property
    def clock(self) -> Clock:
        """Asked once for all sources of an answer: a list uses one serializer for its rows."""
        return Clock()


class SourceViewSet(DemoMarked, ReadOnlyModelViewSet[Source]):
    queryset = Source.objects.for_sources_page()
    serializer_class = SourceSerializer
    filter_backends: list[Any] = []
