"""`manage.py replay`: rebuild what we know from the archive, and compare."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etl.decide.replay import Outcome
from etl.exceptions import EtlError
from etl.monitor import ArchivedSource
from etl.scheduler import DataScheduler
from etl.sources import sources


class Command(BaseCommand):
    help = "Read the archive again from its beginning and compare. Exit: 0 identical, 1 history would differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
        parser.add_argument("--apply", action="store_true", help="load the differences, cause: parser")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome, applied = Outcome(), 0
        archived = [source.name for source in sources() if issubclass(source.monitor, ArchivedSource)]
        try:
            for name in archived:
                found, loaded = DataScheduler().replay(name, apply=options["apply"])
                outcome.add(found)
                applied += loaded
        except EtlError as problem:
            raise CommandError(f"The replay did not get to its end: {problem}") from problem
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(outcome, applied), ensure_ascii=False))
        else:
            self._report(outcome, applied)
        if not (outcome.is_identical or options["apply"]):
            sys.exit(1)

    def _report(self, outcome: Outcome, applied: int) -> None:
        for run, differs in outcome.runs.items():
            self.stdout.write(f"run {run} would have logged {len(differs)} changes otherwise")
        for records in outcome.records.values():
            for external_id, fields in records.items():
                for name, (ours, theirs) in fields.items():
                    self.stdout.write(f"{external_id} {name}: known {ours!r}, replayed {theirs!r}")
        verdict = "identical" if outcome.is_identical else "not identical"
        self.stdout.write(f"{outcome.replayed} loaded runs replayed: {verdict}.")
        if applied:
            self.stdout.write(f"{applied} changes were logged, cause: parser.")


def _as_json(outcome: Outcome, applied: int) -> dict[str, Any]:
    return {
        "identical": outcome.is_identical,
        "applied": applied,
        "replayed": outcome.replayed,
        "runs": outcome.runs,
        **outcome.records,
    }
