"""A whole country at once: seconds and memory of a first load of 50,000 projects beside one of 5,000.

The ratio of memory is the point: the reading is spooled, so that ten times the projects take far less than
ten times the memory. On the database of `TEST_DATABASE_URL` (PostgreSQL) where it is set, else SQLite.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

SIZES = (5_000, 50_000)
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    measured = {size: _measure(size) for size in SIZES}
    small, large = (measured[size] for size in SIZES)
    for size, figures in measured.items():
        sys.stdout.write(
            f"{size:>6} projects: {figures['seconds']:.0f} s, {figures['statements']} statements,"
            f" {figures['megabytes']:.0f} MB above the start ({figures['database']})\n"
        )
    ratio = large["megabytes"] / max(small["megabytes"], 1)
    sys.stdout.write(f"memory, 50,000 beside 5,000 projects: {ratio:.1f} x\n")


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
    main()
