import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etl.decide import replay
from etl.exceptions import EtlError
from etl.money import replay as money_replay
from etl.scheduler import DataScheduler
from projects.models import Source


class Command(BaseCommand):
    help = "Read the archive again from its beginning and compare. Exit: 0 identical, 1 history would differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
        parser.add_argument("--apply", action="store_true", help="load the differences, cause: parser")

    def handle(self, *args: Any, **options: Any) -> None:
        dws, treasury = Source.objects.get(name="dws"), Source.objects.get(name="treasury")
        try:
            _, outcome = replay.replay(dws)
            _, figures = money_replay.replay(treasury)
            applied = self._apply(dws, treasury, outcome, figures) if options["apply"] else 0
        except EtlError as problem:
            raise CommandError(f"The replay did not get to its end: {problem}") from problem
        identical = outcome.is_identical and figures.is_identical
        outcome.replayed += figures.replayed
        outcome.runs |= figures.runs
        if options["json"]:
            told = {"identical": identical, "applied": applied, **asdict(outcome), "figures": figures.figures}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(outcome, figures.figures, applied)
        if not (identical or options["apply"]):
            sys.exit(1)

    def _apply(
        self, dws: Source, treasury: Source, outcome: replay.Outcome, figures: money_replay.Outcome
    ) -> int:
        """Only a source whose history differs gets a run for it."""
        applied = DataScheduler().apply_replay(dws, replay.apply) if not outcome.is_identical else 0
        if figures.figures:
            applied += DataScheduler().apply_replay(treasury, money_replay.apply)
        return applied

    def _tell(self, outcome: replay.Outcome, figures: dict[str, Any], applied: int) -> None:
        for run, told in outcome.runs.items():
            self.stdout.write(f"run {run} would have logged {len(told)} changes otherwise")
        for external_id, fields in (outcome.projects | outcome.listings | figures).items():
            for name, (ours, theirs) in fields.items():
                self.stdout.write(f"{external_id} {name}: known {ours!r}, replayed {theirs!r}")
        verdict = "identical" if outcome.is_identical and not figures else "not identical"
        self.stdout.write(f"{outcome.replayed} loaded runs replayed: {verdict}.")
        if applied:
            self.stdout.write(f"{applied} changes were logged, cause: parser.")
