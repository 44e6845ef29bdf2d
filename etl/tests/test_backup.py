"""Backups of real polls, restored into an empty database and archive: all is there, and of one moment."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from buka.dev.embedded import ServerMissing, find_postgres
from buka.dev.template import execute
from etl.tests.test_damaged_evidence import PAGES, a_list
from etl.tests.tinysite import Site, serving
from projects.archive import Archive, file_name
from projects.backup.place import BackupFailed, Manifest, Moment, Place
from projects.backup.restoring import Restored
from projects.models import DataChangeLog, Snapshot, SyncRun

pytestmark = pytest.mark.django_db(transaction=True)  # pg_dump sees what is committed
ROOT = Path(__file__).resolve().parents[2]
Sync = Callable[..., SyncRun]

# One process with settings of its own; each command's answer is a line, or "refused: …".
COMMANDS = """
import json, sys, django
from django.core.management import CommandError, call_command
django.setup()
for command in json.load(sys.stdin):
    try:
        call_command(*command)
    except (CommandError, SystemExit) as end:
        print(f"refused: {end}")
"""


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the server that the tests run on."""
    if connection.vendor == "postgresql":
        try:
            monkeypatch.setenv("POSTGRES_BIN_DIR", str(find_postgres()))
        except ServerMissing:
            pytest.skip("there is no pg_dump of this server's version")


@pytest.fixture
def site(here: Any, tmp_path: Path) -> Iterator[Site]:
    here.HEADS_DIR = tmp_path / "heads"
    with serving({f"/pmd/{name}": f"<html>{body}</html>" for name, body in PAGES.items()}) as site:
        here.DWS_URL = f"{site.root}/pmd/level.aspx"
        yield site


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """Runs commands on another machine, as it were: an empty database, and a folder of its own."""
    var, name, url = tmp_path / "elsewhere", f"restored_{uuid.uuid4().hex[:10]}", ""
    if connection.vendor == "postgresql":
        url = os.environ["TEST_DATABASE_URL"]
        execute(url, f"CREATE DATABASE {name}")
    new = url.replace("/postgres?", f"/{name}?") if url else f"sqlite:///{var}/new.sqlite3"
    env = {**os.environ, "DATABASE_URL": new, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "buka.settings"}

    def run(*commands: list[str]) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS],
            env={**env, "REDIS_URL": ""},
            cwd=ROOT,
            input=json.dumps(commands),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    run.archive, run.env = var / "archive", env  # type: ignore[attr-defined]
    yield run
    if url:
        execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def backup(to: Path, *options: str) -> Any:
    out = StringIO()
    call_command("backup", str(to), "--json", *options, stdout=out)
    return SimpleNamespace(**json.loads(out.getvalue()))


def say(site: Site, budget: str) -> None:
    site.pages["/pmd/list.aspx?m=DC12"] = f"<html>{a_list('WP2', 'Amathole pipe', budget)}</html>"


def test_what_is_restored_is_all_there_was_of_one_moment_and_can_be_checked_and_replayed(
    site: Site, sync: Sync, elsewhere: Any, tmp_path: Path
) -> None:
    sync()
    first = backup(tmp_path / "to")
    assert first.copied == first.pages == Snapshot.objects.count()
    say(site, "2 500")
    sync()
    second = backup(tmp_path / "to")
    assert (second.copied, second.pages, second.lost) == (1, first.pages + 1, [])
    say(site, "3 500")
    sync()  # what comes after a backup is not in it
    elsewhere.archive.mkdir(parents=True)
    stray = elsewhere.archive / file_name("ab" * 32)
    stray.parent.mkdir()
    stray.write_bytes(gzip.compress(b"somebody's"))
    (refused,) = elsewhere(["restore", str(tmp_path / "to"), "--json"])[-1:]
    assert "refused: The archive" in refused
    assert "has pages. Restore refuses to write over anything" in refused
    stray.unlink()
    restored, log, replayed, again = (
        line
        for line in elsewhere(
            ["restore", str(tmp_path / "to"), "--json"],
            ["verify_log", "--archive", "--json"],
            ["replay", "--json"],
            ["restore", str(tmp_path / "to")],
        )
    )
    told = json.loads(restored)
    assert (told["restored"], told["intact"], told["changes"]) == (second.moment, True, second.changes)
    assert second.changes == DataChangeLog.objects.count() - 1
    assert json.loads(log)["intact"]
    assert json.loads(log)["archive"] == {"checked": second.pages, "damaged": []}
    assert json.loads(replayed)["identical"]
    assert "has tables. Restore refuses to write over anything" in again


@pytest.mark.soak
def test_older_moments_can_be_restored_until_they_are_dropped_with_their_pages(
    site: Site, sync: Sync, elsewhere: Any, tmp_path: Path
) -> None:
    sync()
    first = backup(tmp_path / "to")
    say(site, "2 500")
    sync()
    backup(tmp_path / "to")
    (restored,) = elsewhere(["restore", str(tmp_path / "to"), "--moment", first.moment, "--json"])
    assert json.loads(restored)["changes"] == first.changes
    call_command("backup", str(tmp_path / "to"), "--keep", "1", stdout=StringIO())
    kept = Archive(tmp_path / "to" / "archive")
    assert {entry.stem for entry in kept.entries()} == set(Snapshot.objects.values_list("pk", flat=True))
    with pytest.raises(CommandError, match=f"no backup of the moment {first.moment}"):
        call_command("restore", str(tmp_path / "to"), "--moment", first.moment)


def test_a_backup_that_was_cut_off_is_none_and_the_one_before_it_stays(
    site: Site, sync: Sync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "to"
    sync()
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", _no_room)
        with pytest.raises(CommandError, match=r"not completed, and is not used: .*No space left on device"):
            backup(to)
        with pytest.raises(CommandError, match="holds no whole backup"):
            call_command("restore", str(to))
    whole = backup(to)
    cut = to / "20991231T235959Z"
    cut.mkdir()
    (cut / "database.dump").write_bytes(b"half")
    with pytest.raises(CommandError, match="has tables"):  # and no word of the other
        call_command("restore", str(to))
    again = backup(to)
    assert (cut.exists(), again.copied) == (False, 0)
    assert (to / whole.moment / "manifest.json").exists()


def _no_room(self: Path, data: bytes) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.soak
def test_a_backup_that_was_altered_is_not_restored_and_verify_mends_its_pages(
    site: Site, sync: Sync, elsewhere: Any, tmp_path: Path
) -> None:
    to = tmp_path / "to"
    sync()
    backup(to)
    page = to / "archive" / file_name(str(Snapshot.objects.order_by("pk").values_list("pk", flat=True)[0]))
    size = page.stat().st_size
    page.write_bytes(bytes(size))
    (refused,) = elsewhere(["restore", str(to)])
    assert f"the bytes of the page {page.stem[:64]} cannot be read" in refused
    assert "No database was restored" in refused
    mended = backup(to, "--verify")
    assert (mended.copied, mended.lost) == (1, [])
    for file in (to / mended.moment).glob("database.*"):
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match="has tables"):
        call_command("restore", str(to))
    for file in elsewhere.archive.rglob("*.gz"):  # what the first attempt left
        file.unlink()
    (refused,) = elsewhere(["restore", str(to)])
    assert "is not what was written: it was altered or cut" in refused


@pytest.mark.soak
def test_what_was_lost_before_is_said_and_is_no_fault_of_the_backup(
    site: Site, sync: Sync, elsewhere: Any, tmp_path: Path
) -> None:
    sync()
    lost = Snapshot.objects.order_by("pk")[0].pk
    Archive().discard(lost)
    made = backup(tmp_path / "to")
    assert made.lost == [lost]
    (restored,) = elsewhere(["restore", str(tmp_path / "to"), "--json"])
    told = json.loads(restored)
    assert (told["intact"], told["lost"], told["damaged"]) == (True, 1, [])


def test_a_backup_is_for_nobody_else_to_read_and_needs_room(
    site: Site, sync: Sync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup(tmp_path / "to")
    for place in (tmp_path / "to", tmp_path / "to" / made.moment):
        assert place.stat().st_mode & 0o777 == 0o700
    (database,) = (tmp_path / "to" / made.moment).glob("database.*")
    assert database.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000, total=1, used=1))
    with pytest.raises(CommandError, match=r"has 0 MB free; the database needs some \d+ MB"):
        backup(tmp_path / "to")


@pytest.mark.parametrize("there", ["20 Zebra", "1Z", "20261201T000000Z notes", "2026Z.manifest"])
def test_what_somebody_else_has_in_the_folder_stays(
    site: Site, sync: Sync, tmp_path: Path, there: str
) -> None:
    theirs = tmp_path / "to" / there
    theirs.mkdir(parents=True)
    (theirs / "letter.txt").write_text("of somebody")
    (tmp_path / "to" / "20260101T000000Z").write_text("a file, and no folder")
    backup(tmp_path / "to")
    assert (theirs / "letter.txt").read_text() == "of somebody"


def test_a_backup_never_has_the_pages_themselves_in_its_keeping(
    site: Site, sync: Sync, settings: Any, tmp_path: Path
) -> None:
    sync()
    live = Path(settings.ARCHIVE_DIR)
    pages = sorted(live.rglob("*"))
    (tmp_path / "link").symlink_to(live.parent)
    for to in (live.parent, live, live / "backup", tmp_path / "link"):
        with pytest.raises(CommandError, match="is where the pages themselves are kept"):
            backup(to)
    other = tmp_path / "another site"
    (other / "archive" / "ab").mkdir(parents=True)
    with pytest.raises(CommandError, match="that no backup made"):
        backup(other)
    assert sorted(live.rglob("*")) == pages
    assert [each.name for each in other.iterdir()] == ["archive"]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_blank_is_not_the_folder_that_somebody_is_in(command: str) -> None:
    with pytest.raises(CommandError, match="no folder is named"):
        call_command(command, "")


@pytest.mark.parametrize(
    "odd",
    [
        {"files": None},
        {"files": {"../../other": "0" * 64}},
        {"files": {"pages.gz": 5}},
        {"database": "../x"},
        {"database": "/etc/passwd"},
        {"changes": "x"},
        {"pages": True},
        {"lost": 5},
        {"lost": [None]},
        {"migrations": [1]},
        {"at": None},
        {"head": None},
        {"more": 1},
    ],
)
def test_a_manifest_that_is_none_is_named_and_nothing_is_restored(
    odd: dict[str, Any], site: Site, sync: Sync, tmp_path: Path
) -> None:
    backup(tmp_path / "to")
    (manifest,) = (tmp_path / "to").glob("*/manifest.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | odd))
    with pytest.raises(BackupFailed, match=r"manifest\.json cannot be read"):
        Place(tmp_path / "to").moment()


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"changes": 1}, "The log ends at change 0; the backup's ended at 1."),
        ({"pages": 77}, "The database names 2 pages; the backup's named 77."),
        ({}, ""),
    ],
)
def test_what_was_restored_is_held_against_the_manifest_also_before_the_first_change(
    odd: dict[str, Any], said: str
) -> None:
    told = {"at": "", "vendor": "", "database": "", "files": {}, "changes": 0, "head": "", "pages": 2}
    report = SimpleNamespace(fault=None, last_id=0, digest="0" * 64)
    done = Restored(Moment(Path(), Manifest(**told | odd)), report, 2, [], 0)  # type: ignore[arg-type]
    assert done.problem == said


def test_programs_of_postgresql_that_are_missing_or_too_old_are_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL alone")
    monkeypatch.setattr("projects.backup.engines._DEBIAN", tmp_path / "none")
    monkeypatch.setenv("POSTGRES_BIN_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"pg_dump is not installed, .*postgresql-client-\d+"):
        backup(tmp_path / "to")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with pytest.raises(CommandError, match=r"is of version 9, too old for the server, which is of \d+"):
        backup(tmp_path / "to")
    assert not list((tmp_path / "to").rglob("manifest.json"))


# Writes pages and changes that point at them, as loads do, until its input ends.
WRITER = """
import sys, threading, django
django.setup()
from django.db import transaction
from django.utils import timezone
from projects.archive import Archive
from projects.log import writer
from projects.log.writer import Entry
from projects.models import Snapshot, Source, SyncRun
source = Source.objects.get_or_create(name="dws", defaults={"title": "DWS"})[0]
run = SyncRun.objects.create(source=source, trigger="command", state="running", started_at=timezone.now())
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
number = 0
while not ended.is_set():
    number += 1
    body = f"<h1>{number}</h1>".encode()
    sha256 = Archive().keep(body)
    with transaction.atomic():
        Snapshot.objects.create(sha256=sha256, source=source, run=run, url="http://x.test/", status=200,
            fetched_at=timezone.now(), content_type="text/html", size=len(body))
        changes = {"name": [str(number - 1), str(number)]}
        writer.append([Entry("project", 1, "WP1", "Giyani dam", "dws", "updated", changes,
            run_id=run.pk, snapshot_id=sha256)])
    if number == 1:
        print("begun", flush=True)
"""


@pytest.mark.soak
def test_backups_made_while_a_load_writes_are_each_of_one_moment(
    migrated_copy: Callable[[], str], elsewhere: Any, tmp_path: Path
) -> None:
    env = {
        **elsewhere.env,
        "DATABASE_URL": migrated_copy(),
        "VAR_DIR": str(tmp_path / "here"),
        "REDIS_URL": "",
    }
    to, pipe = tmp_path / "to", subprocess.PIPE
    busy = subprocess.Popen(
        [sys.executable, "-c", WRITER], env=env, cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    )
    assert busy.stdout
    assert busy.stdout.readline() == "begun\n"
    commands = json.dumps([["backup", str(to), "--json"]] * 3)
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS], env=env, cwd=ROOT, input=commands, capture_output=True, text=True
    )
    busy.communicate()
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [told["lost"] for told in made] == [[], [], []], done.stderr
    assert made[0]["changes"] < made[1]["changes"] < made[2]["changes"]
    assert all(told["changes"] == told["pages"] for told in made), "a page for each change, no more, no less"
    (restored,) = elsewhere(["restore", str(to), "--json"])
    told = json.loads(restored)
    assert (told["intact"], told["changes"], told["pages"]) == (True, made[2]["changes"], made[2]["pages"])
