"""An answer as received, and one that was kept. Pure data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from projects.charset import decoded


@dataclass(slots=True)
class Page:
    """One answer as received. `headers` without cookies' values; `status` None for a saved file."""

    url: str
    body: bytes
    status: int | None = 200
    headers: dict[str, str] = field(default_factory=dict)
    fetched_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    not_modified: bool = False  # the server said so; the body is the one that we kept
    _sha256: str = field(default="", init=False, repr=False, compare=False)

    def header(self, name: str) -> str:
        return _header(self.headers, name)

    @property
    def content_type(self) -> str:
        return self.header("Content-Type")

    @property
    def text(self) -> str:
        """The body as a browser would read it; see `projects.charset`."""
        return decoded(self.body, self.content_type).text

    @property
    def sha256(self) -> str:
        """Of the body, which stays as it came."""
        if not self._sha256:
            self._sha256 = hashlib.sha256(self.body).hexdigest()
        return self._sha256

    @property
    def is_demo(self) -> bool:
        """Whether the answer says of itself that it comes from the replica."""
        start = self.body[:8192]
        if self.header("X-Demo-Data") == "1":
            return True
        may_say_so = b"replica" in start or b"\0" in start  # in UTF-16 nothing stands in one piece
        return may_say_so and 'content="Buka Amanzi replica"' in decoded(start, self.content_type).text


@dataclass(slots=True)
class Kept:
    """An answer that we kept: its body as received, and its headers."""

    body: bytes
    headers: dict[str, str]

    def header(self, name: str) -> str:
        return _header(self.headers, name)


def _header(headers: dict[str, str], name: str) -> str:
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")
