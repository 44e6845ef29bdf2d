"""A backup is made: first the published heads, then the database, then the pages that it names.

In this order all fit together whatever goes on meanwhile. A head is only of changes that are there, and a
page is kept before any row names it.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from projects import evidence
from projects.archive import Archive
from projects.backup.engines import Rows, engine
from projects.backup.place import PAGES, BackupFailed, Manifest, Moment, Place, digest_of, need_room
from projects.models import ChainHead, Snapshot

_TRIES = 3
_SPARE = 20_000_000  # bytes that are left free at least


@dataclass(slots=True)
class Copied:
    """Pages of one moment: how many the database names; how many were copied now, and their bytes as kept;
    which cannot be had."""

    pages: int = 0
    copied: int = 0
    bytes: int = 0
    lost: list[str] = field(default_factory=list)


def backup(place: Place, verify: bool = False) -> tuple[Moment, Copied]:
    """`verify`: read the pages that are there already, too, and write those again that came to harm.

    Raises BackupFailed, OSError and `archive.Away`; what was whole before is whole then, too.
    """
    for _ in range(_TRIES):
        folder = place.begin(datetime.now(UTC))
        need_room(place.folder, engine().size() + _SPARE, "the database")
        manifest, copied = _made(place, folder, verify)
        if not _pruned(copied.lost):
            return place.complete(folder, manifest), copied
    raise BackupFailed(
        "Pages are being pruned at the same time, again and again. Nothing was kept of this backup; try when"
        " `prune_snapshots` is done."
    )


def _made(place: Place, folder: Path, verify: bool) -> tuple[Manifest, Copied]:
    kind, at = engine(), datetime.now(UTC)
    heads = _heads(folder)
    with kind.dump(folder / kind.file) as rows:
        copied = _copy_pages(_names(rows, folder / PAGES), place, verify)
        table = ChainHead._meta.db_table
        last, head = next(rows(f"SELECT last_id, digest FROM {table} WHERE id = 1"), (0, ""))
        migrations = [f"{app}.{name}" for app, name in rows("SELECT app, name FROM django_migrations")]
    files = {name: digest_of(folder / name) for name in (*heads, PAGES, kind.file)}
    told: dict[str, Any] = {
        "changes": last,
        "head": head,
        "migrations": sorted(migrations),
        "lost": copied.lost,
    }
    told |= {"at": at.isoformat(), "vendor": connection.vendor, "database": kind.file, "files": files}
    return Manifest(pages=copied.pages, **told), copied


def _heads(folder: Path) -> list[str]:
    (folder / "heads").mkdir(mode=0o700)
    found = sorted(Path(settings.HEADS_DIR).glob("[0-9][0-9][0-9][0-9].txt"))
    for file in found:
        shutil.copyfile(file, folder / "heads" / file.name)
    return [f"heads/{file.name}" for file in found]


def _names(rows: Rows, file: Path) -> Iterator[tuple[str, int]]:
    """SHA-256 and size of each page that the database names, in order; the names are noted on the way."""
    table = Snapshot._meta.db_table
    with gzip.open(file, "wt", encoding="ascii") as noted:
        for sha256, size in rows(f"SELECT sha256, size FROM {table} ORDER BY sha256"):
            noted.write(f"{sha256}\n")
            yield sha256, size


def _copy_pages(snapshots: Iterator[tuple[str, int]], place: Place, verify: bool) -> Copied:
    """Bring the place's pages up to what the database names: folder by folder, in the order of digests."""
    copied, ours, needed = Copied(), Archive(), 0
    wanted: list[tuple[str, int]] = []
    for prefix, some in groupby(snapshots, key=lambda row: row[0][:2]):
        there = {entry.stem: entry.size for entry in place.archive.entries(prefix)}
        kept = {entry.stem: entry.size for entry in ours.entries(prefix)}
        for sha256, size in some:
            copied.pages += 1
            is_there = sha256 in there and kept.get(sha256, there[sha256]) == there[sha256]
            if not is_there or (verify and place.archive.damage(sha256, size)):
                wanted.append((sha256, size))
                needed += kept.get(sha256, 0)
    need_room(place.folder, needed + _SPARE, "the pages")
    for sha256, packed in _sound(wanted, ours, copied):
        place.archive.put(sha256, packed)
        copied.copied, copied.bytes = copied.copied + 1, copied.bytes + len(packed)
    copied.lost = [sha256 for sha256 in copied.lost if place.archive.damage(sha256)]
    return copied


def _sound(wanted: list[tuple[str, int]], ours: Archive, copied: Copied) -> Iterator[tuple[str, bytes]]:
    """Each page as it is kept, where that is what was received; the others are `lost`."""
    for sha256, size in wanted:
        try:
            packed = ours.packed(sha256)
        except OSError:
            copied.lost.append(sha256)
            continue
        if evidence.damage(partial(BytesIO, packed), sha256, size):
            copied.lost.append(sha256)
        else:
            yield sha256, packed


def _pruned(lost: list[str]) -> bool:
    """Whether the database has let go of a page meanwhile that the copy of it still names."""
    return Snapshot.objects.filter(pk__in=lost).count() < len(lost)
