"""The shapes of the answers, for the OpenAPI document. A test holds them to what is really answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from projects.models import (
    Municipality,
    Province,
    RunState,
)


def _text(null: bool = True) -> Any:
    return s.CharField(allow_null=null)


def _rand() -> Any:
    return s.DecimalField(20, 2, allow_null=True, help_text="rand")


def _when(null: bool = False) -> Any:
    return s.DateTimeField(allow_null=null)


def _pairs(help_text: str) -> Any:
    return s.DictField(child=s.ListField(min_length=2, max_length=2), help_text=help_text)


class ListingShape(s.Serializer[Any]):
    source = _text(null=False)
    name = _text(null=False)
    projects = s.IntegerField(allow_null=True)
    value = _rand()
    published = s.DictField(child=s.CharField())
    issues = s.ListField()
    is_listed = s.BooleanField(help_text="false: the figures are the last that the source published")
    unlisted_since = s.DateTimeField(
        allow_null=True, help_text="when a complete reading first was without the line"
    )
    first_seen_at = _when()
    last_changed_at = _when()
    url = _text()
    demo = s.BooleanField()


class OwnSumsShape(s.Serializer[Any]):
    projects = s.IntegerField()
    budget = _rand()
    budgets = s.IntegerField(help_text="how many of the projects publish one")
    expenditure = _rand()
    expenditures = s.IntegerField(help_text="how many of the projects publish one")


class MunicipalitySideShape(s.Serializer[Any]):
    source = _text(null=False)
    listing = ListingShape(allow_null=True, help_text="as this source publishes the municipality as a whole")
    own = OwnSumsShape(help_text="our own sums over this source's projects")


class MunicipalityShape(s.Serializer[Any]):
    code = _text(null=False)
    name = _text(null=False)
    province = s.ChoiceField(Province.choices)
    category = s.ChoiceField(Municipality.Category.choices)
    district = _text()
    population_2016 = s.IntegerField(allow_null=True)
    area_km2 = s.DecimalField(10, 2, allow_null=True)
    latitude = s.FloatField(allow_null=True)
    longitude = s.FloatField(allow_null=True)
    place_name = s.CharField(allow_null=True, help_text="the town at the point; © GeoNames, CC BY 4.0")
    listing = ListingShape(allow_null=True, help_text="as DWS, the first source, publishes it as a whole")
    own = OwnSumsShape(
        help_text="our own sums over the projects that we read; one that two sources list counts for each"
    )
    sources = MunicipalitySideShape(many=True, help_text="the same source by source")
    finances = s.CharField(help_text="address of what it reports to National Treasury on water")
    demo = s.BooleanField()


class CircuitShape(s.Serializer[Any]):
    open = s.BooleanField(help_text="five runs in a row failed: the clock asks less and less often")
    failures = s.IntegerField(help_text="failed runs since one last read the source")
    next_probe = s.DateTimeField(allow_null=True, help_text="when the clock tries again; null while closed")


class ActiveRunShape(s.Serializer[Any]):
    id = s.IntegerField()
    state = s.ChoiceField(RunState.choices)
    waits_for = s.ListField(child=s.IntegerField(), help_text="ids of the runs that have to end first")
    queue_position = s.IntegerField(allow_null=True, help_text="1: the next; null: not queued")


class SourceShape(s.Serializer[Any]):
    name = _text(null=False)
    title = _text(null=False)
    url = _text()
    state = s.ChoiceField(RunState.choices, allow_null=True, help_text="of its newest run")
    last_attempt = _when(null=True)
    last_complete = _when(null=True)
    last_change = _when(null=True)
    failure_streak = s.IntegerField()
    down_since = s.DateTimeField(allow_null=True, help_text="when the present row of failures began")
    circuit = CircuitShape()
    next_run = _when(null=True)
    interval_minutes = s.IntegerField(allow_null=True)
    last_duration_s = s.FloatField(allow_null=True, help_text="of the newest run that ended")
    stale = s.BooleanField(help_text="no complete reading was believed for longer than stale_after_s")
    stale_since = _when(null=True)
    stale_after_s = s.FloatField(
        allow_null=True, help_text="3 times the interval or the last complete run, whichever is longer"
    )
    active_run = ActiveRunShape(allow_null=True, help_text="the queued or running one")
    held_run = s.IntegerField(allow_null=True, help_text="the run that waits for a steward")
    demo = s.BooleanField()
