"""Drop archived pages that nothing needs any more, and thin the looks at pages of older days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from projects.archive import Away
from projects.health.retention import prune
from projects.models import SyncRun

_MOST_DAYS = 36500


class Command(BaseCommand):
    help = "Remove archived pages and looks that are older than DAYS and that nothing needs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS", dest="days")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= _MOST_DAYS:
            raise CommandError(
                f"DAYS must be from 1 to {_MOST_DAYS}: the pages of today are still being compared."
            )
        now = timezone.now()
        # A run may be keeping bytes that are not in the tables yet.
        if not options["dry_run"] and SyncRun.objects.active().filter(lease_until__gt=now).exists():
            raise CommandError("A reading is going on. Try again when it is done.")
        try:
            done = prune(now - timedelta(days=options["days"]), rehearse=options["dry_run"])
        except Away as away:
            raise CommandError(f"{away} What it still keeps goes at the next call.") from away
        verb = "Would remove" if options["dry_run"] else "Removed"
        self.stdout.write(
            f"{verb} {done.snapshots} snapshots ({done.bytes / 1e6:.1f} MB of pages before gzip),"
            f" {done.files} files and {done.sightings} looks."
        )
