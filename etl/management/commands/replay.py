"""`manage.py replay`: rebuild what we know from the archive, and compare."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etl.decide.replay import Outcome
from etl.exceptions import EtlError
from etl.monitor import ArchivedSource
from etl.scheduler import DataScheduler
from etl.sources import sources
from projects.management.answer import JsonAnswer


class Command(BaseCommand):
    help = "Read the archive again from its beginning and compare. Exit: 0 identical, 1 history would differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
        parser.add_argument("--apply", action="store_true", help="load the differences, cause: parser")

    def handle(self, *args: Any, **options: Any) -> None:
        with JsonAnswer(self, options["json"], {"identical": None}) as answer:
            outcomes, applied = self._replayed(options["apply"])
            if options["json"]:
                answer.say(_as_json(outcomes, applied))
            else:
                for name, outcome in outcomes.items():
                    self._report(name, outcome)
                self.stdout.write(_verdict(outcomes, applied))
        if not (_is_identical(outcomes) or options["apply"]):
            sys.exit(1)

    def _replayed(self, is_applied: bool) -> tuple[dict[str, Outcome], int]:
        """Each source's history, and how many differences were loaded. Raises CommandError."""
        scheduler = DataScheduler()
        archived = [source.name for source in sources() if issubclass(source.monitor, ArchivedSource)]
        try:
            outcomes = {
                name: scheduler.replay(name) for name in archived
            }  # all of them, before any is applied
            differing = [name for name, outcome in outcomes.items() if any(outcome.records.values())]
            return outcomes, sum(scheduler.apply_replay(name) for name in differing if is_applied)
        except EtlError as problem:
            raise CommandError(f"The replay did not get to its end: {problem}") from problem

    def _report(self, source: str, outcome: Outcome) -> None:
        """How a source's history would differ; two sources may call two projects by one number."""
        for run, differs in outcome.runs.items():
            self.stdout.write(f"{source}: run {run} would have logged {len(differs)} changes otherwise")
        for records in outcome.records.values():
            for external_id, fields in records.items():
                for name, (ours, theirs) in fields.items():
                    self.stdout.write(f"{source}: {external_id} {name}: known {ours!r}, replayed {theirs!r}")


def _is_identical(outcomes: dict[str, Outcome]) -> bool:
    return all(outcome.is_identical for outcome in outcomes.values())


def _replayed(outcomes: dict[str, Outcome]) -> int:
    return sum(outcome.replayed for outcome in outcomes.values())


def _verdict(outcomes: dict[str, Outcome], applied: int) -> str:
    verdict = "identical" if _is_identical(outcomes) else "not identical"
    logged = f" {applied} changes were logged, cause: parser." if applied else ""
    return f"{_replayed(outcomes)} loaded runs replayed: {verdict}.{logged}"


def _as_json(outcomes: dict[str, Outcome], applied: int) -> dict[str, Any]:
    """`sources`: name → `replayed`, `runs` and, by kind of record, what differs."""
    return {
        "identical": _is_identical(outcomes),
        "applied": applied,
        "replayed": _replayed(outcomes),
        "sources": {
            name: {"replayed": outcome.replayed, "runs": outcome.runs, **outcome.records}
            for name, outcome in outcomes.items()
        },
    }
