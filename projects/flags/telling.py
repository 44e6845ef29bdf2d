"""Once a day: time raises and lowers flags, too, and the log says of all that moved since it last did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from projects.flags.facts import flags_now, here
from projects.flags.keeping import BATCH, catch_up, differs, kept, parts, renew
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import Cause, ChainHead, ChangeType, Flag, FlagRules, Project
from projects.wording.flag_rules import field_changes
from projects.wording.phrases import plural

_AT_ONCE = 500  # projects a transaction


def told() -> str:
    """The scheduled task; its result is a sentence."""
    return f"{plural(tell(), 'project')}: flags raised or lowered"


def tell() -> int:
    """Write to the log which flags were raised and lowered; of how many projects. Twice is once.

    A project that somebody is writing at this moment is left for the next time.
    """
    catch_up()
    pks = list(Project.objects.order_by("pk").values_list("pk", flat=True))
    moved: list[int] = []
    for some in parts(pks, BATCH):
        wanted, known = flags_now(some), kept(some)
        moved += [pk for pk in some if differs(wanted.get(pk, {}), known.get(pk, {}))]
    return sum(_tell_of(some) for some in parts(moved, _AT_ONCE))


def _tell_of(pks: Sequence[int]) -> int:
    """In one transaction; locks are taken as by all who write: the projects, then the head of the chain."""
    with transaction.atomic():
        locked = Project.objects.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
        own = list(locked.filter(pk__in=pks).values_list("pk", flat=True))
        ChainHead.objects.select_for_update().get(pk=1)
        renew(dict.fromkeys(own, Cause.SOURCE))
        # Figures move, and what was never told is dropped, without a row of the log: tags tell by this.
        FlagRules.objects.update(at=timezone.now())
        rows = Flag.objects.to_tell().filter(project__in=own)
        entries = list(_entries(sorted(set(rows.values_list("project_id", flat=True)))))
        log.append(entries)
        Flag.objects.filter(project__in=own, lowered_at__isnull=False).delete()
        Flag.objects.filter(project__in=own, is_told=False).update(is_told=True)
    return len(entries)


def _entries(pks: Sequence[int]) -> Iterator[Entry]:
    day, flags = here(timezone.now()).isoformat(), kept(pks)
    for project in Project.objects.filter(pk__in=pks).order_by("pk").prefetch_related("municipalities"):
        rows = flags[project.pk].values()
        before = {row.flag: row.figures for row in rows if row.is_told}
        after = {row.flag: row.figures for row in rows if row.lowered_at is None}
        causes = {row.cause for row in rows if row.is_told == (row.lowered_at is not None)}
        yield Entry.of_project(
            project,
            ChangeType.UPDATED,
            field_changes(before, after),
            sorted(place.pk for place in project.municipalities.all()),
            cause=Cause.SOURCE if Cause.SOURCE in causes else min(causes),
            day=day,
        )
