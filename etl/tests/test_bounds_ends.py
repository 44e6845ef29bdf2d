"""Whatever end a run comes to: one JSON object, no scratch file, and within seconds when it is asked to."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from buka.tests.patience import wait_for
from etl.dws import EnhancedDWSMonitor
from etl.fetch.archive import Archive
from etl.tests.test_bounds_crawl import HEAVY
from etl.tests.test_crawl import page, table
from etl.tests.tinysite import serving
from projects.models import SyncRun

ROOT = Path(__file__).resolve().parents[2]


def fill_the_disk(monkeypatch) -> None:
    """Half of a scratch file is written, and then there is no space left."""
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.suffix == ".tmp":
            write(self, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)


def answer(capsys, *command: str, raises: type[BaseException] = SystemExit) -> dict:
    with pytest.raises(raises):
        call_command(*command)
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


@pytest.mark.django_db
def test_a_full_disk_ends_a_run_in_a_sentence_and_leaves_no_scratch_file(here, capsys, monkeypatch):
    fill_the_disk(monkeypatch)
    with serving({"/list.aspx": page(table(1))}) as site:
        here.DWS_URL = f"{site.root}/list.aspx"
        said = answer(capsys, "sync_dws", "--json")
    assert (said["state"], said["run"]) == ("failed", SyncRun.objects.get().pk)
    assert "cannot be written: No space left on device." in said["error"]
    assert not list(here.ARCHIVE_DIR.rglob("*.tmp"))


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError])
def test_no_end_of_writing_leaves_a_scratch_file(tmp_path, monkeypatch, end):
    def stopped(*_: object) -> None:
        raise end

    monkeypatch.setattr("projects.archive.folder.os.replace", stopped)
    with pytest.raises((KeyboardInterrupt, Exception)):
        Archive(tmp_path).keep(b"page")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_fault_of_ours_is_one_json_object_and_still_a_fault(here, capsys, monkeypatch, error):
    def faulty(*_: object) -> None:
        raise error("a fault of ours")

    monkeypatch.setattr(EnhancedDWSMonitor, "compare", faulty)
    with serving({"/list.aspx": page(table(1))}) as site:
        here.DWS_URL = f"{site.root}/list.aspx"
        said = answer(capsys, "sync_dws", "--json", raises=error)
    assert (said["state"], said["complete"]) == ("failed", False)
    assert "a fault of ours" in said["error"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "raises"),
    [
        (("sync_dws", "--json", "--approve", "77"), SystemExit),
        (("sync_dws", "--json", "--from-file", "/nowhere.html"), CommandError),
        (("sync_treasury", "--json", "--years", "1900"), CommandError),
    ],
)
def test_what_cannot_be_done_is_one_json_object(here, capsys, command, raises):
    said = answer(capsys, *command, raises=raises)
    assert (said["run"], said["state"]) == (None, "failed")
    assert said["error"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "place"),
    [("replay", "etl.management.commands.replay.DataScheduler.replay"),
     ("verify_log", "projects.management.commands.verify_log.verify"),
     ("health", "projects.management.commands.health.checks")],
)  # fmt: skip
def test_every_command_says_one_json_object_of_what_nobody_foresaw(capsys, monkeypatch, command, place):
    def faulty(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(place, faulty)
    assert answer(capsys, command, "--json", raises=ValueError)["error"] == "ValueError: a fault of ours"


@pytest.mark.live
@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_reads_a_page_without_end_stops_within_five_seconds(tmp_path, migrated_copy, number):
    heavy = HEAVY * 15
    with serving({"/list.aspx": heavy}) as site:
        environment = {
            **os.environ,
            "DWS_URL": f"{site.root}/list.aspx",
            "FETCH_DELAY_SECONDS": "0",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": migrated_copy(),
        }
        command = [sys.executable, "manage.py", "sync_dws", "--json"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=-1, stderr=-1)
        wait_for(lambda: list((tmp_path / "archive").rglob("*.gz")), "the page's bytes")
        time.sleep(1)
        asked = time.monotonic()
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert time.monotonic() - asked < 5
    assert json.loads(out)["state"] == "abandoned"
    assert not list(tmp_path.rglob("*.tmp"))
