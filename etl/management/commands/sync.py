"""`manage.py sync SOURCE`: poll any source here and now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from etl.management.sync import SyncCommand
from projects.declared import declared


class Command(SyncCommand):
    help = "Poll a source now. Exit: 0 done or unchanged, 1 failed, 3 going on, 4 held, 5 in part."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("source", choices=[each.name for each in declared()], help="whose turn it is")

    def handle(self, *args: Any, **options: Any) -> None:
        self.source = options["source"]
        super().handle(*args, **options)
