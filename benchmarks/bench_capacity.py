"""What one unit of each kind costs: a page, a row, a kept page, a backup. docs/scaling.md multiplies them.

5,000 projects of the replica are loaded into a database of `TEST_DATABASE_URL` (PostgreSQL). Of a page, the
processor time of the web process and of the database is counted (/proc, so Linux): a busy machine hardly
changes it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
from django.conf import settings

from benchmarks.bench_load import _execute
from benchmarks.load_once import save_pages
from buka.dev.embedded import find_postgres

PROJECTS = 5_000
ROUNDS = 15
TICK = os.sysconf("SC_CLK_TCK")
PAGES = (
    "/", "/projects/", "/projects/?q=water", "/projects/{project}/", "/municipalities/LIM331/", "/changes/",
    "/api/v1/projects/", "/api/v1/changes/?after=0", "/snapshots/{snapshot}/",
)  # fmt: skip


def main() -> None:
    server = os.environ["TEST_DATABASE_URL"]
    name = f"bench_{os.getpid()}"
    _execute(server, f"CREATE DATABASE {name}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {"VAR_DIR": folder, "LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "testserver"}
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            _load(Path(folder) / "pages")
            for line in chain(_rows(), _pages(), _archive(), _backup(Path(folder) / "backup")):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            from django.db import connections

            connections.close_all()
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _load(folder: Path) -> None:
    django.setup()
    settings.FETCH_DELAY_SECONDS = 0
    folder.mkdir()
    child = os.fork()
    if child == 0:
        save_pages(PROJECTS, folder)
        os._exit(0)
    os.waitpid(child, 0)
    from django.core.management import call_command

    from etl.scheduler import DataScheduler

    call_command("migrate", verbosity=0)
    run = DataScheduler().run_now("dws", "command", files=sorted(folder.glob("*.html")))
    assert run.created == PROJECTS


def _rows() -> Iterator[str]:
    from django.db import connection

    from projects.models import DataChangeLog, Project, Sighting

    for model in (Project, DataChangeLog, Sighting):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s)", [model._meta.db_table])
            size = cursor.fetchone()[0]
        yield f"{model.__name__}: {size / max(model.objects.count(), 1):,.0f} bytes a row, indexes included"


def _pages() -> Iterator[str]:
    """Median of processor time, in ms: of the web process, and of its database connection."""
    from django.db import connection
    from django.test import Client

    from projects.models import Project, Snapshot

    client = Client()
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    told = {"project": Project.objects.latest("pk").pk, "snapshot": Snapshot.objects.latest("pk").pk}
    for pattern in PAGES:
        path, web, database = pattern.format(**told), [], []
        for _ in range(ROUNDS):
            before, began = _cpu(backend), time.process_time()
            assert client.get(path).status_code == 200, path
            web.append(time.process_time() - began)
            database.append(_cpu(backend) - before)
        ours, theirs = statistics.median(web) * 1000, statistics.mean(database) * 1000
        yield f"{pattern}: {ours:.0f} ms of the web process, {theirs:.0f} of PostgreSQL"


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _archive() -> Iterator[str]:
    from projects.archive import Archive

    archive, pages = Archive(), [f"<h1>{n}</h1>".encode() * 1000 for n in range(200)]
    keep = _processor(lambda: [archive.keep(page) for page in pages]) / len(pages)
    yield f"a page kept: {keep * 1000:.1f} ms, in a folder"


def _backup(to: Path) -> Iterator[str]:
    from projects.backup.making import backup
    from projects.backup.place import Place

    os.environ.setdefault("POSTGRES_BIN_DIR", str(find_postgres()))
    place = Place(to)
    place.prepare()
    for what in ("the first backup", "the next"):
        began = time.monotonic()
        moment, copied = backup(place)
        size = moment.database.stat().st_size
        yield f"{what}: {time.monotonic() - began:.1f} s, database {size / 1e6:.1f} MB, {copied.copied} pages"


def _processor(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    main()
