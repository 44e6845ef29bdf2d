"""What the record has of a project, as the API gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.db.models.functions import Coalesce
from rest_framework import serializers as s

from projects.api.answers import Answer, rand, text, texts
from projects.api.corrections import CorrectionShape
from projects.fields import FIELDS, Field, Kind, of
from projects.models import AreaReading, Presence, Province, Source, Status
from projects.wording.figures import instant


@dataclass(frozen=True, slots=True)
class LastWhole:
    """When each source was last read whole; `areas`: (source, code) → when that was, where the last reading
    leaves open what the area holds."""

    sources: Mapping[str, datetime | None]
    areas: Mapping[tuple[str, str], datetime | None]

    def of(self, project: Any) -> datetime | None:
        """When a listed project was last known to be listed by a reading that would have missed it."""
        source = project.source_id
        known = [self.sources.get(source)]
        if self.areas:
            keys = ((source, place.pk) for place in project.municipalities.all())
            known += [self.areas[key] for key in keys if key in self.areas]
        return None if None in known else min(filter(None, known))


def last_whole(until: datetime | None = None) -> LastWhole:
    """For a whole page of projects; `until`: as of that moment."""
    sources = dict(Source.objects.last_whole(until).values_list("name", "last_whole"))
    rows = AreaReading.objects.all()
    if until is not None:
        rows = rows.filter(run__finished_at__lte=until)
    doubtful = list(rows.newest().doubtful().values_list("source", "area"))
    if not doubtful:
        return LastWhole(sources, {})
    names, codes = zip(*doubtful, strict=True)
    whole = rows.filter(source__in=names, area__in=codes, concludes=True, is_loaded=True).newest()
    seen = whole.annotate(by=Coalesce("last_run__read_at", "last_run__finished_at"))
    dates = {(name, code): by for name, code, by in seen.values_list("source", "area", "by")}
    return LastWhole(sources, {key: dates.get(key) for key in doubtful})


_TYPED: dict[Kind, Callable[..., Any]] = {
    Kind.TEXT: text,
    Kind.MONEY: rand,
    Kind.PERCENT: partial(s.DecimalField, 5, 2, allow_null=True, help_text="0 to 100"),
    Kind.COUNT: partial(s.IntegerField, allow_null=True),
    Kind.DATE: partial(s.DateField, allow_null=True),
    Kind.DEGREES: partial(s.FloatField, allow_null=True),
    Kind.STATUS: partial(s.ChoiceField, Status.choices, allow_null=True),
    Kind.PROGRAMME: text,
    Kind.PROJECT_TYPE: text,
    Kind.PROVINCE: partial(s.ChoiceField, Province.choices, allow_null=True),
    Kind.PLACE: partial(text, help_text="Demarcation Board code"),
    Kind.PLACES: partial(texts, source="*"),
}


def _typed(field: Field) -> Any:
    given = {} if field.column == field.name else {"source": field.column}
    return _TYPED[field.kind](**given)


# Needs rows of `Project.objects.for_api()` and, as the context's `whole`, what `last_whole` says.
class ProjectShape(Answer):
    id = s.IntegerField()
    source = s.CharField(source="source_id")  # type: ignore[assignment]
    external_id = s.CharField()
    published = s.DictField(child=s.CharField(), help_text="every string of the source, by its label")
    presence = s.ChoiceField(Presence.choices)
    first_seen_at = s.DateTimeField()
    last_seen_at = s.DateTimeField(source="*", allow_null=True)
    last_changed_at = s.DateTimeField()
    overridden = texts(source="*", help_text="fields that a steward corrected")
    issues = s.ListField(help_text="what was published but could not be read")
    url = text()
    demo = s.BooleanField(source="source.demo", help_text="from the replica, not real")

    def get_fields(self) -> dict[str, Any]:
        """The typed fields stand behind what the project is known by."""
        declared = super().get_fields()
        known_by = {name: declared.pop(name) for name in ("id", "source", "external_id")}
        return known_by | {field.name: _typed(field) for field in FIELDS} | declared

    def derive(self, row: Any) -> dict[str, Any]:
        return {
            **{name: sorted(place.pk for place in getattr(row, name).all()) for name in _PLACES},
            "last_seen_at": instant(last_seen_at(row, self.whole)),
            "overridden": [correction.field for correction in row.corrections],
        }

    @cached_property
    def whole(self) -> LastWhole:
        return self.context["whole"]


_PLACES = of(Kind.PLACES)


# The project's own page of the API adds these to a record, which as of a past day is no row.
class ProjectDetailShape(ProjectShape):
    overrides = CorrectionShape(many=True, help_text="the corrections in force")
    other_texts = s.DictField(
        child=s.CharField(),
        allow_null=True,
        help_text="{label: string} where the list's line and the project's own page differ: `published` has"
        " the one, this the other; null as of a past day",
    )


def project_writer(whole: LastWhole) -> Callable[[Any], dict[str, Any]]:
    """What makes the contract's project of a row of `Project.objects.for_api()`."""
    return ProjectShape(context={"whole": whole}).to_representation


def last_seen_at(project: Any, whole: LastWhole) -> datetime | None:
    """When the source last listed it: derived from the runs, so that a quiet run writes no project.

    Needs `Project.objects.with_last_read()`: what a steward corrected since then is no reading.
    """
    if project.presence != Presence.PRESENT:
        return project.last_listed_at
    return max(filter(None, (project.last_read, whole.of(project))), default=None)
