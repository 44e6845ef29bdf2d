"""`manage.py sync_dws`: poll the DWS dashboard here and now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from etl.management.sync import SyncCommand


class Command(SyncCommand):
    help = "Poll the DWS dashboard now. Exit: 0 done or unchanged, 1 failed, 3 going on, 4 held."
    source = "dws"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--from-file", nargs="+", metavar="PAGE.html", help="read saved pages instead of the site"
        )

    def how(self, options: dict[str, Any]) -> dict[str, Any]:
        files = [Path(name) for name in options["from_file"] or ()]
        if absent := [str(path) for path in files if not path.is_file()]:
            raise CommandError(f"There is no file {', '.join(absent)}. Nothing was read.")
        return {"files": files}
