import signal
import sys
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from projects.api.sources import FactsShape
from projects.health.checks import Check, checks
from projects.health.watch import Watch
from projects.management.answer import JsonAnswer
from projects.wording.figures import instant


class Command(BaseCommand):
    help = "How all parts and sources are: a line each. Exit: 0 all well, 1 otherwise. --watch alerts."
    requires_system_checks: list[str] = []  # the loop is to start when the database is down, too

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
        parser.add_argument(
            "--watch", action="store_true", help="look every HEALTH_INTERVAL_MINUTES and alert, until stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            watch()
            return
        with JsonAnswer(self, options["json"], {"ok": False}) as answer:
            found = checks()
            well = all(check.ok for check in found)
            if options["json"]:
                parts = [_as_json(check) for check in found]
                answer.say({"ok": well, "at": instant(timezone.now()), "checks": parts})
            else:
                self._tell(found)
        if not well:
            sys.exit(1)

    def _tell(self, found: list[Check]) -> None:
        width = max(len(check.name) for check in found)
        for check in found:
            self.stdout.write(f"{'ok ' if check.ok else 'BAD'}  {check.name:<{width}}  {check.sentence}")


def _as_json(check: Check) -> dict[str, Any]:
    facts = FactsShape().to_representation(check.facts) if check.facts else {}
    return {"name": check.name, "ok": check.ok, "sentence": check.sentence, **check.figures, **facts}


def watch() -> None:
    """The loop, until SIGTERM or SIGINT."""
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    Watch().run(stopping)
