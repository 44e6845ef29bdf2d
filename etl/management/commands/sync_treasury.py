"""`manage.py sync_treasury`: poll National Treasury's Municipal Money API here and now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from etl.management.sync import SyncCommand
from projects.facts.finance import FIRST_YEAR
from projects.models import SyncRun

_LAST_YEAR = 2100


class Command(SyncCommand):
    help = "Poll Municipal Money now. Exit: 0 done or unchanged, 1 failed, 3 going on, 4 held, 5 in part."
    source = "treasury"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--years",
            nargs="+",
            type=int,
            metavar="YEAR",
            help="financial years by their end; then not complete",
        )

    def how(self, options: dict[str, Any]) -> dict[str, Any]:
        years = options["years"] or ()
        if any(not FIRST_YEAR <= year <= _LAST_YEAR for year in years):
            raise CommandError(
                f"--years takes financial years by the year in which they end, from {FIRST_YEAR} on"
                " (2021 is July 2020 to June 2021). Nothing was read."
            )
        return {"years": years}

    def read(self, run: SyncRun) -> str:
        sentences = [*run.notes[:20]]
        if run.disagreements:
            places = len(run.disagreements)
            sentences.append(
                f"Its table of municipalities differs from ours in {places} places: /runs/{run.pk}/."
            )
        notes = "".join(f"\n  {sentence}" for sentence in sentences)
        if run.unchanged:
            why = "no cube was updated" if run.unchanged_by == "model" else "the same figures"
            return f"Unchanged: {run.pages} pages read, {why}.{notes}"
        whole = "complete" if run.complete else "not complete"
        return (
            f"{run.pages} pages read ({whole}), {run.seen} figures of {run.listings} municipalities:"
            f" {run.created} new, {run.updated} changed, {run.missing} missing, {run.returned} returned,"
            f" {run.invalid} unusable; {run.change_count} changes logged.{notes}"
        )
