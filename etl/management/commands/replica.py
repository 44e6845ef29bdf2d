"""`manage.py replica`: serve the replica sites until a signal."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from etl.replica.faults import FAULTS
from etl.replica.layouts import LAYOUTS, THEMES
from etl.replica.server import ReplicaServer

MOST_PROJECTS = 50_000


class Command(BaseCommand):
    help = "Serve the replica of the DWS dashboard (made-up projects; for tests and demonstrations)."
    # No database and no checks: it must be up before anything else of the project is.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001, help="0 takes a free port")
        parser.add_argument("--projects", type=int, default=500, help=f"0 to {MOST_PROJECTS}")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--mutate-every", type=float, default=0.0, metavar="SECONDS")
        parser.add_argument("--layout", choices=sorted(LAYOUTS), default="grid")
        parser.add_argument("--theme", choices=THEMES, default="Moderno")
        parser.add_argument("--fault", choices=sorted(FAULTS), default="none")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["projects"] <= MOST_PROJECTS:
            raise CommandError(f"--projects must be between 0 and {MOST_PROJECTS}.")
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        names = ("projects", "seed", "layout", "theme", "fault", "host", "port", "mutate_every")
        try:
            server = ReplicaServer(**{name: options[name] for name in names})
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error}") from error
        with server:
            self.stdout.write(f"Replica of the DWS dashboard: {server.url}")
            self.stdout.write(f"Control, from this machine only: {server.root}/_control/state")
            self.stdout.flush()
            stop.wait()
        self.stdout.write("Replica stopped.")
