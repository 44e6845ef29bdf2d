"""`manage.py replica`: serve the replica sites until a signal."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.management.answer import port
from replica.faults import FAULTS
from replica.layouts import HELP, NOISE, THEMES, named
from replica.money.lies import MONEY_FAULTS
from replica.money.plan import MOST_YEARS
from replica.server import ReplicaServer
from replica.site import fault_place

MOST_PROJECTS = 50_000


class Command(BaseCommand):
    help = (
        "Serve the replicas of the DWS dashboard (under /pmd/) and of the Municipal Money API (under /api/):"
        " made-up projects and figures, for tests and demonstrations."
    )
    # No database and no checks: it must be up before anything else of the project is.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=port, default=8001, help="0 takes a free port")
        parser.add_argument("--projects", type=int, default=500, help=f"0 to {MOST_PROJECTS}")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--mutate-every", type=float, default=0.0, metavar="SECONDS")
        parser.add_argument(
            "--remember", type=Path, metavar="FILE", help="how often it has edited itself, for the next start"
        )
        parser.add_argument(
            "--story", action="store_true", help="plausible projects and edits, for people to look at"
        )
        parser.add_argument("--layout", default="grid", help=f"{', '.join(HELP)}, or two of them as a/b")
        parser.add_argument("--theme", choices=THEMES, default="Moderno")
        parser.add_argument("--finance-years", type=int, default=MOST_YEARS, help=f"0 to {MOST_YEARS}")
        parser.add_argument("--fault", choices=sorted(FAULTS | MONEY_FAULTS), default="none", metavar="NAME")
        parser.add_argument(
            "--fault-where", choices=("pmd", "api"), default="", help="whose answers it strikes"
        )
        parser.add_argument("--fault-after", type=int, default=0, help="answers that go well before it")
        parser.add_argument("--fault-times", type=int, default=0, help="answers that go wrong; 0: all")
        parser.add_argument("--etag", action="store_true", help="answer with ETag and 304")
        parser.add_argument("--list", action="store_true", help="say what the layouts, faults and noises are")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            return self._list()
        if not 0 <= options["projects"] <= MOST_PROJECTS:
            raise CommandError(f"--projects must be between 0 and {MOST_PROJECTS}.")
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        server = self._server(options)
        with server:
            self.stdout.write(f"Replica of the DWS dashboard: {server.url}")
            self.stdout.write(f"Control, from this machine only: {server.root}/_control/state")
            self.stdout.write(f"Replica of the Municipal Money API: {server.api_url}")
            self.stdout.flush()
            stop.wait()
        self.stdout.write("Replica stopped.")

    def _server(self, options: dict[str, Any]) -> ReplicaServer:
        """The server, not started yet. Raises CommandError for a wrong option or a port that is taken."""
        names = (
            "projects",
            "seed",
            "layout",
            "theme",
            "host",
            "port",
            "mutate_every",
            "etag",
            "finance_years",
            "remember",
            "story",
        )
        fault = (options["fault"], options["fault_after"], options["fault_times"])
        try:
            named(options["layout"])
            fault_place(options["fault"], options["fault_where"])
            server = ReplicaServer(**{name: options[name] for name in names})
        except ValueError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error}") from error
        server.site.set_fault(*fault, where=options["fault_where"])
        return server

    def _list(self) -> None:
        parts = (("Layouts", HELP), ("Faults", FAULTS), ("Faults of the API", MONEY_FAULTS), ("Noise", NOISE))
        for heading, lines in parts:
            self.stdout.write(f"{heading}:")
            for name, line in lines.items():
                self.stdout.write(f"  {name:18} {line}")
