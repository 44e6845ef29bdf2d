"""An archive in a folder of this machine (`ARCHIVE_URL=file:///…`)."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage

from projects.evidence import UNREADABLE, Damaged

_OURS = (".gz", ".tmp")  # what is kept, and what was being written
_MODE = 0o640  # a group may be let in to make backups


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: its name in the archive, its size in bytes, when it was written."""

    name: str
    size: int
    written_at: datetime

    @property
    def folder(self) -> str:
        """The first two letters of the digest."""
        return self.name.partition("/")[0]

    @property
    def stem(self) -> str:
        """The SHA-256, where the file is a kept page."""
        return self.name.rpartition("/")[2].removesuffix(".gz")


class Folder(FileSystemStorage):
    """Files that are there whole or not at all. `location`: the folder; else `ARCHIVE_DIR`, as it is then."""

    pages_a_look = 1000  # about a second of work

    def __init__(self, location: Path | str | None = None) -> None:
        super().__init__(location=location, allow_overwrite=True)
        self._given = location

    @property
    def base_location(self) -> str:
        return str(self._given or settings.ARCHIVE_DIR)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    @property
    def where(self) -> str:
        return self.location

    @property
    def folder(self) -> Path:
        return Path(self.location)

    def gone(self) -> str:
        there = os.path.isdir(self.location)
        return "" if there else f"is not there: {self.where} is no folder that can be read"

    def touched(self, names: Collection[str]) -> dict[str, datetime]:
        found, folder = {}, self.location
        for name in names:
            try:
                # unlike the time of the last writing nobody can set it
                changed = os.stat(f"{folder}/{name}").st_ctime
            except OSError:
                continue
            found[name] = datetime.fromtimestamp(changed, UTC)
        return found

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        for folder in sorted(self.folder.glob(prefix or "[0-9a-f][0-9a-f]")):
            for file in sorted(folder.iterdir()):
                if file.suffix in _OURS:
                    facts = file.stat()
                    written = datetime.fromtimestamp(facts.st_mtime, UTC)
                    yield Entry(f"{folder.name}/{file.name}", facts.st_size, written)

    def _open(self, name: str, mode: str = "rb") -> File:
        """A file, nothing else: a pipe would be waited for, a device has no end. Raises OSError, Damaged."""
        number = os.open(self.path(name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        kind = os.fstat(number).st_mode
        if stat.S_ISREG(kind):
            return File(os.fdopen(number, "rb"), name)
        os.close(number)
        what = "a folder" if stat.S_ISDIR(kind) else "a device or a pipe"
        raise Damaged(UNREADABLE, f"cannot be read: {what} is in the place of the file")

    def _save(self, name: str, content: File) -> str:
        """Django's own would leave half a file where the disk is full or the process killed."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(".tmp", f"{path.stem}.", path.parent)
        os.close(handle)
        scratch = Path(made)
        try:
            scratch.write_bytes(content.read())
            scratch.chmod(_MODE)
            if path.is_dir() and not path.is_symlink():  # not ours: put aside, so that the file can be there
                path.rename(path.with_name(f"{path.name}.{time.time_ns()}.aside"))
            os.replace(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)  # still there: a full disk, a run that is stopped
        return name


__all__ = ["Entry", "Folder"]
