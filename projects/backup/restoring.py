"""A backup becomes the database and the archive of the settings: only where there is neither yet.

The pages come first and the database last, in one transaction: who finds tables finds all of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from projects.archive import Archive
from projects.backup.engines import engine, is_empty
from projects.backup.place import BackupFailed, Manifest, Moment, Place, need_room
from projects.health.evidence import every_page
from projects.log import heads
from projects.log.verification import Report, verify
from projects.models import ChainHead


@dataclass(frozen=True, slots=True)
class Restored:
    """`report`: of the log's chain. `pages` were held against their digests; `damaged`: those that are not
    what was received, a sentence each, beside `lost`, which were lost before the backup."""

    moment: Moment
    report: Report
    pages: int
    damaged: list[str]
    lost: int

    @property
    def problem(self) -> str:
        """What is not as it was; blank: all is."""
        if self.report.fault:
            return self.report.fault.sentence
        told = self.moment.manifest
        other_head = told.changes and self.report.digest != told.head
        if self.report.last_id != told.changes or other_head:
            return f"The log ends at change {self.report.last_id}; the backup's ended at {told.changes}."
        if self.pages != told.pages:
            return f"The database names {self.pages} pages; the backup's named {told.pages}."
        return " ".join(self.damaged[:3])


def restore(place: Place, name: str = "") -> Restored:
    """Raises BackupFailed, OSError, `archive.Away`."""
    moment = place.moment(name)
    _fits(moment.manifest)
    _is_bare()
    moment.check()
    if folder := Archive().folder:
        needed = sum(entry.size for entry in place.archive.entries())
        need_room(folder, needed + moment.database.stat().st_size, "what is restored")
    for sha256, packed in _pages(place, moment):
        Archive().put(sha256, packed)
    _restore_heads(moment)
    engine().restore(moment.database)
    if _pending():
        call_command("migrate", verbosity=0, interactive=False)
    return _checked(moment)


def _fits(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupFailed(
            f"The backup is of a {manifest.vendor} database; DATABASE_URL names {connection.vendor}."
        )
    known = {f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.disk_migrations}
    ours = {app for app, _ in (name.split(".", 1) for name in known)}
    newer = [name for name in manifest.migrations if name not in known and name.split(".")[0] in ours]
    if newer:
        raise BackupFailed(
            f"The backup is of a newer version of this software: it has {newer[-1]}, which is not known here."
        )


def _is_bare() -> None:
    """Raises BackupFailed where there is something that would be written over."""
    advice = "Restore refuses to write over anything: "
    if not is_empty():
        raise BackupFailed(
            f"The database of DATABASE_URL has tables. {advice}create an empty database, without `migrate`."
        )
    archive = Archive()
    if next(archive.entries(), None):
        raise BackupFailed(
            f"The archive, {archive}, has pages. {advice}move them away first; also what a restore left that"
            " was cut off."
        )
    if list(Path(settings.HEADS_DIR).glob("*.txt")):
        raise BackupFailed(
            f"{settings.HEADS_DIR} has published heads of a log. {advice}move them away first."
        )


def _pages(place: Place, moment: Moment) -> Iterator[tuple[str, bytes]]:
    """Each page of the moment as it is kept there, held against its digest first. Raises BackupFailed."""
    lost = set(moment.manifest.lost)
    for sha256 in moment.pages():
        if sha256 in lost:
            continue
        if damage := place.archive.damage(sha256):
            raise BackupFailed(
                f"In the backup, the bytes of the page {sha256} {damage}. No database was restored."
                f" Where the archive still has it, the next `backup --verify` into {place.folder} mends that."
            )
        yield sha256, place.archive.packed(sha256)


def _restore_heads(moment: Moment) -> None:
    target = Path(settings.HEADS_DIR)
    target.mkdir(parents=True, exist_ok=True)
    for name in moment.manifest.files:
        if name.startswith("heads/"):
            shutil.copyfile(moment.folder / name, target / Path(name).name)


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _checked(moment: Moment) -> Restored:
    """What `verify_log --archive` says of it."""
    known, damaged, pages, lost = set(moment.manifest.lost), [], 0, 0
    for row, damage in every_page():
        pages += 1
        if damage and row.pk in known:
            lost += 1
        elif damage:
            damaged.append(f"The kept bytes of {row.pk} {damage}.")
    assert ChainHead.objects.exists()
    return Restored(moment, verify(heads.published()), pages, damaged, lost)
