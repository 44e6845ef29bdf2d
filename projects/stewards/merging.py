"""Two records that are one project: merged by a steward, and undone; never by itself.

The merged record leaves every list, sum and search, its numbers lead to the survivor, and its page too. Its
row stays under what its source says: a poll goes on to know it, so that it neither creates it anew nor tells
of it. Whoever writes takes his locks in one order: the projects, the head of the log's chain.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from projects.flags import keeping as flags
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import Cause, ChangeType, Distinct, Flag, Identity, Merge, Project

User = Any  # of `request.user`, or None


class MergeRefused(ValueError):
    """The projects cannot be merged or taken apart; the message is a sentence for the steward."""


def refusal(survivor: Project, merged: Project) -> str:
    """Why the two cannot be merged, in a sentence; "" where they can."""
    if survivor.pk == merged.pk:
        return "A project cannot be merged with itself."
    if survivor.source_id != merged.source_id:
        return "They are of two sources: only projects of one source are merged."
    for project in (survivor, merged):
        if project.merged_into_id:
            return f"{project.external_id} was merged already; undo that first."
    return ""


def merge(survivor: Project, merged: Project, *, reason: str, user: User) -> Merge:
    """Make one project of two: `merged` is `survivor` from now on. Raises MergeRefused."""
    _require(reason)
    with transaction.atomic():
        survivor, merged = _locked(survivor.pk, merged.pk)
        if problem := refusal(survivor, merged):
            raise MergeRefused(problem)
        numbers = list(merged.identities.order_by("pk").values_list("external_id", flat=True))
        made = Merge.objects.create(
            survivor=survivor,
            merged=merged,
            reason=reason.strip(),
            identities=numbers,
            made_by_id=user and user.pk,
            made_at=timezone.now(),
        )
        merged.identities.update(project=survivor)
        Project.everything.filter(pk=merged.pk).update(merged_into=survivor)
        into = [None, survivor.external_id]
        log.append([_entry(merged, ChangeType.MERGED, into, reason)])
        Flag.objects.filter(project=merged).delete()
    return made


def undo(row: Merge, *, reason: str, user: User) -> None:
    """Take the two apart again: the merged one is a project of its own, with its numbers and all that its
    source said of it meanwhile. Raises MergeRefused."""
    _require(reason)
    with transaction.atomic():
        survivor, merged = _locked(row.survivor_id, row.merged_id)
        row = Merge.objects.select_for_update().get(pk=row.pk)
        if not row.is_in_force:
            raise MergeRefused("That merge was undone already.")
        if hasattr(row, "undoes"):
            raise MergeRefused("It undid a split: split the record again instead.")
        if survivor.merged_into_id:
            raise MergeRefused(f"{survivor.external_id} was merged itself since; undo that first.")
        row.undone_at, row.undone_by_id, row.undo_reason = timezone.now(), user and user.pk, reason.strip()
        row.save(update_fields=["undone_at", "undone_by", "undo_reason"])
        numbers = Identity.objects.filter(source=merged.source_id, external_id__in=row.identities)
        numbers.update(project=merged)
        Project.everything.filter(pk=merged.pk).update(merged_into=None)
        log.append([_entry(merged, ChangeType.SPLIT, [survivor.external_id, None], reason)])
        flags.renew({merged.pk: None})  # what it is again is no news


def keep_apart(one: Project, other: Project, *, reason: str, user: User) -> Distinct:
    """Say that two projects that look like one are two. Raises MergeRefused."""
    _require(reason)
    first, second = sorted((one.pk, other.pk))
    if first == second:
        raise MergeRefused("Choose two projects.")
    said = {"reason": reason.strip(), "said_by_id": user and user.pk}
    return Distinct.objects.get_or_create(one_id=first, other_id=second, defaults=said)[0]


def _require(reason: str) -> None:
    if not reason.strip():
        raise MergeRefused("Say why: the reason is kept, and shown to everybody.")


def _locked(survivor: int, merged: int) -> tuple[Project, Project]:
    """Both, locked in the order of their ids, whichever is which."""
    rows = Project.everything.select_for_update().filter(pk__in=(survivor, merged)).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[survivor], found[merged]


def _entry(project: Project, change_type: str, into: list[Any], reason: str) -> Entry:
    changes = {"merged_into": into, "reason": [None, reason.strip()]}
    places = sorted(project.municipalities.values_list("pk", flat=True))
    return Entry.of_project(project, change_type, changes, places, cause=Cause.MERGE)


__all__ = ["MergeRefused", "keep_apart", "merge", "refusal", "undo"]
