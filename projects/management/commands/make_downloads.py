"""Make the downloads of `/data/` now: the whole record and the whole log as files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.bulk.making import make
from projects.datasets import Busy, Dataset
from projects.management.answer import JsonAnswer


class Command(BaseCommand):
    help = (
        "Write the whole record and the whole log as CSV and JSON Lines, with their SHA-256 and the head of"
        " the log's chain. The clock does so once a day. Exit code 0: made, 1: not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        with JsonAnswer(self, options["json"], {"folder": None}) as answer:
            try:
                made = make()
            except Busy as busy:
                raise CommandError(str(busy)) from busy
            if options["json"]:
                answer.say(_as_json(made))
            else:
                self._tell(made)

    def _tell(self, made: Dataset) -> None:
        chain = made.package["x_chain"]
        for one in made.package["resources"]:
            rows = f", {one['x_rows']} rows" if "x_rows" in one else ""
            self.stdout.write(f"{one['path']}: {one['bytes']} bytes{rows}")
        for table, sources in made.package["x_left_out"].items():
            self.stdout.write(f"{table}: nothing of {', '.join(sources)}, which are not in OPEN_DATA_SOURCES")
        self.stdout.write(f"Head: change {chain['last_id']} {chain['digest']}")
        self.stdout.write(f"Made: {made.folder}")


def _as_json(made: Dataset) -> dict[str, Any]:
    """`folder last_id digest files left_out`; `files`: {name: SHA-256}."""
    files = {one["path"]: one["hash"].removeprefix("sha256:") for one in made.package["resources"]}
    chain = made.package["x_chain"]
    return {
        "folder": str(made.folder),
        "last_id": chain["last_id"],
        "digest": chain["digest"],
        "files": files,
        "left_out": made.package["x_left_out"],
    }
