"""robots.txt: what a site lets us fetch, and how slowly (RFC 9309). Pure: bytes → rules."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from protego import Protego

ROBOT = "BukaAmanzi"
LONGEST = 500 * 1024  # bytes; RFC 9309 §2.5 has us read no less
_LINE = re.compile(
    r"\s*(?:(user[\s-]?agent)|allow|di\w+w|crawl[\s-]delay|site-?maps?)(?=[\s:]|$)\s*:?(.*)", re.IGNORECASE
)
_TOKEN = re.compile(r"[A-Za-z_-]*")  # a robot's name; a version may follow


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for us. `notes`: what a person should know of the file, without subject and full stop."""

    _rules: Protego
    notes: tuple[str, ...] = ()

    def allowed(self, url: str) -> bool:
        return self._rules.can_fetch(url, ROBOT)

    @property
    def delay(self) -> float:
        """Seconds between two requests, as large as the site wants them; 0 where it does not say."""
        return self._rules.crawl_delay(ROBOT) or 0.0


def read(body: bytes) -> Robots:
    """The rules of a robots.txt, of which no more than `LONGEST` is read. No bytes are an error."""
    text, notes = _text(body[:LONGEST]), []
    if len(body) > LONGEST:
        text = text[: 1 + max(text.rfind("\n"), text.rfind("\r"))]  # half a line would say something else
        notes.append(f"is longer than {LONGEST // 1024} KiB; the rest was not read")
    lines = text.splitlines()
    ours = list(_lines_of_robots(lines))
    if not ours and any(line.partition("#")[0].strip() for line in lines):
        notes.append("has not one line of a robots.txt (a page, perhaps), and forbids nothing")
    return Robots(Protego.parse("\n".join(ours)), tuple(notes))


def _text(body: bytes) -> str:
    """UTF-8, as the RFC wants, or what an editor on Windows calls Unicode; without byte-order marks."""
    is_utf16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return body.decode("utf-16" if is_utf16 else "utf-8", "replace").replace("\ufeff", "")


def _lines_of_robots(lines: Iterable[str]) -> Iterator[str]:
    """The lines that Protego is to see, each robot in them called us, all, or another.

    Other records must not end a group (RFC 9309 §2.2.4); with Protego they do. It keeps every rule of a group
    for every robot of it, gigabytes where there are thousands of both; to it `BukaAmanzi/1.0` is another, and
    `Buka` is us.
    """
    for line in lines:
        if found := _LINE.match(line):
            yield f"User-agent: {_named(found[2])}" if found[1] else line


def _named(value: str) -> str:
    name = value.partition("#")[0].strip()
    token = _TOKEN.match(name)
    if token and token[0].lower() == ROBOT.lower():
        return ROBOT
    return "*" if name.split()[:1] == ["*"] else "another"
