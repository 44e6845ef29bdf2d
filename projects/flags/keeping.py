"""The flags that are kept with the projects, made to say what the record says.

Whoever calls holds the head of the log's chain (has appended, in the same transaction): so two never write
the flags of one project at once, and locks are taken in one order.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import AppConfig
from django.db import models, transaction
from django.utils import timezone

from projects.flags.facts import flags_now
from projects.log.writer import Entry
from projects.models import Cause, ChainHead, ChangeType, EntityType, Flag, FlagRules, Presence, Project
from projects.wording.flags import RULES, Figures

logger = logging.getLogger(__name__)

BATCH = 2000  # projects a reading
# Whose doing it is that a project has other values; what is first seen has its flags without a word.
Doings = dict[int, Cause | None]
_COLUMNS = ["figures", "cause", "raised_at", "lowered_at", "is_told"]


def note(doings: Doings, entry: Entry) -> None:
    """Take in who changed a project; the source speaks before the others."""
    if entry.entity_type != EntityType.PROJECT:
        return
    if entry.change_type == ChangeType.CREATED:
        doings[entry.entity_id] = None
    elif doings.get(entry.entity_id, Cause.PARSER) is not None:
        is_source = entry.cause == Cause.SOURCE or entry.entity_id not in doings
        doings[entry.entity_id] = Cause(entry.cause) if is_source else doings[entry.entity_id]


def renew(doings: Mapping[int, Cause | None], now: datetime | None = None) -> None:
    """Work out the flags of some projects anew."""
    moment = now or timezone.now()
    for some in parts(doings, BATCH):
        wanted = flags_now(some, moment)
        _write(_differences(wanted, kept(some), doings, moment))


def catch_up() -> bool:
    """Work out all flags, where that was last done by other rules or never; whether it was. No news of it."""
    if FlagRules.objects.filter(version=RULES).exists():
        return False
    with transaction.atomic():
        ChainHead.objects.select_for_update().get(pk=1)
        if FlagRules.objects.filter(version=RULES).exists():  # another process was quicker
            return False
        pks = list(Project.objects.order_by("pk").values_list("pk", flat=True))
        renew(dict.fromkeys(pks))
        FlagRules.objects.update_or_create(pk=1, defaults={"version": RULES})
    if pks:
        logger.info("The flags of %d projects were worked out.", len(pks))
    return True


def on_migrated(app_config: AppConfig, apps: Any = None, **_: object) -> None:
    """After an upgrade; not where it stopped on the way, or went back: the tables are not today's then."""
    known = {} if apps is None else apps.all_models[app_config.label]
    is_current = all(_is_as(known.get(m._meta.model_name), m) for m in app_config.get_models())
    if (apps is None or is_current) and ChainHead.objects.exists():
        catch_up()


def _is_as(known: Any, model: type[models.Model]) -> bool:
    columns = {field.column for field in model._meta.local_fields}
    return known is not None and {field.column for field in known._meta.local_fields} == columns


def parts(pks: Iterable[int], size: int) -> Iterator[list[int]]:
    """Some of them at a time."""
    rest = iter(pks)
    while part := list(islice(rest, size)):
        yield part


def kept(pks: Iterable[int]) -> dict[int, dict[str, Flag]]:
    """{project: {flag: its row}}, of lowered ones that are to be told, too."""
    found: dict[int, dict[str, Flag]] = {}
    for row in Flag.objects.filter(project__in=list(pks)):
        found.setdefault(row.project_id, {})[row.flag] = row
    return found


def differs(wanted: Mapping[str, Figures], known: Mapping[str, Flag]) -> bool:
    """Whether the rows of a project say something else than they should, or something is to be told."""
    up = {row.flag: row.figures for row in known.values() if row.lowered_at is None}
    return up != wanted or any(row.is_told == (row.lowered_at is not None) for row in known.values())


@dataclass(slots=True)
class _Differences:
    created: list[Flag] = field(default_factory=list)
    updated: list[Flag] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


def _differences(
    wanted: Mapping[int, Mapping[str, Figures]],
    known: Mapping[int, Mapping[str, Flag]],
    doings: Mapping[int, Cause | None],
    now: datetime,
) -> _Differences:
    found = _Differences()
    for pk, flags in wanted.items():
        rows = known.get(pk, {})
        for flag, figures in flags.items():
            _raise(found, rows.get(flag), pk, flag, figures, doings[pk], now)
        for flag in rows.keys() - flags.keys():
            _lower(found, rows[flag], doings[pk], now)
    withdrawn = Project.objects.filter(pk__in=known, presence=Presence.WITHDRAWN).values_list("pk", flat=True)
    for pk in withdrawn if known else ():  # that it is gone says enough
        found.dropped += [row.pk for row in known[pk].values()]
    gone = set(found.dropped)
    found.updated = [row for row in found.updated if row.pk not in gone]
    return found


def _raise(
    found: _Differences,
    row: Flag | None,
    pk: int,
    flag: str,
    figures: Figures,
    cause: Cause | None,
    now: datetime,
) -> None:
    if row is None:
        told: dict[str, Any] = {"is_told": cause is None, "cause": cause or Cause.SOURCE}
        found.created.append(Flag(project_id=pk, flag=flag, figures=figures, raised_at=now, **told))
    elif row.lowered_at is not None or row.figures != figures:
        row.figures, row.lowered_at = figures, None
        found.updated.append(row)


def _lower(found: _Differences, row: Flag, cause: Cause | None, now: datetime) -> None:
    if not row.is_told or cause is None:
        found.dropped.append(row.pk)
    elif row.lowered_at is None:
        row.lowered_at, row.cause = now, cause or Cause.SOURCE
        found.updated.append(row)


def _write(found: _Differences) -> None:
    Flag.objects.filter(pk__in=found.dropped).delete()
    Flag.objects.bulk_create(found.created, batch_size=BATCH)
    Flag.objects.bulk_create(
        found.updated, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=_COLUMNS
    )
