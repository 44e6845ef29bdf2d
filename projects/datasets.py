"""The folder of the downloads: the whole record and the whole log as files, one folder a making.

`DOWNLOADS_DIR/20261129T040000Z/` is there whole or not at all. Its `datapackage.json` (Frictionless) names
the files with their SHA-256, and the head of the log's chain; a making that was cut off has none.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

MANIFEST, SUMS, DICTIONARY = "datapackage.json", "SHA256SUMS", "dictionary.csv"
NAME = r"[0-9]{8}T[0-9]{6}Z"
_FORM = "%Y%m%dT%H%M%SZ"
_PIECE = 1 << 20  # bytes


class Busy(Exception):
    """Somebody else is making them."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One making. `package`: what its manifest says."""

    folder: Path
    package: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.name, _FORM).replace(tzinfo=UTC)

    @property
    def demo(self) -> bool:
        return bool(self.package.get("demo"))

    def resource(self, name: str) -> Mapping[str, Any] | None:
        """What the manifest says of a file."""
        return next((one for one in self.package["resources"] if one["path"] == name), None)


def newest() -> Dataset | None:
    return next(every(), None)


def every() -> Iterator[Dataset]:
    """Those that are whole, newest first."""
    folder = Path(settings.DOWNLOADS_DIR)
    for file in sorted(folder.glob(f"*/{MANIFEST}"), reverse=True):
        if re.fullmatch(NAME, file.parent.name) and (found := _read(file)):
            yield found


def named(name: str) -> Dataset | None:
    file = Path(settings.DOWNLOADS_DIR, name, MANIFEST)
    return _read(file) if re.fullmatch(NAME, name) else None


def _read(file: Path) -> Dataset | None:
    """None where it was dropped meanwhile."""
    try:
        return Dataset(file.parent, json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


@contextmanager
def making(at: datetime) -> Iterator[Path]:
    """A folder to write to, which then takes its name: whatever is in it is on the disk by then. What goes
    wrong leaves nothing. Raises Busy."""
    root = Path(settings.DOWNLOADS_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("The downloads are being made already.") from None
        for left in root.glob(".making-*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        scratch, target = root / f".making-{os.getpid()}", root / at.strftime(_FORM)
        scratch.mkdir()
        try:
            yield scratch
            for file in scratch.iterdir():
                _to_the_disk(file)
            if target.exists():  # of the same second
                shutil.rmtree(target)
            scratch.rename(target)
            _to_the_disk(root)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _to_the_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def prune(keep: int) -> int:
    """Drop all but the newest; how many went. Who is reading one of them reads on to its end."""
    older = list(every())[keep:]
    for dataset in older:
        (dataset.folder / MANIFEST).unlink()
        shutil.rmtree(dataset.folder)
    return len(older)


def digest_of(file: Path) -> str:
    """SHA-256 (hex)."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


__all__ = [
    "DICTIONARY",
    "MANIFEST",
    "NAME",
    "SUMS",
    "Busy",
    "Dataset",
    "digest_of",
    "every",
    "making",
    "named",
    "newest",
    "prune",
]
