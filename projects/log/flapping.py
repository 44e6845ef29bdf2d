"""What a site shows in turn, as two versions of it stand on two servers: from the third switch on no news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from projects.models import Cause, ChangeType, DataChangeLog

# So far back the log is read of each: one value may switch while others move beside it.
_REACH = 20
FieldChanges = Mapping[str, list[Any]]  # field → [old, new]


def flapping(entity_type: str, changes: Mapping[int, FieldChanges]) -> dict[int, list[str]]:
    """{entity id: the fields that switch between two values for the third time or more}, of changes that are
    about to be logged. One query, however many there are."""
    if not changes:
        return {}
    last: dict[tuple[int, str], list[list[Any]]] = {}
    for pk, earlier in _rows(entity_type, changes):
        for name in earlier.keys() & changes[pk].keys():
            last.setdefault((pk, name), []).append(earlier[name])
    found: dict[int, list[str]] = {}
    for pk, differing in changes.items():
        if names := [name for name, pair in differing.items() if _switches(pair, last.get((pk, name), []))]:
            found[pk] = names
    return found


def _rows(entity_type: str, changes: Mapping[int, FieldChanges]) -> Any:
    """(entity id, field changes) of the last rows of each, the newest first. What a steward corrected is not
    what the source said."""
    nth = Window(RowNumber(), partition_by=F("entity_id"), order_by=F("id").desc())
    rows = DataChangeLog.objects.filter(entity_type=entity_type, entity_id__in=list(changes))
    said = rows.exclude(cause=Cause.STEWARD).exclude(change_type=ChangeType.CREATED)
    return (
        said.annotate(nth=nth)
        .filter(nth__lte=_REACH)
        .order_by("-id")
        .values_list("entity_id", "field_changes")
        .iterator(chunk_size=2000)
    )


def _switches(pair: list[Any], last: list[list[Any]]) -> bool:
    """Whether a change is to the value of before last, and so were those before it. `last`: newest first."""
    old, new = pair
    return last[:2] == [[new, old], [old, new]]
