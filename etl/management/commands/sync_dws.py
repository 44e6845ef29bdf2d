"""`manage.py sync_dws`: poll the DWS dashboard here and now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from etl.exceptions import BadCapture
from etl.fetch.capture import Capture
from etl.management.sync import SyncCommand


class Command(SyncCommand):
    help = "Poll the DWS dashboard now. Exit: 0 done or unchanged, 1 failed, 3 going on, 4 held, 5 in part."
    source = "dws"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--from-file", nargs="+", metavar="PAGE.html", help="read saved pages instead of the site"
        )
        instead.add_argument(
            "--from-warc",
            metavar="FILE",
            help="read a recorded visit instead of the site: WARC (manage.py capture, a browser's) or HAR",
        )

    def how(self, options: dict[str, Any]) -> dict[str, Any]:
        files = [Path(name) for name in options["from_file"] or ()]
        if absent := [str(path) for path in files if not path.is_file()]:
            raise CommandError(f"There is no file {', '.join(absent)}. Nothing was read.")
        if options["from_warc"]:
            return {"capture": _capture(Path(options["from_warc"]))}
        return {"files": files}


def _capture(path: Path) -> Capture:
    """The recorded visit, checked before anything is written. Raises CommandError."""
    try:
        return Capture.open(path, settings.FETCH_MAX_BYTES)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}. Nothing was read.") from error
    except BadCapture as problem:
        raise CommandError(f"{problem} Nothing was read.") from problem
