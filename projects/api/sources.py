"""Sources as JSON: how each one is doing, with attempt, complete reading and change apart."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rest_framework import serializers as s
from rest_framework.viewsets import ReadOnlyModelViewSet

from projects.api.answers import Answer, text
from projects.api.objects import ObjectFiles
from projects.api.tables import ListFiles
from projects.health.sources import Clock, SourceFacts, sources
from projects.models import RunState, Source


class CircuitShape(Answer):
    open = s.BooleanField(help_text="five runs in a row failed: the clock asks less and less often")
    failures = s.IntegerField(help_text="failed runs since one last read the source")
    next_probe = s.DateTimeField(allow_null=True, help_text="when the clock tries again; null while closed")


# The facts of a source that `health --json` tells, too.
class FactsShape(Answer):
    state = s.ChoiceField(RunState.choices, allow_null=True, help_text="of its newest run")
    last_attempt = s.DateTimeField(allow_null=True)
    last_complete = s.DateTimeField(allow_null=True, help_text="read whole, and every count of the site met")
    last_whole = s.DateTimeField(allow_null=True, help_text="every list was read, whether or not it adds up")
    last_change = s.DateTimeField(allow_null=True)
    failure_streak = s.IntegerField()
    down_since = s.DateTimeField(allow_null=True, help_text="when the present row of failures began")
    circuit = CircuitShape()
    next_run = s.DateTimeField(allow_null=True)
    interval_minutes = s.IntegerField(allow_null=True)
    last_duration_s = s.FloatField(allow_null=True, help_text="of the newest run that ended")
    stale = s.BooleanField(help_text="no whole reading was believed for longer than stale_after_s")
    stale_since = s.DateTimeField(allow_null=True)
    stale_after_s = s.FloatField(
        allow_null=True, help_text="3 times the interval or the last whole run, whichever is longer"
    )
    held_run = s.IntegerField(source="*", allow_null=True, help_text="the run that waits for a steward")

    def derive(self, facts: SourceFacts) -> dict[str, Any]:
        return {"held_run": facts.held.pk if facts.held else None}


class NamedShape(Answer):
    name = s.CharField()
    title = s.CharField()
    url = text()


class ActiveRunShape(Answer):
    id = s.IntegerField()
    state = s.ChoiceField(RunState.choices)
    waits_for = s.ListField(child=s.IntegerField(), help_text="ids of the runs that have to end first")
    queue_position = s.IntegerField(allow_null=True, help_text="1: the next; null: not queued")


# Needs rows of `projects.health.sources.sources()`. What it is called stands before its facts.
class SourceSerializer(NamedShape, FactsShape):
    active_run = ActiveRunShape(source="active", allow_null=True, help_text="the queued or running one")
    demo = s.BooleanField()

    def to_representation(self, instance: Source) -> dict[str, Any]:
        return super().to_representation(self.clock.facts(instance))

    @cached_property
    def clock(self) -> Clock:
        """Asked once for all sources of an answer: a list uses one serializer for its rows."""
        return Clock()


class SourceViewSet(ObjectFiles, ListFiles, ReadOnlyModelViewSet[Source]):
    queryset = sources()
    serializer_class = SourceSerializer
    filter_backends: list[Any] = []
    file_name = "sources"
    lookup_value_regex = r"[-a-zA-Z0-9_]+"

    def require_open(self, rows: Any) -> None:
        """How a source is doing is our own knowledge."""
