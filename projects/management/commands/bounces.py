"""`manage.py bounces [PLACE …]`: read mails that came back: Maildirs, mboxes, files, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from mailbox import Maildir, mbox
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from projects.subscriptions.bounces import MOST_BYTES, settled

_WORDS = {
    "ended": "addresses ended", "counted": "counted", "late": "still tried by the other side",
    "ours": "refused for our sake", "known": "known already", "unknown": "about no mail of ours",
    "others": "no report",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "End addresses whose mails came back for good (RFC 3464). Reading the same mails again does no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("places", nargs="*", metavar="PLACE", help="Maildir, mbox or file of one mail")

    def handle(self, *args: Any, **options: Any) -> None:
        bodies = _from_places(options["places"]) if options["places"] else iter([_standard_input()])
        counts = settled(bodies, timezone.now())
        said = ", ".join(f"{number} {_WORDS[what]}" for what, number in counts.items() if number)
        number = sum(counts.values())
        self.stdout.write(f"{number} mail{'' if number == 1 else 's'} read: {said or 'nothing'}.")


def _standard_input() -> bytes:
    """One mail, as a mail server's pipe hands it over."""
    body = sys.stdin.buffer.read(MOST_BYTES)
    while sys.stdin.buffer.read(MOST_BYTES):
        pass  # a pipe that is not read to its end is an error to the server, which would try again
    return body


def _from_places(places: list[str]) -> Iterator[bytes]:
    for place in map(Path, places):
        if (place / "new").is_dir() and (place / "cur").is_dir():
            yield from _of_box(Maildir(place, create=False))
        elif place.is_file():
            yield from _of_file(place)
        else:
            raise CommandError(f"{place} is no Maildir and no file.")


def _of_file(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        beginning = opened.read(MOST_BYTES)
    if beginning.startswith(b"From "):
        yield from _of_box(mbox(file, create=False))
    else:
        yield beginning


def _of_box(box: Any) -> Iterator[bytes]:
    try:
        for key in box.keys():  # noqa: SIM118 (a mailbox iterates over messages)
            with box.get_file(key) as opened:
                yield opened.read(MOST_BYTES)
    finally:
        box.close()
