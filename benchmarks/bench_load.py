"""A country at once: a first load of 50,000 projects beside one of 5,000, and beside bare `bulk_create`.

Each load is followed, in its own process and database, by a `bulk_create` of the rows that it left: what
reading, understanding, comparing and logging them costs is the ratio of CPU. The smaller load is done three
times, its median counts. Memory: the reading is spooled, so that ten times the projects take far less than
ten times the memory. On the database of `TEST_DATABASE_URL` (PostgreSQL) where it is set, else SQLite.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

SIZES = {5_000: 3, 50_000: 1}  # projects, and how often
OF_BARE, OF_MEMORY = 5.0, 4.0  # goals
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    failed, memory = False, []
    for size, times in SIZES.items():
        rounds = [_measure(size) for _ in range(times)]
        ratio = statistics.median(figures["cpu"] / figures["bare"] for figures in rounds)
        figures = rounds[-1]
        memory.append(figures["megabytes"])
        sys.stdout.write(
            f"load of {size} projects ({figures['database']}): {figures['cpu']:.1f} s CPU beside"
            f" {figures['bare']:.1f} of bulk_create: {ratio:.1f} x (goal <= {OF_BARE:g});"
            f" {figures['statements']} statements, {figures['megabytes']:.0f} MB above the start\n"
        )
        sys.stdout.flush()
        failed |= ratio > OF_BARE
    grew = memory[1] / max(memory[0], 1)
    sys.stdout.write(f"load, memory of 50,000 beside 5,000 projects: {grew:.1f} x (goal <= {OF_MEMORY:g})\n")
    return int(failed or grew > OF_MEMORY)


def _measure(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
        server = os.environ.get("TEST_DATABASE_URL")
        name = f"bench_{os.getpid()}_{size}"
        if server:
            _execute(server, f"CREATE DATABASE {name}")
            environment["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        try:
            command = [sys.executable, "-m", "benchmarks.load_once", str(size)]
            done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        finally:
            if server:
                _execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    return json.loads(done.stdout)


def _execute(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    raise SystemExit(main())
