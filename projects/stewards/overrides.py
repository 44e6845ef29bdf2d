"""A steward's corrections: made, undone, run out, and what becomes of them when the source speaks again.

The project's column holds the corrected value, the override the source's. Whoever writes takes his locks in
one order: the project, its overrides, the head of the log's chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.utils import timezone

from projects.fields import BY_NAME
from projects.flags import keeping as flags
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import Cause, ChangeType, Municipality, Override, OverrideState, Project
from projects.stewards.values import CORRECTABLE, canonical, read, typed
from projects.wording.phrases import label, shown

Values = dict[str, Any]  # field → canonical value


class CorrectionRefused(ValueError):
    """The correction cannot be made or undone; the message is a sentence for the steward.

    `about`: the term of the correction that it is about, where that is not its value.
    """

    def __init__(self, sentence: str, about: str = "") -> None:
        super().__init__(sentence)
        self.about = about


def correct(
    project: Project,
    field: str,
    text: str,
    *,
    reason: str,
    user: AbstractBaseUser | AnonymousUser | None,
    expires_at: datetime | None = None,
) -> Override:
    """Put what a steward typed in the place of what the source says, until undone or `expires_at` (aware).

    A correction of the municipality corrects the municipalities and the province with it. One that is in
    force on the field is replaced. Raises NotAValue, CorrectionRefused.
    """
    value, now = _terms(field, text, reason, expires_at), timezone.now()
    with transaction.atomic():
        project = _locked(project.pk)
        plan = _plan(project, _active(project), field, value)
        _end(plan.replaced, OverrideState.UNDONE, now)
        terms = {"reason": reason.strip(), "made_by_id": user and user.pk, "expires_at": expires_at}
        made = Override.objects.bulk_create(
            Override(
                project=project,
                field=name,
                value=corrected,
                source_value=plan.from_source[name],
                source_value_then=plan.from_source[name],
                made_at=now,
                **terms,
            )
            for name, corrected in plan.wanted.items()
        )
        back = {override.field: override.source_value for override in plan.replaced}
        _show(project, back | plan.wanted, plan.before, "corrected", now)
    return made[0]


def hold(projects: Iterable[int]) -> None:
    """Take the locks of several corrections of one transaction, before the first of them locks the log."""
    pks = sorted(set(projects))
    list(Project.everything.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    active = Override.objects.select_for_update().active().filter(project__in=pks)
    list(active.order_by("id").values_list("pk"))


def rehearse(project: Project, field: str, text: str, reason: str, expires_at: datetime | None) -> None:
    """Raises what `correct` would, and does nothing."""
    active = list(Override.objects.active().filter(project=project))
    _plan(project, active, field, _terms(field, text, reason, expires_at))


@dataclass(slots=True)
class _Plan:
    """What a correction takes: the values shown before, what the source says, what is corrected to what,
    and the corrections that it takes the place of.
    """

    before: Values
    from_source: Values
    wanted: Values
    replaced: list[Override]


def _plan(project: Project, active: list[Override], field: str, value: Any) -> _Plan:
    before = {name: _shown(project, name) for name in (*CORRECTABLE, "municipalities")}
    from_source = before | {override.field: override.source_value for override in active}
    if value == before[field]:
        raise CorrectionRefused(f"{label(field)} is {shown(field, value)} already.")
    if value == from_source[field]:
        raise CorrectionRefused("That is what the source says itself: undo the correction instead.")
    wanted = {field: value} | _companions(field, value, from_source)
    # what came with the last correction of a municipality goes with it
    strokes = {override.made_at for override in active if override.field == field == "municipality"}
    replaced = [o for o in active if o.field in wanted or o.made_at in strokes]
    return _Plan(before, from_source, wanted, replaced)


def _terms(field: str, text: str, reason: str, expires_at: datetime | None) -> Any:
    """The canonical value, where the correction can be made as far as can be seen without the project."""
    if not reason.strip():
        raise CorrectionRefused("A correction needs a reason.", "reason")
    if expires_at is not None and expires_at <= timezone.now():
        raise CorrectionRefused("The correction would have run out already.", "until")
    return read(field, text)


def undo(override: Override, user: AbstractBaseUser | AnonymousUser | None) -> None:
    """Show again what the source says now; those that were made in one stroke are undone in one.

    Raises CorrectionRefused when it is not in force any more.
    """
    with transaction.atomic():
        project = _locked(override.project_id)
        group = [o for o in _active(project) if o.made_at == override.made_at]
        if override.pk not in {o.pk for o in group}:
            raise CorrectionRefused(f"The correction of the {label(override.field).lower()} is not in force.")
        _take_back(project, group, OverrideState.UNDONE, timezone.now())
    if user and user.pk:
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


def settle(override: Override, source_value: Any, now: datetime, *, is_reread: bool = False) -> bool:
    """Tell a correction in force (unsaved) what the source says now, canonical; whether that was news.

    The same as the correction: it has done its work and ends. Something else: a steward is to look, and so
    where its texts are only read otherwise (`is_reread`): that may be taken back, and they with it.
    """
    if source_value == override.source_value:
        return False
    before, after = shown(override.field, override.source_value), shown(override.field, source_value)
    override.source_value, override.noticed_at = source_value, override.noticed_at or now
    if source_value == override.value and is_reread:
        override.notice = f"The source is read otherwise: it says {after} too (before: {before})."
    elif source_value == override.value:
        override.state, override.ended_at = OverrideState.CAUGHT_UP, now
        override.notice = f"The source caught up: it says {after} too (before: {before})."
    else:
        override.notice = f"The source moved under the correction: from {before} to {after}."
    return True


def _locked(pk: int) -> Project:
    return Project.everything.select_for_update().get(pk=pk)


def _active(project: Project) -> list[Override]:
    return list(Override.objects.select_for_update().active().filter(project=project).order_by("id"))


def _companions(field: str, value: Any, from_source: Values) -> Values:
    """The fields that go with the one, where the source says otherwise. `said`: what the source says."""
    if field != "municipality":
        return {}
    place = Municipality.objects.filter(pk=value).first()
    if place is None:
        raise CorrectionRefused(f"There is no municipality with the code “{value}”.")
    shared = {*(from_source["municipalities"] or ())} - {from_source["municipality"]}
    wanted = {"municipalities": sorted({*shared, place.pk}), "province": place.province}
    return {name: corrected for name, corrected in wanted.items() if corrected != from_source[name]}


def _shown(project: Project, field: str) -> Any:
    if field == "municipalities":
        return sorted(place.pk for place in project.municipalities.all())
    return canonical(getattr(project, BY_NAME[field].column))


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
        override.noticed_at = now if override.notice else None
        override.save(update_fields=["state", "ended_at", "notice", "noticed_at"])


def _show(project: Project, values: Values, before: Values, step: str, now: datetime) -> None:
    """Write the values into the project's columns, and the step into the log."""
    changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    for name, value in values.items():
        if name == "municipalities":
            project.municipalities.set(value or [])
        else:
            setattr(project, BY_NAME[name].column, typed(name, value))
    project.last_changed_at = now
    columns = [name for name in values if name != "municipalities"]
    project.save(update_fields=[*columns, "search_text", "last_changed_at"])
    if changes:
        log.append([_entry(project, changes, step)])
        flags.renew({project.pk: Cause.STEWARD})


def _entry(project: Project, changes: dict[str, list[Any]], step: str) -> Entry:
    places = sorted(project.municipalities.values_list("pk", flat=True))
    return Entry.of_project(project, ChangeType.UPDATED, changes, places, cause=Cause.STEWARD, step=step)
