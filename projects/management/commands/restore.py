"""`manage.py restore FROM`: database and archive of a backup, where there is neither yet; and a check."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.archive import Away
from projects.backup.place import BackupFailed, Place
from projects.backup.restoring import Restored, restore
from projects.management.answer import JsonAnswer, folder


class Command(BaseCommand):
    help = (
        "Make database and archive from the newest backup in FROM, and check the log's chain and each page."
        " Both must be empty. Exit: 0 restored and intact, 1 not."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FROM", type=folder, help="the folder that `backup` wrote to")
        parser.add_argument(
            "--moment", default="", metavar="NAME", help="an older one: a folder's name there"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        with JsonAnswer(self, options["json"], {"restored": None}) as answer:
            try:
                done = restore(Place(options["source"].resolve()), options["moment"])
            except BackupFailed as problem:
                raise CommandError(str(problem)) from problem
            except (Away, OSError) as problem:
                raise CommandError(
                    f"The restore did not come to its end: {problem}. Empty database and archive, and begin"
                    " again."
                ) from problem
            if options["json"]:
                answer.say(_as_json(done))
            else:
                self.stdout.write(_sentence(done))
        if done.problem:
            sys.exit(1)


def _sentence(done: Restored) -> str:
    told = done.moment.manifest
    lost = f" {done.lost} of them were lost before the backup." if done.lost else ""
    made = f"Restored the backup of {told.at}: {done.report.rows} changes, {done.pages} pages.{lost}"
    if done.problem:
        return f"{made}\nNOT AS IT WAS: {done.problem}"
    last = f"change {done.report.last_id} {done.report.digest}"
    return f"{made}\nThe log is intact up to {last}, and so is each page."


def _as_json(done: Restored) -> dict[str, Any]:
    """`restored` (the moment's name), `at intact changes head pages damaged lost problem`."""
    return {
        "restored": done.moment.folder.name,
        "at": done.moment.manifest.at,
        "intact": not done.problem,
        "changes": done.report.rows,
        "head": done.report.digest,
        "pages": done.pages,
        "damaged": done.damaged,
        "lost": done.lost,
        "problem": done.problem,
    }
