"""Page → file: bytes are kept before anybody tries to read them, in gzip files named by their SHA-256."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

from etl.exceptions import NotKept


def _write(path: Path, data: bytes) -> None:
    """The file, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        scratch.write_bytes(data)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)  # where it is still there: a full disk, a run that is stopped


class Archive:
    """A folder of `ab/abcdef….gz`. Writing the same bytes twice writes nothing the second time."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.gz"

    def has(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def keep(self, body: bytes) -> str:
        """Keep the bytes; returns their SHA-256 (hex). Raises NotKept."""
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            try:
                _write(path, gzip.compress(body, 6, mtime=0))
            except OSError as error:
                reason = error.strerror or error
                raise NotKept(f"The archive, {self.root}, cannot be written: {reason}.") from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes as received. Raises FileNotFoundError."""
        return gzip.decompress(self.path(sha256).read_bytes())

    def discard(self, sha256: str) -> None:
        """Drop bytes that turned out to say nothing new. Only for what no snapshot row names."""
        self.path(sha256).unlink(missing_ok=True)
