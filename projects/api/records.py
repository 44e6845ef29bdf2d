"""What the record has of a project, as the API gives it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from rest_framework import serializers as s

from projects.api.answers import Answer, rand, text, texts
from projects.api.corrections import CorrectionShape
from projects.api.replies import ABOUT, ReplyShape
from projects.fields import FIELDS, Field, Kind, of
from projects.models import Presence, Province, Status
from projects.models.area import LastWhole, last_seen_at, last_whole
from projects.wording.figures import instant
from projects.wording.flags import FLAGS, MEANINGS
from projects.wording.flags import sentence as flag_sentence

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


_FLAGS = " ".join(f"{flag}: {meaning}" for flag, meaning in MEANINGS.items())


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
    flags = s.ListField(child=s.ChoiceField(list(FLAGS.items())), source="*", help_text=_FLAGS)
    url = text()
    demo = s.BooleanField(source="source.demo", help_text="from the replica, not real")

    def get_fields(self) -> dict[str, Any]:
        """The typed fields stand behind what the project is known by."""
        declared = super().get_fields()
        known_by = {name: declared.pop(name) for name in ("id", "source", "external_id")}
        return known_by | {field.name: _typed(field) for field in FIELDS} | declared

    recorded = ("issues",)

    def derive(self, row: Any) -> dict[str, Any]:
        return {
            **{name: sorted(place.pk for place in getattr(row, name).all()) for name in _PLACES},
            "last_seen_at": instant(last_seen_at(row, self.whole)),
            "overridden": [correction.field for correction in row.corrections],
            "flags": [flag.flag for flag in row.raised],
        }

    @cached_property
    def whole(self) -> LastWhole:
        return self.context["whole"]


_PLACES = of(Kind.PLACES)


# Of a row of `Flag`; as of a past day of one that was never stored.
class FlagShape(Answer):
    flag = s.ChoiceField(list(FLAGS.items()))
    sentence = s.CharField(source="*")
    figures = s.DictField(help_text="those that the sentence rests on, spelt as in the log")
    raised_at = s.DateTimeField(allow_null=True, help_text="null as of a past day")

    def derive(self, row: Any) -> dict[str, Any]:
        return {"sentence": flag_sentence(row.flag, row.figures, self.context.get("today"))}


# Of {"flag", "count"}.
class FlagCountShape(s.Serializer[dict[str, Any]]):
    flag = s.ChoiceField(list(FLAGS.items()))
    called = s.CharField(source="flag")
    meaning = s.CharField(source="flag")
    count = s.IntegerField()

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        flag = instance["flag"]
        return {"flag": flag, "called": FLAGS[flag], "meaning": MEANINGS[flag], "count": instance["count"]}


# The project's own page of the API adds these to a record, which as of a past day is no row.
class ProjectDetailShape(ProjectShape):
    overrides = CorrectionShape(many=True, help_text="the corrections in force")
    replies = ReplyShape(many=True, help_text=ABOUT)
    flag_details = FlagShape(many=True, help_text="the flags with their figures")
    other_texts = s.DictField(
        child=s.CharField(),
        allow_null=True,
        help_text="{label: string} where the list's line and the project's own page differ: `published` has"
        " the one, this the other; null as of a past day",
    )


def project_writer(whole: LastWhole) -> Callable[[Any], dict[str, Any]]:
    """What makes the contract's project of a row of `Project.objects.for_api()`."""
    return ProjectShape(context={"whole": whole}).to_representation


__all__ = ["LastWhole", "ProjectDetailShape", "ProjectShape", "last_seen_at", "last_whole", "project_writer"]
