"""One first load of N projects from saved pages of the replica's list, and a bare `bulk_create` of the rows
that it left, into the same tables with the same triggers; figures as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import django
from django.conf import settings

from benchmarks.bench_poll import cpu_seconds, of
from projects.log.index import TABLES

_BATCH = 500


def save_pages(size: int, folder: Path) -> list[Path]:
    """The pages of the list of all projects, as a crawl gets them; in a process of its own."""
    from etl.crawl.crawler import Crawl
    from etl.crawl.evidence import EvidenceRecorder
    from etl.crawl.looks import Looker
    from etl.crawl.page_reader import PageReader
    from etl.crawl.web_pages import WebPages
    from etl.fetch.archive import Archive
    from etl.fetch.fetcher import Fetcher, FetchPolicy
    from replica.server import ReplicaServer

    with ReplicaServer(projects=size, rows_of_all=1000, layout="postback") as replica:
        entry = f"{replica.root}/pmd/projects/Default.aspx"
        fetcher = Fetcher(entry, FetchPolicy.of_settings())
        evidence = EvidenceRecorder(Archive(folder), keep=False)
        pages = PageReader(fetcher, evidence, Looker(WebPages({})))
        crawl = Crawl(entry, pages)
        for number, reading in enumerate(crawl.lists()):
            (folder / f"{number:03d}.html").write_bytes(reading.page.body)
        fetcher.close()
    return sorted(folder.glob("*.html"))


def main() -> None:
    django.setup()
    settings.FETCH_DELAY_SECONDS = 0
    size, folder = int(sys.argv[1]), Path(os.environ["VAR_DIR"]) / "pages"
    folder.mkdir()
    child = os.fork()
    if child == 0:
        save_pages(size, folder)
        os._exit(0)
    os.waitpid(child, 0)

    from django.core.management import call_command
    from django.db import connection

    from etl.scheduler import DataScheduler

    call_command("migrate", verbosity=0)
    statements = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    before, started, cpu = _megabytes(), time.monotonic(), _cpu()
    with connection.execute_wrapper(count):
        run = DataScheduler().run_now("dws", "command", files=sorted(folder.glob("*.html")))
    assert run.created == size, (run.created, run.notes)
    figures = {
        "cpu": _cpu() - cpu,
        "seconds": time.monotonic() - started,
        "megabytes": _megabytes() - before,
        "statements": statements,
        "database": connection.vendor,
        "bare": bare(),
    }
    sys.stdout.write(json.dumps(figures))


def bare() -> float:
    """CPU seconds of writing the rows of the load anew, past everything but Django's own `bulk_create`."""
    from django.db import connection, transaction

    from projects.models import ChangeTopic, DataChangeLog, Identity, Project

    models = (Project, Identity, Project.municipalities.through, DataChangeLog, ChangeTopic)
    rows = {model: list(model._base_manager.all()) for model in models}
    with transaction.atomic(), connection.cursor() as cursor:
        for table in (*TABLES, *(model._meta.db_table for model in reversed(models))):
            cursor.execute(f"DELETE FROM {table}")
        began = _cpu()
        for model in models:
            model._base_manager.bulk_create(rows[model], batch_size=_BATCH)
    return _cpu() - began


def _cpu() -> float:
    """Seconds: of this process with those that help it, and of the database's process for it."""
    from django.db import connection

    connection.ensure_connection()
    own = cpu_seconds()
    return own + of(connection.connection.info.backend_pid) if connection.vendor == "postgresql" else own


def _megabytes() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    main()
