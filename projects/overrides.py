"""A steward's corrections: made, undone, run out, and what becomes of them when the source speaks again.

The project's column holds the corrected value, the override the source's. Whoever writes takes his locks in
one order: the project, its overrides, the head of the log's chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from projects import changelog
from projects.changelog import Entry
from projects.fieldvalues import CORRECTABLE, canonical, read, typed
from projects.models import Cause, ChangeType, EntityType, Municipality, Override, OverrideState, Project
from projects.phrases import label, shown

Values = dict[str, Any]  # field → canonical value

_COLUMN = {"municipality": "municipality_id"}


class CorrectionRefused(ValueError):
    """The correction cannot be made or undone; the message is a sentence for the steward."""


def correct(
    project: Project,
    field: str,
    text: str,
    *,
    reason: str,
    user: AbstractBaseUser | None,
    expires_at: datetime | None = None,
) -> Override:
    """Put what a steward typed in the place of what the source says, until undone or `expires_at` (aware).

    A correction of the municipality corrects the municipalities and the province with it. One that is in
    force on the field is replaced. Raises NotAValue, CorrectionRefused.
    """
    value, now = read(field, text), timezone.now()
    if not reason.strip():
        raise CorrectionRefused("A correction needs a reason.")
    if expires_at is not None and expires_at <= now:
        raise CorrectionRefused("The correction would have run out already.")
    with transaction.atomic():
        project = _locked(project.pk)
        replaced = _group(project, field)
        before = {name: _shown(project, name) for name in _ALL}
        if before[field] == value:
            raise CorrectionRefused(f"{label(field)} is {shown(field, value)} already.")
        said = before | {override.field: override.source_value for override in replaced}
        said |= {o.field: o.source_value for o in _others(project, replaced)}
        if said[field] == value:
            raise CorrectionRefused("That is what the source says itself: undo the correction instead.")
        _end(replaced, OverrideState.UNDONE, now)
        wanted = {field: value} | _companions(field, value, said)
        _end(Override.objects.active().filter(project=project, field__in=wanted), OverrideState.UNDONE, now)
        made = Override.objects.bulk_create(
            Override(
                project=project,
                field=name,
                value=corrected,
                source_value=said[name],
                source_value_then=said[name],
                reason=reason.strip(),
                made_by_id=user.pk if user else None,
                made_at=now,
                expires_at=expires_at,
            )
            for name, corrected in wanted.items()
        )
        _show(project, {o.field: o.source_value for o in replaced} | wanted, before, "corrected", now)
    return made[0]


def undo(override: Override, user: AbstractBaseUser | None) -> None:
    """Show again what the source says now; those that were made in one stroke are undone in one.

    Raises CorrectionRefused when it is not in force any more.
    """
    with transaction.atomic():
        project = _locked(override.project_id)
        group = [o for o in _active(project) if o.made_at == override.made_at]
        if override.pk not in {o.pk for o in group}:
            raise CorrectionRefused(f"The correction of the {label(override.field).lower()} is not in force.")
        _take_back(project, group, OverrideState.UNDONE, timezone.now())
    if user is not None:
        LogEntry.objects.log_actions(user.pk, [override], CHANGE, "Undone.", single_object=True)
    override.refresh_from_db()


def expire_due(now: datetime | None = None) -> int:
    """End the corrections whose time has come, each project's in a transaction of its own; how many.

    One query when there are none. Not to be called inside a load: it locks projects.
    """
    now, ended = now or timezone.now(), 0
    for project_id in sorted(set(Override.objects.due(now).values_list("project_id", flat=True))):
        with transaction.atomic():
            project = _locked(project_id)
            due = list(Override.objects.due(now).filter(project=project).order_by("id"))
            if due:
                _take_back(project, due, OverrideState.EXPIRED, now)
            ended += len(due)
    return ended


def settle(override: Override, source_value: Any, now: datetime) -> bool:
    """Tell a correction in force (unsaved) what the source says now, canonical; whether that was news.

    The same as the correction: it has done its work and ends. Something else: a steward is to look.
    """
    if source_value == override.source_value:
        return False
    before, after = shown(override.field, override.source_value), shown(override.field, source_value)
    override.source_value = source_value
    if source_value == override.value:
        override.state, override.ended_at = OverrideState.CAUGHT_UP, now
        override.notice = f"The source caught up: it says {after} too (before: {before})."
    else:
        override.notice = f"The source moved under the correction: from {before} to {after}."
    return True


_ALL = (*CORRECTABLE, "municipalities")


def _locked(pk: int) -> Project:
    return Project.objects.select_for_update().get(pk=pk)


def _active(project: Project) -> list[Override]:
    return list(Override.objects.select_for_update().active().filter(project=project).order_by("id"))


def _group(project: Project, field: str) -> list[Override]:
    """The correction in force of a field, with those that were made in the same stroke."""
    active = _active(project)
    strokes = {o.made_at for o in active if o.field == field}
    return [o for o in active if o.made_at in strokes]


def _others(project: Project, replaced: Iterable[Override]) -> list[Override]:
    gone = {o.pk for o in replaced}
    return [o for o in _active(project) if o.pk not in gone]


def _companions(field: str, value: Any, said: Values) -> Values:
    """The fields that go with the one, where the source says otherwise. `said`: what the source says."""
    if field != "municipality":
        return {}
    place = Municipality.objects.filter(pk=value).first()
    if place is None:
        raise CorrectionRefused(f"There is no municipality with the code “{value}”.")
    shared = {*(said["municipalities"] or ())} - {said["municipality"]}
    wanted = {"municipalities": sorted({*shared, place.pk}), "province": place.province}
    return {name: corrected for name, corrected in wanted.items() if corrected != said[name]}


def _shown(project: Project, field: str) -> Any:
    if field == "municipalities":
        return sorted(place.pk for place in project.municipalities.all())
    return canonical(getattr(project, _COLUMN.get(field, field)))


def _take_back(project: Project, group: list[Override], state: OverrideState, now: datetime) -> None:
    before = {override.field: override.value for override in group}
    _end(group, state, now)
    after = {override.field: override.source_value for override in group}
    _show(project, after, before, "undone" if state == OverrideState.UNDONE else "expired", now)


def _end(overrides: Iterable[Override], state: OverrideState, now: datetime) -> None:
    """Also takes the notice away: whoever ends a correction has looked at it; one that ran out is news."""
    for override in overrides:
        override.state, override.ended_at = state, now
        override.notice = "" if state == OverrideState.UNDONE else "The correction ran out."
        override.save(update_fields=["state", "ended_at", "notice"])


def _show(project: Project, values: Values, before: Values, step: str, now: datetime) -> None:
    """Write the values into the project's columns, and the step into the log."""
    told = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    for name, value in values.items():
        if name == "municipalities":
            project.municipalities.set(value or [])
        else:
            setattr(project, _COLUMN.get(name, name), typed(name, value))
    project.last_changed_at = now
    project.save(update_fields=[*(name for name in values if name != "municipalities"), "last_changed_at"])
    if told:
        changelog.append([_entry(project, told, step)])


def _entry(project: Project, told: dict[str, list[Any]], step: str) -> Entry:
    return Entry(
        entity_type=EntityType.PROJECT,
        entity_id=project.pk,
        external_id=project.external_id,
        name=project.name or "",
        source_id=project.source_id,
        change_type=ChangeType.UPDATED,
        cause=Cause.STEWARD,
        field_changes=told,
        municipality=project.municipality_id,
        municipalities=sorted(project.municipalities.values_list("pk", flat=True)),
        province=project.province,
        step=step,
    )
