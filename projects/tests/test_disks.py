"""Each disk that we write to is measured, and one that is read-only is not called full."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from projects.health import probe
from projects.health.checks import checks

ROOT = Path(__file__).resolve().parents[2]
# A process of its own with mounts of its own: {folder} is a small file system, then the script is run.
_MOUNTED = """
mount -t tmpfs -o size=16m small {folder} && {before} exec {python} manage.py health --json
"""


def _may_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"]
    return subprocess.run(tried, capture_output=True).returncode == 0


@pytest.fixture
def asked(tmp_path: Path, migrated_copy: Callable[[], str]) -> Callable[[str, str], dict]:
    """The disk's part of `manage.py health`, after `archive` was made a disk of its own and `before` done."""

    def ask(where: str, before: str) -> dict:
        folder = tmp_path if where == "data" else tmp_path / where
        folder.mkdir(exist_ok=True)
        env = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": migrated_copy(), "REDIS_URL": ""}
        env |= {"DISK_LEAST_FREE_MB": "0", "DISK_LEAST_FREE_PERCENT": "0"}
        script = _MOUNTED.format(folder=folder, python=sys.executable, before=before.format(folder=folder))
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True
        )
        parts = {part["name"]: part for part in json.loads(done.stdout)["checks"]}
        return parts["disk"]

    return ask


mounting = pytest.mark.skipif(not _may_mount(), reason="no file system may be mounted here")
FILLED = "head -c 20m /dev/zero > {folder}/filler 2>/dev/null;"
READ_ONLY = "mount -o remount,ro {folder} &&"


@mounting
@pytest.mark.soak
def test_a_read_only_disk_is_told_from_a_full_one(asked):
    full = asked("archive", FILLED)
    assert full["sentence"].startswith("is full where the archive is: 0 MB free (0%)")
    read_only = asked("archive", READ_ONLY)
    assert read_only["sentence"].startswith("is read-only where the archive is: 1")
    assert "16 MB free" in read_only["sentence"] or "17 MB free" in read_only["sentence"]
    assert "full" not in read_only["sentence"]


@mounting
@pytest.mark.soak
def test_the_archive_s_own_disk_is_measured_beside_that_of_the_data(asked):
    disk = asked("archive", "")
    assert disk["ok"]
    assert disk["sentence"].endswith("MB free (100%) for the archive")
    data, archive = disk["disks"]
    assert (data["holds"], archive["holds"]) == ("data", "archive")
    assert archive["free_bytes"] <= 16 * 2**20 < data["free_bytes"] == disk["free_bytes"]


@pytest.mark.django_db
def test_an_archive_elsewhere_is_measured_where_it_is(settings, tmp_path, monkeypatch):
    """Without a second disk at hand: what is asked of the system is asked of both folders."""
    settings.VAR_DIR, settings.ARCHIVE_DIR = tmp_path, tmp_path / "made" / "later"
    assert [disk.holds for disk in probe.disks(write=True)] == ["data"], "both are on one disk"
    settings.ARCHIVE_DIR = Path("/proc/self")
    disks = {disk.holds: disk for disk in probe.disks(write=True)}
    assert disks["archive"].unwritable
    disk = next(check for check in checks() if check.name == "disk")
    assert set(disk.problems) == {"disk:archive"}
    assert "where the archive is" in disk.problems["disk:archive"]
    assert "full" not in disk.problems["disk:archive"].replace("nearly full", "")
    assert next(tmp_path.iterdir(), None) is None, "nothing is left of the trial"
