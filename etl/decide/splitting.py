"""One record that is really two: a reading took a project for a known one of another name or place, and a
steward knows better. Split at the change with which that happened, and undone.

What the source says now goes to a record of its own; the known one says again what it said before, and goes
missing when a complete reading does not list it. Whose rows are whose is judged by what each says, so the
next reading finds the two as it finds any other. The log's row has what was set back: a replay takes it from
there. While one is split, its source is not read: a reading that began before would know of one alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from etl.normalise.records import digest_of
from etl.runs import lease
from etl.values.identifiers import is_unnumbered, number_within, told_apart
from projects.fields import BY_NAME, FIELDS
from projects.flags import keeping as flags
from projects.folding import folded
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import (
    Cause,
    ChangeType,
    DataChangeLog,
    Flag,
    Identity,
    Merge,
    Override,
    Presence,
    Project,
    Split,
    SyncRun,
)
from projects.stewards import merging
from projects.stewards.merging import MergeRefused
from projects.stewards.values import canonical, typed

_PLACES = "municipalities"
_MOVED = ("published", "page_labels", "other_texts", "issues", "lists", "url", "line_digest", "page_digest")
_LISTED = ("presence", "last_listed_at", "missing_run_id", "last_changed_run_id")
_COLUMNS = {field.name: field.column for field in FIELDS if field.is_column}


def recognitions(project: Project) -> list[DataChangeLog]:
    """The changes with which readings took what was new for this project, newest first; none where its
    source's own number says which project it is."""
    number = number_within(project.external_id)
    is_named = is_unnumbered(project.external_id)
    if not is_named and number == project.external_id:
        twins = Project.everything.filter(source=project.source_id, external_id__startswith=f"{number}~")
        if not twins.exists():
            return []
    telling = ["name", *([_PLACES] if is_named else [])]
    rows = DataChangeLog.objects.of_project(project.pk).filter(
        cause=Cause.SOURCE, change_type=ChangeType.UPDATED, field_changes__has_any_keys=telling
    )
    last = project.splits.in_force().order_by("-pk").values_list("logged", flat=True).first()
    return list(rows.filter(pk__gt=last or 0).order_by("-pk"))


def split(project: Project, change: int, *, reason: str, user: Any) -> Split:
    """Make two of one: what the source says since that change is of another project. Raises MergeRefused."""
    _require(reason)
    with transaction.atomic(), _unread(project.source_id):
        kept = Project.everything.select_for_update().get(pk=project.pk)
        row = _refusing(kept, change)
        made = _another(kept, row)
        changes, texts = _set_back(kept, row)
        _only_of_that_name(kept)
        merging.keep_apart(kept, made, reason=reason, user=user)
        said = {"reason": [None, reason.strip()]}
        off = {**changes, "split_off": [None, made.external_id], **said}
        new = {"split_from": [None, kept.external_id], **said}
        span = log.append([
            _entry(made, ChangeType.CREATED, {**_all_of(made), **new}),
            _entry(kept, ChangeType.SPLIT, off, texts),
        ])  # fmt: skip
        flags.renew({kept.pk: None, made.pk: None})  # what they are is no news
        return Split.objects.create(
            kept=kept,
            made=made,
            change=row,
            logged_id=span.last or 0,  # it wrote two rows
            reason=reason.strip(),
            made_by_id=user and user.pk,
            made_at=timezone.now(),
        )


def undo(row: Split, *, reason: str, user: Any) -> None:
    """They are one after all: the known record says again what the source says of the other, which is merged
    into it. Raises MergeRefused."""
    _require(reason)
    with transaction.atomic(), _unread(row.kept.source_id):
        both = Project.everything.select_for_update().filter(pk__in=(row.kept_id, row.made_id))
        found = both.order_by("pk").in_bulk()
        kept, made = found[row.kept_id], found[row.made_id]
        row = Split.objects.select_for_update().get(pk=row.pk)
        _refusing_undo(row, kept, made)
        before, places = copy(kept), _places(kept)
        Identity.objects.filter(project=made).delete()
        for column in (*_COLUMNS.values(), *_MOVED, *_LISTED):
            setattr(kept, column, getattr(made, column))
        kept.last_changed_at = timezone.now()
        kept.save()
        kept.municipalities.set(made.municipalities.all())
        Project.everything.filter(pk=made.pk).update(merged_into=kept)
        merge = Merge.objects.create(
            survivor=kept,
            merged=made,
            reason=reason.strip(),
            made_by_id=user and user.pk,
            made_at=timezone.now(),
        )
        said = {"reason": [None, reason.strip()]}
        into = {"merged_into": [None, kept.external_id], **said}
        changes, texts = _between(before, places, kept)
        span = log.append([
            _entry(made, ChangeType.MERGED, into),
            _entry(kept, _type_of(before, kept), changes | said, texts),
        ])  # fmt: skip
        Flag.objects.filter(project=made).delete()
        flags.renew({kept.pk: None})
        row.undone, row.undone_logged_id = merge, span.last
        row.save(update_fields=["undone", "undone_logged"])


def _require(reason: str) -> None:
    if not reason.strip():
        raise MergeRefused("Say why: the reason is kept, and shown to everybody.")


@contextmanager
def _unread(source: str) -> Iterator[None]:
    """Hold the source's one place for a run until the commit. Raises MergeRefused where it is taken."""
    refused = MergeRefused("Its source is being read just now: try again when that has ended.")
    if lease.active_run(source):
        raise refused
    try:
        with transaction.atomic():
            place = SyncRun.objects.create(source_id=source, trigger=SyncRun.Trigger.COMMAND)
    except IntegrityError:
        raise refused from None
    yield
    place.delete()


def _refusing(project: Project, change: int) -> DataChangeLog:
    """The change, where the project can be split there. Raises MergeRefused."""
    if project.presence != Presence.PRESENT:
        raise MergeRefused("Its source does not list it now: there is nothing that another record would say.")
    _free(project)
    for row in recognitions(project):
        if row.pk == change:
            return row
    raise MergeRefused("At that change no reading took another project for this one.")


def _free(project: Project) -> None:
    """Raises MergeRefused where a merge or a correction hangs on it."""
    if project.merged_into_id or Merge.objects.in_force().filter(survivor=project, undoes=None).exists():
        raise MergeRefused(f"{project.external_id} is merged with another record: undo that first.")
    if Override.objects.active().filter(project=project).exists():
        raise MergeRefused(f"{project.external_id} has corrections: undo them first.")


def _refusing_undo(row: Split, kept: Project, made: Project) -> None:
    if not row.is_in_force:
        raise MergeRefused("That was undone already.")
    _free(kept)
    _free(made)
    if made.splits.in_force().exists() or kept.splits.in_force().filter(pk__gt=row.pk).exists():
        raise MergeRefused("One of them was split again since: undo that first.")
    if kept.presence == Presence.PRESENT and kept.line_digest:
        raise MergeRefused("The source lists both by now: they are two records of its own.")


def _only_of_that_name(kept: Project) -> None:
    """Raises MergeRefused where another record has its name and place by now: which is which could not be
    told."""
    others = Project.everything.filter(source=kept.source_id, municipality=kept.municipality_id)
    others = others.exclude(pk=kept.pk).exclude(identities=None)
    name = folded(kept.name or "")
    for number, other in others.values_list("external_id", "name"):
        if folded(other or "") == name:
            raise MergeRefused(f"Another record has its name of before, and its place: {number}.")


def _another(kept: Project, change: DataChangeLog) -> Project:
    """The record of what the source says now."""
    columns = [column.attname for column in Project._meta.concrete_fields if not column.primary_key]
    made, now = Project(**{name: getattr(kept, name) for name in columns}), timezone.now()
    digest = digest_of({"split": change.pk, "at": now.isoformat()})
    made.external_id = told_apart(number_within(kept.external_id), digest)
    made.first_seen_at, made.last_changed_at = change.at, now
    made.save()
    made.municipalities.set(kept.municipalities.all())
    Identity.objects.create(source_id=kept.source_id, external_id=made.external_id, project=made)
    return made


def _set_back(kept: Project, change: DataChangeLog) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let the record say what it said before the change; the fields and the texts that are otherwise then.

    What our own reading of it learnt since stays: only what the source changed is taken back.
    """
    since = DataChangeLog.objects.of_project(kept.pk).filter(pk__gte=change.pk)
    # what an undone split brought back was the source's, too
    rejoined = Q(cause=Cause.MERGE, change_type__in=[ChangeType.UPDATED, ChangeType.RETURNED])
    rows = since.filter(Q(cause=Cause.SOURCE) | rejoined)
    values: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for row in rows.order_by("pk"):
        for name, (old, _) in row.field_changes.items():
            if name in BY_NAME:
                values.setdefault(name, old)
            elif name.startswith("published."):
                texts.setdefault(name.removeprefix("published."), old)
        for label, (old, _) in row.evidence.items():
            texts.setdefault(label, old)
    before, places = copy(kept), _places(kept)
    for name in values.keys() & _COLUMNS.keys():
        setattr(kept, _COLUMNS[name], typed(name, values[name]))
    if _PLACES in values:
        kept.municipalities.set(values[_PLACES] or [])
    said = {label: text for label, text in kept.published.items() if texts.get(label, text) is not None}
    kept.published = said | {label: text for label, text in texts.items() if text is not None}
    kept.page_labels = [label for label in kept.page_labels if label in kept.published]
    kept.issues = [i for i in kept.issues if kept.published.get(i.get("label")) == i.get("text")]
    kept.other_texts, kept.url, kept.line_digest, kept.page_digest = {}, "", "", ""
    kept.last_changed_at = timezone.now()
    kept.save()
    return _between(before, places, kept)


def _places(project: Project) -> list[str]:
    return sorted(project.municipalities.values_list("pk", flat=True))


def _all_of(project: Project) -> dict[str, list[Any]]:
    now = {name: canonical(getattr(project, column)) for name, column in _COLUMNS.items()}
    now[_PLACES] = _places(project) or None
    return {name: [None, value] for name, value in now.items() if value is not None}


def _between(
    before: Project, places: list[str], after: Project
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """{field: [old, new]} and {label: [old, new]} of what is otherwise."""
    pairs = {
        name: [canonical(getattr(before, column)), canonical(getattr(after, column))]
        for name, column in _COLUMNS.items()
    }
    pairs[_PLACES] = [places, _places(after)]
    if before.presence != after.presence:
        pairs["presence"] = [before.presence, after.presence]
    labels = sorted(before.published.keys() | after.published.keys())
    texts = {label: [before.published.get(label), after.published.get(label)] for label in labels}
    return tuple({k: pair for k, pair in said.items() if pair[0] != pair[1]} for said in (pairs, texts))  # type: ignore[return-value]


def _type_of(before: Project, after: Project) -> str:
    returns = before.presence != Presence.PRESENT and after.presence == Presence.PRESENT
    return ChangeType.RETURNED if returns else ChangeType.UPDATED


def _entry(
    project: Project, change_type: str, changes: dict[str, Any], texts: dict[str, Any] | None = None
) -> Entry:
    places = _places(project)
    return Entry.of_project(project, change_type, changes, places, cause=Cause.MERGE, evidence=texts or {})


__all__ = ["recognitions", "split", "undo"]
