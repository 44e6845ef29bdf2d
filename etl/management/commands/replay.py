import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etl import replay
from etl.exceptions import EtlError
from etl.scheduler import DataScheduler
from projects.models import Source


class Command(BaseCommand):
    help = "Read the archive again from its beginning and compare. Exit: 0 identical, 1 history would differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
        parser.add_argument("--apply", action="store_true", help="load the differences, cause: parser")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source.objects.get(name="dws")
        try:
            _, outcome = replay.replay(source)
            applied = DataScheduler().apply_replay(source) if options["apply"] else 0
        except EtlError as problem:
            raise CommandError(f"The replay did not get to its end: {problem}") from problem
        if options["json"]:
            told = {"identical": outcome.is_identical, "applied": applied, **asdict(outcome)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(outcome, applied)
        if not (outcome.is_identical or options["apply"]):
            sys.exit(1)

    def _tell(self, outcome: replay.Outcome, applied: int) -> None:
        for run, told in outcome.runs.items():
            self.stdout.write(f"run {run} would have logged {len(told)} changes otherwise")
        for external_id, fields in (outcome.projects | outcome.listings).items():
            for name, (ours, theirs) in fields.items():
                self.stdout.write(f"{external_id} {name}: known {ours!r}, replayed {theirs!r}")
        verdict = "identical" if outcome.is_identical else "not identical"
        self.stdout.write(f"{outcome.replayed} loaded runs replayed: {verdict}.")
        if applied:
            self.stdout.write(f"{applied} changes were logged, cause: parser.")
