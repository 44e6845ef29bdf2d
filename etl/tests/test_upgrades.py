"""An upgrade is no news: what an earlier version made is migrated, and today's reads on where it stopped.

`upgrades/<name>/var.tar.xz` is the `VAR_DIR` that real runs of an earlier version left; the README beside it
has the commands, and says how to add the next. The sites are served from its own archive, so that neither
today's replica nor today's date has a part in it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from etl.money.queries import AS_OF, CUBES, MODEL, model_query, queries_of
from etl.money.queries import url as address_of
from etl.tests.tinysite import Page, Site, serving
from projects.facts.finance import FIRST_YEAR, municipal_year
from projects.wording.figures import HERE

ROOT = Path(__file__).resolve().parents[2]
MADE = sorted(Path(__file__).with_name("upgrades").glob("*/var.tar.xz"))
SYNCS, CHECKS = ("sync_dws", "sync_treasury", "correlate"), ("verify_log", "replay")
# All commands in one process, as a command's start takes longer than its work.
RUN_ALL = """
import io, json
from django.core.management import call_command
for command in {commands}:
    out, code = io.StringIO(), 0
    try:
        call_command(command, "--json", stdout=out)
    except SystemExit as left:
        code = left.code
    print(json.dumps([command, code, json.loads(out.getvalue())]))
"""
HEAD = "SELECT last_id, digest FROM projects_chainhead"
# Whatever moved since, the parser and the rules count as moved: what is known is read again, questions too.
MOVED = (
    "UPDATE projects_syncrun SET parser_digest = 'earlier'",
    "UPDATE projects_syncrun SET content_digest = 'earlier' WHERE source_id = 'correlation'",
)
LOOKS = """
    SELECT look.url, snapshot.sha256, snapshot.status, snapshot.headers
    FROM projects_sighting look JOIN projects_snapshot snapshot ON snapshot.sha256 = look.snapshot_id
    WHERE look.content_sha256 <> '' ORDER BY look.id
"""
OF_THE_WIRE = {"content-length", "content-encoding", "transfer-encoding", "set-cookie", "server", "date"}
YEARS = re.compile(r"(?<=financial_year_end\.year%3A)(?:\d{4}%3B)*\d{4}")


class Deployment:
    """A folder with the database and the archive, as an earlier version left them."""

    def __init__(self, made: Path, var: Path) -> None:
        self.var, self.database = var, var / "buka.sqlite3"
        with tarfile.open(made) as packed:
            packed.extractall(var, filter="data")
        for page in [path for path in (var / "archive").rglob("*") if path.is_file()]:
            page.with_name(f"{page.name}.gz").write_bytes(gzip.compress(page.read_bytes(), 1))
            page.unlink()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as database, database:
            return database.execute(statement).fetchall()

    def manage(self, *command: str, root: str = "http://127.0.0.1:9") -> str:
        """What today's command prints; the sites are at `root`."""
        env = {
            **os.environ,
            "VAR_DIR": str(self.var),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "REDIS_URL": "",
            "DWS_URL": f"{root}/pmd/level.aspx",
            "TREASURY_URL": f"{root}/api",
            "FETCH_DELAY_SECONDS": "0",
            "FETCH_MAX_ATTEMPTS": "1",
            "WITHDRAWN_AFTER_HOURS": "0",  # as when it was made: history comes out by its own settings
            "TREASURY_REREAD_DAYS": "0",  # all figures are read again, whenever they were last
            "LOG_LEVEL": "ERROR",
        }
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pages(self) -> dict[str, Page]:
        """What the sites last said: path with query → answer."""
        pages: dict[str, Page] = {}
        for url, sha256, status, headers in self.sql(LOOKS):
            kept = {k: v for k, v in json.loads(headers).items() if k.lower() not in OF_THE_WIRE}
            body = gzip.decompress((self.var / "archive" / sha256[:2] / f"{sha256}.gz").read_bytes())
            pages[_as_read("/" + url.split("/", 3)[3])] = (status, kept, body.decode())
        return pages


def later_years(pages: dict[str, Page], until: int) -> dict[str, Page]:
    """The same questions with financial years (by their end) that nobody asked for when they were recorded.
    The last that was asked for had no figures yet, and those after it have none."""
    asked = {path: found[0].split("%3B") for path in pages if (found := YEARS.findall(path))}
    last = max(int(years[-1]) for years in asked.values())
    later: dict[str, Page] = {}
    for path in [path for path, years in asked.items() if years[-1] == str(last)]:
        status, headers, body = pages[path]
        answer = json.loads(body)
        del answer["cell"]  # the echo of the years; an answer without it is judged by its rows
        for year in range(last + 1, until + 1):
            more = [str(each) for each in range(last + 1, year + 1)]
            span = [*asked[path], *more] if len(asked[path]) > 1 else more[-1:]
            later[YEARS.sub("%3B".join(span), path)] = (status, headers, json.dumps(answer))
    return later


def later_cubes(pages: dict[str, Page], until: int) -> dict[str, Page]:
    """The cubes that nobody read when it was recorded, without a figure in them."""
    known = {path.split("/")[3] for path in pages if path.startswith("/api/cubes/")}
    status, headers, body = pages["/api/cubes/cflow_v2/model"]
    later: dict[str, Page] = {}
    for cube in set(CUBES) - known:
        queries = queries_of(cube, range(FIRST_YEAR, until + 1))
        model = json.loads(body) | {"name": cube}
        refs = {ref: {"ref": ref} for query in queries for ref in query.refs}
        model["model"]["dimensions"]["all"] = {"attributes": refs}
        for query in (model_query(cube), *queries):
            empty = {"cells": [], "page": 1, "page_size": query.page_size, "status": "ok"}
            answer = json.dumps(model if query.what == MODEL else empty)
            later[address_of("/api", query)] = (status, headers, answer)
    return later


class Answers(dict[str, Page]):
    """Pages by path; a parameter that the service does not read finds the same page."""

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(_as_read(path), default)


def _as_read(path: str) -> str:
    return re.sub(rf"[?&]{AS_OF}=[^&]*$", "", path)


def unanswered(site: Site) -> set[str]:
    asked = {_as_read(line.removeprefix("GET ")) for line in site.asked}
    return asked - site.pages.keys() - {"/robots.txt"}


@pytest.mark.soak
@pytest.mark.parametrize("made", MADE, ids=lambda made: made.parent.name)
def test_an_upgrade_is_no_news(made: Path, tmp_path: Path) -> None:
    deployment = Deployment(made, tmp_path / "var")
    ((last, digest),) = deployment.sql(HEAD)
    deployment.manage("migrate", "-v0")
    for statement in MOVED:
        deployment.sql(statement)
    pages = deployment.pages()
    until = datetime.now(UTC).year + 2
    years = municipal_year(datetime.now(HERE).date()) + 1
    known = Answers(pages | later_years(pages, until) | later_cubes(pages, years))
    with serving(known) as site:
        script = RUN_ALL.format(commands=(*SYNCS, *CHECKS))
        told = deployment.manage("shell", "-v0", "-c", script, root=site.root)
    answers = {command: (code, answer) for command, code, answer in map(json.loads, told.splitlines())}

    assert unanswered(site) == set(), "today's version asks for what the archive has no answer to"
    for command in SYNCS:
        code, run = answers[command]
        assert (code, run["error"], run["complete"]) == (0, None, True), f"{command}: {run}"
        if command != "correlate":
            assert (run["state"], run["changes"]["count"]) == ("unchanged", 0), f"{command}: {run}"
        assert not [note for note in run["notes"] if "could not be read again" in note]
    # a question that is put otherwise since is told as our doing, and is no news
    told = deployment.sql(
        f"SELECT entity_type, cause, severity FROM projects_datachangelog WHERE id > {last}"
    )
    assert set(told) <= {("discrepancy", "parser", "info")}
    code, log = answers["verify_log"]
    assert (code, log["intact"], log["last_id"]) == (0, True, last + len(told)), str(log)
    kept = deployment.sql(f"SELECT digest FROM projects_datachangelog WHERE id = {last}")
    assert kept == [(digest,)]
    code, history = answers["replay"]
    assert (code, history["identical"]) == (0, True), str(history)
    assert history["replayed"] > 1
    assert deployment.sql("SELECT count(*) FROM projects_syncrun WHERE parser_digest <> 'earlier'") == [(3,)]
