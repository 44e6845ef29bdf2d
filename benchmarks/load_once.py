"""One first load of N projects from saved pages of the replica's list; figures as JSON on standard output."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import django
from django.conf import settings


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
    from django.db import connection, reset_queries

    from etl.scheduler import DataScheduler

    call_command("migrate", verbosity=0)
    statements = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    reset_queries()
    before, started = _megabytes(), time.monotonic()
    with connection.execute_wrapper(count):
        run = DataScheduler().run_now("dws", "command", files=sorted(folder.glob("*.html")))
    assert run.created == size, (run.created, run.notes)
    figures = {
        "seconds": time.monotonic() - started,
        "megabytes": _megabytes() - before,
        "statements": statements,
        "database": connection.vendor,
    }
    sys.stdout.write(json.dumps(figures))


def _megabytes() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    main()
