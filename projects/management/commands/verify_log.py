"""Check the change log's chain of digests, its head, and the heads of the days that were published."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from projects.log import heads
from projects.log.verification import Report, verify
from projects.management.answer import JsonAnswer


class Command(BaseCommand):
    help = "Walk the change log's digest chain. Exit code 0: intact, 1: broken, with the first bad row."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        with JsonAnswer(self, options["json"], {"intact": None}) as answer:
            report = verify(heads.published())
            seconds = time.monotonic() - begun
            if options["json"]:
                answer.say(_as_json(report, seconds))
            else:
                self._tell(report, seconds)
        if report.fault:
            sys.exit(1)
        heads.publish()  # an intact log's days that no append has published yet

    def _tell(self, report: Report, seconds: float) -> None:
        rate = f"{report.rows / seconds:,.0f} rows/s".replace(",", " ")
        if report.fault:
            self.stdout.write(f"BROKEN after {report.rows} changes that fit: {report.fault.sentence}")
            return
        self.stdout.write(f"Intact: {report.rows} changes, {report.heads} published heads agree ({rate}).")
        self.stdout.write(f"Head: change {report.last_id} {report.digest}")


def _as_json(report: Report, seconds: float) -> dict[str, Any]:
    """`intact rows last_id digest heads fault seconds`; `fault` is `{"id", "kind", "sentence"}` or null."""
    fault = report.fault
    return {
        "intact": fault is None,
        "rows": report.rows,
        "last_id": report.last_id,
        "digest": report.digest,
        "heads": report.heads,
        "fault": fault and {"id": fault.id, "kind": fault.kind, "sentence": fault.sentence},
        "seconds": round(seconds, 3),
    }
