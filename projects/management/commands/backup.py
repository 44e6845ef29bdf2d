"""`manage.py backup TO`: database and archive of one moment, into a folder elsewhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.archive import Away
from projects.backup.making import Copied, backup
from projects.backup.place import BackupFailed, Moment, Place
from projects.management.answer import JsonAnswer, folder


class Command(BaseCommand):
    help = (
        "Keep database and archive of one moment in the folder TO. Into the same folder again only new pages"
        " are copied. Exit: 0 done, 1 not; what was whole before stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", metavar="TO", type=folder, help="a folder, on another disk")
        parser.add_argument("--keep", type=int, metavar="N", help="drop older moments, but the newest N")
        parser.add_argument(
            "--verify", action="store_true", help="read all pages that are there again, and mend them"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep must be 1 or more: none would be left.")
        place = Place(options["to"].resolve())
        with JsonAnswer(self, options["json"], {"moment": None}) as answer:
            try:
                place.prepare()
                with place.alone():
                    moment, copied = backup(place, verify=options["verify"])
                    dropped = place.drop_older(options["keep"]) if options["keep"] else 0
            except BackupFailed as problem:
                raise CommandError(str(problem)) from problem
            except (Away, OSError) as problem:
                raise CommandError(
                    f"The backup was not completed, and is not used: {problem} Those before it are whole."
                ) from problem
            if options["json"]:
                answer.say(_as_json(moment, copied, dropped))
            else:
                self._tell(moment, copied, dropped)

    def _tell(self, moment: Moment, copied: Copied, dropped: int) -> None:
        told = moment.manifest
        self.stdout.write(
            f"{moment.folder}: {told.changes} changes, {copied.pages} pages, of which {copied.copied} were"
            f" copied now ({copied.bytes / 1e6:.1f} MB)."
        )
        if copied.lost:
            self.stdout.write(
                f"{len(copied.lost)} pages were lost before this backup, and are not in it:"
                " `manage.py verify_log --archive` names them."
            )
        if dropped:
            self.stdout.write(f"{dropped} older backups were dropped.")


def _as_json(moment: Moment, copied: Copied, dropped: int) -> dict[str, Any]:
    """`moment at changes head pages copied bytes lost dropped`; `lost` is a list of SHA-256s."""
    told = moment.manifest
    return {
        "moment": moment.folder.name,
        "at": told.at,
        "changes": told.changes,
        "head": told.head,
        "pages": copied.pages,
        "copied": copied.copied,
        "bytes": copied.bytes,
        "lost": copied.lost,
        "dropped": dropped,
    }
