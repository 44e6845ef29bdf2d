"""The folder that holds backups: its moments, and the manifest that makes a moment whole."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from projects.archive import Archive

FORMAT = 1
PAGES = "pages.gz"
_MANIFEST = "manifest.json"
_LOCK = ".lock"
# Whatever else is in the folder is somebody else’s, and neither read nor removed.
_MOMENT = re.compile(r"[0-9]{8}T[0-9]{6}Z(-[0-9]+)?")
_PRIVATE = 0o700
_PIECE = 1 << 20  # bytes


class BackupFailed(Exception):
    """A backup cannot be made, or not be used. The text says why, what is there all the same, what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a moment holds. `files`: name below the moment's folder → SHA-256; `pages`: how many the database
    names; `lost`: those of them that were lost before the backup."""

    at: str  # aware UTC, ISO
    vendor: str
    database: str
    files: dict[str, str]
    changes: int
    head: str
    pages: int
    lost: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    format: int = FORMAT


_KINDS = {
    **dict.fromkeys(("at", "vendor", "database", "head"), str),
    **dict.fromkeys(("changes", "pages", "format"), int),
    **dict.fromkeys(("lost", "migrations"), list),
    "files": dict,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A whole backup: its folder and what it holds."""

    folder: Path
    manifest: Manifest

    @property
    def database(self) -> Path:
        return self.folder / self.manifest.database

    def pages(self) -> Iterator[str]:
        """The SHA-256 of each page that the database names, in their order."""
        with gzip.open(self.folder / PAGES, "rt", encoding="ascii") as lines:
            yield from (line.rstrip("\n") for line in lines)

    def check(self) -> None:
        """Hold each file against its digest. Raises BackupFailed."""
        for name, sha256 in self.manifest.files.items():
            file = self.folder / name
            if not file.is_file() or digest_of(file) != sha256:
                raise BackupFailed(
                    f"{file} is not what was written: it was altered or cut. Use another moment of the backup"
                    " (--moment)."
                )


class Place:
    """`TO` of a backup and `FROM` of a restore."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = Archive(folder / "archive")

    def prepare(self) -> None:
        """Make the folder, for nobody else to read: it holds tokens and hashes of passwords."""
        self._refuse_what_is_not_ours()
        for folder in (self.folder, self.folder / "archive"):
            folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)

    def _refuse_what_is_not_ours(self) -> None:
        """Pages that no moment names are removed from here: never those that this or another site lives on.

        Raises BackupFailed.
        """
        live, ours = Path(settings.ARCHIVE_DIR).resolve(), (self.folder / "archive").resolve()
        if live in (ours, self.folder, *self.folder.parents) or ours in live.parents:
            raise BackupFailed(
                f"{self.folder} is where the pages themselves are kept. A backup goes elsewhere, best onto"
                " another disk. Nothing was written."
            )
        strange = ours.is_dir() and any(ours.iterdir()) and not (self.folder / _LOCK).exists()
        if strange and not self.moments():
            raise BackupFailed(
                f"{self.folder} has a folder “archive” that no backup made, so it is left alone. Name an"
                " empty folder, or a new one. Nothing was written."
            )

    def moments(self) -> list[Moment]:
        """Those that are whole, oldest first. Raises BackupFailed for a manifest of another time."""
        found = sorted(
            file for file in self.folder.glob(f"*/{_MANIFEST}") if _MOMENT.fullmatch(file.parent.name)
        )
        return [Moment(file.parent, _manifest(file)) for file in found]

    def moment(self, name: str = "") -> Moment:
        """The newest, or the one of that name. Raises BackupFailed."""
        found = [moment for moment in self.moments() if name in ("", moment.folder.name)]
        if not found:
            which = f"no backup of the moment {name}" if name else "no whole backup"
            raise BackupFailed(f"{self.folder} holds {which}: there is no {_MANIFEST} of it.")
        return found[-1]

    def begin(self, at: datetime) -> Path:
        """The folder of a new moment. What was cut off before is removed."""
        for folder in self.folder.iterdir():
            if _MOMENT.fullmatch(folder.name) and folder.is_dir() and not (folder / _MANIFEST).exists():
                shutil.rmtree(folder)
        name = f"{at:%Y%m%dT%H%M%SZ}"
        taken = sum(1 for _ in self.folder.glob(f"{name}*"))
        folder = self.folder / (f"{name}-{taken + 1}" if taken else name)
        folder.mkdir(mode=_PRIVATE)
        return folder

    def complete(self, folder: Path, manifest: Manifest) -> Moment:
        """Write the manifest, when all that it names is on the disk: from now on the moment is whole."""
        os.sync()
        scratch = folder / f"{_MANIFEST}.tmp"
        with scratch.open("w") as file:
            json.dump(asdict(manifest), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, folder / _MANIFEST)
        return Moment(folder, manifest)

    def drop_older(self, keep: int) -> int:
        """Drop all moments but the newest `keep`, manifest first, and the pages that none of these names. How
        many moments went."""
        found = self.moments()
        older = found[:-keep]
        for moment in older:
            (moment.folder / _MANIFEST).unlink()
            shutil.rmtree(moment.folder)
        if older:
            named = {sha256 for moment in found[-keep:] for sha256 in moment.pages()}
            for entry in self.archive.entries():
                if entry.stem not in named:
                    self.archive.remove(entry)
        return len(older)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One backup at a time; the system lets go of the lock of one that dies. Raises BackupFailed."""
        with (self.folder / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupFailed(f"Another backup into {self.folder} is going on.") from None
            yield


def _manifest(file: Path) -> Manifest:
    try:
        told: dict[str, Any] = json.loads(file.read_text())
        if told["format"] != FORMAT:
            raise BackupFailed(f"{file} is of format {told['format']}; this software knows {FORMAT}.")
        return _fitting(Manifest(**told))
    except (ValueError, KeyError, TypeError) as error:
        raise BackupFailed(f"{file} cannot be read: {error}") from None


def _fitting(manifest: Manifest) -> Manifest:
    """Raises ValueError where a manifest has something else than what is written into one."""
    for name, value in asdict(manifest).items():
        if not isinstance(value, type_ := _KINDS[name]) or isinstance(value, bool):
            raise ValueError(f"“{name}” is no {type_.__name__}")
    for name in (*manifest.files, manifest.database):
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError(f"{name} is outside of the moment’s folder")
    texts = (*manifest.files.values(), *manifest.lost, *manifest.migrations)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a digest or a name is no text")
    return manifest


def digest_of(file: Path) -> str:
    """SHA-256 (hex) of a file, in little memory."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def need_room(folder: Path, needed: int, what: str) -> None:
    """Raises BackupFailed where the disk of `folder` has fewer bytes free than are needed."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise BackupFailed(
            f"{folder} has {free / 1e6:,.0f} MB free; {what} needs some {needed / 1e6:,.0f} MB. Nothing was"
            " written."
        )
