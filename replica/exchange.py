"""What comes in and what goes out: a request below /pmd/, an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

HTML = "text/html; charset=utf-8"


@dataclass
class Request:
    """One request below /pmd/; `query` is raw, because a `+` in `enc=` must stay one."""

    method: str
    path: str  # below /pmd/
    query: str = ""
    form: dict[str, str] = field(default_factory=dict)
    cookie: str | None = None
    none_match: str = ""  # the If-None-Match header


@dataclass(frozen=True)
class Answer:
    """What goes out. `stream` replaces the body and is sent without a length; `cut` closes the line after
    that many bytes of the announced ones; `drip` sends the body in small pieces over that many seconds."""

    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    stream: Iterator[bytes] | None = None
    cut: int | None = None
    drip: float = 0.0

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        return replace(self, headers=(*self.headers, *headers))


def html(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(text.encode(), status, headers=headers)
