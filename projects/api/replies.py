"""What those who are concerned answer, as JSON: in the object that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rest_framework import serializers as s

from projects.api.answers import Answer, text
from projects.models import EntityType, merged_from
from projects.stewards.replies import standing

ABOUT = "what those who are concerned answer, as it stands; the log has each step"


# Of a row of `Reply`.
class ReplyShape(Answer):
    id = s.IntegerField()
    field = text(help_text="the field that it answers, or `flag.` and the flag; null: all of the object")
    who = s.CharField()
    role = s.CharField(help_text="in which role")
    date = s.DateField(source="said_on")
    source = s.CharField(help_text="how it came")  # type: ignore[assignment]
    link = text(help_text="the document, where it is online")
    text = s.CharField()
    entered_at = s.DateTimeField()
    replaces = s.IntegerField(
        source="replaces_id", allow_null=True, help_text="the answer that it puts right, which is in the log"
    )
    change = s.IntegerField(source="change_id", help_text="the change that says it")


def replies_of_project(project_id: int, at: datetime | None = None) -> list[dict[str, Any]]:
    """Those that stand, or stood at a past moment; of what was merged into the project, too."""
    ids = [project_id, *merged_from(project_id, at)]
    rows = standing(EntityType.PROJECT, ids, at)
    return [ReplyShape().to_representation(row) for pk in ids for row in rows.get(pk, ())]


def give_replies(rows: Iterable[Any], entity_type: str) -> None:
    """Give each row its `replies`; one query."""
    known = list(rows)
    found = standing(entity_type, [row.pk for row in known]) if known else {}
    for row in known:
        row.replies = found.get(row.pk, [])


__all__ = ["ABOUT", "ReplyShape", "give_replies", "replies_of_project"]
